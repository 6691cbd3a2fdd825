//! The line classifier: what neither rules nor recurrence catch, by the form of a line and of the lines around it.
//!
//! It knows no words and no publishers. It judges what the rules leave, in rounds, and is silent where a page is not an
//! article in prose, for then its evidence means nothing. `MODEL.md` beside this file says how the model was made.

mod features;
mod model;

pub use self::features::{NAMES, Row};
pub use self::model::{Model, Node};

pub(super) use self::features::Form;
use self::features::Sheet;
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
/// Score that a line of prose between lines of prose must reach: an article's middle is the article.
const INNER_PROSE_SCORE: f64 = 0.995;

/// The model and the score from which on a line goes.
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
    pub(super) fn judge(&self, title: &str, forms: &[Form], alive: &[usize]) -> Vec<Judged> {
        if alive.iter().filter(|line| forms[**line].is_prose).nth(MIN_PROSE - 1).is_none() {
            return Vec::new();
        }
        let sheet = Sheet::new(title, alive.iter().map(|line| &forms[*line]).collect());
        if sheet.stamps() >= TIMELINE_STAMPS {
            return Vec::new();
        }
        let judged = |position: usize| {
            let row = sheet.row(position);
            let score = self.model.score(&row);
            Judged { position, score, limit: self.limit(&sheet, position), row }
        };
        (0..sheet.len()).map(judged).collect()
    }

    fn limit(&self, sheet: &Sheet<'_>, position: usize) -> f64 {
        let is_inner = sheet.is_prose(position)
            && position > 0
            && sheet.is_prose(position - 1)
            && position + 1 < sheet.len()
            && sheet.is_prose(position + 1);
        if is_inner { self.threshold.max(INNER_PROSE_SCORE) } else { self.threshold }
    }
}
