//! How often one client may ask.
//!
//! A bucket for each address and one for each key or session: a bucket empties by one with every request, fills steadily,
//! and holds a burst. The doors that take facts are not counted here: they push back by themselves when the log is full.
//! Memory is bounded: of more clients than [`CLIENTS_MAX`] the ones idle longest are forgotten, with a full bucket.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::http::{Uri, header, request::Parts};
use kernel::{ErrorCode, Timestamp};
use quick_cache::sync::Cache;

use crate::{Came, Problem};

/// Clients remembered.
const CLIENTS_MAX: usize = 50_000;

/// A steady rate and what may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second in the long run; at least 1.
    pub per_sec: u32,
    /// Requests at once after a pause; at least 1.
    pub burst: u32,
}

/// The rates of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For all requests from one address (of IPv6, one network of 64 bits). A shop full of staff shares one.
    pub address: Rate,
    /// For one API key or one session.
    pub caller: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Self::per_sec(100)
    }
}

impl Limits {
    /// So many requests a second for a key or a session, thrice as many for an address, and a burst of ten seconds' worth. None
    /// at all is no limit.
    #[must_use]
    pub fn per_sec(requests: u32) -> Self {
        let requests = if requests == 0 { u32::MAX } else { requests };
        let rate = |per_sec: u32| Rate { per_sec, burst: per_sec.saturating_mul(10) };
        Self { address: rate(requests.saturating_mul(3)), caller: rate(requests) }
    }
}

/// Counts requests against [`Limits`].
#[derive(Debug)]
pub(crate) struct Counter {
    limits: Limits,
    buckets: Cache<Client, Arc<AtomicI64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Client {
    Address(IpAddr),
    /// The hash of the credentials: they themselves are not kept.
    Caller(u64),
}

impl Counter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, buckets: Cache::new(CLIENTS_MAX) }
    }

    /// Counts a request, or refuses it with the time to wait.
    pub(crate) fn count(&self, parts: &Parts, came: &Came, now: Timestamp) -> Result<(), Problem> {
        if !is_counted(&parts.uri) {
            return Ok(());
        }
        let address = came.network().map(|network| (Client::Address(network), self.limits.address));
        let caller = credentials(parts).map(|caller| (Client::Caller(caller), self.limits.caller));
        for (client, rate) in [address, caller].into_iter().flatten() {
            if let Err(wait_micros) = self.take(client, rate, now) {
                let secs = u64::try_from(wait_micros).unwrap_or(0).div_ceil(1_000_000).max(1);
                metrics::counter!("searchlight_http_limited_total").increment(1);
                return Err(Problem::new(ErrorCode::TooMany).retry_after(secs));
            }
        }
        Ok(())
    }

    /// The bucket is the instant at which it will be full again: one number, changed without a lock. `Err` is the wait.
    fn take(&self, client: Client, rate: Rate, now: Timestamp) -> Result<(), i64> {
        let step = (1_000_000 / i64::from(rate.per_sec.max(1))).max(1);
        let burst = step.saturating_mul(i64::from(rate.burst.max(1)));
        let made = self.buckets.get_or_insert_with(&client, || Ok::<_, ()>(Arc::new(AtomicI64::new(now.0))));
        let Ok(bucket) = made else { return Ok(()) };
        let taken = bucket.fetch_update(Ordering::AcqRel, Ordering::Acquire, |full_at| {
            let full_at = full_at.max(now.0).saturating_add(step);
            (full_at.saturating_sub(now.0) <= burst).then_some(full_at)
        });
        taken.map(|_| ()).map_err(|full_at| full_at.saturating_add(step).saturating_sub(now.0).saturating_sub(burst))
    }
}

/// The API, except where facts come in.
fn is_counted(uri: &Uri) -> bool {
    let path = uri.path();
    let is_api = path.strip_prefix("/api/v1/").is_some_and(|path| path.split('/').next() != Some("facts"));
    // Short addresses are for everybody, and for those too who try them out.
    is_api || path.starts_with("/s/")
}

fn credentials(parts: &Parts) -> Option<u64> {
    let sent = parts.headers.get(header::AUTHORIZATION).or_else(|| parts.headers.get(header::COOKIE))?;
    let mut hasher = DefaultHasher::new();
    sent.as_bytes().hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    const RATE: Rate = Rate { per_sec: 2, burst: 5 };

    fn asks(counter: &Counter, path: &str, ip: &str, key: Option<&str>, at_millis: i64) -> Result<(), ErrorCode> {
        let request = key.iter().fold(Request::get(path), |request, key| request.header("authorization", *key));
        let came = Came { ip: Some(ip.parse().unwrap()), ..Came::default() };
        let parts = request.body(()).unwrap().into_parts().0;
        counter.count(&parts, &came, Timestamp::from_millis(at_millis)).map_err(|problem| problem.code())
    }

    #[test]
    fn a_burst_passes_then_a_steady_rate() {
        let counter = Counter::new(Limits { address: RATE, caller: RATE });
        let ask = |at_millis| asks(&counter, "/api/v1/units", "203.0.113.7", None, at_millis);
        assert_eq!((0..7).filter(|_| ask(0).is_ok()).count(), 5);
        assert_eq!(ask(499), Err(ErrorCode::TooMany));
        assert_eq!((ask(500), ask(501)), (Ok(()), Err(ErrorCode::TooMany)));
        assert_eq!((0..9).filter(|_| ask(60_000).is_ok()).count(), 5, "a pause fills it, and no more than full");
        // Others are not held up, and the doors of facts are open.
        assert_eq!(asks(&counter, "/api/v1/units", "203.0.113.8", None, 60_000), Ok(()));
        for open in ["/api/v1/facts", "/v1/batch", "/readyz"] {
            assert_eq!(asks(&counter, open, "203.0.113.7", None, 60_000), Ok(()));
        }
    }

    #[test]
    fn a_key_is_counted_wherever_it_is_used_and_an_address_whatever_key_it_tries() {
        let counter = Counter::new(Limits { address: RATE, caller: Rate { per_sec: 1, burst: 2 } });
        let passed = |ask: &dyn Fn(usize) -> Result<(), ErrorCode>| (0..9).filter(|n| ask(*n).is_ok()).count();
        let moving = |n: usize| asks(&counter, "/api/v1/x", &format!("203.0.113.{n}"), Some("Bearer one"), 0);
        assert_eq!(passed(&moving), 2);
        let guessing = |n: usize| asks(&counter, "/api/v1/x", "198.51.100.1", Some(&format!("Bearer {n}")), 0);
        assert_eq!(passed(&guessing), 5);
        let trying = |n: usize| asks(&counter, &format!("/s/{n}"), "198.51.100.9", None, 0);
        assert_eq!(passed(&trying), 5, "codes are tried out no faster");
        // A network of IPv6 belongs to one customer of a provider.
        let hopping = |n: usize| asks(&counter, "/api/v1/x", &format!("2001:db8::{n}"), None, 0);
        assert_eq!(passed(&hopping), 5);
    }
}
