//! The line classifier: what neither rules nor recurrence catch, by the form of a line and of the lines around it.
//!
//! It knows no publishers, and of words only those by which pages speak of themselves (`lexicon`). It judges what the rules
//! leave, in rounds, and is silent where a page is not an article in prose, for then its evidence means nothing. In a
//! text that an extractor has cleaned, what looks like furniture is mostly the article's own: only a page on which several
//! lines speak of the page itself is judged line by line. A second model finds where the article ends (`ending`), of
//! which one such line, or one that a rule took, is enough evidence; lists of its own stay behind it (`list`). `MODEL.md`
//! beside this file says how the models were made, and what they do.

mod ending;
#[cfg(test)]
mod ending_tests;
mod features;
mod form;
mod gaps;
mod lexicon;
mod list;
mod model;
mod names;

pub use self::model::{ENDS, Kind, LINES, Model, Node};
pub use self::names::{END_NAMES, EndRow, NAMES, Row};

pub(super) use self::ending::{Ending, Trust};
use self::features::Sheet;
pub(super) use self::form::Form;
pub(super) use self::gaps::Closing;
pub use self::gaps::Gap;
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
/// The same for what stands behind the article's end, by the probability that it has ended.
const END_CODES: [(f64, &str); 9] = [
    (0.95, "article-end-95"),
    (0.90, "article-end-90"),
    (0.80, "article-end-80"),
    (0.70, "article-end-70"),
    (0.60, "article-end-60"),
    (0.50, "article-end-50"),
    (0.30, "article-end-30"),
    (0.20, "article-end-20"),
    (0.0, "article-end-0"),
];
/// A page with fewer lines of prose is a list, a poem or a table, not an article with residue.
const MIN_PROSE: usize = 3;
/// Entries from which on a page counts as a live blog.
const LIVE_ENTRIES: usize = 3;
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
/// crawler's text (lines lost 2.68 % without, 1.16 % with .99, .68 % by the rules alone); on whole pages by publisher lines
/// lost fall from 1.33 % to 1.04 %, at the same recall. With .97, and since ends are looked for, 1.48 % instead of 1.12 %, all
/// of that in two lists of 43 and 213 lines; on labelled segments of whole pages, which no model has seen, dropped .559 instead
/// of .540, kept .9870 instead of .9876. Nothing goes so from a dump of 32,036 articles with either, nor with .95, with which
/// the lists lose twice as much.
const MAX_LINES_PER_PROSE: usize = 9;
const CROWDED_SCORE: f64 = 0.97;

/// Score of a line that speaks of the web page, from which on it shows that the article may have ended before it; a line
/// behind the end that a rule took shows it as well. What more witnesses cost, and the conditions below, is in `MODEL.md`.
const END_WITNESS_SCORE: f64 = 0.9;
/// Where the last lines, so many, all have lower scores, the article is not searched for its end: that costs more than all
/// rules, and nearly every article ends so.
const LAST_LINES: usize = 2;
const LAST_SCORE: f64 = 0.2;
/// Where rules took nothing, one of so many last lines must be a witness for a search to begin.
const END_WITNESS_LINES: usize = 4;

/// A longer line, in bytes, is no witness: so a page can be told from an article before the forms of all its lines are taken.
const MAX_WITNESS_BYTES: usize = 240;

/// The models, and what a line or a place must reach.
pub(super) struct Classifier {
    pub(super) models: Models,
    /// Score from which on a line of a whole page goes.
    pub(super) threshold: f64,
    /// Probability that the article has ended, from which on what stands behind goes.
    pub(super) end_threshold: f64,
}

/// The model of lines, and that of ends.
#[derive(Clone, Debug)]
pub struct Models {
    /// How likely a line is residue.
    pub lines: Model,
    /// How likely the article ends at a place.
    pub ends: Model,
}

/// The models' own files.
const LINE_MODEL: &str = include_str!("line_model.txt");
const END_MODEL: &str = include_str!("end_model.txt");

impl Models {
    /// The models that come with the program.
    pub(super) fn built_in() -> Self {
        let parse = |kind, text| Model::parse(kind, text).expect("a model of the program is sound");
        Self { lines: parse(&LINES, LINE_MODEL), ends: parse(&ENDS, END_MODEL) }
    }
}

