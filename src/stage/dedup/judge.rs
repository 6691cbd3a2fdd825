//! The comparison of many documents, wherever their sketches lie: pairs of candidates, and the documents of a cluster.

use crate::document::{Action, DocId, Duplicate, DuplicateKind, Evidence};
use crate::error::Error;
use crate::stage::ComparedPair;

use super::common::Rarity;
use super::found::Finding;
use super::join::Candidate;
use super::keep::{self, Keep, Traits, order};
use super::rule::{Class, Rule};
use super::sketch::Sketch;
use super::verify::{Comparison, compare};

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
    pub(super) own: Sketch,
    rare_in_own: Rarity,
    pub(super) other: Sketch,
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
        pairs: &[Candidate],
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
