//! Goes through the bytes of a file of JSON, in memory that does not grow with it, and finds where its values begin and end.

use std::io::{self, BufRead, BufReader, Read};

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

/// What encloses the place where the scanner is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Level {
    Array,
    Envelope,
}

/// Finds values without parsing them.
pub(super) struct Scanner<R> {
    reader: BufReader<R>,
    pub(super) max_bytes: u64,
    /// Bytes before the next one.
    pub(super) offset: u64,
    pub(super) line: u64,
    /// The first byte of this line.
    line_start: u64,
    /// White space since the line began, if there was nothing else.
    indent: Option<usize>,
    is_envelope: bool,
    pub(super) levels: Vec<Level>,
    /// Whether an array has been left.
    pub(super) has_closed: bool,
}

pub(super) enum Found {
    Value(Value),
    End,
    CutOff,
    Malformed,
}

pub(super) struct Value {
    pub(super) at: u64,
    pub(super) line: u64,
    pub(super) column: u64,
    pub(super) length: u64,
    /// Empty if there are too many.
    pub(super) bytes: Vec<u8>,
    pub(super) is_whole: bool,
}

/// A member of an envelope.
pub(super) enum Member {
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
    pub(super) fn new(stream: R, max_bytes: u64, is_envelope: bool) -> Self {
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
    pub(super) fn skip_space(&mut self) -> io::Result<Option<u8>> {
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
    pub(super) fn skip(&mut self, mut count: usize) -> io::Result<()> {
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

    pub(super) fn next_value(&mut self) -> io::Result<Found> {
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
    pub(super) fn member(&mut self) -> io::Result<Member> {
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
