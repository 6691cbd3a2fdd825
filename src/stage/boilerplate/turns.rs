//! The turns that the classifier and the rules take over the lines of a page, until neither finds anything.

use super::classifier::{self, Classifier, Closing, Demands, Trust, Verdict};
use super::counts::Counts;
use super::engine::{Candidate, Rounds, Trial, chars};
use super::state::{Gone, State};
use super::trace;

/// An account leaves out lines that the classifier takes for text.
const SHOWN_SCORE: f64 = 0.5;

/// How many times the share of a body that may go at most may go of a page whose end the model is sure of: nine tenths, by
/// default. Of all paragraphs of 442 labelled pages five in a hundred have more than six tenths of furniture, one more than
/// 85 %.
const OVERGROWN: f64 = 1.5;

impl<'r> Rounds<'_, 'r, '_> {
    /// Lets the classifier and the rules take turns. What would take more than the allowed share has most likely taken a list
    /// for residue; but the furniture of a whole page may well outweigh its article. So more may go once the model itself is
    /// sure of the article's end, whatever closes it.
    pub(super) fn classified(
        &self,
        classifier: &Classifier,
        ruled: State<'r>,
        trials: &mut Option<&mut Vec<Trial<'r>>>,
    ) -> State<'r> {
        let gone = self.page.lines.len() - ruled.alive.len();
        if !classifier::may_judge(self.page, &ruled.alive, gone) {
            return ruled;
        }
        let witnesses = classifier::needed(gone);
        let forms = classifier::forms(self.page);
        let before = chars(self.page, &ruled.alive);
        let is_within = |state: &State<'r>, share: f64| {
            let taken = before - chars(self.page, &state.alive);
            taken as f64 <= share * before as f64 && !state.alive.is_empty()
        };
        let judged = |trust: Trust, trials: &mut Option<&mut Vec<Trial<'r>>>| {
            let demands = Demands { witnesses, trust };
            let judge = |state: &State<'r>| {
                let title = &self.page.title[state.title.clone()];
                let closing = self.closing(state);
                classifier.judge(self.page, title, &forms, &state.alive, &closing, demands)
            };
            self.in_turns(&judge, classifier, ruled.clone(), trials)
        };
        let Some(state) = judged(Trust::Closing, trials) else { return ruled };
        let max_share = self.engine.max_share;
        if is_within(&state, max_share) {
            return state;
        }
        let has_end =
            |state: &State<'r>| state.gone.iter().any(|(_, rule)| classifier::is_end(rule));
        let share =
            |state: &State<'r>| if has_end(state) { OVERGROWN * max_share } else { max_share };
        judged(Trust::Model, trials).filter(|state| is_within(state, share(state))).unwrap_or(ruled)
    }

    /// Lets the classifier and the rules take turns until neither finds anything; `None` where that takes too many.
    fn in_turns(
        &self,
        judge: &dyn Fn(&State<'r>) -> Verdict,
        classifier: &Classifier,
        mut state: State<'r>,
        trials: &mut Option<&mut Vec<Trial<'r>>>,
    ) -> Option<State<'r>> {
        for round in 1..=self.max_rounds() {
            let verdict = judge(&state);
            let judged = verdict.lines.iter().map(|line| (state.alive[line.position], line));
            if let Some(trials) = trials.as_mut() {
                let shown = judged.clone().filter(|(_, judged)| judged.score >= SHOWN_SCORE);
                trials.extend(
                    shown.map(|(line, judged)| trace::judged(classifier, judged, line, round)),
                );
            }
            let wanted = judged.filter(|(_, judged)| judged.goes());
            let mut lines: Vec<_> =
                wanted.map(|(line, judged)| (line, classifier::code(judged.score))).collect();
            if let Some((ending, behind)) = verdict.ending {
                let behind: Vec<usize> = behind.iter().map(|at| state.alive[*at]).collect();
                if let Some(trials) = trials.as_mut() {
                    trials.extend(behind.iter().map(|line| trace::behind(ending, *line, round)));
                }
                let code = classifier::end_code(ending.probability);
                lines.extend(behind.iter().map(|line| (*line, code)));
            }
            if lines.is_empty() {
                return Some(state);
            }
            state.cut_lines(lines);
            state = self.fixpoint(state, false, trials)?;
        }
        None
    }

    /// Which lines say that the article is over: by a rule that closes it, wherever they stand, taken or not.
    pub(super) fn closing(&self, state: &State<'r>) -> Closing {
        let counts = Counts::default();
        let says_so = |candidate: &&Candidate<'r>| {
            let Candidate { line, rule, rest_start } = *candidate;
            rule.closes
                && state.alive.binary_search(line).is_ok_and(|position| {
                    let spot = self.spot(rule, state, position, *rest_start, &counts);
                    rule.guards.pass_elsewhere(&spot)
                })
        };
        let there = self.candidates.iter().filter(says_so);
        let mut closing: Vec<(&str, usize)> =
            there.map(|candidate| (candidate.rule.code.as_str(), candidate.line)).collect();
        let alone = state.unless_repeated(self.page, &mut closing.clone());
        closing.extend(state.gone.iter().filter_map(|(gone, rule)| match gone {
            Gone::Line(line) if self.engine.closes(rule) => Some((*rule, *line)),
            _ => None,
        }));
        Closing { all: state.unless_repeated(self.page, &mut closing), alone }
    }
}
