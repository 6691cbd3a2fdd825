//! The line classifier: what neither rules nor recurrence catch, by the form of a line and of the lines around it.
//!
//! It knows no publishers, and of words only those by which pages speak of themselves (`lexicon`). It judges what the rules
//! leave, in rounds, and is silent where a page is not an article in prose, for then its evidence means nothing. In a
//! text that an extractor has cleaned, what looks like furniture is mostly the article's own: only a page on which several
//! lines speak of the page itself is judged. `MODEL.md` beside this file says how
//! the model was made, and what it does.

mod features;
mod form;
mod lexicon;
mod model;
mod names;

pub use self::model::{Model, Node};
pub use self::names::{NAMES, Row};

use self::features::Sheet;
pub(super) use self::form::Form;
use super::page::Page;

/// Score floors in percent, and the code of a removal whose score reaches it.
const CODES: [(f64, &str); 6] = [
    (0.99, "line-model-99"),
    (0.95, "line-model-95"),
    (0.90, "line-model-90"),
    (0.80, "line-model-80"),
    (0.70, "line-model-70"),
    (0.0, "line-model-50"),
];
/// A page with fewer lines of prose is a list, a poem or a table, not an article with residue.
const MIN_PROSE: usize = 3;
/// Lines that begin with a time of day, from which on a page counts as a live blog.
const TIMELINE_STAMPS: usize = 3;
/// Below this score a line of prose is the article's for sure.
const SURE_PROSE_SCORE: f64 = 0.3;
/// Score that a line between the article's first and last sure prose must reach: lists, sub-heads and questions of an
/// interview stand there. In five folds by publisher this halves the lines lost on text of a newspaper crawler (2.9 % to
/// 1.2 % at 0.9), and costs a tenth of the recall on whole pages.
const INNER_SCORE: f64 = 0.97;
/// The same for a line of prose between lines of prose: an article's middle is the article.
const INNER_PROSE_SCORE: f64 = 0.995;

/// What shows that a page is a whole one, with furniture around the article: so many different lines outside the article
/// that speak of the web page itself, with scores of at least so much; lines that a rule took count as well. Lists of
/// names, recipes and interviews have lines that look like furniture, but none of those. In five folds by publisher, no
/// page of a newspaper crawler's text is hurt that the rules leave whole.
const WITNESSES: usize = 3;
const WITNESS_SCORE: f64 = 0.95;

/// Lines for each line of sure prose: where more of them look like residue at once, the page is a list with some prose, or
/// its furniture outweighs the article so far that only what is sure goes, with scores of [`CROWDED_SCORE`].
///
/// With models that have not seen a page's data set, this halves what the classifier takes wrongly from a newspaper
/// crawler's text (lines lost 2.68 % without, 1.16 % with it, .68 % by the rules alone); on whole pages by publisher lines
/// lost fall from 1.33 % to 1.04 %, at the same recall. On labelled segments of whole pages, which no model has seen,
/// kept .991 instead of .981, dropped .39 instead of .47. To take nothing there: 0.68 %, kept .994, dropped .27.
const MAX_LINES_PER_PROSE: usize = 9;
const CROWDED_SCORE: f64 = 0.99;

/// A longer line, in bytes, is no witness: so a page can be told from an article before the forms of all its lines are taken.
const MAX_WITNESS_BYTES: usize = 240;

/// The model, and the score from which on a line of a whole page goes.
pub(super) struct Classifier {
    pub(super) model: Model,
    pub(super) threshold: f64,
}

/// One line as the model sees it.
pub(super) struct Judged {
    /// The line, by its position among those that remain.
    pub(super) position: usize,
    pub(super) score: f64,
    /// What it had to reach.
    pub(super) limit: f64,
    pub(super) row: Row,
}

impl Judged {
    pub(super) fn goes(&self) -> bool {
        self.score >= self.limit
    }
}

