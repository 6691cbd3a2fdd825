//! When a text was published: by its metadata, by its path or address, or by a line of its own that holds nothing but a date.
//!
//! A day that could be read in two ways, such as 3/4/2024, is no day, unless `date-order` says which way it is meant: a wrong
//! day looks like a right one. For the same reason a line of the text counts only if it says that it is the stamp: a date
//! with a weekday and a time, or behind a word such as "Published". Dates of changes ("Updated") are passed over.

use serde::{Deserialize, Serialize};

use super::Options;
use super::months::{Label, is_neutral, label_of, month};
use crate::document::{Dating, Document};

/// How days that are written in numbers alone are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// Nobody knows: what may be read in two ways is not read.
    #[default]
    Unknown,
    /// 3/4/2024 is the third of April.
    DayMonth,
    /// 3/4/2024 is the fourth of March.
    MonthDay,
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Day {
    year: u32,
    month: u32,
    day: u32,
}

impl Day {
    fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// What a piece of text says about a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Sure(Day),
    /// Day and month may change places, or the century is missing.
    Ambiguous,
}

/// A day in a text: its tokens, and what they say.
#[derive(Clone, Copy, Debug)]
struct Found {
    from: usize,
    to: usize,
    reading: Reading,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A number and how many digits it has.
    Number(u64, usize),
    /// Letters, lower case; whether the first was a capital.
    Word(String, bool),
    Mark(char),
}

/// Lines from the top and from the end of a body among which the stamp is looked for.
const TOP_LINES: usize = 6;
const END_LINES: usize = 2;
const MAX_STAMP_CHARS: usize = 120;
/// Words beside a date that a line behind a label may have: a name, a zone.
const MAX_OTHER_WORDS: usize = 6;
/// Years that a date in a path may have: other numbers of eight digits are no dates.
const PATH_YEARS: std::ops::RangeInclusive<u32> = 1990..=2099;
const YEARS: std::ops::RangeInclusive<u32> = 1600..=2199;

/// Finds out when a document was published. `url`: the address that its record gives.
pub(super) fn date(document: &mut Document, url: Option<&str>, options: &Options) {
    let paths = [&*document.origin.file, url.unwrap_or_default()];
    document.dating = dating(document.date.as_deref(), &paths, document.body(), options.date_order);
}

/// The day of publication. `paths`: the file's path, the record's address.
fn dating(metadata: Option<&str>, paths: &[&str], body: &str, order: DateOrder) -> Dating {
    let known = |day: Day, from: &'static str| Dating {
        day: day.iso(),
        from: from.into(),
        reason: "".into(),
    };
    let unknown = |from: &'static str, reason: &'static str| Dating {
        day: String::new(),
        from: from.into(),
        reason: reason.into(),
    };
    let metadata = metadata.filter(|date| !date.trim().is_empty());
    let by_metadata = metadata.map(|date| of_metadata(date, order));
    if let Some(Some(Reading::Sure(day))) = by_metadata {
        return known(day, "metadata");
    }
    let by_path = paths.iter().find_map(|path| of_path(path));
    if let Some(Reading::Sure(day)) = by_path {
        return known(day, "path");
    }
    let by_text = of_text(body, order);
    if let Some(Reading::Sure(day)) = by_text {
        return known(day, "text");
    }
    match (by_metadata, by_path, by_text) {
        (Some(Some(_)), ..) => unknown("metadata", "ambiguous"),
        (Some(None), ..) => unknown("metadata", "unreadable"),
        (_, Some(_), _) => unknown("path", "ambiguous"),
        (.., Some(_)) => unknown("text", "ambiguous"),
        _ => unknown("", "missing"),
    }
}

/// The day that a field of a record is, as year-month-day, `Some(None)` where it is ambiguous; `None` if it is no date.
pub(super) fn day_of_field(date: &str, order: DateOrder) -> Option<Option<String>> {
    of_metadata(date, order).map(|reading| match reading {
        Reading::Sure(day) => Some(day.iso()),
        Reading::Ambiguous => None,
    })
}

fn of_metadata(date: &str, order: DateOrder) -> Option<Reading> {
    let date = date.trim();
    of_epoch(date).map(Reading::Sure).or_else(|| only(&find(&tokens(date), order)))
}

