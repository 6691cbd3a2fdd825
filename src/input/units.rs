//! Goes through a scan: the sequential half of the reader.

use std::cmp::Ordering;
use std::sync::Arc;

use super::archive::{Items, Members};
use super::csv::CsvRecords;
use super::fields::Refused;
use super::format::Magic;
use super::jsonl::JsonLines;
#[cfg(feature = "parquet")]
use super::parquet::ParquetRecords;
use super::record::{OpenSource, Records, Source, Unit};
use super::scan::{name_of_path, raw};
use super::tar::Tar;
use super::text::WholeFile;
use super::transcode::{open_bytes, peek};
use super::values::JsonValues;
use super::warc::WarcRecords;
use super::zip::open_zip;
use super::{Format, InputFile, Options, Scan, Selection};
use crate::document::Rejection;

/// One entry of a scan.
pub enum Entry<'a> {
    /// A file to read, and its place in [`Scan::files`].
    File(usize, &'a InputFile),
    /// The row of something that the scan could not look at.
    Unreadable(Unit),
}

/// The entries of a scan in corpus order.
pub struct Entries<'a> {
    scan: &'a Scan,
    at: Position,
}

impl<'a> Entries<'a> {
    /// Begins at the first.
    pub fn new(scan: &'a Scan) -> Self {
        Self { scan, at: Position::default() }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        self.at.next(self.scan)
    }
}

/// Where in a scan one is: what could not be looked at has its place among the files.
#[derive(Default)]
struct Position {
    next_file: usize,
    next_unreadable: usize,
}

impl Position {
    fn next<'a>(&mut self, scan: &'a Scan) -> Option<Entry<'a>> {
        if let Some(row) = self.unreadable(scan) {
            return Some(Entry::Unreadable(row));
        }
        let file = scan.files.get(self.next_file)?;
        self.next_file += 1;
        Some(Entry::File(self.next_file - 1, file))
    }

    fn unreadable(&mut self, scan: &Scan) -> Option<Unit> {
        let path = scan.unreadable_paths.get(self.next_unreadable)?;
        if let Some(file) = scan.files.get(self.next_file)
            && raw(&file.path).cmp(raw(path)) == Ordering::Less
        {
            return None;
        }
        let (name, why) = &scan.unreadable[self.next_unreadable];
        self.next_unreadable += 1;
        let folder = path.parent().map(name_of_path).filter(|folder| !folder.is_empty());
        let source = folder.unwrap_or_else(|| ".".to_owned()).into();
        let row = Refused::file(name.as_str().into(), source, why.clone());
        Some(Unit::of_record(Box::new(row)))
    }
}

/// The units of one file. One record is in memory; a file that is one document is not touched.
pub struct FileUnits {
    open: Open,
    selection: Option<Arc<Selection>>,
}

enum Open {
    /// The only unit of the file.
    One(Option<Unit>),
    Records(Records),
}

impl FileUnits {
    /// Opens a file of records. If that fails, the row for it is the only unit.
    pub fn open(scan: &Scan, file: &InputFile, options: &Options) -> Self {
        let selection = scan.selection.clone();
        if file.format.is_whole() {
            let unit = Unit::of_file(WholeFile::of(scan, file, options));
            return Self { open: Open::One(Some(unit)), selection };
        }
        let records = open_records(scan, file, options).unwrap_or_else(|why| {
            let row = Refused::file(file.name().into(), file.folder(), why);
            Box::new(std::iter::once(Box::new(row) as _))
        });
        Self { open: Open::Records(records), selection }
    }
}

impl Iterator for FileUnits {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let records = match &mut self.open {
            Open::One(unit) => return unit.take(),
            Open::Records(records) => records,
        };
        let record = match &self.selection {
            None => records.next(),
            Some(selection) => records.find(|record| {
                let (file, member) = record.place();
                selection.has(file, member)
            }),
        };
        record.map(Unit::of_record)
    }
}

fn open_records(scan: &Scan, file: &InputFile, options: &Options) -> Result<Records, Rejection> {
    let path = scan.path_of(file);
    #[cfg(feature = "parquet")]
    if file.format == Format::Parquet {
        let rows = ParquetRecords::open(&path, file.name().into(), file.folder(), options)?;
        return Ok(Box::new(rows));
    }
    let (magic, stream) = peek(open_bytes(&path, file.compression, options)?, file.format);
    let source = Source { name: file.name().into(), folder: file.folder(), stream };
    let format = match magic {
        Some(Magic::Zip) => Format::Zip,
        Some(Magic::Tar) => Format::Tar,
        Some(Magic::Warc) => Format::Warc,
        None => file.format,
    };
    let items: Items = match format {
        Format::Tar => Box::new(Tar::new(source.stream)),
        Format::Zip => open_zip(&path, options)?,
        _ => return records_of(source, format, options),
    };
    Ok(Box::new(Members::new(source.name, source.folder, items, options)))
}

/// The records of a source that its name says is in `named`, unless its first bytes say otherwise.
pub(super) fn records_of(
    source: Source,
    named: Format,
    options: &Options,
) -> Result<Records, Rejection> {
    if named == Format::Warc {
        return Ok(Box::new(WarcRecords::open(source, options)));
    }
    let source = OpenSource::of(source, options);
    Ok(match named.or_of_text(source.sample(), options) {
        Format::Csv => Box::new(CsvRecords::open(source, options)?),
        Format::Json => Box::new(JsonValues::open(source, options)),
        _ => Box::new(JsonLines::open(source, options)),
    })
}

/// Everything that was found, in corpus order. One record file is open at a time.
pub struct Units<'a> {
    scan: &'a Scan,
    options: &'a Options,
    walk: Walk,
}

impl<'a> Units<'a> {
    /// Begins at the first file.
    pub fn new(scan: &'a Scan, options: &'a Options) -> Self {
        Self { scan, options, walk: Walk::default() }
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        self.walk.next(self.scan, self.options)
    }
}

/// The way through a scan, whoever holds that.
#[derive(Default)]
pub(super) struct Walk {
    at: Position,
    file: Option<FileUnits>,
}

impl Walk {
    pub(super) fn next(&mut self, scan: &Scan, options: &Options) -> Option<Unit> {
        loop {
            if let Some(unit) = self.file.as_mut().and_then(Iterator::next) {
                return Some(unit);
            }
            self.file = None;
            match self.at.next(scan)? {
                Entry::Unreadable(unit) => return Some(unit),
                Entry::File(_, file) => self.file = Some(FileUnits::open(scan, file, options)),
            }
        }
    }
}
