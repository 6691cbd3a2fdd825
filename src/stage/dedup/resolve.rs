//! From candidates to verdicts: two rounds of comparison, clusters, and the choice of what stays.
//!
//! The first round unites near-identical documents, so that the second can count shingles by group and compare by the
//! rare ones. Everything is decided from sketches; no text is read again.

use crate::document::{Action, DocId, Duplicate, DuplicateKind, Evidence};
use crate::error::Error;
use crate::stage::{ComparedPair, Verdict, Verdicts};

use super::cluster::Forest;
use super::common::{Common, Occurrences, Rarity, key};
use super::explain::Judged;
use super::found::{Finding, Found};
use super::join::Candidates;
use super::keep::{self, Keep, Traits, order};
use super::rule::{Class, Rule};
use super::sketch::{SHINGLES, Sketch};
use super::store::Store;
use super::verdict_key;
use super::verify::{Comparison, compare, is_near_identical};

/// What the stage was asked to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Policy {
    /// When two documents belong together.
    pub(super) rule: Rule,
    /// Near-identical groups up to which a shingle is rare.
    pub(super) rare_groups: u8,
    /// Stories up to which it is.
    pub(super) rare_stories: u8,
    /// Which document of a cluster stays.
    pub(super) keep: Keep,
    /// What happens to certain duplicates.
    pub(super) action: keep::Action,
}

/// Kept documents of a cluster that another is compared with: enough for the versions of one story, and linear for a
/// cluster of hundreds.
const MAX_KEPT_COMPARED: usize = 8;
/// Compares all candidates and draws the conclusions. Holds 36 bytes a document, 8 a candidate pair, and what `found.rs` says.
///
/// Three rounds, each with better counts of how common a shingle is: by near-identical documents, then by those that are
/// certainly of one story, so that a disclaimer of five stories is common and the text of one story in 200 papers is not.
pub(super) fn verdicts(
    policy: &Policy,
    store: &mut Store,
    candidates: Candidates,
) -> Result<Verdicts, Error> {
    let (mut judge, pairs) = last_round(policy, store, candidates)?;
    let mut found = Found::new(judge.sketches.store.documents());
    judge.each(&pairs, |judge, left, right, seen| {
        let (finding, shown) = judge.finding(left, right, seen);
        found.take(left, right, finding);
        found.verdicts.pairs.extend(shown);
        Ok(())
    })?;
    drop(pairs);
    for members in found.clusters().values() {
        judge.settle(members, |document, duplicate| {
            found.verdicts.insert(verdict_key(document), Verdict::Duplicate(duplicate));
            Ok(())
        })?;
    }
    found.add_notes();
    Ok(found.verdicts)
}

/// How a document compares with every other that shares enough keys with it, the most alike first.
pub(super) fn judged(
    policy: &Policy,
    store: &mut Store,
    candidates: Candidates,
    document: DocId,
) -> Result<Vec<Judged>, Error> {
    let (mut judge, mut pairs) = last_round(policy, store, candidates)?;
    pairs.retain(|(later, earlier)| *later == document || *earlier == document);
    // Seen from the document that is asked about.
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(later, earlier)| (document, if later == document { earlier } else { later }))
        .collect();
    let mut all = Vec::new();
    judge.each(&pairs, |judge, _, other, seen| {
        all.push(Judged::new(&policy.rule, other, &judge.own, &judge.other, seen));
        Ok(())
    })?;
    all.sort_by(|a, b| b.likeness().total_cmp(&a.likeness()).then(a.other.cmp(&b.other)));
    Ok(all)
}

/// The sketches of all documents, and what is rare in each, by document.
struct Known<'a> {
    store: &'a mut Store,
    rarities: Vec<Rarity>,
}

impl Sketches for Known<'_> {
    fn read(&mut self, document: DocId, sketch: &mut Sketch) -> Result<Rarity, Error> {
        self.store.read(document, sketch)?;
        Ok(self.rarities[document.0 as usize])
    }
}

/// Pairs of documents, the later one first.
type Pairs = Vec<(DocId, DocId)>;

