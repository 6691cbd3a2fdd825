//! JSON files that are not JSON Lines: an array of records, an array in an envelope, or one record a file.
//!
//! Records are found by their brackets and quotes alone, one at a time, so that memory is bounded by the longest one
//! allowed and a record that is no JSON costs itself and not its neighbours. The record at position N, counted from zero,
//! is `path#N`; a record that is alone in its file is `path`. Where a bracket or a quote is missing, the next record
//! begins where JSON forbids what stands there: at a `{` in place of a name, or at a line within a text that begins as the
//! records do.
//!
//! An envelope is an object that holds the array under one of a few names, perhaps in an inner object (`response`, `data`),
//! and no text of its own; the rest of it is passed over. Files of several arrays, envelopes or records are read to the end.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use super::Options;
use super::detail::{rejection, rejection_at, rejection_of};
use super::fields::{RecordFile, is_same_name};
use super::json::JsonRecord;
use super::record::{OpenSource, Record};
use super::transcode::ByteStream;
use crate::document::Rejection;

const BUFFER_BYTES: usize = 256 << 10;

/// Names under which producers put their array of records into one object.
const ARRAYS: [&str; 14] = [
    "articles",
    "posts",
    "documents",
    "docs",
    "results",
    "items",
    "news",
    "stories",
    "data",
    "records",
    "hits",
    "rows",
    "entries",
    "value",
];

/// Names of inner objects that may hold the array.
const WRAPPERS: [&str; 5] = ["response", "data", "result", "results", "hits"];

/// Longest name that is looked at, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// The records of a file, one after the other.
pub(super) struct JsonValues {
    file: Arc<RecordFile>,
    scanner: Option<Scanner<ByteStream>>,
    position: u64,
}

impl JsonValues {
    /// Begins with the first record.
    pub(super) fn open(source: OpenSource, options: &Options) -> Self {
        let is_envelope = is_envelope(source.sample(), options);
        let (file, stream) = source.into_file();
        let scanner = Scanner::new(stream, options.max_document_bytes, is_envelope);
        Self { file: Arc::new(file), scanner: Some(scanner), position: 0 }
    }

    fn read(&mut self) -> io::Result<Option<Box<dyn Record>>> {
        let Some(scanner) = &mut self.scanner else { return Ok(None) };
        let max_bytes = scanner.max_bytes;
        let value = match scanner.next_value()? {
            Found::Value(value) => value,
            Found::End => return Ok(self.end(None)),
            Found::CutOff => return Ok(self.end(Some(("cut_off", CUT_OFF)))),
            Found::Malformed => return Ok(self.end(Some(("malformed_json", MALFORMED)))),
        };
        let Value { at, line, column, length, bytes, is_whole } = value;
        if !is_whole {
            self.scanner = None;
            let detail = format!("the file ends within the record at byte {at}");
            let why = rejection_at(&rejection("cut_off", detail), line);
            return Ok(Some(self.refused(at, None, why)));
        }
        if length > max_bytes {
            let detail = format!("{length} bytes; max-document-bytes = {max_bytes}");
            let why = rejection_at(&rejection("record_too_long", detail), line);
            let row = self.refused(at, Some(length), why);
            self.position += 1;
            return Ok(Some(row));
        }
        let is_alone = self.position == 0
            && scanner.levels.is_empty()
            && !scanner.has_closed
            && scanner.skip_space()?.is_none();
        let position = (!is_alone).then_some(self.position);
        self.position += 1;
        let file = self.file.clone();
        Ok(Some(Box::new(JsonRecord { file, position, at, line, column, bytes })))
    }

    /// Reads no more; the row says why, unless the file is done.
    fn end(&mut self, why: Option<(&'static str, &str)>) -> Option<Box<dyn Record>> {
        let scanner = self.scanner.take()?;
        let (reason, detail) = why?;
        let why = rejection_at(&rejection(reason, detail), scanner.line);
        Some(self.refused(scanner.offset, None, why))
    }

    fn refused(&self, at: u64, length: Option<u64>, why: Rejection) -> Box<dyn Record> {
        Box::new(self.file.refused(self.file.origin(self.position, at, length), why))
    }
}

const CUT_OFF: &str = "the file ends within an array or an object";
const MALFORMED: &str = "neither an object nor an array of them begins here; the rest is not read";

impl Iterator for JsonValues {
    type Item = Box<dyn Record>;

