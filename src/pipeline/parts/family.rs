//! Which document stands for which, once all stages have spoken.

use serde::{Deserialize, Serialize};

use super::super::copies::Copies;
use super::Parts;
use super::rows::{Message, from_bytes, to_bytes};
use crate::document::{DocId, Duplicate, Note};
use crate::error::Error;
use crate::stage::Verdicts;

/// Takes the verdicts of all stages on duplicates, and follows them to their end. In one place, and in memory: about 60 bytes
/// a duplicate.
pub struct Family {
    by_stage: Vec<Verdicts>,
}

/// A document among the others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub(super) copy: Option<Duplicate>,
    pub(super) cluster: Option<u64>,
    pub(super) is_root: bool,
    pub(super) stands_for: u64,
    pub(super) note: Option<Note>,
}

impl Family {
    /// No verdicts yet.
    pub fn new(parts: &Parts) -> Self {
        Self { by_stage: vec![Verdicts::default(); parts.planned.corpus_stages.len()] }
    }

    /// Adds a verdict, in any order; what is not about duplicates is passed over.
    pub fn push(&mut self, verdict: &[u8]) -> Result<(), Error> {
        if let Message::Verdict { stage, key, verdict } = Message::from_bytes(verdict)? {
            let of = self.by_stage.get_mut(usize::from(stage));
            of.ok_or_else(|| super::unknown_stage(stage.into()))?.insert(key, verdict);
        }
        Ok(())
    }

    /// Where each document stands that is not by itself, ascending: its number, and that of the document whose name it needs.
    pub fn standings(self) -> Vec<(DocId, Option<DocId>, Standing)> {
        let mut copies = Copies::default();
        self.by_stage.iter().for_each(|verdicts| copies.add(verdicts));
        copies.close();
        let row = |id: DocId| {
            let copy = copies.resolved(id);
            let standing = Standing {
                copy,
                cluster: copies.cluster(id).map(|cluster| cluster.number),
                is_root: copies.root(id) == id,
                stands_for: copies.stands_for(id),
                note: copies.note(id),
            };
            (id, copy.map(|copy| copy.of), standing)
        };
        copies.all().into_iter().map(row).collect()
    }
}

impl Standing {
    /// As bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        to_bytes("a standing", self)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        from_bytes("a standing", bytes)
    }

    /// That of a document that is by itself.
    pub(super) fn alone() -> Self {
        Self { stands_for: 1, ..Self::default() }
    }
}