/// How many witnesses a page needs of which the rules took `gone` lines: those are witnesses too, but for one.
pub(super) fn needed(gone: usize) -> usize {
    WITNESSES.saturating_sub(gone).max(1)
}

/// Whether a page may have witnesses; nearly all articles without furniture have not, and cost nothing more.
pub(super) fn may_judge(page: &Page<'_>, alive: &[usize], needed: usize) -> bool {
    let mut different = Vec::with_capacity(needed);
    for line in alive {
        let text = page.lines[*line].text;
        if text.len() > MAX_WITNESS_BYTES || !lexicon::speaks_of_itself(text) {
            continue;
        }
        let form = Form::of(text);
        if form.may_witness() && !different.contains(&form.text) {
            different.push(form.text);
        }
        if different.len() >= needed {
            return true;
        }
    }
    false
}

/// The forms of a page's lines; they stay what they are while lines go.
pub(super) fn forms(page: &Page<'_>) -> Vec<Form> {
    page.lines.iter().map(|line| Form::of(line.text)).collect()
}

/// The features of the lines in `alive`, in their order.
pub(super) fn rows(title: &str, forms: &[Form], alive: &[usize]) -> Vec<Row> {
    let sheet = Sheet::new(title, alive.iter().map(|line| &forms[*line]).collect());
    (0..sheet.len()).map(|at| sheet.row(at)).collect()
}

/// The code under which a removal with this score is in the ledger.
pub(super) fn code(score: f64) -> &'static str {
    CODES.iter().find(|(floor, _)| score >= *floor).map_or(CODES[5].1, |(_, code)| code)
}

impl Classifier {
    /// Scores the lines in `alive`; none where the page is not an article in prose.
    pub(super) fn judge(
        &self,
        title: &str,
        forms: &[Form],
        alive: &[usize],
        needed: usize,
    ) -> Vec<Judged> {
        let sheet = Sheet::new(title, alive.iter().map(|line| &forms[*line]).collect());
        if sheet.stamps() >= TIMELINE_STAMPS {
            return Vec::new();
        }
        let score = |at: usize| self.model.score(&sheet.row(at));
        let is_witness = |at: &usize| sheet.may_witness(*at) && score(*at) >= WITNESS_SCORE;
        let witnesses: Vec<usize> = (0..sheet.len()).filter(is_witness).collect();
        if !sheet.has_different(&witnesses, needed) {
            return Vec::new();
        }
        let rows: Vec<Row> = (0..sheet.len()).map(|at| sheet.row(at)).collect();
        let scores: Vec<f64> = rows.iter().map(|row| self.model.score(row)).collect();
        let is_sure = |at: &usize| sheet.is_prose(*at) && scores[*at] < SURE_PROSE_SCORE;
        let sure: Vec<usize> = (0..sheet.len()).filter(is_sure).collect();
        let (Some(first), Some(last)) = (sure.first(), sure.last()) else { return Vec::new() };
        let is_inner = |at: usize| *first < at && at < *last;
        let outside: Vec<usize> = witnesses.into_iter().filter(|at| !is_inner(*at)).collect();
        if sure.len() < MIN_PROSE || !sheet.has_different(&outside, needed) {
            return Vec::new();
        }
        let judged = |(position, row): (usize, Row)| {
            let limit = match (is_inner(position), sheet.is_in_prose(position)) {
                (true, true) => self.threshold.max(INNER_PROSE_SCORE),
                (true, false) => self.threshold.max(INNER_SCORE),
                (false, _) => self.threshold,
            };
            Judged { position, score: scores[position], limit, row }
        };
        let mut judged: Vec<Judged> = rows.into_iter().enumerate().map(judged).collect();
        let wanted = judged.iter().filter(|line| line.goes()).count();
        if wanted > MAX_LINES_PER_PROSE * sure.len() {
            judged.iter_mut().for_each(|line| line.limit = line.limit.max(CROWDED_SCORE));
        }
        judged
    }
}