    fn next(&mut self) -> Option<Box<dyn Record>> {
        self.read().unwrap_or_else(|error| {
            let (at, line) = self.scanner.take().map_or((0, 0), |s| (s.offset, s.line));
            Some(self.refused(at, None, rejection_at(&rejection_of(&error), line)))
        })
    }
}

/// Whether the first value of a file is an object around an array of records.
pub(super) fn is_envelope(sample: &[u8], options: &Options) -> bool {
    let mut scanner = Scanner::new(sample, 0, true);
    let is_object = matches!(scanner.skip_space(), Ok(Some(b'{')));
    if !is_object || scanner.skip(1).is_err() {
        return false;
    }
    scanner.levels.push(Level::Envelope);
    loop {
        match scanner.member() {
            Ok(Member::Entered) if scanner.levels.last() == Some(&Level::Array) => return true,
            Ok(Member::Entered) => {}
            Ok(Member::Passed(name)) => {
                if options.text.iter().any(|text| is_same_name(text, &name)) {
                    return false;
                }
            }
            Ok(Member::Closed) if !scanner.levels.is_empty() => {}
            Ok(Member::Closed | Member::CutOff | Member::Malformed) | Err(_) => return false,
        }
    }
}

/// What encloses the place where the scanner is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Level {
    Array,
    Envelope,
}

/// Finds values without parsing them.
struct Scanner<R> {
    reader: BufReader<R>,
    max_bytes: u64,
    /// Bytes before the next one.
    offset: u64,
    line: u64,
    /// The first byte of this line.
    line_start: u64,
    /// White space since the line began, if there was nothing else.
    indent: Option<usize>,
    is_envelope: bool,
    levels: Vec<Level>,
    /// Whether an array has been left.
    has_closed: bool,
}

enum Found {
    Value(Value),
    End,
    CutOff,
    Malformed,
}

struct Value {
    at: u64,
    line: u64,
    column: u64,
    length: u64,
    /// Empty if there are too many.
    bytes: Vec<u8>,
    is_whole: bool,
}

/// A member of an envelope.
enum Member {
    /// An array or an object that is now the innermost level.
    Entered,
    /// Anything else, by name.
    Passed(String),
    /// There are no more.
    Closed,
    CutOff,
    Malformed,
}

impl<R: Read> Scanner<R> {
    fn new(stream: R, max_bytes: u64, is_envelope: bool) -> Self {
        Self {
            reader: BufReader::with_capacity(BUFFER_BYTES, stream),
            max_bytes,
            offset: 0,
            line: 1,
            line_start: 0,
            indent: Some(0),
            is_envelope,
            levels: Vec::new(),
            has_closed: false,
        }
    }

