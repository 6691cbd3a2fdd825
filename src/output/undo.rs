//! The way back: the decoded text of every kept document, from the table of documents and `removed.csv`.
//!
//! Both tables are in corpus order, and ids are unique, so they are read side by side, one document at a time. Rows of
//! documents that were dropped have nothing to return to and are passed over; their ids are held as hashes, 16 bytes or
//! so a dropped document. Rows that belong to no document at all are an error, and so is a text that they do not fit.

use std::path::Path;

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::read::{Reader, Row};
use crate::document::restore;
use crate::error::Error;

/// A kept document as it was decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Public id.
    pub id: String,
    /// Headline, blank line, body.
    pub text: String,
}

/// The documents of an output, restored one after the other in corpus order.
pub struct Undo {
    documents: Reader,
    removed: Reader,
    dropped: FxHashSet<u64>,
    /// The row of `removed.csv` that was read last and not used yet.
    ahead: Option<Row>,
    is_done: bool,
}

impl Undo {
    /// Opens the tables of an output folder.
    pub fn open(output: &Path) -> Result<Self, Error> {
        let mut dropped = FxHashSet::default();
        for name in ["duplicates.csv", "rejected.csv"] {
            let mut table = Reader::open(output, name)?;
            while let Some(row) = table.next_row()? {
                // A labelled duplicate is kept, and has its rows to return to.
                if table.cell(&row, "action").is_ok_and(|action| action == "labelled") {
                    continue;
                }
                dropped.insert(xxh3_64(table.cell(&row, "id")?.as_bytes()));
            }
        }
        let documents = Reader::open_documents(output)?;
        let mut removed = Reader::open(output, "removed.csv")?;
        let ahead = removed.next_row()?;
        Ok(Self { documents, removed, dropped, ahead, is_done: false })
    }

    fn next_document(&mut self) -> Result<Option<Restored>, Error> {
        let Some(row) = self.documents.next_row()? else {
            self.skip_dropped()?;
            return match &self.ahead {
                None => Ok(None),
                Some(row) => Err(mismatch(self.removed.cell(row, "id")?, "is in no table")),
            };
        };
        let cell = |column| self.documents.cell(&row, column);
        let (id, title, body) = (cell("id")?, cell("title")?, cell("text")?);
        self.skip_dropped()?;
        let mut cuts: Vec<(u64, u64, String)> = Vec::new();
        while let Some(row) = self.ahead.take() {
            if self.removed.cell(&row, "id")? != id {
                self.ahead = Some(row);
                break;
            }
            let offset = |column| -> Result<u64, Error> {
                let number = self.removed.cell(&row, column)?.parse();
                number.map_err(|_| mismatch(id, "has an offset that is not a number"))
            };
            let text = self.removed.cell(&row, "text")?.to_owned();
            cuts.push((offset("start")?, offset("end")?, text));
            self.ahead = self.removed.next_row()?;
        }
        let cuts: Vec<_> =
            cuts.iter().map(|(start, end, text)| (*start, *end, text.as_str())).collect();
        let text = restore(title, body, &cuts)
            .ok_or_else(|| mismatch(id, "does not fit its rows in `removed.csv`"))?;
        Ok(Some(Restored { id: id.to_owned(), text }))
    }

    fn skip_dropped(&mut self) -> Result<(), Error> {
        while let Some(row) = &self.ahead {
            let id = self.removed.cell(row, "id")?;
            if !self.dropped.contains(&xxh3_64(id.as_bytes())) {
                break;
            }
            self.ahead = self.removed.next_row()?;
        }
        Ok(())
    }
}

impl Iterator for Undo {
    type Item = Result<Restored, Error>;

    /// The next document; nothing follows an error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let next = self.next_document().transpose();
        self.is_done = !matches!(next, Some(Ok(_)));
        next
    }
}

fn mismatch(id: &str, what: &str) -> Error {
    Error::Mismatch(format!("document `{id}` {what}"))
}
