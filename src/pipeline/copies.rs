//! Which document stands for which: the verdicts of all deduplicating stages, followed to their end.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::document::{Action, DocId, Duplicate, DuplicateKind, Note};
use crate::stage::{ComparedPair, Verdict, Verdicts};

/// The copies of a run. About 40 bytes a duplicate, 16 a cluster and 24 a compared pair.
#[derive(Default)]
pub struct Copies {
    of: FxHashMap<DocId, Duplicate>,
    notes: FxHashMap<DocId, Note>,
    clusters: FxHashMap<DocId, Cluster>,
    stands_for: FxHashMap<DocId, u64>,
    pairs: Vec<ComparedPair>,
}

/// The documents of one story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// From 1, in corpus order of the documents that represent them.
    pub number: u64,
    /// Documents, dropped and kept.
    pub size: u64,
}

impl Copies {
    /// Adds what a stage concluded; what is not about duplicates is passed over.
    ///
    /// A document that an earlier stage only labelled may be spoken of again. The later word counts, and a label that would
    /// then point back to the document that points to it goes.
    pub fn add(&mut self, verdicts: &Verdicts) {
        for (key, verdict) in verdicts.sorted() {
            let Ok(id) = u32::try_from(key) else { continue };
            match verdict {
                Verdict::Duplicate(duplicate) => {
                    self.of.remove(&DocId(id));
                    if self.root(duplicate.of) == DocId(id) {
                        self.of.remove(&duplicate.of);
                    }
                    self.of.insert(DocId(id), duplicate);
                }
                Verdict::Note(note) => {
                    self.notes.insert(DocId(id), note);
                }
                _ => {}
            }
        }
        self.pairs.extend_from_slice(&verdicts.pairs);
    }

    /// Numbers the clusters, once all stages have spoken.
    pub fn close(&mut self) {
        let mut sizes: BTreeMap<DocId, u64> = BTreeMap::new();
        let mut copies: Vec<DocId> = self.of.keys().copied().collect();
        copies.sort_unstable();
        for id in copies {
            *sizes.entry(self.root(id)).or_insert(1) += 1;
            if let Some(duplicate) = self.resolved(id)
                && duplicate.action == Action::Dropped
            {
                *self.stands_for.entry(duplicate.of).or_insert(1) += 1;
            }
        }
        self.clusters = sizes
            .into_iter()
            .zip(1..)
            .map(|((id, size), number)| (id, Cluster { number, size }))
            .collect();
    }

