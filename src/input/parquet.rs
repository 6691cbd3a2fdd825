//! Parquet: a row is a document. With the feature `parquet`.
//!
//! Columns are recognised by name as fields of JSON Lines are: text and binary columns, days and points in time for the date,
//! whole numbers for the id; a column of lists, or within a struct, is none of these. Row groups are read one after the other,
//! of each the columns that are wanted, some rows at a time. The row at position N, counted from zero, is `path#N`. Where a
//! file is damaged, the rows before the damage are documents, and one row of `rejected.csv` stands for the rest. The limits
//! against bombs hold for what the footer says of a row group, and for the values that came out so far: one value in a
//! dictionary may stand for any number of rows. A single page is bounded by its format alone, to 2 GiB.

mod columns;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use ::parquet::column::reader::ColumnReader;
use ::parquet::data_type::ByteArray;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::schema::types::ColumnDescriptor;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use self::columns::{Meaning, Wanted, damaged};
use super::Options;
use super::charset::{Charset, Detected};
use super::compress::Limits;
use super::detail::{rejection, rejection_of};
use super::fields::{
    self, Fields, RecordCharset, RecordFile, is_same_name, language_fields, no_text_field,
};
use super::open::{AnyPlace, open};
use super::record::Record;
use super::zip::check_ratio;
use crate::document::{DocId, Document, Rejection};

/// Rows that are in memory at once.
const BATCH_ROWS: usize = 64;

/// One row of a Parquet file: the columns that are wanted, as bytes; `None` is null.
struct ParquetRecord {
    table: Arc<Table>,
    position: u64,
    cells: Vec<Option<ByteArray>>,
}

/// A file and its columns.
struct Table {
    file: RecordFile,
    /// What the names of the columns add to the hash of a record.
    seed: u64,
    wanted: Vec<Wanted>,
    roles: Roles,
}

/// Which of the wanted columns may hold what, in the order of the options.
#[derive(Default)]
struct Roles {
    text: Vec<usize>,
    title: Vec<usize>,
    source: Vec<usize>,
    url: Vec<usize>,
    date: Vec<usize>,
    id: Vec<usize>,
    author: Vec<usize>,
    language: Vec<usize>,
}

impl Record for ParquetRecord {
    fn place(&self) -> (&str, Option<u64>) {
        (&self.table.file.name, Some(self.position))
    }

    fn bytes(&self) -> u64 {
        self.cells.iter().flatten().map(|cell| cell.len() as u64).sum()
    }

    /// Of the cells and their lengths, the place in the file, and of the names of the columns.
    fn hash(&self) -> u64 {
        let mut hash = Xxh3::with_seed(self.table.seed ^ self.position.rotate_left(32));
        for cell in &self.cells {
            hash.update(&cell.as_ref().map_or(u64::MAX, |cell| cell.len() as u64).to_le_bytes());
            hash.update(cell.as_ref().map_or(&[], ByteArray::data));
        }
        hash.digest()
    }

    fn values(&self) -> Vec<(String, String)> {
        let filled = self.table.wanted.iter().zip(&self.cells);
        let filled = filled.filter_map(|(wanted, cell)| {
            let text = String::from_utf8_lossy(cell.as_ref()?.data()).into_owned();
            Some((wanted.name.clone(), text))
        });
        filled.collect()
    }

    fn into_document(self: Box<Self>, id: DocId, options: &Options) -> Document {
        let raw_bytes = self.bytes();
        let Self { table, position, cells } = *self;
        let mut whole = Xxh3::new();
        cells.iter().flatten().for_each(|cell| whole.update(cell.data()));
        let mut origin = table.file.origin(position, 0, Some(raw_bytes));
        origin.hash = Some(whole.digest128());
        let (mut replacements, mut charset) = (0u32, RecordCharset::of(table.file.detected, b""));
        let mut first = |columns: &[usize]| {
            let mut filled = columns.iter().filter_map(|column| cells[*column].as_ref());
            let bytes = filled.find(|cell| !cell.data().trim_ascii().is_empty())?.data();
            let of_cell = RecordCharset::of(table.file.detected, bytes);
            let (text, invalid) = of_cell.decode(bytes.to_vec());
            replacements = replacements.saturating_add(invalid);
            Some((text, of_cell))
        };
        let text = first(&table.roles.text).map(|(text, of_text)| {
            charset = of_text;
            text
        });
        let mut short = |columns: &[usize]| first(columns).map(|(text, _)| text);
        let found = Fields {
            text: text.unwrap_or_default(),
            title: short(&table.roles.title),
            source: short(&table.roles.source),
            url: short(&table.roles.url),
            date: short(&table.roles.date),
            id: short(&table.roles.id),
            author: short(&table.roles.author),
            language: short(&table.roles.language),
        };
        let decoding = charset.decoding(replacements, raw_bytes);
        fields::into_document(&table.file, origin, found, decoding, id, options)
    }
}

