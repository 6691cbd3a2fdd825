//! Plain text: a file is a document.
//!
//! The headline is the first line, if a blank line and then more text follow; lines of white space are blank.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::compress::Decompressed;
use super::decode::decode;
use super::detail::{rejection, rejection_of};
use super::fields::Refused;
#[cfg(feature = "html")]
use super::html;
use super::open::open;
use super::record::{Record, Source};
use super::transcode::{ByteStream, open_bytes};
use super::{Compression, Format, InputFile, Options, Scan, dates, repair};
use crate::document::{Decoding, DocId, Document, Origin, Part, Rejection};

/// A file that is one document, still to be read.
pub(super) struct WholeFile {
    path: PathBuf,
    name: Arc<str>,
    folder: Arc<str>,
    format: Format,
    compression: Compression,
    /// About how much memory the document will take, in bytes.
    pub(super) bytes: u64,
}

impl WholeFile {
    pub(super) fn of(scan: &Scan, file: &InputFile, options: &Options) -> Self {
        let bytes = match file.compression {
            Compression::None => file.bytes,
            _ => file.bytes.saturating_mul(4),
        };
        Self {
            path: scan.path_of(file),
            name: file.name().into(),
            folder: file.folder(),
            format: file.format,
            compression: file.compression,
            bytes: bytes.min(options.max_document_bytes),
        }
    }

    /// Reads it whole.
    pub(super) fn load(self, options: &Options) -> Box<dyn Record> {
        let Self { path, name, folder, format, compression, .. } = self;
        record_of(name, folder, format, read(&path, compression, options))
    }
}

/// Reads a member of an archive that is one document.
pub(super) fn load_member(source: Source, format: Format, options: &Options) -> Box<dyn Record> {
    let Source { name, folder, stream } = source;
    let limit = options.max_document_bytes;
    let mut bytes = Vec::new();
    let read = match stream.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
        Err(error) => Err(rejection_of(&error)),
        Ok(_) if bytes.len() as u64 > limit => Err(too_large(&format!("more than {limit}"), limit)),
        Ok(_) => Ok(bytes),
    };
    record_of(name, folder, format, read)
}

fn record_of(
    name: Arc<str>,
    folder: Arc<str>,
    format: Format,
    read: Result<Vec<u8>, Rejection>,
) -> Box<dyn Record> {
    match read {
        Ok(bytes) => Box::new(Whole { parse: parser(format, &bytes), name, folder, bytes }),
        Err(why) => Box::new(Refused::file(name, folder, why)),
    }
}

#[cfg(feature = "html")]
fn parser(format: Format, bytes: &[u8]) -> Parse {
    match format == Format::Html || html::is_page(bytes) {
        true => html::into_document,
        false => into_document,
    }
}

#[cfg(not(feature = "html"))]
fn parser(_: Format, _: &[u8]) -> Parse {
    into_document
}

fn too_large(bytes: &str, limit: u64) -> Rejection {
    rejection("document_too_large", format!("{bytes} bytes; max-document-bytes = {limit}"))
}

/// Makes a document of the bytes of a file in a folder.
type Parse = fn(Origin, Arc<str>, Vec<u8>, DocId, &Options) -> Document;

/// The bytes of a file that is one document, and what makes it one.
struct Whole {
    name: Arc<str>,
    folder: Arc<str>,
    bytes: Vec<u8>,
    parse: Parse,
}

impl Record for Whole {
    fn place(&self) -> (&str, Option<u64>) {
        (&self.name, None)
    }

    fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn hash(&self) -> u64 {
        xxh3_64(&self.bytes)
    }

    fn into_document(self: Box<Self>, id: DocId, options: &Options) -> Document {
        let Self { name, folder, bytes, parse } = *self;
        let origin = Origin {
            file: name,
            offset: Some(0),
            length: Some(bytes.len() as u64),
            hash: Some(xxh3_128(&bytes)),
            ..Origin::default()
        };
        parse(origin, folder, bytes, id, options)
    }
}