/// All candidate pairs, and a judge who knows how common each shingle is by story.
fn last_round<'a>(
    policy: &'a Policy,
    store: &'a mut Store,
    candidates: Candidates,
) -> Result<(Judge<'a, Known<'a>>, Pairs), Error> {
    let (pairs, identical) = first_round(store, candidates)?;
    let rarities = rarities_of(store, identical, &pairs, policy.rare_groups)?;
    let mut stories = Forest::new(store.documents());
    let mut judge = Judge::new(policy, Known { store, rarities });
    judge.each(&pairs, |judge, left, right, seen| {
        if judge.is_one_story(seen) {
            stories.unite(left, right);
        }
        Ok(())
    })?;
    let known = &mut judge.sketches;
    // Both would be in memory at once.
    known.rarities = Vec::new();
    known.rarities = rarities_of(known.store, stories, &pairs, policy.rare_stories)?;
    Ok((judge, pairs))
}

/// All candidate pairs, and the near-identical ones united.
fn first_round(store: &mut Store, mut candidates: Candidates) -> Result<(Pairs, Forest), Error> {
    let mut pairs = Vec::new();
    let mut identical = Forest::new(store.documents());
    let (mut own, mut other) = (Sketch::default(), Sketch::default());
    while let Some(candidate) = candidates.next_document()? {
        store.read(candidate.document, &mut own)?;
        for earlier in candidate.earlier {
            store.read(earlier, &mut other)?;
            if is_near_identical(&own, &other) {
                identical.unite(candidate.document, earlier);
            }
            pairs.push((candidate.document, earlier));
        }
    }
    Ok((pairs, identical))
}

/// Counts in how many groups each sampled shingle stands, and says for each document that is in a pair which of its own are
/// rare: those of at most `cap` groups. All sketches are read as often as the memory asks for.
fn rarities_of(
    store: &mut Store,
    mut groups: Forest,
    pairs: &[(DocId, DocId)],
    cap: u8,
) -> Result<Vec<Rarity>, Error> {
    let mut sketch = Sketch::default();
    let documents = (0..store.documents() as u32).map(DocId);
    let mut members: Vec<_> =
        documents.clone().map(|document| (groups.root(document), document)).collect();
    members.sort_unstable();
    let passes = (members.len() * SHINGLES * size_of::<u64>()).div_ceil(store.spare_bytes());
    let (mut common, mut occurrences) = (Common::default(), Occurrences::default());
    let mut keys = Vec::new();
    for pass in 0..passes {
        for group in members.chunk_by(|a, b| a.0 == b.0) {
            for (_, document) in group {
                store.read(*document, &mut sketch)?;
                let all = sketch.shingles.iter().map(|sampled| key(*sampled));
                keys.extend(all.filter(|key| *key as usize % passes == pass));
            }
            occurrences.add_group(&mut keys);
        }
        common.add(&mut occurrences, cap);
    }
    let mut is_paired = vec![false; members.len()];
    for (later, earlier) in pairs {
        is_paired[later.0 as usize] = true;
        is_paired[earlier.0 as usize] = true;
    }
    let mut rarities = vec![Rarity::EVERYWHERE; members.len()];
    for document in documents.filter(|document| is_paired[document.0 as usize]) {
        store.read(document, &mut sketch)?;
        rarities[document.0 as usize] = Rarity::of(&sketch, &common, cap);
    }
    Ok(rarities)
}

/// Where sketches are read from.
pub(super) trait Sketches {
    /// Reads the sketch of a document, and gives what is rare in it.
    fn read(&mut self, document: DocId, sketch: &mut Sketch) -> Result<Rarity, Error>;
}

/// Compares documents.
pub(super) struct Judge<'a, S> {
    policy: &'a Policy,
    pub(super) sketches: S,
    /// The documents that were read last, and what is rare in them.
    own: Sketch,
    rare_in_own: Rarity,
    other: Sketch,
    rare_in_other: Rarity,
}

impl<'a, S: Sketches> Judge<'a, S> {
    /// A judge of these documents.
    pub(super) fn new(policy: &'a Policy, sketches: S) -> Self {
        Self {
            policy,
            sketches,
            own: Sketch::default(),
            rare_in_own: Rarity::EVERYWHERE,
            other: Sketch::default(),
            rare_in_other: Rarity::EVERYWHERE,
        }
    }

