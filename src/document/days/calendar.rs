//! The Gregorian calendar: days by their number, and by year, month and day.
//!
//! After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day is the last
//! of its year, and 400 of them are an era of 146,097 days.

/// Days from 0000-03-01 to 1970-01-01.
pub const DAYS_TO_1970: i64 = 719_468;

const DAYS_OF_ERA: i64 = 146_097;

/// Days from 1970-01-01 to a day. A month has no end here: the 31st of April is the first of May.
pub fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * DAYS_OF_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_TO_1970
}

/// Year, month and day of the day that is so many after 1970-01-01.
pub fn calendar_day(number: i64) -> (i64, u32, u32) {
    let shifted = number + DAYS_TO_1970;
    let (era, of_era) = (shifted.div_euclid(DAYS_OF_ERA), shifted.rem_euclid(DAYS_OF_ERA));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * month + 2) / 5 + 1) as u32;
    let month = if month < 10 { month + 3 } else { month - 9 } as u32;
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbered_as_the_calendar_has_them() {
        for ((year, month, day), number) in [
            ((1970, 1, 1), 0),
            ((1969, 12, 31), -1),
            ((2000, 2, 29), 11_016),
            ((2000, 3, 1), 11_017),
            ((2025, 1, 1), 20_089),
            ((0, 3, 1), -DAYS_TO_1970),
        ] {
            assert_eq!(day_number(year, month, day), number, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn each_day_follows_the_one_before_and_comes_back_from_its_number() {
        let mut before = calendar_day(-800_001);
        for number in -800_000..800_000 {
            let (year, month, day) = calendar_day(number);
            assert_eq!(day_number(year, i64::from(month), i64::from(day)), number);
            assert!((year, month, day) > before && (1..=31).contains(&day), "{number}");
            before = (year, month, day);
        }
    }
}
