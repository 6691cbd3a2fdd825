//! The end of a document's way: its rows are written, and it is counted.

use super::copies::Copies;
use super::names::Names;
use super::statistics::Statistics;
use super::stories::{Place, Stories};
use super::work::Counted;
use crate::document::{DocId, Document, Fate};
use crate::error::Error;
use crate::output::{CopyRow, Standing, Tables};
use crate::stats::{Families, Tally};

/// What is summed over the documents at the end of their way.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) tally: Tally,
    pub(super) statistics: Option<Statistics>,
    pub(super) stories: Stories,
}

impl Sums {
    /// What the statistics ask for, if there are any.
    pub(super) fn families(&self) -> Option<Families> {
        self.statistics.as_ref().map(Statistics::families)
    }

    /// Counts a document whose rows are written, with its place among the stories.
    pub(super) fn add(&mut self, counted: &Counted, place: Option<Place<'_>>) -> Result<(), Error> {
        let Counted { document, profile } = counted;
        let cell = self.tally.add(document, profile.as_ref());
        if let Some(statistics) = &mut self.statistics {
            statistics.add(document, profile.as_ref(), cell)?;
        }
        self.stories.add(document, place);
        Ok(())
    }
}

impl Counted {
    /// Writes the rows of the document, under its name and with what became of the document that it copies.
    pub(super) fn write(
        mut self,
        tables: &mut Tables,
        names: &Names,
        copies: &Copies,
    ) -> Result<Self, Error> {
        let document = &mut self.document;
        let id = document.id;
        names.get(id).clone_into(&mut document.name);
        // What a copy of a copy is to the document that is kept counts, in the rows and in the sums.
        if let (Fate::Duplicate(fate), Some(duplicate)) = (&mut document.fate, copies.resolved(id))
        {
            *fate = duplicate;
        }
        let copy = match document.fate {
            Fate::Rejected(_) => None,
            _ => copies.resolved(id).map(|duplicate| CopyRow {
                kept_name: names.get(duplicate.of),
                cluster: copies.cluster(id).map_or(0, |cluster| cluster.number),
                duplicate,
            }),
        };
        let standing = Standing { cluster_size: copies.stands_for(id), note: copies.note(id) };
        write_rows(document, tables, copy, standing, |id| Ok(names.get(id)))?;
        Ok(self)
    }
}

/// Writes the rows of a document, those of its paragraphs among them.
pub(super) fn write_rows<'n>(
    document: &Document,
    tables: &mut Tables,
    copy: Option<CopyRow<'_>>,
    standing: Standing,
    name_of: impl Fn(DocId) -> Result<&'n str, Error>,
) -> Result<(), Error> {
    tables.write(document, copy, standing)?;
    for repeat in document.repeats() {
        tables.write_repeat(document, repeat, name_of(repeat.of)?)?;
    }
    Ok(())
}
