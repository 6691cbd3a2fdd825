//! The tables in `stats/`: long ones of figures with their methods, and wide ones of documents, groups, words and stages.

mod documents;
mod groups;
mod growth;
mod keyness;
mod words;

pub use documents::{DOCUMENTS, DocumentFigures};
pub use groups::{LANGUAGES, SOURCES, main_languages, write_languages, write_sources};
pub use growth::{GROWTH, write_growth};
pub use keyness::{KEYNESS, KeyRow};
pub use words::{
    CHARACTERS, COLLOCATIONS, NGRAMS, WORDS, write_collocations, write_sequences, write_words,
};

use super::file::PublishedFile;
use super::publish::Publication;
use super::table::Value::{Count, Number, Text};
use super::table::{Column, Rows, Table, TableWriter};
use crate::error::Error;
use crate::stats::figures::flesch;
use crate::stats::lexicon::Word;
use crate::stats::readability::{ALPHABETIC, Prose, is_alphabetic};
use crate::stats::tally::{Cell as Group, Tally};
use crate::stats::{Figure, Text as Amount};

/// A figure, and its value as text.
pub struct Figures;

impl Rows for Figures {
    type Row<'r> = (&'r Figure<'r>, String);
}

const FIGURES: &[Column<Figures>] = &[
    Column("scope", Text(|(figure, _)| figure.scope), "", "corpus, source or language"),
    Column(
        "key",
        Text(|(figure, _)| figure.key),
        "",
        "which source or language; empty for the corpus",
    ),
    Column("statistic", Text(|(figure, _)| &figure.statistic), "", "name of the figure"),
    Column("value", Number(|(_, value)| value), "", "its value; empty where it is not defined"),
    Column(
        "n",
        Count(|(figure, _)| Some(figure.n)),
        "",
        "documents it rests on; sentences or tokens for their lengths",
    ),
    Column(
        "method",
        Text(|(figure, _)| figure.method),
        "",
        "how it was computed, and where the formula comes from",
    ),
    Column("reason", Text(|(figure, _)| figure.reason), "", "why there is no value"),
    Column("unit", Text(|(figure, _)| figure.unit), "", "of the value"),
    Column(
        "state",
        Text(|(figure, _)| figure.state),
        "",
        "after cleaning, or before: the same kept documents as they were decoded",
    ),
];

const fn long(path: &'static str) -> Table<Figures> {
    Table { path, row: "a figure of a group of documents", columns: FIGURES }
}

/// `stats/funnel.csv`.
pub static FUNNEL: Table<Figures> = long("stats/funnel.csv");
/// `stats/sizes.csv`.
pub static SIZES: Table<Figures> = long("stats/sizes.csv");
/// `stats/diversity.csv`.
pub static DIVERSITY: Table<Figures> = long("stats/diversity.csv");
/// `stats/frequency.csv`.
pub static FREQUENCY: Table<Figures> = long("stats/frequency.csv");
/// `stats/readability.csv`.
pub static READABILITY: Table<Figures> = long("stats/readability.csv");

/// Writes one of the long tables.
pub fn write_figures<'a>(
    publication: &Publication,
    table: &'static Table<Figures>,
    figures: impl Iterator<Item = Figure<'a>>,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, table)?;
    for figure in figures {
        let value = figure.value.map(|value| value.to_string());
        table.row(&(&figure, value.unwrap_or_default()))?;
    }
    table.finish()
}

/// The readability that the wide tables show.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Readable {
    /// LIX.
    pub lix: Option<f64>,
    /// RIX.
    pub rix: Option<f64>,
    /// The language's Flesch formula.
    pub flesch: Option<f64>,
    /// Its name.
    pub formula: Option<&'static str>,
}

impl Readable {
    /// Of prose in a language.
    pub fn of(prose: &Prose, language: &str) -> Self {
        if !is_alphabetic(language) {
            return Self::default();
        }
        let formula = flesch(language);
        let flesch = formula.and_then(|formula| formula.of(prose));
        Self {
            lix: ALPHABETIC[0].of(prose),
            rix: ALPHABETIC[1].of(prose),
            flesch,
            formula: formula.filter(|_| flesch.is_some()).map(|formula| formula.name),
        }
    }
}

