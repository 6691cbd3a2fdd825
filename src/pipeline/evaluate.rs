//! Scores the configured cleaning against labelled pages: the figures behind `copydesk eval`.
//!
//! A page is a line of JSON: `raw_text` (lines), `labels` (one a line: `keep`, `drop`, `mixed`, `title`), and optionally
//! `page_title`, `title` (the headline without ornaments), `source` or `dataset`, `id`. Pages without a line to keep are
//! passed over. The pages go through the document stages and `learned-boilerplate`; deduplication has no say in lines.
//!
//! | figure | what it is |
//! |---|---|
//! | `f1` | mean over pages of the F1 of four-word shingles against the lines to keep |
//! | `exact` | share of pages on which every line is where it belongs |
//! | `drop_recall`, `drop_precision` | over all lines to drop, and all lines that went |
//! | `kept_lines_lost` | share of the lines to keep that went |
//! | `hurt_pages` | share of pages that lost such a line |
//! | `title_exact` | share of the ornamented headlines that come out as `title` |

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::plan::Planned;
use super::step::{observe, take_through};
use crate::census::Workspace;
use crate::config::Config;
use crate::document::{DocId, Document};
use crate::error::Error;
use crate::stage::{self, Verdicts};

/// Stages that judge whole documents against each other, or only count.
const NOT_SCORED: [&str; 3] = ["exact-dedup", "near-dedup", "stats"];
/// Words in a shingle.
const SHINGLE_WORDS: usize = 4;

/// A labelled page.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct GoldPage {
    /// What messages call it.
    pub id: String,
    /// The outlet; else the data set stands for it.
    pub source: Option<String>,
    /// Where the page is from.
    pub dataset: Option<String>,
    /// The headline with its ornaments.
    pub page_title: Option<String>,
    /// The headline as it should come out.
    pub title: Option<String>,
    /// The page's lines, separated by `\n`.
    pub raw_text: String,
    /// One label a line.
    pub labels: Vec<Label>,
}

/// What should become of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// It is text.
    Keep,
    /// It is furniture.
    Drop,
    /// Both; it counts in `f1` only, on the side of the text.
    Mixed,
    /// The headline again; it may stay or go.
    Title,
}

/// The figures of a labelled set.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Number of pages.
    pub pages: usize,
    /// Name and value, between 0 and 1, in the order of the table above.
    pub figures: Vec<(&'static str, f64)>,
    /// Lines that went wrong, in the order of the set.
    pub wrong: Vec<WrongLine>,
}

/// A line that is not where its label wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongLine {
    /// The page.
    pub page: String,
    /// The line, white space squeezed.
    pub line: String,
    /// Whether it was to be kept, and is lost; else it was to go, and is left.
    pub is_lost: bool,
}

/// Reads a labelled set. `only` holds fields and the values that they must have, such as `("lang", "en")`.
pub fn read_gold(path: &Path, only: &[(String, String)]) -> Result<Vec<GoldPage>, Error> {
    let file = File::open(path).map_err(|_| Error::InputMissing(path.to_owned()))?;
    let mut pages = Vec::new();
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let wrong =
            |what: String| Error::Setup(format!("{}:{}: {what}", path.display(), index + 1));
        let line = line.map_err(|why| wrong(format!("could not be read: {why}")))?;
        if line.trim().is_empty() {
            continue;
        }
        let value: serde_json::Value =
            serde_json::from_str(&line).map_err(|why| wrong(format!("is not JSON: {why}")))?;
        let is_wanted = only.iter().all(|(key, wanted)| {
            value.get(key).is_some_and(|found| found.as_str().is_some_and(|found| found == wanted))
        });
        if !is_wanted {
            continue;
        }
        let mut page: GoldPage = serde_json::from_value(value)
            .map_err(|why| wrong(format!("is no labelled page: {why}")))?;
        let (lines, labels) = (page.raw_text.split('\n').count(), page.labels.len());
        if lines != labels {
            return Err(wrong(format!("has {lines} lines and {labels} labels")));
        }
        if page.id.is_empty() {
            page.id = format!("{}:{}", path.display(), index + 1);
        }
        if page.labels.contains(&Label::Keep) {
            pages.push(page);
        }
    }
    Ok(pages)
}

/// Cleans the pages as configured, on one thread and in memory, and compares them with their labels.
pub fn evaluate(config: &Config, pages: &[GoldPage]) -> Result<Evaluation, Error> {
    let cleaned = clean(config, pages)?;
    let mut score = Score::default();
    for (page, document) in pages.iter().zip(&cleaned) {
        score.add(page, document);
    }
    let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
    let gone = score.dropped_gone + score.kept_gone;
    let figures = vec![
        ("f1", score.f1 / pages.len().max(1) as f64),
        ("exact", share(score.exact, pages.len())),
        ("drop_recall", share(score.dropped_gone, score.dropped)),
        ("drop_precision", if gone == 0 { 1.0 } else { share(score.dropped_gone, gone) }),
        ("kept_lines_lost", share(score.kept_gone, score.kept)),
        ("hurt_pages", share(score.hurt, pages.len())),
        ("title_exact", share(score.titles_right, score.titles)),
    ];
    Ok(Evaluation { pages: pages.len(), figures, wrong: score.wrong })
}

