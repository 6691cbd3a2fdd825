//! CSV: a record behind the header is a document.
//!
//! RFC 4180, with line breaks in quoted fields. The separator is the one of `,` `;` tab and `|` for which the header has
//! a column that may hold the text; a table may do without a header. The record at position N, counted from zero behind the
//! header, is `path#N`. A cell `null`, `NULL` or `\N` is empty. A quote that never ends takes all that follows into one
//! field; such a record is refused, and as there is no way to tell where the next one would begin, the file ends there.

mod layout;

use std::sync::Arc;

use ::csv::{ByteRecord, ErrorKind, Reader};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed, xxh3_128};

use super::Options;
use super::detail::{rejection, rejection_at, rejection_of};
use super::fields::{self, Fields, RecordCharset, RecordFile, place_seed};
use super::guard::{BUFFER_BYTES, Guard};
use super::proposal::is_null;
use super::record::{OpenSource, Record};
use crate::document::{DocId, Document, Rejection};

use layout::{Columns, Layout, builder, no_text_column};

pub(super) use layout::separator_of;

/// One record of a CSV file.
pub(super) struct CsvRecord {
    pub(super) table: Arc<Table>,
    pub(super) position: u64,
    /// Its first byte in the text of the file, and its bytes, line end and quotes among them.
    at: u64,
    length: u64,
    pub(super) fields: ByteRecord,
}

impl Record for CsvRecord {
    fn place(&self) -> (&str, Option<u64>) {
        (&self.table.file.name, Some(self.position))
    }

    fn bytes(&self) -> u64 {
        self.fields.as_slice().len() as u64
    }

    /// Of the fields and their ends, the place in the file, and of the header, separator and encoding of the file.
    fn hash(&self) -> u64 {
        let line = self.fields.position().map_or(0, ::csv::Position::line);
        hash_of(&self.fields, self.table.seed ^ place_seed(line, self.at) ^ self.length)
    }

    fn values(&self) -> Vec<(String, String)> {
        let charset = RecordCharset::of(self.table.file.detected, self.fields.as_slice());
        let cells = self.table.names.iter().zip(&self.fields).filter(|(_, cell)| !is_null(cell));
        cells.map(|(name, cell)| (name.clone(), charset.decode(cell.to_vec()).0)).collect()
    }

    fn into_document(self: Box<Self>, id: DocId, options: &Options) -> Document {
        into_document(*self, id, options)
    }
}

/// xxh3 of the fields of a record and of where each ends.
fn hash_of(record: &ByteRecord, seed: u64) -> u64 {
    let mut ends = seed;
    for field in record {
        ends = ends.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ field.len() as u64;
    }
    xxh3_64_with_seed(record.as_slice(), ends)
}

/// A file and its columns.
pub(super) struct Table {
    pub(super) file: RecordFile,
    /// What the file as a whole adds to the hash of a record.
    seed: u64,
    /// Of the header, or `#1`, `#2` and so on.
    names: Vec<String>,
    has_header: bool,
    columns: Columns,
}

/// The records of a file, one after the other.
pub(super) struct CsvRecords {
    table: Arc<Table>,
    reader: Option<Reader<Guard>>,
    max_record_bytes: u64,
    position: u64,
}

impl CsvRecords {
    /// Finds out the separator, and reads the header.
    ///
    /// # Errors
    ///
    /// If the header cannot be read, or no column may hold the text.
    pub(super) fn open(source: OpenSource, options: &Options) -> Result<Self, Rejection> {
        let Layout { separator, unnamed } = Layout::of(source.sample(), options)?;
        let (file, stream) = source.into_file();
        let mut reader =
            builder(separator).buffer_capacity(BUFFER_BYTES).from_reader(Guard::new(stream));
        let mut header = ByteRecord::new();
        let (mut has_rows, has_header) = (true, unnamed.is_none());
        let (names, columns) = match unnamed {
            Some(unnamed) => unnamed,
            None => {
                reader.get_mut().begin_record(0, options.max_document_bytes);
                has_rows = reader
                    .read_byte_record(&mut header)
                    .map_err(|error| rejection_at(&reading_stopped(&error), 1))?;
                let names: Vec<_> =
                    header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
                let columns = Columns::of(&names, options);
                if has_rows && columns.text.is_empty() && !options.keeps_every_field {
                    return Err(no_text_column(&header));
                }
                (names, columns)
            }
        };
        // Without a header it is the first rows that tell the columns apart.
        let told = xxh3_64(format!("{columns:?}").as_bytes());
        let seed = hash_of(&header, file.seed() ^ u64::from(separator) ^ told);
        Ok(Self {
            table: Arc::new(Table { file, seed, names, has_header, columns }),
            reader: has_rows.then_some(reader),
            max_record_bytes: options.max_document_bytes,
            position: 0,
        })
    }
}

