//! What records of all formats have in common: field names, outlets, and the document at the end.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::charset::{Charset, Detected, detect};
use super::decode::{decode_as, without_controls};
use super::detail::rejection;
use super::{Options, dates, repair};
use crate::document::{Decoding, DocId, Document, Metadata, Origin, Part, Rejection};

/// The field of our own tables that holds what a producer said of the language; `language` is what was found out.
pub(super) const DECLARED_LANGUAGE: &str = "language_declared";

/// The names of fields that may hold the language, for records in which `has` tells whether a field is there.
pub(super) fn language_fields(options: &Options, has: impl Fn(&str) -> bool) -> &[String] {
    let declared = options.language.iter().position(|name| name == DECLARED_LANGUAGE);
    match declared {
        Some(at) if has(DECLARED_LANGUAGE) => &options.language[at..=at],
        _ => &options.language,
    }
}

/// The file that a record is from.
#[derive(Debug)]
pub(super) struct RecordFile {
    pub(super) name: Arc<str>,
    pub(super) folder: Arc<str>,
    pub(super) detected: Detected,
    /// Where its text begins in the decompressed file; `None` where it is transcoded.
    pub(super) start: Option<u64>,
}

impl RecordFile {
    /// A file that is one record, which knows its own encoding.
    pub(super) fn of_whole(name: Arc<str>, folder: Arc<str>) -> Self {
        let detected = Detected { charset: Charset::UTF_8, is_ascii_so_far: false };
        Self { name, folder, detected, start: Some(0) }
    }

    /// Public name of what lies at `origin`: a record, or the file if it is the only one.
    pub(super) fn record_name(&self, origin: &Origin) -> String {
        match origin.member {
            Some(position) => format!("{}#{position}", self.name),
            None => self.name.to_string(),
        }
    }

    /// What the encoding of the file adds to the hash of a record.
    pub(super) fn seed(&self) -> u64 {
        xxh3_64(format!("{:?}", self.detected).as_bytes())
    }

    /// Where a record lies that begins at byte `at` of the text. Without `length`, reading stopped there.
    pub(super) fn origin(
        &self,
        position: impl Into<Option<u64>>,
        at: u64,
        length: Option<u64>,
    ) -> Origin {
        let (member, offset) = (position.into(), self.start.map(|start| start + at));
        Origin { file: self.name.clone(), member, offset, length, hash: None }
    }

    /// The row of a record that could not be read, or of the rest of the file where `origin` has no length.
    pub(super) fn refused(&self, origin: Origin, why: Rejection) -> Refused {
        let name = match origin.length {
            Some(_) => self.record_name(&origin),
            None => self.name.to_string(),
        };
        let raw_bytes = origin.length.unwrap_or_default();
        Refused { name, source: self.folder.clone(), why, raw_bytes, origin }
    }
}

/// What the place of a record adds to its hash: rows of `rejected.csv` name both its line and its first byte.
pub(super) fn place_seed(line: u64, at: u64) -> u64 {
    line ^ at.rotate_left(32)
}

/// The row of something that does not become a document.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) name: String,
    pub(super) source: Arc<str>,
    pub(super) why: Rejection,
    pub(super) raw_bytes: u64,
    pub(super) origin: Origin,
}

impl Refused {
    /// The row of a file that could not be opened.
    pub(super) fn file(name: Arc<str>, source: Arc<str>, why: Rejection) -> Self {
        let origin = Origin { file: name.clone(), ..Origin::default() };
        let name = name.to_string();
        Self { name, source, why, raw_bytes: 0, origin }
    }

    pub(super) fn into_rejected(self, id: DocId) -> Document {
        let mut document = Document::rejected(id, self.name, self.source, self.why);
        document.decoding.raw_bytes = self.raw_bytes;
        document.origin = self.origin;
        document
    }
}

/// How the bytes of one record become text.
#[derive(Clone, Copy, Debug)]
pub(super) struct RecordCharset {
    bytes: Charset,
    is_transcoded: bool,
}

