//! Where the article ends: users' comments, other articles' teasers, biographies and calls to subscribe stand behind it,
//! often in whole sentences, which no line tells of itself.
//!
//! Each place between two lines, and the end of the page, is a candidate. What stands before and behind it is told in
//! [`END_NAMES`](super::END_NAMES): how the line model judges the lines on either side, in which balance, and how many of
//! the words behind the article knows already. The model's sums over all places make one distribution (softmax), so that
//! exactly one place is the end.

use rustc_hash::{FxHashMap, FxHashSet};

use super::features::Sheet;
use super::form::{NONE, share};
use super::model::Model;
use super::names::EndRow;

/// Scores beyond these log odds are all the same: one in ten thousand.
const MOST_LOG_ODDS: f32 = 9.21;
/// Stands for the score of a line that is not there.
const NO_SCORE: f32 = -20.0;
/// Lines behind a place whose words are compared with those before it.
const NEAR: usize = 4;
/// Below this a line is the article's for sure, in log odds.
const SURE: f32 = -1.5;
/// Longer pages are lists and live blogs; what a place costs grows with the page.
pub(super) const MAX_LINES: usize = 1_000;

/// The least probability of a place that is taken for the end, however likely the article has ended: within a list, where
/// any place may be the end, none is. Chosen on the development pages in five folds by publisher (`MODEL.md`).
const MIN_PEAK: f64 = 0.2;

/// A place between two lines behind which nothing is the article's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Ending {
    /// Lines before it.
    pub(in super::super) position: usize,
    /// How likely the article has ended there.
    pub(in super::super) probability: f64,
}

/// The first place that is likely the end, or behind it; `None` where that is the page's own end.
pub(super) fn find(model: &Model, rows: &[EndRow], threshold: f64) -> Option<Ending> {
    let mut ended = 0.0;
    let places = probabilities(model, rows);
    let is_end = |(position, own): (usize, &f64)| {
        ended += own;
        let ending = Ending { position, probability: ended.min(1.0) };
        (ended >= threshold && *own >= MIN_PEAK).then_some(ending)
    };
    places.iter().enumerate().find_map(is_end).filter(|ending| ending.position + 1 < rows.len())
}

/// How likely each place is the end of the article; together 1.
fn probabilities(model: &Model, rows: &[EndRow]) -> Vec<f64> {
    let sums = model.sums(rows);
    let most = sums.iter().copied().fold(f64::MIN, f64::max);
    let parts: Vec<f64> = sums.iter().map(|sum| (sum - most).exp()).collect();
    let whole: f64 = parts.iter().sum();
    parts.into_iter().map(|part| part / whole).collect()
}

