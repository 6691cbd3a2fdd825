//! `near-dedup`: documents that tell the same story in nearly the same words.
//!
//! Every document becomes a sketch of about 300 bytes. Those that share some of their smallest shingles are compared by
//! their sketches, and what belongs together becomes a cluster (`cluster.rs`). One document of a cluster stays: `keep` and
//! `prefer-sources` say which. There are two tiers for the others:
//!
//! - *certain* (`jaccard`, `containment`): a kept document says mostly the same (`reprint`), or holds nearly all of it
//!   (`shortened`). It is dropped. Containment is that of the document that goes, so dropping one never drops a text.
//! - *likely* (`likely-jaccard`, `likely-containment`): it shares a good part and has parts of its own (`update`). It stays,
//!   and has a row in `duplicates.csv` all the same.
//!
//! Within one publisher (a source, or its editions by language and year, `publisher.rs`) more is asked, because a publisher
//! uses its own texts again. Short pages under other headlines are never duplicates: what they share is the address of an
//! institution or the frame of a notice. Nor are reports under other headlines that begin with other news and go on with
//! the same background, transcript or advertisement, or that name other days, as bulletins and minutes do (`lead.rs`). Its
//! likely duplicates must not be the reports of two occasions (other figures), or share no more than furniture (which a
//! third story has too) or one passage (a statement, a gallery).
//!
//! What stays without a row: notices made from one template, where the words are the same and the figures are not (noted
//! as `template`), and round-ups that hold several stories (noted as `composite`), which join no two clusters.
//!
//! Figures are estimates from samples of 56 shingles: one of .80 stands for .68 to .88 in nineteen cases of twenty.
//!
//! What it may wrongly take: notices of one template that differ in a name only; two short briefs that are mostly one
//! quotation. Both are why the certain tier asks for much more than the likely one.

use serde::{Deserialize, Serialize};

use crate::census::{Group, Groups, Key, Observation};
use crate::document::{DocId, Document, Findings};
use crate::error::Error;
use crate::stage::steps::InSteps;
use crate::stage::{CorpusStage, Verdicts};

use super::explain::Judged;
use super::fold;
use super::join::{Candidate, Join, Limits};
use super::judge::Policy;
use super::keep::{Action, Keep, moment, rank};
use super::lead::{days, lead};
use super::publisher::publisher_hash;
use super::resolve::{judged, verdicts};
use super::rule::Rule;
use super::shingles::{Lengths, Placed, smallest, windows};
use super::sketch::{NUMBERS, PHRASES, SHINGLES, Sketch, keys, placed_sample, sample};
use super::store::{Store, StoreWriter};
use super::tokens::{Tokens, tokens};

/// What `[stage.near-dedup]` may say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// Which document of a cluster is kept.
    pub keep: Keep,
    /// Sources whose documents are kept before others, the most wanted first; before `keep` is asked.
    pub prefer_sources: Vec<String>,
    /// What happens to certain duplicates.
    pub action: Action,
    /// Words in a shingle. Longer is stricter: one changed word spoils as many shingles as it has words.
    pub shingle_words: usize,
    /// Characters in a shingle, in scripts without spaces between words. Longer is stricter.
    pub shingle_characters: usize,
    /// Least Jaccard similarity of a certain reprint, above 0 and at most 1. Higher is stricter.
    pub jaccard: f64,
    /// Least share of a document that stands in the kept one for it to go as a shortened copy, up to 1. Higher is
    /// stricter; 0 switches this off, so that `jaccard` alone decides.
    pub containment: f64,
    /// Least Jaccard similarity, on shingles that are rare in the corpus, of a likely duplicate. Higher is stricter.
    pub likely_jaccard: f64,
    /// Least share of the smaller document that stands in the larger for a likely duplicate. Higher is stricter.
    pub likely_containment: f64,
    /// Shingles that a document must have for containment to count; below it the similarity must reach 0.8.
    /// Higher is stricter.
    pub min_shingles: usize,
    /// Least share of the smaller document's numbers that stand in the larger, where both have three, 0 to 1. Below it
    /// nothing is certain, and tables of figures are told apart as templates. Higher is stricter; 0 switches this off.
    pub numbers: f64,
    /// Groups of near-identical documents up to which a shingle is rare, 1 to 254. Common ones do not count. Lower is
    /// stricter.
    pub rare_groups: usize,
    /// Stories up to which a shingle is rare, in the last round of comparison, 1 to 254. Lower is stricter.
    pub rare_stories: usize,
    /// Smallest shingle hashes by which a document is found, 1 to 64. More find more cut copies and cost about 12 bytes
    /// of scratch space each for every document.
    pub index_keys: usize,
    /// Of those, how many two documents must share to be compared; at most `index-keys`. Higher is faster and finds less.
    pub min_shared_keys: usize,
    /// Documents of one key up to which all of them are compared with each other, at least 2; beyond it each only with
    /// the first and its neighbour. Lower is faster and finds less.
    pub max_key_documents: usize,
}

