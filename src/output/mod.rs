//! The output contract, version 1: what `OUT/` holds, and how it comes to be there as a whole or not at all.
//!
//! | file | one row is | columns |
//! |---|---|---|
//! | `documents.csv` | a kept document | [`DOCUMENTS`] |
//! | `duplicates.csv` | a duplicate, dropped or labelled (`action`) | [`DUPLICATES`] |
//! | `clusters.csv` | a story of several documents | [`CLUSTERS`] |
//! | `syndication.csv` | a source and one that carries its texts | [`SYNDICATION`] |
//! | `pairs.csv` | two documents that `near-dedup` compared | [`PAIRS`] |
//! | `removed.csv` | a removed span | [`REMOVED`] |
//! | `rejected.csv` | a rejected document or unreadable input | [`REJECTED`] |
//! | `stats/*.csv` | a figure | [`FIGURES`], or those of a wide table in [`schema`] |
//! | `datapackage.json` | the tables | every column with type, unit and method, as Data Package v2 |
//! | `SHA256SUMS` | a file | as `sha256sum -c` reads it |
//! | `run.json` | the run | configuration, counts, hashes of the files; timings apart |

pub mod csv;
mod failed;
pub mod publish;
pub mod rejected;
pub mod schema;
pub mod statistics;
pub mod undo;
pub mod verify;

use crate::document::{
    Code, Document, Duplicate, DuplicateKind, Evidence, Fate, Note, Origin, Rejection,
};
use crate::error::Error;
use crate::stats::Figure;
use csv::{Cell, Table};
use publish::{Publication, PublishedFile};

/// Version of the contract; columns may be appended within it, never renamed.
pub const CONTRACT: u32 = 1;

/// Columns of `documents.csv`.
pub const DOCUMENTS: [&str; 15] = [
    "id",
    "source",
    "title",
    "language",
    "language_confidence",
    "chars",
    "tokens",
    "sentences",
    "cluster_size",
    "text",
    "language_second",
    "foreign_share",
    "foreign_language",
    "duplicate_note",
    "date",
];
/// Columns of `duplicates.csv`. A row whose `action` is `labelled` is about a document that is kept.
pub const DUPLICATES: [&str; 9] = [
    "id",
    "kept_id",
    "cluster",
    "kind",
    "similarity",
    "class",
    "containment",
    "evidence",
    "action",
];
/// Columns of `clusters.csv`: `size` = 1 + `dropped` + `labelled`.
pub const CLUSTERS: [&str; 8] =
    ["cluster", "kept_id", "size", "dropped", "labelled", "sources", "first_date", "last_date"];
/// Columns of `syndication.csv`: how many stories of the first source the second carries, in how many documents.
pub const SYNDICATION: [&str; 4] = ["kept_source", "copy_source", "stories", "documents"];
/// Columns of `pairs.csv`; `containment` is the share of `id` that stands in `other_id`.
pub const PAIRS: [&str; 6] = ["id", "other_id", "similarity", "containment", "numbers", "verdict"];
/// Columns of `removed.csv`; `start` and `end` are byte offsets into the decoded document.
pub const REMOVED: [&str; 6] = ["id", "stage", "rule", "start", "end", "text"];
/// Columns of `rejected.csv`; from `file` on they say where in the input it lies, as [`Origin`] has it.
pub const REJECTED: [&str; 9] =
    ["id", "stage", "reason", "detail", "file", "member", "offset", "length", "xxh128"];
/// Columns of the long tables in `stats/`.
pub const FIGURES: [&str; 9] =
    ["scope", "key", "statistic", "value", "n", "method", "reason", "unit", "state"];

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

/// The tables of documents, open for writing in corpus order.
pub struct Tables {
    documents: Table,
    duplicates: Table,
    removed: Table,
    rejected: Table,
}

impl Tables {
    /// Creates the four tables with their headers.
    pub fn create(publication: &Publication) -> Result<Self, Error> {
        Ok(Self {
            documents: Table::create(publication, "documents.csv", &DOCUMENTS)?,
            duplicates: Table::create(publication, "duplicates.csv", &DUPLICATES)?,
            removed: Table::create(publication, "removed.csv", &REMOVED)?,
            rejected: Table::create(publication, "rejected.csv", &REJECTED)?,
        })
    }