/// The features of each place of a page, the one before the first line first; one more than there are lines. `log_odds` are
/// the lines' scores, `gone` counts what a rule took before each line, and behind the last.
pub(super) fn rows(sheet: &Sheet<'_>, log_odds: &[f64], gone: &[usize]) -> Vec<EndRow> {
    let limit = |odds: &f64| (*odds as f32).clamp(-MOST_LOG_ODDS, MOST_LOG_ODDS);
    let scores: Vec<f32> = log_odds.iter().map(limit).collect();
    let lines = sheet.len();
    let words: Vec<f32> = sheet.forms().map(|form| form.words).collect();
    let behind = behind(sheet, &scores);
    let known = known_words(sheet);
    let all_words: f32 = words.iter().sum();
    let all: f32 = scores.iter().sum();
    let balances: Vec<f32> = sums_before(&scores).into_iter().map(|sum| all - 2.0 * sum).collect();
    let most_balance = balances.iter().copied().fold(f32::MIN, f32::max);
    let gone: Vec<f32> = gone.iter().map(|gone| *gone as f32).collect();
    let score_at = |at: Option<usize>| at.and_then(|at| scores.get(at)).map_or(NO_SCORE, |s| *s);
    let mut later = f32::MIN;
    let later: Vec<f32> = balances
        .iter()
        .rev()
        .map(|balance| {
            later = later.max(*balance);
            later
        })
        .collect();
    let (mut words_before, mut gone_before) = (0.0, 0.0);
    let mut prose: Vec<f32> = Vec::new();
    let mut lengths: Vec<f32> = Vec::new();
    let mut rows = Vec::with_capacity(lines + 1);
    for at in 0..=lines {
        if let Some(line) = at.checked_sub(1) {
            words_before += words[line];
            gone_before += gone[line];
            insert(&mut lengths, words[line]);
            if sheet.is_prose(line) {
                prose.push(scores[line]);
            }
        }
        let before = |count: usize| &scores[at.saturating_sub(count)..at];
        let tail = &behind[at];
        let form = at.checked_sub(1).map(|line| sheet.form(line));
        rows.push([
            at as f32,
            share(at as f32, lines as f32),
            words_before,
            share(words_before, all_words),
            lines as f32,
            tail.mean,
            tail.least,
            tail.most,
            tail.median,
            tail.residue,
            tail.sure,
            mean(before(5)),
            least(before(3)),
            tail.prose_mean,
            tail.prose_least,
            tail.prose3_mean,
            mean(&prose),
            most(&prose[prose.len().saturating_sub(3)..]),
            balances[at] - most_balance,
            share(balances[at] - most_balance, lines as f32),
            balances[at] - later[lines - at],
            score_at(at.checked_sub(3)),
            score_at(at.checked_sub(2)),
            score_at(at.checked_sub(1)),
            score_at(Some(at)),
            score_at(Some(at + 1)),
            score_at(Some(at + 2)),
            form.map_or(NONE, |form| form.words),
            form.map_or(NONE, |form| form.end),
            words.get(at).copied().unwrap_or(NONE),
            gone[at],
            gone_before,
            gone[at.saturating_sub(3)..at].iter().sum(),
            known[at].all,
            known[at].near,
            known[at].between,
            known[at].line,
            median(&lengths),
            tail.words,
        ]);
    }
    rows
}

/// What the lines behind a place tell by their scores.
#[derive(Clone, Copy)]
struct Behind {
    mean: f32,
    least: f32,
    most: f32,
    median: f32,
    /// Share of the lines that are rather residue.
    residue: f32,
    /// Lines that are the article's for sure.
    sure: f32,
    prose_mean: f32,
    prose_least: f32,
    /// Mean of the first three lines of prose.
    prose3_mean: f32,
    /// Median of the lines' words.
    words: f32,
}

/// For each place, what stands behind it.
fn behind(sheet: &Sheet<'_>, scores: &[f32]) -> Vec<Behind> {
    let nothing = Behind {
        mean: NO_SCORE,
        least: NO_SCORE,
        most: NO_SCORE,
        median: NO_SCORE,
        residue: NONE,
        sure: 0.0,
        prose_mean: NO_SCORE,
        prose_least: NO_SCORE,
        prose3_mean: NO_SCORE,
        words: NONE,
    };
    let mut all = vec![nothing; scores.len() + 1];
    let mut sorted: Vec<f32> = Vec::new();
    let mut lengths: Vec<f32> = Vec::new();
    let (mut sum, mut prose_sum) = (0.0, 0.0);
    let (mut residue, mut sure) = (0.0, 0.0);
    // The last of these is the first behind the place.
    let mut prose: Vec<f32> = Vec::new();
    let mut prose_least = f32::MAX;
    for (at, score) in scores.iter().enumerate().rev() {
        sum += score;
        insert(&mut sorted, *score);
        insert(&mut lengths, sheet.form(at).words);
        residue += f32::from(u8::from(*score > 0.0));
        sure += f32::from(u8::from(*score < SURE));
        if sheet.is_prose(at) {
            prose.push(*score);
            prose_sum += score;
            prose_least = prose_least.min(*score);
        }
        let count = sorted.len() as f32;
        all[at] = Behind {
            mean: sum / count,
            least: sorted[0],
            most: sorted[sorted.len() - 1],
            median: median(&sorted),
            residue: residue / count,
            sure,
            words: median(&lengths),
            ..nothing
        };
        if !prose.is_empty() {
            all[at].prose_mean = prose_sum / prose.len() as f32;
            all[at].prose_least = prose_least;
            all[at].prose3_mean = mean(&prose[prose.len().saturating_sub(3)..]);
        }
    }
    all
}

