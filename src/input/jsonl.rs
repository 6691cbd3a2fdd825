//! JSON Lines: a line is a document, as an object.
//!
//! Lines end at `\n`, and at nothing else. The record at position N, counted from zero over the lines that are not blank,
//! is `path#N`. Memory is bounded by the longest line allowed; a longer one is passed over up to its end.

use std::io::{self, BufRead, BufReader};
use std::sync::Arc;

use super::Options;
use super::detail::{rejection, rejection_at, rejection_of};
use super::fields::RecordFile;
use super::json::JsonRecord;
use super::record::{OpenSource, Record};
use super::transcode::ByteStream;

const BUFFER_BYTES: usize = 256 << 10;

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
    /// Begins with the first line.
    pub(super) fn open(source: OpenSource, options: &Options) -> Self {
        let (file, stream) = source.into_file();
        Self {
            file: Arc::new(file),
            reader: Some(BufReader::with_capacity(BUFFER_BYTES, stream)),
            max_line_bytes: options.max_document_bytes,
            position: 0,
            line: 0,
            offset: 0,
        }
    }
}

impl Iterator for JsonLines {
    type Item = Box<dyn Record>;

    /// The next line that is not blank, or a row for what is wrong there.
    fn next(&mut self) -> Option<Box<dyn Record>> {
        loop {
            let reader = self.reader.as_mut()?;
            let start = self.offset;
            self.line += 1;
            let line = read_line(reader, self.max_line_bytes, &mut self.offset);
            match line {
                Ok(Line::Whole(bytes)) if bytes.trim_ascii().is_empty() => {}
                Ok(Line::Whole(bytes)) => {
                    let (file, line, at) = (self.file.clone(), self.line, start);
                    let position = Some(self.position);
                    self.position += 1;
                    return Some(Box::new(JsonRecord {
                        file,
                        position,
                        at,
                        line,
                        column: 0,
                        bytes,
                    }));
                }
                Ok(Line::TooLong { bytes }) => {
                    let detail = format!(
                        "line {}, at byte {start}: {bytes} bytes; max-document-bytes = {}",
                        self.line, self.max_line_bytes
                    );
                    let origin = self.file.origin(self.position, start, Some(bytes));
                    self.position += 1;
                    let why = rejection("line_too_long", detail);
                    return Some(Box::new(self.file.refused(origin, why)));
                }
                Ok(Line::End) => self.reader = None,
                Err(error) => {
                    self.reader = None;
                    let mut why = rejection_of(&error);
                    why = rejection_at(&why, self.line);
                    let origin = self.file.origin(self.position, start, None);
                    return Some(Box::new(self.file.refused(origin, why)));
                }
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::compress::tests::{gzip, zstandard};
    use super::super::decode::tests::wide;
    use super::super::record::Source;
    use super::super::transcode::open_bytes;
    use super::super::{Compression, Follow, into_document as document_of, scan};
    use super::*;
    use crate::document::{DocId, Document, Fate};

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
        let options = Options::default();
        let stream = open_bytes(&path, Compression::None, &options).unwrap();
        let source =
            Source { name: "a.jsonl".into(), folder: "s".into(), stream: Box::new(stream) };
        let mut lines = JsonLines::open(OpenSource::of(source, &options), &options);
        let document = |record: Box<dyn Record>| record.into_document(DocId(0), &options);
        assert_eq!(outcome(&document(lines.next().unwrap())), "a");
        fs::write(&path, "{}").unwrap();
        let last = outcome(&document(lines.last().unwrap()));
        assert!(last.starts_with("changed_while_read"), "{last}");
    }
}
