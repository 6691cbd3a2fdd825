//! Files of an output read once: their hashes, their rows, and what their columns add up to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::super::read::{Format, parquet_row_count, unpacked};

const BUFFER_BYTES: usize = 256 << 10;

/// Rows of a table, whose name tells its format; `None` where this build does not read that.
pub(super) fn rows_of(path: &Path, name: &str, file: &mut Hashed) -> Result<Option<u64>, String> {
    match Format::of(name.as_ref()) {
        Some(Format::Parquet) => parquet_row_count(path),
        _ => count_rows(name, file).map(Some),
    }
}

fn count_rows(name: &str, file: &mut Hashed) -> Result<u64, String> {
    let said = |why: &dyn std::fmt::Display| why.to_string();
    let plain = unpacked(name.as_ref(), file);
    let mut rows = 0;
    match Format::of(name.as_ref()) {
        Some(Format::Csv) => {
            let mut reader =
                csv::ReaderBuilder::new().buffer_capacity(BUFFER_BYTES).from_reader(plain);
            let mut record = csv::ByteRecord::new();
            reader.byte_headers().map_err(|why| said(&why))?;
            while reader.read_byte_record(&mut record).map_err(|why| said(&why))? {
                rows += 1;
            }
        }
        Some(Format::JsonLines) => {
            let mut reader = BufReader::with_capacity(BUFFER_BYTES, plain);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).map_err(|why| said(&why))? > 0 {
                serde_json::from_slice::<serde::de::IgnoredAny>(&line).map_err(|why| said(&why))?;
                line.clear();
                rows += 1;
            }
        }
        _ => return Err("its format is not known".into()),
    }
    Ok(rows)
}

/// How many rows have each value, `a:b` for two columns, `in all` for none; duplicates that are only labelled are not counted.
pub(super) fn tally(
    path: &Path,
    columns: &[&str],
) -> Result<BTreeMap<String, u64>, Option<csv::Error>> {
    let mut counts = BTreeMap::new();
    for path in files_of(path) {
        let file = File::open(path).map_err(|_| None)?;
        tally_file(file, columns, &mut counts).map_err(Some)?;
    }
    Ok(counts)
}

/// The files of a table: a run in parts has written a folder of them.
fn files_of(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return vec![path.to_owned()] };
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort_unstable();
    files
}

fn tally_file(
    file: File,
    columns: &[&str],
    counts: &mut BTreeMap<String, u64>,
) -> Result<(), csv::Error> {
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(BUFFER_BYTES).from_reader(file);
    let header = reader.byte_headers()?.clone();
    let index = |column: &str| header.iter().position(|name| name == column.as_bytes());
    let columns: Vec<_> = columns.iter().filter_map(|column| index(column)).collect();
    let action = index("action");
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let cell = |column: usize| {
            String::from_utf8_lossy(record.get(column).unwrap_or_default()).into_owned()
        };
        if action.is_some_and(|action| cell(action) == "labelled") {
            continue;
        }
        let key: Vec<_> = columns.iter().map(|column| cell(*column)).collect();
        let key = if key.is_empty() { "in all".to_owned() } else { key.join(":") };
        *counts.entry(key).or_default() += 1;
    }
    Ok(())
}

/// The sum of a column of counts.
pub(super) fn sum(path: &Path, column: &str) -> Result<u64, csv::Error> {
    let mut sum = 0;
    for path in files_of(path) {
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(BUFFER_BYTES).from_path(path)?;
        let column = reader.headers()?.iter().position(|name| name == column);
        for record in reader.into_records() {
            let record = record?;
            let cell = column.and_then(|column| record.get(column)).unwrap_or_default();
            sum += cell.parse::<u64>().unwrap_or_default();
        }
    }
    Ok(sum)
}

/// A file that is hashed while it is read.
pub(super) struct Hashed {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Hashed {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, hash: Sha256::new(), bytes: 0 })
    }

    /// Reads on to the end.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(|_| ())
    }

    /// Bytes and SHA-256 of what was read.
    pub(super) fn told(self) -> (u64, String) {
        (self.bytes, hex(self.hash.finalize().as_slice()))
    }
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
        hex
    })
}
