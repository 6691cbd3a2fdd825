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

/// Tells format and compression from the end of a file name, in any case.
pub(super) fn format_of(file_name: &[u8]) -> Option<(Format, Compression)> {
    let name = file_name.to_ascii_lowercase();
    let (stem, compression) = match extension(&name)? {
        (stem, b"gz") => (stem, Compression::Gzip),
        (stem, b"zst" | b"zstd") => (stem, Compression::Zstd),
        _ => (&name[..], Compression::None),
    };
    let format = match extension(stem)?.1 {
        b"txt" | b"text" => Format::Text,
        b"jsonl" | b"ndjson" => Format::JsonLines,
        b"csv" => Format::Csv,
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
            ("a.txt.gz.gz", None),
            ("a.gz", None),
            ("txt", None),
            ("a.txt.partial", None),
            ("a.json", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(format_of(name.as_bytes()), *expected, "{name}");
        }
    }
}