/// What the models say of the lines that remain.
#[derive(Default)]
pub(super) struct Verdict {
    /// The lines of a whole page, each by itself; none where the page is not known to be whole.
    pub(super) lines: Vec<Judged>,
    /// Where the article ends, and what goes that stands behind it.
    pub(super) ending: Option<(Ending, Vec<usize>)>,
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

/// What the classifier asks for.
#[derive(Clone, Copy)]
pub(super) struct Demands {
    /// Different lines that show that a page is a whole one.
    pub(super) witnesses: usize,
    /// Who is asked where the article ends, of a page from which rules took lines.
    pub(super) trust: Trust,
}

/// How many witnesses a page needs of which the rules took `gone` lines: those are witnesses too, but for one.
pub(super) fn needed(gone: usize) -> usize {
    WITNESSES.saturating_sub(gone).max(1)
}

/// Whether a page of which the rules took `gone` lines may have witnesses, or an end with lines behind it; nearly all
/// articles without furniture have neither, and cost nothing more.
pub(super) fn may_judge(page: &Page<'_>, alive: &[usize], gone: usize) -> bool {
    let needed = needed(gone);
    let mut different = Vec::with_capacity(needed);
    let mut last = None;
    for (position, line) in alive.iter().enumerate() {
        let text = page.lines[*line].text;
        if text.len() > MAX_WITNESS_BYTES || !lexicon::speaks_of_itself(text) {
            continue;
        }
        let form = Form::of(text);
        if !form.may_witness() {
            continue;
        }
        last = Some(position);
        if !different.contains(&form.text) {
            different.push(form.text);
        }
        if different.len() >= needed {
            return true;
        }
    }
    alive.len() >= MIN_PROSE
        && (last.is_some_and(|last| last + END_WITNESS_LINES >= alive.len())
            || may_end(page, alive))
}

/// Whether what the rules took may be evidence of an end: a line behind the first ones is gone, and the last ones are not all
/// plain prose, or a line is gone between them.
fn may_end(page: &Page<'_>, alive: &[usize]) -> bool {
    let behind = page.lines.len() - alive[MIN_PROSE - 1] - 1;
    let last = &alive[alive.len().saturating_sub(LAST_LINES + 1)..];
    let is_parted = last[last.len() - 1] - last[0] >= last.len();
    let is_sign = |line: &usize| Form::of(page.lines[*line].text).may_be_furniture();
    behind > alive.len() - MIN_PROSE
        && (is_parted || alive.iter().rev().take(LAST_LINES).any(is_sign))
}

/// The forms of a page's lines; they stay what they are while lines go.
pub(super) fn forms(page: &Page<'_>) -> Vec<Form> {
    page.lines.iter().map(|line| Form::of(line.text)).collect()
}

/// The features of all lines of a page.
pub(super) fn rows(title: &str, forms: &[Form]) -> Vec<Row> {
    Sheet::new(title, forms.iter().collect()).rows()
}

/// The features of the places between the lines of a page, given what rules took before each line and behind the last;
/// `log_odds` are the lines' scores.
pub(super) fn end_rows(title: &str, forms: &[Form], log_odds: &[f64], gaps: &[Gap]) -> Vec<EndRow> {
    ending::rows(&Sheet::new(title, forms.iter().collect()), log_odds, gaps)
}

/// The code under which a removal with this score is in the ledger.
pub(super) fn code(score: f64) -> &'static str {
    code_of(&CODES, score)
}

/// The code under which what stands behind an end is in the ledger.
pub(super) fn end_code(probability: f64) -> &'static str {
    code_of(&END_CODES, probability)
}

/// Whether what went under this code stood behind an end.
pub(super) fn is_end(code: &str) -> bool {
    END_CODES.iter().any(|(_, known)| *known == code)
}

/// The sentence that says why the classifier removes, for one of its codes.
pub fn reason(code: &str) -> &'static str {
    match is_end(code) {
        true => "It stands behind the article's end.",
        false => "The form of the line and of its neighbours.",
    }
}

