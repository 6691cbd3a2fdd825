//! The output contract, version 1: what `OUT/` holds, and how it comes to be there as a whole or not at all.
//!
//! | file | one row is | columns |
//! |---|---|---|
//! | `documents.csv` | a kept document | [`DOCUMENTS`] |
//! | `duplicates.csv` | a dropped duplicate | [`DUPLICATES`] |
//! | `removed.csv` | a removed span | [`REMOVED`] |
//! | `rejected.csv` | a rejected document or unreadable input | [`REJECTED`] |
//! | `stats/*.csv` | a figure | [`FIGURES`] |
//! | `run.json` | the run | configuration, counts, hashes of the files; timings apart |

pub mod csv;
pub mod publish;
pub mod undo;

use crate::document::{Code, Document, Fate};
use crate::error::Error;
use crate::stats::Figure;
use csv::{Cell, Table};
use publish::{Publication, PublishedFile};

/// Version of the contract; columns may be appended within it, never renamed.
pub const CONTRACT: u32 = 1;

/// Columns of `documents.csv`.
pub const DOCUMENTS: [&str; 13] = [
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
];
/// Columns of `duplicates.csv`.
pub const DUPLICATES: [&str; 5] = ["id", "kept_id", "cluster", "kind", "similarity"];
/// Columns of `removed.csv`; `start` and `end` are byte offsets into the decoded document.
pub const REMOVED: [&str; 6] = ["id", "stage", "rule", "start", "end", "text"];
/// Columns of `rejected.csv`.
pub const REJECTED: [&str; 4] = ["id", "stage", "reason", "detail"];
/// Columns of the tables in `stats/`.
pub const FIGURES: [&str; 7] = ["scope", "key", "statistic", "value", "n", "method", "reason"];

/// What `duplicates.csv` says of a document besides its id.
pub struct CopyRow<'a> {
    /// Public id of the kept document.
    pub kept_name: &'a str,
    /// Number of the cluster, from 1.
    pub cluster: u64,
    /// `exact` or `near`.
    pub kind: &'static str,
    /// Shingle similarity to the kept document, four decimals.
    pub similarity: f32,
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

    /// Writes a document's rows. `copy` goes with a duplicate; `cluster_size` counts the document itself.
    pub fn write(
        &mut self,
        document: &Document,
        copy: Option<CopyRow<'_>>,
        cluster_size: u64,
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
            (Fate::Rejected(why), _) => self.rejected.row([
                id,
                Cell::Text(&why.stage),
                Cell::Text(&why.reason),
                Cell::Text(&why.detail),
            ]),
            (Fate::Duplicate(_), Some(copy)) => self.duplicates.row([
                id,
                Cell::Text(copy.kept_name),
                Cell::Count(copy.cluster),
                Cell::Text(copy.kind),
                Cell::Ratio(f64::from(copy.similarity)),
            ]),
            (Fate::Duplicate(_), None) => Err(Error::Internal(format!(
                "no kept document for the duplicate `{}`",
                document.name
            ))),
            (Fate::Kept, _) => self.write_kept(document, cluster_size),
        }
    }

    /// Flushes the tables to disk.
    pub fn finish(self) -> Result<Vec<PublishedFile>, Error> {
        [self.documents, self.duplicates, self.removed, self.rejected]
            .into_iter()
            .map(Table::finish)
            .collect()
    }

    fn write_kept<'a>(&mut self, document: &'a Document, cluster_size: u64) -> Result<(), Error> {
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
            Cell::Count(cluster_size),
            Cell::Text(document.body()),
            code(language.and_then(|language| language.second.as_ref())),
            language.map_or(Cell::Empty, |language| Cell::Ratio(language.foreign_share)),
            code(language.and_then(|language| language.foreign_language.as_ref())),
        ])
    }
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
        ])?;
    }
    table.finish()
}