/// Source, language, and what one stage did to its documents.
pub struct Steps;

impl Rows for Steps {
    type Row<'r> = (&'r str, &'r str, Step<'r>);
}

/// `stats/steps.csv`.
pub static STEPS: Table<Steps> = Table {
    path: "stats/steps.csv",
    row: "a stage, for the documents of one source and language",
    columns: &[
        Column("source", Text(|(source, ..)| source), "", "outlet"),
        Column(
            "language",
            Text(|(_, language, _)| language),
            "",
            "label at the end of the run; unlabelled if there is none",
        ),
        Column("stage", Text(|(.., step)| step.stage), "", "input, then the stages in their order"),
        Column(
            "documents_in",
            Count(|(.., step)| Some(step.documents_in)),
            "documents",
            "that came to it",
        ),
        Column("rejected", Count(|(.., step)| Some(step.rejected)), "documents", "rejected by it"),
        Column(
            "duplicates",
            Count(|(.., step)| Some(step.duplicates)),
            "documents",
            "dropped by it as duplicates",
        ),
        Column(
            "documents_out",
            Count(|(.., step)| Some(step.documents_out())),
            "documents",
            "documents_in − rejected − duplicates",
        ),
        Column(
            "removed_bytes",
            Count(|(.., step)| Some(step.removed_bytes)),
            "bytes",
            "decoded text that it cut",
        ),
        Column(
            "bytes_in",
            Count(|(.., step)| Some(step.bytes_in)),
            "bytes",
            "decoded text that came to it, headlines included",
        ),
        Column(
            "dropped_bytes",
            Count(|(.., step)| Some(step.dropped.bytes)),
            "bytes",
            "text of the documents that it rejected or dropped, as it was then",
        ),
        Column(
            "bytes_out",
            Count(|(.., step)| Some(step.bytes_out())),
            "bytes",
            "bytes_in − removed_bytes − dropped_bytes",
        ),
        Column(
            "tokens_in",
            Count(|(.., step)| step.tokens_in),
            "tokens",
            "of the bodies that came to it, as they were when they were dropped, or as they are kept, where words can be told; with the family dropped",
        ),
        Column(
            "dropped_tokens",
            Count(|(.., step)| step.tokens_in.map(|_| step.dropped.tokens)),
            "tokens",
            "of the documents that it rejected or dropped",
        ),
        Column(
            "tokens_out",
            Count(|(.., step)| step.tokens_in.map(|tokens| tokens - step.dropped.tokens)),
            "tokens",
            "tokens_in − dropped_tokens",
        ),
    ],
};

/// Writes `stats/steps.csv`: for each source and language, how many documents each stage let through.
pub fn write_steps(
    publication: &Publication,
    tally: &Tally,
    stages: &[String],
    with_tokens: bool,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &STEPS)?;
    for (source, language, cell) in tally.cells() {
        for mut step in steps(cell, stages) {
            step.tokens_in = step.tokens_in.filter(|_| with_tokens);
            table.row(&(source, language, step))?;
        }
    }
    table.finish()
}

/// What one stage did to a group of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The stage; `input` for the reader.
    pub stage: &'a str,
    /// Documents that came to it.
    pub documents_in: u64,
    /// Rejected by it.
    pub rejected: u64,
    /// Dropped by it as duplicates.
    pub duplicates: u64,
    /// Bytes of decoded text that it cut.
    pub removed_bytes: u64,
    /// Bytes of decoded text that came to it.
    pub bytes_in: u64,
    /// Text of what it rejected or dropped.
    pub dropped: Amount,
    /// Tokens that came to it; `None` where those of dropped documents were not counted.
    pub tokens_in: Option<u64>,
}

impl Step<'_> {
    /// What it let through.
    fn documents_out(&self) -> u64 {
        self.documents_in - self.rejected - self.duplicates
    }

    /// Bytes of text that it let through.
    pub fn bytes_out(&self) -> u64 {
        self.bytes_in - self.removed_bytes - self.dropped.bytes
    }
}

