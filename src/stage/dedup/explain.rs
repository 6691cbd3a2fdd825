//! Why two documents are duplicates or not: what was measured, what was asked, and what they share word for word.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::document::{DocId, Document, DuplicateKind};
use crate::stage::PairVerdict;

use super::common::Rarity;
use super::near::NearDedup;
use super::rule::{Bond, Class, Rule};
use super::shingles::each_window;
use super::sketch::Sketch;
use super::tokens::placed_tokens;
use super::verify::{Comparison, compare};

/// How `near-dedup` judges a document beside another.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The other document.
    pub other: DocId,
    /// Jaccard similarity, the larger of that over all sampled shingles and that over the rare ones.
    pub similarity: f32,
    /// Share of the document that stands in the other.
    pub containment: f32,
    /// Share of the other that stands in the document.
    pub holds: f32,
    /// Sampled shingles of both documents.
    pub shared: u32,
    /// Sampled shingles of either.
    pub compared: u32,
    /// Share of the numbers that agree, where both have three.
    pub numbers: Option<f32>,
    /// Whether the document would go, be labelled, or neither.
    pub tier: PairVerdict,
    /// What it would be to the other, where it would go or be labelled.
    pub kind: Option<DuplicateKind>,
    /// Each threshold, and what it was asked of.
    pub gates: Vec<Gate>,
    /// Why they do not belong together, however much they share.
    pub objection: Option<&'static str>,
}

/// A figure and the least that is asked of it: by an option of `[stage.near-dedup]`, or always.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// The key of the option; `plain containment`, over all shingles and not the rare ones alone, is none.
    pub option: &'static str,
    /// What was measured, 0 to 1.
    pub value: f32,
    /// What is asked.
    pub least: f32,
}

impl Gate {
    /// Whether the figure is large enough.
    pub fn is_passed(&self) -> bool {
        self.value >= self.least
    }
}

impl Judged {
    pub(super) fn new(
        rule: &Rule,
        other: DocId,
        own_sketch: &Sketch,
        other_sketch: &Sketch,
        seen: &Comparison,
    ) -> Self {
        let class = rule.certain(own_sketch, other_sketch, seen);
        let bond = rule.bond(own_sketch, other_sketch, seen);
        let (tier, kind) = match (class, bond) {
            (_, Bond::None) => (PairVerdict::None, None),
            (_, Bond::Template) => (PairVerdict::Template, None),
            (Some(Class::Reprint), _) => (PairVerdict::Certain, Some(DuplicateKind::Reprint)),
            (Some(Class::Shortened), _) => (PairVerdict::Certain, Some(DuplicateKind::Shortened)),
            (None, _) => (PairVerdict::Likely, Some(DuplicateKind::Update)),
        };
        Self {
            other,
            similarity: seen.similarity(),
            containment: seen.left_in_right,
            holds: seen.right_in_left,
            shared: seen.shared,
            compared: seen.compared,
            numbers: seen.numbers,
            tier,
            kind,
            gates: rule.gates(own_sketch, other_sketch, seen),
            objection: rule
                .objection(own_sketch, other_sketch, seen)
                .map(|objection| objection.as_str()),
        }
    }

    /// The largest of the shares.
    pub fn likeness(&self) -> f32 {
        self.similarity.max(self.containment).max(self.holds)
    }
}

impl NearDedup {
    /// Judges a document beside another as if no third one existed, so that no shingle is common.
    pub fn judge(&self, document: &Document, other: &Document) -> Judged {
        let (own_sketch, other_sketch) = (self.sketch(document), self.sketch(other));
        let seen = compare((&own_sketch, Rarity::EVERYWHERE), (&other_sketch, Rarity::EVERYWHERE));
        Judged::new(self.rule(), other.id, &own_sketch, &other_sketch, &seen)
    }

    /// The passages of a text that stand in another word for word, as byte ranges, ascending; shorter ones than a shingle
    /// do not count.
    pub fn shared_passages(&self, text: &str, other: &str) -> Vec<Range<usize>> {
        let elsewhere: BTreeSet<u64> = {
            let tokens: Vec<u64> =
                placed_tokens(other).into_iter().map(|(token, _)| token).collect();
            let mut all = BTreeSet::new();
            each_window(self.lengths, &tokens, |_, hash| {
                all.insert(hash);
            });
            all
        };
        let (tokens, places): (Vec<u64>, Vec<Range<usize>>) =
            placed_tokens(text).into_iter().unzip();
        let mut passages: Vec<Range<usize>> = Vec::new();
        let mut last_token = 0;
        each_window(self.lengths, &tokens, |window, hash| {
            if !elsewhere.contains(&hash) {
                return;
            }
            let at = places[window.start].start..places[window.end - 1].end;
            match passages.last_mut() {
                Some(last) if window.start <= last_token => last.end = last.end.max(at.end),
                _ => passages.push(at),
            }
            last_token = last_token.max(window.end);
        });
        passages
    }
}

#[cfg(test)]
mod tests {
    use super::super::near::Options;
    use super::super::testing::document;
    use super::*;

    fn near() -> NearDedup {
        Options::default().build().unwrap()
    }

    #[test]
    fn shared_passages_are_found_word_for_word() {
        let story = "The harbour of Elmsford opens again on Monday after the storm.";
        let cases: &[(&str, &str, &str, &[&str])] = &[
            ("nothing", "one two three four five six", "six five four three two one", &[]),
            ("all", story, story, &[story.trim_end_matches('.')]),
            (
                "other case and quotes",
                "Before that: “THE HARBOUR of Elmsford opens” it said.",
                story,
                &["THE HARBOUR of Elmsford opens"],
            ),
            (
                "two passages",
                "The harbour of Elmsford opens, said Ann. It opens again on Monday after noon.",
                story,
                &["The harbour of Elmsford opens", "opens again on Monday after"],
            ),
            ("characters", "今天北京新闻报道说", "北京新闻报道今天", &["北京新闻报道"]),
            ("empty", "", story, &[]),
        ];
        for (name, text, other, expected) in cases {
            let found = near().shared_passages(text, other);
            let found: Vec<&str> = found.into_iter().map(|at| &text[at]).collect();
            assert_eq!(&found, expected, "{name}");
        }
    }

    #[test]
    fn a_judgement_names_the_threshold_that_was_missed() {
        let words = |from: u32, to: u32| {
            (from..to).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ")
        };
        let whole = document(0, "a", "", &words(0, 300));
        let cases = [
            (words(0, 300), PairVerdict::Certain, Some(DuplicateKind::Reprint), None),
            (words(0, 150), PairVerdict::Certain, Some(DuplicateKind::Shortened), None),
            (words(90, 450), PairVerdict::Likely, Some(DuplicateKind::Update), Some("jaccard")),
            (words(290, 600), PairVerdict::None, None, Some("likely-containment")),
        ];
        for (text, tier, kind, missed) in cases {
            let judged = near().judge(&document(1, "b", "", &text), &whole);
            assert_eq!((judged.tier, judged.kind), (tier, kind), "{judged:?}");
            if let Some(missed) = missed {
                let gate = judged.gates.iter().find(|gate| gate.option == missed).unwrap();
                assert!(!gate.is_passed(), "{judged:?}");
            }
            let plain =
                judged.gates.iter().find(|gate| gate.option == "plain containment").unwrap();
            assert_eq!(plain.is_passed(), tier == PairVerdict::Certain, "{judged:?}");
        }
    }
}
