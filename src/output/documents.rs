//! The tables of documents: kept ones, duplicates, what was removed, what was rejected; open for writing in corpus order.

use super::Format;
use super::file::PublishedFile;
use super::publish::Publication;
use super::table::Value::{Count, Ratio, Text};
use super::table::{Column, Rows, Table, TableWriter};
use super::texts::TextTree;
use crate::document::{
    Code, Document, Duplicate, DuplicateKind, Evidence, Fate, Note, Rejection, Removal, Repeat,
};
use crate::error::Error;

/// What `duplicates.csv` says of a document besides its id.
pub struct CopyRow<'a> {
    /// Public id of the kept document.
    pub kept_name: &'a str,
    /// Number of the cluster, from 1.
    pub cluster: u64,
    /// What it is to the kept document, and why.
    pub duplicate: Duplicate,
}

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
            "characters of headline and text that had been encoded in UTF-8 twice",
        ),
    ],
};

/// A duplicate, with the counts behind its figures for a person.
pub struct Copied;

impl Rows for Copied {
    type Row<'r> = (&'r str, &'r CopyRow<'r>, String);
}

/// `duplicates.csv`. A row whose `action` is `labelled` is about a document that is kept.
pub static DUPLICATES: Table<Copied> = Table {
    path: "duplicates.csv",
    row: "a duplicate, dropped or labelled",
    columns: &[
        Column("id", Text(|(name, ..)| name), "", "the duplicate"),
        Column("kept_id", Text(|(_, copy, _)| copy.kept_name), "", "the document that stays"),
        Column(
            "cluster",
            Count(|(_, copy, _)| Some(copy.cluster)),
            "",
            "number of the story, from 1",
        ),
        Column("kind", Text(|(_, copy, _)| copy.duplicate.kind.as_str()), "", "exact or near"),
        Column(
            "similarity",
            Ratio(|(_, copy, _)| Some(copy.duplicate.similarity.into())),
            "",
            "Jaccard similarity of shingles, estimated",
        ),
        Column(
            "class",
            Text(|(_, copy, _)| copy.duplicate.kind.class()),
            "",
            "exact, reprint, shortened or update",
        ),
        Column(
            "containment",
            Ratio(|(_, copy, _)| Some(copy.duplicate.containment.into())),
            "",
            "share of it that stands in the kept one, estimated",
        ),
        Column("evidence", Text(|(.., evidence)| evidence), "", "the counts behind the figures"),
        Column(
            "action",
            Text(|(_, copy, _)| copy.duplicate.action.as_str()),
            "",
            "dropped or labelled",
        ),
    ],
};

/// A removed span, and the document's public id.
pub struct Removed;

impl Rows for Removed {
    type Row<'r> = (&'r str, &'r Removal);
}

/// `removed.csv`; `start` and `end` are byte offsets into the decoded document.
pub static REMOVED: Table<Removed> = Table {
    path: "removed.csv",
    row: "a removed span",
    columns: &[
        Column("id", Text(|(name, _)| name), "", "the document"),
        Column("stage", Text(|(_, removal)| &removal.stage), "", "the stage that cut it"),
        Column("rule", Text(|(_, removal)| &removal.rule), "", "the rule of that stage"),
        Column(
            "start",
            Count(|(_, removal)| Some(removal.start)),
            "bytes",
            "offset into the decoded document",
        ),
        Column("end", Count(|(_, removal)| Some(removal.end)), "bytes", "one past the last"),
        Column("text", Text(|(_, removal)| &removal.text), "", "what stood there"),
    ],
};

/// A paragraph that stays, its document, and the public id of the first document that has it.
pub struct Paragraph;

impl Rows for Paragraph {
    type Row<'r> = (&'r Document, &'r Repeat, &'r str);
}

/// `paragraphs.csv`; `start` and `end` are byte offsets into the decoded document.
pub static PARAGRAPHS: Table<Paragraph> = Table {
    path: "paragraphs.csv",
    row: "a repeated paragraph that stays",
    columns: &[
        Column("id", Text(|(document, ..)| &document.name), "", "the document"),
        Column("source", Text(|(document, ..)| &document.source), "", "its outlet"),
        Column(
            "start",
            Count(|(_, repeat, _)| Some(repeat.start)),
            "bytes",
            "offset into the decoded document",
        ),
        Column("end", Count(|(_, repeat, _)| Some(repeat.end)), "bytes", "one past the last"),
        Column("kept_id", Text(|(_, _, first)| first), "", "the first document that has it"),
        Column(
            "documents",
            Count(|(_, repeat, _)| Some(repeat.documents.into())),
            "documents",
            "that have it",
        ),
        Column("text", Text(|(_, repeat, _)| &repeat.text), "", "what stands there"),
    ],
};

/// A rejected document, why, and the hash of its bytes as text.
pub struct Refused;

impl Rows for Refused {
    type Row<'r> = (&'r Document, &'r Rejection, String);
}

/// `rejected.csv`; from `file` on it says where in the input it lies, as [`Origin`](crate::document::Origin) has it.
pub static REJECTED: Table<Refused> = Table {
    path: "rejected.csv",
    row: "a rejected document or unreadable input",
    columns: &[
        Column("id", Text(|(document, ..)| &document.name), "", "the document or input"),
        Column(
            "stage",
            Text(|(_, why, _)| &why.stage),
            "",
            "the stage that refused it; input for the reader",
        ),
        Column("reason", Text(|(_, why, _)| &why.reason), "", "a short code"),
        Column(
            "detail",
            Text(|(_, why, _)| &why.detail),
            "",
            "the value beside its limit, or the error",
        ),
        Column(
            "file",
            Text(|(document, ..)| &document.origin.file),
            "",
            "the file of the input that it lies in",
        ),
        Column(
            "member",
            Count(|(document, ..)| document.origin.member),
            "",
            "position of the record in the file, from 0",
        ),
        Column(
            "offset",
            Count(|(document, ..)| document.origin.offset),
            "bytes",
            "first byte in the decompressed file",
        ),
        Column(
            "length",
            Count(|(document, ..)| document.origin.length),
            "bytes",
            "of the unit in the decompressed file",
        ),
        Column(
            "xxh128",
            Text(|(.., hash)| hash),
            "",
            "hash of these bytes, as xxh128sum prints it",
        ),
    ],
};

fn code(code: Option<&Code>) -> &str {
    code.map_or("", |code| code)
}

/// The tables of documents, open for writing in corpus order.
pub struct Tables {
    documents: TableWriter<Kept>,
    texts: Option<TextTree>,
    duplicates: TableWriter<Copied>,
    removed: TableWriter<Removed>,
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
            paragraphs: TableWriter::create(publication, &PARAGRAPHS)?,
            rejected: TableWriter::create(publication, &REJECTED)?,
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
        files.extend(self.paragraphs.finish()?);
        files.extend(self.rejected.finish()?);
        Ok(files)
    }

    fn write_copy(&mut self, document: &Document, copy: &CopyRow<'_>) -> Result<(), Error> {
        let evidence = describe(copy.duplicate.kind, &copy.duplicate.evidence);
        self.duplicates.row(&(&*document.name, copy, evidence))
    }
}

/// The counts behind a verdict, for a person.
fn describe(kind: DuplicateKind, evidence: &Evidence) -> String {
    if kind == DuplicateKind::Exact {
        return "same tokens".into();
    }
    let Evidence { shared, compared, numbers } = evidence;
    let numbers = numbers.map(|share| format!(", {:.0} % of the numbers", 100.0 * share));
    format!("{shared} of {compared} sampled shingles{}", numbers.unwrap_or_default())
}