    /// Compares all pairs, in order.
    pub(super) fn each(
        &mut self,
        pairs: &[(DocId, DocId)],
        mut take: impl FnMut(&Self, DocId, DocId, &Comparison) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut read = None;
        for (document, earlier) in pairs {
            if read != Some(*document) {
                self.rare_in_own = self.sketches.read(*document, &mut self.own)?;
                read = Some(*document);
            }
            let seen = self.compare_with(*earlier)?;
            take(self, *document, *earlier, &seen)?;
        }
        Ok(())
    }

    /// Whether the documents that were read last are certainly of one story.
    pub(super) fn is_one_story(&self, seen: &Comparison) -> bool {
        self.policy.rule.is_one_story(&self.own, &self.other, seen)
    }

    /// What the last round finds of the documents that were read last, and their row of `pairs.csv`.
    pub(super) fn finding(
        &self,
        document: DocId,
        earlier: DocId,
        seen: &Comparison,
    ) -> (Finding, Option<ComparedPair>) {
        let (rule, own, other) = (&self.policy.rule, &self.own, &self.other);
        let finding = Finding::new(rule, own, other, seen);
        (finding, finding.shown(rule, (document, own), (earlier, other), seen))
    }

    /// Compares `own`, which has been read, with another document.
    fn compare_with(&mut self, other: DocId) -> Result<Comparison, Error> {
        self.rare_in_other = self.sketches.read(other, &mut self.other)?;
        Ok(compare((&self.own, self.rare_in_own), (&self.other, self.rare_in_other)))
    }

    /// Decides about the documents of one cluster: the first in the order of choice stays, and is given back; each other
    /// goes if it certainly says what a kept one says, and stays with a label if not.
    pub(super) fn settle(
        &mut self,
        members: &[DocId],
        mut take: impl FnMut(DocId, Duplicate) -> Result<(), Error>,
    ) -> Result<Option<DocId>, Error> {
        let mut traits = Vec::with_capacity(members.len());
        for document in members {
            self.sketches.read(*document, &mut self.own)?;
            traits.push(Traits {
                rank: self.own.rank,
                length: self.own.windows,
                moment: self.own.moment,
                document: document.0,
            });
        }
        order(self.policy.keep, &mut traits);
        let mut kept: Vec<DocId> = Vec::new();
        for document in traits.iter().map(|traits| DocId(traits.document)) {
            if kept.is_empty() {
                kept.push(document);
                continue;
            }
            let duplicate = self.closest(document, &kept)?;
            if duplicate.action == Action::Labelled && kept.len() < MAX_KEPT_COMPARED {
                kept.push(document);
            }
            take(document, duplicate)?;
        }
        Ok(kept.first().copied())
    }

    /// What a document is to the kept one that it is most like; certain before likely, then the first.
    fn closest(&mut self, document: DocId, kept: &[DocId]) -> Result<Duplicate, Error> {
        self.rare_in_own = self.sketches.read(document, &mut self.own)?;
        let mut best: Option<((bool, f32), Duplicate)> = None;
        for of in kept {
            let seen = self.compare_with(*of)?;
            let class = self.policy.rule.certain(&self.own, &self.other, &seen);
            let likeness = (class.is_some(), seen.similarity().max(seen.left_in_right));
            if best.as_ref().is_none_or(|(so_far, _)| likeness > *so_far) {
                best = Some((likeness, self.duplicate(*of, class, &seen)));
            }
        }
        let (_, duplicate) = best.ok_or_else(|| Error::Internal("a cluster keeps none".into()))?;
        Ok(duplicate)
    }

    fn duplicate(&self, of: DocId, class: Option<Class>, seen: &Comparison) -> Duplicate {
        let kind = match class {
            Some(Class::Reprint) => DuplicateKind::Reprint,
            Some(Class::Shortened) => DuplicateKind::Shortened,
            None => DuplicateKind::Update,
        };
        let action = match (class, self.policy.action) {
            (Some(_), keep::Action::Drop) => Action::Dropped,
            _ => Action::Labelled,
        };
        Duplicate {
            of,
            kind,
            similarity: seen.similarity(),
            containment: seen.left_in_right,
            evidence: Evidence {
                shared: seen.shared as u16,
                compared: seen.compared as u16,
                numbers: seen.numbers,
            },
            action,
        }
    }
}
