//! Formats and compressions, and how file names and first bytes tell them.

use serde::{Deserialize, Serialize};

use super::Options;
use super::csv::separator_of;
use super::values::is_envelope;

/// How documents are laid out in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Format {
    /// The file is the document.
    Text,
    /// Each line is a document, as a JSON object.
    JsonLines,
    /// The file is a JSON object or an array of them, and each is a document.
    Json,
    /// Each record behind the header is a document.
    Csv,
    /// Each row is a document.
    #[cfg(feature = "parquet")]
    Parquet,
    /// The file is a page, and its main text the document.
    #[cfg(feature = "html")]
    Html,
    /// Pages, or their text, as crawlers keep them; WET among them.
    Warc,
    /// Members in any of the other formats.
    Tar,
    /// Members in any of the other formats.
    Zip,
}

/// What the first bytes of a file say it is, where they say so for sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Magic {
    Warc,
    Tar,
    Zip,
}

impl Magic {
    /// Decompressed bytes; 512 are enough.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        let is_zip = [b"PK\x03\x04", b"PK\x05\x06"].iter().any(|magic| start.starts_with(*magic));
        let is_tar = start.get(257..262).is_some_and(|magic| magic == b"ustar");
        match start {
            _ if is_zip => Some(Self::Zip),
            _ if is_tar => Some(Self::Tar),
            _ if start.starts_with(b"WARC/") => Some(Self::Warc),
            _ => None,
        }
    }
}

impl Format {
    /// Whether a file is one document, to be read as a whole.
    pub(super) fn is_whole(self) -> bool {
        match self {
            Self::Text => true,
            #[cfg(feature = "html")]
            Self::Html => true,
            #[cfg(feature = "parquet")]
            Self::Parquet => false,
            Self::JsonLines | Self::Json | Self::Csv | Self::Warc | Self::Tar | Self::Zip => false,
        }
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::JsonLines => "jsonl",
            Self::Json => "json",
            Self::Csv => "csv",
            #[cfg(feature = "html")]
            Self::Html => "html",
            Self::Warc => "warc",
            Self::Tar => "tar",
            Self::Zip => "zip",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
        }
    }

    /// What a file of records is, if the beginning of its text says that its name is wrong.
    pub(super) fn or_of_text(self, sample: &[u8], options: &Options) -> Self {
        let text = sample.trim_ascii_start();
        let is_after = |bytes: &[u8]| {
            let next = text.get(1..).unwrap_or_default().trim_ascii_start().first();
            next.is_some_and(|next| bytes.contains(next))
        };
        match text.first() {
            Some(b'[') if is_after(b"{]") => Self::Json,
            Some(b'{') if is_after(b"\"}") => match is_envelope(text, options) {
                true => Self::Json,
                false => object_on(text).unwrap_or(match self {
                    Self::Csv => Self::JsonLines,
                    named => named,
                }),
            },
            Some(b'{' | b'[') | None => self,
            Some(_) => match separator_of(text, options) {
                Some(_) => Self::Csv,
                None => self,
            },
        }
    }
}

/// Whether an object at the beginning is on a line, with another one below, or over lines; `None` if it is too long to
/// tell, or alone.
fn object_on(text: &[u8]) -> Option<Format> {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next()?;
    let next = lines.find(|line| !line.is_empty())?;
    match (first.ends_with(b"}"), next.starts_with(b"{")) {
        (_, true) => Some(Format::JsonLines),
        (false, false) => Some(Format::Json),
        (true, false) => None,
    }
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, any number of members.
    Gzip,
    /// Zstandard, any number of frames.
    Zstd,
    /// bzip2, any number of streams.
    Bzip2,
    /// xz, any number of streams.
    Xz,
}

impl Compression {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }

    /// Tells compressed data by their first bytes; ten are enough.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        // A bzip2 stream begins with a block or, if it is empty, with its end.
        let is_bzip2_block = |rest: &[u8]| {
            [*b"1AY&SY", *b"\x17rE8P\x90"].iter().any(|magic| magic.starts_with(rest))
        };
        match bytes {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] => {
                match is_bzip2_block(&rest[..rest.len().min(6)]) {
                    true => Self::Bzip2,
                    false => Self::None,
                }
            }
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            _ => Self::None,
        }
    }
}

