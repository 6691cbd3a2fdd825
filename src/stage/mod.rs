//! The two kinds of stage, and the registry of them. Every stage has a file or a folder of its own beside this one.

pub mod boilerplate;
pub mod dedup;
pub mod language;
pub mod learned;
pub mod stats;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::census::{Groups, Observation};
use crate::document::{Document, Duplicate, Findings};
use crate::error::Error;

/// Judges one document by itself. Pure: no files, clock, randomness or state.
pub trait Stage: Send + Sync {
    /// The word in `stages = [...]` and in the ledger.
    fn name(&self) -> &'static str;

    /// What this stage has to say about a document.
    fn examine(&self, document: &Document) -> Findings;
}

/// Judges one document by how it sits in the corpus. Every function is pure but for the scratch files of `resolve`.
///
/// A corpus stage breaks the pipeline: all documents are observed before the first is examined.
pub trait CorpusStage: Send + Sync {
    /// The word in `stages = [...]` and in the ledger.
    fn name(&self) -> &'static str;

    /// What this document adds to the census: keys with a small payload each.
    fn observe(&self, document: &Document) -> Vec<Observation>;

    /// Draws the conclusions from all observations, grouped by key, keys ascending, documents ascending within a key.
    fn resolve(&self, groups: Groups) -> Result<Verdicts, Error>;

    /// What this stage has to say about a document, given the verdicts.
    fn examine(&self, document: &Document, verdicts: &Verdicts) -> Findings;
}

/// What a corpus stage concluded: plain rows by key, so that they can be stored, shipped and joined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdicts {
    rows: FxHashMap<u64, Verdict>,
}

/// One conclusion. Its key is the stage's own: the hash of a line, or the number of a document.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// The line of that hash is boilerplate of its source.
    Recurs {
        /// Documents of the source that carry it; copies of one story count once.
        documents: u32,
        /// Where it stands.
        place: Place,
    },
    /// The document of that number says the same as another.
    Duplicate(Duplicate),
}

/// Where in a document a recurring line stands, nearly always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// Among the first lines.
    Head,
    /// Among the last lines.
    Tail,
    /// Anywhere.
    Anywhere,
}

impl Verdicts {
    /// Adds or replaces the verdict on a key.
    pub fn insert(&mut self, key: u64, verdict: Verdict) {
        self.rows.insert(key, verdict);
    }

    /// The verdict on a key, if there is one.
    pub fn get(&self, key: u64) -> Option<Verdict> {
        self.rows.get(&key).copied()
    }

    /// Number of verdicts.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was concluded.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All verdicts, keys ascending.
    pub fn sorted(&self) -> Vec<(u64, Verdict)> {
        #[expect(clippy::iter_over_hash_type, reason = "sorted at once")]
        let mut rows: Vec<_> = {
            let mut rows = Vec::with_capacity(self.rows.len());
            for (key, verdict) in &self.rows {
                rows.push((*key, *verdict));
            }
            rows
        };
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows
    }
}
