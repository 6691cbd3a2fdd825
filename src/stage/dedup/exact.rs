//! `exact-dedup`: documents whose bodies have the same words in the same order.
//!
//! The first in corpus order stays. The headline does not count, because outlets write their own over one agency's copy;
//! a document without a body is compared by its headline. Case, punctuation, quotes and spacing do not count either; so
//! two texts that differ in nothing but a minus sign or a decimal point are taken for the same.

use xxhash_rust::xxh3::xxh3_128;

use crate::census::{Groups, Key, Observation};
use crate::document::{DocId, Document, Duplicate, DuplicateKind, Findings};
use crate::error::Error;
use crate::stage::{CorpusStage, Verdict, Verdicts};

use super::tokens::tokens;
use super::verdict_key;

/// Drops documents that repeat the body of an earlier one. Adds 16 bytes a document to the census.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExactDedup;

impl CorpusStage for ExactDedup {
    fn name(&self) -> &'static str {
        "exact-dedup"
    }

    fn observe(&self, document: &Document) -> Vec<Observation> {
        let text = match document.body() {
            "" => document.title(),
            body => body,
        };
        let stream = tokens(text).hashes;
        if stream.is_empty() {
            return Vec::new();
        }
        let bytes: Vec<u8> = stream.iter().flat_map(|token| token.to_le_bytes()).collect();
        let hash = xxh3_128(&bytes);
        let key = Key { table: 0, hash: (hash >> 64) as u64 };
        vec![Observation { key, payload: (hash as u64).to_le_bytes().to_vec() }]
    }

    fn resolve(&self, mut groups: Groups) -> Result<Verdicts, Error> {
        let mut verdicts = Verdicts::default();
        while let Some(group) = groups.next_group()? {
            // One entry for each other half of the hash: more than one is a collision of 64 bits.
            let mut kept: Vec<(Vec<u8>, DocId)> = Vec::new();
            for row in group.rows {
                match kept.iter().find(|(payload, _)| *payload == row.payload) {
                    Some((_, of)) => verdicts.insert(verdict_key(row.document), same(*of)),
                    None => kept.push((row.payload, row.document)),
                }
            }
        }
        Ok(verdicts)
    }

    fn examine(&self, document: &Document, verdicts: &Verdicts) -> Findings {
        super::examine(document, verdicts)
    }
}

fn same(of: DocId) -> Verdict {
    Verdict::Duplicate(Duplicate { of, kind: DuplicateKind::Exact, similarity: 1.0 })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{document, documents, pairs, resolve};
    use super::*;
    use crate::document::Drop;

    #[test]
    fn the_first_of_those_that_say_the_same_stays() {
        type Case =
            (&'static str, Vec<(&'static str, &'static str, &'static str)>, Vec<(u64, u32)>);
        let cases: Vec<Case> = vec![
            ("nothing", vec![], vec![]),
            ("one", vec![("a", "t", "Rain today.")], vec![]),
            (
                "other headline",
                vec![("a", "t", "Rain today."), ("b", "u", "Rain today.")],
                vec![(1, 0)],
            ),
            (
                "other setting",
                vec![("a", "", "“Rain”, today"), ("b", "", "RAIN - TODAY")],
                vec![(1, 0)],
            ),
            ("same headline only", vec![("a", "t", "Rain."), ("b", "t", "Sun.")], vec![]),
            ("figures", vec![("a", "", "5 dead"), ("b", "", "6 dead")], vec![]),
            ("order", vec![("a", "", "dog bites man"), ("b", "", "man bites dog")], vec![]),
            (
                "no body",
                vec![("a", "Rain", ""), ("b", "rain!", ""), ("c", "Sun", "")],
                vec![(1, 0)],
            ),
            ("no tokens", vec![("a", "", "..."), ("b", "", "...")], vec![]),
            ("empty", vec![("a", "", ""), ("b", "", "")], vec![]),
            (
                "three copies, two others",
                vec![
                    ("a", "", "x"),
                    ("a", "", "y"),
                    ("a", "", "X"),
                    ("a", "", "Y"),
                    ("a", "", "x."),
                ],
                vec![(2, 0), (3, 1), (4, 0)],
            ),
        ];
        for (name, rows, expected) in cases {
            for budget_bytes in [usize::MAX, 1] {
                let verdicts = resolve(&ExactDedup, &documents(&rows), budget_bytes);
                let expected: Vec<_> = expected.iter().map(|(id, of)| (*id, *of, 1.0)).collect();
                assert_eq!(pairs(&verdicts), expected, "{name}, budget {budget_bytes}");
            }
        }
    }

    #[test]
    fn a_verdict_drops_the_duplicate_and_no_other() {
        let both = documents(&[("a", "", "Rain today"), ("b", "", "rain, today")]);
        let verdicts = resolve(&ExactDedup, &both, usize::MAX);
        assert_eq!(ExactDedup.examine(&both[0], &verdicts), Findings::default());
        let Some(Drop::Duplicate(duplicate)) = ExactDedup.examine(&both[1], &verdicts).drop else {
            panic!("the copy stays");
        };
        assert_eq!((duplicate.of, duplicate.kind), (DocId(0), DuplicateKind::Exact));
    }

    #[test]
    fn halves_of_a_hash_must_both_agree() {
        let folder = tempfile::tempdir().unwrap();
        let mut census = crate::census::Workspace::new(folder.path(), usize::MAX).census();
        for (number, payload) in [(0, b"x"), (1, b"y"), (2, b"y")] {
            census.push(DocId(number), Key { table: 0, hash: 7 }, payload).unwrap();
        }
        let verdicts = ExactDedup.resolve(census.into_groups().unwrap()).unwrap();
        assert_eq!(pairs(&verdicts), [(2, 1, 1.0)]);
    }

    #[test]
    fn a_document_adds_one_row_or_none() {
        assert_eq!(ExactDedup.observe(&document(0, "a", "t", "Rain today")).len(), 1);
        assert_eq!(ExactDedup.observe(&document(0, "a", "t", "!!!")).len(), 0);
    }
}
