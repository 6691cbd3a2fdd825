//! A table as files of rows: one, or several of a size that was asked for.

use std::io;

use super::Form;
use super::file::{PackedFile, PublishedFile, Tree};
use super::table::{Cell, Field, Sink};
use crate::error::Error;

/// Rows in one format, within one file.
pub(super) trait RowWriter: Sized + Send {
    /// Extension of a file's name, with its dot.
    const EXTENSION: &'static str;

    /// Begins a file.
    fn begin(out: PackedFile, fields: &[Field], form: &Form) -> io::Result<Self>;

    /// Writes one row, and tells how many bytes it took before compression.
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<usize>;

    /// Ends the file.
    fn end(self) -> io::Result<PackedFile>;
}

/// The files of a table in one format.
///
/// A shard is full with the row that brings it to the size; how many there are is known at the end, so they get their names
/// then.
pub(super) struct Sharded<W: RowWriter> {
    tree: Tree,
    table: &'static str,
    fields: Vec<Field>,
    form: Form,
    current: Shard<W>,
    done: Vec<PublishedFile>,
}

struct Shard<W> {
    writer: W,
    name: String,
    rows: u64,
    bytes: u64,
}

impl<W: RowWriter> Sharded<W> {
    /// Begins the first file. `table` is the path of the table as CSV.
    pub(super) fn create(
        tree: Tree,
        table: &'static str,
        fields: Vec<Field>,
        form: Form,
    ) -> Result<Self, Error> {
        let current = begin(&tree, table, &fields, &form, 0)?;
        Ok(Self { tree, table, fields, form, current, done: Vec::new() })
    }

    fn next_shard(&mut self) -> Result<(), Error> {
        let number = self.done.len() + 1;
        let next = begin(&self.tree, self.table, &self.fields, &self.form, number)?;
        let full = std::mem::replace(&mut self.current, next);
        self.done.push(full.end(self.table)?);
        Ok(())
    }
}

fn begin<W: RowWriter>(
    tree: &Tree,
    table: &str,
    fields: &[Field],
    form: &Form,
    number: usize,
) -> Result<Shard<W>, Error> {
    let stem = table.trim_end_matches(".csv");
    let shard = if form.shard_bytes > 0 { format!("-{number:05}") } else { String::new() };
    let name = format!("{stem}{shard}{}{}", W::EXTENSION, form.compression.extension());
    let out = tree.create_packed(&name, form.compression)?;
    let writer = W::begin(out, fields, form).map_err(Error::output(name.as_ref()))?;
    Ok(Shard { writer, name, rows: 0, bytes: 0 })
}

impl<W: RowWriter> Shard<W> {
    fn end(self, table: &'static str) -> Result<PublishedFile, Error> {
        let out = self.writer.end().and_then(PackedFile::unpack);
        let file = out.map_err(Error::output(self.name.as_ref()))?.finish(Some(self.rows))?;
        Ok(PublishedFile { table: Some(table), ..file })
    }
}

impl<W: RowWriter> Sink for Sharded<W> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        let limit = self.form.shard_bytes;
        if limit > 0 && self.current.bytes >= limit {
            self.next_shard()?;
        }
        let shard = &mut self.current;
        let bytes = shard.writer.row(cells).map_err(Error::output(shard.name.as_ref()))?;
        shard.rows += 1;
        shard.bytes += bytes as u64;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<PublishedFile>, Error> {
        let Self { tree, table, form, current, mut done, .. } = *self;
        done.push(current.end(table)?);
        if form.shard_bytes > 0 {
            name_shards(&tree, &mut done)?;
        }
        Ok(done)
    }
}

/// Gives shards their last names, now that it is known how many there are.
pub(super) fn name_shards(tree: &Tree, shards: &mut [PublishedFile]) -> Result<(), Error> {
    let of = shards.len();
    for (number, file) in shards.iter_mut().enumerate() {
        let (from, to) = (format!("-{number:05}."), format!("-{number:05}-of-{of:05}."));
        tree.rename(file, file.name.replacen(&from, &to, 1))?;
    }
    Ok(())
}

impl Form {
    /// The form of a table that is always one plain CSV file.
    pub(super) fn plain(&self) -> Self {
        Self { guard_formulas: self.guard_formulas, ..Self::default() }
    }
}
