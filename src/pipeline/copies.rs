//! Which document stands for which: the verdicts of all deduplicating stages, followed to their end.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::document::{DocId, Duplicate, DuplicateKind};
use crate::stage::{Verdict, Verdicts};

/// The copies of a run. About 24 bytes a dropped duplicate and 12 a cluster.
#[derive(Default)]
pub struct Copies {
    of: FxHashMap<DocId, Duplicate>,
    clusters: FxHashMap<DocId, Cluster>,
}

/// The documents that one kept document stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// From 1, in corpus order of the kept documents.
    pub number: u64,
    /// Documents, the kept one included.
    pub size: u64,
}

impl Copies {
    /// Adds what a stage concluded; what is not about duplicates is passed over.
    pub fn add(&mut self, verdicts: &Verdicts) {
        for (key, verdict) in verdicts.sorted() {
            if let (Verdict::Duplicate(duplicate), Ok(id)) = (verdict, u32::try_from(key)) {
                self.of.insert(DocId(id), duplicate);
            }
        }
    }

    /// Numbers the clusters, once all stages have spoken.
    pub fn close(&mut self) {
        let mut sizes: BTreeMap<DocId, u64> = BTreeMap::new();
        let mut copies: Vec<DocId> = self.of.keys().copied().collect();
        copies.sort_unstable();
        for id in copies {
            if let Some(duplicate) = self.resolved(id) {
                *sizes.entry(duplicate.of).or_insert(1) += 1;
            }
        }
        self.clusters = sizes
            .into_iter()
            .zip(1..)
            .map(|((id, size), number)| (id, Cluster { number, size }))
            .collect();
    }

    /// The kept document that stands for `id`. A copy of a copy is a copy of the kept one: an exact copy of a document
    /// that turned out to be near to a third is itself near to the third, to the same degree.
    pub fn resolved(&self, id: DocId) -> Option<Duplicate> {
        let mut found = *self.of.get(&id)?;
        // Each stage only speaks of documents that no stage before has dropped, so the chain ends.
        while let Some(next) = self.of.get(&found.of) {
            found = Duplicate {
                of: next.of,
                kind: found.kind.max(next.kind),
                similarity: match (found.kind, next.kind) {
                    (DuplicateKind::Exact, _) => next.similarity,
                    (_, DuplicateKind::Exact) => found.similarity,
                    _ => found.similarity.min(next.similarity),
                },
            };
        }
        Some(found)
    }

    /// The cluster that a kept document stands for, if it has copies.
    pub fn cluster(&self, kept: DocId) -> Option<Cluster> {
        self.clusters.get(&kept).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_a_copy_points_to_what_is_kept() {
        let verdicts = |rows: &[(u64, u32, DuplicateKind, f32)]| {
            let mut verdicts = Verdicts::default();
            for (id, of, kind, similarity) in rows {
                let duplicate = Duplicate { of: DocId(*of), kind: *kind, similarity: *similarity };
                verdicts.insert(*id, Verdict::Duplicate(duplicate));
            }
            verdicts
        };
        let mut copies = Copies::default();
        copies.add(&verdicts(&[
            (5, 4, DuplicateKind::Exact, 1.0),
            (9, 8, DuplicateKind::Exact, 1.0),
        ]));
        copies.add(&verdicts(&[(4, 2, DuplicateKind::Near, 0.8)]));
        copies.close();
        let near = |of| Duplicate { of: DocId(of), kind: DuplicateKind::Near, similarity: 0.8 };
        assert_eq!(copies.resolved(DocId(5)), Some(near(2)));
        assert_eq!(copies.resolved(DocId(4)), Some(near(2)));
        assert_eq!(copies.resolved(DocId(2)), None);
        assert_eq!(copies.cluster(DocId(2)), Some(Cluster { number: 1, size: 3 }));
        assert_eq!(copies.cluster(DocId(8)), Some(Cluster { number: 2, size: 2 }));
        assert_eq!(copies.cluster(DocId(4)), None);
        copies.add(&verdicts(&[(2, 1, DuplicateKind::Near, 0.75)]));
        let further = Duplicate { of: DocId(1), kind: DuplicateKind::Near, similarity: 0.75 };
        assert_eq!(copies.resolved(DocId(5)), Some(further), "however long the chain");
    }
}