/// Decodes a text and splits it into headline and body.
fn into_document(
    origin: Origin,
    source: Arc<str>,
    bytes: Vec<u8>,
    id: DocId,
    options: &Options,
) -> Document {
    let name = origin.file.to_string();
    let (text, mut decoding) = decode(bytes, options);
    let repaired = repair::repaired(text, &mut decoding);
    let rejected = |why: Rejection, decoding: Decoding| {
        let mut document = Document::rejected(id, name.clone(), source.clone(), why);
        document.decoding = decoding;
        document.origin = origin.clone();
        document
    };
    let repaired = match repaired.clean(options) {
        Ok(repaired) => repaired,
        Err(why) => return rejected(why, decoding),
    };
    let text = &repaired.text;
    let (title, body) = split_headline(text);
    if body.is_empty() {
        return rejected(rejection("empty", "the file holds no text"), decoding);
    }
    let mut document = Document::new(id, name, source, title, body);
    let place = |part: &str| {
        if part.is_empty() {
            return 0..0;
        }
        let start = part.as_ptr() as usize - text.as_ptr() as usize;
        start..start + part.len()
    };
    let (title, body) = (place(title), place(body));
    let behind_title = if title.is_empty() { 0 } else { title.end };
    let (of_title, of_body) = repaired.split_at(behind_title);
    of_title.note(title, Part::Title, &mut document);
    of_body.note(body, Part::Body, &mut document);
    document.decoding = decoding;
    document.origin = origin;
    dates::date(&mut document, None, options);
    document
}

/// The headline, or nothing, and the rest of the text, both without white space around them.
fn split_headline(text: &str) -> (&str, &str) {
    let text = text.trim();
    let Some((first, rest)) = text.split_once('\n') else { return ("", text) };
    let next = rest.split('\n').next().unwrap_or_default();
    match next.trim().is_empty() {
        true => (first.trim_end(), rest.trim_start()),
        false => ("", text),
    }
}

/// Reads a file whole, once more if it changed meanwhile.
fn read(path: &Path, compression: Compression, options: &Options) -> Result<Vec<u8>, Rejection> {
    match read_once(path, compression, options) {
        Err(why) if why.reason == "changed_while_read" => read_once(path, compression, options),
        result => result,
    }
}