/// The rows of a file, one after the other.
pub(super) struct ParquetRecords {
    table: Arc<Table>,
    /// `None` once reading stopped.
    reader: Option<SerializedFileReader<File>>,
    file: AnyPlace,
    next_group: usize,
    columns: Vec<ColumnReader>,
    rows_left_in_group: u64,
    batch: std::vec::IntoIter<Vec<Option<ByteArray>>>,
    position: u64,
    max_record_bytes: u64,
    limits: Limits,
    /// Of all values so far.
    bytes_out: u64,
}

impl ParquetRecords {
    /// Reads the footer.
    ///
    /// # Errors
    ///
    /// If there is none, or no column may hold the text.
    pub(super) fn open(
        path: &Path,
        name: Arc<str>,
        folder: Arc<str>,
        options: &Options,
    ) -> Result<Self, Rejection> {
        let file = open(path)?.at_any_place();
        let handle = file.handle().map_err(|why| rejection_of(&why))?;
        let reader = guarded(|| SerializedFileReader::new(handle))?;
        let detected = Detected { charset: Charset::UTF_8, is_ascii_so_far: true };
        let record_file = RecordFile { name, folder, detected, start: None };
        let table = Table::of(
            record_file,
            reader.metadata().file_metadata().schema_descr().columns(),
            options,
        )?;
        Ok(Self {
            table: Arc::new(table),
            reader: Some(reader),
            file,
            next_group: 0,
            columns: Vec::new(),
            rows_left_in_group: 0,
            batch: Vec::new().into_iter(),
            position: 0,
            max_record_bytes: options.max_document_bytes,
            limits: options.limits(),
            bytes_out: 0,
        })
    }

    /// Reads the next rows; `false` behind the last.
    fn fill(&mut self) -> Result<bool, Rejection> {
        let Some(reader) = &self.reader else { return Ok(false) };
        while self.rows_left_in_group == 0 {
            if self.next_group == reader.num_row_groups() {
                let rows = reader.metadata().file_metadata().num_rows();
                if u64::try_from(rows) != Ok(self.position) {
                    let detail = format!("the footer counts {rows} rows in all");
                    return Err(rejection("corrupt_file", detail));
                }
                self.reader = None;
                return self.file.check().map(|()| false);
            }
            let wanted = &self.table.wanted;
            let group = reader.metadata().row_group(self.next_group);
            let sum = |bytes_of: fn(&ColumnChunkMetaData) -> i64| {
                let sizes = wanted.iter().map(|column| bytes_of(group.column(column.leaf)));
                sizes.fold(0u64, |sum, bytes| sum.saturating_add(u64::try_from(bytes).unwrap_or(0)))
            };
            let (out, stored) = (
                sum(ColumnChunkMetaData::uncompressed_size),
                sum(ColumnChunkMetaData::compressed_size),
            );
            check_ratio(out, stored, self.limits, "the row group")?;
            (self.columns, self.rows_left_in_group) = guarded(|| {
                let group = reader.get_row_group(self.next_group)?;
                let columns = wanted.iter().map(|column| group.get_column_reader(column.leaf));
                let rows = u64::try_from(group.metadata().num_rows());
                let rows =
                    rows.map_err(|_| damaged("a row group has a negative number of rows"))?;
                Ok((columns.collect::<Result<_, _>>()?, rows))
            })?;
            self.next_group += 1;
        }
        let count = BATCH_ROWS.min(usize::try_from(self.rows_left_in_group).unwrap_or(BATCH_ROWS));
        let mut rows = vec![Vec::with_capacity(self.columns.len()); count];
        for (column, wanted) in self.columns.iter_mut().zip(&self.table.wanted) {
            let cells = guarded(|| wanted.cells(column, count))?;
            let bytes = cells.iter().flatten().map(|cell| cell.len() as u64).sum::<u64>();
            self.bytes_out = self.bytes_out.saturating_add(bytes);
            rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
        }
        check_ratio(self.bytes_out, self.file.size_bytes(), self.limits, "the file")?;
        self.rows_left_in_group -= count as u64;
        self.batch = rows.into_iter();
        Ok(true)
    }
}

