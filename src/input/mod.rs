//! Reads a dump: finds the files, tells their formats, and turns what is in them into documents.
//!
//! The reader has two halves. [`scan()`] and [`Units`] are cheap and sequential: they put everything that may be a
//! document into corpus order, and of plain-text files they touch nothing. [`into_document`] does the work for one unit
//! (reading a text file, decompressing, decoding, parsing) and is free to run in parallel.
//!
//! A file is text (`.txt`, `.text`), JSON Lines (`.jsonl`, `.ndjson`) or CSV (`.csv`), each as it is, in gzip (`.gz`) or
//! in Zstandard (`.zst`, `.zstd`). Whatever cannot be read is a row with stage `input` and one of these reasons:
//!
//! | reason | meaning | loss |
//! |---|---|---|
//! | `unreadable` | the system refused to open, list or read it | yes |
//! | `vanished` | it went away after the scan | yes |
//! | `changed_while_read` | it grew, shrank or was overwritten meanwhile (a text file: twice) | yes |
//! | `not_a_regular_file` | a link, FIFO, device or folder took its place after the scan | yes |
//! | `corrupt_compression` | cut off or damaged; records before the damage are kept | yes |
//! | `trailing_garbage` | unknown bytes behind the compressed data; the data are kept | yes |
//! | `decompression_bomb` | it grew out of proportion; the rest of the file is not read | yes |
//! | `unclosed_quote` | a quote in a CSV file never ends; the rest of the file is not read | yes |
//! | `empty` | no text | no |
//! | `binary` | control characters as in a picture or an archive | no |
//! | `undecodable` | too many invalid bytes | no |
//! | `document_too_large` | a text file above `max-document-bytes` | no |
//! | `line_too_long` | a JSON line above `max-document-bytes` | no |
//! | `record_too_long` | a CSV record above `max-document-bytes` | no |
//! | `malformed_record` | no JSON object, or a CSV record with more or fewer fields than the header | no |
//! | `no_text_field` | none of the fields that may hold the text is there | no |
//!
//! A loss means that documents may be missing that nobody decided to leave out; [`is_input_loss`] tells.

mod charset;
mod compress;
mod csv;
mod dates;
mod decode;
mod detail;
mod fields;
mod jsonl;
mod months;
mod open;
mod options;
mod scan;
mod selection;
mod text;
mod transcode;
mod walk;

use std::cmp::Ordering;
use std::sync::Arc;

use crate::document::{DocId, Document, Rejection};

pub use dates::DateOrder;
pub use detail::STAGE;
pub use options::Options;
pub use scan::{InputFile, Scan, Skipped, Stamp, scan};
pub use selection::Selection;
pub use walk::Follow;

use csv::{CsvRecord, CsvRecords};
use fields::Refused;
use jsonl::{JsonLine, JsonLines};
use scan::raw;
use text::TextFile;

/// The reader's reasons, as the table above has them.
pub const REASONS: [&str; 16] = [
    "unreadable",
    "vanished",
    "changed_while_read",
    "not_a_regular_file",
    "corrupt_compression",
    "trailing_garbage",
    "decompression_bomb",
    "unclosed_quote",
    "empty",
    "binary",
    "undecodable",
    "document_too_large",
    "line_too_long",
    "record_too_long",
    "malformed_record",
    "no_text_field",
];

/// What a document looks like in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// The file is the document.
    Text,
    /// Each line is a document, as a JSON object.
    JsonLines,
    /// Each record behind the header is a document.
    Csv,
}

impl Format {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, any number of members.
    Gzip,
    /// Zstandard, any number of frames.
    Zstd,
}

impl Compression {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// Something that becomes one document: a text file yet to be read, a record, or the row of an input that failed.
pub struct Unit {
    content: Content,
    bytes: u64,
}

enum Content {
    Text(TextFile),
    JsonLine(JsonLine),
    CsvRecord(CsvRecord),
    Refused(Box<Refused>),
}

impl Unit {
    fn refused(refused: Refused) -> Self {
        Self { content: Content::Refused(Box::new(refused)), bytes: 0 }
    }