/// The way of a group through the stages; what the last lets through is kept.
pub fn steps<'a>(group: &Group, stages: &'a [String]) -> Vec<Step<'a>> {
    let funnel = &group.funnel;
    let mut left = funnel.found();
    let mut steps = Vec::new();
    for stage in std::iter::once("input").chain(stages.iter().map(String::as_str)) {
        let rejected = funnel.rejected.iter().filter(|((of, _), _)| of == stage);
        let rejected: u64 = rejected.map(|(_, count)| count).sum();
        let duplicates: u64 = match stage {
            "exact-dedup" => funnel.duplicates.get("exact").copied().unwrap_or_default(),
            "near-dedup" => {
                let near = funnel.duplicates.iter().filter(|(kind, _)| **kind != "exact");
                near.map(|(_, count)| count).sum()
            }
            _ => 0,
        };
        let removed = funnel.removed.iter().filter(|((of, _), _)| of == stage);
        let removed_bytes = removed.map(|(_, removed)| removed.bytes).sum();
        let dropped = funnel.dropped_text.get(stage).copied().unwrap_or_default();
        steps.push(Step {
            stage,
            documents_in: left,
            rejected,
            duplicates,
            removed_bytes,
            bytes_in: 0,
            dropped,
            tokens_in: None,
        });
        left -= rejected + duplicates;
    }
    // From what is left at the end back to what was found.
    let Amount { mut bytes, mut tokens } = funnel.kept_text;
    for step in steps.iter_mut().rev() {
        bytes += step.removed_bytes + step.dropped.bytes;
        tokens += step.dropped.tokens;
        (step.bytes_in, step.tokens_in) = (bytes, Some(tokens));
    }
    steps
}

/// A text that a rule cut: stage, rule, rank, text with counts.
pub struct RemovedLines;

impl Rows for RemovedLines {
    type Row<'r> = (&'r str, &'r str, u64, &'r Word);
}

/// `stats/removed_lines.csv`.
pub static REMOVED_LINES: Table<RemovedLines> = Table {
    path: "stats/removed_lines.csv",
    row: "a text that a rule cut, by frequency",
    columns: &[
        Column("stage", Text(|(stage, ..)| stage), "", "the stage that cut it"),
        Column("rule", Text(|(_, rule, ..)| rule), "", "the rule of that stage"),
        Column(
            "rank",
            Count(|(.., rank, _)| Some(*rank)),
            "",
            "by spans within the rule, ties by code point order",
        ),
        Column(
            "spans",
            Count(|(.., line)| Some(line.counts.frequency)),
            "spans",
            "rows of removed.csv with it",
        ),
        Column(
            "documents",
            Count(|(.., line)| Some(line.counts.documents)),
            "documents",
            "documents that lost it",
        ),
        Column(
            "text",
            Text(|(.., line)| &line.spelling),
            "",
            "white space as single spaces, the first 200 characters; texts that begin alike are counted together",
        ),
    ],
};

/// Writes `stats/removed_lines.csv`: the texts that each rule cut in most documents.
pub fn write_removed_lines<'a>(
    publication: &Publication,
    rules: impl Iterator<Item = (&'a (String, String), &'a Vec<Word>)>,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &REMOVED_LINES)?;
    for ((stage, rule), lines) in rules {
        for (rank, line) in (1..).zip(lines) {
            table.row(&(stage.as_str(), rule.as_str(), rank, line))?;
        }
    }
    table.finish()
}

/// A day with the documents found and kept.
pub struct Days;

impl Rows for Days {
    type Row<'r> = (&'r str, u64, u64);
}

/// `stats/days.csv`.
pub static DAYS: Table<Days> = Table {
    path: "stats/days.csv",
    row: "a day of publication",
    columns: &[
        Column(
            "day",
            Text(|(day, ..)| day),
            "",
            "year-month-day, as published in documents.csv; empty where it is not known",
        ),
        Column("found", Count(|(_, found, _)| Some(*found)), "documents", "documents found"),
        Column("kept", Count(|(.., kept)| Some(*kept)), "documents", "documents kept"),
    ],
};

/// Writes `stats/days.csv`; documents without a date are under the empty day.
pub fn write_days(publication: &Publication, tally: &Tally) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &DAYS)?;
    for (day, documents) in tally.days() {
        table.row(&(day, documents.found, documents.kept))?;
    }
    table.finish()
}
