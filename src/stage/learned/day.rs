//! Days in two bytes, as the evidence of lines keeps them.

use std::fmt;

use crate::document::days;

/// A day of the Gregorian calendar: 1970-01-01 is day 1; a record without a date has day 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(u16);

impl Day {
    /// Reads year-month-day, such as `2031-03-14`. Years are those from 1970 to 2148.
    pub fn parse(text: &str) -> Option<Self> {
        let day = days::Day::parse(text).filter(|day| (1970..=2148).contains(&day.year))?;
        u16::try_from(day.number() + 1).ok().map(Self)
    }

    /// A number between 1 and 65,535, for a payload; see [`Self::from_code`].
    pub(super) fn code(self) -> u16 {
        self.0
    }

    /// The day of a number; 0 stands for none.
    pub(super) fn from_code(code: u16) -> Option<Self> {
        (code > 0).then_some(Self(code))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        days::Day::of_number(i64::from(self.0) - 1).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_iso_8601_has_it() {
        let table = [
            ("2031-03-14", "2031-03-14"),
            ("1970-01-01", "1970-01-01"),
            ("2000-02-29", "2000-02-29"),
            ("2148-12-31", "2148-12-31"),
            ("2031-3-14", "2031-03-14"),
            ("2031-13-01", ""),
            ("2031-02-30", ""),
            ("2031", ""),
            ("14 March 2031", ""),
            ("yesterday", ""),
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