impl Iterator for ParquetRecords {
    type Item = Box<dyn Record>;

    /// The next row, or what is wrong there.
    fn next(&mut self) -> Option<Box<dyn Record>> {
        let cells = loop {
            if let Some(cells) = self.batch.next() {
                break cells;
            }
            match self.fill() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(mut why) => {
                    self.reader = None;
                    why.detail = format!("row {}: {}", self.position, why.detail);
                    let file = &self.table.file;
                    return Some(Box::new(file.refused(file.origin(self.position, 0, None), why)));
                }
            }
        };
        let (table, position) = (self.table.clone(), self.position);
        self.position += 1;
        let record = ParquetRecord { table, position, cells };
        let bytes = record.bytes();
        if bytes <= self.max_record_bytes {
            return Some(Box::new(record));
        }
        let detail = format!(
            "row {position}: {bytes} bytes; max-document-bytes = {}",
            self.max_record_bytes
        );
        let file = &self.table.file;
        let origin = file.origin(position, 0, Some(bytes));
        Some(Box::new(file.refused(origin, rejection("record_too_long", detail))))
    }
}

impl Table {
    fn of(
        file: RecordFile,
        leaves: &[Arc<ColumnDescriptor>],
        options: &Options,
    ) -> Result<Self, Rejection> {
        let readable: Vec<(usize, &ColumnDescriptor, Meaning)> = leaves
            .iter()
            .enumerate()
            .filter_map(|(leaf, column)| Some((leaf, &**column, Meaning::of(column)?)))
            .collect();
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut find = |names: &[String], is_fit: fn(Meaning) -> bool| {
            let mut found = Vec::new();
            let fit = || readable.iter().filter(|(_, _, meaning)| is_fit(*meaning));
            for name in names {
                let exact = fit().find(|(_, column, _)| column.name() == name);
                let similar = || fit().find(|(_, column, _)| is_same_name(name, column.name()));
                let Some((leaf, column, meaning)) = exact.or_else(similar) else { continue };
                let known = wanted.iter().position(|wanted| wanted.leaf == *leaf);
                found.push(known.unwrap_or(wanted.len()));
                if known.is_none() {
                    let is_optional = column.max_def_level() > 0;
                    let name = column.name().to_owned();
                    wanted.push(Wanted { name, leaf: *leaf, meaning: *meaning, is_optional });
                }
            }
            found
        };
        let is_text = |meaning| meaning == Meaning::Text;
        let roles = Roles {
            text: find(&options.text, is_text),
            title: find(&options.title, is_text),
            source: find(&options.source, is_text),
            url: find(&options.url, is_text),
            date: find(&options.date, |_| true),
            id: find(&options.id, |meaning| matches!(meaning, Meaning::Text | Meaning::Number)),
            author: find(&options.author, is_text),
            language: find(
                language_fields(options, |name| leaves.iter().any(|leaf| leaf.name() == name)),
                is_text,
            ),
        };
        if options.keeps_every_field {
            let names: Vec<_> =
                readable.iter().map(|(_, column, _)| column.name().to_owned()).collect();
            find(&names, |_| true);
        } else if roles.text.is_empty() {
            return Err(no_text_field(readable.iter().map(|(_, column, _)| column.name())));
        }
        let names: Vec<_> = leaves.iter().map(|leaf| leaf.path().string()).collect();
        let seed = xxh3_64(names.join("\n").as_bytes());
        Ok(Self { file, seed, wanted, roles })
    }
}

/// What was read, or why not. A file that is no Parquet inside may bring the decoder to a panic; that costs the file alone.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Rejection> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        // What the system said, as against what the bytes say: the end of the file, where more should be.
        Ok(Err(ParquetError::External(why))) => Err(match why.downcast::<std::io::Error>() {
            Ok(why) if why.raw_os_error().is_some() => rejection_of(&why),
            Ok(why) => rejection("corrupt_file", why.to_string()),
            Err(why) => rejection("corrupt_file", why.to_string()),
        }),
        Ok(Err(why)) => Err(rejection("corrupt_file", why.to_string())),
        Err(_) => Err(rejection("corrupt_file", "the decoder gave up")),
    }
}

#[cfg(test)]
mod tests;
