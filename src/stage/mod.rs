//! The two kinds of stage, and the registry of them. Every stage has a file or a folder of its own beside this one.
//!
//! # A stage in ten lines
//!
//! ```
//! use copydesk::document::{DocId, Document, Findings};
//! use copydesk::stage::Stage;
//!
//! /// Cuts lines without a letter: rules of dashes, lone figures, rows of stars.
//! struct Letterless;
//!
//! impl Stage for Letterless {
//!     fn name(&self) -> &'static str {
//!         "letterless"
//!     }
//!
//!     fn examine(&self, document: &Document) -> Findings {
//!         let mut findings = Findings::default();
//!         for line in document.lines().filter(|line| !line.text.contains(char::is_alphabetic)) {
//!             findings.cut(line.at, "no-letter");
//!         }
//!         findings
//!     }
//! }
//!
//! let mut document = Document::new(DocId(0), "a.txt", "gazette", "Ferry late", "It was late.\n\n* * *\n\nAgain.");
//! let findings = Letterless.examine(&document);
//! document.apply("letterless", findings);
//! assert_eq!(document.body(), "It was late.\n\nAgain.");
//! assert_eq!(document.removed()[0].text.trim(), "* * *");
//! ```
//!
//! What makes it a stage that a run can name is below in this file: its name in [`NAMES`], an arm in [`build`], and if it has
//! options a field in [`Options`] and a section in `pipeline.toml`.

pub mod boilerplate;
pub mod dedup;
mod headline;
pub mod language;
pub mod learned;
pub mod stats;
pub mod steps;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::census::{Groups, Key, Observation};
use crate::document::{DocId, Document, Duplicate, Findings, Note};
use crate::error::Error;
use steps::InSteps;

/// A section for each stage: `[stage.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Options {
    /// `[stage.language]`
    pub language: language::Options,
    /// `[stage.boilerplate]`
    pub boilerplate: boilerplate::Options,
    /// `[stage.learned-boilerplate]`
    pub learned_boilerplate: learned::Options,
    /// `[stage.exact-dedup]`
    pub exact_dedup: dedup::exact::Options,
    /// `[stage.near-dedup]`
    pub near_dedup: dedup::near::Options,
    /// `[stage.paragraph-dedup]`
    pub paragraph_dedup: dedup::paragraphs::Options,
    /// `[stage.stats]`
    pub stats: stats::Options,
}

/// A stage of either kind, ready to run.
pub enum AnyStage {
    /// It judges one document by itself.
    Document(Box<dyn Stage>),
    /// It judges one document by how it sits in the corpus.
    Corpus(Box<dyn CorpusStage>),
}

/// The registry: every stage by its name.
pub const NAMES: [&str; 7] = [
    "language",
    "boilerplate",
    "learned-boilerplate",
    "exact-dedup",
    "near-dedup",
    "paragraph-dedup",
    "stats",
];

/// Checks that no stage undoes what another promised: `paragraph-dedup` keeps one copy of a paragraph in a document, so no
/// stage after it may drop that document or cut the copy.
pub fn check_order(names: &[String]) -> Result<(), Error> {
    let mut after = names.iter().skip_while(|name| *name != "paragraph-dedup").skip(1);
    match after.find(|name| *name != "stats") {
        None => Ok(()),
        Some(name) => Err(Error::Setup(format!(
            "`stages` has `{name}` after `paragraph-dedup`, whose kept copies it might drop\nhint: only `stats` may follow"
        ))),
    }
}

/// Reason of a document on which a stage panicked.
pub const INTERNAL_ERROR: &str = "internal_error";

/// The reasons for which stages reject documents.
pub const REASONS: [&str; 4] =
    [INTERNAL_ERROR, "language_not_kept", "mixed_language", "nothing_left"];

