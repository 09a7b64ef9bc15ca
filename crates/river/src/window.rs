//! What was digested lately, by its keys: how the reader tells a repeat without asking the records.
//!
//! Which keys are in it follows from the log alone: those of all records below `next`, as far back as the window reaches. So it
//! is right as long as `next` is where the records stand, whoever digested what is in it.

use std::{
    collections::VecDeque,
    hash::{BuildHasherDefault, Hash, Hasher},
};

use db::{ConnectionTrait, DbError};
use facts::Fact;
use kernel::{Offset, Timestamp, WorkspaceId};
use rustc_hash::FxHasher;

use crate::{batch::DedupKey, store};

/// How far back a repeat is told from memory and records alone. What is older is looked for in the lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// So long, if there are not more than [`Reach::ids_max`].
    pub secs: u64,
    /// So many facts at most.
    pub ids_max: usize,
}

impl Default for Reach {
    fn default() -> Self {
        Self { secs: 24 * 3600, ids_max: 50_000_000 }
    }
}

/// Sets of keys: each grows by itself, so that no single growth takes long.
const SHARDS: usize = 256;
/// Slices that may go with one that comes.
const GONE_MAX: usize = 4;
/// Senders' clocks may be ahead: so much later than the horizon a fact may say it happened and still have come before it.
const CLOCKS_AHEAD_MICROS: i64 = 3_600_000_000;

impl Hash for DedupKey {
    /// The key is a digest already.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [_, _, _, _, _, _, _, _, tail @ ..] = self.0;
        state.write_u64(u64::from_le_bytes(tail));
    }
}

/// A slice the window reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) first: Offset,
    pub(crate) next: Offset,
    pub(crate) digested_at: Timestamp,
    pub(crate) ids: usize,
}

type Keys = std::collections::HashSet<DedupKey, BuildHasherDefault<FxHasher>>;

pub(crate) struct Window {
    reach: Reach,
    shards: Vec<Keys>,
    slices: VecDeque<Kept>,
    ids: usize,
    next: Offset,
}

impl Window {
    /// Of a log nothing of which was digested.
    pub(crate) fn new(reach: Reach) -> Self {
        let shards = std::iter::repeat_with(Keys::default).take(SHARDS).collect();
        Self { reach, shards, slices: VecDeque::new(), ids: 0, next: Offset::FIRST }
    }

    /// As records say that have digested everything below `next`.
    pub(crate) async fn load<C: ConnectionTrait>(
        conn: &C,
        workspace: WorkspaceId,
        reach: Reach,
        next: Offset,
    ) -> Result<Self, DbError> {
        let mut window = Self::new(reach);
        loop {
            let kept = store::kept(conn, workspace, window.next..next).await?;
            if kept.is_empty() {
                break;
            }
            for (slice, keys) in kept {
                window.take_in(slice, keys);
            }
        }
        window.next = next;
        Ok(window)
    }

    /// The offset below which all keys were looked at.
    pub(crate) const fn next(&self) -> Offset {
        self.next
    }

    /// Where the window begins.
    pub(crate) fn start(&self) -> Offset {
        self.slices.front().map_or(self.next, |slice| slice.first)
    }

    /// How many keys are in it.
    pub(crate) const fn ids(&self) -> usize {
        self.ids
    }

    /// Whether a fact of this key is in the window.
    pub(crate) fn knows(&self, key: &DedupKey) -> bool {
        self.shards[usize::from(key.0[0]) % SHARDS].contains(key)
    }

    /// When what is told apart from memory begins; `None` while that is everything there ever was.
    pub(crate) fn horizon(&self) -> Option<Timestamp> {
        let first = self.slices.front()?;
        (first.first > Offset::FIRST).then_some(first.digested_at)
    }

    /// Whether a fact may be a repeat of one that came before the window: it says itself that it is so old. One that does
    /// not say when it happened is as old as its arrival.
    pub(crate) fn may_be_older(&self, fact: &Fact) -> bool {
        let (Some(horizon), Some(last)) = (self.horizon(), self.slices.back()) else { return false };
        // A window that is short because very many facts come must not send all of them to the lake.
        let ahead = (last.digested_at.micros_since(horizon) / 8).min(CLOCKS_AHEAD_MICROS);
        fact.timestamp.micros_since(horizon) < ahead
    }

