//! The days that a text names, in the orders and with the names of months that news is written in.

use super::months::{era_of, month};
use super::{DateOrder, Day, Reading};

/// A day in a text: its tokens, and what they say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) reading: Reading,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A number and how many digits it has.
    Number(u64, usize),
    /// Letters, lower case.
    Word(String),
    Mark(char),
}

/// Years that a date in a path may have: other numbers of eight digits are no dates.
pub(crate) const PATH_YEARS: std::ops::RangeInclusive<u32> = 1990..=2099;
const YEARS: std::ops::RangeInclusive<u32> = 1600..=2199;

pub(crate) fn tokens(text: &str) -> Vec<Token> {
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
            tokens.push(Token::Word(word));
        } else if !c.is_whitespace() {
            tokens.push(Token::Mark(c));
        }
    }
    tokens
}

/// Vowel signs of Hindi and tone marks of Thai are no letters for Unicode, and stand within words.
fn is_letter(c: char) -> bool {
    (c.is_alphabetic()
        || matches!(c, '\u{900}'..='\u{94f}' | '\u{300}'..='\u{36f}' | '\u{e47}'..='\u{e4e}'))
        && digit(c).is_none()
}

/// Digits of the scripts in which dates of this calendar are written.
pub(crate) fn digit(c: char) -> Option<u64> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{e50}'..='\u{e59}' => '\u{e50}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    Some(u64::from(c as u32 - zero as u32))
}

/// All days in a text, in order, none within another.
pub(crate) fn find(tokens: &[Token], order: DateOrder) -> Vec<Found> {
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
        Token::Word(_) => month_first(tokens, at),
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
        Some(Token::Word(word)) => word.starts_with(units),
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
        Token::Word(word) => month(word)?,
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

/// 1 May 2024, 1st of May, 2024, 1. Mai 2024, 1 de mayo de 2024, 01-May-2024, 1 tháng 5 năm 2024, 1 พฤษภาคม 2567.
fn day_first(tokens: &[Token], at: usize) -> Option<(usize, Reading)> {
    let day = number(tokens, at)?;
    let mut next = skip(tokens, at + 1, BEFORE_MONTH);
    let mut era = 0;
    let month = match tokens.get(next)? {
        Token::Word(word) if word == "tháng" => {
            next += 1;
            number(tokens, next)?
        }
        Token::Word(word) => {
            era = era_of(word);
            month(word)?
        }
        _ => return None,
    };
    let year = skip(tokens, next + 1, BEFORE_YEAR);
    let year_number = digits(tokens, year).filter(|(_, digits)| *digits == 4)?.0;
    // Thai news counts years in either era.
    let year_number =
        if year_number > *YEARS.end() { year_number.checked_sub(era)? } else { year_number };
    Some((year + 1, Reading::Sure(valid(year_number, month, day)?)))
}

/// Endings of a day's number, and words between it and the month.
const BEFORE_MONTH: &[&str] =
    &["st", "nd", "rd", "th", "er", "º", "ª", "of", "de", "d", "del", "ی"];
/// Words between month and year.
const BEFORE_YEAR: &[&str] = &["of", "de", "del", "năm", "พ", "ศ"];

/// May 1, 2024; May 1st 2024.
fn month_first(tokens: &[Token], at: usize) -> Option<(usize, Reading)> {
    let Token::Word(word) = &tokens[at] else { return None };
    let day_at = skip(tokens, at + 1, &[]);
    let day = digits(tokens, day_at).filter(|(_, digits)| *digits <= 2)?.0;
    let year = skip(tokens, day_at + 1, &["st", "nd", "rd", "th"]);
    let year_number = digits(tokens, year).filter(|(_, digits)| *digits == 4)?.0;
    // Last, for the names of months are many, and words before two numbers few.
    let day = valid(year_number, month(word)?, day)?;
    Some((year + 1, Reading::Sure(day)))
}

/// The place behind marks and such words, four of them at most.
fn skip(tokens: &[Token], at: usize, words: &[&str]) -> usize {
    let is_skipped = |token: &Token| match token {
        Token::Mark(mark) => matches!(mark, '.' | ',' | '-' | '/' | '\'' | '’' | '،'),
        Token::Word(word) => words.contains(&word.as_str()),
        Token::Number(..) => false,
    };
    let skipped =
        tokens[at.min(tokens.len())..].iter().take(4).take_while(|token| is_skipped(token));
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
pub(crate) fn valid(year: u32, month: u32, day: u32) -> Option<Day> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap),
        1..=12 => 31,
        _ => return None,
    };
    (YEARS.contains(&year) && (1..=days).contains(&day)).then_some(Day { year, month, day })
}
