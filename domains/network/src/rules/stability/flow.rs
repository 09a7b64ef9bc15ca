//! How many ways lead from one person to another that share no tie.

use std::collections::{VecDeque, hash_map::Entry};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Part;

/// The largest flow when each tie carries one, counted up to `cap`.
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
    use crate::rules::reach::cuts::independence;

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
            let found = independence(&part, 0, 9, &[], 20, u64::MAX);
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
            prop_assert!(!found.at_least);
            let few = independence(&part, 0, 9, &[], 1, u64::MAX);
            prop_assert_eq!((few.routes.len(), few.at_least), (found.routes.len().min(1), !found.routes.is_empty()));
            prop_assert!(edge_flow(&part, 0, 9, 20) >= found.routes.len());
        }
    }
}
