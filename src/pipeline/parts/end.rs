//! The last pass: the rows of a document, and what it adds to the sums.

use std::path::Path;

use super::super::stories::Place;
use super::super::sums::write_rows;
use super::super::work::counted;
use super::{Parts, PieceOfTable, Standing, StoryRow, Totals};
use crate::document::{DocId, Fate};
use crate::error::Error;
use crate::output::lines::{Line, Lines};
use crate::output::{self, CopyRow, Tables};

/// Writes the rows of documents, any of a run, in any order.
pub struct Ending {
    lines: Lines,
    tables: Tables,
    totals: Totals,
    first: Option<DocId>,
}

/// What is left to be told of the documents once their rows are written.
pub struct Ended {
    /// The files that hold kept documents, where their form [is not lines](crate::output::lines::are_lines).
    pub files: Vec<PieceOfTable>,
    /// The first document: files of parts of a run are in the order of theirs.
    pub first: Option<DocId>,
    /// What the documents add up to.
    pub totals: Totals,
}

/// A document at the end of its way, as an engine knows it.
#[derive(Clone, Copy, Debug)]
pub struct Last<'a> {
    /// Its number.
    pub id: DocId,
    /// Its public id.
    pub name: &'a str,
    /// As it was laid down.
    pub document: &'a [u8],
    /// The verdicts on it.
    pub verdicts: &'a [&'a [u8]],
    /// Where it stands among the others, unless by itself.
    pub standing: Option<&'a [u8]>,
    /// Public id of the document that stands for it.
    pub kept_name: Option<&'a str>,
}

impl Ending {
    /// Nothing yet. Counts that outgrow the memory of the configuration go to scratch files in `scratch`; kept documents whose
    /// form is not lines go to files in `files`, a folder for these documents alone.
    pub fn new(parts: &Parts, scratch: &Path, files: &Path) -> Result<Self, Error> {
        let lines = Lines::default();
        let tables = Tables::as_lines(&parts.config.output.form(), &lines, files)?;
        let totals = Totals::with_lines(parts, scratch, &lines)?;
        Ok(Self { lines, tables, totals, first: None })
    }

    /// Takes a laid document through all passes and writes its rows; also what it adds to its cluster, if it has one.
    pub fn write(
        &mut self,
        parts: &Parts,
        last: Last<'_>,
    ) -> Result<(Vec<Line>, Option<StoryRow>), Error> {
        self.first = Some(self.first.map_or(last.id, |first| first.min(last.id)));
        let passes = parts.planned.plan.passes.len();
        let (mut document, names) =
            parts.taken_through(passes - 1, last.id, last.document, last.verdicts)?;
        let standing = last.standing.map(Standing::from_bytes).transpose()?;
        let standing = standing.unwrap_or_else(Standing::alone);
        last.name.clone_into(&mut document.name);
        let mut counted = counted(document, parts.families);
        let document = &mut counted.document;
        if let (Fate::Duplicate(fate), Some(copy)) = (&mut document.fate, standing.copy) {
            *fate = copy;
        }
        let copy = standing.copy.filter(|_| !matches!(document.fate, Fate::Rejected(_)));
        let copy = copy
            .map(|duplicate| {
                let kept_name = last.kept_name.ok_or_else(|| missing(last.id, duplicate.of))?;
                let cluster = standing.cluster.unwrap_or_default();
                Ok::<_, Error>(CopyRow { kept_name, cluster, duplicate })
            })
            .transpose()?;
        let place = output::Standing { cluster_size: standing.stands_for, note: standing.note };
        let name_of = |id| names.get(&id).map(String::as_str).ok_or_else(|| missing(last.id, id));
        write_rows(document, &mut self.tables, copy, place, name_of)?;
        let place = standing.cluster.map(|cluster| Place {
            cluster,
            is_root: standing.is_root,
            name: Some(last.name),
        });
        self.totals.add(&counted, place)?;
        let document = &counted.document;
        let story = standing.cluster.map(|cluster| StoryRow {
            cluster,
            source: document.source.to_string(),
            kept_name: standing.is_root.then(|| document.name.clone()),
            is_dropped: matches!(document.fate, Fate::Duplicate(_)),
            date: Some(document.dating.day.clone()).filter(|day| !day.is_empty()),
        });
        Ok((self.lines.take(), story))
    }

    /// Flushes the files to disk.
    pub fn finish(self) -> Result<Ended, Error> {
        let Self { tables, totals, first, .. } = self;
        let files = tables.finish()?.into_iter().map(PieceOfTable::of).collect();
        Ok(Ended { files, first, totals })
    }
}

fn missing(id: DocId, other: DocId) -> Error {
    Error::Internal(format!("document {} needs the name of {}, and has none", id.0, other.0))
}
