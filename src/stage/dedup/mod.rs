//! Duplicates: what the stages that find them share.
//!
//! [`ExactDedup`] finds documents whose words are the same, [`NearDedup`] those that share most of their word sequences,
//! [`ParagraphDedup`] paragraphs that documents of several sources share. All look at the same stream of tokens
//! (`tokens.rs`), so that case, punctuation, quotes and spacing never tell two copies apart. The first two name the kept
//! document in every verdict; [`explain`] says why.

mod cluster;
mod common;
mod composite;
pub mod exact;
pub mod explain;
mod found;
mod join;
mod judge;
pub mod keep;
mod lead;
mod letters;
pub mod near;
pub mod paragraphs;
mod places;
mod publisher;
mod resolve;
mod rule;
mod shingles;
mod sketch;
mod steps;
mod store;
mod tokens;
mod verify;

pub use exact::ExactDedup;
pub use near::{NearDedup, Options};
pub use paragraphs::ParagraphDedup;

use crate::document::{Action, DocId, Document, Drop, Findings};
use crate::stage::{Verdict, Verdicts};

/// Key of the verdict on a document.
fn verdict_key(document: DocId) -> u64 {
    u64::from(document.0)
}

/// Turns the verdict on a document into its finding.
fn examine(document: &Document, verdicts: &Verdicts) -> Findings {
    let drop = match verdicts.get(verdict_key(document.id)) {
        Some(Verdict::Duplicate(duplicate)) if duplicate.action == Action::Dropped => {
            Some(Drop::Duplicate(duplicate))
        }
        _ => None,
    };
    Findings { drop, ..Findings::default() }
}

/// Whether there is a verdict on a document.
fn concerns(document: DocId, verdicts: &Verdicts) -> bool {
    verdicts.get(verdict_key(document)).is_some()
}

/// Multiplies to 128 bits and folds the halves: every input bit reaches every output bit.
fn fold(value: u64, by: u64) -> u64 {
    let wide = u128::from(value) * u128::from(by);
    (wide as u64) ^ ((wide >> 64) as u64)
}

#[cfg(test)]
mod testing {
    //! Runs a stage over documents the way the pipeline does, in batches and within a budget.

    use crate::census::Workspace;
    use crate::document::{DocId, Document};
    use crate::stage::{CorpusStage, Verdict, Verdicts};

    /// Documents as `(source, title, body)`, numbered in order.
    pub(super) fn documents(rows: &[(&str, &str, &str)]) -> Vec<Document> {
        let numbered = (0u32..).zip(rows);
        numbered.map(|(n, (source, title, body))| document(n, source, title, body)).collect()
    }

    pub(super) fn document(number: u32, source: &str, title: &str, body: &str) -> Document {
        Document::new(DocId(number), format!("{source}/{number}.txt"), source, title, body)
    }

    pub(super) fn resolve(
        stage: &dyn CorpusStage,
        documents: &[Document],
        budget_bytes: usize,
    ) -> Verdicts {
        let folder = tempfile::tempdir().unwrap();
        let mut census = Workspace::new(folder.path(), budget_bytes).census();
        for document in documents {
            for observation in stage.observe(document) {
                census.push(document.id, observation.key, &observation.payload).unwrap();
            }
        }
        stage.resolve(census.into_groups().unwrap()).unwrap()
    }

    /// Verdicts as `(duplicate, kept, similarity)`, ascending.
    pub(super) fn pairs(verdicts: &Verdicts) -> Vec<(u64, u32, f32)> {
        let rows = verdicts.sorted().into_iter();
        rows.filter_map(|(key, verdict)| match verdict {
            Verdict::Duplicate(duplicate) => Some((key, duplicate.of.0, duplicate.similarity)),
            Verdict::Note(_) => None,
            other => panic!("not a verdict of these stages: {other:?}"),
        })
        .collect()
    }
}
