//! The brand's own time: Asia/Shanghai, eight hours before UTC, without summer time since 1991. Days, hours of the day, and the
//! hours in which nobody is to be disturbed.

use chrono::{Days, NaiveDate};
use kernel::Timestamp;

use crate::model::{Quiet, Span, SpanUnit};

/// Seconds the brand's clock is before UTC.
const AHEAD_SECS: i64 = 8 * 3600;
/// Seconds of a day.
const DAY_SECS: i64 = 86_400;
/// Minutes of a day.
pub(crate) const DAY_MINUTES: u16 = 1440;

/// The day of an instant, counted from 1970-01-01.
pub(crate) const fn day_number(at: Timestamp) -> i64 {
    (at.secs() + AHEAD_SECS).div_euclid(DAY_SECS)
}

/// The day of an instant.
pub(crate) fn date(at: Timestamp) -> NaiveDate {
    date_of(day_number(at))
}

/// A day by its number; days that no calendar has are the last one it has.
pub(crate) fn date_of(number: i64) -> NaiveDate {
    let days = i32::try_from(number).unwrap_or(i32::MAX);
    NaiveDate::from_epoch_days(days).unwrap_or(NaiveDate::MAX)
}

/// The number of a day.
pub(crate) fn number_of(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

/// The minute of the day of an instant.
pub(crate) fn minute(at: Timestamp) -> u16 {
    let minute = (at.secs() + AHEAD_SECS).rem_euclid(DAY_SECS) / 60;
    u16::try_from(minute).unwrap_or(0)
}

/// The instant of a day at a minute.
pub(crate) fn at(date: NaiveDate, minute: u16) -> Timestamp {
    Timestamp::from_secs(number_of(date) * DAY_SECS + i64::from(minute) * 60 - AHEAD_SECS)
}

/// A day later by a span; a month later is the same day of that month, or its last day.
pub(crate) fn later(date: NaiveDate, span: Span) -> NaiveDate {
    let count = u64::from(span.count);
    let moved = match span.unit {
        SpanUnit::Day => date.checked_add_days(Days::new(count)),
        SpanUnit::Week => date.checked_add_days(Days::new(7 * count)),
        SpanUnit::Month => date.checked_add_months(chrono::Months::new(u32::from(span.count))),
    };
    moved.unwrap_or(NaiveDate::MAX)
}

impl Quiet {
    /// Whether nobody is to be disturbed at this instant.
    pub(crate) fn covers(self, instant: Timestamp) -> bool {
        self.has(minute(instant))
    }

    pub(crate) const fn has(self, minute: u16) -> bool {
        if self.from <= self.to {
            self.from <= minute && minute < self.to
        } else {
            minute >= self.from || minute < self.to
        }
    }

    /// The same instant, or the first after it at which somebody may be disturbed.
    pub(crate) fn allowed(self, instant: Timestamp) -> Timestamp {
        if !self.covers(instant) {
            return instant;
        }
        let today = date(instant);
        // In the evening of quiet hours that end in the morning, that is the next day's.
        let day = if minute(instant) >= self.to { later(today, Span::days(1)) } else { today };
        at(day, self.to)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_at_midnight_in_shanghai() {
        let before = Timestamp::parse("2026-02-16T15:59:59Z").unwrap();
        assert_eq!((date(before), minute(before)), (day("2026-02-16"), 1439));
        assert_eq!((date(before.plus_secs(1)), minute(before.plus_secs(1))), (day("2026-02-17"), 0));
        assert_eq!(at(day("2026-02-17"), 600).to_string(), "2026-02-17T02:00:00Z");
        assert_eq!(date(Timestamp(-1)), day("1970-01-01"));
    }

    #[test]
    fn months_end_where_the_month_ends() {
        let span = |count, unit| Span { count, unit };
        assert_eq!(later(day("2026-11-30"), span(3, SpanUnit::Month)), day("2027-02-28"));
        assert_eq!(later(day("2027-11-30"), span(3, SpanUnit::Month)), day("2028-02-29"));
        assert_eq!(later(day("2026-08-22"), span(3, SpanUnit::Month)), day("2026-11-22"));
        assert_eq!(later(day("2026-12-31"), span(2, SpanUnit::Week)), day("2027-01-14"));
    }

    proptest! {
        #[test]
        fn what_is_allowed_is_the_first_minute_that_is(from in 0..1440_u16, to in 0..1440_u16, secs in 0..4_000_000_i64) {
            let (quiet, asked) = (Quiet { from, to }, Timestamp::from_secs(1_790_000_000 + secs));
            let allowed = quiet.allowed(asked);
            prop_assert!(!quiet.covers(allowed));
            let mut naive = asked;
            while quiet.covers(naive) {
                naive = Timestamp::from_secs((naive.secs() / 60 + 1) * 60);
            }
            prop_assert_eq!(allowed, naive);
        }
    }
}
