//! Composites: documents that hold several stories which have nothing to do with each other.
//!
//! A round-up, a newsletter, a live page. Each of its stories would be joined to the others through it. It is known by
//! what it holds: the documents that stand in it are, pair by pair, strangers. The versions of one story, cut and updated
//! as they are, nearly all know each other.

use std::collections::BTreeSet;

use crate::document::DocId;

use super::cluster::Forest;

/// Two documents that share more than chance, whether or not they belong together.
pub(super) type Contact = (DocId, DocId);
/// A document, and one that stands in it by at least a half.
pub(super) type Holding = (DocId, DocId);

/// Share of the pairs of held documents that must be strangers. Two stories of equally many copies make a half; one odd
/// document among seven copies makes 0.25.
const STRANGERS: f64 = 0.3;
/// Held documents that are looked at. It keeps the look at a much copied document short.
const MAX_HELD: usize = 32;

/// Finds the composites among documents that hold others, the clearest first: once one is known, nothing holds it any
/// more. `alike` knows which documents are united.
pub(super) fn composites(
    mut holdings: Vec<Holding>,
    mut contacts: Vec<Contact>,
    alike: &mut Forest,
) -> BTreeSet<DocId> {
    holdings.sort_unstable();
    holdings.dedup();
    for contact in &mut contacts {
        *contact = (contact.0.min(contact.1), contact.0.max(contact.1));
    }
    contacts.sort_unstable();
    let mut found = BTreeSet::new();
    let mut suspects = Vec::new();
    for held in holdings.chunk_by(|a, b| a.0 == b.0) {
        let strangers = strangers(held, &contacts, alike, &found);
        if strangers >= STRANGERS {
            suspects.push((strangers, held));
        }
    }
    suspects.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1[0].cmp(&b.1[0])));
    for (_, held) in suspects {
        if strangers(held, &contacts, alike, &found) >= STRANGERS {
            found.insert(held[0].0);
        }
    }
    found
}

/// The share of pairs of held documents that share nothing.
fn strangers(
    held: &[Holding],
    contacts: &[Contact],
    alike: &mut Forest,
    composites: &BTreeSet<DocId>,
) -> f64 {
    let held: Vec<DocId> = held
        .iter()
        .map(|(_, part)| *part)
        .filter(|part| !composites.contains(part))
        .take(MAX_HELD)
        .collect();
    let (mut pairs, mut strange) = (0u32, 0u32);
    for (at, left) in held.iter().enumerate() {
        for right in &held[at + 1..] {
            pairs += 1;
            let knows = alike.root(*left) == alike.root(*right)
                || contacts.binary_search(&(*left, *right)).is_ok();
            strange += u32::from(!knows);
        }
    }
    f64::from(strange) / f64::from(pairs.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_holds_strangers_is_a_composite() {
        type Pairs = &'static [(u32, u32)];
        let cases: &[(&str, Pairs, Pairs, Pairs, &[u32])] = &[
            ("nothing held", &[], &[(0, 1)], &[], &[]),
            ("one held", &[(2, 0)], &[], &[], &[]),
            ("two strangers", &[(2, 0), (2, 1)], &[], &[], &[2]),
            ("two that know each other", &[(2, 0), (2, 1)], &[(1, 0)], &[], &[]),
            ("united, though nothing was compared", &[(2, 0), (2, 1)], &[], &[(0, 1)], &[]),
            (
                "two stories of two copies",
                &[(4, 0), (4, 1), (4, 2), (4, 3)],
                &[(0, 1), (2, 3)],
                &[],
                &[4],
            ),
            (
                "one version of four knows no other",
                &[(4, 0), (4, 1), (4, 2), (4, 3)],
                &[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3)],
                &[],
                &[],
            ),
            (
                "what holds a composite beside its parts is none",
                &[(2, 0), (2, 1), (3, 2), (3, 0)],
                &[],
                &[],
                &[2],
            ),
        ];
        for (name, holdings, contacts, alike, expected) in cases {
            let pairs = |pairs: Pairs| -> Vec<Contact> {
                pairs.iter().map(|(a, b)| (DocId(*a), DocId(*b))).collect()
            };
            let mut forest = Forest::new(10);
            for (a, b) in pairs(alike) {
                forest.unite(a, b);
            }
            let found = composites(pairs(holdings), pairs(contacts), &mut forest);
            let found: Vec<u32> = found.iter().map(|document| document.0).collect();
            assert_eq!(&found, expected, "{name}");
        }
    }
}