/// The pages as documents, taken through the stages that judge lines.
fn clean(config: &Config, pages: &[GoldPage]) -> Result<Vec<Document>, Error> {
    let names = config.stages.iter().filter(|name| !NOT_SCORED.contains(&name.as_str()));
    let stages: Result<_, _> = names.map(|name| stage::build(name, &config.stage)).collect();
    let planned = Planned::from_stages(stages?);
    let budget_bytes = config.run.table_bytes();
    let workspace = Workspace::new(&std::env::temp_dir(), budget_bytes);
    let mut documents: Vec<_> = pages.iter().enumerate().map(as_document).collect();
    let mut verdicts = Verdicts::default();
    for pass in &planned.plan.passes {
        let mut census = workspace.census();
        for document in &mut documents {
            take_through(document, pass, &planned.corpus_stages, &verdicts);
            for row in observe(document, pass, &planned.corpus_stages) {
                census.push(document.id, row.key, &row.payload)?;
            }
        }
        if let Some(stage) = pass.ends {
            verdicts = planned.corpus_stages[stage].resolve(census.into_groups()?)?;
        }
    }
    Ok(documents)
}

fn as_document((index, page): (usize, &GoldPage)) -> Document {
    let source: Arc<str> = page.source.as_deref().or(page.dataset.as_deref()).unwrap_or("").into();
    let title = page.page_title.as_deref().filter(|title| !title.is_empty());
    let title = squeezed(title.or(page.title.as_deref()).unwrap_or_default());
    let body = page.raw_text.replace('\n', "\n\n");
    Document::new(DocId(index as u32), page.id.clone(), source, &title, &body)
}

#[derive(Default)]
struct Score {
    f1: f64,
    exact: usize,
    hurt: usize,
    kept: usize,
    kept_gone: usize,
    dropped: usize,
    dropped_gone: usize,
    titles: usize,
    titles_right: usize,
    wrong: Vec<WrongLine>,
}

impl Score {
    fn add(&mut self, page: &GoldPage, document: &Document) {
        let mut left: FxHashMap<String, usize> = FxHashMap::default();
        for line in document.lines() {
            *left.entry(squeezed(line.text)).or_default() += 1;
        }
        let (mut is_exact, mut is_hurt) = (true, false);
        let lines = || page.raw_text.split('\n').map(squeezed).zip(&page.labels);
        for (line, label) in lines().filter(|(line, _)| !line.is_empty()) {
            if matches!(label, Label::Mixed | Label::Title) {
                continue;
            }
            let here = left.get_mut(&line).filter(|count| **count > 0);
            let is_here = here.map(|count| *count -= 1).is_some();
            let is_text = *label == Label::Keep;
            match is_text {
                true => {
                    (self.kept, self.kept_gone) =
                        (self.kept + 1, self.kept_gone + usize::from(!is_here))
                }
                false => {
                    (self.dropped, self.dropped_gone) =
                        (self.dropped + 1, self.dropped_gone + usize::from(!is_here))
                }
            }
            if is_text != is_here {
                is_exact = false;
                is_hurt |= is_text;
                self.wrong.push(WrongLine { page: page.id.clone(), line, is_lost: is_text });
            }
        }
        self.exact += usize::from(is_exact);
        self.hurt += usize::from(is_hurt);
        let joined = |wanted: &[Label]| -> Vec<String> {
            lines().filter(|(_, label)| wanted.contains(label)).map(|(line, _)| line).collect()
        };
        let titles = joined(&[Label::Title]);
        let body: Vec<_> = document.body().split('\n').map(squeezed).collect();
        let body: Vec<_> = body.into_iter().filter(|line| !titles.contains(line)).collect();
        let text = joined(&[Label::Keep, Label::Mixed]);
        self.f1 += shingle_f1(&shingles(&text.join("\n")), &shingles(&body.join("\n")));
        self.add_title(page, document);
    }

    fn add_title(&mut self, page: &GoldPage, document: &Document) {
        let wanted = squeezed(page.title.as_deref().unwrap_or_default());
        let ornamented = squeezed(page.page_title.as_deref().unwrap_or_default());
        let is_scored =
            !wanted.is_empty() && ornamented.starts_with(&wanted) && ornamented != wanted;
        self.titles += usize::from(is_scored);
        self.titles_right += usize::from(is_scored && squeezed(document.title()) == wanted);
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Shingles of a text by hash, with their number.
fn shingles(text: &str) -> FxHashMap<u64, usize> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut shingles = FxHashMap::default();
    let mut add = |words: &[&str]| {
        *shingles.entry(xxh3_64(words.join(" ").as_bytes())).or_default() += 1;
    };
    match words.len() {
        0 => {}
        few if few < SHINGLE_WORDS => add(&words),
        _ => words.windows(SHINGLE_WORDS).for_each(add),
    }
    shingles
}

fn shingle_f1(wanted: &FxHashMap<u64, usize>, found: &FxHashMap<u64, usize>) -> f64 {
    if wanted.is_empty() && found.is_empty() {
        return 1.0;
    }
    let shared =
        |(shingle, count): (&u64, &usize)| found.get(shingle).map_or(0, |other| *count.min(other));
    let common: usize = wanted.iter().map(shared).sum();
    // F1 is twice what is common over the sizes of both.
    2.0 * common as f64 / (wanted.values().sum::<usize>() + found.values().sum::<usize>()) as f64
}
