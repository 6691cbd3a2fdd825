//! Formats and compressions, and how file names and first bytes tell them.

/// What a document looks like in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// The file is the document.
    Text,
    /// Each line is a document, as a JSON object.
    JsonLines,
    /// Each record behind the header is a document.
    Csv,
    /// Each row is a document.
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
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
        _ => (&name[..], Compression::None),
    };
    let format = match extension(stem)?.1 {
        b"txt" | b"text" => Format::Text,
        b"jsonl" | b"ndjson" => Format::JsonLines,
        b"csv" => Format::Csv,
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
            ("a.txt.gz.gz", None),
            ("a.gz", None),
            ("txt", None),
            ("a.txt.partial", None),
            ("a.json", None),
            ("a.parquet.gz", None),
            #[cfg(feature = "parquet")]
            ("a.parquet", Some((Format::Parquet, Compression::None))),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(format_of(name.as_bytes()), *expected, "{name}");
        }
    }
}