    /// The next byte that is no white space, which stays where it is.
    fn skip_space(&mut self) -> io::Result<Option<u8>> {
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                return Ok(None);
            }
            let count = available.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let next = available.get(count).copied();
            self.skip(count)?;
            if next.is_some() {
                return Ok(next);
            }
        }
    }

    /// Passes over bytes that are in the buffer, or will be.
    fn skip(&mut self, mut count: usize) -> io::Result<()> {
        while count > 0 {
            let available = self.reader.fill_buf()?;
            let part = &available[..count.min(available.len())];
            if part.is_empty() {
                return Ok(());
            }
            for (at, byte) in (self.offset..).zip(part) {
                if *byte == b'\n' {
                    (self.indent, self.line_start) = (Some(0), at + 1);
                    self.line += 1;
                } else if byte.is_ascii_whitespace() {
                    self.indent = self.indent.map(|indent| indent + 1);
                } else {
                    self.indent = None;
                }
            }
            let taken = part.len();
            self.reader.consume(taken);
            self.offset += taken as u64;
            count -= taken;
        }
        Ok(())
    }

    fn next_value(&mut self) -> io::Result<Found> {
        loop {
            if self.levels.last() == Some(&Level::Envelope) {
                match self.member()? {
                    Member::Entered | Member::Passed(_) | Member::Closed => continue,
                    Member::CutOff => return Ok(Found::CutOff),
                    Member::Malformed => return Ok(Found::Malformed),
                }
            }
            let Some(byte) = self.skip_space()? else {
                return Ok(if self.levels.is_empty() { Found::End } else { Found::CutOff });
            };
            match (byte, self.levels.is_empty()) {
                (b',', _) => {}
                (b'[', true) => self.levels.push(Level::Array),
                (b'{', true) if self.is_envelope => self.levels.push(Level::Envelope),
                (b']', false) => {
                    self.levels.pop();
                    self.has_closed = true;
                }
                (b'{', _) | (_, false) => {
                    return self.value(byte, self.max_bytes).map(Found::Value);
                }
                (_, true) => return Ok(Found::Malformed),
            }
            self.skip(1)?;
        }
    }

    /// Enters the next member of an envelope, or passes over it.
    fn member(&mut self) -> io::Result<Member> {
        let mut next = self.skip_space()?;
        while next == Some(b',') {
            self.skip(1)?;
            next = self.skip_space()?;
        }
        match next {
            None => return Ok(Member::CutOff),
            Some(b'"') => {}
            Some(b'}') => {
                self.levels.pop();
                self.skip(1)?;
                return Ok(Member::Closed);
            }
            Some(_) => return Ok(Member::Malformed),
        }
        let name = self.value(b'"', MAX_NAME_BYTES as u64)?.bytes;
        let name = String::from_utf8_lossy(&name).trim_matches('"').to_lowercase();
        match self.skip_space()? {
            Some(b':') => {}
            Some(_) => return Ok(Member::Malformed),
            None => return Ok(Member::CutOff),
        }
        self.skip(1)?;
        let Some(first) = self.skip_space()? else { return Ok(Member::CutOff) };
        let is_wrapper = first == b'{' && WRAPPERS.contains(&&*name);
        if is_wrapper {
            self.skip(1)?;
            self.levels.push(Level::Envelope);
            return Ok(Member::Entered);
        }
        if first == b'[' && ARRAYS.contains(&&*name) {
            self.skip(1)?;
            if matches!(self.skip_space()?, Some(b'{' | b']')) {
                self.levels.push(Level::Array);
                return Ok(Member::Entered);
            }
            // An array of something else.
            let passed = self.pass(Course::within_array())?;
            return Ok(if passed.is_whole { Member::Passed(name) } else { Member::CutOff });
        }
        let passed = self.value(first, 0)?;
        Ok(if passed.is_whole { Member::Passed(name) } else { Member::CutOff })
    }

    /// The value that begins with `first`; its bytes, if they are no more than `max_bytes`.
    fn value(&mut self, first: u8, max_bytes: u64) -> io::Result<Value> {
        self.take(Course::of(first, self.indent), max_bytes)
    }

    fn pass(&mut self, course: Course) -> io::Result<Value> {
        self.take(course, 0)
    }

    fn take(&mut self, mut course: Course, max_bytes: u64) -> io::Result<Value> {
        let (at, line, column) = (self.offset, self.line, self.offset - self.line_start);
        let mut value = Value { at, line, column, length: 0, bytes: Vec::new(), is_whole: true };
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                value.is_whole = course.depth == 0 && !course.is_in_string;
                return Ok(value);
            }
            let (count, is_end) = course.follow(available, value.length == 0);
            let part = &available[..count];
            if let Some(end) = memchr::memrchr(b'\n', part) {
                self.line += memchr::memchr_iter(b'\n', part).count() as u64;
                self.line_start = self.offset + end as u64 + 1;
            }
            value.length += count as u64;
            if value.length <= max_bytes {
                value.bytes.extend_from_slice(part);
            } else {
                value.bytes = Vec::new();
            }
            self.reader.consume(count);
            self.offset += count as u64;
            self.indent = course.indent;
            if is_end {
                return Ok(value);
            }
        }
    }
}

/// Where in a value the scanner is.
struct Course {
    first: u8,
    own_indent: Option<usize>,
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
    /// The last byte outside strings that is no white space.
    last: u8,
    indent: Option<usize>,
}

impl Course {
    fn of(first: u8, own_indent: Option<usize>) -> Self {
        Self {
            first,
            own_indent,
            depth: 0,
            is_in_string: false,
            is_escaped: false,
            last: b'[',
            indent: None,
        }
    }

    /// Behind the bracket of an array.
    fn within_array() -> Self {
        Self { depth: 1, ..Self::of(b'[', None) }
    }