/// Seconds or milliseconds since 1970, as a day in UTC.
fn of_epoch(date: &str) -> Option<Day> {
    let whole = date.split('.').next()?;
    let number: u64 = whole.parse().ok()?;
    let seconds = match whole.len() {
        9 | 10 => number,
        12 | 13 => number / 1000,
        _ => return None,
    };
    Some(day_of(seconds / 86_400))
}

/// The day that is so many after 1970-01-01, or before, as year-month-day; `None` outside the years 0 to 9999.
#[cfg(feature = "parquet")]
pub(super) fn iso_day(days: i64) -> Option<String> {
    let shifted = u64::try_from(days.checked_add(DAYS_TO_1970)?).ok()?;
    let day = (shifted < 10_000 * 365).then(|| day_of_shifted(shifted))?;
    Some(day.iso())
}

/// From the first of March of the year 0 on.
const DAYS_TO_1970: i64 = 719_468;

/// The day that is so many after 1970-01-01.
fn day_of(days: u64) -> Day {
    day_of_shifted(days + DAYS_TO_1970 as u64)
}

/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn day_of_shifted(shifted: u64) -> Day {
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    Day { year: year as u32, month: month as u32, day: day as u32 }
}

/// A year first, or the name of a month: in a path nothing else is a date for sure.
fn of_path(path: &str) -> Option<Reading> {
    let tokens = tokens(path);
    let found: Vec<_> = find(&tokens, DateOrder::Unknown)
        .into_iter()
        .filter(|found| match found.reading {
            Reading::Sure(day) => PATH_YEARS.contains(&day.year),
            Reading::Ambiguous => false,
        })
        .collect();
    only(&found)
}

/// The stamp of a text.
fn of_text(body: &str, order: DateOrder) -> Option<Reading> {
    let mut lines = body.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut looked_at: Vec<&str> = lines.by_ref().take(TOP_LINES).collect();
    let mut last: Vec<&str> = lines.rev().take(END_LINES).collect();
    last.reverse();
    looked_at.append(&mut last);
    looked_at.into_iter().find_map(|line| of_line(line, order))
}

fn of_line(line: &str, order: DateOrder) -> Option<Reading> {
    // No stamp is without a digit, and most lines are. Other digits than ASCII's begin with 0xD9 or more.
    let may_have_digits = line.bytes().any(|byte| byte.is_ascii_digit() || byte >= 0xD9);
    let is_short = line.char_indices().nth(MAX_STAMP_CHARS).is_none();
    if !may_have_digits || !is_short || !line.chars().any(|c| digit(c).is_some()) {
        return None;
    }
    let tokens = tokens(line);
    let found = find(&tokens, order);
    if found.is_empty() {
        return None;
    }
    let is_of_date = |at: usize| found.iter().any(|found| (found.from..found.to).contains(&at));
    let labels: Vec<(usize, Label)> = tokens
        .iter()
        .enumerate()
        .filter_map(|(at, token)| match token {
            Token::Word(word, _) => Some((at, label_of(word)?)),
            _ => None,
        })
        .collect();
    let others = tokens.iter().enumerate().filter(|(at, token)| match token {
        Token::Word(word, _) => !is_of_date(*at) && !is_neutral(word) && label_of(word).is_none(),
        _ => false,
    });
    let others = others.count();
    let published = labels.iter().find(|(_, label)| *label == Label::Published);
    match published {
        Some((at, _)) if others <= MAX_OTHER_WORDS => {
            // What stands behind the label, before the label of another date.
            let next = labels.iter().find(|(other, label)| other > at && *label == Label::Updated);
            let end = next.map_or(tokens.len(), |(at, _)| *at);
            found
                .iter()
                .find(|found| found.from > *at && found.to <= end)
                .map(|found| found.reading)
        }
        None if others == 0 && labels.is_empty() => only(&found),
        _ => None,
    }
}

