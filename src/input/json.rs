//! One JSON object as a document, wherever it stands.
//!
//! Two things that other programs write although JSON forbids them are read: `NaN` and `Infinity` as null, and halves of
//! surrogate pairs as U+FFFD.

use std::sync::Arc;

use serde_json::{Map, Value};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

use super::Options;
use super::detail::rejection;
use super::fields::{
    self, Fields, RecordCharset, RecordFile, is_same_name, language_fields, no_text_field,
    place_seed,
};
use super::record::Record;
use crate::document::{DocId, Document, Rejection};

/// The text of an object, and its place.
pub(super) struct JsonRecord {
    pub(super) file: Arc<RecordFile>,
    /// Zero-based; `None` if it is all that is in the file.
    pub(super) position: Option<u64>,
    /// Its first byte in the text of the file.
    pub(super) at: u64,
    /// The line that it begins in, from 1.
    pub(super) line: u64,
    /// Bytes before it in that line.
    pub(super) column: u64,
    pub(super) bytes: Vec<u8>,
}

impl Record for JsonRecord {
    fn place(&self) -> (&str, Option<u64>) {
        (&self.file.name, self.position)
    }

    fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Of the text, its place and the file's encoding.
    fn hash(&self) -> u64 {
        let position = u64::from(self.position.is_none()).rotate_right(1);
        let place = place_seed(self.line, self.at) ^ position;
        xxh3_64_with_seed(&self.bytes, self.file.seed() ^ place)
    }

    fn values(&self) -> Vec<(String, String)> {
        let charset = RecordCharset::of(self.file.detected, &self.bytes);
        let Ok((record, _)) = parse(&charset.decode(self.bytes.clone()).0) else {
            return Vec::new();
        };
        let value_of =
            |value| text_of(value).or_else(|| list_of(value)).or_else(|| scalar_of(value));
        record.iter().filter_map(|(name, value)| Some((name.clone(), value_of(value)?))).collect()
    }

    fn into_document(self: Box<Self>, id: DocId, options: &Options) -> Document {
        into_document(*self, id, options)
    }
}

/// Decodes and parses.
fn into_document(record: JsonRecord, id: DocId, options: &Options) -> Document {
    let JsonRecord { file, position, at, line, column, bytes } = record;
    let raw_bytes = bytes.len() as u64;
    let mut origin = file.origin(position, at, Some(raw_bytes));
    origin.hash = Some(xxh3_128(&bytes));
    let charset = RecordCharset::of(file.detected, &bytes);
    let (text, replacements) = charset.decode(bytes);
    let parsed = parse(&text).map_err(|Malformed { line_breaks, column: at, what }| {
        let column = at + if line_breaks == 0 { column } else { 0 };
        let detail = format!("line {}, column {column}: {what}", line + line_breaks);
        rejection("malformed_record", detail)
    });
    let found = parsed.and_then(|(record, lost)| Ok((fields_of(&record, options)?, lost)));
    let (found, lost) = match found {
        Ok((found, lost)) => (Ok(found), lost),
        Err(why) => (Err(why), 0),
    };
    let decoding = charset.decoding(replacements.saturating_add(lost), raw_bytes);
    fields::of_found(&file, origin, found, decoding, id, options)
}

/// What is wrong with a record, and where in it.
struct Malformed {
    line_breaks: u64,
    /// In bytes, from 1, since the last line break.
    column: u64,
    what: String,
}

