//! Tables: every column stands once, with its name, type, unit, meaning and how its value is made from a row. All writers
//! and `datapackage.json` follow from that one list.

use std::fmt::Write as _;

use super::csv::CsvRows;
use super::file::{PackedFile, PublishedFile, Tree};
use super::jsonl::JsonRows;
use super::publish::Publication;
use super::sharded::Sharded;
use super::{Form, Format};
use crate::error::Error;

/// What the rows of a table are made from.
pub trait Rows: 'static {
    /// One of them; it borrows from what lives for `'r`.
    type Row<'r>;
}

/// A table of the output: its columns in order, and what they mean.
pub struct Table<R: Rows> {
    /// Path in the output folder, as CSV.
    pub path: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column<R>],
}

/// A column.
pub struct Column<R: Rows>(
    /// Name in the header.
    pub &'static str,
    /// Its type, and how it is made.
    pub Value<R>,
    /// Unit; empty for a name or a number without one.
    pub &'static str,
    /// What it says, and how it was computed.
    pub &'static str,
);

/// How a value is made from a row, by type. A text that is empty, and a number that is not there or not finite, is no value:
/// an empty cell, or null.
pub enum Value<R: Rows> {
    /// Text from a document or from the program.
    Text(for<'r> fn(&'r R::Row<'r>) -> &'r str),
    /// A count.
    Count(fn(&R::Row<'_>) -> Option<u64>),
    /// A ratio between 0 and 1, with four decimals.
    Ratio(fn(&R::Row<'_>) -> Option<f64>),
    /// Any other number, with six decimals.
    Decimal(fn(&R::Row<'_>) -> Option<f64>),
    /// A number that is written out already.
    Number(for<'r> fn(&'r R::Row<'r>) -> &'r str),
}

/// What every writer must know of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name in the header.
    pub name: &'static str,
    /// Type.
    pub kind: Kind,
    /// Unit; empty for a name or a number without one.
    pub unit: &'static str,
    /// What it says, and how it was computed.
    pub description: &'static str,
}

/// Types of Table Schema that occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `string`
    Text,
    /// `integer`
    Count,
    /// `number`
    Number,
}

/// One cell of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Text, not empty.
    Text(&'a str),
    /// A number that is already written out.
    Number(&'a str),
    /// A count.
    Count(u64),
    /// A ratio between 0 and 1.
    Ratio(f64),
    /// Any other number.
    Decimal(f64),
    /// No value.
    Empty,
}

impl<R: Rows> Column<R> {
    /// What writers must know of it.
    pub fn field(&self) -> Field {
        let kind = match self.1 {
            Value::Text(_) => Kind::Text,
            Value::Count(_) => Kind::Count,
            Value::Ratio(_) | Value::Decimal(_) | Value::Number(_) => Kind::Number,
        };
        Field { name: self.0, kind, unit: self.2, description: self.3 }
    }

    /// Its value in a row.
    pub fn cell<'r>(&self, row: &'r R::Row<'r>) -> Cell<'r> {
        let finite = |number: Option<f64>| number.filter(|number| number.is_finite());
        match &self.1 {
            Value::Text(text) => Some(text(row)).filter(|text| !text.is_empty()).map(Cell::Text),
            Value::Number(text) => {
                Some(text(row)).filter(|text| !text.is_empty()).map(Cell::Number)
            }
            Value::Count(count) => count(row).map(Cell::Count),
            Value::Ratio(ratio) => finite(ratio(row)).map(Cell::Ratio),
            Value::Decimal(number) => finite(number(row)).map(Cell::Decimal),
        }
        .unwrap_or(Cell::Empty)
    }
}

impl Cell<'_> {
    /// The digits of a number, the same in every format; `None` for text and where there is no value.
    pub fn digits<'b>(&'b self, buffer: &'b mut String) -> Option<&'b str> {
        buffer.clear();
        let written = match self {
            Self::Number(number) => return Some(number),
            Self::Count(count) => write!(buffer, "{count}"),
            Self::Ratio(ratio) => write!(buffer, "{ratio:.4}"),
            Self::Decimal(number) => write!(buffer, "{number:.6}"),
            Self::Text(_) | Self::Empty => return None,
        };
        written.expect("writing to a string cannot fail");
        Some(buffer)
    }
}

/// Any table, for what does not ask for its rows.
pub trait AnyTable: Sync {
    /// Path in the output folder, as CSV.
    fn path(&self) -> &'static str;
    /// What one row is.
    fn row(&self) -> &'static str;
    /// Its columns, in order.
    fn fields(&self) -> Vec<Field>;
}

impl<R: Rows> AnyTable for Table<R> {
    fn path(&self) -> &'static str {
        self.path
    }

    fn row(&self) -> &'static str {
        self.row
    }

    fn fields(&self) -> Vec<Field> {
        self.columns.iter().map(Column::field).collect()
    }
}

impl<R: Rows> Table<R> {
    /// The cells of a row, in the order of the columns.
    pub fn cells<'r>(&self, row: &'r R::Row<'r>) -> Vec<Cell<'r>> {
        self.columns.iter().map(|column| column.cell(row)).collect()
    }
}

/// Where rows go: a file, or several, of one format.
pub trait Sink: Send {
    /// Writes one row.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error>;
    /// Flushes everything to disk; what is dropped without this is not published.
    fn finish(self: Box<Self>) -> Result<Vec<PublishedFile>, Error>;
}

/// A table that is being written.
pub struct TableWriter<R: Rows> {
    table: &'static Table<R>,
    sinks: Vec<Box<dyn Sink>>,
}

impl<R: Rows> TableWriter<R> {
    /// Creates the table as one CSV file.
    pub fn create(publication: &Publication, table: &'static Table<R>) -> Result<Self, Error> {
        Self::with_form(publication, table, &publication.form.plain())
    }

    /// Creates the table in all formats that the run was asked for.
    pub fn in_all_formats(
        publication: &Publication,
        table: &'static Table<R>,
    ) -> Result<Self, Error> {
        Self::with_form(publication, table, &publication.form)
    }

    fn with_form(
        publication: &Publication,
        table: &'static Table<R>,
        form: &Form,
    ) -> Result<Self, Error> {
        Self::in_tree(&publication.tree(), table, form)
    }

    /// Creates the table in a tree, in the formats of `form`.
    pub(super) fn in_tree(
        tree: &Tree,
        table: &'static Table<R>,
        form: &Form,
    ) -> Result<Self, Error> {
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        for format in &form.formats {
            let (tree, fields, form) = (tree.clone(), table.fields(), form.clone());
            match format {
                Format::Csv => sinks.push(Box::new(Sharded::<CsvRows<PackedFile>>::create(
                    tree, table.path, fields, form,
                )?)),
                Format::Jsonl => {
                    sinks.push(Box::new(Sharded::<JsonRows>::create(
                        tree, table.path, fields, form,
                    )?));
                }
                #[cfg(feature = "parquet")]
                Format::Parquet => sinks.push(Box::new(super::parquet::ParquetFiles::create(
                    tree,
                    table.path,
                    &fields,
                    form.shard_bytes,
                )?)),
                #[cfg(not(feature = "parquet"))]
                Format::Parquet => {
                    return Err(Error::Internal("this build writes no Parquet".into()));
                }
                // No rows, but files of their own.
                Format::Text => {}
            }
        }
        Ok(Self { table, sinks })
    }

    /// The table, with rows that go elsewhere than into files of an output folder.
    pub(super) fn into_sinks(table: &'static Table<R>, sinks: Vec<Box<dyn Sink>>) -> Self {
        Self { table, sinks }
    }

    /// Writes one row.
    pub fn row<'r>(&mut self, row: &'r R::Row<'r>) -> Result<(), Error> {
        let cells = self.table.cells(row);
        self.sinks.iter_mut().try_for_each(|sink| sink.row(&cells))
    }

    /// Flushes the table to disk; a table that is dropped without this is not published.
    pub fn finish(self) -> Result<Vec<PublishedFile>, Error> {
        let mut files = Vec::new();
        for sink in self.sinks {
            files.extend(sink.finish()?);
        }
        Ok(files)
    }
}
