//! What the last round of comparison found, pair by pair, until it becomes clusters. What it holds is most of what the stage
//! needs in memory: about 50 bytes a pair of one story, 28 of them for `pairs.csv`.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{DocId, Note};
use crate::stage::{ComparedPair, PairVerdict, Verdict, Verdicts};

use super::cluster::{Contained, Forest, attach};
use super::composite::{Contact, Holding, composites};
use super::resolve::Judge;
use super::rule::Bond;
use super::verdict_key;
use super::verify::Comparison;

/// Similarity that a document cannot have to two stories at once, so that a round-up of two does not unite them before it
/// is known as one.
const CLOSEST: f32 = 0.55;
/// Pairs below this containment are of no interest to anyone who sets thresholds.
const SHOWN_CONTAINMENT: f32 = 0.3;

/// What the last round found.
pub(super) struct Found {
    alike: Vec<Contact>,
    /// Those of `alike` that no composite can hold two of, united.
    closest: Forest,
    contained: Vec<Contained>,
    /// Pairs that share more than chance and were not among the closest by then.
    contacts: Vec<Contact>,
    holdings: Vec<Holding>,
    /// By document: whether it belongs to another.
    touched: Vec<bool>,
    templates: Vec<DocId>,
    pub(super) composites: BTreeSet<DocId>,
    pub(super) verdicts: Verdicts,
}

impl Found {
    /// Nothing was found among so many documents.
    pub(super) fn new(documents: usize) -> Self {
        Self {
            alike: Vec::new(),
            closest: Forest::new(documents),
            contained: Vec::new(),
            contacts: Vec::new(),
            holdings: Vec::new(),
            touched: vec![false; documents],
            templates: Vec::new(),
            composites: BTreeSet::new(),
            verdicts: Verdicts::default(),
        }
    }

    /// Takes a compared pair, the later document first.
    pub(super) fn take(
        &mut self,
        judge: &Judge<'_>,
        document: DocId,
        earlier: DocId,
        seen: &Comparison,
    ) {
        let (own, other) = (&judge.own, &judge.other);
        let rule = &judge.policy.rule;
        let bond = rule.bond(own, other, seen);
        match bond {
            Bond::None => {}
            Bond::Template => self.templates.extend([document, earlier]),
            Bond::Alike => {
                self.alike.push((document, earlier));
                if seen.similarity() > CLOSEST {
                    self.closest.unite(document, earlier);
                }
            }
            Bond::Contained => {
                let is_part = (own.windows, document) < (other.windows, earlier);
                let (part, whole) = if is_part { (document, earlier) } else { (earlier, document) };
                let share = seen.left_in_right.max(seen.right_in_left);
                self.contained.push(Contained { part, whole, share });
            }
        }
        let is_bond = matches!(bond, Bond::Alike | Bond::Contained);
        if is_bond {
            self.touched[document.0 as usize] = true;
            self.touched[earlier.0 as usize] = true;
        }
        // What is united stays united.
        let is_known = self.closest.root(document) == self.closest.root(earlier);
        if (is_bond || rule.is_contact(seen)) && !is_known {
            self.contacts.push((document, earlier));
        }
        if rule.is_holding(seen) {
            self.holdings.push(match own.windows > other.windows {
                true => (document, earlier),
                false => (earlier, document),
            });
        }
        self.show(judge, document, earlier, seen, bond);
    }

    fn show(&mut self, judge: &Judge<'_>, a: DocId, b: DocId, seen: &Comparison, bond: Bond) {
        let is_shown = seen.left_in_right.max(seen.right_in_left) >= SHOWN_CONTAINMENT;
        if !is_shown && bond == Bond::None {
            return;
        }
        let rule = &judge.policy.rule;
        let turned = seen.turned();
        let is_certain = rule.certain(&judge.own, &judge.other, seen).is_some()
            || rule.certain(&judge.other, &judge.own, &turned).is_some();
        let (document, other, containment) = match seen.left_in_right >= seen.right_in_left {
            true => (a, b, seen.left_in_right),
            false => (b, a, seen.right_in_left),
        };
        let verdict = match bond {
            Bond::None => PairVerdict::None,
            Bond::Template => PairVerdict::Template,
            _ if is_certain => PairVerdict::Certain,
            _ => PairVerdict::Likely,
        };
        let (similarity, numbers) = (seen.similarity(), seen.numbers);
        self.verdicts.pairs.push(ComparedPair {
            document,
            other,
            similarity,
            containment,
            numbers,
            verdict,
        });
    }

    /// The clusters of more than one document, by their root. Gives the memory of the pairs back.
    pub(super) fn clusters(&mut self) -> BTreeMap<DocId, Vec<DocId>> {
        let contacts = std::mem::take(&mut self.contacts);
        let holdings = std::mem::take(&mut self.holdings);
        self.composites = composites(holdings, contacts, &mut self.closest);
        // A composite glues nothing: the trees grow again without it.
        let is_composite = |document: &DocId| self.composites.contains(document);
        self.alike.retain(|(left, right)| !is_composite(left) && !is_composite(right));
        self.contained.retain(|edge| !is_composite(&edge.part) && !is_composite(&edge.whole));
        let mut forest = Forest::new(self.touched.len());
        for (left, right) in std::mem::take(&mut self.alike) {
            forest.unite(left, right);
        }
        let attached = attach(&mut forest, &std::mem::take(&mut self.contained));
        let mut clusters: BTreeMap<DocId, Vec<DocId>> = BTreeMap::new();
        let touched = (0u32..).map(DocId).zip(&self.touched).filter(|(_, touched)| **touched);
        for (document, _) in touched {
            let root = forest.root(document);
            clusters.entry(attached.cluster(root)).or_default().push(document);
        }
        clusters.retain(|_, members| members.len() > 1);
        clusters
    }

    /// Notes what kept documents are, where no verdict says that they are duplicates.
    pub(super) fn add_notes(&mut self) {
        let templates = self.templates.iter().map(|document| (*document, Note::Template));
        let composites = self.composites.iter().map(|document| (*document, Note::Composite));
        for (document, note) in templates.chain(composites).collect::<Vec<_>>() {
            let key = verdict_key(document);
            if !matches!(self.verdicts.get(key), Some(Verdict::Duplicate(_))) {
                self.verdicts.insert(key, Verdict::Note(note));
            }
        }
        self.verdicts.pairs.sort_unstable_by_key(|pair| (pair.document, pair.other));
    }
}
