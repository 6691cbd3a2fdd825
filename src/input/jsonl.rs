//! JSON Lines: a line is a document, as an object.
//!
//! Lines end at `\n`, and at nothing else. The record at position N, counted from zero over the lines that are not blank,
//! is `path#N`. Memory is bounded by the longest line allowed; a longer one is passed over up to its end. Two things that
//! other programs write although JSON forbids them are read: `NaN` and `Infinity` as null, and halves of surrogate pairs
//! as U+FFFD.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

use super::detail::{rejection, rejection_of};
use super::fields::{
    self, Fields, RecordCharset, RecordFile, URL_FIELDS, is_same_name, no_text_field, place_seed,
};
use super::transcode::{ByteStream, OpenText, open_text};
use super::{Content, InputFile, Options};
use crate::document::{DocId, Document, Rejection};

const BUFFER_BYTES: usize = 256 << 10;

/// One line of a JSON Lines file.
pub(super) struct JsonLine {
    pub(super) file: Arc<RecordFile>,
    /// Zero-based, over lines that are not blank.
    pub(super) position: u64,
    /// Its first byte in the text of the file.
    at: u64,
    /// One-based, over all lines.
    line: u64,
    pub(super) bytes: Vec<u8>,
}

impl JsonLine {
    /// xxh3 of the line, its place and the file's encoding.
    pub(super) fn hash(&self) -> u64 {
        xxh3_64_with_seed(&self.bytes, self.file.seed() ^ place_seed(self.line, self.at))
    }
}

/// The lines of a file, one after the other.
pub(super) struct JsonLines {
    file: Arc<RecordFile>,
    reader: Option<BufReader<ByteStream>>,
    max_line_bytes: u64,
    position: u64,
    line: u64,
    /// Bytes before the next line.
    offset: u64,
}

enum Line {
    Whole(Vec<u8>),
    TooLong { bytes: u64 },
    End,
}

impl JsonLines {
    /// Opens a file and finds out its encoding.
    pub(super) fn open(
        path: &Path,
        file: &InputFile,
        options: &Options,
    ) -> Result<Self, Rejection> {
        let OpenText { stream, detected, start, .. } = open_text(path, file.compression, options)?;
        let (name, folder) = (file.name().into(), file.folder());
        let file = RecordFile { name, folder, detected, start };
        Ok(Self {
            file: Arc::new(file),
            reader: Some(BufReader::with_capacity(BUFFER_BYTES, stream)),
            max_line_bytes: options.max_document_bytes,
            position: 0,
            line: 0,
            offset: 0,
        })
    }

    /// The next line that is not blank, or a row for what is wrong there.
    pub(super) fn next(&mut self) -> Option<Content> {
        loop {
            let reader = self.reader.as_mut()?;
            let start = self.offset;
            self.line += 1;
            let line = read_line(reader, self.max_line_bytes, &mut self.offset);
            match line {
                Ok(Line::Whole(bytes)) if bytes.trim_ascii().is_empty() => {}
                Ok(Line::Whole(bytes)) => {
                    let (file, position, line) = (self.file.clone(), self.position, self.line);
                    self.position += 1;
                    let line = JsonLine { file, position, at: start, line, bytes };
                    return Some(Content::JsonLine(line));
                }
                Ok(Line::TooLong { bytes }) => {
                    let detail = format!(
                        "line {}, at byte {start}: {bytes} bytes; max-document-bytes = {}",
                        self.line, self.max_line_bytes
                    );
                    let origin = self.file.origin(self.position, start, Some(bytes));
                    self.position += 1;
                    let why = rejection("line_too_long", detail);
                    return Some(Content::Refused(Box::new(self.file.refused(origin, why))));
                }
                Ok(Line::End) => self.reader = None,
                Err(error) => {
                    self.reader = None;
                    let mut why = rejection_of(&error);
                    why = rejection_at(&why, self.line);
                    let origin = self.file.origin(self.position, start, None);
                    return Some(Content::Refused(Box::new(self.file.refused(origin, why))));
                }
            }
        }
    }
}

/// Says at which line of a file reading stopped.
pub(super) fn rejection_at(why: &Rejection, line: u64) -> Rejection {
    Rejection { detail: format!("line {line}: {}", why.detail), ..why.clone() }
}