    /// The slices that go next, if `below` is in the lake: those too old at `now`, or too many.
    pub(crate) fn due(&self, now: Timestamp, below: Offset) -> impl Iterator<Item = Kept> + '_ {
        let patience = i64::try_from(self.reach.secs * 1_000_000).unwrap_or(i64::MAX);
        let mut left = self.ids;
        // The last one stays: it tells where the window begins.
        let all_but_last = self.slices.iter().take(self.slices.len().saturating_sub(1));
        all_but_last.take(GONE_MAX).copied().take_while(move |slice| {
            let too_many = left > self.reach.ids_max;
            left -= slice.ids.min(left);
            slice.next <= below && (too_many || now.micros_since(slice.digested_at) > patience)
        })
    }

    /// A slice was digested.
    pub(crate) fn take_in(&mut self, slice: Kept, keys: impl IntoIterator<Item = DedupKey>) {
        self.next = slice.next;
        if slice.ids == 0 {
            return;
        }
        self.ids += slice.ids;
        self.slices.push_back(slice);
        for key in keys {
            self.shards[usize::from(key.0[0]) % SHARDS].insert(key);
        }
    }

    /// The slices before an offset are gone, and with them these keys.
    pub(crate) fn forget(&mut self, before: Offset, keys: &[DedupKey]) {
        while let Some(slice) = self.slices.front().filter(|slice| slice.first < before) {
            self.ids -= slice.ids.min(self.ids);
            self.slices.pop_front();
        }
        for key in keys {
            let shard = &mut self.shards[usize::from(key.0[0]) % SHARDS];
            shard.remove(key);
            // A brand that was busier once does not keep the room for it.
            if shard.capacity() > 64 && shard.len() < shard.capacity() / 8 {
                shard.shrink_to(shard.len() * 2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn key(number: u64) -> DedupKey {
        let mut key = [0; 16];
        key[..8].copy_from_slice(blake3::hash(&number.to_le_bytes()).as_bytes().first_chunk::<8>().unwrap());
        key[8..].copy_from_slice(&number.to_le_bytes());
        DedupKey(key)
    }

    fn keys(slice: Kept) -> Vec<DedupKey> {
        (slice.first.0..slice.next.0).map(key).collect()
    }

    /// Ten facts an hour, so many hours.
    fn hourly(reach: Reach, hours: u64) -> Window {
        let mut window = Window::new(reach);
        for hour in 0..hours {
            let (first, next) = (Offset(1 + hour * 10), Offset(11 + hour * 10));
            let slice = Kept { first, next, digested_at: Timestamp(HOUR * hour as i64), ids: 10 };
            window.take_in(slice, keys(slice));
        }
        window
    }

    fn due(window: &Window, now: i64, below: u64) -> Vec<u64> {
        window.due(Timestamp(HOUR * now), Offset(below)).map(|slice| slice.first.0).collect()
    }

    #[test]
    fn what_is_too_old_goes_a_few_slices_at_a_time_once_it_is_in_the_lake() {
        let window = hourly(Reach { secs: 24 * 3600, ids_max: 1000 }, 30);
        assert_eq!(due(&window, 24, 301), [0; 0], "24 hours are not over 24 hours");
        assert_eq!(due(&window, 26, 301), [1, 11]);
        assert_eq!(due(&window, 30, 301), [1, 11, 21, 31]);
        assert_eq!(due(&window, 30, 20), [1], "the lake has only the first whole");
        assert_eq!(due(&window, 30, 1), [0; 0]);
    }

    #[test]
    fn what_is_too_much_goes_however_young_but_for_the_last() {
        let window = hourly(Reach { secs: 24 * 3600, ids_max: 25 }, 4);
        assert_eq!(due(&window, 4, 41), [1, 11]);
        let window = hourly(Reach { secs: 24 * 3600, ids_max: 0 }, 2);
        assert_eq!(due(&window, 4, 41), [1]);
    }

    #[test]
    fn what_is_gone_is_not_known_and_the_rest_still_is() {
        let mut window = hourly(Reach::default(), 3);
        assert_eq!((window.horizon(), window.start(), window.ids()), (None, Offset(1), 30));
        let gone = keys(*window.slices.front().unwrap());
        window.forget(Offset(11), &gone);
        assert_eq!((window.horizon(), window.start(), window.ids()), (Some(Timestamp(HOUR)), Offset(11), 20));
        assert!((1..11).all(|number| !window.knows(&key(number))) && (11..31).all(|number| window.knows(&key(number))));
        assert_eq!(window.next(), Offset(31));
    }

    #[test]
    fn only_a_fact_that_says_it_is_old_may_be_older_than_the_window() {
        let mut fact = Fact {
            source: "key:1".into(),
            message_id: "m".into(),
            kind: facts::Kind::Track,
            event: "Page Seen".into(),
            user_id: Some("u".into()),
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: Timestamp(0),
            original_timestamp: None,
            sent_at: None,
            received_at: Timestamp(0),
            properties: facts::empty_object(),
            context: None,
        };
        let mut window = hourly(Reach::default(), 17);
        assert!(!window.may_be_older(&fact), "there was nothing before the window");
        window.forget(Offset(11), &[]);
        assert!(window.may_be_older(&fact));
        fact.timestamp = Timestamp(HOUR + 59 * 60_000_000);
        assert!(window.may_be_older(&fact), "its sender's clock may have been ahead");
        fact.timestamp = Timestamp(HOUR * 3);
        assert!(!window.may_be_older(&fact));
    }
}
