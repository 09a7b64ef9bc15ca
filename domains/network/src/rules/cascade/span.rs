//! When the first and the last person of a tree joined, kept also while people leave.
//!
//! Who leaves is mostly somebody who came just now (a second device signs in), so the latest few joinings are kept and
//! the rest is looked up again only when those have run out, or when the first leaves.

use kernel::Timestamp;

/// How many of the latest joinings are kept after looking them up, and at most after that.
const KEPT: usize = 32;
const KEPT_MAX: usize = 128;

/// The joinings of one tree, as far as they matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Span {
    first: Timestamp,
    /// Ascending: all joinings later than the first of these, and that one.
    latest: Vec<Timestamp>,
    people: u32,
    /// Something has to be looked up again.
    pub stale: bool,
}

/// As it is written, once nothing is stale: first, latest, people; times in microseconds since 1970.
pub(super) type SavedSpan = (i64, Vec<i64>, u32);

impl Span {
    pub fn saved(&self) -> SavedSpan {
        (self.first.0, self.latest.iter().map(|at| at.0).collect(), self.people)
    }

    pub fn of((first, latest, people): &SavedSpan) -> Self {
        let latest = latest.iter().copied().map(Timestamp).collect();
        Self { first: Timestamp(*first), latest, people: *people, stale: false }
    }

    pub fn enter(&mut self, at: Timestamp) {
        if self.people == 0 || at < self.first {
            self.first = at;
        }
        let knows_all = self.latest.len() == self.people as usize;
        self.people += 1;
        if knows_all || self.latest.first().is_some_and(|first| *first <= at) {
            let place = self.latest.partition_point(|other| *other <= at);
            self.latest.insert(place, at);
            if self.latest.len() > KEPT_MAX {
                self.latest.drain(..KEPT_MAX - KEPT);
            }
        }
    }

    pub fn leave(&mut self, at: Timestamp) {
        self.people -= 1;
        if let Ok(place) = self.latest.binary_search(&at) {
            self.latest.remove(place);
        }
        self.stale |= self.people > 0 && (self.latest.is_empty() || at == self.first);
    }

    /// Looks everything up again.
    pub fn renew(&mut self, joined: impl Iterator<Item = Timestamp>) {
        self.latest.clear();
        self.latest.extend(joined);
        self.people = self.latest.len() as u32;
        self.first = self.latest.iter().copied().min().unwrap_or_default();
        if self.latest.len() > KEPT {
            let rest = self.latest.len() - KEPT;
            self.latest.select_nth_unstable(rest);
            self.latest.drain(..rest);
            self.latest.shrink_to(KEPT_MAX);
        }
        self.latest.sort_unstable();
        self.stale = false;
    }

    /// First and last, once nothing is stale.
    pub fn ends(&self) -> (Timestamp, Timestamp) {
        (self.first, self.latest.last().copied().unwrap_or(self.first))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_ends_are_those_of_everybody_who_is_there(
            steps in prop::collection::vec((any::<bool>(), 0..300_i64, any::<prop::sample::Index>()), 1..600),
        ) {
            let mut span = Span::default();
            let mut there: Vec<i64> = Vec::new();
            for (comes, at, who) in steps {
                if comes || there.len() < 100 {
                    there.push(at);
                    span.enter(Timestamp(at));
                } else {
                    // Mostly the latest leave.
                    there.sort_unstable();
                    let who = there.len() - 1 - who.index(there.len()) / 4;
                    span.leave(Timestamp(there.remove(who)));
                }
                if span.stale {
                    span.renew(there.iter().map(|at| Timestamp(*at)));
                }
                let ends = there.iter().min().zip(there.iter().max());
                prop_assert_eq!(Some(span.ends()), ends.map(|(a, b)| (Timestamp(*a), Timestamp(*b))));
            }
        }
    }
}
