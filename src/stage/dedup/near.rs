//! `near-dedup`: documents that share most of their word sequences with an earlier one.
//!
//! What goes: reprints with another headline or dateline, copies that were cut or had a paragraph added, pages scraped
//! twice with a few words changed. Two documents are near duplicates where the Jaccard similarity of their shingle sets
//! is at least `jaccard`, or where `containment` of the later one's set stands in the earlier. What is compared is the whole
//! text that is left, headline and body. The first document in corpus order stays.
//!
//! What stays: a later document that takes in an earlier one and says more. Only what stands in the kept document,
//! nearly as a whole, may go; so dropping a duplicate never drops a text.
//!
//! Candidates are found by the smallest shingle hashes of a document; every one is then compared on its whole set, so
//! that the figures in the output are true ones. The similarity of a verdict is the Jaccard similarity where that met its
//! threshold, else the containment.
//!
//! What it may wrongly take: notices made from one template, where only names and figures differ (`numbers` keeps those
//! whose figures do); an update that changes the few words that matter.

use serde::{Deserialize, Serialize};

use crate::census::{Groups, Key, Observation};
use crate::document::{Document, Findings};
use crate::error::Error;
use crate::stage::{CorpusStage, Verdicts};

use super::cluster::stars;
use super::join::{Join, Limits};
use super::shingles::{Lengths, shingles};
use super::sketch::{Profile, keys};
use super::tokens::tokens;
use super::verify::{ProfileWriter, Rule};

/// What `[stage.near-dedup]` may say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// Words in a shingle. Longer is stricter: one changed word spoils as many shingles as it has words.
    pub shingle_words: usize,
    /// Characters in a shingle, in scripts without spaces between words. Longer is stricter.
    pub shingle_characters: usize,
    /// Least share of the shingles of both documents that they have in common, above 0 and at most 1. Higher is stricter.
    pub jaccard: f64,
    /// Least share of a document's shingles that stand in an earlier one for it to go as a shortened copy, up to 1.
    /// Higher is stricter; 0 switches this off, so that `jaccard` alone decides.
    pub containment: f64,
    /// Shingles that a document must have for `containment` to count; below it `jaccard` must reach 0.8.
    /// Higher is stricter.
    pub min_shingles: usize,
    /// Least share of the smaller document's numbers that stand in the larger, where both have three, 0 to 1. Higher is
    /// stricter; 0 switches this off. Worth 0.5 for market reports and notices made from a template; elsewhere it keeps
    /// copies whose figures were corrected.
    pub numbers: f64,
    /// Smallest shingle hashes by which a document is found, 1 to 255. More find more cut copies and cost about 50
    /// bytes of scratch space each for every document.
    pub index_keys: usize,
    /// Of those, how many two documents must share to be compared; at most `index-keys`. Higher is faster and finds less.
    pub min_shared_keys: usize,
    /// Documents of one key up to which all of them are compared with each other, at least 2; beyond it each only with
    /// the first and its neighbour. Lower is faster and finds less.
    pub max_key_documents: usize,
}

impl Default for Options {
    /// Thresholds that drop what a reader would call the same article; an index of 24 keys found
    /// 97 % of the edited copies of 41,000 articles at 0.7 false candidates a document.
    fn default() -> Self {
        Self {
            shingle_words: 5,
            shingle_characters: 6,
            jaccard: 0.7,
            containment: 0.8,
            min_shingles: 12,
            numbers: 0.0,
            index_keys: 24,
            min_shared_keys: 2,
            max_key_documents: 50,
        }
    }
}

/// Drops documents that are near duplicates of an earlier one.
///
/// Adds to the census 4 bytes a distinct shingle and number, and `index-keys` small rows. While it resolves it holds 8
/// bytes a document and 40 a duplicate; everything else is in tables that spill, and in a scratch file.
#[derive(Clone, Debug, PartialEq)]
pub struct NearDedup {
    lengths: Lengths,
    index_keys: usize,
    limits: Limits,
    rule: Rule,
}

/// Jaccard similarity that documents below `min-shingles` need: one changed word spoils most of
/// their shingles, and two stock phrases share as many.
const SHORT_JACCARD: f64 = 0.8;
/// Longest shingle that an option may ask for, in tokens.
const MAX_SHINGLE: usize = 64;