/// Reads up to the next `\n`; holds no more than `max_bytes` of a line. Adds what was read to `offset`.
fn read_line(reader: &mut impl BufRead, max_bytes: u64, offset: &mut u64) -> io::Result<Line> {
    let mut line = Vec::new();
    let mut line_bytes = 0;
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() && line_bytes == 0 {
            return Ok(Line::End);
        }
        let end = memchr::memchr(b'\n', available);
        let is_last = end.is_some() || available.is_empty();
        let part = &available[..end.unwrap_or(available.len())];
        line_bytes += part.len() as u64;
        if line_bytes <= max_bytes {
            line.extend_from_slice(part);
        } else {
            line = Vec::new();
        }
        let count = part.len() + usize::from(end.is_some());
        reader.consume(count);
        *offset += count as u64;
        if is_last {
            return Ok(match line_bytes <= max_bytes {
                true => Line::Whole(line),
                false => Line::TooLong { bytes: line_bytes },
            });
        }
    }
}

/// Decodes and parses one line.
pub(super) fn into_document(line: JsonLine, id: DocId, options: &Options) -> Document {
    let JsonLine { file, position, at, line, bytes } = line;
    let raw_bytes = bytes.len() as u64;
    let mut origin = file.origin(position, at, Some(raw_bytes));
    origin.hash = Some(xxh3_128(&bytes));
    let charset = RecordCharset::of(file.detected, &bytes);
    let (text, replacements) = charset.decode(bytes);
    let parsed = parse(&text)
        .map_err(|detail| rejection("malformed_record", format!("line {line}, {detail}")));
    let found = parsed.and_then(|(record, lost)| Ok((fields_of(&record, options)?, lost)));
    match found {
        Ok((found, lost)) => {
            let decoding = charset.decoding(replacements.saturating_add(lost), raw_bytes);
            fields::into_document(&file, origin, found, decoding, id, options)
        }
        Err(why) => {
            let mut document = file.refused(origin, why).into_document(id);
            document.decoding = charset.decoding(replacements, raw_bytes);
            document
        }
    }
}

/// The object of a line and the number of lost halves of surrogate pairs, or what is wrong.
fn parse(line: &str) -> Result<(Map<String, Value>, u32), String> {
    let line = line.trim_start_matches('\u{feff}');
    let (parsed, lost) = match serde_json::from_str(line) {
        Ok(value) => (Ok(value), 0),
        Err(error) => {
            let (repaired, lost) = repair(line);
            (serde_json::from_str(&repaired).map_err(|_| error), lost)
        }
    };
    match parsed {
        Ok(Value::Object(record)) => Ok((record, lost)),
        Ok(other) => Err(format!("column 1: {}, not an object", kind(&other))),
        Err(error) => {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            Err(format!("column {}: {message}", error.column()))
        }
    }
}

/// Writes `null` for `NaN` and `Infinity`, and U+FFFD for halves of surrogate pairs, which are counted.
fn repair(json: &str) -> (String, u32) {
    let bytes = json.as_bytes();
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut repaired = String::with_capacity(json.len());
    let (mut at, mut copied, mut lost, mut is_in_string) = (0, 0, 0, false);
    while at < bytes.len() {
        let mut replace = None;
        let len = match bytes[at] {
            b'"' => {
                is_in_string = !is_in_string;
                1
            }
            b'\\' if is_in_string => match (unit(at), unit(at + 6)) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
                (Some(0xd800..=0xdfff), _) => {
                    lost += 1;
                    replace = Some("\\ufffd");
                    6
                }
                _ => 2,
            },
            b'N' | b'I' | b'-' if !is_in_string => {
                let words: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];
                let word = words.into_iter().find(|word| bytes[at..].starts_with(word));
                replace = word.map(|_| "null");
                word.map_or(1, <[u8]>::len)
            }
            _ => 1,
        };
        if let Some(replacement) = replace {
            repaired.push_str(&json[copied..at]);
            repaired.push_str(replacement);
            copied = at + len;
        }
        at += len;
    }
    repaired.push_str(&json[copied..]);
    (repaired, lost)
}