/// Shares of the long words behind a place that the lines before it have.
#[derive(Clone, Copy, Default)]
struct Known {
    /// Of all words behind.
    all: f32,
    /// Of those in the next lines.
    near: f32,
    /// Of those in the next lines, that the last lines have.
    between: f32,
    /// Of those in the next line.
    line: f32,
}

fn known_words(sheet: &Sheet<'_>) -> Vec<Known> {
    let lines = sheet.len();
    let long = |line: usize| sheet.form(line).tokens.iter().filter(|(_, is_long)| *is_long);
    let mut first: FxHashMap<u32, usize> = FxHashMap::default();
    // A word of line `i` that stood in line `f` before is known at the places behind `f`, up to that before `i`.
    let mut changes = vec![0.0_f32; lines + 2];
    let mut counts = vec![0.0_f32; lines];
    for (line, count) in counts.iter_mut().enumerate() {
        for (token, _) in long(line) {
            let first = *first.entry(*token).or_insert(line);
            *count += 1.0;
            changes[first + 1] += 1.0;
            changes[line + 1] -= 1.0;
        }
    }
    let of = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { NONE };
    let mut left: f32 = counts.iter().sum();
    let mut known = 0.0;
    let mut last: FxHashSet<u32> = FxHashSet::default();
    let place = |at: usize| {
        known += changes[at];
        left -= at.checked_sub(1).map_or(0.0, |line| counts[line]);
        last.clear();
        (at.saturating_sub(NEAR)..at).for_each(|line| last.extend(long(line).map(|(t, _)| *t)));
        let near = at..(at + NEAR).min(lines);
        let (mut words, mut seen, mut between) = (0.0, 0.0, 0.0);
        let mut line_seen = 0.0;
        for line in near {
            for (token, _) in long(line) {
                words += 1.0;
                let is_seen = f32::from(u8::from(first[token] < at));
                seen += is_seen;
                line_seen += if line == at { is_seen } else { 0.0 };
                between += f32::from(u8::from(last.contains(token)));
            }
        }
        Known {
            all: of(known, left),
            near: of(seen, words),
            between: of(between, words),
            line: of(line_seen, counts.get(at).copied().unwrap_or_default()),
        }
    };
    (0..=lines).map(place).collect()
}

/// The sum of what stands before each place.
fn sums_before(scores: &[f32]) -> Vec<f32> {
    let mut sum = 0.0;
    let mut sums = vec![0.0];
    sums.extend(scores.iter().map(|score| {
        sum += score;
        sum
    }));
    sums
}

/// Adds to values in ascending order.
fn insert(sorted: &mut Vec<f32>, value: f32) {
    sorted.insert(sorted.partition_point(|other| *other < value), value);
}

/// The upper median of values in ascending order.
fn median(sorted: &[f32]) -> f32 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(NONE)
}

fn mean(scores: &[f32]) -> f32 {
    if scores.is_empty() { NO_SCORE } else { scores.iter().sum::<f32>() / scores.len() as f32 }
}

fn least(scores: &[f32]) -> f32 {
    scores.iter().copied().reduce(f32::min).unwrap_or(NO_SCORE)
}

fn most(scores: &[f32]) -> f32 {
    scores.iter().copied().reduce(f32::max).unwrap_or(NO_SCORE)
}

#[cfg(test)]
mod tests {
    use super::super::form::Form;
    use super::super::model::{ENDS, Node};
    use super::super::names::END_NAMES;
    use super::*;

    /// Three lines of an article, and two that are none.
    const LINES: [&str; 5] = [
        "The harbour bridge was closed for two hours on Monday, because a crane had lost its load.",
        "Nobody was hurt, said the harbour master, who had seen the crane and the load from a window.",
        "The harbour bridge is open again since noon, and the crane will be looked at by two engineers.",
        "Newsletter sign up",
        "Great story, the crane was old anyway and everybody on the quay knew that for years, honestly.",
    ];

    fn value(rows: &[EndRow], name: &str) -> Vec<f32> {
        let at = END_NAMES.iter().position(|known| *known == name).expect("a feature");
        rows.iter().map(|row| row[at]).collect()
    }