fn code_of(codes: &[(f64, &'static str)], score: f64) -> &'static str {
    let reached = codes.iter().find(|(floor, _)| score >= *floor);
    reached.or(codes.last()).map_or("", |(_, code)| code)
}

impl Classifier {
    /// Judges the lines in `alive`; says nothing where the page is not an article in prose.
    pub(super) fn judge(
        &self,
        page: &Page<'_>,
        title: &str,
        forms: &[Form],
        alive: &[usize],
        closing: &Closing,
        Demands { witnesses: needed, trust }: Demands,
    ) -> Verdict {
        let sheet = Sheet::new(title, alive.iter().map(|line| &forms[*line]).collect());
        if sheet.entries() >= LIVE_ENTRIES {
            return Verdict::default();
        }
        let score = |at: usize| self.models.lines.score(&sheet.row(at));
        let mut witnesses: Vec<usize> =
            (0..sheet.len()).filter(|at| sheet.may_witness(*at)).collect();
        if sheet.has_different(&witnesses, needed) {
            witnesses.retain(|at| score(*at) >= WITNESS_SCORE);
        }
        let is_whole = sheet.has_different(&witnesses, needed);
        let (gaps, alone) = (closing.gaps(alive), closing.gaps_alone(alive));
        let line = |line: &usize| (page.lines[*line].text, &forms[*line]);
        let search = self.search(&sheet, gaps, alone, || alive.iter().map(line).collect());
        if !is_whole && search.is_none() {
            return Verdict::default();
        }
        let rows = sheet.rows();
        let log_odds = self.models.lines.sums(&rows);
        let ending = search.and_then(|search| self.ending(&sheet, &log_odds, &search, trust));
        let scores = log_odds.into_iter().map(model::probability).collect();
        let lines = match is_whole {
            true => self.lines(&sheet, rows, scores, witnesses, needed),
            false => Vec::new(),
        };
        Verdict { lines, ending }
    }

    /// What a search for the article's end may rely on; `None` where it would find nothing to be believed, as in nearly all
    /// articles.
    fn search<'p>(
        &self,
        sheet: &Sheet<'_>,
        gaps: Vec<Gap>,
        alone: Vec<Gap>,
        lines: impl Fn() -> Vec<(&'p str, &'p Form)>,
    ) -> Option<Search> {
        if sheet.len() > ending::MAX_LINES {
            return None;
        }
        let has = |at: usize, least: f64| self.models.lines.score(&sheet.row(at)) >= least;
        let prose = (0..sheet.len()).filter(|at| sheet.is_prose(*at)).nth(MIN_PROSE - 1)?;
        if !(0..sheet.len()).rev().take(LAST_LINES).any(|at| has(at, LAST_SCORE)) {
            return None;
        }
        let is_item = list::items(&lines());
        let is_witness = |at: &usize| {
            !is_item[*at]
                && (alone[*at].closing > 0 || sheet.may_witness(*at) && has(*at, END_WITNESS_SCORE))
        };
        let witness = (prose + 1..sheet.len()).rev().find(is_witness);
        let gone = (prose + 1..gaps.len()).rev().find(|at| gaps[*at].lines > 0);
        let has_evidence = witness.is_some() || gone.is_some();
        has_evidence.then_some(Search { prose, gaps, alone, witness, gone, is_item })
    }

    /// Where the article ends: looked for with what the rules took, and as the page stands, so that a cleaned page has
    /// none.
    fn ending(
        &self,
        sheet: &Sheet<'_>,
        log_odds: &[f64],
        search: &Search,
        trust: Trust,
    ) -> Option<(Ending, Vec<usize>)> {
        let look = |gaps: &[Gap], trust: Trust, evidence: Option<usize>| {
            let last = evidence?;
            let rows = ending::rows(sheet, log_odds, gaps);
            let threshold = self.end_threshold;
            let ending = ending::find(&self.models.ends, &rows, search.prose, threshold, trust)?;
            let behind = ending.position..sheet.len();
            let behind: Vec<usize> = behind.filter(|at| !search.is_item[*at]).collect();
            let is_believed = search.prose < ending.position && ending.position <= last;
            (is_believed && !behind.is_empty()).then_some((ending, behind))
        };
        let Search { gaps, alone, witness, gone, .. } = search;
        let with_gone = match gaps.iter().any(|gap| gap.lines > 0) {
            true => look(gaps, trust, *witness.max(gone)),
            false => None,
        };
        with_gone.or_else(|| look(alone, Trust::Model, *witness))
    }

    /// Judges the lines of a page that is whole by its `witnesses`; none where too few of these stand around the article.
    fn lines(
        &self,
        sheet: &Sheet<'_>,
        rows: Vec<Row>,
        scores: Vec<f64>,
        witnesses: Vec<usize>,
        needed: usize,
    ) -> Vec<Judged> {
        let is_sure = |at: &usize| sheet.is_prose(*at) && scores[*at] < SURE_PROSE_SCORE;
        let sure: Vec<usize> = (0..sheet.len()).filter(is_sure).collect();
        let (Some(first), Some(last)) = (sure.first(), sure.last()) else { return Vec::new() };
        let is_inner = |at: usize| *first < at && at < *last;
        let outside: Vec<usize> = witnesses.into_iter().filter(|at| !is_inner(*at)).collect();
        if sure.len() < MIN_PROSE || !sheet.has_different(&outside, needed) {
            return Vec::new();
        }
        let forms: Vec<&Form> = sheet.forms().collect();
        let announced = list::announced(&forms);
        let is_free = |at: usize| !announced.iter().any(|list| list.contains(&at));
        let judged = |(position, row): (usize, Row)| {
            let limit = match (is_inner(position), sheet.is_in_prose(position)) {
                (true, true) => self.threshold.max(INNER_PROSE_SCORE),
                (true, false) => self.threshold.max(INNER_SCORE),
                (false, _) => self.threshold,
            };
            Judged { position, score: scores[position], limit, row }
        };
        let mut judged: Vec<Judged> =
            rows.into_iter().enumerate().filter(|(at, _)| is_free(*at)).map(judged).collect();
        let wanted = judged.iter().filter(|line| line.goes()).count();
        if wanted > MAX_LINES_PER_PROSE * sure.len() {
            judged.iter_mut().for_each(|line| line.limit = line.limit.max(CROWDED_SCORE));
        }
        judged
    }
}

/// What a search for the article's end relies on, by position among the lines that remain.
struct Search {
    /// The third line of prose: before it no article ends.
    prose: usize,
    /// What went before each line and behind the last, and as if nothing had.
    gaps: Vec<Gap>,
    alone: Vec<Gap>,
    /// The last line behind that speaks of the web page, and the last place there where a rule took a line: behind these no
    /// end would be believed.
    witness: Option<usize>,
    gone: Option<usize>,
    /// Lines of lists of the article's own: these stay, and show nothing.
    is_item: Vec<bool>,
}
