//! Trees, grown in rounds: the star algorithm (Kiveris et al., "Connected Components in MapReduce and Beyond", SoCC 2014).
//!
//! A row is an edge, by one of its documents; each edge has a row at either end. *Large star*: the larger neighbours of a
//! document are linked with the smallest, be it a neighbour or itself. *Small star*: so are the smaller ones, and itself.
//! Neither links what was not linked, nor parts what was; rounds of both end in stars around the smallest document of each
//! tree. The number of rounds grows with the logarithm of the longest way in a tree.

use crate::census::Group;
use crate::document::DocId;
use crate::error::Error;
use crate::stage::steps::{Onward, Port, Task};

use super::{GROWING, UNSETTLED};

/// Sends both rows of an edge.
pub(super) fn edge(
    onward: &mut dyn Onward,
    port: Port,
    (left, right): (DocId, DocId),
) -> Result<(), Error> {
    onward.send(port, u64::from(left.0), right, &[])?;
    onward.send(port, u64::from(right.0), left, &[])
}

/// A document and its neighbours, ascending, each once.
pub(super) fn neighbours(group: &Group) -> (DocId, Vec<DocId>) {
    let edges = group.rows.iter().filter(|row| row.payload.is_empty());
    let mut neighbours: Vec<DocId> = edges.map(|row| row.document).collect();
    neighbours.dedup();
    // Keys of these ports are numbers of documents.
    (DocId(group.key.hash as u32), neighbours)
}

/// The root of a document's tree, when the trees have grown; `None` where it is in none.
pub(super) fn root(group: &Group) -> Option<DocId> {
    let (document, neighbours) = neighbours(group);
    neighbours.first().map(|first| document.min(*first))
}

/// The first half of a round.
pub(super) struct Large {
    port: Port,
    is_settled: bool,
}

impl Large {
    pub(super) fn new(port: Port) -> Self {
        Self { port, is_settled: true }
    }
}

/// The second half.
pub(super) struct Small {
    pub(super) port: Port,
}

impl Task for Large {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let (document, neighbours) = neighbours(group);
        let Some(smallest) = neighbours.first().map(|first| document.min(*first)) else {
            return Ok(());
        };
        // In a star, the root has larger neighbours only, and the others have no neighbour but the root.
        self.is_settled &= smallest == document || neighbours.len() == 1;
        for larger in neighbours.into_iter().filter(|neighbour| *neighbour > document) {
            onward.send(GROWING + self.port, u64::from(larger.0), smallest, &[])?;
        }
        Ok(())
    }

    fn end(&mut self, onward: &mut dyn Onward) -> Result<(), Error> {
        match self.is_settled {
            true => Ok(()),
            false => onward.send(UNSETTLED, 0, DocId(0), &[]),
        }
    }
}

impl Task for Small {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let (document, smaller) = neighbours(group);
        let Some((smallest, others)) = smaller.split_first() else { return Ok(()) };
        for other in others.iter().chain([&document]) {
            edge(onward, self.port, (*smallest, *other))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::super::cluster::Forest;
    use super::*;
    use crate::census::{Key, Row};
    use crate::stage::{ComparedPair, Verdict};

    const PORT: Port = 3;

    /// Rows by port.
    #[derive(Default)]
    struct Sent(Vec<(Port, u64, DocId)>);

    impl Onward for Sent {
        fn send(&mut self, port: Port, key: u64, document: DocId, _: &[u8]) -> Result<(), Error> {
            self.0.push((port, key, document));
            Ok(())
        }
        fn conclude(&mut self, _: DocId, _: Verdict) -> Result<(), Error> {
            Ok(())
        }
        fn show(&mut self, _: &ComparedPair) -> Result<(), Error> {
            Ok(())
        }
    }

    fn half(task: &mut dyn Task, port: Port, rows: &Sent) -> Sent {
        let mut groups: BTreeMap<u64, Vec<DocId>> = BTreeMap::new();
        for (_, key, document) in rows.0.iter().filter(|row| row.0 == port) {
            groups.entry(*key).or_default().push(*document);
        }
        let mut sent = Sent::default();
        for (hash, mut documents) in groups {
            documents.sort_unstable();
            let rows = documents.into_iter().map(|document| Row { document, payload: vec![] });
            let group = Group { key: Key { table: 0, hash }, rows: rows.collect() };
            task.take(&group, &mut sent).unwrap();
        }
        task.end(&mut sent).unwrap();
        sent
    }

    /// Rounds, and the root of each document that has one.
    fn grow(edges: &[(u32, u32)]) -> (u32, BTreeMap<u32, u32>) {
        let mut rows = Sent::default();
        edges.iter().for_each(|(a, b)| edge(&mut rows, PORT, (DocId(*a), DocId(*b))).unwrap());
        for round in 1.. {
            let large = half(&mut Large::new(PORT), PORT, &rows);
            let next = half(&mut Small { port: PORT }, GROWING + PORT, &large);
            let is_settled = large.0.iter().all(|row| row.0 != UNSETTLED);
            rows = next;
            if is_settled {
                let smaller = rows.0.iter().filter(|(_, key, to)| u64::from(to.0) < *key);
                return (round, smaller.map(|(_, key, to)| (*key as u32, to.0)).collect());
            }
        }
        unreachable!()
    }

    #[test]
    fn a_long_chain_takes_few_rounds() {
        let straight: Vec<_> = (0..500).map(|n| (n, n + 1)).collect();
        let shuffled: Vec<_> = (0..500).map(|n| (n * 7 % 501, (n + 1) * 7 % 501)).collect();
        for chain in [straight, shuffled] {
            let (rounds, roots) = grow(&chain);
            assert!((4..16).contains(&rounds), "{rounds} rounds");
            assert_eq!(roots, (1..501).map(|n| (n, 0)).collect());
        }
    }

    proptest! {
        #[test]
        fn the_roots_are_those_of_a_forest(
            edges in proptest::collection::vec((0u32..40, 0u32..40), 0..60),
        ) {
            let edges: Vec<_> = edges.into_iter().filter(|(a, b)| a != b).collect();
            let mut forest = Forest::new(40);
            edges.iter().for_each(|(a, b)| forest.unite(DocId(*a), DocId(*b)));
            let (_, roots) = grow(&edges);
            for document in 0..40 {
                let expected = forest.root(DocId(document)).0;
                prop_assert_eq!(roots.get(&document).copied().unwrap_or(document), expected);
            }
        }
    }
}