    #[test]
    fn each_place_is_told_by_what_stands_on_either_side() {
        let forms: Vec<Form> = LINES.iter().map(|line| Form::of(line)).collect();
        let sheet = Sheet::new("Crane loses load", forms.iter().collect());
        let rows = rows(&sheet, &[-3.0, -2.0, -4.0, 5.0, 1.0], &[0, 1, 0, 0, 2, 3]);
        let none = NO_SCORE;
        for (name, expected) in [
            ("lines-before", [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
            ("words-before", [0.0, 17.0, 35.0, 53.0, 56.0, 73.0]),
            ("behind-mean", [-0.6, 0.0, 2.0 / 3.0, 3.0, 1.0, none]),
            ("behind-least", [-4.0, -4.0, -4.0, 1.0, 1.0, none]),
            ("behind-median", [-2.0, 1.0, 1.0, 5.0, 1.0, none]),
            ("behind-residue", [0.4, 0.5, 2.0 / 3.0, 1.0, 1.0, NONE]),
            ("behind-sure", [3.0, 2.0, 1.0, 0.0, 0.0, 0.0]),
            ("prose-behind-mean", [-2.0, -5.0 / 3.0, -1.5, 1.0, 1.0, none]),
            ("prose-before3-most", [none, -3.0, -2.0, -2.0, -2.0, 1.0]),
            ("before3-least", [none, -3.0, -3.0, -4.0, -4.0, -4.0]),
            ("balance", [-18.0, -12.0, -8.0, 0.0, -10.0, -12.0]),
            ("balance-to-later", [-18.0, -12.0, -8.0, 0.0, 0.0, 0.0]),
            ("before-score", [none, -3.0, -2.0, -4.0, 5.0, 1.0]),
            ("behind2-score", [-2.0, -4.0, 5.0, 1.0, none, none]),
            ("gone-here", [0.0, 1.0, 0.0, 0.0, 2.0, 3.0]),
            ("gone-before", [0.0, 0.0, 1.0, 1.0, 1.0, 3.0]),
            ("gone-before3", [0.0, 0.0, 1.0, 1.0, 1.0, 2.0]),
        ] {
            assert_eq!(value(&rows, name), expected, "{name}");
        }
    }

    #[test]
    fn words_are_known_where_a_line_before_has_them() {
        let lines = ["harbour bridge", "harbour crane", "engineer crane harbour", "it"];
        let forms: Vec<Form> = lines.iter().map(|line| Form::of(line)).collect();
        let sheet = Sheet::new("", forms.iter().collect());
        let rows = rows(&sheet, &[0.0; 4], &[0; 5]);
        for (name, expected) in [
            ("behind-words-known", [0.0, 0.4, 2.0 / 3.0, NONE, NONE]),
            ("behind4-words-known", [0.0, 0.4, 2.0 / 3.0, NONE, NONE]),
            ("behind-line-known", [0.0, 0.5, 2.0 / 3.0, NONE, NONE]),
        ] {
            assert_eq!(value(&rows, name), expected, "{name}");
        }
    }

    /// A model by which one place has log odds, and all others none.
    fn model(place: f32, log_odds: f32) -> Model {
        let leaf = |value| Node { feature: None, value, left: 0 };
        let ask = |value, left| Node { feature: Some(0), value, left };
        let tree =
            vec![ask(place - 0.5, 1), leaf(0.0), ask(place + 0.5, 3), leaf(log_odds), leaf(0.0)];
        Model::new(&ENDS, 0.0, vec![tree])
    }

    #[test]
    fn the_first_place_that_is_likely_enough_is_the_end() {
        let forms: Vec<Form> = LINES.iter().map(|line| Form::of(line)).collect();
        let sheet = Sheet::new("", forms.iter().collect());
        let rows = rows(&sheet, &[0.0; 5], &[0; 6]);
        let ending = find(&model(3.0, 4.0), &rows, 0.6).expect("an end");
        assert_eq!(ending.position, 3);
        // Five other places, three of them before it.
        let own = 4.0_f64.exp();
        assert!((ending.probability - (3.0 + own) / (5.0 + own)).abs() < 1e-9);
        assert_eq!(find(&model(3.0, 4.0), &rows, 0.99), None, "too strict");
        assert_eq!(find(&model(5.0, 9.0), &rows, 0.6), None, "the page's own end");
        assert_eq!(find(&model(3.0, 0.0), &rows, 0.6), None, "any place as likely as another");
    }
}
