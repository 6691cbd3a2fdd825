//! Days: those of the calendar, and those that a text names.

pub mod calendar;
pub(crate) mod grammar;
pub(crate) mod months;

use std::fmt;

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// 0 to 9999.
    pub year: u32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

impl Day {
    /// Reads year-month-day, such as `2031-03-14`; `None` if there is no such day between 1600 and 2199.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-').map(str::parse::<u32>);
        let [year, month, day] = [(); 3].map(|()| parts.next().and_then(Result::ok));
        grammar::valid(year?, month?, day?)
    }

    /// The day that is so many after 1970-01-01.
    pub fn of_number(days: i64) -> Self {
        let (year, month, day) = calendar::calendar_day(days);
        Self { year: year as u32, month, day }
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i64 {
        calendar::day_number(self.year.into(), self.month.into(), self.day.into())
    }
}

impl fmt::Display for Day {
    /// Year-month-day.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// What a piece of text says about a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It can be meant in one way only.
    Sure(Day),
    /// Day and month may change places, or the century is missing.
    Ambiguous,
}

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

/// Length of a line with a day in it from which on it is a sentence and not the stamp of a page: seventeen words of English,
/// some thirty characters of Chinese or Thai.
const SENTENCE_BYTES: usize = 100;

/// The days that the sentences of a text name with their year, ascending and once each. Short lines with a day are stamps
/// and do not count.
pub fn named(text: &str) -> Vec<Day> {
    let mut days = Vec::new();
    let is_sentence = |line: &&str| line.len() >= SENTENCE_BYTES && may_name_a_day(line);
    for line in text.lines().filter(is_sentence) {
        let found = grammar::find(&grammar::tokens(line), DateOrder::Unknown);
        days.extend(found.iter().filter_map(|found| match found.reading {
            Reading::Sure(day) => Some(day),
            Reading::Ambiguous => None,
        }));
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// Whether there are four digits in a row, as in a year; most lines have none.
fn may_name_a_day(line: &str) -> bool {
    let mut digits = 0;
    line.chars().any(|c| {
        digits = if grammar::digit(c).is_some() { digits + 1 } else { 0 };
        digits == 4
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_days_and_stamps_do_not() {
        let table = [
            (
                "Today (4 May 2021) the ferry office reports eleven closed piers, and says that none opens before the weekend.",
                "2021-05-04",
            ),
            (
                "The court of Elmsford heard the case of the northern ferry on 3 May 2021 and again on May 5, 2021, in vain.",
                "2021-05-03 2021-05-05",
            ),
            (
                "On 4 May 2021, and not as planned on 4 May 2021, the bridge of Elmsford opened to all who had waited for it.",
                "2021-05-04",
            ),
            ("Tuesday, 4 May 2021", ""),
            ("Posted on 4 May 2021 by the editors", ""),
            (
                "The ferry office reports eleven closed piers on 4 May, as it did in 2021, and it does not say when they open.",
                "",
            ),
            (
                "On 3/4/2021 nobody knew which of the two days the notice could mean, and nobody on the quay dared to ask it.",
                "",
            ),
            (
                "วันนี้ (3 ตุลาคม 2564 เวลา 17.00 น.) เรือข้ามฟาก หยุด เดินเรือ ที่ ท่าเรือ สิบเอ็ด แห่ง",
                "2021-10-03",
            ),
            ("", ""),
        ];
        for (text, expected) in table {
            let found: Vec<_> = named(text).iter().map(Day::to_string).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