    /// About how much memory the document will take, in bytes; for a compressed file an estimate.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Turns a unit into its document; a problem becomes a rejected one. Reads the file of a plain-text unit.
pub fn into_document(unit: Unit, id: DocId, options: &Options) -> Document {
    unit.load(options).into_document(id, options)
}

/// A unit with its bytes in memory, not yet decoded: what is cheap to have, and enough to know it again.
pub struct Loaded {
    content: LoadedContent,
    hash: u64,
}

enum LoadedContent {
    Text(text::Loaded),
    JsonLine(JsonLine),
    CsvRecord(CsvRecord),
    Refused(Box<Refused>),
}

impl Unit {
    /// Reads the file of a plain-text unit; a record is in memory already.
    pub fn load(self, options: &Options) -> Loaded {
        let (content, hash) = match self.content {
            Content::Text(file) => {
                let loaded = text::load(file, options);
                let hash = loaded.hash();
                (LoadedContent::Text(loaded), hash)
            }
            Content::JsonLine(line) => {
                let hash = line.hash();
                (LoadedContent::JsonLine(line), hash)
            }
            Content::CsvRecord(record) => {
                let hash = record.hash();
                (LoadedContent::CsvRecord(record), hash)
            }
            Content::Refused(refused) => (LoadedContent::Refused(refused), 0),
        };
        Loaded { content, hash }
    }
}

impl Loaded {
    /// xxh3 of the bytes and of all else in the file that decides what document they become; 0 if there are none. At the
    /// same place of a file of the same name, and with the same options, the same hash means the same document.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Decodes and parses; a problem becomes a rejected document.
    pub fn into_document(self, id: DocId, options: &Options) -> Document {
        let mut document = match self.content {
            LoadedContent::Text(loaded) => text::into_document(loaded, id, options),
            LoadedContent::JsonLine(line) => jsonl::into_document(line, id, options),
            LoadedContent::CsvRecord(record) => csv::into_document(record, id, options),
            LoadedContent::Refused(refused) => refused.into_document(id),
        };
        document.decoding.raw_hash = self.hash;
        document
    }
}

/// Whether documents may be missing because an input could not be read, as against documents that were judged.
pub fn is_input_loss(rejection: &Rejection) -> bool {
    let is_loss = matches!(
        &*rejection.reason,
        "unreadable"
            | "vanished"
            | "changed_while_read"
            | "not_a_regular_file"
            | "corrupt_compression"
            | "trailing_garbage"
            | "decompression_bomb"
            | "unclosed_quote"
    );
    rejection.stage == STAGE && is_loss
}

/// One entry of a scan.
pub enum Entry<'a> {
    /// A file to read, and its place in [`Scan::files`].
    File(usize, &'a InputFile),
    /// The row of something that the scan could not look at.
    Unreadable(Unit),
}

/// The entries of a scan in corpus order: what could not be looked at has its place among the files.
pub struct Entries<'a> {
    scan: &'a Scan,
    next_file: usize,
    next_unreadable: usize,
}

impl<'a> Entries<'a> {
    /// Begins at the first.
    pub fn new(scan: &'a Scan) -> Self {
        Self { scan, next_file: 0, next_unreadable: 0 }
    }

    fn unreadable(&mut self) -> Option<Unit> {
        let path = self.scan.unreadable_paths.get(self.next_unreadable)?;
        if let Some(file) = self.scan.files.get(self.next_file)
            && raw(&file.path).cmp(raw(path)) == Ordering::Less
        {
            return None;
        }
        let (name, why) = &self.scan.unreadable[self.next_unreadable];
        self.next_unreadable += 1;
        let folder = path.parent().map(scan::name_of_path).filter(|folder| !folder.is_empty());
        let source = folder.unwrap_or_else(|| ".".to_owned()).into();
        Some(Unit::refused(Refused::file(name.clone(), source, why.clone())))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if let Some(row) = self.unreadable() {
            return Some(Entry::Unreadable(row));
        }
        let file = self.scan.files.get(self.next_file)?;
        self.next_file += 1;
        Some(Entry::File(self.next_file - 1, file))
    }
}

/// The units of one file: the sequential half of the reader. One record is in memory; a text file is not touched.
pub struct FileUnits {
    open: Open,
    selection: Option<Arc<Selection>>,
}

enum Open {
    /// The only unit of the file.
    One(Option<Unit>),
    JsonLines(JsonLines),
    Csv(Box<CsvRecords>),
}

impl FileUnits {
    /// Opens a file of records. If that fails, the row for it is the only unit.
    pub fn open(scan: &Scan, file: &InputFile, options: &Options) -> Self {
        Self { open: Self::open_all(scan, file, options), selection: scan.selection.clone() }
    }

    fn open_all(scan: &Scan, file: &InputFile, options: &Options) -> Open {
        let path = scan.root.join(file.real.as_ref().unwrap_or(&file.path));
        let (name, source) = (file.name(), file.folder());
        let opened = match file.format {
            Format::Text => {
                let compression = file.compression;
                let bytes = match compression {
                    Compression::None => file.bytes.min(options.max_document_bytes),
                    _ => file.bytes.saturating_mul(4).min(options.max_document_bytes),
                };
                let content = Content::Text(TextFile { path, name, source, compression });
                return Open::One(Some(Unit { content, bytes }));
            }
            Format::JsonLines => JsonLines::open(&path, file, options).map(Open::JsonLines),
            Format::Csv => {
                CsvRecords::open(&path, file, options).map(|records| Open::Csv(Box::new(records)))
            }
        };
        opened
            .unwrap_or_else(|why| Open::One(Some(Unit::refused(Refused::file(name, source, why)))))
    }

