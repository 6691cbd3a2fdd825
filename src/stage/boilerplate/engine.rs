//! The matching engine: rules and guards against lines, repeated until nothing more goes.

use std::ops::Range;

use super::check::{Check, all_pass};
use super::classifier::{Classifier, Gap};
use super::counts::Counts;
use super::guard::Spot;
use super::mention::Article;
use super::page::Page;
use super::reach::{conditions, reach};
use super::rule::Rule;
use super::search::Ruleset;
use super::state::{Gone, State};
use super::structure::{self, STRAY_HEAD, TITLE_REPEATED, TRAILING_LINKS};
use super::text::fits;
use super::title::{self, Headline};
use crate::document::Cut;

/// What the engine works with: the rules that apply, and the limits.
pub(super) struct Engine<'r> {
    pub(super) rules: &'r Ruleset<'r>,
    pub(super) is_active: &'r dyn Fn(&str) -> bool,
    pub(super) max_share: f64,
    pub(super) classifier: Option<&'r Classifier>,
    pub(super) scope: Scope,
}

/// Which rules run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Those for lines and the headline.
    Lines,
    /// Those for sentences; the page's lines are sentences then.
    Sentences,
}

/// One rule that matched, as it was judged in one round.
pub(super) struct Trial<'r> {
    /// The line's index in the page; `None` for the headline.
    pub(super) line: Option<usize>,
    pub(super) rule: &'r str,
    pub(super) round: usize,
    pub(super) checks: Vec<Check>,
    pub(super) fired: bool,
}

/// What matches in a page, whatever else remains of it.
#[derive(Default)]
pub(super) struct Matches<'r> {
    candidates: Vec<Candidate<'r>>,
    /// Whether a rule for sentences may match within a line.
    pub(super) may_hold_sentence: bool,
}

/// A match of a rule.
pub(super) struct Candidate<'r> {
    pub(super) line: usize,
    pub(super) rule: &'r Rule,
    pub(super) rest_start: usize,
}

/// A longer title is none, and no pattern is tried on it.
const MAX_TITLE_CHARS: usize = 2_000;

/// Lines and matches that all rounds together may look at, and the fewest rounds that there may be all the same. Where each
/// round takes some lines off an end, there may be as many rounds as lines; a page of a thousand lines does not get so far.
const MAX_LOOKS: usize = 4_000_000;
const MIN_ROUNDS: usize = 50;

/// Rounds in which so many lines and matches are looked at. A page that needs more is a list of something.
pub(super) fn max_rounds(looks: usize) -> usize {
    (MAX_LOOKS / looks.max(1)).max(MIN_ROUNDS)
}

