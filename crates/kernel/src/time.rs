//! Time as a parameter: instants are microseconds since 1970 in UTC, and whoever needs "now" is handed a [`Clock`].

use std::{
    fmt,
    sync::atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// An instant in microseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// From whole seconds since 1970.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000_000)
    }

    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1_000)
    }

    /// Seconds since 1970, rounded towards the past.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Microseconds from `earlier` to here; negative when `earlier` is later.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This instant moved by a number of seconds.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1_000_000)))
    }

    /// The last full hour at or before this instant.
    #[must_use]
    pub const fn floor_hour(self) -> Self {
        const HOUR: i64 = 3_600_000_000;
        Self(self.0.div_euclid(HOUR) * HOUR)
    }

    /// Reads an RFC 3339 text such as `2026-11-22T08:00:00Z`.
    ///
    /// # Errors
    /// [`TimeError`] when the text is not RFC 3339.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        DateTime::parse_from_rfc3339(text).map(|at| Self(at.timestamp_micros())).map_err(|_| TimeError)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{}us", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A text that is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time is written like 2026-11-22T08:00:00Z (RFC 3339)")]
pub struct TimeError;

/// Tells the time to those who need it.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock: the one place that reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where ambient time enters")]
    fn now(&self) -> Timestamp {
        Timestamp(DateTime::<Utc>::from(std::time::SystemTime::now()).timestamp_micros())
    }
}

/// A clock that stands still until it is moved: for tests, simulations and replays.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock standing at `at`.
    #[must_use]
    pub const fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.0))
    }

    /// Moves the clock forward (or back) by some seconds.
    pub fn advance_secs(&self, secs: i64) {
        self.0.fetch_add(secs * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_read_and_write_rfc3339() {
        let at = Timestamp::parse("2026-11-22T08:00:00.25+08:00").expect("a valid time");
        assert_eq!(at.to_string(), "2026-11-22T00:00:00.250Z");
        assert_eq!(at.floor_hour().to_string(), "2026-11-22T00:00:00Z");
        assert_eq!(Timestamp::parse("yesterday"), Err(TimeError));
    }
}
