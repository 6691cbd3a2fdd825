//! The turns that lines and sentences take over one document, until neither loses anything.

use std::borrow::Cow;

use super::classifier::{Classifier, Gap};
use super::engine::{Engine, Scope, Trial, max_rounds};
use super::pack::Pack;
use super::page::Page;
use super::text::{fits, fold};
use super::trace;
use crate::document::{Cut, DocId, Document, Findings, Removal};

/// The engine's passes over one document: its lines and its sentences, in turns.
pub(super) struct Passes<'r> {
    pub(super) packs: Vec<&'r Pack>,
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
        let cuts = self.pass(Scope::Lines, &page, &[], told.as_deref_mut());
        let mut lines = page.lines.iter().enumerate();
        if !lines.any(|(line, content)| self.has_sentence(page.folded(line), content.text)) {
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
            let wanted = |line: &str| self.has_sentence(None, line);
            let page =
                Page::of_sentences(&left, self.max_chars, &wanted, &|text| self.is_aside(text));
            let cuts = self.pass(Scope::Sentences, &page, left.removed(), told.as_deref_mut());
            if cuts.is_empty() {
                break;
            }
            has_cut_sentences = true;
            left.apply("boilerplate", Findings { cuts, ..Findings::default() });
            let page = Page::new(&left, self.max_chars);
            let cuts = self.pass(Scope::Lines, &page, left.removed(), told.as_deref_mut());
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

    fn pass(
        &self,
        scope: Scope,
        page: &Page<'_>,
        removed: &[Removal],
        told: Option<&mut Vec<trace::Told>>,
    ) -> Vec<Cut> {
        let mut trials: Vec<Trial<'_>> = Vec::new();
        let cuts = self.engine(scope).run(page, told.is_some().then_some(&mut trials)).cuts(page);
        if let Some(told) = told {
            trace::note(page, removed, trials, told);
        }
        cuts
    }

    /// What went between the lines of a document that are left after these cuts.
    pub(super) fn gaps(&self, document: &Document, cuts: &[Cut]) -> Vec<Gap> {
        self.engine(Scope::Lines).gaps(&Page::new(document, self.max_chars), cuts)
    }

    fn engine(&self, scope: Scope) -> Engine<'_> {
        let Self { is_active, max_share, .. } = *self;
        // The classifier knows lines; sentences are for the rules.
        let classifier = self.classifier.filter(|_| scope == Scope::Lines);
        Engine { packs: self.packs.clone(), is_active, max_share, classifier, scope }
    }

    fn has_sentence(&self, folded: Option<&str>, line: &str) -> bool {
        let folded = match folded {
            Some(folded) => Cow::Borrowed(folded),
            None if line.is_ascii() => Cow::Borrowed(line),
            None => Cow::Owned(fold(line)),
        };
        self.packs.iter().any(|pack| pack.has_sentence(&folded))
    }

    /// Whether a rule for sentences matches what stands in brackets.
    fn is_aside(&self, text: &str) -> bool {
        if !fits(text, self.max_chars) {
            return false;
        }
        let folded = fold(text);
        let mut is_matched = false;
        for pack in &self.packs {
            pack.match_sentence(text, &folded, |_, _| is_matched = true);
        }
        is_matched
    }
}
