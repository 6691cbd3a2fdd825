//! From pairs to verdicts: rounds of comparison, clusters, and the choice of what stays.
//!
//! The first round unites near-identical documents, so that the second can count shingles by group and compare by the
//! rare ones. Everything is decided from sketches; no text is read again.

use crate::document::DocId;
use crate::error::Error;
use crate::stage::{Verdict, Verdicts};
use crate::workers::{self, piece_of, whole_groups};

use super::cluster::Forest;
use super::common::{Common, Occurrences, Rarity, key};
use super::explain::Judged;
use super::found::Found;
use super::join::Candidate;
use super::judge::{Judge, Policy, Sketches};
use super::sketch::{SHINGLES, Sketch};
use super::store::{Reader, Store};
use super::verdict_key;
use super::verify::{Comparison, is_near_identical};

/// Compares all candidates and draws the conclusions. Holds 36 bytes a document, 8 a candidate pair, and what `found.rs` says.
///
/// Three rounds, each with better counts of how common a shingle is: by near-identical documents, then by those that are
/// certainly of one story, so that a disclaimer of five stories is common and the text of one story in 200 papers is not.
/// Pairs and clusters are looked at by all workers; what follows is drawn in their order.
pub(super) fn verdicts(
    policy: &Policy,
    store: &Store,
    pairs: Vec<Candidate>,
) -> Result<Verdicts, Error> {
    let rarities = last_round(policy, store, &pairs)?;
    let known = Known { policy, store, rarities: &rarities };
    let mut found = Found::new(store.documents());
    known.each_pair(
        &pairs,
        |judge, (later, earlier), seen| judge.finding(later, earlier, seen),
        |(later, earlier), (finding, shown)| {
            found.take(later, earlier, finding);
            found.verdicts.pairs.extend(shown);
        },
    )?;
    drop(pairs);
    let clusters: Vec<_> = found.clusters().into_values().collect();
    let settle = |clusters: &[Vec<DocId>]| {
        let (mut judge, mut settled) = (known.judge(), Vec::new());
        for members in clusters {
            judge.settle(members, |document, duplicate| {
                settled.push((document, duplicate));
                Ok(())
            })?;
        }
        Ok(settled)
    };
    in_pieces(&clusters, settle, |settled| {
        for (document, duplicate) in settled {
            found.verdicts.insert(verdict_key(document), Verdict::Duplicate(duplicate));
        }
    })?;
    found.add_notes();
    Ok(found.verdicts)
}

/// How a document compares with every other that shares enough keys with it, the most alike first.
pub(super) fn judged(
    policy: &Policy,
    store: &Store,
    mut pairs: Vec<Candidate>,
    document: DocId,
) -> Result<Vec<Judged>, Error> {
    let rarities = last_round(policy, store, &pairs)?;
    let known = Known { policy, store, rarities: &rarities };
    pairs.retain(|(later, earlier)| *later == document || *earlier == document);
    // Seen from the document that is asked about.
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(later, earlier)| (document, if later == document { earlier } else { later }))
        .collect();
    let mut all = Vec::new();
    known.each_pair(
        &pairs,
        |judge, (_, other), seen| Judged::new(&policy.rule, other, &judge.own, &judge.other, seen),
        |_, judged| all.push(judged),
    )?;
    all.sort_by(|a, b| b.likeness().total_cmp(&a.likeness()).then(a.other.cmp(&b.other)));
    Ok(all)
}

/// What a worker knows of all documents: their sketches, and what is rare in each.
#[derive(Clone, Copy)]
struct Known<'a> {
    policy: &'a Policy,
    store: &'a Store,
    rarities: &'a [Rarity],
}

impl<'a> Known<'a> {
    fn judge(self) -> Judge<'a, Stored<'a>> {
        Judge::new(self.policy, Stored { reader: self.store.reader(), rarities: self.rarities })
    }

    /// Compares all pairs, and hands over what `look` makes of each, in order.
    fn each_pair<R: Send>(
        self,
        pairs: &[Candidate],
        look: impl Fn(&Judge<'_, Stored<'_>>, Candidate, &Comparison) -> R + Sync,
        mut take: impl FnMut(Candidate, R),
    ) -> Result<(), Error> {
        let compare = |pairs: &[Candidate]| {
            let mut seen_of_each = Vec::with_capacity(pairs.len());
            self.judge().each(pairs, |judge, later, earlier, seen| {
                seen_of_each.push(((later, earlier), look(judge, (later, earlier), seen)));
                Ok(())
            })?;
            Ok(seen_of_each)
        };
        in_pieces(pairs, compare, |results| {
            results.into_iter().for_each(|(pair, result)| take(pair, result));
        })
    }
}

/// Items whose results are in memory at once.
const ITEMS_AT_ONCE: usize = 1 << 16;

