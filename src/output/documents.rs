//! The tables of documents: kept ones, duplicates, what was removed, what was rejected; open for writing in corpus order.

use std::path::Path;

use super::file::{PublishedFile, Tree};
use super::ledger::{
    Copied, CopyRow, DUPLICATES, PARAGRAPHS, Paragraph, REJECTED, REMOVED, REPAIRS, Refused,
    Removed, Repaired, describe,
};
use super::lines::{Lines, are_lines};
use super::publish::Publication;
use super::table::Value::{Count, Ratio, Text};
use super::table::{Column, Rows, Table, TableWriter};
use super::texts::TextTree;
use super::{Form, Format};
use crate::document::{Code, Document, Fate, Note, Repeat};
use crate::error::Error;

/// What `documents.csv` says of a kept document's place among the others.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Documents it stands for: itself, and those dropped in its favour.
    pub cluster_size: u64,
    /// What was noted about it.
    pub note: Option<Note>,
}

/// A kept document, and its place among the others.
pub struct Kept;

impl Rows for Kept {
    type Row<'r> = (&'r Document, Standing);
}

/// `documents.csv`.
pub static DOCUMENTS: Table<Kept> = Table {
    path: "documents.csv",
    row: "a kept document",
    columns: &[
        Column(
            "id",
            Text(|(document, _)| &document.name),
            "",
            "path, path#position, or the record's own id where that is unique",
        ),
        Column(
            "source",
            Text(|(document, _)| &document.source),
            "",
            "outlet: a column of the record, or the parent folder",
        ),
        Column(
            "title",
            Text(|(document, _)| document.title()),
            "",
            "headline after cleaning; text that a spreadsheet would run begins with an apostrophe",
        ),
        Column(
            "language",
            Text(|(document, _)| code(document.language.as_ref().map(|l| &l.code))),
            "",
            "ISO 639-1 code, or und",
        ),
        Column(
            "language_confidence",
            Ratio(|(document, _)| document.language.as_ref().map(|l| l.confidence)),
            "",
            "calibrated probability that the code is right",
        ),
        Column(
            "chars",
            Count(|(document, _)| Some(document.measures.unwrap_or_default().chars)),
            "characters",
            "Unicode scalar values of the text",
        ),
        Column(
            "tokens",
            Count(|(document, _)| document.measures.and_then(|measures| measures.tokens)),
            "tokens",
            "UAX #29 words with an alphanumeric character; empty where words need a dictionary",
        ),
        Column(
            "sentences",
            Count(|(document, _)| document.measures.and_then(|measures| measures.sentences)),
            "sentences",
            "UAX #29 sentences with an alphanumeric character; a line end ends one",
        ),
        Column(
            "cluster_size",
            Count(|(_, standing)| Some(standing.cluster_size)),
            "documents",
            "it, and what was dropped in its favour",
        ),
        Column("text", Text(|(document, _)| document.body()), "", "body after cleaning"),
        Column(
            "language_second",
            Text(|(document, _)| code(document.language.as_ref().and_then(|l| l.second.as_ref()))),
            "",
            "next likely language",
        ),
        Column(
            "foreign_share",
            Ratio(|(document, _)| document.language.as_ref().map(|l| l.foreign_share)),
            "",
            "share of the letters in other languages",
        ),
        Column(
            "foreign_language",
            Text(|(document, _)| {
                code(document.language.as_ref().and_then(|l| l.foreign_language.as_ref()))
            }),
            "",
            "language of most of those",
        ),
        Column(
            "duplicate_note",
            Text(|(_, standing)| standing.note.map_or("", Note::as_str)),
            "",
            "composite or template",
        ),
        Column(
            "date",
            Text(|(document, _)| document.date.as_deref().unwrap_or_default()),
            "",
            "date of publication, as the record gave it",
        ),
        Column(
            "published",
            Text(|(document, _)| &document.dating.day),
            "",
            "day of publication, as year-month-day",
        ),
        Column(
            "published_from",
            Text(|(document, _)| &document.dating.from),
            "",
            "what says so: metadata (the column date), path (of the file, or the record's address) or text (its own stamp line)",
        ),
        Column(
            "published_reason",
            Text(|(document, _)| &document.dating.reason),
            "",
            "why there is no day: missing, unreadable or ambiguous (day and month may change places, or there are several)",
        ),
        Column(
            "source_from",
            Text(|(document, _)| &document.source_from),
            "",
            "where the outlet is from: field, url (its host) or folder",
        ),
        Column(
            "url",
            Text(|(document, _)| &document.metadata.url),
            "",
            "address that the record gives; of an HTML page the canonical one",
        ),
        Column(
            "author",
            Text(|(document, _)| &document.metadata.author),
            "",
            "who wrote it, as an HTML page says",
        ),
        Column(
            "language_declared",
            Text(|(document, _)| &document.metadata.language),
            "",
            "language that an HTML page claims to be in, as it was written",
        ),
        Column(
            "encoding",
            Text(|(document, _)| &document.decoding.encoding),
            "",
            "WHATWG name of the encoding that the document was in",
        ),
        Column(
            "replacements",
            Count(|(document, _)| Some(document.decoding.replacements.into())),
            "characters",
            "U+FFFD that stand for bytes which are invalid in it",
        ),
        Column(
            "entities_decoded",
            Count(|(document, _)| Some(document.decoding.entities.into())),
            "entities",
            "HTML entities that were left in headline and text",
        ),
        Column(
            "mojibake_repaired",
            Count(|(document, _)| Some(document.decoding.mojibake.into())),
            "characters",
            "characters of headline and text that had been encoded in UTF-8 twice; once more for each further time",
        ),
    ],
};

