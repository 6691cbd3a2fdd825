//! Lines as the census sees them: the form in which they are compared, where they stand, and what says that they are text.

use xxhash_rust::xxh3::xxh3_64;

use super::day::Day;
use crate::document::Line;
use crate::letters::{Letter, push_lower};

/// What a line's row says: the source, where the line stands, and what else the document says.
pub(super) struct Occurrence {
    pub(super) source: u64,
    pub(super) at_head: bool,
    pub(super) at_tail: bool,
    /// See [`is_text_by_neighbours`].
    pub(super) is_text: bool,
    pub(super) is_question: bool,
    /// Hash of the longest other line: reprints of one story share it.
    pub(super) story: u32,
    pub(super) day: Option<Day>,
}

impl Occurrence {
    pub(super) fn to_payload(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(15);
        payload.extend_from_slice(&self.source.to_le_bytes());
        let about = u8::from(self.is_text) << 2 | u8::from(self.is_question) << 3;
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
            is_text: flags & 4 != 0,
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

/// Up to so many characters a line is a label, which a table or an article may have of its own.
pub(super) const LABEL_CHARS: usize = 24;

fn edges(at_head: bool, at_tail: bool) -> u8 {
    u8::from(at_head) | u8::from(at_tail) << 1
}

/// Longer questions, in characters, are invitations and announcements.
const MAX_QUESTION_CHARS: usize = 48;

/// Whether a line is a question as sub-heads put it.
pub(super) fn is_question(line: &str) -> bool {
    line.ends_with(['?', '\u{61f}', '\u{ff1f}']) && line.chars().nth(MAX_QUESTION_CHARS).is_none()
}

/// Whether a line is text by its neighbours: the name of who said the line before, the sub-head of the line behind, or
/// the label of a row of figures.
pub(super) fn is_text_by_neighbours(
    line: &str,
    before: Option<&str>,
    behind: Option<&str>,
) -> bool {
    is_attribution(line, before)
        || is_label(line) && behind.is_some_and(|behind| is_prose(behind) || is_figures(behind))
}

/// Shorter lines, in bytes, may be labels themselves, captions or headlines.
const MIN_PROSE_BYTES: usize = 80;

/// Whether a line may be a sub-head or the label of a row: a few words alone, for `7 years ago` and `Follow @echo` are
/// none.
fn is_label(line: &str) -> bool {
    line.chars().nth(LABEL_CHARS).is_none()
        && line.chars().all(|c| {
            c.is_alphabetic()
                || c.is_whitespace()
                || matches!(c, '\'' | '\u{2019}' | '-' | ':' | ',')
        })
}

fn is_prose(line: &str) -> bool {
    let ends = ['.', '!', '?', '"', '\u{201d}', '\u{2019}', '\u{bb}', '\u{964}', '\u{3002}'];
    line.len() >= MIN_PROSE_BYTES && line.ends_with(ends)
}

/// Whether a line is a row of figures, as tables and reports have them: `Net 3.1 mln vs 2.9 mln`, `12,400`, `4.5 %`.
///
/// A third of the words are numbers, two or more of them, or one that is no mere count: below `Comments` stands `12`.
/// Dates and times are no figures: a stamp under `Published` does not make that a table's label.
fn is_figures(line: &str) -> bool {
    let (mut words, mut numbers, mut is_measure) = (0, 0, false);
    let (mut has_day, mut has_year) = (false, false);
    for word in line.split_whitespace() {
        words += 1;
        let number = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !number.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        if number.contains([':', '/']) || number.matches(['.', '-']).count() > 1 {
            return false;
        }
        if !number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
            continue;
        }
        numbers += 1;
        is_measure |= number.contains(['.', ',']) || word.ends_with('%');
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
        has_day |= is_plain && number.len() <= 2;
        has_year |= is_plain && number.len() == 4;
    }
    let is_date = numbers == 2 && has_day && has_year;
    numbers * 3 >= words && (numbers > 1 || is_measure) && !is_date
}

/// Longer lines, in characters, are statements of their own.
const MAX_ATTRIBUTION_CHARS: usize = 80;

/// Whether a line stands right behind a quotation, as the name of who said it: it has no punctuation at its end.
fn is_attribution(line: &str, before: Option<&str>) -> bool {
    let is_short =
        line.len() <= MAX_ATTRIBUTION_CHARS || line.chars().nth(MAX_ATTRIBUTION_CHARS).is_none();
    let is_name = line.ends_with(|c: char| c.is_alphanumeric() || c == ')');
    let closes = |c: char| QUOTES.iter().any(|(_, close)| *close == c);
    is_short
        && is_name
        && before.is_some_and(|before| before.trim_end_matches(['.', ',']).ends_with(closes))
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

/// Quotations of fewer characters are titles and catchwords; names behind them have no more.
const MIN_QUOTATION_CHARS: usize = 40;

/// Whether a line is a quotation, with the name of who said it behind it or without.
fn is_quotation(line: &str) -> bool {
    let is_long = |text: &str| text.chars().nth(MIN_QUOTATION_CHARS).is_some();
    let closes = |(open, close): &(char, char)| {
        let quoted = line.strip_prefix(*open).and_then(|rest| rest.rsplit_once(*close));
        // `“A” and “B”` begins and ends with marks, and is no quotation.
        quoted.is_some_and(|(quoted, behind)| {
            is_long(quoted) && !is_long(behind) && !quoted.contains([*open, *close])
        })
    };
    QUOTES.iter().any(closes)
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
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        // Most of a Latin text by far, settled at once.
        let run = if in_number { 0 } else { plain_run(rest, normal.ends_with(' ')) };
        if run > 0 {
            let from = normal.len();
            normal.push_str(&rest[..run]);
            normal[from..].make_ascii_lowercase();
            rest = &rest[run..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let joins = in_number
            && matches!(c, '.' | ',' | ':' | '/' | '-')
            && rest.starts_with(|next| Letter::of(next).is_numeric());
        if joins || Letter::of(c).is_numeric() {
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
            push_lower(c, &mut normal);
        } else if !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    if numbers == 1 {
        normal.replace_range(first_number, "0");
    }
    normal
}

/// Bytes at the beginning that are ASCII, neither digits nor white space but single spaces.
fn plain_run(text: &str, mut is_behind_space: bool) -> usize {
    let mut goes_on = |byte: u8| {
        let is_space = byte == b' ';
        let is_plain =
            is_space && !is_behind_space || byte.is_ascii_graphic() && !byte.is_ascii_digit();
        is_behind_space = is_space;
        is_plain
    };
    text.bytes().position(|byte| !goes_on(byte)).unwrap_or(text.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_figures_are_told_from_dates_and_counts() {
        for (line, expected) in [
            ("Net 2,650,000 vs 2,566,000", true),
            ("Shr 1.20 dlrs vs 1.05 dlrs", true),
            ("12,400", true),
            ("(4.5 %)", true),
            ("2030 2031", true),
            ("12", false),
            ("14 March 2031", false),
            ("March 14, 2031", false),
            ("09/01/2031", false),
            ("6:45 PM, 14 March", false),
            ("2031-03-14 2031-03-15", false),
            ("It fell by 4.5 percent on the day", false),
            ("", false),
        ] {
            assert_eq!(is_figures(line), expected, "{line}");
        }
    }
}
