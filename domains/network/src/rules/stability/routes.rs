//! How many ways lead from one person to another that share nobody between, and who stands in all of them.
//!
//! By Menger the most routes without a common person are as many as the fewest persons whose leaving cuts every way. They
//! are found as a flow: everybody but the two ends lets one route through. A direct tie is a route of its own, which no
//! leaving of others cuts.

use std::collections::{VecDeque, hash_map::Entry};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Part;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// Each from the first person to the last, the shortest first. As many as there are, or as were asked for.
    pub routes: Vec<Vec<u32>>,
    /// Without these people no way is left but the direct tie. Empty when there may be more routes than asked for.
    pub cut: Vec<u32>,
    /// Whether there may be more routes.
    pub capped: bool,
}

/// A person is passed in at one door and out at another; between the two fits one route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Door {
    place: u32,
    out: bool,
}

struct Flow<'a> {
    part: &'a Part,
    from: u32,
    to: u32,
    /// Next person on the route that runs through somebody (the first persons of all routes are kept apart).
    next: FxHashMap<u32, u32>,
    before: FxHashMap<u32, u32>,
    firsts: FxHashSet<u32>,
}

/// The routes between two different people, at most `cap` of them.
#[must_use]
pub fn routes(part: &Part, from: u32, to: u32, cap: usize) -> Routes {
    let mut found = Routes::default();
    let direct = part.others(from).binary_search(&to).is_ok();
    if direct {
        found.routes.push(vec![from, to]);
    }
    let mut flow =
        Flow { part, from, to, next: FxHashMap::default(), before: FxHashMap::default(), firsts: FxHashSet::default() };
    while flow.firsts.len() + usize::from(direct) < cap {
        match flow.search() {
            Ok(way) => flow.push(&way),
            Err(seen) => {
                found.cut = flow.cut(&seen);
                found.routes.extend(flow.routes());
                found.routes.sort_by_key(Vec::len);
                return found;
            }
        }
    }
    found.capped = true;
    found.routes.extend(flow.routes());
    found.routes.sort_by_key(Vec::len);
    found
}

impl Flow<'_> {
    fn is_used(&self, place: u32) -> bool {
        self.next.contains_key(&place)
    }

    /// One more way through what is left, as doors from the first out to the last in; or all doors that can be reached.
    fn search(&self) -> Result<Vec<Door>, FxHashMap<Door, Door>> {
        let start = Door { place: self.from, out: true };
        let end = Door { place: self.to, out: false };
        let mut came: FxHashMap<Door, Door> = FxHashMap::default();
        came.insert(start, start);
        let mut queue = VecDeque::from([start]);
        while let Some(door) = queue.pop_front() {
            let mut reach = |next: Door| {
                if let Entry::Vacant(unseen) = came.entry(next) {
                    unseen.insert(door);
                    queue.push_back(next);
                }
            };
            let Door { place, out } = door;
            if out {
                for &other in self.part.others(place) {
                    // Between two persons fits any number of routes: it is persons who let only one through.
                    let direct = place == self.from && other == self.to;
                    if !direct && other != self.from {
                        reach(Door { place: other, out: false });
                    }
                }
                // Back through the person, where a route can be taken back.
                if place != self.from && self.is_used(place) {
                    reach(Door { place, out: false });
                }
            } else if !self.is_used(place) {
                reach(Door { place, out: true });
            } else if let Some(&before) = self.before.get(&place).filter(|before| **before != self.from) {
                reach(Door { place: before, out: true });
            }
            if came.contains_key(&end) {
                return Ok(Self::way(&came, start, end));
            }
        }
        Err(came)
    }

    fn way(came: &FxHashMap<Door, Door>, start: Door, end: Door) -> Vec<Door> {
        let mut way = vec![end];
        let mut at = end;
        while at != start {
            at = came[&at];
            way.push(at);
        }
        way.reverse();
        way
    }

    fn push(&mut self, way: &[Door]) {
        // What is taken back first, so that what is laid anew stays.
        for step in way.windows(2) {
            let (a, b) = (step[0], step[1]);
            if a.place != b.place && !a.out && b.out {
                self.next.remove(&b.place);
                self.before.remove(&a.place);
            }
        }
        for step in way.windows(2) {
            let (a, b) = (step[0], step[1]);
            if a.place != b.place && a.out {
                if a.place == self.from {
                    self.firsts.insert(b.place);
                } else {
                    self.next.insert(a.place, b.place);
                }
                if b.place != self.to {
                    self.before.insert(b.place, a.place);
                }
            }
        }
    }

    fn routes(&self) -> Vec<Vec<u32>> {
        let mut firsts: Vec<u32> = self.firsts.iter().copied().collect();
        firsts.sort_unstable();
        let route = |first| {
            let mut route = vec![self.from];
            route.extend(std::iter::successors(Some(first), |place| self.next.get(place).copied()));
            route
        };
        firsts.into_iter().map(route).collect()
    }

    /// Those whose in door can be reached and whose out door cannot.
    fn cut(&self, seen: &FxHashMap<Door, Door>) -> Vec<u32> {
        let stands = |door: &&Door| !door.out && !seen.contains_key(&Door { place: door.place, out: true });
        let mut cut: Vec<u32> = seen.keys().filter(stands).map(|door| door.place).collect();
        cut.sort_unstable();
        cut
    }
}