impl Default for Options {
    /// Thresholds of `dedup.md` §5: of 41,000 edited articles the likely tier found 84 % of the pairs at .995, the certain
    /// one 69 % at .999.
    fn default() -> Self {
        Self {
            keep: Keep::Longest,
            prefer_sources: Vec::new(),
            action: Action::Drop,
            shingle_words: 5,
            shingle_characters: 6,
            jaccard: 0.7,
            containment: 0.8,
            likely_jaccard: 0.4,
            likely_containment: 0.5,
            min_shingles: 12,
            numbers: 0.5,
            rare_groups: 12,
            rare_stories: 3,
            index_keys: 24,
            min_shared_keys: 2,
            max_key_documents: 50,
        }
    }
}

/// Finds clusters of near duplicates.
///
/// Adds to the census one sketch of at most 442 bytes and `index-keys` rows without payload, 8 bytes each on disk. Sketches,
/// keys, pairs and the occurrences of shingles keep to the budget. Outside it, while it resolves: 45 bytes a document (where
/// its sketch lies, what is rare in it, its trees), 16 a common shingle, 8 a candidate pair, 28 to 50 a pair of one story
/// (`found.rs`), and 60 a verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct NearDedup {
    pub(super) lengths: Lengths,
    prefer_sources: Vec<String>,
    index_keys: usize,
    pub(super) limits: Limits,
    pub(super) policy: Policy,
}

/// Runs of two words, or three characters: shorter than a shingle, so that one changed word spoils few.
const PHRASE_LENGTHS: Lengths = Lengths { words: 2, characters: 3 };
/// Longest shingle that an option may ask for, in tokens.
const MAX_SHINGLE: usize = 64;

/// Hash of a headline's words, without how it is set; 0 where it has none.
fn headline_hash(title: &str) -> u32 {
    let words = tokens(title).hashes;
    words.into_iter().fold(0, |hash, word| fold(hash ^ word, HEADLINE_STEP)) as u32
}

const HEADLINE_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The pairs are counted while the census is still read, so they may only have a part of the budget.
const JOIN_SHARE: usize = 4;

/// Table of sketches, by document number.
pub(super) const SKETCHES: u8 = 0;
/// Table of index keys.
pub(super) const KEYS: u8 = 1;

