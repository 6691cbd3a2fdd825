//! What the last round of comparison found, pair by pair, until it becomes clusters. What it holds is most of what the stage
//! needs in memory: about 50 bytes a pair of one story, 28 of them for `pairs.csv`.
//!
//! What is found of a pair depends on the pair alone, and its clusters on no pair that hangs together with none of its
//! documents: so both can be done in many places at once (`steps.rs`).

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{DocId, Note};
use crate::error::Error;
use crate::stage::{ComparedPair, PairVerdict, Verdict, Verdicts};

use super::cluster::{Contained, Forest, attach};
use super::composite::{Contact, Holding, composites};
use super::rule::{Bond, Rule};
use super::sketch::Sketch;
use super::verdict_key;
use super::verify::Comparison;

/// Similarity that a document cannot have to two stories at once, so that a round-up of two does not unite them before it
/// is known as one.
const CLOSEST: f32 = 0.55;
/// Pairs below this containment are of no interest to anyone who sets thresholds.
const SHOWN_CONTAINMENT: f32 = 0.3;

/// What the last round found of a pair, the later document seen as the left one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Finding {
    bond: Bond,
    /// Larger of the two containments.
    contained: f32,
    /// Whether they are too similar for either to be of two stories.
    is_closest: bool,
    /// Whether they share more than chance.
    is_contact: bool,
    /// Whether one stands in the other by at least a half.
    is_holding: bool,
    /// Whether the later document is the shorter, or the longer; neither if they are equally long.
    is_shorter: bool,
    is_longer: bool,
}

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

    /// Takes what was found of a pair, the later document first.
    pub(super) fn take(&mut self, document: DocId, earlier: DocId, finding: Finding) {
        match finding.bond {
            Bond::None => {}
            Bond::Template => self.templates.extend([document, earlier]),
            Bond::Alike => {
                self.alike.push((document, earlier));
                if finding.is_closest {
                    self.closest.unite(document, earlier);
                }
            }
            Bond::Contained => {
                let is_part = finding.is_shorter;
                let (part, whole) = if is_part { (document, earlier) } else { (earlier, document) };
                self.contained.push(Contained { part, whole, share: finding.contained });
            }
        }
        if finding.is_bond() {
            self.touched[document.0 as usize] = true;
            self.touched[earlier.0 as usize] = true;
        }
        // What is united stays united.
        let is_known = self.closest.root(document) == self.closest.root(earlier);
        if (finding.is_bond() || finding.is_contact) && !is_known {
            self.contacts.push((document, earlier));
        }
        if finding.is_holding {
            self.holdings.push(match finding.is_longer {
                true => (document, earlier),
                false => (earlier, document),
            });
        }
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

impl Finding {
    /// Judges a pair.
    pub(super) fn new(rule: &Rule, own: &Sketch, other: &Sketch, seen: &Comparison) -> Self {
        Self {
            bond: rule.bond(own, other, seen),
            contained: seen.left_in_right.max(seen.right_in_left),
            is_closest: seen.similarity() > CLOSEST,
            is_contact: rule.is_contact(seen),
            is_holding: rule.is_holding(seen),
            is_shorter: own.windows < other.windows,
            is_longer: own.windows > other.windows,
        }
    }

    fn is_bond(self) -> bool {
        matches!(self.bond, Bond::Alike | Bond::Contained)
    }

    /// Whether both are notices of one template.
    pub(super) fn is_template(self) -> bool {
        self.bond == Bond::Template
    }

    /// Whether one has a say in the cluster of the other: then both are looked at together.
    pub(super) fn is_tie(self) -> bool {
        self.is_bond() || self.is_holding
    }

    /// Whether it has a say in any cluster.
    pub(super) fn matters(self) -> bool {
        self.is_tie() || self.is_contact
    }

    /// As bytes: a bit a claim, and the containment.
    pub(super) fn to_bytes(self) -> [u8; 5] {
        let claims = [
            self.bond == Bond::Alike,
            self.bond == Bond::Contained,
            self.bond == Bond::Template,
            self.is_closest,
            self.is_contact,
            self.is_holding,
            self.is_shorter,
            self.is_longer,
        ];
        let bits = claims.iter().rev().fold(0, |bits, claim| bits << 1 | u8::from(*claim));
        let [a, b, c, d] = self.contained.to_le_bytes();
        [bits, a, b, c, d]
    }

    /// From bytes.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let Some([bits, contained @ ..]) = bytes.first_chunk::<5>() else {
            return Err(Error::Internal("what was found of a pair came back damaged".into()));
        };
        let claims = |nth: u8| bits >> nth & 1 == 1;
        Ok(Self {
            bond: match (claims(0), claims(1), claims(2)) {
                (true, ..) => Bond::Alike,
                (_, true, _) => Bond::Contained,
                (.., true) => Bond::Template,
                _ => Bond::None,
            },
            contained: f32::from_le_bytes(*contained),
            is_closest: claims(3),
            is_contact: claims(4),
            is_holding: claims(5),
            is_shorter: claims(6),
            is_longer: claims(7),
        })
    }

    /// The row of `pairs.csv`, if the pair is of interest there; `a` is the later document.
    pub(super) fn shown(
        self,
        rule: &Rule,
        (a, own): (DocId, &Sketch),
        (b, other): (DocId, &Sketch),
        seen: &Comparison,
    ) -> Option<ComparedPair> {
        if self.contained < SHOWN_CONTAINMENT && self.bond == Bond::None {
            return None;
        }
        let is_certain = rule.certain(own, other, seen).is_some()
            || rule.certain(other, own, &seen.turned()).is_some();
        let (document, other) = match seen.left_in_right >= seen.right_in_left {
            true => (a, b),
            false => (b, a),
        };
        let verdict = match self.bond {
            Bond::None => PairVerdict::None,
            Bond::Template => PairVerdict::Template,
            _ if is_certain => PairVerdict::Certain,
            _ => PairVerdict::Likely,
        };
        Some(ComparedPair {
            document,
            other,
            similarity: seen.similarity(),
            containment: self.contained,
            numbers: seen.numbers,
            verdict,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_back_what_it_wrote() {
        for (nth, bond) in
            [Bond::None, Bond::Template, Bond::Contained, Bond::Alike].into_iter().enumerate()
        {
            for claim in 0..6 {
                let is = |other: usize| claim == other;
                let finding = Finding {
                    bond,
                    contained: 0.1 + nth as f32 / 7.0,
                    is_closest: is(1),
                    is_contact: is(2),
                    is_holding: is(3),
                    is_shorter: is(4),
                    is_longer: is(5),
                };
                assert_eq!(Finding::from_bytes(&finding.to_bytes()).unwrap(), finding);
            }
        }
        assert!(Finding::from_bytes(&[1, 2]).is_err());
    }
}
