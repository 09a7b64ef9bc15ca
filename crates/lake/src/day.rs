//! Days of receipt: what the lake's folders are named after.

use std::fmt;

use chrono::{DateTime, NaiveDate};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// A day in UTC, written `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

impl Day {
    /// The day an instant falls on. Instants beyond the calendar fall on its ends.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let at = DateTime::from_timestamp_micros(at.0);
        Self(at.map_or(NaiveDate::MAX, |at| at.date_naive()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = chrono::ParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc() {
        let at = |text: &str| Day::of(Timestamp::parse(text).unwrap()).to_string();
        assert_eq!(at("2026-11-22T23:59:59.999999Z"), "2026-11-22");
        assert_eq!(at("2026-11-23T00:00:00Z"), "2026-11-23");
        assert_eq!(at("2026-11-23T07:59:59+08:00"), "2026-11-22");
        assert_eq!(Day::of(Timestamp(-1)).to_string(), "1969-12-31");
    }
}