    /// How many of these bytes belong to the value, and whether it ends with them.
    fn follow(&mut self, bytes: &[u8], is_start: bool) -> (usize, bool) {
        let mut at = 0;
        while at < bytes.len() {
            let is_first = is_start && at == 0;
            if self.is_in_string && self.indent.is_none() && !self.is_escaped {
                let next = memchr::memchr3(b'"', b'\\', b'\n', &bytes[at..]);
                at += next.unwrap_or(bytes.len() - at);
                if next.is_none() {
                    break;
                }
            }
            let byte = bytes[at];
            if !is_first && byte == b'{' && self.is_next_record() {
                return (at, true);
            }
            self.indent = match byte {
                b'\n' => Some(0),
                b' ' | b'\t' | b'\r' => self.indent.map(|indent| indent + 1),
                _ => None,
            };
            if self.is_in_string {
                let is_plain = std::mem::replace(&mut self.is_escaped, false);
                match byte {
                    b'"' if !is_plain => {
                        self.is_in_string = false;
                        self.last = b'"';
                        if self.depth == 0 {
                            return (at + 1, true);
                        }
                    }
                    b'\\' if !is_plain => self.is_escaped = true,
                    _ => {}
                }
                at += 1;
                continue;
            }
            match byte {
                b'"' => self.is_in_string = true,
                b'{' | b'[' => self.depth += 1,
                // What is neither in brackets nor quotes ends before the comma.
                b',' | b']' | b'}' | b'\n' if self.depth == 0 && !is_first => return (at, true),
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                self.last = byte;
            }
            at += 1;
        }
        (bytes.len(), false)
    }