/// Hands pieces of the items to all workers, and their results on in order.
fn in_pieces<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&[T]) -> Result<R, Error> + Sync + Send,
    mut take: impl FnMut(R),
) -> Result<(), Error> {
    for items in items.chunks(ITEMS_AT_ONCE) {
        for result in workers::map(items.chunks(piece_of(items.len())).collect(), &work) {
            take(result?);
        }
    }
    Ok(())
}

/// The sketches of all documents, and what is rare in each, by document.
struct Stored<'a> {
    reader: Reader<'a>,
    rarities: &'a [Rarity],
}

impl Sketches for Stored<'_> {
    fn read(&mut self, document: DocId, sketch: &mut Sketch) -> Result<Rarity, Error> {
        self.reader.read(document, sketch)?;
        Ok(self.rarities[document.0 as usize])
    }
}

/// What is rare in each document where shingles are counted by story.
fn last_round(policy: &Policy, store: &Store, pairs: &[Candidate]) -> Result<Vec<Rarity>, Error> {
    let identical = near_identical(store, pairs)?;
    let rarities = rarities_of(store, identical, pairs, policy.rare_groups)?;
    let known = Known { policy, store, rarities: &rarities };
    let mut stories = Forest::new(store.documents());
    known.each_pair(
        pairs,
        |judge, _, seen| judge.is_one_story(seen),
        |(later, earlier), is_one_story| {
            if is_one_story {
                stories.unite(later, earlier);
            }
        },
    )?;
    // Both would be in memory at once.
    drop(rarities);
    rarities_of(store, stories, pairs, policy.rare_stories)
}

/// The near-identical documents united.
fn near_identical(store: &Store, pairs: &[Candidate]) -> Result<Forest, Error> {
    let compare = |pairs: &[Candidate]| {
        let mut reader = store.reader();
        let (mut own, mut other) = (Sketch::default(), Sketch::default());
        let (mut read, mut identical) = (None, Vec::new());
        for (later, earlier) in pairs {
            if read != Some(*later) {
                reader.read(*later, &mut own)?;
                read = Some(*later);
            }
            reader.read(*earlier, &mut other)?;
            if is_near_identical(&own, &other) {
                identical.push((*later, *earlier));
            }
        }
        Ok(identical)
    };
    let mut forest = Forest::new(store.documents());
    in_pieces(pairs, compare, |identical| {
        identical.into_iter().for_each(|(later, earlier)| forest.unite(later, earlier));
    })?;
    Ok(forest)
}

/// Counts in how many groups each sampled shingle stands, and says for each document that is in a pair which of its own are
/// rare: those of at most `cap` groups. All sketches are read as often as the memory asks for.
fn rarities_of(
    store: &Store,
    mut groups: Forest,
    pairs: &[Candidate],
    cap: u8,
) -> Result<Vec<Rarity>, Error> {
    let documents = (0..store.documents() as u32).map(DocId);
    let mut members: Vec<_> =
        documents.clone().map(|document| (groups.root(document), document)).collect();
    workers::sort_unstable_by_key(&mut members, |member| *member);
    // Twice, for they are brought together.
    let bytes = 2 * members.len() * SHINGLES * size_of::<u64>();
    let passes = bytes.div_ceil(store.spare_bytes());
    let mut common = Common::default();
    for pass in 0..passes {
        let is_counted = |key: &u64| *key as usize % passes == pass;
        let occurrences = workers::map(whole_groups(&members, |a, b| a.0 == b.0), |members| {
            let (mut reader, mut sketch) = (store.reader(), Sketch::default());
            let (mut keys, mut occurrences) = (Vec::new(), Occurrences::default());
            for group in members.chunk_by(|a, b| a.0 == b.0) {
                for (_, document) in group {
                    reader.read(*document, &mut sketch)?;
                    let all = sketch.shingles.iter().map(|sampled| key(*sampled));
                    keys.extend(all.filter(is_counted));
                }
                occurrences.add_group(&mut keys);
            }
            Ok(occurrences)
        });
        let occurrences = occurrences.into_iter().collect::<Result<Vec<_>, Error>>()?;
        common.add(&mut Occurrences::together(occurrences), cap);
    }
    let mut is_paired = vec![false; members.len()];
    for (later, earlier) in pairs {
        is_paired[later.0 as usize] = true;
        is_paired[earlier.0 as usize] = true;
    }
    drop(members);
    let look_up = |documents: &[DocId]| {
        let (mut reader, mut sketch) = (store.reader(), Sketch::default());
        let rarity = |document: &DocId| {
            if !is_paired[document.0 as usize] {
                return Ok(Rarity::EVERYWHERE);
            }
            reader.read(*document, &mut sketch)?;
            Ok(Rarity::of(&sketch, &common, cap))
        };
        documents.iter().map(rarity).collect::<Result<Vec<_>, Error>>()
    };
    let documents: Vec<_> = documents.collect();
    let mut rarities = Vec::with_capacity(documents.len());
    in_pieces(&documents, look_up, |more| rarities.extend(more))?;
    Ok(rarities)
}
