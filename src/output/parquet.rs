//! Parquet with zstd, in the layout of the Hugging Face hub: `data/train-00000-of-0000N.parquet`.
//!
//! Row groups are small, so that a viewer can read one at a time, and every page has its place and statistics in the index.

use std::mem::take;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::TypePtr;

use super::file::{OutputFile, PublishedFile, Tree};
use super::table::{Cell, Field, Kind, Sink};
use crate::error::Error;

/// Bytes of cells in a row group; they are held in memory.
const GROUP_BYTES: u64 = 16 << 20;
const ZSTD_LEVEL: i32 = 3;

/// The files of a table as Parquet.
pub(super) struct ParquetFiles {
    tree: Tree,
    table: &'static str,
    schema: TypePtr,
    shard_bytes: u64,
    kinds: Vec<Kind>,
    current: Part,
    done: Vec<PublishedFile>,
}

struct Part {
    name: String,
    writer: SerializedFileWriter<OutputFile>,
    columns: Vec<Buffer>,
    group_bytes: u64,
    bytes: u64,
    rows: u64,
}

/// Values of a column in the row group that is being gathered; `are_there` is 1 for a row with a value, else 0.
#[derive(Default)]
struct Buffer {
    texts: Vec<ByteArray>,
    counts: Vec<i64>,
    numbers: Vec<f64>,
    are_there: Vec<i16>,
}

impl ParquetFiles {
    pub(super) fn create(
        tree: Tree,
        table: &'static str,
        fields: &[Field],
        shard_bytes: u64,
    ) -> Result<Self, Error> {
        let schema = schema(fields).map_err(|why| Error::Internal(format!("no schema: {why}")))?;
        let kinds: Vec<_> = fields.iter().map(|field| field.kind).collect();
        let current = Part::begin(&tree, &schema, kinds.len(), 0)?;
        Ok(Self { tree, table, schema, shard_bytes, kinds, current, done: Vec::new() })
    }
}

/// Every column may be null.
fn schema(fields: &[Field]) -> Result<TypePtr, ParquetError> {
    let columns: String = fields
        .iter()
        .map(|Field { name, kind, .. }| match kind {
            Kind::Text => format!("optional binary {name} (STRING);\n"),
            Kind::Count => format!("optional int64 {name};\n"),
            Kind::Number => format!("optional double {name};\n"),
        })
        .collect();
    parse_message_type(&format!("message schema {{\n{columns}}}")).map(Arc::new)
}

impl Part {
    fn begin(tree: &Tree, schema: &TypePtr, columns: usize, number: usize) -> Result<Self, Error> {
        let name = format!("data/train-{number:05}.parquet");
        let level = ZstdLevel::try_new(ZSTD_LEVEL).unwrap_or_default();
        let properties =
            WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
        let writer =
            SerializedFileWriter::new(tree.create(&name)?, schema.clone(), Arc::new(properties));
        Ok(Self {
            writer: writer.map_err(failed(&name))?,
            name,
            columns: (0..columns).map(|_| Buffer::default()).collect(),
            group_bytes: 0,
            bytes: 0,
            rows: 0,
        })
    }

    fn row(&mut self, cells: &[Cell<'_>], kinds: &[Kind]) -> Result<(), Error> {
        let mut digits = String::new();
        let mut bytes = 0;
        for ((cell, kind), column) in cells.iter().zip(kinds).zip(&mut self.columns) {
            column.are_there.push(i16::from(!matches!(cell, Cell::Empty)));
            bytes += 8;
            match (cell, kind) {
                (Cell::Empty, _) => {}
                (Cell::Text(text), _) => {
                    bytes += text.len() as u64;
                    column.texts.push(ByteArray::from(text.as_bytes().to_vec()));
                }
                (Cell::Count(count), Kind::Count) => {
                    column.counts.push(i64::try_from(*count).unwrap_or(i64::MAX));
                }
                // The digits that all formats have.
                (number, _) => {
                    let written = number.digits(&mut digits).and_then(|digits| digits.parse().ok());
                    column.numbers.push(written.unwrap_or(f64::NAN));
                }
            }
        }
        self.rows += 1;
        self.bytes += bytes;
        self.group_bytes += bytes;
        if self.group_bytes >= GROUP_BYTES {
            self.write_group().map_err(failed(&self.name))?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        self.group_bytes = 0;
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            let Buffer { texts, counts, numbers, are_there } = take(column);
            let Some(mut writer) = group.next_column()? else { break };
            match writer.untyped() {
                ColumnWriter::ByteArrayColumnWriter(column) => {
                    column.write_batch(&texts, Some(&are_there), None)?;
                }
                ColumnWriter::Int64ColumnWriter(column) => {
                    column.write_batch(&counts, Some(&are_there), None)?;
                }
                ColumnWriter::DoubleColumnWriter(column) => {
                    column.write_batch(&numbers, Some(&are_there), None)?;
                }
                _ => return Err(ParquetError::General("a column of another type".into())),
            }
            writer.close()?;
        }
        group.close().map(|_| ())
    }

    fn end(mut self, table: &'static str) -> Result<PublishedFile, Error> {
        let written = match self.columns.iter().all(|column| column.are_there.is_empty()) {
            true => Ok(()),
            false => self.write_group(),
        };
        let out = written.and_then(|()| self.writer.into_inner()).map_err(failed(&self.name))?;
        Ok(PublishedFile {
            table: Some(table),
            plain_bytes: Some(self.bytes),
            ..out.finish(Some(self.rows))?
        })
    }
}

impl Sink for ParquetFiles {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        if self.shard_bytes > 0 && self.current.bytes >= self.shard_bytes {
            let number = self.done.len() + 1;
            let next = Part::begin(&self.tree, &self.schema, self.kinds.len(), number)?;
            let full = std::mem::replace(&mut self.current, next);
            self.done.push(full.end(self.table)?);
        }
        self.current.row(cells, &self.kinds)
    }

    fn finish(self: Box<Self>) -> Result<Vec<PublishedFile>, Error> {
        let Self { tree, table, current, mut done, .. } = *self;
        done.push(current.end(table)?);
        super::sharded::name_shards(&tree, &mut done)?;
        Ok(done)
    }
}

fn failed(name: &str) -> impl FnOnce(ParquetError) -> Error + use<'_> {
    move |why| {
        let source = match why {
            // A full disk must be told as what it is.
            ParquetError::External(why) => match why.downcast::<std::io::Error>() {
                Ok(why) => *why,
                Err(why) => std::io::Error::other(why),
            },
            why => std::io::Error::other(why),
        };
        Error::Output { path: name.into(), source }
    }
}
