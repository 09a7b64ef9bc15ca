//! On which day a birthday is kept.
//!
//! - Solar: on its day; the 29th of February on the 28th in years that have none.
//! - Chinese calendar: on its day of its month; the 30th on the 29th in years in which the month has no more.
//! - In a leap month: in the leap month of that number in years that have it, else in the month of that number.

use chrono::{Datelike, NaiveDate};
use facts::Birthday;

use super::calendar::{leap_month, lunar};

/// The days of the year, as birthdays are told, that are kept on a date: a birthday is kept on it if its calendar, month, day
/// and leap month are one of these. The year is left out.
pub(crate) fn kept_on(date: NaiveDate) -> Vec<Birthday> {
    let day = |month: u32, day: u32| Birthday {
        lunar: false,
        month: u8::try_from(month).unwrap_or(0),
        day: u8::try_from(day).unwrap_or(0),
        leap: false,
        year: None,
    };
    let mut kept = vec![day(date.month(), date.day())];
    if (date.month(), date.day()) == (2, 28) && !date.leap_year() {
        kept.push(day(2, 29));
    }
    let Some(told) = lunar(date) else { return kept };
    // The 30th of a month of 29 days.
    let days = if told.day == 29 && told.month_days == 29 { vec![29, 30] } else { vec![told.day] };
    for day in days {
        let own = Birthday { lunar: true, month: told.month, day, leap: told.leap, year: None };
        kept.push(own);
        if !told.leap && leap_month(told.year) != Some(told.month) {
            kept.push(Birthday { leap: true, ..own });
        }
    }
    kept
}

/// For which year a birthday that is kept on this date is told: of its own calendar.
pub(crate) fn year_of(birthday: &Birthday, date: NaiveDate) -> i32 {
    if birthday.lunar { lunar(date).map_or(date.year(), |told| told.year) } else { date.year() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::calendar::solar;

    /// The day it is kept on in a year, found the other way round.
    fn kept_in(birthday: &Birthday, year: i32) -> NaiveDate {
        let first = |days: &mut dyn Iterator<Item = Option<NaiveDate>>| days.flatten().next().expect("a day");
        if !birthday.lunar {
            let day = |day| NaiveDate::from_ymd_opt(year, birthday.month.into(), day);
            return first(&mut [day(birthday.day.into()), day(28)].into_iter());
        }
        let day = |leap, day| solar(year, birthday.month, leap, day);
        let leap = birthday.leap && leap_month(year) == Some(birthday.month);
        first(&mut [day(leap, birthday.day), day(leap, 29)].into_iter())
    }

    proptest! {
        #[test]
        fn every_birthday_is_kept_once_a_year(lunar: bool, month in 1..=12_u8, day in 1..=30_u8, leap: bool, year in 1995..2060_i32) {
            prop_assume!(lunar || NaiveDate::from_ymd_opt(2024, month.into(), day.into()).is_some());
            let birthday = Birthday { lunar, month, day, leap: lunar && leap, year: None };
            let kept = kept_in(&birthday, year);
            let around = kept.iter_days().take(200).chain((1..200).filter_map(|days| kept.checked_sub_days(chrono::Days::new(days))));
            let days: Vec<NaiveDate> = around
                .filter(|day| kept_on(*day).contains(&birthday) && year_of(&birthday, *day) == year)
                .collect();
            prop_assert_eq!(days, vec![kept]);
        }
    }

    #[test]
    fn whoever_was_born_on_a_rare_day_has_a_birthday_every_year() {
        let on = |text: &str| kept_on(text.parse().unwrap());
        let solar = |month, day| Birthday { lunar: false, month, day, leap: false, year: None };
        assert!(on("2027-02-28").contains(&solar(2, 29)));
        assert!(!on("2028-02-28").contains(&solar(2, 29)) && on("2028-02-29").contains(&solar(2, 29)));
        let lunar = |month, day, leap| Birthday { lunar: true, month, day, leap, year: None };
        // 2025 had a leap sixth month from 25 July on, 2026 has none.
        assert!(on("2025-07-25").contains(&lunar(6, 1, true)) && !on("2025-07-25").contains(&lunar(6, 1, false)));
        assert!(on("2025-06-25").contains(&lunar(6, 1, false)) && !on("2025-06-25").contains(&lunar(6, 1, true)));
        assert!(on("2026-07-14").contains(&lunar(6, 1, true)) && on("2026-07-14").contains(&lunar(6, 1, false)));
    }
}