fn fields_of(record: &Map<String, Value>, options: &Options) -> Result<Fields, Rejection> {
    let candidates: Vec<(&str, &Value)> = named(record, &options.text).collect();
    let text = candidates.iter().filter_map(|(_, value)| text_of(value));
    let text = match text.clone().find(|text| !text.trim().is_empty()) {
        Some(text) => text,
        None => match (text.count(), candidates.first()) {
            (0, Some((name, value))) if !value.is_null() => {
                let detail = format!("`{name}` is {}, not text", kind(value));
                return Err(rejection("no_text_field", detail));
            }
            (_, Some(_)) => String::new(),
            (_, None) => return Err(no_text_field(record.keys().map(String::as_str))),
        },
    };
    let first = |names: &[String]| {
        let mut found = named(record, names).filter_map(|(_, value)| scalar_of(value));
        found.find(|value| !value.trim().is_empty())
    };
    Ok(Fields {
        text,
        title: first(&options.title),
        source: first(&options.source),
        url: first(&URL_FIELDS.map(str::to_owned)),
        date: first(&options.date),
        id: first(&options.id),
    })
}

/// The fields that bear one of `names`, in the order of `names`; the exact spelling first.
fn named<'a>(
    record: &'a Map<String, Value>,
    names: &'a [String],
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    names.iter().flat_map(move |name| {
        let exact = record.get_key_value(name);
        let similar = record.iter().filter(move |(key, _)| *key != name && is_same_name(name, key));
        exact.into_iter().chain(similar).map(|(key, value)| (key.as_str(), value))
    })
}

/// A text, or an array of paragraphs.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            (!parts.is_empty()).then(|| parts.join("\n\n"))
        }
        _ => None,
    }
}