/// An object and the number of lost halves of surrogate pairs, or what is wrong.
fn parse(line: &str) -> Result<(Map<String, Value>, u32), Malformed> {
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
        Ok(other) => {
            let what = format!("{}, not an object", kind(&other));
            Err(Malformed { line_breaks: 0, column: 1, what })
        }
        Err(error) => {
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default().to_owned();
            let line_breaks = error.line().saturating_sub(1) as u64;
            Err(Malformed { line_breaks, column: error.column() as u64, what })
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
        url: first(&options.url),
        date: first(&options.date),
        id: first(&options.id),
        author: named(record, &options.author)
            .find_map(|(_, value)| list_of(value).or_else(|| scalar_of(value)))
            .filter(|author| !author.trim().is_empty()),
        language: first(language_fields(options, |name| record.contains_key(name))),
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

/// A text, an array of paragraphs, or an object of them as `fundus` writes it: a summary, and sections with headlines.
fn text_of(value: &Value) -> Option<String> {
    let mut paragraphs = Vec::new();
    match value {
        Value::String(text) => return Some(text.clone()),
        Value::Array(_) => add_paragraphs(value, &mut paragraphs),
        Value::Object(body) if body.contains_key("sections") => {
            for part in ["summary", "sections"].iter().filter_map(|name| body.get(*name)) {
                add_paragraphs(part, &mut paragraphs);
            }
        }
        _ => return None,
    }
    (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
}

fn add_paragraphs<'a>(value: &'a Value, paragraphs: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => paragraphs.push(text),
        Value::Array(parts) => parts.iter().for_each(|part| add_paragraphs(part, paragraphs)),
        Value::Object(section) => {
            for part in ["headline", "paragraphs"].iter().filter_map(|name| section.get(*name)) {
                add_paragraphs(part, paragraphs);
            }
        }
        _ => {}
    }
}

/// Names, one after the other.
fn list_of(value: &Value) -> Option<String> {
    let names: Vec<String> = value.as_array()?.iter().filter_map(scalar_of).collect();
    (!names.is_empty()).then(|| names.join(", "))
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
    use super::super::tests::read_file;
    use super::*;

    /// The fields as the producers write them; the texts are ours.
    #[test]
    fn what_producers_write_is_recognised() {
        let table = [
            (
                "trafilatura",
                r#"{"title":"T","author":"A","hostname":"bay.example","date":"2024-03-01","fingerprint":"f","id":null,"license":null,"comments":"","raw_text":"raw","text":"a","language":"en","image":null,"pagetype":null,"filedate":"2024-03-09","source":"https://bay.example/1","source-hostname":"Bay","excerpt":"x","categories":"","tags":""}"#,
                ["T\n\na", "bay.example", "2024-03-01", "https://bay.example/1", "A", "en"],
            ),
            (
                "news-please",
                r#"{"authors":["A","B"],"date_download":"2024-03-09 10:00:00","date_modify":null,"date_publish":"2024-03-01 08:00:00","description":"d","filename":"f.json","image_url":null,"language":"en","localpath":null,"maintext":"a","source_domain":"bay.example","text":null,"title":"T","title_page":null,"title_rss":null,"url":"https://bay.example/1"}"#,
                [
                    "T\n\na",
                    "bay.example",
                    "2024-03-01 08:00:00",
                    "https://bay.example/1",
                    "A, B",
                    "en",
                ],
            ),
            (
                "newspaper4k",
                r#"{"url":"https://bay.example/1","read_more_link":"","language":"en","title":"T","top_image":"","images":[],"movies":[],"keywords":[],"tags":[],"authors":["A"],"publish_date":"2024-03-01 08:00:00","summary":"","meta_description":"","meta_lang":"en","meta_site_name":"Bay Post","canonical_link":"","text":"a"}"#,
                ["T\n\na", "Bay Post", "2024-03-01 08:00:00", "https://bay.example/1", "A", "en"],
            ),
            (
                "fundus",
                r#"{"html":{"requested_url":"https://bay.example/1"},"title":"T","authors":["A"],"publishing_date":"2024-03-01 08:00:00+00:00","publisher":"Bay Post","lang":"en","topics":[],"body":{"summary":["s"],"sections":[{"headline":[],"paragraphs":["a"]},{"headline":["h"],"paragraphs":["b"]}]}}"#,
                ["T\n\ns\n\na\n\nh\n\nb", "Bay Post", "2024-03-01 08:00:00+00:00", "", "A", "en"],
            ),
            (
                "Webz.io",
                r#"{"thread":{"uuid":"u","site":"bay.example","title":"T"},"uuid":"u","url":"https://bay.example/1","author":"A","published":"2024-03-01T08:00:00.000+02:00","title":"T","text":"a","language":"english","crawled":"2024-03-09T08:00:00.000+02:00"}"#,
                [
                    "T\n\na",
                    "bay.example",
                    "2024-03-01T08:00:00.000+02:00",
                    "https://bay.example/1",
                    "A",
                    "english",
                ],
            ),
            (
                "mediacloud",
                r#"{"stories_id":7,"publish_date":"2024-03-01 08:00:00","title":"T","url":"https://bay.example/1","language":"en","media_name":"Bay Post","media_url":"https://bay.example","text":"a"}"#,
                ["T\n\na", "Bay Post", "2024-03-01 08:00:00", "https://bay.example/1", "", "en"],
            ),
        ];
        for (producer, record, expected) in table {
            let document = &read_file("a.json", record.as_bytes(), &Options::default())[0];
            let metadata = &document.metadata;
            let date = document.date.as_deref().unwrap_or_default();
            let found = [
                document.text(),
                &document.source,
                date,
                &metadata.url,
                &metadata.author,
                &metadata.language,
            ];
            assert_eq!(found, expected, "{producer}");
        }
    }
}