impl RecordCharset {
    /// Takes the file's encoding. Only where there was nothing but ASCII in its sample, and this record is not UTF-8, the
    /// record itself is asked.
    pub(super) fn of(detected: Detected, record: &[u8]) -> Self {
        if detected.charset != Charset::UTF_8 {
            return Self { bytes: detected.charset, is_transcoded: true };
        }
        if !detected.is_ascii_so_far || std::str::from_utf8(record).is_ok() {
            return Self { bytes: Charset::UTF_8, is_transcoded: false };
        }
        let bytes = match detect(record).charset {
            Charset::Known(encoding) if encoding.is_ascii_compatible() => Charset::Known(encoding),
            _ => Charset::UTF_8,
        };
        Self { bytes, is_transcoded: false }
    }

    /// The text, and the number of U+FFFD that stand for invalid bytes.
    pub(super) fn decode(self, bytes: Vec<u8>) -> (String, u32) {
        if !self.is_transcoded {
            let (text, decoding) = decode_as(self.bytes, bytes);
            return (text, decoding.replacements);
        }
        let (text, decoding) = decode_as(Charset::UTF_8, bytes);
        let marks = memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}").count();
        (text, u32::try_from(marks).unwrap_or(u32::MAX).max(decoding.replacements))
    }

    /// What the document says about its decoding.
    pub(super) fn decoding(self, replacements: u32, raw_bytes: u64) -> Decoding {
        let encoding = self.bytes.name();
        Decoding { encoding, replacements, raw_bytes, ..Decoding::default() }
    }
}

/// The fields of a record, as they were found.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) text: String,
    pub(super) title: Option<String>,
    pub(super) source: Option<String>,
    pub(super) url: Option<String>,
    pub(super) date: Option<String>,
    pub(super) id: Option<String>,
    pub(super) author: Option<String>,
    /// What the record or page says that its language is.
    pub(super) language: Option<String>,
}

/// Makes the document of a record, or the row that says why it is none.
pub(super) fn of_found(
    file: &RecordFile,
    origin: Origin,
    found: Result<Fields, Rejection>,
    decoding: Decoding,
    id: DocId,
    options: &Options,
) -> Document {
    match found {
        Ok(found) => into_document(file, origin, found, decoding, id, options),
        Err(why) => {
            let mut document = file.refused(origin, why).into_rejected(id);
            document.decoding = decoding;
            document
        }
    }
}

/// Makes the document of a record.
pub(super) fn into_document(
    file: &RecordFile,
    origin: Origin,
    fields: Fields,
    mut decoding: Decoding,
    id: DocId,
    options: &Options,
) -> Document {
    let name = file.record_name(&origin);
    let mut fields = fields;
    if fields.url.is_none() {
        // Some put the address of the page there.
        fields.url = fields.source.clone().filter(|source| source.contains("://"));
    }
    let has_outlet = fields.source.as_deref().is_some_and(|source| !source.trim().is_empty());
    let outlet = outlet(fields.source, fields.url.as_deref());
    let source_from = match (&outlet, has_outlet) {
        (None, _) => "folder",
        (Some(_), true) => "field",
        (Some(_), false) => "url",
    };
    let source = outlet.map_or_else(|| file.folder.clone(), Arc::from);
    let mut repaired = |text| repair::repaired(text, &mut decoding);
    let title = fields.title.map(&mut repaired).unwrap_or_default().one_line();
    let judged = repaired(fields.text).clean(options).and_then(|body| {
        match body.text.trim().is_empty() && title.text.is_empty() {
            true => Err(rejection("empty", "the record holds no text")),
            false => Ok(body),
        }
    });
    let mut document = match judged {
        Ok(body) => {
            let mut document = Document::new(id, name, source, &title.text, &body.text);
            title.note(0..title.text.len(), Part::Title, &mut document);
            let start = body.text.len() - body.text.trim_start().len();
            body.note(start..start + body.text.trim().len(), Part::Body, &mut document);
            document
        }
        Err(why) => Document::rejected(id, name, source, why),
    };
    document.decoding = decoding;
    document.origin = origin;
    document.record_id = fields.id.as_deref().map(one_line).filter(|id| !id.is_empty());
    document.date = fields.date.as_deref().map(one_line).filter(|date| !date.is_empty());
    document.source_from = source_from.into();
    let said = |text: Option<&str>| text.map(one_line).unwrap_or_default();
    document.metadata = Metadata {
        url: said(fields.url.as_deref()),
        author: said(fields.author.as_deref()),
        language: said(fields.language.as_deref()),
    };
    dates::date(&mut document, fields.url.as_deref(), options);
    document
}

