//! Columns that are read, and their values as text.

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArray, DataType};
use ::parquet::errors::ParquetError;
use ::parquet::schema::types::ColumnDescriptor;

use super::super::dates::iso_day;

/// A column that is read.
pub(super) struct Wanted {
    pub(super) name: String,
    /// Its place among the leaves of the schema.
    pub(super) leaf: usize,
    pub(super) meaning: Meaning,
    pub(super) is_optional: bool,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Bytes of text.
    Text,
    Number,
    /// Days since 1970.
    Day,
    /// So many of these since 1970 are a second.
    Time(i64),
}

impl Meaning {
    /// `None` for a column that is not read.
    pub(super) fn of(column: &ColumnDescriptor) -> Option<Self> {
        if column.path().parts().len() > 1 || column.max_rep_level() > 0 {
            return None;
        }
        let logical = column.logical_type_ref();
        match column.physical_type() {
            Physical::BYTE_ARRAY => match (logical, column.converted_type()) {
                (Some(LogicalType::Decimal { .. }), _) | (_, ConvertedType::DECIMAL) => None,
                _ => Some(Self::Text),
            },
            Physical::INT32 => match (logical, column.converted_type()) {
                (Some(LogicalType::Date), _) | (_, ConvertedType::DATE) => Some(Self::Day),
                (
                    None | Some(LogicalType::Integer { .. }),
                    ConvertedType::NONE | ConvertedType::INT_32 | ConvertedType::UINT_32,
                ) => Some(Self::Number),
                _ => None,
            },
            Physical::INT64 => match (logical, column.converted_type()) {
                (Some(LogicalType::Timestamp(time)), _) => Some(Self::Time(match time.unit {
                    TimeUnit::MILLIS => 1_000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                })),
                (_, ConvertedType::TIMESTAMP_MILLIS) => Some(Self::Time(1_000)),
                (_, ConvertedType::TIMESTAMP_MICROS) => Some(Self::Time(1_000_000)),
                (
                    None | Some(LogicalType::Integer { .. }),
                    ConvertedType::NONE | ConvertedType::INT_64 | ConvertedType::UINT_64,
                ) => Some(Self::Number),
                _ => None,
            },
            // Points in time of old writers.
            Physical::INT96 => Some(Self::Time(1_000)),
            _ => None,
        }
    }

    /// A number as text; days and points in time as ISO 8601 has them, where they are not before 1970.
    pub(super) fn text(self, value: i64) -> ByteArray {
        let text = match self {
            Self::Text | Self::Number => None,
            Self::Day => iso_day(value),
            Self::Time(per_second) => {
                let seconds = value.div_euclid(per_second);
                let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
                let time =
                    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
                iso_day(day).map(|day| format!("{day}T{time}"))
            }
        };
        ByteArray::from(text.unwrap_or_else(|| value.to_string()).into_bytes())
    }
}

impl Wanted {
    /// The next values of the column.
    pub(super) fn cells(
        &self,
        column: &mut ColumnReader,
        count: usize,
    ) -> Result<Vec<Option<ByteArray>>, ParquetError> {
        let meaning = self.meaning;
        match column {
            ColumnReader::ByteArrayColumnReader(column) => self.values(column, count, |text| text),
            ColumnReader::Int32ColumnReader(column) => {
                self.values(column, count, |value| meaning.text(value.into()))
            }
            ColumnReader::Int64ColumnReader(column) => {
                self.values(column, count, |value| meaning.text(value))
            }
            ColumnReader::Int96ColumnReader(column) => {
                self.values(column, count, |value| meaning.text(value.to_millis()))
            }
            _ => Err(damaged("a column is of another type than the footer says")),
        }
    }

    fn values<T: DataType>(
        &self,
        column: &mut ColumnReaderImpl<T>,
        count: usize,
        convert: impl Fn(T::T) -> ByteArray,
    ) -> Result<Vec<Option<ByteArray>>, ParquetError> {
        let (mut levels, mut values) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let is_there = self.is_optional.then_some(&mut levels);
        let (rows, ..) = column.read_records(count, is_there, None, &mut values)?;
        if rows != count {
            return Err(damaged("a column has fewer values than its row group has rows"));
        }
        let mut values = values.into_iter().map(convert);
        match self.is_optional {
            true => {
                let cell = |level| if level > 0 { values.next() } else { None };
                Ok(levels.into_iter().map(cell).collect())
            }
            false => Ok(values.map(Some).collect()),
        }
    }
}

pub(super) fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}