/// Table of whole profiles, by document number.
const PROFILES: u8 = 0;
/// Table of index keys.
const KEYS: u8 = 1;

impl Options {
    /// Checks the options once.
    pub fn build(&self) -> Result<NearDedup, Error> {
        check_count("shingle-words", self.shingle_words, 1, MAX_SHINGLE)?;
        check_count("shingle-characters", self.shingle_characters, 1, MAX_SHINGLE)?;
        check_share("jaccard", self.jaccard)?;
        check_share("containment", self.containment)?;
        check_share("numbers", self.numbers)?;
        if self.jaccard == 0.0 {
            return Err(wrong("jaccard", "above 0", self.jaccard));
        }
        check_count("index-keys", self.index_keys, 1, usize::from(u8::MAX))?;
        check_count("min-shared-keys", self.min_shared_keys, 1, self.index_keys)?;
        check_count("max-key-documents", self.max_key_documents, 2, usize::MAX)?;
        Ok(NearDedup {
            lengths: Lengths { words: self.shingle_words, characters: self.shingle_characters },
            index_keys: self.index_keys,
            limits: Limits {
                min_shared_keys: self.min_shared_keys as u8,
                max_key_documents: self.max_key_documents,
            },
            rule: Rule {
                jaccard: self.jaccard,
                short_jaccard: self.jaccard.max(SHORT_JACCARD),
                containment: (self.containment > 0.0).then_some(self.containment),
                min_shingles: self.min_shingles,
                numbers: self.numbers,
            },
        })
    }
}

fn check_count(key: &str, value: usize, least: usize, most: usize) -> Result<(), Error> {
    match value {
        _ if value < least => Err(wrong(key, &format!("at least {least}"), value)),
        _ if value > most => Err(wrong(key, &format!("at most {most}"), value)),
        _ => Ok(()),
    }
}

fn check_share(key: &str, value: f64) -> Result<(), Error> {
    match (0.0..=1.0).contains(&value) {
        true => Ok(()),
        false => Err(wrong(key, "between 0 and 1", value)),
    }
}

fn wrong(key: &str, limit: &str, value: impl std::fmt::Display) -> Error {
    Error::Setup(format!("`stage.near-dedup.{key}` must be {limit}: {value}"))
}

