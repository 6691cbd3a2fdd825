//! Rows as lines of text, for an engine that puts them into files itself. They are, byte for byte, those of a run's files.

use std::sync::{Arc, Mutex, PoisonError};

use super::csv::CsvRows;
use super::file::{Compression, PublishedFile};
use super::jsonl::JsonRows;
use super::table::{AnyTable, Cell, Field, Rows, Sink, Table, TableWriter};
use super::{Form, Format};
use crate::error::Error;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// File that it belongs to, as the run calls it when it writes no shards: `documents.csv`.
    pub file: String,
    /// The row without its last `\n`; a row of CSV may hold others.
    pub text: String,
}

/// Takes the rows of any number of tables.
#[derive(Clone, Debug, Default)]
pub struct Lines(Arc<Mutex<Vec<Line>>>);

struct LineSink {
    file: String,
    format: Format,
    fields: Vec<Field>,
    guards_formulas: bool,
    lines: Lines,
}

impl Lines {
    /// A table whose rows go here, in the formats of `form`.
    ///
    /// # Errors
    ///
    /// If they are no [lines](are_lines) in that form.
    pub(super) fn table<R: Rows>(
        &self,
        table: &'static Table<R>,
        form: &Form,
    ) -> Result<TableWriter<R>, Error> {
        check(form)?;
        let sinks = form.formats.iter().map(|format| {
            Box::new(LineSink {
                file: file_of(table, *format),
                format: *format,
                fields: table.fields(),
                guards_formulas: form.guard_formulas,
                lines: self.clone(),
            }) as Box<dyn Sink>
        });
        Ok(TableWriter::into_sinks(table, sinks.collect()))
    }

    /// A table that is always CSV.
    pub fn csv<R: Rows>(
        &self,
        table: &'static Table<R>,
        form: &Form,
    ) -> Result<TableWriter<R>, Error> {
        self.table(table, &form.plain())
    }

    /// The rows so far, in the order in which they were written; none of them stays here.
    pub fn take(&self) -> Vec<Line> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether kept documents in this form are lines that an engine can put into files. Otherwise they are files from the start.
pub fn are_lines(form: &Form) -> bool {
    check(form).is_ok()
}

/// Refuses a form in which kept documents are not lines.
pub fn check(form: &Form) -> Result<(), Error> {
    let is_line = |format: &Format| matches!(format, Format::Csv | Format::Jsonl);
    let key = if !form.formats.iter().all(is_line) {
        "formats"
    } else if form.compression == Compression::Zst {
        "compression"
    } else if form.shard_bytes > 0 {
        "shard-size"
    } else {
        return Ok(());
    };
    Err(Error::Setup(format!(
        "`output.{key}` asks for files that Spark does not write to an address\nhint: name a path that all machines see, or write CSV or JSON Lines, plain or as \"gz\", without shards"
    )))
}

/// The header of a file as a line; none where the rows say what is what.
pub fn header(table: &dyn AnyTable, format: Format) -> Option<String> {
    let names: Vec<_> = table.fields().iter().map(|field| field.name).collect();
    (format == Format::Csv).then(|| names.join(",") + "\r")
}

/// The file that a table is in one format.
pub fn file_of(table: &dyn AnyTable, format: Format) -> String {
    match format {
        Format::Jsonl => table.path().replace(".csv", ".jsonl"),
        _ => table.path().to_owned(),
    }
}

impl Sink for LineSink {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        let bytes = match self.format {
            Format::Jsonl => {
                let mut rows = JsonRows::new(Vec::new(), &self.fields);
                rows.row(cells).map(|_| rows.into_inner())
            }
            _ => {
                let mut rows = CsvRows::without_header(Vec::new(), self.guards_formulas);
                rows.row(cells).and_then(|_| rows.into_inner())
            }
        };
        let mut bytes = bytes.map_err(Error::output(self.file.as_ref()))?;
        bytes.pop();
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::Internal(format!("a row of {} is not UTF-8", self.file)))?;
        let line = Line { file: self.file.clone(), text };
        self.lines.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<PublishedFile>, Error> {
        Ok(Vec::new())
    }
}
