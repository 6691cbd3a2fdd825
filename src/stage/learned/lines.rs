//! Lines as the census sees them: the form in which they are compared, where they stand, and which of them are
//! joined to an end of the page.

use xxhash_rust::xxh3::xxh3_64;

use super::day::Day;
use crate::document::Line;

/// What a line's row says: the source, where the line stands, and what else the document says.
pub(super) struct Occurrence {
    pub(super) source: u64,
    pub(super) at_head: bool,
    pub(super) at_tail: bool,
    /// Whether the line is about what the document is about; see [`is_topical`].
    pub(super) is_topical: bool,
    pub(super) is_question: bool,
    /// Hash of the longest other line: reprints of one story share it.
    pub(super) story: u32,
    pub(super) day: Option<Day>,
}

impl Occurrence {
    pub(super) fn to_payload(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(15);
        payload.extend_from_slice(&self.source.to_le_bytes());
        let about = u8::from(self.is_topical) << 2 | u8::from(self.is_question) << 3;
        payload.push(edges(self.at_head, self.at_tail) | about);
        payload.extend_from_slice(&self.story.to_le_bytes());
        payload.extend_from_slice(&self.day.map_or(0, Day::code).to_le_bytes());
        payload
    }

    pub(super) fn from_payload(payload: &[u8]) -> Option<Self> {
        let flags = *payload.get(FLAGS_AT)?;
        Some(Self {
            source: u64::from_le_bytes(payload.get(..8)?.try_into().ok()?),
            at_head: flags & 1 != 0,
            at_tail: flags & 2 != 0,
            is_topical: flags & 4 != 0,
            is_question: flags & 8 != 0,
            story: u32::from_le_bytes(payload.get(9..13)?.try_into().ok()?),
            day: Day::from_code(u16::from_le_bytes(payload.get(13..15)?.try_into().ok()?)),
        })
    }

    /// Takes back what the payload says of an edge where the line stands elsewhere in the document as well.
    pub(super) fn restrict(payload: &mut [u8], at_head: bool, at_tail: bool) {
        payload[FLAGS_AT] &= edges(at_head, at_tail) | ABOUT;
    }
}

/// Where in a payload the edges stand, and what the line is about.
const FLAGS_AT: usize = 8;
const ABOUT: u8 = 4 | 8;

/// Lines of the article's own, in a row, that furniture may have in its midst: a date, an author, a headline.
const MAX_OWN_LINES: usize = 1;

/// Up to so many characters a line is a label, which a table or an article may have of its own.
pub(super) const LABEL_CHARS: usize = 24;

fn edges(at_head: bool, at_tail: bool) -> u8 {
    u8::from(at_head) | u8::from(at_tail) << 1
}

/// Shorter lines, in bytes, are not asked for their topic: they have too few words.
const MIN_TOPICAL_BYTES: usize = 40;
/// Words of a line that are looked for, the longest; of these so many must be found.
const TOPIC_WORDS: usize = 3;
const MIN_TOPIC_WORDS: usize = 2;
/// Shorter words, in characters, belong to the language and not to a topic.
const MIN_WORD_CHARS: usize = 6;
/// As much of a word is looked for: endings differ, and some scripts have no spaces.
const STEM_CHARS: usize = 8;

/// Whether the longest words of a line stand elsewhere in the body: a background paragraph speaks of the matter,
/// an invitation or a notice does not.
pub(super) fn is_topical(text: &str, line: &Line<'_>, body_start: usize) -> bool {
    if line.text.len() < MIN_TOPICAL_BYTES {
        return false;
    }
    let mut words: Vec<(usize, &str)> = Vec::new();
    for word in line.text.split(|c: char| !c.is_alphanumeric()) {
        let chars = word.chars().count();
        let place = |nth: usize| word.char_indices().nth(nth).map_or(word.len(), |(at, _)| at);
        // Without its first letter a word is the same at the head of a sentence.
        let stem = &word[place(1)..place(1 + STEM_CHARS)];
        if chars >= MIN_WORD_CHARS && !words.iter().any(|(_, other)| *other == stem) {
            words.push((chars, stem));
        }
    }
    // Of words of the same length the first counts: a stable sort.
    words.sort_by_key(|(chars, _)| std::cmp::Reverse(*chars));
    words.truncate(TOPIC_WORDS);
    let (before, behind) = (&text[body_start..line.at.start], &text[line.at.end..]);
    let is_there = |stem: &str| {
        let find = |text: &str| memchr::memmem::find(text.as_bytes(), stem.as_bytes()).is_some();
        find(before) || find(behind)
    };
    words.iter().filter(|(_, stem)| is_there(stem)).count() >= MIN_TOPIC_WORDS
}

