//! What a worker does with one document.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::plan::Pass;
use crate::census::Observation;
use crate::document::{Document, Fate, Findings, Rejection};
use crate::stage::{self, CorpusStage, Verdicts};
use crate::stats::measure;

/// Takes one document through a pass: carries out the verdicts that begin it, and applies its stages; whether that changed it.
pub(super) fn take_through(
    document: &mut Document,
    pass: &Pass,
    corpus_stages: &[Box<dyn CorpusStage>],
    verdicts: &Verdicts,
) -> bool {
    let is_changed = carry_out(document, pass, corpus_stages, verdicts);
    apply(document, pass) || is_changed
}

/// Carries out the verdicts of the corpus stage that ended the pass before.
pub(super) fn carry_out(
    document: &mut Document,
    pass: &Pass,
    corpus_stages: &[Box<dyn CorpusStage>],
    verdicts: &Verdicts,
) -> bool {
    pass.begins.is_some_and(|stage| {
        let stage = &corpus_stages[stage];
        step(document, stage.name(), |document| stage.examine(document, verdicts))
    })
}

/// Applies the stages of a pass.
pub(super) fn apply(document: &mut Document, pass: &Pass) -> bool {
    let mut is_changed = false;
    for stage in &pass.stages {
        is_changed |= step(document, stage.name(), |document| stage.examine(document));
    }
    if !document.is_kept() {
        if pass.counts_dropped && !document.text().is_empty() {
            document.measures = Some(measure(document));
        }
        document.forget_text();
    }
    is_changed
}

/// Applies one stage; whether it had anything to say. A stage that panics loses this document, with a row that says so, and
/// nothing else.
fn step(
    document: &mut Document,
    name: &'static str,
    examine: impl Fn(&Document) -> Findings,
) -> bool {
    if !document.is_kept() {
        return false;
    }
    match catch_unwind(AssertUnwindSafe(|| examine(document))) {
        Ok(findings) => {
            let is_changed = findings != Findings::default();
            document.apply(name, findings);
            is_changed
        }
        Err(_) => {
            document.fate = Fate::Rejected(internal_error(name));
            true
        }
    }
}

/// What the corpus stage that ends the pass observes of a document.
pub(super) fn observe(
    document: &mut Document,
    pass: &Pass,
    corpus_stages: &[Box<dyn CorpusStage>],
) -> Vec<Observation> {
    let Some(stage) = pass.ends.filter(|_| document.is_kept()) else { return Vec::new() };
    let stage = &corpus_stages[stage];
    match catch_unwind(AssertUnwindSafe(|| stage.observe(document))) {
        Ok(observations) => observations,
        Err(_) => {
            lose(document, stage.name());
            Vec::new()
        }
    }
}

/// What becomes of a document on which a corpus stage panicked.
pub(super) fn lose(document: &mut Document, stage: &'static str) {
    document.fate = Fate::Rejected(internal_error(stage));
    document.forget_text();
}

fn internal_error(stage: &'static str) -> Rejection {
    Rejection {
        stage: stage.into(),
        reason: stage::INTERNAL_ERROR.into(),
        detail: "the stage panicked on this document; please report it".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::DocId;
    use crate::stage::Stage;

    /// Cuts the first line, or panics on a document that asks for it.
    struct Clumsy;

    impl Stage for Clumsy {
        fn name(&self) -> &'static str {
            "clumsy"
        }

        fn examine(&self, document: &Document) -> Findings {
            assert!(!document.body().contains("panic"), "this document is too much");
            let mut findings = Findings::default();
            findings.cut(document.lines().next().map_or(0..0, |line| line.at), "first");
            findings
        }
    }

    #[test]
    fn a_stage_that_panics_costs_one_document_and_leaves_a_row() {
        let pass = Pass { stages: vec![Box::new(Clumsy)], ..Pass::default() };
        let through = |body: &str| {
            let mut document = Document::new(DocId(0), "a.txt", "s", "", body);
            take_through(&mut document, &pass, &[], &Verdicts::default());
            document
        };
        assert_eq!(through("one\ntwo").body(), "two");
        let lost = through("panic\ntwo");
        assert!(lost.text().is_empty());
        match lost.fate {
            Fate::Rejected(why) => {
                assert_eq!((&*why.stage, &*why.reason), ("clumsy", "internal_error"))
            }
            fate => panic!("{fate:?}"),
        }
    }
}
