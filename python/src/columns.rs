//! Columns of Arrow batches: those that come in whatever widths an engine prefers, and those that go out.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};

use crate::Failure;

/// The batches that go out are about this large, in bytes.
pub(crate) const BATCH_BYTES: usize = 2 << 20;
/// Rows of a batch.
pub(crate) const BATCH_ROWS: usize = 4096;

/// A batch whose columns are known by name.
pub(crate) struct Rows<'a>(pub(crate) &'a RecordBatch);

impl<'a> Rows<'a> {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.0.num_rows()
    }

    fn column(&self, name: &str) -> Result<&'a ArrayRef, Failure> {
        self.0.column_by_name(name).ok_or_else(|| {
            let schema = self.0.schema();
            let there: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            Failure(format!("a batch has no column `{name}`, but {}", there.join(", ")))
        })
    }

    /// Integers; a column of 32 bits will do.
    pub(crate) fn integers(&self, name: &str) -> Result<Vec<Option<i64>>, Failure> {
        let column = self.column(name)?;
        match column.data_type() {
            DataType::Int64 => Ok(column.as_primitive::<Int64Type>().iter().collect()),
            DataType::Int32 => {
                let values = column.as_primitive::<Int32Type>().iter();
                Ok(values.map(|value| value.map(i64::from)).collect())
            }
            other => Err(wrong_type(name, "an integer", other)),
        }
    }

    /// Integers, one in each row.
    pub(crate) fn all_integers(&self, name: &str) -> Result<Vec<i64>, Failure> {
        let values = self.integers(name)?.into_iter().enumerate();
        values.map(|(row, value)| value.ok_or_else(|| no_value(name, row))).collect()
    }

    /// Numbers of documents, one in each row.
    pub(crate) fn numbers_of_documents(&self, name: &str) -> Result<Vec<u32>, Failure> {
        let values = self.all_integers(name)?.into_iter();
        let number = |value: i64| {
            u32::try_from(value).map_err(|_| Failure(format!("`{name}` is no document: {value}")))
        };
        values.map(number).collect()
    }

    /// Byte strings.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<Option<&'a [u8]>>, Failure> {
        bytes_of(name, self.column(name)?)
    }

    /// Byte strings, one in each row.
    pub(crate) fn all_bytes(&self, name: &str) -> Result<Vec<&'a [u8]>, Failure> {
        let values = self.bytes(name)?.into_iter().enumerate();
        values.map(|(row, value)| value.ok_or_else(|| no_value(name, row))).collect()
    }

    /// Texts.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<Option<&'a str>>, Failure> {
        let column = self.column(name)?;
        match column.data_type() {
            DataType::Utf8 => Ok(column.as_string::<i32>().iter().collect()),
            DataType::LargeUtf8 => Ok(column.as_string::<i64>().iter().collect()),
            DataType::Utf8View => Ok(column.as_string_view().iter().collect()),
            other => Err(wrong_type(name, "text", other)),
        }
    }

    /// Lists of byte strings by row; none is an empty list.
    pub(crate) fn lists(&self, name: &str) -> Result<Vec<Vec<&'a [u8]>>, Failure> {
        let column = self.column(name)?;
        let (values, ends): (&ArrayRef, Vec<(usize, usize)>) = match column.data_type() {
            DataType::List(_) => {
                let list = column.as_list::<i32>();
                let ends = list.offsets().windows(2).map(|at| (at[0] as usize, at[1] as usize));
                (list.values(), ends.collect())
            }
            DataType::LargeList(_) => {
                let list = column.as_list::<i64>();
                let ends = list.offsets().windows(2).map(|at| (at[0] as usize, at[1] as usize));
                (list.values(), ends.collect())
            }
            other => return Err(wrong_type(name, "a list", other)),
        };
        let values = bytes_of(name, values)?;
        let list = |(row, (from, to)): (usize, (usize, usize))| match column.is_null(row) {
            true => Vec::new(),
            false => values[from..to].iter().flatten().copied().collect(),
        };
        Ok(ends.into_iter().enumerate().map(list).collect())
    }
}

fn bytes_of<'a>(name: &str, column: &'a ArrayRef) -> Result<Vec<Option<&'a [u8]>>, Failure> {
    match column.data_type() {
        DataType::Binary => Ok(column.as_binary::<i32>().iter().collect()),
        DataType::LargeBinary => Ok(column.as_binary::<i64>().iter().collect()),
        DataType::BinaryView => Ok(column.as_binary_view().iter().collect()),
        other => Err(wrong_type(name, "a byte string", other)),
    }
}

fn wrong_type(name: &str, wanted: &str, found: &DataType) -> Failure {
    Failure(format!("the column `{name}` should be {wanted} and is {found}"))
}

fn no_value(name: &str, row: usize) -> Failure {
    Failure(format!("the column `{name}` has no value in row {row} of its batch"))
}

/// A batch of these columns.
pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Failure> {
    let fields: Vec<_> = columns
        .iter()
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), true))
        .collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|why| Failure(format!("could not make a batch: {why}")))
}