    /// Writes a document's rows. `copy` goes with a duplicate, be it dropped or labelled.
    pub fn write(
        &mut self,
        document: &Document,
        copy: Option<CopyRow<'_>>,
        standing: Standing,
    ) -> Result<(), Error> {
        let id = Cell::Text(&document.name);
        for removal in document.removed() {
            self.removed.row([
                id,
                Cell::Text(&removal.stage),
                Cell::Text(&removal.rule),
                Cell::Count(removal.start),
                Cell::Count(removal.end),
                Cell::Text(&removal.text),
            ])?;
        }
        match (&document.fate, copy) {
            (Fate::Rejected(why), _) => self.write_rejected(document, why),
            (Fate::Duplicate(_), Some(copy)) => self.write_copy(document, &copy),
            (Fate::Duplicate(_), None) => Err(Error::Internal(format!(
                "no kept document for the duplicate `{}`",
                document.name
            ))),
            (Fate::Kept, label) => {
                if let Some(copy) = label {
                    self.write_copy(document, &copy)?;
                }
                self.write_kept(document, standing)
            }
        }
    }

    /// Flushes the tables to disk.
    pub fn finish(self) -> Result<Vec<PublishedFile>, Error> {
        [self.documents, self.duplicates, self.removed, self.rejected]
            .into_iter()
            .map(Table::finish)
            .collect()
    }

    fn write_rejected(&mut self, document: &Document, why: &Rejection) -> Result<(), Error> {
        let Origin { file, member, offset, length, hash } = &document.origin;
        let hash = hash.map(|hash| format!("{hash:032x}"));
        self.rejected.row([
            Cell::Text(&document.name),
            Cell::Text(&why.stage),
            Cell::Text(&why.reason),
            Cell::Text(&why.detail),
            Cell::Text(file),
            member.map_or(Cell::Empty, Cell::Count),
            offset.map_or(Cell::Empty, Cell::Count),
            length.map_or(Cell::Empty, Cell::Count),
            hash.as_deref().map_or(Cell::Empty, Cell::Text),
        ])
    }

    fn write_copy(&mut self, document: &Document, copy: &CopyRow<'_>) -> Result<(), Error> {
        let Duplicate { kind, similarity, containment, evidence, action, .. } = copy.duplicate;
        let evidence = describe(kind, &evidence);
        self.duplicates.row([
            Cell::Text(&document.name),
            Cell::Text(copy.kept_name),
            Cell::Count(copy.cluster),
            Cell::Text(kind.as_str()),
            Cell::Ratio(f64::from(similarity)),
            Cell::Text(kind.class()),
            Cell::Ratio(f64::from(containment)),
            Cell::Text(&evidence),
            Cell::Text(action.as_str()),
        ])
    }

    fn write_kept<'a>(&mut self, document: &'a Document, standing: Standing) -> Result<(), Error> {
        let measures = document.measures.unwrap_or_default();
        let language = document.language.as_ref();
        let code = |code: Option<&'a Code>| code.map_or(Cell::Empty, |code| Cell::Text(code));
        self.documents.row([
            Cell::Text(&document.name),
            Cell::Text(&document.source),
            Cell::Text(document.title()),
            language.map_or(Cell::Empty, |language| Cell::Text(&language.code)),
            language.map_or(Cell::Empty, |language| Cell::Ratio(language.confidence)),
            Cell::Count(measures.chars),
            measures.tokens.map_or(Cell::Empty, Cell::Count),
            measures.sentences.map_or(Cell::Empty, Cell::Count),
            Cell::Count(standing.cluster_size),
            Cell::Text(document.body()),
            code(language.and_then(|language| language.second.as_ref())),
            language.map_or(Cell::Empty, |language| Cell::Ratio(language.foreign_share)),
            code(language.and_then(|language| language.foreign_language.as_ref())),
            standing.note.map_or(Cell::Empty, |note| Cell::Text(note.as_str())),
            document.date.as_deref().map_or(Cell::Empty, Cell::Text),
        ])
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

/// Writes one table of `stats/`.
pub fn write_figures<'a>(
    publication: &Publication,
    name: &str,
    figures: impl Iterator<Item = &'a Figure>,
) -> Result<PublishedFile, Error> {
    let mut table = Table::create(publication, name, &FIGURES)?;
    for figure in figures {
        let value = figure.value.map(|value| value.to_string());
        table.row([
            Cell::Text(figure.scope),
            Cell::Text(&figure.key),
            Cell::Text(&figure.statistic),
            value.as_deref().map_or(Cell::Empty, Cell::Number),
            Cell::Count(figure.n),
            Cell::Text(figure.method),
            Cell::Text(figure.reason),
            Cell::Text(figure.unit),
            Cell::Text(figure.state),
        ])?;
    }
    table.finish()
}