impl<'r> Engine<'r> {
    /// Finds what goes, of what matches. `trials` asks for everything that was considered on the way.
    ///
    /// First the rules that are sure run to their fixpoint, then all rules. Where the second phase would take more
    /// than the allowed share of what the first left, the first's result stands. At last the classifier judges what is
    /// left, in turn with the rules, with the same limit. Neither stands if it takes too many rounds. All of it depends
    /// only on what remains, so examining the result again finds nothing.
    pub(super) fn run<'p>(
        &self,
        page: &'p Page<'p>,
        matches: &Matches<'r>,
        mut trials: Option<&mut Vec<Trial<'r>>>,
    ) -> State<'r> {
        let start = State {
            title: 0..page.title.len(),
            alive: (0..page.lines.len()).collect(),
            gone: Vec::new(),
        };
        let rounds = Rounds { engine: self, page, candidates: &matches.candidates };
        let sure = rounds.fixpoint(start.clone(), true, &mut trials);
        let mut sure = sure.unwrap_or_else(|| start.clone());
        if sure.alive.is_empty() {
            sure.restore_lines(&start);
        }
        let before = chars(page, &sure.alive);
        let Some(all) = rounds.fixpoint(sure.clone(), false, &mut trials) else { return sure };
        let taken = before - chars(page, &all.alive);
        if taken as f64 > self.max_share * before as f64 || all.alive.is_empty() {
            return sure;
        }
        match self.classifier {
            Some(classifier) => rounds.classified(classifier, all, &mut trials),
            None => all,
        }
    }

    /// What went between the lines of a page that are left after these cuts.
    pub(super) fn gaps(&self, page: &Page<'_>, cuts: &'r [Cut]) -> Vec<Gap> {
        let matches = self.matches(page);
        let rounds = Rounds { engine: self, page, candidates: &matches.candidates };
        let rule = |line: &usize| {
            let at = &page.lines[*line].at;
            cuts.iter().find(|cut| cut.at.contains(&at.start)).map(|cut| cut.rule.as_ref())
        };
        let lines = 0..page.lines.len();
        let alive: Vec<usize> = lines.clone().filter(|line| rule(line).is_none()).collect();
        let gone = lines.filter_map(|line| Some((Gone::Line(line), rule(&line)?))).collect();
        let state = State { title: 0..page.title.len(), alive, gone };
        rounds.closing(&state).gaps(&state.alive)
    }

    /// Finds what matches.
    pub(super) fn matches(&self, page: &Page<'_>) -> Matches<'r> {
        let mut matches = Matches::default();
        for (line, content) in page.lines.iter().enumerate() {
            let Some(folded) = page.folded(line) else {
                // A line that is too long for rules may hold a sentence that is not.
                if self.scope == Scope::Lines && !matches.may_hold_sentence {
                    matches.may_hold_sentence = self.rules.may_hold_sentence(content.text);
                }
                continue;
            };
            let found = |rule: &'r Rule, rest_start| {
                if (self.is_active)(&rule.code) {
                    matches.candidates.push(Candidate { line, rule, rest_start });
                }
            };
            let holds_sentence = self.rules.match_line(self.scope, content.text, folded, found);
            matches.may_hold_sentence |= holds_sentence;
        }
        matches
    }

    pub(super) fn closes(&self, rule: &str) -> bool {
        rule == TRAILING_LINKS || self.rules.packs.iter().any(|pack| pack.closes(rule))
    }

    fn title_rules(&self) -> impl Iterator<Item = &'r Rule> {
        let is_active = self.is_active;
        let rules = self.rules.packs.iter().flat_map(|pack| &pack.rules);
        rules
            .filter(move |rule| rule.kind.is_title() && is_active(&rule.code))
            .filter(|_| self.scope == Scope::Lines)
    }
}

/// The rounds of one run.
pub(super) struct Rounds<'e, 'r, 'p> {
    pub(super) engine: &'e Engine<'r>,
    pub(super) page: &'p Page<'p>,
    pub(super) candidates: &'e [Candidate<'r>],
}

