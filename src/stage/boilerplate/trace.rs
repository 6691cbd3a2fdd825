//! The account of one document, line by line, for `copydesk explain`.

use std::ops::Range;

use super::check::{Bound, Check};
use super::classifier::{self, Classifier, Ending, Judged};
use super::engine::Trial;
use super::page::Page;
use super::structure;
use crate::document::{Cut, Document, Removal};

/// What was considered about the headline or one line, and what was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct LineTrace {
    /// Bytes of the document's text.
    pub at: Range<usize>,
    /// The line.
    pub text: String,
    /// Whether this is the headline.
    pub is_title: bool,
    /// The rules that matched, in the order they were judged.
    pub trials: Vec<RuleTrial>,
    /// What goes in the end, and by which rule: the whole line, or parts of the headline.
    pub cuts: Vec<(Range<usize>, String)>,
}

/// One rule that matched, in one round.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleTrial {
    /// The rule's code.
    pub rule: String,
    /// Rounds are counted from 1, in each of two phases: rules that are sure, then all.
    pub round: usize,
    /// Its guards, each with the value that was found.
    pub checks: Vec<Check>,
    /// Whether all of them passed. A cut may still be taken back, where too much of the body would go.
    pub fired: bool,
}

/// A trial, and where the line began in the text before any cut; `None` for the headline.
pub(super) type Told = (Option<usize>, RuleTrial);

/// Notes the trials of one pass over a page that is left after `removed`.
pub(super) fn note(
    page: &Page<'_>,
    removed: &[Removal],
    trials: Vec<Trial<'_>>,
    told: &mut Vec<Told>,
) {
    for Trial { line, rule, round, checks, fired } in trials {
        let at = line.map(|line| before_cuts(removed, page.lines[line].at.start));
        told.push((at, RuleTrial { rule: rule.to_owned(), round, checks, fired }));
    }
}

/// The account of a line that the classifier judged: its score, and the features that added most to it.
pub(super) fn judged<'r>(
    classifier: &Classifier,
    judged: &Judged,
    line: usize,
    round: usize,
) -> Trial<'r> {
    let (value, limit) = ((judged.score * 1000.0).round() / 1000.0, judged.limit);
    let passed = judged.goes();
    let mut checks = vec![Check { guard: "score", value, bound: Bound::AtLeast, limit, passed }];
    let added = classifier.models.lines.contributions(&judged.row);
    let mut order: Vec<usize> = (0..added.len()).collect();
    order.sort_by(|a, b| added[*b].total_cmp(&added[*a]));
    checks.extend(order.into_iter().take(3).map(|at| {
        let value = f64::from((judged.row[at] * 100.0).round()) / 100.0;
        Check::shown(classifier::NAMES[at], value)
    }));
    Trial { line: Some(line), rule: classifier::code(judged.score), round, checks, fired: passed }
}

/// The account of a line that stands behind the article's end.
pub(super) fn behind<'r>(ending: Ending, line: usize, round: usize) -> Trial<'r> {
    let round_off = |share: f64| (share * 1000.0).round() / 1000.0;
    let (value, limit) = (round_off(ending.probability), round_off(ending.limit));
    let has_ended =
        Check { guard: "article-has-ended", value, bound: Bound::AtLeast, limit, passed: true };
    let mut checks = vec![has_ended];
    checks.extend(ending.is_closed.then(|| Check::holds("a-line-closes-it", true)));
    let rule = classifier::end_code(ending.probability);
    Trial { line: Some(line), rule, round, checks, fired: true }
}

/// Where a byte of the text that is left stood before.
fn before_cuts(removed: &[Removal], at: usize) -> usize {
    removed.iter().fold(at, |at, removal| match removal.start as usize <= at {
        true => at + (removal.end - removal.start) as usize,
        false => at,
    })
}

/// Tells what was tried and what goes, line by line.
pub(super) fn account(document: &Document, told: Vec<Told>, cuts: &[Cut]) -> Vec<LineTrace> {
    let blank = |at: Range<usize>, text: &str, is_title| LineTrace {
        at,
        text: text.to_owned(),
        is_title,
        trials: Vec::new(),
        cuts: Vec::new(),
    };
    let mut traces = vec![blank(0..document.title().len(), document.title(), true)];
    traces.extend(document.lines().map(|line| blank(line.at, line.text, false)));
    let row_of = |traces: &[LineTrace], at: Range<usize>| {
        let touches = |trace: &LineTrace| trace.at.start < at.end && at.start < trace.at.end;
        traces.iter().position(touches).unwrap_or(0)
    };
    for (at, trial) in told {
        let row = at.map_or(0, |at| row_of(&traces, at..at + 1));
        traces[row].trials.push(trial);
    }
    for Cut { at, rule } in cuts {
        let row = row_of(&traces, at.clone());
        let trace = &mut traces[row];
        trace.cuts.push((at.clone(), rule.to_string()));
        if let Some(checks) = structure::account(rule) {
            let rule = rule.to_string();
            trace.trials.push(RuleTrial { rule, round: 1, checks, fired: true });
        }
    }
    traces
}
