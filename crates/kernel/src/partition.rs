//! Which handle belongs to whom. A person is a set of handles and is named after the earliest of them.
//!
//! It does as it is told: which handles may become one person is decided by identity, from its evidence. Asking for any
//! handle of a person, also one that used to be their name, answers with their name today.

use serde::{Deserialize, Serialize};

use crate::Handle;

/// Handles in disjoint sets. Handles are dense, so plain arrays hold them; one that was never linked takes no room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// Set each handle is in, named after some member that need not be the earliest.
    set: Vec<u32>,
    /// Next member round the circle of the handle's set.
    next: Vec<u32>,
    /// Per set: earliest member, in the place of the member the set is named after.
    earliest: Vec<u32>,
    /// Per set: how many members.
    size: Vec<u32>,
}

/// Two persons that a link made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Name of the person from now on: the earlier of the two names.
    pub kept: Handle,
    /// The other name, which redirects to `kept` from now on.
    pub gone: Handle,
}

impl Partition {
    /// The person a handle belongs to, by name: their earliest handle.
    #[must_use]
    pub fn person(&self, handle: Handle) -> Handle {
        self.set.get(handle.0 as usize).map_or(handle, |set| Handle(self.earliest[*set as usize]))
    }

    /// All handles of the person that `handle` belongs to, `handle` first.
    pub fn handles(&self, handle: Handle) -> impl Iterator<Item = Handle> + '_ {
        let mut at = Some(handle.0);
        std::iter::from_fn(move || {
            let here = at?;
            at = self.next.get(here as usize).copied().filter(|next| *next != handle.0);
            Some(Handle(here))
        })
    }

    /// What [`Partition::link`] would do, without doing it.
    #[must_use]
    pub fn would_merge(&self, handle: Handle, into: Handle) -> Option<Merge> {
        let (a, b) = (self.person(handle), self.person(into));
        (a != b).then(|| Merge { kept: a.min(b), gone: a.max(b) })
    }

    /// Lets the persons of both handles become one. `None` when they are already.
    pub fn link(&mut self, handle: Handle, into: Handle) -> Option<Merge> {
        let merge = self.would_merge(handle, into)?;
        self.reach(handle.0.max(into.0));
        let (a, b) = (self.set[handle.0 as usize], self.set[into.0 as usize]);
        // The smaller set moves: each handle moves at most log2(n) times in its life.
        let (small, large) = if self.size[a as usize] < self.size[b as usize] { (a, b) } else { (b, a) };
        let mut member = small;
        loop {
            self.set[member as usize] = large;
            member = self.next[member as usize];
            if member == small {
                break;
            }
        }
        self.next.swap(small as usize, large as usize);
        self.size[large as usize] += self.size[small as usize];
        self.earliest[large as usize] = merge.kept.0;
        Some(merge)
    }

    /// Puts handles together anew: each of `moves` says to which person, by any handle of theirs, a handle belongs from now
    /// on. Persons that lose or win a handle have to be told whole, with all their handles.
    pub fn regroup(&mut self, moves: &[(Handle, Handle)]) {
        for (handle, person) in moves {
            self.reach(handle.0.max(person.0));
            let place = handle.0 as usize;
            for column in [&mut self.set, &mut self.next, &mut self.earliest] {
                column[place] = handle.0;
            }
            self.size[place] = 1;
        }
        for (handle, person) in moves {
            self.link(*handle, *person);
        }
    }

    /// Makes room up to `handle`, everybody alone.
    fn reach(&mut self, handle: u32) {
        let from = self.set.len() as u32;
        if handle >= from {
            for column in [&mut self.set, &mut self.next, &mut self.earliest] {
                column.extend(from..=handle);
            }
            self.size.resize(handle as usize + 1, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn set_of(partition: &Partition, handle: u32) -> BTreeSet<u32> {
        partition.handles(Handle(handle)).map(|handle| handle.0).collect()
    }

    #[test]
    fn a_person_is_named_after_the_earliest_handle_and_old_names_redirect() {
        let mut partition = Partition::default();
        assert_eq!(partition.person(Handle(9)), Handle(9), "nobody linked it yet");
        // A browser (3) is seen, then a user (7) signs in on it; later on an older tablet (2).
        assert_eq!(partition.link(Handle(3), Handle(7)), Some(Merge { kept: Handle(3), gone: Handle(7) }));
        assert_eq!(partition.link(Handle(2), Handle(7)), Some(Merge { kept: Handle(2), gone: Handle(3) }));
        for handle in [2, 3, 7] {
            assert_eq!(partition.person(Handle(handle)), Handle(2));
            assert_eq!(set_of(&partition, handle), [2, 3, 7].into());
        }
    }

    #[test]
    fn persons_are_put_together_anew() {
        let mut partition = Partition::default();
        for (handle, into) in [(3, 7), (2, 7), (4, 2), (5, 6)] {
            partition.link(Handle(handle), Handle(into));
        }
        // 2 and 4 turn out to be somebody else, and 5 to be 3 and 7.
        partition.regroup(&[(2, 2), (4, 2), (3, 3), (7, 3), (5, 3), (6, 6)].map(|(a, b)| (Handle(a), Handle(b))));
        assert_eq!(set_of(&partition, 7), [3, 5, 7].into());
        assert_eq!(set_of(&partition, 4), [2, 4].into());
        assert_eq!((partition.person(Handle(5)), partition.person(Handle(6))), (Handle(3), Handle(6)));
        partition.link(Handle(6), Handle(2));
        assert_eq!(set_of(&partition, 2), [2, 4, 6].into());
    }

    proptest! {
        #[test]
        fn sets_are_those_of_a_naive_model(links in prop::collection::vec((1..24u32, 1..24u32), 0..40)) {
            let mut partition = Partition::default();
            let mut name: Vec<u32> = (0..24).collect();
            for (a, b) in links {
                let merged = partition.link(Handle(a), Handle(b)).is_some();
                let (from, to) = (name[a as usize], name[b as usize]);
                prop_assert_eq!(merged, from != to);
                if merged {
                    for n in &mut name {
                        if *n == from || *n == to {
                            *n = from.min(to);
                        }
                    }
                }
            }
            for handle in 1..24u32 {
                prop_assert_eq!(partition.person(Handle(handle)).0, name[handle as usize]);
                let set: BTreeSet<u32> = (1..24).filter(|h| name[*h as usize] == name[handle as usize]).collect();
                prop_assert_eq!(&set_of(&partition, handle), &set);
            }
        }
    }
}
