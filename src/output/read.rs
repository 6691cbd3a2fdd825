//! Reads published tables back: row by row, in whatever format they were written, the formula guard taken off.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::csv::unguard;
use super::verify::RECORD;
use crate::error::Error;

/// A row: column to cell; no value is the empty text.
pub type Row = BTreeMap<String, String>;

/// One table, read row by row, all its files one after the other.
pub struct Reader {
    /// Those that were not opened yet, the next one last.
    files: Vec<PathBuf>,
    path: PathBuf,
    is_guarded: bool,
    rows: Box<dyn Iterator<Item = Result<Row, String>>>,
}

impl Reader {
    /// Opens a table that is always one CSV file.
    pub fn open(output: &Path, name: &str) -> Result<Self, Error> {
        Self::open_at(output, name, is_guarded(output))
    }

    /// Opens the table of kept documents: as CSV if it was written as that, else as JSON Lines, else as Parquet.
    pub fn open_documents(output: &Path) -> Result<Self, Error> {
        let mut files = document_files(output);
        let first = files.pop().ok_or_else(|| Error::InputMissing(output.join("documents.csv")))?;
        let is_guarded = is_guarded(output);
        Ok(Self { rows: rows(&first)?, files, path: first, is_guarded })
    }

    pub(super) fn open_at(output: &Path, name: &str, is_guarded: bool) -> Result<Self, Error> {
        let path = output.join(name);
        Ok(Self { rows: rows(&path)?, files: Vec::new(), path, is_guarded })
    }

    /// The next row.
    pub fn next_row(&mut self) -> Result<Option<Row>, Error> {
        loop {
            if let Some(row) = self.rows.next() {
                let mut row = row.map_err(|why| unreadable(&self.path, &why))?;
                if self.is_guarded && self.is_csv() {
                    for cell in row.values_mut() {
                        if unguard(cell).len() < cell.len() {
                            cell.remove(0);
                        }
                    }
                }
                return Ok(Some(row));
            }
            let Some(next) = self.files.pop() else { return Ok(None) };
            self.rows = rows(&next)?;
            self.path = next;
        }
    }

    /// A cell of a row.
    pub fn cell<'a>(&self, row: &'a Row, column: &str) -> Result<&'a str, Error> {
        row.get(column).map(String::as_str).ok_or_else(|| {
            Error::Mismatch(format!("`{}` has no column `{column}`", self.path.display()))
        })
    }

    fn is_csv(&self) -> bool {
        Format::of(&self.path) == Some(Format::Csv)
    }
}

/// Formats that can be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Format {
    Csv,
    JsonLines,
    Parquet,
}

impl Format {
    /// By the name of a file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let name = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(name);
        match Path::new(name).extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// The files of the table of documents in the format that is nearest to hand, the last one first.
fn document_files(output: &Path) -> Vec<PathBuf> {
    let in_folder = |folder: PathBuf, stem: &'static str| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let is_part = move |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(['-', '.']))
        };
        entries.map(|entry| entry.path()).filter(is_part)
    };
    let all =
        in_folder(output.to_owned(), "documents").chain(in_folder(output.join("data"), "train"));
    let mut files: Vec<_> = all.filter_map(|path| Some((Format::of(&path)?, path))).collect();
    files.sort_unstable();
    let Some(nearest) = files.first().map(|(format, _)| *format) else { return Vec::new() };
    files.retain(|(format, _)| *format == nearest);
    files.into_iter().rev().map(|(_, path)| path).collect()
}

/// The rows of one file.
fn rows(path: &Path) -> Result<Box<dyn Iterator<Item = Result<Row, String>>>, Error> {
    let missing = |_| Error::InputMissing(path.to_owned());
    match Format::of(path) {
        Some(Format::Csv) => {
            let file = File::open(path).map_err(missing)?;
            let mut reader = csv::Reader::from_reader(unpacked(path, file));
            let header =
                reader.headers().map_err(|why| unreadable(path, &why.to_string()))?.clone();
            Ok(Box::new(reader.into_records().map(move |record| {
                let record = record.map_err(|why| why.to_string())?;
                let cells = record.iter().map(str::to_owned);
                Ok(header.iter().map(str::to_owned).zip(cells).collect())
            })))
        }
        Some(Format::JsonLines) => {
            let file = File::open(path).map_err(missing)?;
            let lines = BufReader::new(unpacked(path, file)).lines();
            Ok(Box::new(lines.map(|line| {
                let line = line.map_err(|why| why.to_string())?;
                let row: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(&line).map_err(|why| why.to_string())?;
                Ok(row.into_iter().map(|(column, value)| (column, plain(value))).collect())
            })))
        }
        #[cfg(feature = "parquet")]
        Some(Format::Parquet) => parquet_rows(path, File::open(path).map_err(missing)?),
        _ => Err(unreadable(path, "this build does not read the format")),
    }
}

#[cfg(feature = "parquet")]
fn parquet_rows(
    path: &Path,
    file: File,
) -> Result<Box<dyn Iterator<Item = Result<Row, String>>>, Error> {
    use parquet::file::reader::SerializedFileReader;
    use parquet::record::Field;
    let reader =
        SerializedFileReader::new(file).map_err(|why| unreadable(path, &why.to_string()))?;
    Ok(Box::new(reader.into_iter().map(|row| {
        let row = row.map_err(|why| why.to_string())?;
        let columns = row.into_columns().into_iter();
        Ok(columns
            .map(|(name, value)| match value {
                Field::Null => (name, String::new()),
                Field::Str(text) => (name, text),
                Field::Long(count) => (name, count.to_string()),
                Field::Double(number) => (name, number.to_string()),
                other => (name, other.to_string()),
            })
            .collect())
    })))
}

/// Rows of a Parquet file, by its footer; `None` where this build cannot tell.
pub(super) fn parquet_row_count(path: &Path) -> Result<Option<u64>, String> {
    #[cfg(feature = "parquet")]
    {
        use parquet::file::reader::{FileReader, SerializedFileReader};
        let file = File::open(path).map_err(|why| why.to_string())?;
        let reader = SerializedFileReader::new(file).map_err(|why| why.to_string())?;
        let rows = reader.metadata().file_metadata().num_rows();
        Ok(Some(u64::try_from(rows).unwrap_or_default()))
    }
    #[cfg(not(feature = "parquet"))]
    {
        let _ = path;
        Ok(None)
    }
}

fn plain(value: serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

/// What a file holds, by its name, before it was compressed.
pub(super) fn unpacked<'a>(path: &Path, file: impl Read + 'a) -> Box<dyn Read + 'a> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => Box::new(MultiGzDecoder::new(file)),
        Some("zst") => match zstd::Decoder::new(file) {
            Ok(decoder) => Box::new(decoder),
            Err(why) => Box::new(Broken(Some(why))),
        },
        _ => Box::new(file),
    }
}

/// Says why nothing can be read.
struct Broken(Option<std::io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Whether the run guarded formulas, as its record says. Older records say nothing, and it did.
fn is_guarded(output: &Path) -> bool {
    let record = fs::read(output.join(RECORD)).unwrap_or_default();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap_or_default();
    record["csv"]["guard_formulas"].as_bool().unwrap_or(true)
}

fn unreadable(path: &Path, why: &str) -> Error {
    Error::Mismatch(format!("could not read `{}`: {why}", path.display()))
}
