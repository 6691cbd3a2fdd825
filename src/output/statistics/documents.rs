//! `stats/documents.csv`: the figures of each kept document.

use super::super::Form;
use super::super::file::PublishedFile;
use super::super::lines::Lines;
use super::super::publish::Publication;
use super::super::table::Value::{Count, Decimal, Text};
use super::super::table::{Column, Rows, Table, TableWriter};
use super::Readable;
use crate::document::Document;
use crate::error::Error;
use crate::stats::spectrum::Spectrum;
use crate::stats::{Diversity, Profile};

/// A kept document with its figures.
pub struct DocumentRow<'r> {
    document: &'r Document,
    profile: &'r Profile,
    readable: Readable,
}

impl DocumentRow<'_> {
    fn spectrum(&self) -> Option<&Spectrum> {
        self.profile.lexis.as_ref().map(|lexis| &lexis.spectrum)
    }

    fn along(&self) -> Option<Diversity> {
        self.profile.lexis.as_ref().and_then(|lexis| lexis.diversity)
    }
}

/// Rows of `stats/documents.csv`.
pub struct FiguredDocuments;

impl Rows for FiguredDocuments {
    type Row<'r> = DocumentRow<'r>;
}

/// `stats/documents.csv`.
pub static DOCUMENTS: Table<FiguredDocuments> = Table {
    path: "stats/documents.csv",
    row: "a kept document",
    columns: &[
        Column("id", Text(|row| &row.document.name), "", "as in documents.csv"),
        Column("language", Text(|row| language(row.document)), "", "ISO 639-1 code, or und"),
        Column(
            "chars",
            Count(|row| Some(row.profile.measures.chars)),
            "characters",
            "Unicode scalar values of the body",
        ),
        Column(
            "tokens",
            Count(|row| row.profile.measures.tokens),
            "tokens",
            "N: UAX #29 words with an alphanumeric character",
        ),
        Column(
            "sentences",
            Count(|row| row.profile.measures.sentences),
            "sentences",
            "UAX #29 sentences with an alphanumeric character",
        ),
        Column("lines", Count(|row| Some(row.profile.measures.lines)), "lines", "lines with text"),
        Column(
            "chars_before",
            Count(|row| Some(row.profile.before.chars)),
            "characters",
            "of the body as it was decoded",
        ),
        Column(
            "tokens_before",
            Count(|row| row.profile.before.tokens),
            "tokens",
            "of the body as it was decoded",
        ),
        Column(
            "sentences_before",
            Count(|row| row.profile.before.sentences),
            "sentences",
            "of the body as it was decoded",
        ),
        Column(
            "lines_before",
            Count(|row| Some(row.profile.before.lines)),
            "lines",
            "of the body as it was decoded",
        ),
        Column(
            "types",
            Count(|row| row.spectrum().map(Spectrum::types)),
            "types",
            "V: distinct tokens, lower case, NFC",
        ),
        Column(
            "hapax",
            Count(|row| row.spectrum().map(|spectrum| spectrum.types_of(1))),
            "types",
            "V(1): types of frequency 1",
        ),
        Column("ttr", Decimal(|row| row.spectrum()?.ttr()), "", "V/N; falls with N"),
        Column(
            "mattr_100",
            Decimal(|row| row.along()?.mattr_100.mean_ttr(100)),
            "",
            "mean V/100 over all windows of 100 tokens (Covington and McFall 2010)",
        ),
        Column(
            "mattr_500",
            Decimal(|row| row.along()?.mattr_500.mean_ttr(500)),
            "",
            "the same for windows of 500 tokens",
        ),
        Column(
            "msttr_100",
            Decimal(|row| row.along()?.msttr_100.mean_ttr(100)),
            "",
            "mean V/100 over full segments of 100 tokens (Johnson 1944)",
        ),
        Column(
            "mtld",
            Decimal(|row| row.along()?.mtld),
            "tokens",
            "tokens a factor, forward and backward; a factor closes at TTR ≤ 0.72 (McCarthy and Jarvis 2010)",
        ),
        Column(
            "mtld_min10",
            Decimal(|row| row.along()?.mtld_min10),
            "tokens",
            "the same; a factor closes at TTR < 0.72 and 10 tokens",
        ),
        Column(
            "hdd_42",
            Decimal(|row| row.along()?.hdd_42),
            "",
            "Σ [1 − C(N−f,42)/C(N,42)]/42 (McCarthy and Jarvis 2007)",
        ),
        Column(
            "yule_k",
            Decimal(|row| row.spectrum()?.yule_k()),
            "",
            "10⁴ (Σ V(i) (i/N)² − 1/N) (Yule 1944)",
        ),
        Column("entropy_h", Decimal(|row| row.spectrum()?.entropy()), "bits", "−Σ p log₂ p"),
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
        Column(
            "bytes",
            Count(|row| Some(row.profile.measures.bytes)),
            "bytes",
            "the body as UTF-8",
        ),
        Column(
            "paragraphs",
            Count(|row| Some(row.profile.measures.paragraphs)),
            "paragraphs",
            "runs of lines with text",
        ),
        Column(
            "paragraphs_before",
            Count(|row| Some(row.profile.before.paragraphs)),
            "paragraphs",
            "of the body as it was decoded",
        ),
    ],
};

fn language(document: &Document) -> &str {
    document.language.as_ref().map_or("", |language| &language.code)
}

/// `stats/documents.csv`, open for writing in corpus order.
pub struct DocumentFigures {
    table: TableWriter<FiguredDocuments>,
}

impl DocumentFigures {
    /// Creates the table.
    pub fn create(publication: &Publication) -> Result<Self, Error> {
        Ok(Self { table: TableWriter::create(publication, &DOCUMENTS)? })
    }

    /// The table as lines, for whoever puts them into files.
    pub fn as_lines(form: &Form, lines: &Lines) -> Result<Self, Error> {
        Ok(Self { table: lines.csv(&DOCUMENTS, form)? })
    }

    /// Writes the row of a kept document.
    pub fn write(&mut self, document: &Document, profile: &Profile) -> Result<(), Error> {
        let prose = profile.lexis.as_ref().and_then(|lexis| lexis.prose).unwrap_or_default();
        let readable = Readable::of(&prose, language(document));
        self.table.row(&DocumentRow { document, profile, readable })
    }

    /// Flushes the table to disk.
    pub fn finish(self) -> Result<Vec<PublishedFile>, Error> {
        self.table.finish()
    }
}
