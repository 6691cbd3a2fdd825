//! The join: which documents share enough keys to be worth comparing.
//!
//! Documents with a key in common make pairs; pairs are counted in a census of their own, so that they spill too. A key
//! that very many documents share would make a square of pairs. Such a key links every document only with the first and
//! with its neighbour in corpus order: enough to find the copies of one syndicated story, linear for a disclaimer on every
//! page, whose documents the comparison then tells apart.

use crate::census::{Census, Group, Groups, Key, Row, Workspace};
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

/// A document and the earlier ones that it should be compared with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The later document.
    pub(super) document: DocId,
    /// Earlier documents, ascending.
    pub(super) earlier: Vec<DocId>,
}

/// The pairs with enough keys in common, later documents ascending.
pub(super) struct Candidates {
    min_shared_keys: u8,
    pairs: Groups,
    /// The rows of one pair.
    pair: Group,
    ahead: Option<(DocId, DocId)>,
}

impl Join {
    /// An empty join, in tables of `workspace`.
    pub(super) fn new(limits: Limits, workspace: &Workspace) -> Self {
        Self { limits, pairs: workspace.census() }
    }

    /// Adds the documents of one key, ascending. A row's payload is the number of keys of its document, in one byte.
    pub(super) fn add(&mut self, rows: &[Row]) -> Result<(), Error> {
        let is_common = rows.len() > self.limits.max_key_documents;
        for (at, later) in rows.iter().enumerate() {
            if !is_common {
                for earlier in &rows[..at] {
                    self.pair(earlier, later)?;
                }
                continue;
            }
            if at > 0 {
                self.pair(&rows[at - 1], later)?;
            }
            if at > 1 {
                self.pair(&rows[0], later)?;
            }
        }
        Ok(())
    }

    /// Ends the adding and hands the candidates back.
    pub(super) fn candidates(self) -> Result<Candidates, Error> {
        let min_shared_keys = self.limits.min_shared_keys;
        let pairs = self.pairs.into_groups()?;
        Ok(Candidates { min_shared_keys, pairs, pair: Group::default(), ahead: None })
    }

    fn pair(&mut self, earlier: &Row, later: &Row) -> Result<(), Error> {
        let hash = u64::from(later.document.0) << 32 | u64::from(earlier.document.0);
        let needed = keys(earlier).min(keys(later));
        // Only the few short documents need the byte.
        let payload = if needed < self.limits.min_shared_keys { vec![needed] } else { Vec::new() };
        self.pairs.push(later.document, Key { table: 0, hash }, &payload)
    }
}

fn keys(row: &Row) -> u8 {
    row.payload.first().copied().unwrap_or(u8::MAX)
}

impl Candidates {
    /// The next document that has any, or `None` after the last.
    pub(super) fn next_document(&mut self) -> Result<Option<Candidate>, Error> {
        let first = match self.ahead.take() {
            Some(pair) => Some(pair),
            None => self.next_pair()?,
        };
        let Some((document, earlier)) = first else { return Ok(None) };
        let mut candidate = Candidate { document, earlier: vec![earlier] };
        loop {
            match self.next_pair()? {
                Some((later, earlier)) if later == document => candidate.earlier.push(earlier),
                other => {
                    self.ahead = other;
                    return Ok(Some(candidate));
                }
            }
        }
    }

    fn next_pair(&mut self) -> Result<Option<(DocId, DocId)>, Error> {
        while self.pairs.read_group(&mut self.pair)? {
            let needed = self.pair.rows[0].payload.first().copied();
            let needed = needed.unwrap_or(self.min_shared_keys);
            if self.pair.rows.len() >= usize::from(needed) {
                let hash = self.pair.key.hash;
                return Ok(Some((DocId((hash >> 32) as u32), DocId(hash as u32))));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Candidates as `(later, [earlier])` from keys as lists of `(document, its number of keys)`.
    fn candidates(keys: &[Vec<(u32, u8)>], budget_bytes: usize) -> Vec<(u32, Vec<u32>)> {
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
        let mut candidates = join.candidates().unwrap();
        let mut all = Vec::new();
        while let Some(next) = candidates.next_document().unwrap() {
            all.push((next.document.0, next.earlier.iter().map(|earlier| earlier.0).collect()));
        }
        all
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
            assert_eq!(candidates(&keys, usize::MAX), expected, "{name}");
            assert_eq!(candidates(&keys, 40), expected, "{name}, spilled");
        }
    }
}