/// A short value; of an object its `name`, or the only value in it, as in `{"$oid": …}`.
fn scalar_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Object(inner) => {
            let only = if inner.len() == 1 { inner.values().next() } else { None };
            scalar_of(inner.get("name").or(only)?)
        }
        Value::Null | Value::Array(_) => None,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::compress::tests::{gzip, zstandard};
    use super::super::decode::tests::wide;
    use super::super::{Compression, Follow, Format, into_document as document_of, scan};
    use super::*;
    use crate::document::Fate;

    fn read_as(file_name: &str, bytes: &[u8], options: &Options) -> Vec<Document> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outlet").join(file_name);
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let scan = scan(folder.path(), Follow::No, &[]).unwrap();
        let units = super::super::Units::new(&scan, options);
        units.map(|unit| document_of(unit, DocId(0), options)).collect()
    }

    fn read(bytes: &[u8]) -> Vec<Document> {
        read_as("a.jsonl", bytes, &Options::default())
    }

    /// The text, or reason and detail.
    fn outcome(document: &Document) -> String {
        match &document.fate {
            Fate::Rejected(why) => format!("{}: {}", why.reason, why.detail),
            _ => document.text().to_owned(),
        }
    }

    fn outcomes(documents: &[Document]) -> Vec<String> {
        documents.iter().map(outcome).collect()
    }

    #[test]
    fn a_line_is_a_document() {
        let table: &[(&str, &str, &str)] = &[
            ("text alone", r#"{"text":"a"}"#, "a"),
            ("title", r#"{"Headline":" T\n2 ","Body":"b"}"#, "T 2\n\nb"),
            ("title alone", r#"{"title":"T","text":""}"#, "T"),
            ("paragraphs", r#"{"content":["a","b",null,3]}"#, "a\n\nb"),
            ("the order is that of the options", r#"{"content":"c","text":"t"}"#, "t"),
            ("null, then text", r#"{"text":null,"content":"c"}"#, "c"),
            ("the exact name wins", r#"{"TEXT":"upper","text":"lower"}"#, "lower"),
            ("escapes", r#"{"text":"\u00e9\ud83d\ude00\u0000\r\n\u0092"}"#, "é😀\n’"),
            ("half a pair", r#"{"text":"a\ud83d b\\ud83d"}"#, "a\u{fffd} b\\ud83d"),
            ("not a number", r#"{"text":"NaN","n":NaN,"m":[-Infinity]}"#, "NaN"),
            ("separators of Unicode", "{\"text\":\"a\u{2028}b\u{85}c\"}", "a\u{2028}b\u{85}c"),
            ("a mark within the file", "\u{feff}{\"text\":\"a\"}", "a"),
            ("windows line end", "{\"text\":\"a\"}\r", "a"),
            ("nothing", r#"{"text":" \n"}"#, "empty: the record holds no text"),
            ("null", r#"{"text":null}"#, "empty: the record holds no text"),
            (
                "no field",
                r#"{"txt":"a","b":1}"#,
                "no_text_field: name the field in `text` of `[input]`; there are: `b`, `txt`",
            ),
            (
                "no fields at all",
                "{}",
                "no_text_field: name the field in `text` of `[input]`; there are: none",
            ),
            (
                "no text in it",
                r#"{"text":{"a":1}}"#,
                "no_text_field: `text` is an object, not text",
            ),
            (
                "cut",
                r#"{"text":"a"#,
                "malformed_record: line 1, column 10: EOF while parsing a string",
            ),
            ("array", r#"["a"]"#, "malformed_record: line 1, column 1: an array, not an object"),
            ("no JSON", "plain", "malformed_record: line 1, column 1: expected value"),
        ];
        for (name, line, expected) in table {
            // The two escapes of the same half pair: one counts, the other is a backslash and a word.
            let documents = read_as(
                "a.jsonl",
                line.as_bytes(),
                &Options { max_replacement_share: 0.5, ..Options::default() },
            );
            assert_eq!(outcomes(&documents), [*expected], "{name}");
        }
        let nested = format!("{{\"text\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
        assert!(outcome(&read(nested.as_bytes())[0]).contains("recursion limit"));
        assert_eq!(
            read(br#"{"text":"a\ud83d and much more text that is fine"}"#)[0].decoding.replacements,
            1
        );
    }

    #[test]
    fn a_record_has_id_date_and_outlet() {
        let line = r#"{"_id":{"$oid":"5f"},"date":20240131,"source":{"id":"x","name":"The Herald"},"text":"t"}"#;
        let document = &read(line.as_bytes())[0];
        assert_eq!(document.record_id.as_deref(), Some("5f"));
        assert_eq!(document.date.as_deref(), Some("20240131"));
        assert_eq!(&*document.source, "The Herald");
        let document = &read(br#"{"id":" ","url":"https://www.a.com/1","text":"t"}"#)[0];
        assert_eq!((document.record_id.as_deref(), &*document.source), (None, "a.com"));
        assert_eq!(&*read(br#"{"text":"t"}"#)[0].source, "outlet");
    }

    #[test]
    fn blank_lines_do_not_count_and_the_last_line_needs_no_end() {
        let documents = read(b"{\"text\":\"a\"}\n \n\r\n{broken\n{\"text\":\"c\"}");
        let names: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
        assert_eq!(names, ["outlet/a.jsonl#0", "outlet/a.jsonl#1", "outlet/a.jsonl#2"]);
        assert!(outcome(&documents[1]).starts_with("malformed_record: line 4, column 2: "));
        assert_eq!(documents[2].text(), "c");
        assert!(read(b"").is_empty());
    }

    #[test]
    fn a_line_too_long_is_passed_over() {
        let options = Options { max_document_bytes: 20, ..Options::default() };
        let long = format!("{{\"text\":\"{}\"}}", "x".repeat(600_000));
        let bytes = format!("{{\"text\":\"a\"}}\n{long}\n{{\"text\":\"b\"}}\n{long}");
        let documents = read_as("a.jsonl", bytes.as_bytes(), &options);
        let long = "600011 bytes; max-document-bytes = 20";
        let expected = [
            "a".to_owned(),
            format!("line_too_long: line 2, at byte 13: {long}"),
            "b".to_owned(),
            format!("line_too_long: line 4, at byte 600038: {long}"),
        ];
        assert_eq!(outcomes(&documents), expected);
        assert_eq!(documents[3].name, "outlet/a.jsonl#3");
    }

    #[test]
    fn records_before_damage_are_kept_and_a_row_says_where_it_is() {
        let mut state = 7u32;
        let lines: String = (0..3000)
            .map(|n| {
                state = state.wrapping_mul(1664525).wrapping_add(1013904223);
                format!("{{\"text\":\"{n} {state}\"}}\n")
            })
            .collect();
        let all = read(lines.as_bytes());
        for (file_name, whole) in
            [("a.jsonl.gz", gzip(lines.as_bytes())), ("a.jsonl.zst", zstandard(lines.as_bytes()))]
        {
            for cut in [0, 7, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
                let documents = read_as(file_name, &whole[..cut], &Options::default());
                let (row, kept) = documents.split_last().unwrap();
                let reason = outcome(row);
                assert!(
                    reason.starts_with("corrupt_compression: line "),
                    "{file_name} {cut}: {reason}"
                );
                assert_eq!(row.name, format!("outlet/{file_name}"));
                for (document, expected) in kept.iter().zip(&all) {
                    assert_eq!(document.text(), expected.text());
                }
            }
            let with_garbage = [&whole[..], b"garbage"].concat();
            let documents = read_as(file_name, &with_garbage, &Options::default());
            assert_eq!(documents.len(), all.len() + 1);
            assert!(outcome(&documents[all.len()]).contains("trailing_garbage"));
            assert_eq!(
                read_as(file_name, &[&whole[..], &[0; 99]].concat(), &Options::default()).len(),
                all.len()
            );
        }
    }

    #[test]
    fn a_bomb_is_given_up_and_what_came_before_is_kept() {
        let bytes = gzip(&[b"{\"text\":\"a\"}\n".to_vec(), vec![b' '; 30 << 20]].concat());
        let documents = read_as("a.jsonl.gz", &bytes, &Options::default());
        let outcomes = outcomes(&documents);
        assert_eq!((outcomes.len(), &*outcomes[0]), (2, "a"));
        assert!(outcomes[1].starts_with("decompression_bomb: line 2: "), "{}", outcomes[1]);
    }

    #[test]
    fn files_in_other_encodings_are_read() {
        let text = "Мэр города сообщил в среду, что новый мост откроют осенью.";
        let lines = format!("{{\"text\":\"{text}\"}}\n").repeat(3);
        let cyrillic = encoding_rs::WINDOWS_1251.encode(&lines).0.into_owned();
        for (encoding, bytes) in [
            ("UTF-16LE", wide(&lines, "UTF-16LE")),
            ("UTF-16BE", wide(&format!("\u{feff}{lines}"), "UTF-16BE")),
            ("UTF-32LE", wide(&lines, "UTF-32LE")),
            ("windows-1251", cyrillic),
        ] {
            let documents = read(&bytes);
            assert_eq!(documents.len(), 3, "{encoding}");
            for document in documents {
                assert_eq!((document.text(), &*document.decoding.encoding), (text, encoding));
            }
        }
    }

    #[test]
    fn invalid_bytes_are_a_matter_of_their_record() {
        let documents = read(
            "{\"text\":\"été\"}\n"
                .as_bytes()
                .iter()
                .copied()
                .chain(*b"{\"text\":\"caf\xe9 and a good deal more\"}\n{\"text\":\"b\"}")
                .collect::<Vec<u8>>()
                .as_slice(),
        );
        assert_eq!(documents[1].text(), "caf\u{fffd} and a good deal more");
        let replacements: Vec<u32> = documents.iter().map(|d| d.decoding.replacements).collect();
        assert_eq!(replacements, [0, 1, 0]);
        // Where the beginning says nothing about the encoding, the record itself is asked.
        let ascii = "{\"text\":\"plain\"}\n".repeat(5000);
        let documents = read(&[ascii.as_bytes(), b"{\"text\":\"Le caf\xe9 de la gare\"}"].concat());
        let last = documents.last().unwrap();
        assert_eq!((last.text(), &*last.decoding.encoding), ("Le café de la gare", "windows-1252"));
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_has_a_row() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        fs::write(&path, "{\"text\":\"a\"}\n".repeat(200_000)).unwrap();
        let file = InputFile {
            stamp: Default::default(),
            path: "a.jsonl".into(),
            bytes: 0,
            format: Format::JsonLines,
            compression: Compression::None,
            real: None,
        };
        let mut lines = JsonLines::open(&path, &file, &Options::default()).unwrap();
        assert!(matches!(lines.next(), Some(Content::JsonLine(_))));
        fs::write(&path, "{}").unwrap();
        let last = std::iter::from_fn(|| lines.next()).last();
        let Some(Content::Refused(row)) = last else { panic!("a row is expected") };
        assert_eq!(row.why.reason, "changed_while_read");
    }
}
