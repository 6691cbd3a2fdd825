//! When a text was published: by its metadata, by its path or address, or by a line of its own that holds nothing but a date.
//!
//! A day that could be read in two ways, such as 3/4/2024, is no day, unless `date-order` says which way it is meant: a wrong
//! day looks like a right one. For the same reason a line of the text counts only if it says that it is the stamp: a date
//! with a weekday and a time, or behind a word such as "Published". Dates of changes ("Updated") are passed over.

use super::Options;
pub use crate::document::days::DateOrder;
#[cfg(feature = "parquet")]
use crate::document::days::calendar::DAYS_TO_1970;
use crate::document::days::grammar::{Found, PATH_YEARS, Token, digit, find, tokens};
use crate::document::days::months::{Label, is_neutral, label_of};
use crate::document::days::{Day, Reading};
use crate::document::{Dating, Document};

/// Lines from the top and from the end of a body among which the stamp is looked for.
const TOP_LINES: usize = 6;
const END_LINES: usize = 2;
const MAX_STAMP_CHARS: usize = 120;
/// Words beside a date that a line behind a label may have: a name, a zone.
const MAX_OTHER_WORDS: usize = 6;

/// Finds out when a document was published. `url`: the address that its record gives.
pub(super) fn date(document: &mut Document, url: Option<&str>, options: &Options) {
    let paths = [&*document.origin.file, url.unwrap_or_default()];
    document.dating = dating(document.date.as_deref(), &paths, document.body(), options.date_order);
}

/// The day of publication. `paths`: the file's path, the record's address.
fn dating(metadata: Option<&str>, paths: &[&str], body: &str, order: DateOrder) -> Dating {
    let known = |day: Day, from: &'static str| Dating {
        day: day.to_string(),
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
        Reading::Sure(day) => Some(day.to_string()),
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
    Some(Day::of_number((seconds / 86_400) as i64))
}

/// The day that is so many after 1970-01-01, or before, as year-month-day; `None` outside the years 0 to 9999.
#[cfg(feature = "parquet")]
pub(super) fn iso_day(days: i64) -> Option<String> {
    let is_of_four_digits = (0..10_000 * 365).contains(&days.checked_add(DAYS_TO_1970)?);
    is_of_four_digits.then(|| Day::of_number(days).to_string())
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
            Token::Word(word) => Some((at, label_of(word)?)),
            _ => None,
        })
        .collect();
    let others = tokens.iter().enumerate().filter(|(at, token)| match token {
        Token::Word(word) => !is_of_date(*at) && !is_neutral(word) && label_of(word).is_none(),
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

#[cfg(test)]
mod tests;
