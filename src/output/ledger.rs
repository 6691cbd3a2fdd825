//! The tables of what is not, or not only, in `documents.csv`: duplicates, removed and repaired spans, repeated paragraphs,
//! and what was rejected.

use super::table::Value::{Count, Ratio, Text};
use super::table::{Column, Rows, Table};
use crate::document::{
    Document, Duplicate, DuplicateKind, Evidence, Rejection, Removal, Repair, Repeat,
};

/// What `duplicates.csv` says of a document besides its id.
pub struct CopyRow<'a> {
    /// Public id of the kept document.
    pub kept_name: &'a str,
    /// Number of the cluster, from 1.
    pub cluster: u64,
    /// What it is to the kept document, and why.
    pub duplicate: Duplicate,
}

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

/// What was repaired when a document was decoded, and the document's public id.
pub struct Repaired;

impl Rows for Repaired {
    type Row<'r> = (&'r str, &'r Repair);
}

/// `repairs.csv`; `start` and `end` are byte offsets into the decoded document, which has the repairs in it.
pub static REPAIRS: Table<Repaired> = Table {
    path: "repairs.csv",
    row: "a repaired span",
    columns: &[
        Column("id", Text(|(name, _)| name), "", "the document"),
        Column(
            "start",
            Count(|(_, repair)| Some(repair.start)),
            "bytes",
            "offset into the decoded document",
        ),
        Column("end", Count(|(_, repair)| Some(repair.end)), "bytes", "one past the last"),
        Column(
            "entities",
            Count(|(_, repair)| Some(repair.entities.into())),
            "entities",
            "HTML entities that were decoded",
        ),
        Column(
            "mojibake",
            Count(|(_, repair)| Some(repair.mojibake.into())),
            "characters",
            "that had been encoded in UTF-8 twice",
        ),
        Column("found", Text(|(_, repair)| &repair.found), "", "what stood there in the input"),
        Column("text", Text(|(_, repair)| &repair.text), "", "what stands there decoded"),
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

/// The counts behind a verdict, for a person.
pub(super) fn describe(kind: DuplicateKind, evidence: &Evidence) -> String {
    if kind == DuplicateKind::Exact {
        return "same tokens".into();
    }
    let Evidence { shared, compared, numbers } = evidence;
    let numbers = numbers.map(|share| format!(", {:.0} % of the numbers", 100.0 * share));
    format!("{shared} of {compared} sampled shingles{}", numbers.unwrap_or_default())
}
