//! `stats/sources.csv` and `stats/languages.csv`: the figures of groups of documents.

use std::collections::BTreeMap;

use super::super::file::PublishedFile;
use super::super::publish::Publication;
use super::super::table::Value::{Count, Decimal, Text};
use super::super::table::{Column, Rows, Table, TableWriter};
use super::Readable;
use crate::error::Error;
use crate::stats::Groups as Sums;
use crate::stats::lexicon::Lexicon;
use crate::stats::spectrum::Spectrum;
use crate::stats::tally::{Cell as Group, Tally};

/// A source or a language with its figures.
pub struct GroupRow<'r> {
    source: &'r str,
    language: &'r str,
    group: &'r Group,
    spectrum: Spectrum,
    readable: Readable,
}

/// Rows of both tables.
pub struct Groups;

impl Rows for Groups {
    type Row<'r> = GroupRow<'r>;
}

/// `stats/sources.csv`.
pub static SOURCES: Table<Groups> =
    Table { path: "stats/sources.csv", row: "a source", columns: COLUMNS };

/// `stats/languages.csv`.
pub static LANGUAGES: Table<Groups> =
    Table { path: "stats/languages.csv", row: "a language", columns: COLUMNS.split_at(1).1 };

const COLUMNS: &[Column<Groups>] = &[
    Column("source", Text(|row| row.source), "", "outlet"),
    Column(
        "language",
        Text(|row| row.language),
        "",
        "ISO 639-1 code; of a source the one with most tokens",
    ),
    Column(
        "found",
        Count(|row| Some(row.group.funnel.found())),
        "documents",
        "documents and unreadable inputs",
    ),
    Column("kept", Count(|row| Some(row.group.funnel.kept)), "documents", "in documents.csv"),
    Column(
        "duplicates",
        Count(|row| Some(row.group.funnel.all_duplicates())),
        "documents",
        "dropped as duplicates",
    ),
    Column(
        "rejected",
        Count(|row| Some(row.group.funnel.all_rejected())),
        "documents",
        "in rejected.csv",
    ),
    Column(
        "removed_share",
        Decimal(|row| row.group.removed_share()),
        "",
        "share of the decoded bytes that was cut, in documents that were cleaned and no duplicates",
    ),
    Column(
        "chars",
        Count(|row| Some(row.group.sizes.chars().sum())),
        "characters",
        "of the kept bodies",
    ),
    Column(
        "chars_p50",
        Count(|row| row.group.sizes.chars().percentile(50)),
        "characters",
        "median of the kept bodies",
    ),
    Column(
        "chars_before",
        Count(|row| Some(row.group.before.chars().sum())),
        "characters",
        "of the same as they were decoded",
    ),
    Column(
        "chars_before_p50",
        Count(|row| row.group.before.chars().percentile(50)),
        "characters",
        "median of the same as they were decoded",
    ),
    Column(
        "tokens",
        Count(|row| Some(row.group.sizes.tokens().sum())),
        "tokens",
        "N, where words can be told",
    ),
    Column("tokens_p50", Count(|row| row.group.sizes.tokens().percentile(50)), "tokens", "median"),
    Column(
        "tokens_before",
        Count(|row| Some(row.group.before.tokens().sum())),
        "tokens",
        "of the same as they were decoded",
    ),
    Column("types", Count(|row| Some(row.spectrum.types())), "types", "V"),
    Column("hapax", Count(|row| Some(row.spectrum.types_of(1))), "types", "V(1)"),
    Column("ttr", Decimal(|row| row.spectrum.ttr()), "", "V/N; falls with N, so compare mattr_100"),
    Column(
        "mattr_100",
        Decimal(|row| row.group.diversity.mattr_100.mean_ttr(100)),
        "",
        "mean V/100 over all windows of 100 tokens within documents (Covington and McFall 2010)",
    ),
    Column(
        "msttr_100",
        Decimal(|row| row.group.diversity.msttr_100.mean_ttr(100)),
        "",
        "mean V/100 over full segments of 100 tokens within documents (Johnson 1944)",
    ),
    Column(
        "mean_of_docs_mtld",
        Decimal(|row| row.group.diversity.mtld.value()),
        "tokens",
        "mean over documents (McCarthy and Jarvis 2010)",
    ),
    Column(
        "hdd_42",
        Decimal(|row| row.spectrum.hdd(42)),
        "",
        "Σ [1 − C(N−f,42)/C(N,42)]/42 (McCarthy and Jarvis 2007)",
    ),
    Column(
        "yule_k",
        Decimal(|row| row.spectrum.yule_k()),
        "",
        "10⁴ (Σ V(i) (i/N)² − 1/N) (Yule 1944)",
    ),
    Column("entropy_h", Decimal(|row| row.spectrum.entropy()), "bits", "−Σ p log₂ p"),
    Column("hapax_ratio", Decimal(|row| row.spectrum.hapax_ratio()), "", "V(1)/V"),
    Column(
        "lix",
        Decimal(|row| row.readable.lix),
        "",
        "ASL + % tokens of over 6 characters (Björnsson 1968)",
    ),
    Column(
        "rix",
        Decimal(|row| row.readable.rix),
        "",
        "tokens of over 6 characters / sentences (Anderson 1983)",
    ),
    Column(
        "flesch",
        Decimal(|row| row.readable.flesch),
        "",
        "reading ease by the language's own formula; syllables approximate",
    ),
    Column(
        "flesch_formula",
        Text(|row| row.readable.formula.unwrap_or_default()),
        "",
        "which one, as in stats/readability.csv",
    ),
];

/// Writes `stats/sources.csv`; readability is that of the source's main language, by tokens.
pub fn write_sources(
    publication: &Publication,
    tally: &Tally,
    groups: &Sums<'_>,
    lexicon: &Lexicon,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &SOURCES)?;
    let main = main_languages(tally);
    for (source, group) in &groups.sources {
        let (language, cell) = main[&***source];
        table.row(&GroupRow {
            source,
            language,
            group,
            spectrum: lexicon.sources.get(*source).cloned().unwrap_or_default(),
            readable: Readable::of(&cell.prose, language),
        })?;
    }
    table.finish()
}

/// The language of each source that has most of its prose, with its cell.
pub fn main_languages(tally: &Tally) -> BTreeMap<&str, (&str, &Group)> {
    let mut main: BTreeMap<&str, (&str, &Group)> = BTreeMap::new();
    for (source, language, cell) in tally.cells() {
        let (_, largest) = *main.entry(source).or_insert((language, cell));
        if cell.prose.tokens > largest.prose.tokens {
            main.insert(source, (language, cell));
        }
    }
    main
}

/// Writes `stats/languages.csv`.
pub fn write_languages(
    publication: &Publication,
    groups: &Sums<'_>,
    lexicon: &Lexicon,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &LANGUAGES)?;
    for (language, group) in &groups.languages {
        table.row(&GroupRow {
            source: "",
            language,
            group,
            spectrum: lexicon.languages.get(*language).cloned().unwrap_or_default(),
            readable: Readable::of(&group.prose, language),
        })?;
    }
    table.finish()
}
