//! Who is kept out of rankings and rewards: a fold of what was decided about rings.
//!
//! A decision names handles, and handles never change: whoever a handle belongs to today is kept out by it. The last decision
//! about a ring holds, and somebody in several rings is kept out as long as one of them keeps its people out.

use std::collections::BTreeMap;

use facts::Verdict;
use kernel::Handle;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::people::People;

/// The decisions that keep somebody out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    rings: BTreeMap<String, (Verdict, Vec<Handle>)>,
    /// The rings that keep a handle out, made anew from the decisions when they are read back.
    #[serde(skip)]
    kept_out: FxHashMap<Handle, Vec<String>>,
}

impl Flags {
    /// Takes a decision in. Answers the handles it was or is about.
    pub fn decide(&mut self, ring: &str, verdict: Verdict, people: &[Handle]) -> Vec<Handle> {
        let mut changed = people.to_vec();
        if let Some((_, before)) = self.rings.remove(ring) {
            for handle in &before {
                if let Some(rings) = self.kept_out.get_mut(handle) {
                    rings.retain(|kept| kept != ring);
                    if rings.is_empty() {
                        self.kept_out.remove(handle);
                    }
                }
            }
            changed.extend(before);
        }
        if verdict.keeps_out() {
            self.rings.insert(ring.to_owned(), (verdict, people.to_vec()));
            for handle in people {
                self.kept_out.entry(*handle).or_default().push(ring.to_owned());
            }
        }
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// Makes the index after the decisions were read back.
    pub fn index(&mut self) {
        self.kept_out.clear();
        for (ring, (_, people)) in &self.rings {
            for handle in people {
                self.kept_out.entry(*handle).or_default().push(ring.clone());
            }
        }
    }

    /// The ring that keeps a person out, and what was decided about it; the gravest when there are several.
    #[must_use]
    pub fn of(&self, people: &People, person: Handle) -> Option<(&str, Verdict)> {
        if self.kept_out.is_empty() {
            return None;
        }
        let rings = people.handles(person).filter_map(|handle| self.kept_out.get(&handle)).flatten();
        rings
            .filter_map(|ring| Some((ring.as_str(), self.rings.get(ring)?.0)))
            .max_by_key(|(ring, verdict)| (*verdict, std::cmp::Reverse(*ring)))
    }

    /// Everybody who is kept out, by the name they have today; who is in several rings is told as often.
    pub fn people<'a>(&'a self, people: &'a People) -> impl Iterator<Item = Handle> + 'a {
        self.kept_out.keys().map(|handle| people.person(*handle))
    }

    /// Everybody whom a ring other than this one keeps out.
    pub fn people_but<'a>(&'a self, people: &'a People, ring: &'a str) -> impl Iterator<Item = Handle> + 'a {
        let others = self.kept_out.iter().filter(move |(_, rings)| rings.iter().any(|other| other != ring));
        others.map(|(handle, _)| people.person(*handle))
    }

    /// Whether nobody is kept out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept_out.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_decision_about_a_ring_holds() {
        let (mut flags, mut people) = (Flags::default(), People::default());
        flags.decide("r-1", Verdict::Held, &[Handle(1), Handle(2)]);
        flags.decide("r-2", Verdict::Confirmed, &[Handle(2), Handle(3)]);
        assert_eq!(flags.of(&people, Handle(1)), Some(("r-1", Verdict::Held)));
        assert_eq!(flags.of(&people, Handle(2)), Some(("r-2", Verdict::Confirmed)), "the gravest");
        assert_eq!(flags.decide("r-1", Verdict::Cleared, &[Handle(1)]), [Handle(1), Handle(2)]);
        assert_eq!((flags.of(&people, Handle(1)), flags.of(&people, Handle(9))), (None, None));
        // Another device of somebody who is kept out is kept out with them.
        people.link(Handle(9), Handle(3));
        assert_eq!(flags.of(&people, Handle(9)), Some(("r-2", Verdict::Confirmed)));
        let mut back: Flags = postcard::from_bytes(&postcard::to_allocvec(&flags).unwrap()).unwrap();
        back.index();
        assert_eq!(back, flags);
        flags.decide("r-2", Verdict::Open, &[Handle(2), Handle(3)]);
        assert!(flags.is_empty());
    }
}