/// The tables of documents, open for writing in corpus order.
pub struct Tables {
    documents: TableWriter<Kept>,
    texts: Option<TextTree>,
    duplicates: TableWriter<Copied>,
    removed: TableWriter<Removed>,
    repairs: TableWriter<Repaired>,
    paragraphs: TableWriter<Paragraph>,
    rejected: TableWriter<Refused>,
}

impl Tables {
    /// Creates the tables with their headers: that of kept documents in all formats, the others as CSV.
    pub fn create(publication: &Publication) -> Result<Self, Error> {
        let has_texts = publication.form.formats.contains(&Format::Text);
        Ok(Self {
            documents: TableWriter::in_all_formats(publication, &DOCUMENTS)?,
            texts: has_texts.then(|| TextTree::create(publication)).transpose()?,
            duplicates: TableWriter::create(publication, &DUPLICATES)?,
            removed: TableWriter::create(publication, &REMOVED)?,
            repairs: TableWriter::create(publication, &REPAIRS)?,
            paragraphs: TableWriter::create(publication, &PARAGRAPHS)?,
            rejected: TableWriter::create(publication, &REJECTED)?,
        })
    }

    /// The tables as lines, for whoever puts them into files: that of kept documents in all formats, the others as CSV. Where
    /// kept documents are [no lines](super::lines::are_lines) in that form, their files are made in `folder`.
    pub fn as_lines(form: &Form, lines: &Lines, folder: &Path) -> Result<Self, Error> {
        let plain = &form.plain();
        let documents = match are_lines(form) {
            true => lines.table(&DOCUMENTS, form)?,
            false => TableWriter::in_tree(&Tree::new(folder.to_owned()), &DOCUMENTS, form)?,
        };
        Ok(Self {
            documents,
            texts: None,
            duplicates: lines.table(&DUPLICATES, plain)?,
            removed: lines.table(&REMOVED, plain)?,
            repairs: lines.table(&REPAIRS, plain)?,
            paragraphs: lines.table(&PARAGRAPHS, plain)?,
            rejected: lines.table(&REJECTED, plain)?,
        })
    }

    /// Writes a document's rows. `copy` goes with a duplicate, be it dropped or labelled.
    pub fn write(
        &mut self,
        document: &Document,
        copy: Option<CopyRow<'_>>,
        standing: Standing,
    ) -> Result<(), Error> {
        for removal in document.removed() {
            self.removed.row(&(&*document.name, removal))?;
        }
        for repair in document.repairs() {
            self.repairs.row(&(&*document.name, repair))?;
        }
        match (&document.fate, copy) {
            (Fate::Rejected(why), _) => {
                let hash = document.origin.hash.map(|hash| format!("{hash:032x}"));
                self.rejected.row(&(document, why, hash.unwrap_or_default()))
            }
            (Fate::Duplicate(_), Some(copy)) => self.write_copy(document, &copy),
            (Fate::Duplicate(_), None) => Err(Error::Internal(format!(
                "no kept document for the duplicate `{}`",
                document.name
            ))),
            (Fate::Kept, label) => {
                if let Some(copy) = label {
                    self.write_copy(document, &copy)?;
                }
                if let Some(texts) = &mut self.texts {
                    texts.write(document)?;
                }
                self.documents.row(&(document, standing))
            }
        }
    }

    /// Writes the row of a paragraph that another document has too.
    pub fn write_repeat(
        &mut self,
        document: &Document,
        repeat: &Repeat,
        first_name: &str,
    ) -> Result<(), Error> {
        self.paragraphs.row(&(document, repeat, first_name))
    }

    /// Flushes the tables to disk.
    pub fn finish(self) -> Result<Vec<PublishedFile>, Error> {
        let mut files = self.documents.finish()?;
        if let Some(texts) = self.texts {
            files.extend(texts.finish()?);
        }
        files.extend(self.duplicates.finish()?);
        files.extend(self.removed.finish()?);
        files.extend(self.repairs.finish()?);
        files.extend(self.paragraphs.finish()?);
        files.extend(self.rejected.finish()?);
        Ok(files)
    }

    fn write_copy(&mut self, document: &Document, copy: &CopyRow<'_>) -> Result<(), Error> {
        let evidence = describe(copy.duplicate.kind, &copy.duplicate.evidence);
        self.duplicates.row(&(&*document.name, copy, evidence))
    }
}

fn code(code: Option<&Code>) -> &str {
    code.map_or("", |code| code)
}