    fn is_wanted(&self, content: &Content) -> bool {
        let Some(selection) = &self.selection else { return true };
        let (file, member): (&str, _) = match content {
            Content::Text(text) => (&text.name, None),
            Content::JsonLine(line) => (&line.file.name, Some(line.position)),
            Content::CsvRecord(record) => (&record.table.file.name, Some(record.position)),
            Content::Refused(refused) => (&refused.origin.file, refused.origin.member),
        };
        selection.has(file, member)
    }
}

impl Iterator for FileUnits {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        loop {
            let content = match &mut self.open {
                Open::One(unit) => return unit.take(),
                Open::JsonLines(lines) => lines.next()?,
                Open::Csv(records) => records.next()?,
            };
            if !self.is_wanted(&content) {
                continue;
            }
            let bytes = match &content {
                Content::JsonLine(line) => line.bytes.len() as u64,
                Content::CsvRecord(record) => record.fields.as_slice().len() as u64,
                Content::Text(_) | Content::Refused(_) => 0,
            };
            return Some(Unit { content, bytes });
        }
    }
}

/// Everything that was found, in corpus order. One record file is open at a time.
pub struct Units<'a> {
    scan: &'a Scan,
    options: &'a Options,
    entries: Entries<'a>,
    file: Option<FileUnits>,
}

impl<'a> Units<'a> {
    /// Begins at the first file.
    pub fn new(scan: &'a Scan, options: &'a Options) -> Self {
        Self { scan, options, entries: Entries::new(scan), file: None }
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        loop {
            if let Some(unit) = self.file.as_mut().and_then(Iterator::next) {
                return Some(unit);
            }
            self.file = None;
            match self.entries.next()? {
                Entry::Unreadable(unit) => return Some(unit),
                Entry::File(_, file) => {
                    self.file = Some(FileUnits::open(self.scan, file, self.options));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::compress::tests::{gzip, zstandard};
    use super::*;
    use crate::document::Fate;

    fn read(root: &Path, options: &Options) -> Vec<Document> {
        let scan = scan(root, options.follow, &[]).unwrap();
        (0..)
            .zip(Units::new(&scan, options))
            .map(|(id, unit)| into_document(unit, DocId(id), options))
            .collect()
    }

    fn rows(documents: &[Document]) -> Vec<(String, String)> {
        let outcome = |document: &Document| match &document.fate {
            Fate::Rejected(why) => format!("! {}", why.reason),
            _ => document.text().replace('\n', "/"),
        };
        documents.iter().map(|document| (document.name.clone(), outcome(document))).collect()
    }

    #[test]
    fn a_mixed_dump_is_read_in_corpus_order() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("bbc")).unwrap();
        fs::write(at("bbc/1.txt"), "Bridge opens\n\nIt opened.").unwrap();
        fs::write(at("bbc/2.txt.gz"), gzip(b"Second.")).unwrap();
        let lines = "{\"text\":\"one\"}\n\n{\"text\":\"two\"}\n";
        fs::write(at("a.jsonl.zst"), zstandard(lines.as_bytes())).unwrap();
        fs::write(at("c.csv"), "title,text\nT,three\n").unwrap();
        fs::write(at("d.txt"), "").unwrap();
        let documents = read(folder.path(), &Options::default());
        let expected = [
            ("a.jsonl.zst#0", "one"),
            ("a.jsonl.zst#1", "two"),
            ("bbc/1.txt", "Bridge opens//It opened."),
            ("bbc/2.txt.gz", "Second."),
            ("c.csv#0", "T//three"),
            ("d.txt", "! empty"),
        ];
        assert_eq!(rows(&documents), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let sources: Vec<&str> = documents.iter().map(|document| &*document.source).collect();
        assert_eq!(sources, [".", ".", "bbc", "bbc", ".", "."]);
    }

    #[test]
    fn unreadable_inputs_have_their_place_among_the_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "m.jsonl", "z.txt"] {
            fs::write(folder.path().join(name), "{\"text\":\"t\"}").unwrap();
        }
        let mut scan = scan(folder.path(), Follow::No, &[]).unwrap();
        for (path, name) in [("b", "b/"), ("zz.txt", "zz.txt")] {
            scan.unreadable_paths.push(PathBuf::from(path));
            let why = detail::rejection("unreadable", "permission denied");
            scan.unreadable.push((name.to_owned(), why));
        }
        // A record file that goes away after the scan has a row too.
        fs::remove_file(folder.path().join("m.jsonl")).unwrap();
        let options = Options::default();
        let documents: Vec<_> = Units::new(&scan, &options)
            .map(|unit| into_document(unit, DocId(0), &options))
            .collect();
        let expected = [
            ("a.txt", "{\"text\":\"t\"}"),
            ("b/", "! unreadable"),
            ("m.jsonl", "! vanished"),
            ("z.txt", "{\"text\":\"t\"}"),
            ("zz.txt", "! unreadable"),
        ];
        assert_eq!(rows(&documents), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn a_loss_is_told_from_a_judgement() {
        let table: &[(&str, &'static str, bool)] = &[
            ("input", "unreadable", true),
            ("input", "corrupt_compression", true),
            ("input", "empty", false),
            ("input", "line_too_long", false),
            ("language", "unreadable", false),
        ];
        for (stage, reason, expected) in table {
            let why = Rejection { stage: (*stage).into(), ..detail::rejection(reason, "") };
            assert_eq!(is_input_loss(&why), *expected, "{stage} {reason}");
        }
    }

    #[test]
    fn units_may_cross_threads() {
        fn is_send<T: Send>() {}
        is_send::<Unit>();
        is_send::<Units<'_>>();
    }
}