    /// Whether a `{` at this place can only be the next record's, as it would be wrong in this one.
    fn is_next_record(&self) -> bool {
        match self.is_in_string {
            true => self.own_indent.is_some() && self.indent == self.own_indent,
            false => self.first == b'{' && self.depth == 1 && self.last != b':',
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;
    use serde_json::json;

    use super::super::tests::{outcomes, read_file};
    use super::*;
    use crate::document::Fate;

    #[test]
    fn a_record_is_a_document_wherever_it_stands() {
        let table: &[(&str, &str, &[&str])] = &[
            ("one", "{\"text\":\"a\"}", &["a.json a"]),
            ("one, over lines", "\u{feff}{\n \"text\": \"a\"\n}\n", &["a.json a"]),
            ("an array", "[{\"text\":\"a\"},{\"text\":\"b\"}]", &["a.json#0 a", "a.json#1 b"]),
            ("an array of one", "[\n{\"text\":\"a\"}\n]\n", &["a.json#0 a"]),
            ("an empty array", "[]", &[]),
            ("nothing", " \n", &[]),
            (
                "one after the other",
                "{\"text\":\"a\"}\n{\"text\":\"b\"}",
                &["a.json#0 a", "a.json#1 b"],
            ),
            ("brackets in text", r#"[{"text":"a}]\"{[","n":{"m":[{}]}}]"#, &["a.json#0 a}]\"{["]),
            (
                "an envelope",
                r#"{"status": "ok", "n": 2, "articles": [{"text":"a"}, {"text":"b"}], "more": [1]}"#,
                &["a.json#0 a", "a.json#1 b"],
            ),
            (
                "an envelope in an envelope, arrays of something else, and a second one",
                "{\"tags\":[\"x\",{\"a\":[]}],\"results\":[1,2],\"response\":{\"n\":1,\"docs\":[{\"text\":\"a\"}]},\"data\":[{\"text\":\"b\"}]}\n{\"news\":[{\"text\":\"c\"}]}",
                &["a.json#0 a", "a.json#1 b", "a.json#2 c"],
            ),
            ("a text is no envelope", r#"{"text":"a","data":[{"text":"comment"}]}"#, &["a.json a"]),
            (
                "nor is an array of another name",
                r#"{"comments":[{"text":"b"}],"text":"a"}"#,
                &["a.json a"],
            ),
            ("two arrays", r#"[{"text":"a"}][{"text":"b"}]"#, &["a.json#0 a", "a.json#1 b"]),
            (
                "no JSON",
                "Bridge opens\n",
                &[
                    "a.json malformed_json: line 1: neither an object nor an array of them begins here; the rest is not read",
                ],
            ),
            (
                "something behind",
                "[{\"text\":\"a\"}]\n}",
                &[
                    "a.json#0 a",
                    "a.json malformed_json: line 2: neither an object nor an array of them begins here; the rest is not read",
                ],
            ),
            (
                "a broken envelope",
                "{\"data\":[{\"text\":\"a\"}], data: 1}",
                &[
                    "a.json#0 a",
                    "a.json malformed_json: line 1: neither an object nor an array of them begins here; the rest is not read",
                ],
            ),
            (
                "an envelope that is cut off",
                "{\"data\":[{\"text\":\"a\"}], \"more\"",
                &[
                    "a.json#0 a",
                    "a.json cut_off: line 1: the file ends within an array or an object",
                ],
            ),
            (
                "an error on a later line",
                "[{\"text\":\"a\"},\n {\n  \"text\": b }]",
                &["a.json#0 a", "a.json#1 malformed_record: line 3, column 11: expected value"],
            ),
            (
                "a bad record between good ones",
                r#"[{"text":"a"},{"text":,},{"text":"c"}]"#,
                &[
                    "a.json#0 a",
                    "a.json#1 malformed_record: line 1, column 23: expected value",
                    "a.json#2 c",
                ],
            ),
            (
                "no objects",
                "[1, \"two\",\n{\"text\":\"c\"}, null]",
                &[
                    "a.json#0 malformed_record: line 1, column 2: a number, not an object",
                    "a.json#1 malformed_record: line 1, column 5: a string, not an object",
                    "a.json#2 c",
                    "a.json#3 malformed_record: line 2, column 15: null, not an object",
                ],
            ),
            (
                "a bracket is missing",
                r#"[{"text":"a","n":1,{"text":"b"}]"#,
                &[
                    "a.json#0 malformed_record: line 1, column 19: EOF while parsing a value",
                    "a.json#1 b",
                ],
            ),
            (
                "a quote is missing",
                "[\n  {\"text\": \"a, \"n\": 1},\n  {\"text\": \"b\"}\n]",
                &[
                    "a.json#0 malformed_record: line 2, column 17: expected `,` or `}`",
                    "a.json#1 b",
                ],
            ),
            (
                "cut off in a record",
                "[{\"text\":\"a\"},\n{\"text\":\"b",
                &[
                    "a.json#0 a",
                    "a.json cut_off: line 2: the file ends within the record at byte 15",
                ],
            ),
            (
                "cut off between records",
                "[{\"text\":\"a\"},\n",
                &[
                    "a.json#0 a",
                    "a.json cut_off: line 2: the file ends within an array or an object",
                ],
            ),
        ];
        for (name, bytes, expected) in table {
            let documents = read_file("a.json", bytes.as_bytes(), &Options::default());
            assert_eq!(outcomes(&documents), *expected, "{name}");
        }
    }

    #[test]
    fn a_record_too_long_is_passed_over_in_bounded_memory() {
        let options = Options { max_document_bytes: 50, ..Options::default() };
        let long = "x".repeat(1 << 20);
        let bytes = format!("[{{\"text\":\"a\"}},{{\"text\":\"{long}\"}},{{\"text\":\"c\"}}]");
        let found = outcomes(&read_file("a.json", bytes.as_bytes(), &options));
        let expected = [
            "a.json#0 a",
            "a.json#1 record_too_long: line 1: 1048587 bytes; max-document-bytes = 50",
            "a.json#2 c",
        ];
        assert_eq!(found, expected);
    }

    proptest! {
        /// However an array is written, its records come out; cut off anywhere, those before the cut do.
        #[test]
        fn an_array_comes_out_whole_and_up_to_the_cut(
            texts in vec("[a-zß東 \\n{}\\[\\]\",:\\\\]{1,9}", 1..6),
            form in 0..3usize,
            cut in any::<Index>(),
        ) {
            // White space and control characters alone are no text.
            let records: Vec<_> = texts.iter().map(|text| json!({ "n": [{}, text], "text": format!("x{text}x") })).collect();
            let written = match form {
                0 => serde_json::to_string(&records),
                1 => serde_json::to_string_pretty(&records),
                _ => serde_json::to_string_pretty(&json!({ "tags": [1], "articles": records })),
            }
            .unwrap();
            let whole = read_file("a.json", written.as_bytes(), &Options::default());
            prop_assert_eq!(whole.len(), texts.len());
            prop_assert!(whole.iter().all(|document| matches!(document.fate, Fate::Kept)), "{:?}", outcomes(&whole));
            let cut = cut.index(written.len() - 1) + 1;
            let cut = read_file("a.json", &written.as_bytes()[..cut], &Options::default());
            let (row, before) = cut.split_last().unwrap();
            prop_assert!(matches!(&row.fate, Fate::Rejected(_)), "{:?}", outcomes(&cut));
            prop_assert_eq!(outcomes(before), &outcomes(&whole)[..before.len()]);
        }
    }

    #[test]
    fn records_lie_where_they_say() {
        let bytes = "\u{feff}[ {\"text\":\"one\"},\n {\"text\":\"two\"} ]";
        for document in read_file("a.json", bytes.as_bytes(), &Options::default()) {
            let at = document.origin.offset.unwrap() as usize;
            let end = at + document.origin.length.unwrap() as usize;
            assert_eq!(bytes[at..end], format!("{{\"text\":\"{}\"}}", document.text()));
        }
    }
}