impl Iterator for CsvRecords {
    type Item = Box<dyn Record>;

    /// The next record, or a row for what is wrong there.
    fn next(&mut self) -> Option<Box<dyn Record>> {
        let reader = self.reader.as_mut()?;
        let (start, line) = (reader.position().byte(), reader.position().line());
        reader.get_mut().begin_record(start, self.max_record_bytes);
        let mut fields = ByteRecord::new();
        let is_record = reader.read_byte_record(&mut fields);
        let end = reader.position().byte();
        let file = &self.table.file;
        match is_record {
            Ok(false) => {
                self.reader = None;
                None
            }
            Ok(true) if reader.get_ref().ends_in_quotes(end, &fields) => {
                self.reader = None;
                let detail = "the quote is still open at the end of the file";
                let why = rejection_at(&rejection("unclosed_quote", detail), line);
                let mut refused = file.refused(file.origin(self.position, start, None), why);
                refused.raw_bytes = end - start;
                Some(Box::new(refused))
            }
            Ok(true) => {
                let position = self.position;
                self.position += 1;
                let bytes = fields.as_slice().len() as u64;
                if bytes > self.max_record_bytes {
                    let limit = self.max_record_bytes;
                    let detail = format!("{bytes} bytes; max-document-bytes = {limit}");
                    let why = rejection_at(&rejection("record_too_long", detail), line);
                    let origin = file.origin(position, start, Some(end - start));
                    return Some(Box::new(file.refused(origin, why)));
                }
                let table = self.table.clone();
                let length = end - start;
                Some(Box::new(CsvRecord { table, position, at: start, length, fields }))
            }
            Err(error) => {
                self.reader = None;
                let why = rejection_at(&reading_stopped(&error), line);
                let origin = file.origin(self.position, start, None);
                Some(Box::new(file.refused(origin, why)))
            }
        }
    }
}

/// Decodes one record.
fn into_document(record: CsvRecord, id: DocId, options: &Options) -> Document {
    let CsvRecord { table, position, at, length, fields } = record;
    let raw_bytes = fields.as_slice().len() as u64;
    let mut origin = table.file.origin(position, at, Some(length));
    origin.hash = Some(xxh3_128(fields.as_slice()));
    let charset = RecordCharset::of(table.file.detected, fields.as_slice());
    let n_columns = table.names.len();
    if fields.len() != n_columns {
        let line = fields.position().map_or(0, ::csv::Position::line);
        let first = if table.has_header { "header" } else { "first row" };
        let detail = format!("{} fields; the {first} has {n_columns}", fields.len());
        let why = rejection_at(&rejection("malformed_record", detail), line);
        let decoding = charset.decoding(0, raw_bytes);
        return fields::of_found(&table.file, origin, Err(why), decoding, id, options);
    }
    let mut replacements = 0u32;
    let mut first = |columns: &[usize]| {
        let mut filled = columns.iter().filter_map(|column| fields.get(*column));
        let bytes = filled.find(|bytes| !is_null(bytes))?;
        let (text, invalid) = charset.decode(bytes.to_vec());
        replacements = replacements.saturating_add(invalid);
        Some(text)
    };
    let columns = &table.columns;
    let found = Fields {
        text: first(&columns.text).unwrap_or_default(),
        title: first(&columns.title),
        source: first(&columns.source),
        url: first(&columns.url),
        date: first(&columns.date),
        id: first(&columns.id),
        author: first(&columns.author),
        language: first(&columns.language),
    };
    let decoding = charset.decoding(replacements, raw_bytes);
    fields::into_document(&table.file, origin, found, decoding, id, options)
}

fn reading_stopped(error: &::csv::Error) -> Rejection {
    match error.kind() {
        ErrorKind::Io(error) => rejection_of(error),
        // Ragged records are allowed here and bytes are not decoded, so that there is nothing else to go wrong.
        _ => rejection("malformed_record", error.to_string()),
    }
}

#[cfg(test)]
mod tests;
