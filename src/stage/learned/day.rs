//! Days: a record's date as the number of a day, where it can be read without a guess.

use crate::document::calendar::{calendar_day, day_number};

/// A day of the Gregorian calendar: 1970-01-01 is day 1; a record without a date has day 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(u16);

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Day {
    /// Reads ISO 8601 (`2031-03-14T08:00Z`, `20310314`), RFC 2822 and prose with an English month (`14 Mar 2031`,
    /// `March 14, 2031`), seconds and milliseconds since 1970. `3/4/2031` is a guess, and none is made; `14/3/2031` is
    /// not. Years are those from 1970 to 2148.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(number) = text.parse::<u64>() {
            return Self::from_number(text.len(), number);
        }
        let parts: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        let number = |at: usize| digits(parts.get(at)?);
        if let (Some((4, year)), Some((1..=2, month)), Some((1..=2, day))) =
            (number(0), number(1), number(2))
        {
            return Self::new(year, month, day);
        }
        let year = || parts.iter().filter_map(|part| digits(part)).find(|(len, _)| *len == 4);
        if let Some((at, month)) = (0..parts.len()).find_map(|at| Some((at, month(parts[at])?))) {
            let beside = [at.checked_sub(1), Some(at + 1)];
            let day = beside.into_iter().flatten().filter_map(number).find(|(len, _)| *len <= 2)?;
            return Self::new(year()?.1, month, day.1);
        }
        match (number(0), number(1), number(2)) {
            (Some((_, a)), Some((_, b)), Some((4, year))) if a > 12 || a == b => {
                Self::new(year, b, a)
            }
            (Some((_, a)), Some((_, b)), Some((4, year))) if b > 12 => Self::new(year, a, b),
            _ => None,
        }
    }

    /// A number between 1 and 65,535, for a payload; see [`Self::from_code`].
    pub(super) fn code(self) -> u16 {
        self.0
    }

    /// The day of a number; 0 stands for none.
    pub(super) fn from_code(code: u16) -> Option<Self> {
        (code > 0).then_some(Self(code))
    }

    fn from_number(digits: usize, number: u64) -> Option<Self> {
        let seconds = match digits {
            8 => {
                let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
                return Self::new(u32::try_from(year).ok()?, month as u32, day as u32);
            }
            9 | 10 => number,
            12 | 13 => number / 1000,
            _ => return None,
        };
        u16::try_from(seconds / 86_400 + 1).ok().map(Self)
    }

    fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        if !(1970..=2148).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day)
        {
            return None;
        }
        let number = day_number(i64::from(year), i64::from(month), i64::from(day));
        let found = u16::try_from(number + 1).ok().map(Self)?;
        // The 31st of a month of thirty days would be the first of the next.
        (found.calendar().2 == day).then_some(found)
    }

    fn calendar(self) -> (i64, u32, u32) {
        calendar_day(i64::from(self.0) - 1)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.calendar();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Length and value of the number that a part begins with: `14th` is 14, `14T08` as well.
fn digits(part: &str) -> Option<(usize, u32)> {
    let len = part.bytes().take_while(u8::is_ascii_digit).count();
    Some((len, part[..len].parse().ok()?))
}

/// The month that a part names, in full or by its first letters.
fn month(part: &str) -> Option<u32> {
    let name = part.to_ascii_lowercase();
    let found = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name))?;
    Some(found as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_where_it_is_no_guess() {
        let table = [
            ("2031-03-14", "2031-03-14"),
            ("2031-03-14T08:00:00Z", "2031-03-14"),
            ("2031/3/4 08:00", "2031-03-04"),
            ("20310314", "2031-03-14"),
            ("Fri, 14 Mar 2031 08:00:00 +0100", "2031-03-14"),
            ("March 14th, 2031", "2031-03-14"),
            ("14 march 2031", "2031-03-14"),
            ("14.03.2031", "2031-03-14"),
            ("3/14/2031", "2031-03-14"),
            ("4/4/2031", "2031-04-04"),
            ("1709164800", "2024-02-29"),
            ("1709164800000", "2024-02-29"),
            ("1970-01-01", "1970-01-01"),
            ("2000-02-29", "2000-02-29"),
            ("2148-12-31", "2148-12-31"),
            ("3/4/2031", ""),
            ("2031-02-30", ""),
            ("2031", ""),
            ("14 Mar", ""),
            ("yesterday", ""),
            ("marching 14 2031", ""),
            ("", ""),
        ];
        for (text, expected) in table {
            let found = Day::parse(text).map(|day| day.to_string()).unwrap_or_default();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn days_follow_each_other() {
        for code in 1..u16::MAX {
            let (this, next) = (Day(code).to_string(), Day(code + 1).to_string());
            assert!(this < next, "{this} {next}");
            if !this.starts_with("2149") {
                assert_eq!(Day::parse(&this), Some(Day(code)));
            }
        }
    }
}