/// Tells format and compression from the end of a file name, in any case.
pub(super) fn format_of(file_name: &[u8]) -> Option<(Format, Compression)> {
    let name = file_name.to_ascii_lowercase();
    let (stem, compression) = match extension(&name)? {
        (stem, b"gz") => (stem, Compression::Gzip),
        (stem, b"zst" | b"zstd") => (stem, Compression::Zstd),
        (stem, b"bz2") => (stem, Compression::Bzip2),
        (stem, b"xz") => (stem, Compression::Xz),
        (_, b"tgz") => return Some((Format::Tar, Compression::Gzip)),
        (_, b"tzst") => return Some((Format::Tar, Compression::Zstd)),
        (_, b"tbz" | b"tbz2") => return Some((Format::Tar, Compression::Bzip2)),
        (_, b"txz") => return Some((Format::Tar, Compression::Xz)),
        _ => (&name[..], Compression::None),
    };
    let format = match extension(stem)?.1 {
        b"txt" | b"text" => Format::Text,
        b"jsonl" | b"ndjson" => Format::JsonLines,
        b"json" => Format::Json,
        b"csv" | b"tsv" => Format::Csv,
        #[cfg(feature = "html")]
        b"html" | b"htm" | b"xhtml" => Format::Html,
        b"warc" | b"wet" => Format::Warc,
        b"tar" => Format::Tar,
        b"zip" if compression == Compression::None => Format::Zip,
        // Its columns are compressed one by one, and it is not read from its first byte to its last.
        #[cfg(feature = "parquet")]
        b"parquet" if compression == Compression::None => Format::Parquet,
        _ => return None,
    };
    Some((format, compression))
}

fn extension(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = memchr::memrchr(b'.', name)?;
    Some((&name[..dot], &name[dot + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_format() {
        let table: &[(&str, Option<(Format, Compression)>)] = &[
            ("a.txt", Some((Format::Text, Compression::None))),
            ("A.TEXT", Some((Format::Text, Compression::None))),
            (".txt", Some((Format::Text, Compression::None))),
            ("a.jsonl.gz", Some((Format::JsonLines, Compression::Gzip))),
            ("a.NDJSON.Zst", Some((Format::JsonLines, Compression::Zstd))),
            ("a.b.csv.zstd", Some((Format::Csv, Compression::Zstd))),
            ("a.csv.bz2", Some((Format::Csv, Compression::Bzip2))),
            ("a.csv.XZ", Some((Format::Csv, Compression::Xz))),
            #[cfg(feature = "html")]
            ("a.HTM.gz", Some((Format::Html, Compression::Gzip))),
            ("a.txt.gz.gz", None),
            ("a.gz", None),
            ("txt", None),
            ("a.txt.partial", None),
            ("a.json", Some((Format::Json, Compression::None))),
            ("CC-NEWS-1.warc.gz", Some((Format::Warc, Compression::Gzip))),
            ("a.warc.wet.gz", Some((Format::Warc, Compression::Gzip))),
            ("a.TGZ", Some((Format::Tar, Compression::Gzip))),
            ("a.tar.xz", Some((Format::Tar, Compression::Xz))),
            ("a.zip", Some((Format::Zip, Compression::None))),
            ("a.zip.gz", None),
            ("a.tsv", Some((Format::Csv, Compression::None))),
            ("a.parquet.gz", None),
            #[cfg(feature = "parquet")]
            ("a.parquet", Some((Format::Parquet, Compression::None))),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(format_of(name.as_bytes()), *expected, "{name}");
        }
    }

    #[test]
    fn the_first_bytes_tell_the_format_of_records() {
        use Format::{Csv, Json, JsonLines};
        let table: &[(&str, Format, Format)] = &[
            ("[\n {\"a\": 1}", JsonLines, Json),
            ("[]", JsonLines, Json),
            ("{\n\"a\": 1}", JsonLines, Json),
            ("{\"a\": 1,\n\"b\": 2}", JsonLines, Json),
            ("{\"a\": 1}\n\n{\"a\"", Json, JsonLines),
            ("{\"a\": 1}\n\n{\"a\"", Csv, JsonLines),
            // A broken line is not a reason to read the others otherwise.
            ("{\"a\": 1\n{\"a\": 1}", JsonLines, JsonLines),
            ("{\"a\": 1}\nbroken", JsonLines, JsonLines),
            // One record alone is read alike.
            ("{\"a\": 1}", JsonLines, JsonLines),
            ("{\"a\": 1}", Json, Json),
            ("{\"articles\": [{}]}\n{\"articles\": []}", JsonLines, Json),
            ("title,text\na,b", Json, Csv),
            ("title\ttext\na\tb", JsonLines, Csv),
            ("a,b\n1,2", Csv, Csv),
            ("[Photo],text", Csv, Csv),
            ("", Json, Json),
        ];
        for (text, named, expected) in table {
            let found = named.or_of_text(text.as_bytes(), &Options::default());
            assert_eq!(found, *expected, "{named:?} {text}");
        }
    }
}