impl<'r> Rounds<'_, 'r, '_> {
    /// Repeats rounds until one removes nothing; `None` where that takes too many.
    pub(super) fn fixpoint(
        &self,
        mut state: State<'r>,
        sure_only: bool,
        trials: &mut Option<&mut Vec<Trial<'r>>>,
    ) -> Option<State<'r>> {
        for round in 1..=self.max_rounds() {
            let title = self.title_round(&state, round, trials);
            let lines = self.line_round(&state, sure_only, round, trials);
            if title.is_none() && lines.is_empty() {
                return Some(state);
            }
            if let Some((cut, rule)) = title {
                state.cut_title(cut, rule);
            }
            state.cut_lines(lines);
        }
        None
    }

    pub(super) fn max_rounds(&self) -> usize {
        max_rounds(self.page.lines.len() + self.candidates.len())
    }

    fn title_round(
        &self,
        state: &State<'r>,
        round: usize,
        trials: &mut Option<&mut Vec<Trial<'r>>>,
    ) -> Option<(Range<usize>, &'r str)> {
        let title = &self.page.title[state.title.clone()];
        if !fits(title, MAX_TITLE_CHARS) {
            return None;
        }
        let title = Headline::new(title);
        let article = Article { page: self.page, alive: &state.alive };
        for rule in self.engine.title_rules() {
            let mut checks = trials.is_some().then(Vec::new);
            let Some((cut, fired)) = title::judge(rule, &title, article, checks.as_mut()) else {
                continue;
            };
            if let (Some(trials), Some(checks)) = (trials.as_mut(), checks) {
                trials.push(Trial { line: None, rule: &rule.code, round, checks, fired });
            }
            if fired {
                let from = state.title.start;
                return Some((from + cut.start..from + cut.end, &rule.code));
            }
        }
        None
    }

    fn line_round(
        &self,
        state: &State<'r>,
        sure_only: bool,
        round: usize,
        trials: &mut Option<&mut Vec<Trial<'r>>>,
    ) -> Vec<(usize, &'r str)> {
        let mut lines = Vec::new();
        if !sure_only {
            self.structure_round(state, &mut lines);
        }
        let counts = Counts::default();
        for candidate in self.candidates {
            if sure_only && !candidate.rule.is_sure {
                continue;
            }
            let Ok(position) = state.alive.binary_search(&candidate.line) else { continue };
            let mut checks = trials.is_some().then(Vec::new);
            let span = self.judge(candidate, state, position, &counts, checks.as_mut());
            if let (Some(trials), Some(checks)) = (trials.as_mut(), checks) {
                let (line, fired) = (Some(candidate.line), span.is_some());
                trials.push(Trial { line, rule: &candidate.rule.code, round, checks, fired });
            }
            let Some(span) = span else { continue };
            lines.extend(span.map(|at| (state.alive[at], candidate.rule.code.as_str())));
        }
        lines
    }

    /// What goes by the rules that need no words.
    fn structure_round(&self, state: &State<'r>, lines: &mut Vec<(usize, &'r str)>) {
        let has_any = self.engine.rules.packs.iter().any(|pack| pack.name == "any");
        if self.engine.scope != Scope::Lines || !has_any {
            return;
        }
        let title = &self.page.title[state.title.clone()];
        let is_active = self.engine.is_active;
        if is_active(TITLE_REPEATED) && structure::repeats_title(self.page, title, &state.alive) {
            lines.push((state.alive[0], TITLE_REPEATED));
        }
        if is_active(STRAY_HEAD)
            && let Some(at) = structure::stray_head(self.page, title, &state.alive)
        {
            lines.push((state.alive[at], STRAY_HEAD));
        }
        if is_active(TRAILING_LINKS) {
            let links = structure::trailing_links(self.page, &state.alive);
            lines.extend(links.map(|at| (state.alive[at], TRAILING_LINKS)));
        }
    }

    /// Whether a candidate's guards let it fire, and which of the remaining lines then go.
    fn judge(
        &self,
        candidate: &Candidate<'r>,
        state: &State<'r>,
        position: usize,
        counts: &Counts,
        mut checks: Option<&mut Vec<Check>>,
    ) -> Option<Range<usize>> {
        let rule = candidate.rule;
        let spot = self.spot(rule, state, position, candidate.rest_start, counts);
        if !rule.guards.pass(&spot, checks.as_deref_mut()) {
            return None;
        }
        let span = reach(rule, &spot);
        all_pass(conditions(rule, &spot, &span), checks).then_some(span)
    }

    pub(super) fn spot<'s>(
        &'s self,
        rule: &Rule,
        state: &'s State<'r>,
        position: usize,
        rest_start: usize,
        counts: &'s Counts,
    ) -> Spot<'s> {
        let matches = match rule.guards.max_matches {
            None => 0,
            Some(_) => counts.matches(rule, || self.count_matches(rule, state)),
        };
        let (page, alive) = (self.page, state.alive.as_slice());
        Spot { page, alive, position, rest_start, matches, counts }
    }

    fn count_matches(&self, rule: &Rule, state: &State<'r>) -> usize {
        let same = self.candidates.iter().filter(|other| std::ptr::eq(other.rule, rule));
        same.filter(|other| state.alive.binary_search(&other.line).is_ok()).count()
    }
}

pub(super) fn chars(page: &Page<'_>, alive: &[usize]) -> usize {
    alive.iter().map(|line| page.lines[*line].text.len()).sum()
}
