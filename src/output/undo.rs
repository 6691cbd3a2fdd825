//! The way back: the decoded text of every kept document, from `documents.csv` and `removed.csv`.
//!
//! Both tables are in corpus order, and ids are unique, so they are read side by side, one document at a time. Rows of
//! documents that were dropped have nothing to return to and are passed over; their ids are held as hashes, 16 bytes or
//! so a dropped document. Rows that belong to no document at all are an error, and so is a text that they do not fit.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::csv::unguard;
use super::verify::RECORD;
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

pub(super) type Row = BTreeMap<String, String>;

impl Undo {
    /// Opens the tables of an output folder.
    pub fn open(output: &Path) -> Result<Self, Error> {
        let mut dropped = FxHashSet::default();
        for name in ["duplicates.csv", "rejected.csv"] {
            let mut table = Reader::open(output, name)?;
            while let Some(row) = table.next()? {
                // A labelled duplicate is kept, and has its rows to return to.
                if table.cell(&row, "action").is_ok_and(|action| action == "labelled") {
                    continue;
                }
                dropped.insert(xxh3_64(table.cell(&row, "id")?.as_bytes()));
            }
        }
        let documents = Reader::open(output, "documents.csv")?;
        let mut removed = Reader::open(output, "removed.csv")?;
        let ahead = removed.next()?;
        Ok(Self { documents, removed, dropped, ahead, is_done: false })
    }

    fn next_document(&mut self) -> Result<Option<Restored>, Error> {
        let Some(row) = self.documents.next()? else {
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
            self.ahead = self.removed.next()?;
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
            self.ahead = self.removed.next()?;
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

/// One table, read row by row, the formula guard taken off.
pub(super) struct Reader {
    path: PathBuf,
    header: csv::StringRecord,
    is_guarded: bool,
    records: csv::StringRecordsIntoIter<File>,
}

impl Reader {
    pub(super) fn open(output: &Path, name: &str) -> Result<Self, Error> {
        let path = output.join(name);
        let file = File::open(&path).map_err(|_| Error::InputMissing(path.clone()))?;
        let mut reader = csv::Reader::from_reader(file);
        let header = reader.headers().map_err(|why| unreadable(&path, &why))?.clone();
        let is_guarded = is_guarded(output);
        Ok(Self { path, header, is_guarded, records: reader.into_records() })
    }

    pub(super) fn next(&mut self) -> Result<Option<Row>, Error> {
        let Some(record) = self.records.next() else { return Ok(None) };
        let record = record.map_err(|why| unreadable(&self.path, &why))?;
        let is_guarded = self.is_guarded;
        let plain = |cell| if is_guarded { unguard(cell) } else { cell };
        let cells = record.iter().map(|cell| plain(cell).to_owned());
        Ok(Some(self.header.iter().map(str::to_owned).zip(cells).collect()))
    }

    pub(super) fn cell<'a>(&self, row: &'a Row, column: &str) -> Result<&'a str, Error> {
        row.get(column).map(String::as_str).ok_or_else(|| {
            Error::Mismatch(format!("`{}` has no column `{column}`", self.path.display()))
        })
    }
}

/// Whether the run guarded formulas, as its record says. Older records say nothing, and it did.
fn is_guarded(output: &Path) -> bool {
    let record = std::fs::read(output.join(RECORD)).unwrap_or_default();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap_or_default();
    record["csv"]["guard_formulas"].as_bool().unwrap_or(true)
}

fn unreadable(path: &Path, why: &csv::Error) -> Error {
    Error::Mismatch(format!("could not read `{}`: {why}", path.display()))
}