/// What all that was found says, if it is the same.
fn only(found: &[Found]) -> Option<Reading> {
    let first = found.first()?.reading;
    let is_same = found.iter().all(|found| found.reading == first);
    Some(if is_same { first } else { Reading::Ambiguous })
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if let Some(digit) = digit(c) {
            let (mut number, mut digits) = (digit, 1);
            while let Some(digit) = chars.peek().and_then(|c| self::digit(*c)) {
                number = (number * 10 + digit).min(u64::MAX / 100);
                digits += 1;
                chars.next();
            }
            tokens.push(Token::Number(number, digits));
        } else if is_letter(c) {
            let mut word: String = c.to_lowercase().collect();
            while let Some(c) = chars.peek().copied().filter(|c| is_letter(*c)) {
                word.extend(c.to_lowercase());
                chars.next();
            }
            tokens.push(Token::Word(word, c.is_uppercase()));
        } else if !c.is_whitespace() {
            tokens.push(Token::Mark(c));
        }
    }
    tokens
}

/// Vowel signs of Hindi are no letters for Unicode, and stand within words.
fn is_letter(c: char) -> bool {
    (c.is_alphabetic() || matches!(c, '\u{900}'..='\u{94f}' | '\u{300}'..='\u{36f}'))
        && digit(c).is_none()
}

/// Digits of the scripts in which dates of this calendar are written.
fn digit(c: char) -> Option<u64> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    Some(u64::from(c as u32 - zero as u32))
}

/// All days in a text, in order, none within another.
fn find(tokens: &[Token], order: DateOrder) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match at_token(tokens, at, order) {
            Some((to, reading)) => {
                found.push(Found { from: at, to, reading });
                at = to;
            }
            None => at += 1,
        }
    }
    found
}

/// The day that begins with this token, and the token behind it.
fn at_token(tokens: &[Token], at: usize, order: DateOrder) -> Option<(usize, Reading)> {
    match &tokens[at] {
        Token::Number(number, 8 | 12 | 14) => {
            compact(*number).map(|day| (at + 1, Reading::Sure(day)))
        }
        Token::Number(_, 4) => year_first(tokens, at),
        Token::Number(_, 1 | 2) => numeric(tokens, at, order).or_else(|| day_first(tokens, at)),
        Token::Word(..) => month_first(tokens, at),
        _ => None,
    }
}

/// 20240501, and with a time behind it.
fn compact(number: u64) -> Option<Day> {
    let mut number = number;
    while number > 99_999_999 {
        number /= 100;
    }
    let number = number as u32;
    valid(number / 10_000, number / 100 % 100, number % 100)
        .filter(|day| PATH_YEARS.contains(&day.year))
}

/// 2024-05-01, 2024/05/01, 2024.5.1, 2024/may/01, 2024年5月1日, 2024년 5월 1일.
fn year_first(tokens: &[Token], at: usize) -> Option<(usize, Reading)> {
    let year = number(tokens, at)?;
    let is_unit = |at: usize, units: &[char]| match tokens.get(at) {
        Some(Token::Word(word, _)) => word.starts_with(units),
        _ => false,
    };
    if is_unit(at + 1, &['年', '년']) && is_unit(at + 3, &['月', '월']) {
        let to = at + 5 + usize::from(is_unit(at + 5, &['日', '일']));
        return Some((
            to,
            Reading::Sure(valid(year, number(tokens, at + 2)?, number(tokens, at + 4)?)?),
        ));
    }
    let mark = mark(tokens, at + 1);
    let mut month_at = at + 1 + usize::from(mark.is_some());
    let month = match tokens.get(month_at)? {
        Token::Word(word, _) => month(word)?,
        Token::Number(number, 1 | 2) => {
            mark?;
            *number as u32
        }
        _ => return None,
    };
    if mark.is_some() {
        if self::mark(tokens, month_at + 1) != mark {
            return None;
        }
        month_at += 1;
    }
    let day = digits(tokens, month_at + 1).filter(|(_, digits)| *digits <= 2)?.0;
    Some((month_at + 2, Reading::Sure(valid(year, month, day)?)))
}

