//! Days in two bytes, as the evidence of lines keeps them.

use crate::document::days::calendar::{calendar_day, day_number};

/// A day of the Gregorian calendar: 1970-01-01 is day 1; a record without a date has day 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(u16);

impl Day {
    /// Reads year-month-day, such as `2031-03-14`. Years are those from 1970 to 2148.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-').map(str::parse::<u32>);
        let [year, month, day] = [(); 3].map(|()| parts.next().and_then(Result::ok));
        Self::new(year?, month?, day?)
    }

    /// A number between 1 and 65,535, for a payload; see [`Self::from_code`].
    pub(super) fn code(self) -> u16 {
        self.0
    }

    /// The day of a number; 0 stands for none.
    pub(super) fn from_code(code: u16) -> Option<Self> {
        (code > 0).then_some(Self(code))
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
