//! The clusters: which documents tell one story.
//!
//! Two levels. Documents that are alike are united; a document that stands in another attaches its whole cluster to the
//! other's, once and no deeper. Composites (`composite.rs`) take no part. Plain connected components would not do: a
//! chain of small changes can swallow a corpus (on a million articles, connected components over pairs of which 99.9 %
//! were right made one blob of 23,000).

use std::collections::BTreeMap;

use crate::document::DocId;

/// Documents united so far, as a forest over their numbers; the root of a tree is its smallest document.
pub(super) struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    /// Every document by itself.
    pub(super) fn new(documents: usize) -> Self {
        // Document numbers are 32 bits wide.
        Self { parents: (0..documents as u32).collect() }
    }

    /// The smallest document of the tree.
    pub(super) fn root(&mut self, document: DocId) -> DocId {
        let mut at = document.0 as usize;
        while self.parents[at] as usize != at {
            let above = self.parents[self.parents[at] as usize];
            self.parents[at] = above;
            at = above as usize;
        }
        DocId(at as u32)
    }

    /// Makes two trees one.
    pub(super) fn unite(&mut self, left: DocId, right: DocId) {
        let (left, right) = (self.root(left), self.root(right));
        self.parents[left.max(right).0 as usize] = left.min(right).0;
    }
}

/// A document that stands, at least half, in a larger one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Contained {
    /// The smaller document.
    pub(super) part: DocId,
    /// The larger document.
    pub(super) whole: DocId,
    /// Share of the smaller one.
    pub(super) share: f32,
}

/// What the second level found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attached {
    /// Cluster, by its root, to the cluster it belongs to.
    to: BTreeMap<DocId, DocId>,
}

/// Attaches clusters to those that they stand in. The order of `edges` does not matter.
pub(super) fn attach(forest: &mut Forest, edges: &[Contained]) -> Attached {
    let mut parts: BTreeMap<DocId, BTreeMap<DocId, f32>> = BTreeMap::new();
    for edge in edges {
        let (part, whole) = (forest.root(edge.part), forest.root(edge.whole));
        if part != whole {
            let best = parts.entry(edge.whole).or_default().entry(part).or_default();
            *best = best.max(edge.share);
        }
    }
    let mut votes: BTreeMap<DocId, BTreeMap<DocId, (u32, f32)>> = BTreeMap::new();
    for (whole, parts) in &parts {
        let whole = forest.root(*whole);
        for (part, share) in parts {
            let vote = votes.entry(*part).or_default().entry(whole).or_default();
            *vote = (vote.0 + 1, vote.1.max(*share));
        }
    }
    let mut attached = Attached::default();
    for (part, wholes) in &votes {
        // The last of equal ones wins, so that is the smallest.
        let best =
            wholes.iter().rev().max_by(|(_, a), (_, b)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        attached.to.extend(best.map(|(whole, _)| (*part, *whole)));
    }
    attached
}

impl Attached {
    /// The cluster of a tree, one level up at most.
    pub(super) fn cluster(&self, root: DocId) -> DocId {
        let Some(whole) = self.to.get(&root) else { return root };
        match self.to.get(whole) {
            Some(further) if *further == root => root.min(*whole),
            Some(further) => *further,
            None => *whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clusters(documents: u32, alike: &[(u32, u32)], contained: &[(u32, u32)]) -> Vec<u32> {
        let mut forest = Forest::new(documents as usize);
        for (left, right) in alike {
            forest.unite(DocId(*left), DocId(*right));
        }
        let edge = |(part, whole): &(u32, u32)| Contained {
            part: DocId(*part),
            whole: DocId(*whole),
            share: 0.9,
        };
        let mut edges: Vec<_> = contained.iter().map(edge).collect();
        let attached = attach(&mut forest, &edges);
        edges.reverse();
        assert_eq!(attach(&mut forest, &edges), attached, "the order of edges matters");
        (0..documents).map(|document| attached.cluster(forest.root(DocId(document))).0).collect()
    }

    #[test]
    fn documents_are_united_and_attached() {
        type Case = (&'static str, &'static [(u32, u32)], &'static [(u32, u32)], &'static [u32]);
        let cases: &[Case] = &[
            ("nothing", &[], &[], &[0, 1]),
            ("alike", &[(2, 1), (1, 0)], &[], &[0, 0, 0]),
            ("contained", &[], &[(2, 1)], &[0, 1, 1]),
            ("a cluster goes as a whole", &[(0, 1)], &[(1, 3)], &[3, 3, 2, 3]),
            ("in two: the first of equals", &[], &[(0, 1), (0, 2)], &[1, 1, 2]),
            ("in two: the most votes", &[(2, 3)], &[(0, 1), (0, 2), (0, 3)], &[2, 1, 2, 2]),
            ("parts that know each other", &[], &[(0, 1), (0, 2), (1, 2)], &[2, 2, 2]),
            ("one level and no more", &[], &[(0, 1), (1, 2), (2, 3)], &[2, 3, 3, 3]),
            ("each in the other", &[], &[(0, 1), (1, 0)], &[0, 0]),
        ];
        for (name, alike, contained, expected) in cases {
            assert_eq!(&clusters(expected.len() as u32, alike, contained), expected, "{name}");
        }
    }
}