/// 1/5/2024 and the like: day and month in one of two orders.
fn numeric(tokens: &[Token], at: usize, order: DateOrder) -> Option<(usize, Reading)> {
    // A longer chain of numbers is an address or a version.
    let mark = mark(tokens, at + 1)?;
    if self::mark(tokens, at + 3)? != mark || (at > 0 && tokens[at - 1] == Token::Mark(mark)) {
        return None;
    }
    let (first, second) = (number(tokens, at)?, digits(tokens, at + 2)?);
    let (year, year_digits) = digits(tokens, at + 4)?;
    if second.1 > 2 {
        return None;
    }
    let second = second.0;
    let is_day_first = |year| valid(year, second, first);
    let is_month_first = |year| valid(year, first, second);
    if year_digits == 2 {
        let is_date = is_day_first(2000).or(is_month_first(2000)).is_some();
        return is_date.then_some((at + 5, Reading::Ambiguous));
    }
    if year_digits != 4 {
        return None;
    }
    let reading = match (is_day_first(year), is_month_first(year)) {
        (Some(day), Some(other)) if day == other => Reading::Sure(day),
        (Some(day), Some(other)) => match order {
            DateOrder::Unknown => Reading::Ambiguous,
            DateOrder::DayMonth => Reading::Sure(day),
            DateOrder::MonthDay => Reading::Sure(other),
        },
        (Some(day), None) | (None, Some(day)) => Reading::Sure(day),
        (None, None) => return None,
    };
    Some((at + 5, reading))
}

/// 1 May 2024, 1st of May, 2024, 1. Mai 2024, 1 de mayo de 2024, 01-May-2024, 1 tháng 5 năm 2024.
fn day_first(tokens: &[Token], at: usize) -> Option<(usize, Reading)> {
    let day = number(tokens, at)?;
    let mut next =
        skip(tokens, at + 1, &["st", "nd", "rd", "th", "er", "º", "ª", "of", "de", "d", "del"]);
    let month = match tokens.get(next)? {
        Token::Word(word, _) if word == "tháng" => {
            next += 1;
            number(tokens, next)?
        }
        Token::Word(word, _) => month(word)?,
        _ => return None,
    };
    let year = skip(tokens, next + 1, &["of", "de", "del", "năm"]);
    let day = valid(digits(tokens, year).filter(|(_, digits)| *digits == 4)?.0, month, day)?;
    Some((year + 1, Reading::Sure(day)))
}

/// May 1, 2024; May 1st 2024.
fn month_first(tokens: &[Token], at: usize) -> Option<(usize, Reading)> {
    let Token::Word(word, _) = &tokens[at] else { return None };
    let day_at = skip(tokens, at + 1, &[]);
    let day = digits(tokens, day_at).filter(|(_, digits)| *digits <= 2)?.0;
    let year = skip(tokens, day_at + 1, &["st", "nd", "rd", "th"]);
    let year_number = digits(tokens, year).filter(|(_, digits)| *digits == 4)?.0;
    // Last, for the names of months are many, and words before two numbers few.
    let day = valid(year_number, month(word)?, day)?;
    Some((year + 1, Reading::Sure(day)))
}

/// The place behind marks and such words, two of each at most.
fn skip(tokens: &[Token], at: usize, words: &[&str]) -> usize {
    let is_skipped = |token: &Token| match token {
        Token::Mark(mark) => matches!(mark, '.' | ',' | '-' | '/' | '\'' | '’' | '،'),
        Token::Word(word, _) => words.contains(&word.as_str()),
        Token::Number(..) => false,
    };
    let skipped =
        tokens[at.min(tokens.len())..].iter().take(3).take_while(|token| is_skipped(token));
    at + skipped.count()
}

fn number(tokens: &[Token], at: usize) -> Option<u32> {
    digits(tokens, at).map(|(number, _)| number)
}

fn digits(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    match tokens.get(at)? {
        Token::Number(number, digits) => Some((u32::try_from(*number).ok()?, *digits)),
        _ => None,
    }
}

fn mark(tokens: &[Token], at: usize) -> Option<char> {
    match tokens.get(at)? {
        Token::Mark(mark @ ('-' | '/' | '.' | '_')) => Some(*mark),
        _ => None,
    }
}

/// The day, if there is such a day.
fn valid(year: u32, month: u32, day: u32) -> Option<Day> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap),
        1..=12 => 31,
        _ => return None,
    };
    (YEARS.contains(&year) && (1..=days).contains(&day)).then_some(Day { year, month, day })
}

#[cfg(test)]
mod tests;
