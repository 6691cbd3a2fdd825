//! The account of one document, line by line, for `copydesk explain`.

use std::ops::Range;

use super::engine::{Gone, State, TITLE_REPEATED, Trial};
use super::guard::Check;
use super::page::Page;

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

/// Tells what the engine did, line by line.
pub(super) fn account(
    page: &Page<'_>,
    state: &State<'_>,
    trials: Vec<Trial<'_>>,
) -> Vec<LineTrace> {
    let blank = |at: Range<usize>, text: &str, is_title| LineTrace {
        at,
        text: text.to_owned(),
        is_title,
        trials: Vec::new(),
        cuts: Vec::new(),
    };
    let mut traces = vec![blank(0..page.title.len(), page.title, true)];
    traces.extend(page.lines.iter().map(|line| blank(line.at.clone(), line.text, false)));
    for trial in trials {
        let Trial { line, rule, round, checks, fired } = trial;
        let row = line.map_or(0, |line| line + 1);
        traces[row].trials.push(RuleTrial { rule: rule.to_owned(), round, checks, fired });
    }
    for (gone, rule) in &state.gone {
        match gone {
            Gone::Title(at) => traces[0].cuts.push((at.clone(), (*rule).to_owned())),
            Gone::Line(line) => {
                let trace = &mut traces[line + 1];
                trace.cuts.push((trace.at.clone(), (*rule).to_owned()));
                if *rule == TITLE_REPEATED {
                    let checks = vec![Check::holds("equals-title", true)];
                    let rule = (*rule).to_owned();
                    trace.trials.push(RuleTrial { rule, round: 1, checks, fired: true });
                }
            }
        }
    }
    traces
}
