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
use super::gaps::Gap;
use super::model::Model;
use super::names::{CLOSING_BEFORE, CLOSING_HERE, EndRow};

/// Scores beyond these log odds are all the same: one in ten thousand.
const MOST_LOG_ODDS: f32 = 9.21;
/// Stands for the score of a line that is not there.
pub(super) const NO_SCORE: f32 = -20.0;
/// Lines behind a place whose words are compared with those before it.
const NEAR: usize = 4;
/// Below this a line is the article's for sure, in log odds.
const SURE: f32 = -1.5;
/// Longer pages are lists and live blogs; what a place costs grows with the page.
pub(super) const MAX_LINES: usize = 1_000;

/// The least probability of a place that is taken for the end, however likely the article has ended: within a list, where
/// any place may be the end, none is. Chosen on the development pages in five folds by publisher (`MODEL.md`).
const MIN_PEAK: f64 = 0.2;
/// Behind a line that says that the article is over, this share of the threshold is enough, and no place need stand out. In
/// five folds by publisher, with the first list of such rules, recall on whole pages rises from .502 to .543 and lines lost
/// from 1.60 % to 1.65 %. Without the model's consent (a share of 0) it is .537 and 1.61 %, but three of a dump's articles
/// lose what stands behind a button of the comments between their parts (`MODEL.md`). Since a page's head closes nothing, shares
/// from .2 to .7 differ by .001 in F1.
const CLOSED_SHARE: f64 = 1.0 / 3.0;

/// A place between two lines behind which nothing is the article's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Ending {
    /// Lines before it.
    pub(in super::super) position: usize,
    /// How likely the article has ended there.
    pub(in super::super) probability: f64,
    /// What that had to reach.
    pub(in super::super) limit: f64,
    /// Whether it stands behind a line that says that the article is over, or before it.
    pub(in super::super) is_closed: bool,
}

/// Who is asked whether the article has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Trust {
    /// The model.
    Model,
    /// The lines that say that it is over, where the model does not think it unlikely.
    Closing,
}

/// The first place that is likely the end, or behind it; `None` where that is the page's own end, and with a threshold of 1.
/// `prose`: the line up to which no article ends; what closes one closes it behind that.
pub(super) fn find(
    model: &Model,
    rows: &[EndRow],
    prose: usize,
    threshold: f64,
    trust: Trust,
) -> Option<Ending> {
    if threshold >= 1.0 {
        return None;
    }
    let mut ended = 0.0;
    let places = probabilities(model, rows);
    let closing = |row: &EndRow| row[CLOSING_HERE] + row[CLOSING_BEFORE];
    let in_head = rows.get(prose).map_or(0.0, closing);
    let is_end = |(position, own): (usize, &f64)| {
        ended += own;
        let is_closed = trust == Trust::Closing && closing(&rows[position]) > in_head;
        let limit = if is_closed { threshold * CLOSED_SHARE } else { threshold };
        let ending = Ending { position, probability: ended.min(1.0), limit, is_closed };
        (ended >= limit && (is_closed || *own >= MIN_PEAK)).then_some(ending)
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
/// the lines' scores, `gaps` what a rule took before each line, and behind the last.
pub(super) fn rows(sheet: &Sheet<'_>, log_odds: &[f64], gaps: &[Gap]) -> Vec<EndRow> {
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
    let gone: Vec<f32> = gaps.iter().map(|gap| gap.lines as f32).collect();
    let closing = closing(sheet, gaps);
    let all_closing: f32 = closing.iter().sum();
    let to_closing = to_closing(&closing);
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
    let (mut words_before, mut gone_before, mut closing_before) = (0.0, 0.0, 0.0);
    let mut prose: Vec<f32> = Vec::new();
    let mut lengths: Vec<f32> = Vec::new();
    let mut rows = Vec::with_capacity(lines + 1);
    for at in 0..=lines {
        if let Some(line) = at.checked_sub(1) {
            words_before += words[line];
            gone_before += gone[line];
            closing_before += closing[line];
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
            closing[at],
            closing_before,
            all_closing - closing_before - closing[at],
            to_closing[at],
        ]);
    }
    rows
}

/// Closing lines at each place, the one behind it among them; before the first prose they are furniture of the page's head.
fn closing(sheet: &Sheet<'_>, gaps: &[Gap]) -> Vec<f32> {
    let first = (0..sheet.len()).find(|at| sheet.is_prose(*at)).unwrap_or(sheet.len());
    let is_behind = |at: usize| f32::from(u8::from(at > first));
    gaps.iter().enumerate().map(|(at, gap)| gap.closing as f32 * is_behind(at)).collect()
}

/// Lines from each place to the first closing ones, if there are any.
fn to_closing(closing: &[f32]) -> Vec<f32> {
    let mut to = NONE;
    let mut all: Vec<f32> = closing
        .iter()
        .rev()
        .map(|closing| {
            to = match (*closing > 0.0, to == NONE) {
                (true, _) => 0.0,
                (false, true) => NONE,
                (false, false) => to + 1.0,
            };
            to
        })
        .collect();
    all.reverse();
    all
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