/// Whether two field names are the same but for case, spaces, `_` and `-`.
pub(super) fn is_same_name(a: &str, b: &str) -> bool {
    let letters = |name: &str| {
        let letters: Vec<char> = name
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}'))
            .flat_map(char::to_lowercase)
            .collect();
        letters
    };
    // Most pairs differ in their first letter; that is found out without an allocation.
    let first = |name: &str| {
        name.chars()
            .find(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}'))
            .map(|c| c.to_ascii_lowercase())
    };
    match (first(a), first(b)) {
        (Some(a), Some(b)) if a.is_ascii() && b.is_ascii() && a != b => false,
        (None, _) | (_, None) => a == b,
        _ => letters(a) == letters(b),
    }
}

/// The refusal of a record, or a whole file, that has none of the fields that may hold the text.
pub(super) fn no_text_field<'a>(fields: impl Iterator<Item = &'a str>) -> Rejection {
    let fields: Vec<String> = fields.take(20).map(|field| format!("`{field}`")).collect();
    let list = if fields.is_empty() { "none".to_owned() } else { fields.join(", ") };
    rejection("no_text_field", format!("name the field in `text` of `[input]`; there are: {list}"))
}

/// A short field as one line, without control characters and surplus white space.
pub(super) fn one_line(text: &str) -> String {
    let clean = without_controls(text.to_owned());
    let words: Vec<&str> = clean.split_whitespace().collect();
    words.join(" ")
}

/// The outlet that a record names, by name or by address. An address is not an outlet, as every page has its own, but
/// its host is.
fn outlet(source: Option<String>, url: Option<&str>) -> Option<String> {
    let source = source.map(|source| one_line(&source)).filter(|source| !source.is_empty());
    match source {
        Some(source) if source.contains("://") => Some(host(&source).unwrap_or(source)),
        // A host for a name, as news-please gives it: the same outlet as one whose address is known.
        Some(source) => Some(match source.strip_prefix("www.") {
            Some(host) if host.contains('.') && !host.contains(' ') => host.to_lowercase(),
            _ => source,
        }),
        None => host(&one_line(url?)),
    }
}

/// The host of an address: lower case, without port and `www.`.
fn host(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.to_lowercase();
    let host = host.split(':').next()?.trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    (host.contains('.') && !host.contains(' ')).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_in_any_spelling() {
        let table: &[(&str, &str, bool)] = &[
            ("full_text", "Full Text", true),
            ("full_text", "fullText", true),
            ("full_text", "FULL-TEXT", true),
            ("id", "_id", true),
            ("text", "\u{feff}text", true),
            ("title", "Título", false),
            ("überschrift", "ÜBERSCHRIFT", true),
            ("text", "texts", false),
            ("text", "_", false),
            ("text", "", false),
        ];
        for (a, b, expected) in table {
            assert_eq!(is_same_name(a, b), *expected, "{a} {b}");
            assert_eq!(is_same_name(b, a), *expected, "{b} {a}");
        }
    }

    #[test]
    fn an_outlet_is_a_name_or_a_host() {
        type Row = (&'static str, Option<&'static str>, Option<&'static str>, Option<&'static str>);
        let table: &[Row] = &[
            ("a name", Some(" The  Herald\n"), Some("https://a.com/1"), Some("The Herald")),
            ("an address for a name", Some("https://www.a.co.uk/news/1"), None, Some("a.co.uk")),
            ("an address alone", None, Some("HTTP://User:pw@WWW.A.com:80/x?y"), Some("a.com")),
            ("a host for a name", Some("www.A.co.uk"), Some("https://b.com/1"), Some("a.co.uk")),
            ("no host", Some("www. is no host"), None, Some("www. is no host")),
            ("an empty name", Some(" "), Some("https://a.com"), Some("a.com")),
            ("no host", None, Some("https:///x"), None),
            ("no web address", None, Some("mailto:x@a.com"), None),
            ("nothing", None, None, None),
        ];
        for (name, source, url, expected) in table {
            let source = source.map(str::to_owned);
            assert_eq!(outlet(source, *url).as_deref(), *expected, "{name}");
        }
    }
}
