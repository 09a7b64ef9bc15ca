//! Days of the brand's own time: Asia/Shanghai, eight hours before UTC, without summer time since 1991.

use kernel::Timestamp;

const AHEAD_SECS: i64 = 8 * 3600;
const DAY_SECS: i64 = 86_400;

/// The day of an instant, counted from 1970-01-01.
pub(crate) const fn day_of(at: Timestamp) -> i64 {
    (at.secs() + AHEAD_SECS).div_euclid(DAY_SECS)
}

/// The instant a day begins.
pub(crate) const fn begin_of(day: i64) -> Timestamp {
    Timestamp::from_secs(day * DAY_SECS - AHEAD_SECS)
}
