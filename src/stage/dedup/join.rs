//! The join: which documents share enough keys to be worth comparing.
//!
//! Documents with a key in common make pairs; pairs are counted in a census of their own, so that they spill too. A key
//! that very many documents share would make a square of pairs. Such a key links every document only with the first and
//! with its neighbour in corpus order: enough to find the copies of one syndicated story, linear for a disclaimer on every
//! page, whose documents the comparison then tells apart.

use crate::census::{Census, Group, Key, Row, Workspace};
use crate::document::DocId;
use crate::error::Error;

/// Collects pairs of documents that share keys.
pub(super) struct Join {
    limits: Limits,
    pairs: Census,
}

/// What bounds the join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Keys that a pair must share; all keys of a document that has fewer.
    pub(super) min_shared_keys: u8,
    /// Documents of a key up to which all of them are paired with each other.
    pub(super) max_key_documents: usize,
}

impl Join {
    /// An empty join, in tables of `workspace`.
    pub(super) fn new(limits: Limits, workspace: &Workspace) -> Self {
        Self { limits, pairs: workspace.census() }
    }

    /// Adds the documents of one key, ascending. A row's payload is the number of keys of its document, in one byte.
    pub(super) fn add(&mut self, rows: &[Row]) -> Result<(), Error> {
        pairs_of_key(self.limits, rows, |pair| {
            self.pairs.push(pair.later, pair.key(), pair.payload())
        })
    }

    /// Ends the adding and hands back the pairs with enough keys in common, ascending.
    pub(super) fn candidates(self) -> Result<Vec<Candidate>, Error> {
        let mut groups = self.pairs.into_groups()?;
        let (mut candidates, mut group) = (Vec::new(), Group::default());
        while groups.read_group(&mut group)? {
            candidates.extend(candidate(self.limits, &group));
        }
        Ok(candidates)
    }
}

/// Two documents that are to be compared, the later one first.
pub(super) type Candidate = (DocId, DocId);

/// Two documents with a key in common.
pub(super) struct Pair {
    pub(super) later: DocId,
    pub(super) earlier: DocId,
    /// Keys that they must share, where those are fewer than the limit. Only the few short documents need the byte.
    needed: Option<u8>,
}

impl Pair {
    /// What rows of this pair are found under.
    pub(super) fn key(&self) -> Key {
        Key { table: 0, hash: u64::from(self.later.0) << 32 | u64::from(self.earlier.0) }
    }

    /// What its rows say.
    pub(super) fn payload(&self) -> &[u8] {
        self.needed.as_slice()
    }
}

/// The pairs that the documents of one key make, ascending. A row's payload is the number of keys of its document, in one byte.
pub(super) fn pairs_of_key(
    limits: Limits,
    rows: &[Row],
    mut take: impl FnMut(Pair) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut pair = |earlier: &Row, later: &Row| {
        let needed = keys(earlier).min(keys(later));
        take(Pair {
            later: later.document,
            earlier: earlier.document,
            needed: Some(needed).filter(|needed| *needed < limits.min_shared_keys),
        })
    };
    let is_common = rows.len() > limits.max_key_documents;
    for (at, later) in rows.iter().enumerate() {
        if !is_common {
            for earlier in &rows[..at] {
                pair(earlier, later)?;
            }
            continue;
        }
        if at > 0 {
            pair(&rows[at - 1], later)?;
        }
        if at > 1 {
            pair(&rows[0], later)?;
        }
    }
    Ok(())
}

/// The later and the earlier document of a pair, if these rows of it say that they share enough keys to be compared.
pub(super) fn candidate(limits: Limits, pair: &Group) -> Option<Candidate> {
    let needed = pair.rows[0].payload.first().copied().unwrap_or(limits.min_shared_keys);
    let hash = pair.key.hash;
    (pair.rows.len() >= usize::from(needed))
        .then_some((DocId((hash >> 32) as u32), DocId(hash as u32)))
}

fn keys(row: &Row) -> u8 {
    row.payload.first().copied().unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs as `(later, [earlier])` from keys as lists of `(document, its number of keys)`.
    fn pairs(keys: &[Vec<(u32, u8)>], budget_bytes: usize) -> Vec<(u32, Vec<u32>)> {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { min_shared_keys: 2, max_key_documents: 4 };
        let mut join = Join::new(limits, &Workspace::new(folder.path(), budget_bytes));
        for key in keys {
            let row = |(document, keys): &(u32, u8)| Row {
                document: DocId(*document),
                payload: vec![*keys],
            };
            join.add(&key.iter().map(row).collect::<Vec<_>>()).unwrap();
        }
        let pairs = join.candidates().unwrap();
        let of_one = pairs.chunk_by(|one, other| one.0 == other.0);
        of_one.map(|of| (of[0].0.0, of.iter().map(|(_, earlier)| earlier.0).collect())).collect()
    }

    #[test]
    fn documents_that_share_two_keys_are_candidates() {
        type Case = (&'static str, Vec<Vec<(u32, u8)>>, Vec<(u32, Vec<u32>)>);
        let cases: Vec<Case> = vec![
            ("no keys", vec![], vec![]),
            ("one shared key", vec![vec![(0, 9), (1, 9)]], vec![]),
            ("two shared keys", vec![vec![(0, 9), (1, 9)]; 2], vec![(1, vec![0])]),
            ("a document with one key", vec![vec![(0, 1), (1, 1)]], vec![(1, vec![0])]),
            ("one of them has one key", vec![vec![(0, 9), (1, 1)]], vec![(1, vec![0])]),
            (
                "all pairs up to the cap",
                vec![vec![(0, 9), (1, 9), (2, 9), (7, 9)]; 2],
                vec![(1, vec![0]), (2, vec![0, 1]), (7, vec![0, 1, 2])],
            ),
            (
                "the first and the neighbour beyond it",
                vec![vec![(0, 9), (1, 9), (2, 9), (3, 9), (4, 9)]; 2],
                vec![(1, vec![0]), (2, vec![0, 1]), (3, vec![0, 2]), (4, vec![0, 3])],
            ),
        ];
        for (name, keys, expected) in cases {
            assert_eq!(pairs(&keys, usize::MAX), expected, "{name}");
            assert_eq!(pairs(&keys, 40), expected, "{name}, spilled");
        }
    }
}
