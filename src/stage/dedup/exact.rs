//! `exact-dedup`: documents whose bodies have the same words in the same order.
//!
//! One of them stays: `keep` and `prefer-sources` say which, ties go to the first in corpus order. The headline does not
//! count, because outlets write their own over one agency's copy; but a body of fewer than `min-body-words` words counts
//! together with its headline, because what a page shares with others is then often nothing but furniture: the address of
//! an institution, a date line, the place-holder of a scraper. A brief under two headlines is left to `near-dedup`.
//! Case, punctuation, quotes and spacing do not count either; so two texts that differ in nothing but a minus sign or a
//! decimal point are taken for the same.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::census::{Groups, Key, Observation, Row};
use crate::document::{self, DocId, Document, Duplicate, DuplicateKind, Evidence, Findings};
use crate::error::Error;
use crate::stage::{CorpusStage, Verdict, Verdicts};

use super::keep::{Action, Keep, Traits, moment, order, rank};
use super::tokens::{is_character, tokens};
use super::verdict_key;

/// What `[stage.exact-dedup]` may say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// Which of several documents with the same words is kept. All are equally long, so `longest` is `earliest` here.
    pub keep: Keep,
    /// Sources whose documents are kept before others, the most wanted first; before `keep` is asked.
    pub prefer_sources: Vec<String>,
    /// What happens to the others.
    pub action: Action,
    /// Words that a body must have to count without its headline; two characters are a word in scripts without spaces.
    /// Higher is stricter; 0 never asks for the headline.
    pub min_body_words: usize,
}

impl Default for Options {
    /// In a dump of 32,000 pages, 386 of 428 copies under another headline had a body of up to 80 words, furniture as far
    /// as they were read; the other 42, of 131 words and more, were reprints but for one page of links (2026-11-25).
    fn default() -> Self {
        Self {
            keep: Keep::default(),
            prefer_sources: Vec::new(),
            action: Action::default(),
            min_body_words: 100,
        }
    }
}

impl Options {
    /// There is nothing that could be wrong.
    pub fn build(&self) -> ExactDedup {
        ExactDedup { options: self.clone() }
    }
}

/// Finds documents that repeat the body of another. Adds 13 bytes a document to the census.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExactDedup {
    options: Options,
}

impl CorpusStage for ExactDedup {
    fn name(&self) -> &'static str {
        "exact-dedup"
    }

    fn observe(&self, document: &Document) -> Vec<Observation> {
        let mut stream = tokens(document.body()).hashes;
        if words(&stream) < self.options.min_body_words || stream.is_empty() {
            stream = tokens(document.text()).hashes;
        }
        if stream.is_empty() {
            return Vec::new();
        }
        let bytes: Vec<u8> = stream.iter().flat_map(|token| token.to_le_bytes()).collect();
        let hash = xxh3_128(&bytes);
        let key = Key { table: 0, hash: (hash >> 64) as u64 };
        let moment = moment(document).unwrap_or(NO_MOMENT);
        let mut payload = (hash as u64).to_le_bytes().to_vec();
        payload.push(rank(&self.options.prefer_sources, &document.source));
        payload.extend_from_slice(&moment.to_le_bytes());
        vec![Observation { key, payload }]
    }

    fn resolve(&self, mut groups: Groups) -> Result<Verdicts, Error> {
        let mut verdicts = Verdicts::default();
        while let Some(group) = groups.next_group()? {
            // One entry for each other half of the hash: more than one is a collision of 64 bits.
            let mut same: Vec<(Vec<u8>, Vec<Traits>)> = Vec::new();
            for row in group.rows {
                let half = row.payload[..HALF_BYTES.min(row.payload.len())].to_vec();
                let traits = traits(&row);
                match same.iter_mut().find(|(other, _)| *other == half) {
                    Some((_, members)) => members.push(traits),
                    None => same.push((half, vec![traits])),
                }
            }
            for (_, mut members) in same {
                order(self.options.keep, &mut members);
                for member in &members[1..] {
                    let verdict = self.same(DocId(members[0].document));
                    verdicts.insert(verdict_key(DocId(member.document)), verdict);
                }
            }
        }
        Ok(verdicts)
    }

    fn examine(&self, document: &Document, verdicts: &Verdicts) -> Findings {
        super::examine(document, verdicts)
    }

    fn concerns(
        &self,
        document: DocId,
        _: Option<&mut dyn Iterator<Item = Key>>,
        verdicts: &Verdicts,
    ) -> bool {
        super::concerns(document, verdicts)
    }

    fn part_of(&self, key: Key, _: &[u8]) -> u64 {
        key.hash
    }

    fn judges_documents(&self) -> bool {
        true
    }
}