/// Builds a stage by its name; an unknown name or a bad option is [`Error::Setup`], the key first.
pub fn build(name: &str, options: &Options) -> Result<AnyStage, Error> {
    use AnyStage::{Corpus, Document};
    Ok(match name {
        "language" => Document(Box::new(options.language.build()?)),
        "boilerplate" => Document(Box::new(options.boilerplate.build()?)),
        "learned-boilerplate" => Corpus(Box::new(options.learned_boilerplate.build()?)),
        "exact-dedup" => Corpus(Box::new(options.exact_dedup.build())),
        "near-dedup" => Corpus(Box::new(options.near_dedup.build()?)),
        "paragraph-dedup" => Corpus(Box::new(options.paragraph_dedup.build()?)),
        "stats" => Document(Box::new(options.stats.build()?)),
        _ => {
            let hint = match crate::nearest::nearest(name, NAMES.into_iter()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("there are {}", NAMES.join(", ")),
            };
            return Err(Error::Setup(format!("`stages` names no stage `{name}`\nhint: {hint}")));
        }
    })
}

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

    /// What this document adds to the census: keys with a small payload each. A function of the document alone, and not of
    /// its number: what was observed is remembered from run to run.
    fn observe(&self, document: &Document) -> Vec<Observation>;

    /// Draws the conclusions from all observations, grouped by key, keys ascending, documents ascending within a key.
    fn resolve(&self, groups: Groups) -> Result<Verdicts, Error>;

    /// What this stage has to say about a document, given the verdicts.
    fn examine(&self, document: &Document, verdicts: &Verdicts) -> Findings;

    /// Whether it may have anything to say about a document with this number that observed these keys, where they are still
    /// known. `false` spares reading the document; a wrong `true` costs no more than that.
    fn concerns(
        &self,
        _document: DocId,
        _observed: Option<&mut dyn Iterator<Item = Key>>,
        verdicts: &Verdicts,
    ) -> bool {
        !verdicts.is_empty()
    }

    /// What rows have in common that must be resolved together: the verdicts on all rows of a corpus are those on the rows
    /// of each such part by itself. A document's rows of one key are of one part. All are one, unless a stage knows better.
    fn part_of(&self, _key: Key, _payload: &[u8]) -> u64 {
        0
    }

    /// How rows are resolved in many parts, where none of them can be resolved by itself.
    fn in_steps(&self) -> Option<&dyn InSteps> {
        None
    }

    /// Whether verdicts are on numbers of documents; else they are on keys that documents observe.
    fn judges_documents(&self) -> bool {
        false
    }
}

/// What a corpus stage concluded: plain rows by key, so that they can be stored, shipped and joined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdicts {
    rows: FxHashMap<u64, Verdict>,
    /// Pairs that were compared, those near a threshold among them; sorted by document.
    pub pairs: Vec<ComparedPair>,
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
    /// The segment of that hash is an ornament of its source's headlines.
    Ornament {
        /// Documents of the source that carry it; copies of one story count once.
        documents: u32,
    },
    /// The paragraph of that hash stands in documents of several publishers.
    Repeated {
        /// The first document that has it.
        holder: DocId,
        /// Documents that have it.
        documents: u32,
    },
    /// The document of that number says the same as another.
    Duplicate(Duplicate),
    /// The document of that number is kept, but not like any other.
    Note(Note),
}

/// Two documents that a stage compared, alike enough for a person to want to see.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedPair {
    /// The document of which more stands in the other.
    pub document: DocId,
    /// The other.
    pub other: DocId,
    /// Jaccard similarity.
    pub similarity: f32,
    /// Share of `document` that stands in `other`.
    pub containment: f32,
    /// Share of the numbers that agree, where both have three.
    pub numbers: Option<f32>,
    /// What the stage made of the pair: `certain`, `likely`, `template` or `none`.
    pub verdict: PairVerdict,
}

/// What became of a compared pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PairVerdict {
    /// One of them may go.
    Certain,
    /// They are labelled.
    Likely,
    /// The same words around other figures.
    Template,
    /// Too little in common.
    None,
}

impl PairVerdict {
    /// The word in `pairs.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Template => "template",
            Self::None => "none",
        }
    }
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

    /// Whether there is a verdict on any of the keys.
    pub fn are_on_any(&self, mut keys: impl Iterator<Item = Key>) -> bool {
        keys.any(|key| self.rows.contains_key(&key.hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_observed_does_not_depend_on_the_number_of_the_document() {
        let body = "The ferry was late again.\n\nNobody on the quay was surprised, the harbour master least of all.";
        for name in NAMES {
            let AnyStage::Corpus(stage) = build(name, &Options::default()).unwrap() else {
                continue;
            };
            for body in [body, "One line."] {
                let observe =
                    |id| stage.observe(&Document::new(DocId(id), "a.txt", "s", "Late", body));
                assert_eq!(observe(1), observe(2), "{name}");
            }
        }
    }
}
