//! The turns that lines and sentences take over one document, until neither loses anything.

use super::classifier::{Classifier, Gap};
use super::engine::{Engine, Matches, Scope, Trial, max_rounds};
use super::page::Page;
use super::search::Ruleset;
use super::text::{fits, fold};
use super::trace;
use crate::document::{Cut, DocId, Document, Findings, Removal};

/// The engine's passes over one document: its lines and its sentences, in turns.
pub(super) struct Passes<'r> {
    pub(super) rules: &'r Ruleset<'r>,
    pub(super) is_active: &'r dyn Fn(&str) -> bool,
    pub(super) max_share: f64,
    pub(super) max_chars: usize,
    pub(super) classifier: Option<&'r Classifier>,
}

/// What a turn of sentences and lines costs, in looks at a line.
const PASS_LOOKS: usize = 8;

impl Passes<'_> {
    /// Finds what goes. Most documents hold no sentence worth a look, and one pass over the lines is all.
    pub(super) fn run(
        &self,
        document: &Document,
        mut told: Option<&mut Vec<trace::Told>>,
    ) -> Vec<Cut> {
        let page = Page::new(document, self.max_chars);
        let matches = self.engine(Scope::Lines).matches(&page);
        let cuts = self.pass(Scope::Lines, &page, &matches, &[], told.as_deref_mut());
        if !matches.may_hold_sentence {
            return cuts;
        }
        let (source, title) = (document.source.clone(), document.title());
        let mut left = Document::new(DocId(0), "", source, title, document.body());
        if left.text() != document.text() {
            return cuts;
        }
        let line_cuts = cuts.clone();
        left.apply("boilerplate", Findings { cuts, ..Findings::default() });
        let mut has_cut_sentences = false;
        for round in 1.. {
            // Each turn reads the whole text again.
            if round > max_rounds(PASS_LOOKS * page.lines.len()) {
                return line_cuts;
            }
            let wanted = |line: &str| self.rules.may_hold_sentence(line);
            let page =
                Page::of_sentences(&left, self.max_chars, &wanted, &|text| self.is_aside(text));
            let cuts = self.turn(Scope::Sentences, &page, left.removed(), told.as_deref_mut());
            if cuts.is_empty() {
                break;
            }
            has_cut_sentences = true;
            left.apply("boilerplate", Findings { cuts, ..Findings::default() });
            let page = Page::new(&left, self.max_chars);
            let cuts = self.turn(Scope::Lines, &page, left.removed(), told.as_deref_mut());
            left.apply("boilerplate", Findings { cuts, ..Findings::default() });
        }
        if !has_cut_sentences {
            return line_cuts;
        }
        let cut = |removal: &Removal| Cut {
            at: removal.start as usize..removal.end as usize,
            rule: removal.rule.clone(),
        };
        left.removed().iter().map(cut).collect()
    }

    fn turn(
        &self,
        scope: Scope,
        page: &Page<'_>,
        removed: &[Removal],
        told: Option<&mut Vec<trace::Told>>,
    ) -> Vec<Cut> {
        self.pass(scope, page, &self.engine(scope).matches(page), removed, told)
    }

    fn pass<'r>(
        &'r self,
        scope: Scope,
        page: &Page<'_>,
        matches: &Matches<'r>,
        removed: &[Removal],
        told: Option<&mut Vec<trace::Told>>,
    ) -> Vec<Cut> {
        let mut trials: Vec<Trial<'_>> = Vec::new();
        let state = self.engine(scope).run(page, matches, told.is_some().then_some(&mut trials));
        if let Some(told) = told {
            trace::note(page, removed, trials, told);
        }
        state.cuts(page)
    }

    /// What went between the lines of a document that are left after these cuts.
    pub(super) fn gaps(&self, document: &Document, cuts: &[Cut]) -> Vec<Gap> {
        self.engine(Scope::Lines).gaps(&Page::new(document, self.max_chars), cuts)
    }

    fn engine(&self, scope: Scope) -> Engine<'_> {
        let Self { is_active, max_share, .. } = *self;
        // The classifier knows lines; sentences are for the rules.
        let classifier = self.classifier.filter(|_| scope == Scope::Lines);
        Engine { rules: self.rules, is_active, max_share, classifier, scope }
    }

    /// Whether a rule for sentences matches what stands in brackets.
    fn is_aside(&self, text: &str) -> bool {
        if !fits(text, self.max_chars) {
            return false;
        }
        let folded = fold(text);
        let mut is_matched = false;
        self.rules.match_line(Scope::Sentences, text, &folded, |_, _| is_matched = true);
        is_matched
    }
}
