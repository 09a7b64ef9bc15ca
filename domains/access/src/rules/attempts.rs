//! When a door is locked: too many tries within a while, for one e-mail address or from one address of the network.

use std::collections::{BTreeMap, VecDeque};

use kernel::Timestamp;

/// Wrong passwords an address may have within [`WINDOW_SECS`].
pub(crate) const TRIES_MAX: usize = 10;
/// Tries from one address of the network within [`WINDOW_SECS`] that did not succeed. A whole office may share one.
pub(crate) const VISITS_MAX: usize = 60;
/// How long a wrong password counts.
pub(crate) const WINDOW_SECS: i64 = 15 * 60;
/// Addresses remembered; past it the ones idle longest are forgotten.
const ADDRESSES_MAX: usize = 10_000;

/// The tries of the last while, by address. Known and unknown addresses are treated alike, so that nothing is told about
/// which ones exist.
#[derive(Debug)]
pub(crate) struct Attempts {
    tries: BTreeMap<String, VecDeque<Timestamp>>,
    tries_max: usize,
}

impl Attempts {
    /// None yet, and so many allowed.
    pub(crate) const fn new(tries_max: usize) -> Self {
        Self { tries: BTreeMap::new(), tries_max }
    }

    /// Counts a try before its password is looked at, so that many at once cannot slip by. `Err` when the address is
    /// locked, with the seconds until it may be tried again.
    pub(crate) fn begin(&mut self, address: &str, now: Timestamp) -> Result<(), u64> {
        let since = now.plus_secs(-WINDOW_SECS);
        if self.tries.len() >= ADDRESSES_MAX && !self.tries.contains_key(address) {
            self.forget(since);
        }
        let tries = self.tries.entry(address.to_owned()).or_default();
        tries.retain(|at| *at > since);
        if tries.len() >= self.tries_max {
            let oldest = tries.front().copied().unwrap_or(now);
            let wait_micros = oldest.plus_secs(WINDOW_SECS).micros_since(now);
            return Err(u64::try_from(wait_micros).unwrap_or(0).div_ceil(1_000_000).max(1));
        }
        tries.push_back(now);
        Ok(())
    }

    /// The password was right: the tries before it are forgiven.
    pub(crate) fn succeeded(&mut self, address: &str) {
        self.tries.remove(address);
    }

    /// The last try was a good one: it is forgiven, and those before it are not, or whoever has one account could try all
    /// others without end.
    pub(crate) fn refund(&mut self, address: &str) {
        if let Some(tries) = self.tries.get_mut(address) {
            tries.pop_back();
        }
    }

    fn forget(&mut self, since: Timestamp) {
        self.tries.retain(|_, tries| tries.back().is_some_and(|last| *last > since));
        if self.tries.len() >= ADDRESSES_MAX {
            let mut last: Vec<_> = self.tries.values().filter_map(|tries| tries.back().copied()).collect();
            last.sort_unstable();
            let middle = last[last.len() / 2];
            self.tries.retain(|_, tries| tries.back().is_some_and(|last| *last > middle));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_waits_until_the_first_is_forgotten() {
        let mut attempts = Attempts::new(TRIES_MAX);
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
    fn a_good_try_forgives_itself_alone() {
        let mut attempts = Attempts::new(3);
        let at = Timestamp::from_secs(1_000_000);
        for _ in 0..3 {
            assert_eq!(attempts.begin("ip", at), Ok(()));
            assert_eq!(attempts.begin("ip", at), Ok(()));
            attempts.refund("ip");
            if attempts.tries["ip"].len() == 2 {
                break;
            }
        }
        assert_eq!(attempts.begin("ip", at), Ok(()));
        assert!(attempts.begin("ip", at).is_err());
    }

    #[test]
    fn a_flood_of_addresses_is_forgotten_but_not_the_latest() {
        let mut attempts = Attempts::new(TRIES_MAX);
        for i in 0..30_000_i64 {
            assert_eq!(attempts.begin(&format!("a{i}"), Timestamp(i)), Ok(()));
        }
        assert!(attempts.tries.len() <= ADDRESSES_MAX);
        assert!(attempts.tries.contains_key("a29999"));
    }
}