const HALF_BYTES: usize = 8;
const NO_MOMENT: i32 = i32::MIN;

/// Words of a stream, give or take: a word of a script without spaces has about two characters.
fn words(stream: &[u64]) -> usize {
    let characters = stream.iter().filter(|token| is_character(**token)).count();
    stream.len() - characters + characters / 2
}

fn traits(row: &Row) -> Traits {
    let (rank, moment) = match row.payload.get(HALF_BYTES..) {
        Some([rank, moment @ ..]) => (*rank, moment.first_chunk::<4>()),
        _ => (u8::MAX, None),
    };
    let moment = moment.map(|bytes| i32::from_le_bytes(*bytes));
    Traits {
        rank,
        length: 0,
        moment: moment.filter(|moment| *moment != NO_MOMENT),
        document: row.document.0,
    }
}

impl ExactDedup {
    fn same(&self, of: DocId) -> Verdict {
        let action = match self.options.action {
            Action::Drop => document::Action::Dropped,
            Action::Label => document::Action::Labelled,
        };
        Verdict::Duplicate(Duplicate {
            of,
            kind: DuplicateKind::Exact,
            similarity: 1.0,
            containment: 1.0,
            evidence: Evidence::default(),
            action,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{document, documents, pairs, resolve};
    use super::*;
    use crate::document::Drop;

    #[test]
    fn the_first_of_those_that_say_the_same_stays() {
        type Case =
            (&'static str, Vec<(&'static str, &'static str, &'static str)>, Vec<(u64, u32)>);
        let cases: Vec<Case> = vec![
            ("nothing", vec![], vec![]),
            ("one", vec![("a", "t", "Rain today.")], vec![]),
            (
                "other headline",
                vec![("a", "t", "Rain today."), ("b", "u", "Rain today.")],
                vec![(1, 0)],
            ),
            (
                "other setting",
                vec![("a", "", "“Rain”, today"), ("b", "", "RAIN - TODAY")],
                vec![(1, 0)],
            ),
            ("same headline only", vec![("a", "t", "Rain."), ("b", "t", "Sun.")], vec![]),
            ("figures", vec![("a", "", "5 dead"), ("b", "", "6 dead")], vec![]),
            ("order", vec![("a", "", "dog bites man"), ("b", "", "man bites dog")], vec![]),
            (
                "no body",
                vec![("a", "Rain", ""), ("b", "rain!", ""), ("c", "Sun", "")],
                vec![(1, 0)],
            ),
            ("no tokens", vec![("a", "", "..."), ("b", "", "...")], vec![]),
            ("empty", vec![("a", "", ""), ("b", "", "")], vec![]),
            (
                "three copies, two others",
                vec![
                    ("a", "", "x"),
                    ("a", "", "y"),
                    ("a", "", "X"),
                    ("a", "", "Y"),
                    ("a", "", "x."),
                ],
                vec![(2, 0), (3, 1), (4, 0)],
            ),
        ];
        for (name, rows, expected) in cases {
            for budget_bytes in [usize::MAX, 1] {
                let stage = Options { min_body_words: 0, ..Options::default() }.build();
                let verdicts = resolve(&stage, &documents(&rows), budget_bytes);
                let expected: Vec<_> = expected.iter().map(|(id, of)| (*id, *of, 1.0)).collect();
                assert_eq!(pairs(&verdicts), expected, "{name}, budget {budget_bytes}");
            }
        }
    }

    #[test]
    fn a_short_body_counts_together_with_its_headline() {
        let least = Options::default().min_body_words;
        let long: Vec<String> = (0..least).map(|number| format!("word{number}")).collect();
        let (long, shorter) = (long.join(" "), long[1..].join(" "));
        let address = "The college was founded in 1961. Its gate is open from nine to four.";
        let (chinese, short_chinese) = ("雨".repeat(2 * least), "雨".repeat(2 * least - 2));
        let cases = [
            ("an address under two notices", "Winter term begins", "Two chairs filled", address, 0),
            ("the same notice twice", "Winter term begins", "WINTER TERM BEGINS.", address, 1),
            ("a place-holder under another headline", "Rain", "Sun", "Text was not extracted.", 0),
            ("a story under two headlines", "Rain", "Sun", &long, 1),
            ("a story of a word less", "Rain", "Sun", &shorter, 0),
            ("characters", "雨", "日", &chinese, 1),
            ("too few characters", "雨", "日", &short_chinese, 0),
        ];
        for (name, left, right, body, expected) in cases {
            let both = documents(&[("a", left, body), ("b", right, body)]);
            let verdicts = resolve(&ExactDedup::default(), &both, usize::MAX);
            assert_eq!(verdicts.len(), expected, "{name}");
        }
    }

    #[test]
    fn a_verdict_drops_the_duplicate_and_no_other() {
        let both = documents(&[("a", "", "Rain today"), ("b", "", "rain, today")]);
        let verdicts = resolve(&ExactDedup::default(), &both, usize::MAX);
        assert_eq!(ExactDedup::default().examine(&both[0], &verdicts), Findings::default());
        let Some(Drop::Duplicate(duplicate)) =
            ExactDedup::default().examine(&both[1], &verdicts).drop
        else {
            panic!("the copy stays");
        };
        assert_eq!((duplicate.of, duplicate.kind), (DocId(0), DuplicateKind::Exact));
    }

    #[test]
    fn halves_of_a_hash_must_both_agree() {
        let folder = tempfile::tempdir().unwrap();
        let mut census = crate::census::Workspace::new(folder.path(), usize::MAX).census();
        for (number, payload) in [(0, b"x"), (1, b"y"), (2, b"y")] {
            census.push(DocId(number), Key { table: 0, hash: 7 }, payload).unwrap();
        }
        let verdicts = ExactDedup::default().resolve(census.into_groups().unwrap()).unwrap();
        assert_eq!(pairs(&verdicts), [(2, 1, 1.0)]);
    }

    #[test]
    fn what_is_kept_can_be_chosen() {
        let mut all = documents(&[("a", "", "x y"), ("b", "", "x y"), ("c", "", "x y")]);
        for (document, date) in all.iter_mut().zip(["2024-03-02", "2024-03-01", "2024-03-03"]) {
            document.date = Some(date.into());
        }
        let options = |keep| Options { keep, ..Options::default() };
        let prefer = Options { prefer_sources: vec!["c".into()], ..options(Keep::First) };
        let cases = [
            (options(Keep::First), 0),
            (options(Keep::Longest), 1),
            (options(Keep::Earliest), 1),
            (options(Keep::Latest), 2),
            (prefer, 2),
        ];
        for (options, expected) in cases {
            let verdicts = resolve(&options.build(), &all, usize::MAX);
            assert!(pairs(&verdicts).iter().all(|(_, of, _)| *of == expected), "{options:?}");
            assert_eq!(verdicts.len(), 2);
        }
        let label = Options { action: Action::Label, ..Options::default() }.build();
        let verdicts = resolve(&label, &all, usize::MAX);
        assert_eq!(verdicts.len(), 2);
        assert_eq!(label.examine(&all[0], &verdicts), Findings::default(), "labelled, not dropped");
    }

    #[test]
    fn a_document_adds_one_row_or_none() {
        assert_eq!(ExactDedup::default().observe(&document(0, "a", "t", "Rain today")).len(), 1);
        assert_eq!(ExactDedup::default().observe(&document(0, "a", "", "!!!")).len(), 0);
    }
}