impl CorpusStage for NearDedup {
    fn name(&self) -> &'static str {
        "near-dedup"
    }

    fn observe(&self, document: &Document) -> Vec<Observation> {
        let tokens = tokens(document.text());
        let shingles = shingles(self.lengths, &tokens.hashes);
        if shingles.is_empty() {
            return Vec::new();
        }
        let keys = keys(&shingles, self.index_keys);
        let count = keys.len() as u8;
        let mut rows = Vec::with_capacity(1 + keys.len());
        rows.push(Observation {
            key: Key { table: PROFILES, hash: u64::from(document.id.0) },
            payload: Profile::new(&shingles, &tokens.numbers).to_bytes(),
        });
        rows.extend(
            keys.map(|hash| Observation { key: Key { table: KEYS, hash }, payload: vec![count] }),
        );
        rows
    }

    fn resolve(&self, mut groups: Groups) -> Result<Verdicts, Error> {
        let mut profiles = ProfileWriter::new(groups.workspace())?;
        let mut join = Join::new(self.limits, groups.workspace());
        while let Some(group) = groups.next_group()? {
            if group.key.table == KEYS {
                join.add(&group.rows)?;
                continue;
            }
            for row in &group.rows {
                profiles.push(row.document, &row.payload)?;
            }
        }
        // The pairs are sorted next; the memory of the first table is theirs.
        drop(groups);
        stars(&self.rule, &mut profiles.finish()?, join.candidates()?)
    }

    fn examine(&self, document: &Document, verdicts: &Verdicts) -> Findings {
        super::examine(document, verdicts)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ops::Range;

    use proptest::prelude::*;

    use super::super::testing::{document, pairs, resolve};
    use super::*;

    fn near() -> NearDedup {
        Options::default().build().unwrap()
    }

    /// Words of a story that no other story has.
    fn words(story: u32, range: Range<u32>) -> String {
        range.map(|word| format!("s{story}w{word}")).collect::<Vec<_>>().join(" ")
    }

    fn numbered(bodies: &[String]) -> Vec<Document> {
        let source = |number| format!("source-{number}");
        let bodies = (0u32..).zip(bodies);
        bodies.map(|(number, body)| document(number, &source(number), "", body)).collect()
    }

    fn verdicts(bodies: &[String]) -> Vec<(u64, u32, f32)> {
        let documents = numbered(bodies);
        let all = pairs(&resolve(&near(), &documents, usize::MAX));
        assert_eq!(pairs(&resolve(&near(), &documents, 200)), all, "spilled");
        all
    }

    #[test]
    fn what_is_alike_goes_and_what_is_not_stays() {
        let text = |text: &str| text.to_owned();
        let base = words(1, 0..104);
        type Case = (&'static str, Vec<String>, Vec<(u64, u32, f32)>);
        let cases: Vec<Case> = vec![
            ("nothing", vec![], vec![]),
            ("empty documents", vec![text(""), text("")], vec![]),
            ("no tokens", vec![text("..."), text("...")], vec![]),
            ("one word twice", vec![text("storm"), text("Storm!")], vec![(1, 0, 1.0)]),
            ("four words twice", vec![text("a b c d"), text("A, b, c. D")], vec![(1, 0, 1.0)]),
            ("other words", vec![text("storm"), text("rain")], vec![]),
            ("other stories", vec![base.clone(), words(2, 0..104)], vec![]),
            ("cut to a half", vec![base.clone(), words(1, 0..52)], vec![(1, 0, 1.0)]),
            (
                "the cut one first: the whole one says more",
                vec![words(1, 0..52), base.clone()],
                vec![],
            ),
            ("half of it new", vec![base.clone(), words(1, 0..52) + &words(2, 0..52)], vec![]),
            ("short and contained", vec![base.clone(), words(1, 0..15)], vec![]),
            ("contained and long enough", vec![base, words(1, 0..16)], vec![(1, 0, 1.0)]),
        ];
        for (name, bodies, expected) in cases {
            assert_eq!(verdicts(&bodies), expected, "{name}");
        }
    }

    /// Bodies of 100 shingles, cut out of one story from word `start` on.
    fn shifted(starts: &[u32]) -> Vec<String> {
        starts.iter().map(|start| words(1, *start..start + 104)).collect()
    }

    #[test]
    fn nothing_is_glued_together_over_a_third_document() {
        type Chain = (&'static str, &'static [u32], &'static [(u64, u32)]);
        let cases: &[Chain] = &[
            ("A ~ B ~ C, A and C differ", &[0, 15, 30], &[(1, 0)]),
            ("the middle comes last: a tie goes to the first", &[0, 30, 15], &[(2, 0)]),
            ("the most similar wins", &[0, 30, 16], &[(2, 1)]),
            ("a chain of five", &[0, 15, 30, 45, 60], &[(1, 0), (3, 2)]),
        ];
        for (name, starts, expected) in cases {
            let found = verdicts(&shifted(starts));
            let found: Vec<_> = found.iter().map(|(id, of, _)| (*id, *of)).collect();
            assert_eq!(&found, expected, "{name}");
        }
    }

    #[test]
    fn many_documents_that_share_a_paragraph_are_not_joined() {
        let paragraph = words(999, 0..40);
        let bodies: Vec<String> =
            (0..60).map(|story| format!("{}\n\n{paragraph}", words(story, 0..200))).collect();
        assert_eq!(verdicts(&bodies), []);
    }

    #[test]
    fn a_story_in_more_sources_than_the_cap_is_one_cluster() {
        let story = words(999, 0..300);
        let bodies: Vec<String> =
            (0..80).map(|source| format!("{} {story}", words(source, 0..6))).collect();
        let found: Vec<_> = verdicts(&bodies).iter().map(|(id, of, _)| (*id, *of)).collect();
        assert_eq!(found, (1..80).map(|id| (id, 0)).collect::<Vec<_>>());
    }

    #[test]
    fn numbers_tell_notices_of_one_template_apart_where_that_is_asked_for() {
        let notice =
            |figures: &str| format!("{} {figures} {}", words(1, 0..200), words(1, 200..400));
        let both = [notice("12, 34, 56"), notice("78, 90, 12")];
        let strict = Options { numbers: 0.5, ..Options::default() }.build().unwrap();
        assert_eq!(resolve(&near(), &numbered(&both), usize::MAX).len(), 1);
        assert_eq!(resolve(&strict, &numbered(&both), usize::MAX).len(), 0);
    }

    #[test]
    fn without_containment_a_cut_copy_stays() {
        let jaccard_only = Options { containment: 0.0, ..Options::default() }.build().unwrap();
        let both = numbered(&[words(1, 0..104), words(1, 0..52)]);
        assert_eq!(resolve(&jaccard_only, &both, usize::MAX).len(), 0);
    }

    #[test]
    fn options_out_of_range_are_named() {
        let good = Options::default();
        let cases = [
            ("jaccard", Options { jaccard: 0.0, ..good.clone() }),
            ("jaccard", Options { jaccard: f64::NAN, ..good.clone() }),
            ("containment", Options { containment: 1.01, ..good.clone() }),
            ("numbers", Options { numbers: -0.1, ..good.clone() }),
            ("shingle-words", Options { shingle_words: 0, ..good.clone() }),
            ("shingle-characters", Options { shingle_characters: 65, ..good.clone() }),
            ("index-keys", Options { index_keys: 256, ..good.clone() }),
            ("min-shared-keys", Options { min_shared_keys: 25, ..good.clone() }),
            ("max-key-documents", Options { max_key_documents: 1, ..good }),
        ];
        for (key, options) in cases {
            let error = options.build().unwrap_err();
            let named = format!("`stage.near-dedup.{key}` must be ");
            assert!(error.to_string().starts_with(&named), "{key}: {error}");
            assert!(matches!(error, Error::Setup(_)), "{key}");
        }
    }

    /// Bodies that overlap in many ways: one or two runs of words out of three stories.
    fn bodies() -> impl Strategy<Value = Vec<String>> {
        let run = (0u32..3, 0u32..30, 1u32..60)
            .prop_map(|(story, start, len)| words(story, start..start + len));
        let body = proptest::collection::vec(run, 0..3).prop_map(|runs| runs.join(" "));
        proptest::collection::vec(body, 0..14)
    }

    fn naive(body: &str) -> BTreeSet<Vec<&str>> {
        let words: Vec<&str> = body.split_whitespace().collect();
        match words.len() {
            0 => BTreeSet::new(),
            1..5 => BTreeSet::from([words]),
            _ => words.windows(5).map(<[&str]>::to_vec).collect(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_reported_pair_is_alike_and_its_kept_one_stays(bodies in bodies()) {
            let found = verdicts(&bodies);
            let dropped: BTreeSet<u64> = found.iter().map(|(id, _, _)| *id).collect();
            for (id, of, similarity) in found {
                prop_assert!(u64::from(of) < id && !dropped.contains(&u64::from(of)));
                let (left, right) = (naive(&bodies[id as usize]), naive(&bodies[of as usize]));
                let shared = left.intersection(&right).count() as f64;
                let smaller = left.len().min(right.len());
                let jaccard = shared / left.union(&right).count() as f64;
                let threshold = if smaller < 12 { 0.8 } else { 0.7 };
                let expected = if jaccard >= threshold { jaccard } else { shared / left.len() as f64 };
                prop_assert_eq!(similarity, expected as f32);
                prop_assert!(jaccard >= threshold || (smaller >= 12 && expected >= 0.8));
            }
        }

        #[test]
        fn the_order_of_arrival_does_not_matter(bodies in bodies(), budget in 1usize..5_000) {
            let mut documents = numbered(&bodies);
            let all = resolve(&near(), &documents, usize::MAX);
            documents.reverse();
            prop_assert_eq!(all, resolve(&near(), &documents, budget));
        }

        #[test]
        fn an_unrelated_document_changes_no_verdict(bodies in bodies(), number in 0u32..14) {
            let mut documents = numbered(&bodies);
            for document in &mut documents {
                document.id.0 = 2 * document.id.0 + 1;
            }
            let before = resolve(&near(), &documents, usize::MAX);
            documents.push(document(2 * number, "other", "", &words(77, 0..90)));
            documents.sort_by_key(|document| document.id);
            prop_assert_eq!(before, resolve(&near(), &documents, usize::MAX));
        }
    }
}