    /// All documents that are not by themselves, or of which something was noted, ascending.
    pub fn all(&self) -> Vec<DocId> {
        let of = self.of.iter().flat_map(|(id, copy)| [*id, copy.of]);
        let mut all: Vec<_> = of.chain(self.notes.keys().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The kept document that stands for `id`, or that `id` is labelled as like. A copy of a copy is a copy of the kept
    /// one: an exact copy of a document that turned out to be near to a third is itself near to the third, to the same
    /// degree.
    pub fn resolved(&self, id: DocId) -> Option<Duplicate> {
        let mut found = *self.of.get(&id)?;
        // Each stage only speaks of documents that no stage before has dropped, so the chain ends.
        while let Some(next) = self.of.get(&found.of).filter(|next| next.action == Action::Dropped)
        {
            let is_exact = (found.kind == DuplicateKind::Exact, next.kind == DuplicateKind::Exact);
            let (similarity, containment, evidence) = match is_exact {
                (true, _) => (next.similarity, next.containment, next.evidence),
                (_, true) => (found.similarity, found.containment, found.evidence),
                _ => (
                    found.similarity.min(next.similarity),
                    found.containment.min(next.containment),
                    next.evidence,
                ),
            };
            let kind = found.kind.max(next.kind);
            let (of, action) = (next.of, found.action);
            found = Duplicate { of, kind, similarity, containment, evidence, action };
        }
        Some(found)
    }

    /// The document that represents the cluster of `id`: where drops and labels lead.
    pub fn root(&self, id: DocId) -> DocId {
        let mut at = id;
        while let Some(next) = self.of.get(&at) {
            if next.of == id {
                return id;
            }
            at = next.of;
        }
        at
    }

    /// The cluster that a document belongs to, if it is not by itself.
    pub fn cluster(&self, id: DocId) -> Option<Cluster> {
        self.clusters.get(&self.root(id)).copied()
    }

    /// How many documents a kept one stands for: itself, and those that were dropped in its favour.
    pub fn stands_for(&self, kept: DocId) -> u64 {
        self.stands_for.get(&kept).copied().unwrap_or(1)
    }

    /// What was noted about a kept document.
    pub fn note(&self, kept: DocId) -> Option<Note> {
        self.notes.get(&kept).copied()
    }

    /// The pairs that were compared and are of interest, by document.
    pub fn pairs(&self) -> &[ComparedPair] {
        &self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Evidence;

    fn duplicate(of: u32, kind: DuplicateKind, similarity: f32, action: Action) -> Duplicate {
        let evidence = Evidence::default();
        Duplicate { of: DocId(of), kind, similarity, containment: 1.0, evidence, action }
    }

    fn verdicts(rows: &[(u64, Duplicate)]) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for (id, duplicate) in rows {
            verdicts.insert(*id, Verdict::Duplicate(*duplicate));
        }
        verdicts
    }

    #[test]
    fn a_copy_of_a_copy_points_to_what_is_kept() {
        let exact = |of| duplicate(of, DuplicateKind::Exact, 1.0, Action::Dropped);
        let near =
            |of, similarity| duplicate(of, DuplicateKind::Reprint, similarity, Action::Dropped);
        let mut copies = Copies::default();
        copies.add(&verdicts(&[(5, exact(4)), (9, exact(8))]));
        copies.add(&verdicts(&[(4, near(2, 0.8))]));
        copies.close();
        assert_eq!(copies.resolved(DocId(5)), Some(near(2, 0.8)));
        assert_eq!(copies.resolved(DocId(4)), Some(near(2, 0.8)));
        assert_eq!(copies.resolved(DocId(2)), None);
        assert_eq!(copies.cluster(DocId(2)), Some(Cluster { number: 1, size: 3 }));
        assert_eq!(copies.cluster(DocId(9)), Some(Cluster { number: 2, size: 2 }));
        assert_eq!((copies.stands_for(DocId(2)), copies.stands_for(DocId(1))), (3, 1));
        copies.add(&verdicts(&[(2, near(1, 0.75))]));
        assert_eq!(copies.resolved(DocId(5)), Some(near(1, 0.75)), "however long the chain");
    }

    #[test]
    fn a_labelled_document_is_kept_and_belongs_to_the_cluster() {
        let mut copies = Copies::default();
        copies.add(&verdicts(&[
            (3, duplicate(2, DuplicateKind::Shortened, 0.9, Action::Dropped)),
            (2, duplicate(7, DuplicateKind::Update, 0.5, Action::Labelled)),
        ]));
        copies.close();
        assert_eq!(copies.resolved(DocId(3)).map(|copy| copy.of), Some(DocId(2)));
        assert_eq!(copies.root(DocId(3)), DocId(7));
        assert_eq!(copies.cluster(DocId(3)), Some(Cluster { number: 1, size: 3 }));
        assert_eq!((copies.stands_for(DocId(2)), copies.stands_for(DocId(7))), (2, 1));
    }

    #[test]
    fn two_labels_never_point_at_each_other() {
        let label = |of, kind| duplicate(of, kind, 1.0, Action::Labelled);
        let mut copies = Copies::default();
        copies.add(&verdicts(&[(1, label(0, DuplicateKind::Exact))]));
        copies.add(&verdicts(&[(0, label(1, DuplicateKind::Reprint))]));
        copies.close();
        assert_eq!((copies.root(DocId(0)), copies.root(DocId(1))), (DocId(1), DocId(1)));
        assert_eq!(copies.cluster(DocId(0)), Some(Cluster { number: 1, size: 2 }));
    }
}