impl Options {
    /// Checks the options once.
    pub fn build(&self) -> Result<NearDedup, Error> {
        check_count("shingle-words", self.shingle_words, 1, MAX_SHINGLE)?;
        check_count("shingle-characters", self.shingle_characters, 1, MAX_SHINGLE)?;
        for (key, value) in [
            ("jaccard", self.jaccard),
            ("containment", self.containment),
            ("likely-jaccard", self.likely_jaccard),
            ("likely-containment", self.likely_containment),
            ("numbers", self.numbers),
        ] {
            check_share(key, value)?;
        }
        for (key, value) in [
            ("jaccard", self.jaccard),
            ("likely-jaccard", self.likely_jaccard),
            ("likely-containment", self.likely_containment),
        ] {
            if value == 0.0 {
                return Err(wrong(key, "above 0", value));
            }
        }
        check_count("rare-groups", self.rare_groups, 1, usize::from(u8::MAX) - 1)?;
        check_count("rare-stories", self.rare_stories, 1, usize::from(u8::MAX) - 1)?;
        check_count("index-keys", self.index_keys, 1, SHINGLES)?;
        check_count("min-shared-keys", self.min_shared_keys, 1, self.index_keys)?;
        check_count("max-key-documents", self.max_key_documents, 2, usize::MAX)?;
        Ok(NearDedup {
            lengths: Lengths { words: self.shingle_words, characters: self.shingle_characters },
            prefer_sources: self.prefer_sources.clone(),
            index_keys: self.index_keys,
            limits: Limits {
                min_shared_keys: self.min_shared_keys as u8,
                max_key_documents: self.max_key_documents,
            },
            policy: Policy {
                rule: Rule {
                    jaccard: self.jaccard as f32,
                    containment: (self.containment > 0.0).then_some(self.containment as f32),
                    likely_jaccard: self.likely_jaccard as f32,
                    likely_containment: self.likely_containment as f32,
                    min_shingles: u32::try_from(self.min_shingles).unwrap_or(u32::MAX),
                    numbers: self.numbers as f32,
                },
                rare_groups: self.rare_groups as u8,
                rare_stories: self.rare_stories as u8,
                keep: self.keep,
                action: self.action,
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

impl NearDedup {
    /// How a document compares with every other that shares enough keys with it, the most alike first, from what all
    /// documents have added to the census.
    pub fn judged(&self, groups: Groups, document: DocId) -> Result<Vec<Judged>, Error> {
        let (store, pairs) = self.join(groups)?;
        judged(&self.policy, &store, pairs, document)
    }

    pub(super) fn rule(&self) -> &Rule {
        &self.policy.rule
    }

    /// The sketch of a document by itself.
    pub(super) fn sketch(&self, document: &Document) -> Sketch {
        let tokens = tokens(document.text());
        let shingles = smallest(self.lengths, &tokens.hashes, tokens.characters, SHINGLES);
        self.sketch_of(document, tokens, &shingles)
    }

    fn sketch_of(&self, document: &Document, tokens: Tokens, shingles: &[Placed]) -> Sketch {
        let lead = lead(&tokens);
        let characters = tokens.characters;
        let phrases = smallest(PHRASE_LENGTHS, &tokens.hashes, characters, PHRASES);
        let mut numbers = tokens.numbers;
        let number_tokens = numbers.len() as u32;
        numbers.sort_unstable();
        numbers.dedup();
        Sketch {
            windows: windows(self.lengths, &tokens.hashes, characters),
            number_tokens,
            moment: moment(document),
            publisher: publisher_hash(&document.source),
            is_unspaced: 2 * characters > tokens.hashes.len(),
            headline: headline_hash(document.title()),
            rank: rank(&self.prefer_sources, &document.source),
            shingles: placed_sample(shingles, tokens.hashes.len()),
            phrases: sample(phrases.iter().map(|(hash, _)| *hash), PHRASES),
            numbers: sample(numbers.into_iter(), NUMBERS),
            days: days(document),
            lead,
        }
    }

    /// Stores the sketches, and finds the pairs that share keys.
    fn join(&self, mut groups: Groups) -> Result<(Store, Vec<Candidate>), Error> {
        let workspace = groups.workspace().clone();
        let mut store = StoreWriter::new(&workspace);
        let mut join = Join::new(self.limits, &workspace.with_share(JOIN_SHARE));
        let mut group = Group::default();
        while groups.read_group(&mut group)? {
            if group.key.table == KEYS {
                join.add(&group.rows)?;
                continue;
            }
            for row in &group.rows {
                store.push(row.document, &row.payload)?;
            }
        }
        // The pairs are sorted next; the memory of the first table is theirs.
        drop(groups);
        Ok((store.finish()?, join.candidates()?))
    }
}

impl CorpusStage for NearDedup {
    fn name(&self) -> &'static str {
        "near-dedup"
    }

    fn observe(&self, document: &Document) -> Vec<Observation> {
        let tokens = tokens(document.text());
        if tokens.hashes.is_empty() {
            return Vec::new();
        }
        let shingles = smallest(self.lengths, &tokens.hashes, tokens.characters, SHINGLES);
        let keys = keys(shingles.iter().map(|(hash, _)| *hash), self.index_keys);
        // Only the few short documents need to say how many keys they have.
        let is_short = keys.len() < usize::from(self.limits.min_shared_keys);
        let payload = if is_short { vec![keys.len() as u8] } else { Vec::new() };
        let mut rows = Vec::with_capacity(1 + keys.len());
        let key = Key { table: SKETCHES, hash: Key::OWN_NUMBER };
        let sketch = self.sketch_of(document, tokens, &shingles);
        rows.push(Observation { key, payload: sketch.to_bytes() });
        rows.extend(
            keys.map(|hash| Observation {
                key: Key { table: KEYS, hash },
                payload: payload.clone(),
            }),
        );
        rows
    }

    fn resolve(&self, groups: Groups) -> Result<Verdicts, Error> {
        let (store, pairs) = self.join(groups)?;
        verdicts(&self.policy, &store, pairs)
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

    fn in_steps(&self) -> Option<&dyn InSteps> {
        Some(self)
    }

    fn judges_documents(&self) -> bool {
        true
    }
}

#[cfg(test)]
#[path = "near_tests.rs"]
mod tests;
