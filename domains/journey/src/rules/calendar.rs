//! The Chinese calendar, from the tables of `icu_calendar` (right for 1900 to 2100), and Qingming, which follows the sun.

use chrono::{Datelike, NaiveDate};
use icu_calendar::{Date, Iso, cal::ChineseTraditional, types::Month};

/// A day of the Chinese calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lunar {
    /// The Gregorian year in which the Chinese year begins.
    pub(crate) year: i32,
    /// 1 to 12.
    pub(crate) month: u8,
    /// A leap month (闰月), which comes after the month of the same number.
    pub(crate) leap: bool,
    /// 1 to 30.
    pub(crate) day: u8,
    /// How many days the month has: 29 or 30.
    pub(crate) month_days: u8,
}

/// What the Chinese calendar calls a day. Nothing for days beyond what a calendar can count.
pub(crate) fn lunar(date: NaiveDate) -> Option<Lunar> {
    let iso = Date::try_new_iso(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?).ok()?;
    let told = iso.to_calendar(ChineseTraditional::new());
    let month = told.month().to_input();
    Some(Lunar {
        year: told.cyclic_year().related_iso,
        month: month.number(),
        leap: month.is_leap(),
        day: told.day_of_month().0,
        month_days: told.days_in_month(),
    })
}

/// The day of a month and a day of the Chinese calendar. Nothing when that year has no such month or day.
pub(crate) fn solar(year: i32, month: u8, leap: bool, day: u8) -> Option<NaiveDate> {
    let month = if leap { Month::leap(month) } else { Month::new(month) };
    let iso = Date::try_new_chinese_traditional(year, month, day).ok()?.to_calendar(Iso);
    NaiveDate::from_ymd_opt(iso.era_year().year, u32::from(iso.month().ordinal), u32::from(iso.day_of_month().0))
}

/// The leap month of a year, if it has one.
pub(crate) fn leap_month(year: i32) -> Option<u8> {
    (1..=12).find(|month| solar(year, *month, true, 1).is_some())
}

/// 清明: the sun stands at 15°, always on the 4th to 6th of April. By the rule for the 20th and the 21st century
/// (`⌊0.2422 y + c⌋ − ⌊y / 4⌋`, y being the last two digits of the year); years beyond them have none.
pub(crate) fn qingming(year: i32) -> Option<NaiveDate> {
    let century = match year {
        1901..=1999 => 559,
        2000..=2099 => 481,
        _ => return None,
    };
    let within = year % 100;
    // In hundredths and ten thousandths, so that nothing is rounded.
    let day = (within * 2422 + century * 100) / 10_000 - within / 4;
    NaiveDate::from_ymd_opt(year, 4, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_a_name_in_the_chinese_calendar_and_is_found_by_it() {
        let mut date: NaiveDate = "1950-01-01".parse().unwrap();
        while date.year() < 2080 {
            let told = lunar(date).unwrap();
            assert_eq!(solar(told.year, told.month, told.leap, told.day), Some(date));
            assert!(told.day <= told.month_days && (29..=30).contains(&told.month_days));
            date = date.succ_opt().unwrap();
        }
    }

    #[test]
    fn leap_months_are_those_that_were_published() {
        let published = [
            (2001, 4),
            (2004, 2),
            (2006, 7),
            (2009, 5),
            (2012, 4),
            (2014, 9),
            (2017, 6),
            (2020, 4),
            (2023, 2),
            (2025, 6),
            (2028, 5),
            (2031, 3),
            (2033, 11),
            (2036, 6),
        ];
        for year in 2001..=2036 {
            let expected = published.iter().find(|(leap, _)| *leap == year).map(|(_, month)| *month);
            assert_eq!(leap_month(year), expected, "{year}");
        }
    }
}