/// How many ways lead from one person to another that share no tie: the largest flow when each tie carries one.
#[must_use]
pub fn edge_flow(part: &Part, from: u32, to: u32, cap: usize) -> usize {
    // Net flow over a tie, from the smaller place to the larger: -1, 0 or 1.
    let mut used: FxHashSet<(u32, u32)> = FxHashSet::default();
    for flow in 0..cap {
        let mut came: FxHashMap<u32, u32> = FxHashMap::default();
        came.insert(from, from);
        let mut queue = VecDeque::from([from]);
        while let Some(place) = queue.pop_front() {
            for &other in part.others(place) {
                if used.contains(&(place, other)) {
                    continue;
                }
                if let Entry::Vacant(unseen) = came.entry(other) {
                    unseen.insert(place);
                    queue.push_back(other);
                }
            }
        }
        if !came.contains_key(&to) {
            return flow;
        }
        let mut at = to;
        while at != from {
            let before = came[&at];
            if !used.remove(&(at, before)) {
                used.insert((before, at));
            }
            at = before;
        }
    }
    cap
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn connected(part: &Part, from: u32, to: u32, gone: u32) -> bool {
        let (mut seen, mut edge) = (1_u32 << from, vec![from]);
        while let Some(here) = edge.pop() {
            for &other in part.others(here) {
                let direct = here == from && other == to;
                if !direct && gone & (1 << other) == 0 && seen & (1 << other) == 0 {
                    seen |= 1 << other;
                    edge.push(other);
                }
            }
        }
        seen & (1 << to) != 0
    }

    proptest! {
        #[test]
        fn there_are_as_many_routes_as_people_must_leave(ties in prop::collection::vec((0..10_u32, 0..10_u32), 0..40)) {
            let part = Part::from_ties(10, &ties);
            let found = routes(&part, 0, 9, 20);
            let direct = part.others(0).contains(&9);
            // Every set of the eight others.
            let fewest = (0..256_u32).map(|set| set << 1).filter(|set| !connected(&part, 0, 9, *set));
            let fewest = fewest.map(u32::count_ones).min().unwrap() as usize;
            prop_assert_eq!(found.routes.len(), fewest + usize::from(direct));
            prop_assert_eq!(found.cut.len(), fewest);
            let cut = found.cut.iter().fold(0, |set, place| set | 1 << place);
            prop_assert!(!connected(&part, 0, 9, cut) && cut & 1 == 0 && cut & (1 << 9) == 0);
            let mut between = std::collections::BTreeSet::new();
            for route in &found.routes {
                prop_assert_eq!((route[0], route[route.len() - 1]), (0, 9));
                prop_assert!(route.windows(2).all(|step| part.others(step[0]).contains(&step[1])));
                prop_assert!(route[1..route.len() - 1].iter().all(|place| between.insert(*place)));
            }
            prop_assert!(!found.capped);
            let few = routes(&part, 0, 9, 1);
            prop_assert_eq!((few.routes.len(), few.capped), (found.routes.len().min(1), !found.routes.is_empty()));
            prop_assert!(edge_flow(&part, 0, 9, 20) >= found.routes.len());
        }
    }
}
