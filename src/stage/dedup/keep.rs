//! Which document of a cluster stays, and what becomes of the others.

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::document::days::calendar::day_number;

/// Which document of several that say the same is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The longest, give or take a tenth; of those the earliest published, then the first in corpus order.
    #[default]
    Longest,
    /// The first in corpus order.
    First,
    /// The earliest published; those without a date come last.
    Earliest,
    /// The latest published; those without a date come last.
    Latest,
}

/// What happens to a duplicate that is certain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is not in `documents.csv`.
    #[default]
    Drop,
    /// It stays there, and `duplicates.csv` names it.
    Label,
}

/// Place of a source in the list of preferred ones, 255 where it is in none.
pub(super) fn rank(prefer_sources: &[String], source: &str) -> u8 {
    let place = prefer_sources.iter().position(|preferred| preferred == source);
    place.map_or(u8::MAX, |place| place.min(usize::from(u8::MAX - 1)) as u8)
}

/// What the choice looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traits {
    /// Place among the preferred sources.
    pub(super) rank: u8,
    /// Length, in any unit.
    pub(super) length: u32,
    /// Minutes since 1970.
    pub(super) moment: Option<i32>,
    /// Position in corpus order.
    pub(super) document: u32,
}

/// Orders the documents of a cluster, the one to keep first. A preferred source goes before everything else.
pub(super) fn order(keep: Keep, members: &mut [Traits]) {
    let longest = members.iter().map(|member| member.length).max();
    // The longest within a tenth: the few words that a page added to a reprint do not make it the original.
    let band = u64::from(longest.unwrap_or(0)) * 9 / 10;
    let latest_first = |moment: Option<i32>| moment.map_or(i64::MAX, |at| -i64::from(at));
    let earliest_first = |moment: Option<i32>| moment.map_or(i64::MAX, i64::from);
    members.sort_unstable_by_key(|member| {
        let is_below = u64::from(member.length) < band;
        let shortness = if is_below { u32::MAX - member.length } else { 0 };
        let (first, second) = match keep {
            Keep::Longest => (i64::from(shortness), earliest_first(member.moment)),
            Keep::First => (0, 0),
            Keep::Earliest => (earliest_first(member.moment), i64::from(shortness)),
            Keep::Latest => (latest_first(member.moment), i64::from(shortness)),
        };
        (member.rank, first, second, member.document)
    });
}

/// When a document was published, in minutes since 1970: the time that its record gives, or midnight of the day that is known.
pub(super) fn moment(document: &Document) -> Option<i32> {
    document.date.as_deref().and_then(minutes).or_else(|| minutes(&document.dating.day))
}

/// Minutes since 1970 of a date as records give it: `2024-01-31`, `2024-01-31T10:15`, `20240131`, or seconds since 1970.
/// A zone is not read. `None` for anything else.
fn minutes(date: &str) -> Option<i32> {
    let date = date.trim();
    let digits = date.len() - date.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits == date.len() && digits >= 9 {
        let value: i64 = date.parse().ok()?;
        // Thirteen digits are milliseconds.
        let seconds = if digits >= 12 { value / 1000 } else { value };
        return i32::try_from(seconds / 60).ok();
    }
    let number = |at: std::ops::Range<usize>| date.get(at)?.parse::<i64>().ok();
    let (year, month, day, rest) = match digits {
        8 => (number(0..4)?, number(4..6)?, number(6..8)?, 8),
        4 if date.get(4..5) == Some("-") && date.get(7..8) == Some("-") => {
            (number(0..4)?, number(5..7)?, number(8..10)?, 10)
        }
        _ => return None,
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let clock = match (number(rest + 1..rest + 3), number(rest + 4..rest + 6)) {
        (Some(hour), Some(minute)) if hour < 24 && minute < 60 => 60 * hour + minute,
        _ => 0,
    };
    i32::try_from(day_number(year, month, day) * 1440 + clock).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::DocId;

    #[test]
    fn dates_are_read() {
        let cases = [
            ("1970-01-01", Some(0)),
            ("2024-02-29T10:15:00Z", Some(19_782 * 1440 + 615)),
            ("2024-03-01 23:59", Some(19_783 * 1440 + 1439)),
            ("20240301", Some(19_783 * 1440)),
            ("1709251200", Some(19_783 * 1440)),
            ("1709251200000", Some(19_783 * 1440)),
            ("1969-12-31", Some(-1440)),
            ("Friday", None),
            ("2024-13-01", None),
            ("2024", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(minutes(text), expected, "{text}");
        }
    }

    #[test]
    fn what_the_record_says_comes_before_what_is_known_otherwise() {
        let mut document = Document::new(DocId(0), "a", "s", "", "Rain.");
        let noon = "2024-02-29T12:00";
        let cases = [
            (None, "", None),
            (None, "2024-02-29", Some(19_782 * 1440)),
            (Some(noon), "2024-02-29", Some(19_782 * 1440 + 720)),
            (Some("Thursday, 29 February 2024"), "2024-02-29", Some(19_782 * 1440)),
        ];
        for (date, day, expected) in cases {
            document.date = date.map(str::to_owned);
            document.dating.day = day.to_owned();
            assert_eq!(moment(&document), expected, "{date:?} {day}");
        }
    }

    #[test]
    fn the_one_to_keep_comes_first() {
        let member = |document, length, moment, rank| Traits { rank, length, moment, document };
        let members = [
            member(0, 50, Some(30), 255),
            member(1, 95, Some(20), 255),
            member(2, 100, Some(25), 255),
            member(3, 60, Some(10), 255),
            member(4, 70, None, 255),
        ];
        let first = |keep, members: &[Traits]| {
            let mut members = members.to_vec();
            order(keep, &mut members);
            members[0].document
        };
        let cases = [(Keep::Longest, 1), (Keep::First, 0), (Keep::Earliest, 3), (Keep::Latest, 0)];
        for (keep, expected) in cases {
            assert_eq!(first(keep, &members), expected, "{keep:?}");
            let mut preferred = members;
            preferred[4].rank = 0;
            assert_eq!(first(keep, &preferred), 4, "{keep:?}, preferred source");
        }
    }
}
