//! When a door is locked: too many wrong passwords for one e-mail address within a while.

use std::collections::{BTreeMap, VecDeque};

use kernel::Timestamp;

/// Wrong passwords an address may have within [`WINDOW_SECS`].
pub(crate) const TRIES_MAX: usize = 10;
/// How long a wrong password counts.
pub(crate) const WINDOW_SECS: i64 = 15 * 60;
/// Addresses remembered; past it the ones idle longest are forgotten.
const ADDRESSES_MAX: usize = 10_000;

/// The tries of the last while, by address. Known and unknown addresses are treated alike, so that nothing is told about
/// which ones exist.
#[derive(Debug, Default)]
pub(crate) struct Attempts(BTreeMap<String, VecDeque<Timestamp>>);

impl Attempts {
    /// Counts a try before its password is looked at, so that many at once cannot slip by. `Err` when the address is
    /// locked, with the seconds until it may be tried again.
    pub(crate) fn begin(&mut self, address: &str, now: Timestamp) -> Result<(), u64> {
        let since = now.plus_secs(-WINDOW_SECS);
        if self.0.len() >= ADDRESSES_MAX && !self.0.contains_key(address) {
            self.forget(since);
        }
        let tries = self.0.entry(address.to_owned()).or_default();
        tries.retain(|at| *at > since);
        if tries.len() >= TRIES_MAX {
            let oldest = tries.front().copied().unwrap_or(now);
            let wait_micros = oldest.plus_secs(WINDOW_SECS).micros_since(now);
            return Err(u64::try_from(wait_micros).unwrap_or(0).div_ceil(1_000_000).max(1));
        }
        tries.push_back(now);
        Ok(())
    }

    /// The password was right: the tries before it are forgiven.
    pub(crate) fn succeeded(&mut self, address: &str) {
        self.0.remove(address);
    }

    fn forget(&mut self, since: Timestamp) {
        self.0.retain(|_, tries| tries.back().is_some_and(|last| *last > since));
        if self.0.len() >= ADDRESSES_MAX {
            let mut last: Vec<_> = self.0.values().filter_map(|tries| tries.back().copied()).collect();
            last.sort_unstable();
            let middle = last[last.len() / 2];
            self.0.retain(|_, tries| tries.back().is_some_and(|last| *last > middle));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_waits_until_the_first_is_forgotten() {
        let mut attempts = Attempts::default();
        let start = Timestamp::from_secs(1_000_000);
        for try_secs in 0..10 {
            assert_eq!(attempts.begin("a", start.plus_secs(try_secs)), Ok(()));
        }
        assert_eq!(attempts.begin("a", start.plus_secs(10)), Err(890));
        assert_eq!(attempts.begin("b", start.plus_secs(10)), Ok(()));
        assert_eq!(attempts.begin("a", start.plus_secs(WINDOW_SECS)), Ok(()));
        assert!(attempts.begin("a", start.plus_secs(WINDOW_SECS)).is_err());
        attempts.succeeded("a");
        assert_eq!(attempts.begin("a", start.plus_secs(WINDOW_SECS)), Ok(()));
    }

    #[test]
    fn a_flood_of_addresses_is_forgotten_but_not_the_latest() {
        let mut attempts = Attempts::default();
        for i in 0..30_000_i64 {
            assert_eq!(attempts.begin(&format!("a{i}"), Timestamp(i)), Ok(()));
        }
        assert!(attempts.0.len() <= ADDRESSES_MAX);
        assert!(attempts.0.contains_key("a29999"));
    }
}
