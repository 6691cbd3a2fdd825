//! JSON Lines: an object a row, with the columns as keys in their order. What has no value is `null`.

use std::io::{self, Write};

use super::Form;
use super::file::PackedFile;
use super::sharded::RowWriter;
use super::table::{Cell, Field};

/// Rows as JSON Lines. Numbers have the digits that they have in CSV.
pub(super) struct JsonRows<W: Write = PackedFile> {
    out: W,
    keys: Vec<String>,
    line: Vec<u8>,
    digits: String,
}

impl<W: Write> JsonRows<W> {
    /// Rows of these fields.
    pub(super) fn new(out: W, fields: &[Field]) -> Self {
        let key = |(n, field): (usize, &Field)| {
            let before = if n == 0 { '{' } else { ',' };
            format!("{before}\"{}\":", field.name)
        };
        let keys = fields.iter().enumerate().map(key).collect();
        Self { out, keys, line: Vec::new(), digits: String::new() }
    }

    /// Writes one row, and tells how many bytes it has.
    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<usize> {
        self.line.clear();
        for (key, cell) in self.keys.iter().zip(cells) {
            self.line.extend_from_slice(key.as_bytes());
            match cell {
                Cell::Text(text) => serde_json::to_writer(&mut self.line, text)?,
                number => {
                    let digits = number.digits(&mut self.digits).unwrap_or("null");
                    self.line.extend_from_slice(digits.as_bytes());
                }
            }
        }
        self.line.extend_from_slice(b"}\n");
        self.out.write_all(&self.line)?;
        Ok(self.line.len())
    }

    /// What was written to, all rows in it.
    pub(super) fn into_inner(self) -> W {
        self.out
    }
}

impl RowWriter for JsonRows {
    const EXTENSION: &'static str = ".jsonl";

    fn begin(out: PackedFile, fields: &[Field], _: &Form) -> io::Result<Self> {
        Ok(Self::new(out, fields))
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<usize> {
        Self::row(self, cells)
    }

    fn end(self) -> io::Result<PackedFile> {
        Ok(self.out)
    }
}