fn read_once(
    path: &Path,
    compression: Compression,
    options: &Options,
) -> Result<Vec<u8>, Rejection> {
    let limit = options.max_document_bytes;
    let mut bytes = Vec::new();
    let mut stream: ByteStream = match compression {
        Compression::None => {
            let file = open(path)?;
            let size = file.size_bytes();
            if size > limit {
                return Err(too_large(&size.to_string(), limit));
            }
            bytes.reserve_exact(usize::try_from(size).unwrap_or_default());
            Box::new(file)
        }
        _ => Box::new(open_bytes(path, compression, options)?),
    };
    let mut result = stream.by_ref().take(limit.saturating_add(1)).read_to_end(&mut bytes);
    if compression == Compression::None && Compression::of_bytes(&bytes) != Compression::None {
        let compressed = Box::new(io::Cursor::new(std::mem::take(&mut bytes)));
        let stream = Decompressed::new(compressed, compression, options.limits());
        result = result.and(stream.take(limit.saturating_add(1)).read_to_end(&mut bytes));
    }
    if let Err(error) = result {
        let why = rejection_of(&error);
        // All members before are whole, each with its checksum.
        if why.reason != "trailing_garbage" {
            return Err(why);
        }
    }
    match bytes.len() as u64 > limit {
        true => Err(too_large(&format!("more than {limit}"), limit)),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::compress::tests::{gzip, zstandard};
    use super::*;
    use crate::document::Fate;

    fn document(bytes: &[u8], compression: Compression, options: &Options) -> Document {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, bytes).unwrap();
        let (name, folder) = ("a.txt".into(), "s".into());
        let file = WholeFile { path, name, folder, format: Format::Text, compression, bytes: 0 };
        file.load(options).into_document(DocId(7), options)
    }

    fn reason(document: &Document) -> &str {
        match &document.fate {
            Fate::Rejected(why) => &why.reason,
            _ => "",
        }
    }

    #[test]
    fn the_headline_is_a_first_line_with_a_blank_line_and_text_behind() {
        let table: &[(&str, &str, &str, &str)] = &[
            ("headline", "Title\n\nBody.", "Title", "Body."),
            ("blank lines around", "\n \nTitle \n \t\n\n  Body.\n\n", "Title", "Body."),
            ("windows line ends", "Title\r\n\r\nBody.\r\nMore.\r\n", "Title", "Body.\nMore."),
            ("no blank line", "One.\nTwo.\n\nThree.", "", "One.\nTwo.\n\nThree."),
            ("windows line ends, no blank line", "One.\r\nTwo.", "", "One.\nTwo."),
            ("a lone line is text", "Only.\n\n\n", "", "Only."),
            ("no-break space is blank", "Title\n\u{a0}\nBody.", "Title", "Body."),
        ];
        for (name, text, title, body) in table {
            let document = document(text.as_bytes(), Compression::None, &Options::default());
            assert_eq!((document.title(), document.body()), (*title, *body), "{name}");
            assert_eq!(document.decoding.raw_bytes, text.len() as u64);
        }
    }

    #[test]
    fn compressed_files_are_read_whole_or_refused() {
        let options = Options::default();
        let whole = gzip("Title\n\nBody — text.".as_bytes());
        for (bytes, compression) in [
            (whole.clone(), Compression::Gzip),
            ([whole.clone(), b"garbage".to_vec()].concat(), Compression::Gzip),
            (zstandard("Title\n\nBody — text.".as_bytes()), Compression::Zstd),
            (zstandard("Title\n\nBody — text.".as_bytes()), Compression::None),
        ] {
            let document = document(&bytes, compression, &options);
            assert_eq!((document.title(), document.body()), ("Title", "Body — text."));
        }
        for cut in (0..whole.len()).step_by(7) {
            let document = document(&whole[..cut], Compression::Gzip, &options);
            assert_eq!(reason(&document), "corrupt_compression", "{cut}");
        }
    }

    #[test]
    fn what_is_no_document_has_a_reason() {
        let small = Options { max_document_bytes: 8, ..Options::default() };
        let bomb = Options { max_decompressed_bytes: 8, ..Options::default() };
        let normal = Options::default();
        let table: &[(&str, Vec<u8>, Compression, &Options, &str)] = &[
            ("nothing", Vec::new(), Compression::None, &normal, "empty"),
            ("white space", b" \r\n\t\n".to_vec(), Compression::None, &normal, "empty"),
            ("a mark alone", b"\xef\xbb\xbf".to_vec(), Compression::None, &normal, "empty"),
            ("nothing, compressed", gzip(b""), Compression::Gzip, &normal, "empty"),
            ("zeros", vec![0; 999], Compression::None, &normal, "binary"),
            ("lost", "\u{fffd}abc".into(), Compression::None, &normal, "undecodable"),
            ("large", b"123456789".to_vec(), Compression::None, &small, "document_too_large"),
            ("at the limit", b"12345678".to_vec(), Compression::None, &small, ""),
            ("large inside", gzip(b"123456789"), Compression::Gzip, &small, "document_too_large"),
            ("limit inside", gzip(b"12345678"), Compression::Gzip, &small, ""),
            ("bomb", gzip(b"123456789"), Compression::Gzip, &bomb, "decompression_bomb"),
        ];
        for (name, bytes, compression, options, expected) in table {
            let document = document(bytes, *compression, options);
            assert_eq!(reason(&document), *expected, "{name}");
            assert_eq!(document.id, DocId(7));
        }
    }

    #[test]
    fn a_file_that_is_gone_or_changed_its_kind_is_a_row() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str, compression| {
            let path = folder.path().join(name);
            let (name, folder) = (name.into(), "s".into());
            let file =
                WholeFile { path, name, folder, format: Format::Text, compression, bytes: 0 };
            file.load(&Options::default()).into_document(DocId(0), &Options::default())
        };
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path().join("fifo"), rustix::fs::Mode::RUSR)
            .unwrap();
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            assert_eq!(reason(&read("gone", compression)), "vanished");
            assert_eq!(reason(&read("fifo", compression)), "not_a_regular_file");
        }
    }
}