/// Whether a line may be learned at all, by its form.
///
/// A line without letters is furniture only as a date or a time: `78,000` is a figure of the report. A line that is a
/// quotation from end to end is what somebody said, however often it is repeated.
pub(super) fn may_be_furniture(line: &str) -> bool {
    if !line.contains(char::is_alphabetic) {
        let digits = |c: char| c.is_numeric();
        let is_date = |c: char| line.split(digits).filter(|gap| gap.contains(c)).count() >= 1;
        return line.contains(digits)
            && (is_date(':') || is_date('/') || line.matches(['-', '.']).count() >= 2);
    }
    !is_quotation(line)
}

/// Quotations of fewer characters are titles and catchwords.
const MIN_QUOTATION_CHARS: usize = 40;

fn is_quotation(line: &str) -> bool {
    let closes = |pair: &(char, char)| {
        let inner = line.strip_prefix(pair.0).and_then(|rest| rest.strip_suffix(pair.1));
        // `“A” and “B”` begins and ends with marks, and is no quotation.
        inner.is_some_and(|inner| !inner.contains([pair.0, pair.1]))
    };
    QUOTES.iter().any(closes) && line.chars().nth(MIN_QUOTATION_CHARS).is_some()
}

const QUOTES: [(char, char); 6] = [
    ('\u{201c}', '\u{201d}'),
    ('\u{201e}', '\u{201c}'),
    ('\u{ab}', '\u{bb}'),
    ('\u{bb}', '\u{ab}'),
    ('\u{300c}', '\u{300d}'),
    ('"', '"'),
];

/// Squeezes white space and lower-cases letters; a number becomes `0` where it is the only one.
///
/// Digits with one of `.,:/-` between them are one number, so that a time or a date is folded.
pub(super) fn normalised(line: &str) -> String {
    let mut normal = String::with_capacity(line.len());
    let mut first_number = 0..0;
    let mut numbers = 0;
    let mut in_number = false;
    for (at, c) in line.char_indices() {
        // Most characters by far, settled at once.
        if c.is_ascii_lowercase() {
            in_number = false;
            normal.push(c);
            continue;
        }
        let joins = in_number
            && matches!(c, '.' | ',' | ':' | '/' | '-')
            && line[at + 1..].starts_with(char::is_numeric);
        if joins || c.is_numeric() {
            numbers += usize::from(!in_number);
            if numbers == 1 {
                let start = if in_number { first_number.start } else { normal.len() };
                first_number = start..normal.len() + c.len_utf8();
            }
            in_number = true;
            normal.push(c);
            continue;
        }
        in_number = false;
        if !c.is_whitespace() {
            normal.extend(c.to_lowercase());
        } else if !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    if numbers == 1 {
        normal.replace_range(first_number, "0");
    }
    normal
}

/// Which recurring lines are part of the furniture at an end of the page: from that end on, no two lines in a row come
/// before them that are the article's own. A table's row labels recur as well, but with figures between them.
pub(super) fn reached_from_the_edges(recurs: &[bool]) -> Vec<Reached> {
    let mut reached = vec![Reached::default(); recurs.len()];
    let mut reach = |positions: &mut dyn Iterator<Item = usize>, mark: fn(&mut Reached)| {
        let mut own_lines = 0;
        for position in positions {
            own_lines = if recurs[position] { 0 } else { own_lines + 1 };
            if own_lines > MAX_OWN_LINES {
                return;
            }
            mark(&mut reached[position]);
        }
    };
    reach(&mut (0..recurs.len()), |reached| reached.from_head = true);
    reach(&mut (0..recurs.len()).rev(), |reached| reached.from_tail = true);
    reached
}

/// From which ends of the page furniture reaches to a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) from_head: bool,
    pub(super) from_tail: bool,
}

/// The seed of all hashes that belong to a source.
pub(super) fn source_hash(source: &str) -> u64 {
    xxh3_64(source.as_bytes())
}

/// Positions of the longest and the second longest line; the same twice where there is only one.
pub(super) fn longest_two(lines: &[Line<'_>]) -> [usize; 2] {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(lines[*index].text.len()));
    let first = order.first().copied().unwrap_or(0);
    [first, order.get(1).copied().unwrap_or(first)]
}
