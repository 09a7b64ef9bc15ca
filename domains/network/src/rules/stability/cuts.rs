//! Articulation persons and bridge ties, in one walk without recursion (Tarjan 1972, Hopcroft and Tarjan 1973).

use std::ops::Range;

use super::Part;

/// Somebody without whom a connected group falls apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Who.
    pub place: u32,
    /// People who would be cut off from the largest part that remains of their group.
    pub hanging: u32,
    /// Into how many parts the group would fall.
    pub parts: u32,
    spans: Range<usize>,
}

/// A tie without which a connected group falls in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The end on the larger side; of equals, the one the walk met first.
    pub near: u32,
    /// The end on the smaller side.
    pub far: u32,
    /// People on the smaller side.
    pub hanging: u32,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Cuts {
    /// Most hanging people first.
    pub persons: Vec<Cut>,
    /// Most hanging people first.
    pub bridges: Vec<Bridge>,
    /// The people in the order of the walk, in which whoever hangs on somebody lies together.
    order: Vec<u32>,
    /// Stretches of `order`.
    spans: Vec<(u32, u32)>,
}

impl Cuts {
    /// The people who would be cut off without one of the articulation persons.
    pub fn hanging<'a>(&'a self, cut: &Cut) -> impl Iterator<Item = u32> + 'a {
        let spans = self.spans[cut.spans.clone()].iter();
        spans.flat_map(|&(begin, end)| self.order[begin as usize..end as usize].iter().copied())
    }

    /// The articulation person at a place, if they are one.
    #[must_use]
    pub fn person(&self, place: u32) -> Option<&Cut> {
        self.persons.iter().find(|cut| cut.place == place)
    }
}

const NONE: u32 = u32::MAX;

struct Walk<'a> {
    part: &'a Part,
    /// Place in the order, by person; [`NONE`] while unseen.
    rank: Vec<u32>,
    /// The lowest rank that a back tie from the subtree leads to.
    low: Vec<u32>,
    parent: Vec<u32>,
    /// People below and including.
    size: Vec<u32>,
    found: Cuts,
}

/// Finds them. O(people + ties).
#[must_use]
pub fn cuts(part: &Part) -> Cuts {
    let people = part.len();
    let mut walk = Walk {
        part,
        rank: vec![NONE; people],
        low: vec![NONE; people],
        parent: vec![NONE; people],
        size: vec![1; people],
        found: Cuts::default(),
    };
    for start in 0..people as u32 {
        if walk.rank[start as usize] == NONE {
            let begin = walk.found.order.len();
            walk.explore(start);
            walk.judge(begin);
        }
    }
    let mut found = walk.found;
    found.persons.sort_by(|a, b| b.hanging.cmp(&a.hanging).then(a.place.cmp(&b.place)));
    found.bridges.sort_by(|a, b| b.hanging.cmp(&a.hanging).then((a.near, a.far).cmp(&(b.near, b.far))));
    found
}

impl Walk<'_> {
    /// Walks the group of `start` depth first.
    fn explore(&mut self, start: u32) {
        let mut stack: Vec<(u32, usize)> = Vec::new();
        self.enter(start, &mut stack);
        while let Some((here, next)) = stack.last_mut() {
            let here = *here;
            let Some(&other) = self.part.others(here).get(*next) else {
                stack.pop();
                let parent = self.parent[here as usize];
                if parent != NONE {
                    self.low[parent as usize] = self.low[parent as usize].min(self.low[here as usize]);
                    self.size[parent as usize] += self.size[here as usize];
                }
                continue;
            };
            *next += 1;
            if self.rank[other as usize] == NONE {
                self.parent[other as usize] = here;
                self.enter(other, &mut stack);
            } else if other != self.parent[here as usize] {
                self.low[here as usize] = self.low[here as usize].min(self.rank[other as usize]);
            }
        }
    }

    fn enter(&mut self, place: u32, stack: &mut Vec<(u32, usize)>) {
        let rank = self.found.order.len() as u32;
        (self.rank[place as usize], self.low[place as usize]) = (rank, rank);
        self.found.order.push(place);
        stack.push((place, 0));
    }

    /// Judges everybody of the group that begins at `begin` in the order.
    fn judge(&mut self, begin: usize) {
        let end = self.found.order.len();
        // Per person the subtrees that fall off without them, in the order of the walk.
        let mut falls: Vec<(u32, u32)> = Vec::new();
        for at in begin..end {
            let child = self.found.order[at];
            let parent = self.parent[child as usize];
            if parent == NONE {
                continue;
            }
            let low = self.low[child as usize];
            if low >= self.rank[parent as usize] {
                falls.push((parent, child));
            }
            if low > self.rank[parent as usize] {
                self.bridge(parent, child, (end - begin) as u32);
            }
        }
        falls.sort_by_key(|fall| self.rank[fall.0 as usize]);
        for children in falls.chunk_by(|a, b| a.0 == b.0) {
            self.cut(children, begin as u32, end as u32);
        }
    }

    fn bridge(&mut self, parent: u32, child: u32, group: u32) {
        let below = self.size[child as usize];
        let (near, far) = if below * 2 <= group { (parent, child) } else { (child, parent) };
        self.found.bridges.push(Bridge { near, far, hanging: below.min(group - below) });
    }

    fn cut(&mut self, children: &[(u32, u32)], begin: u32, end: u32) {
        let place = children[0].0;
        let sizes = || children.iter().map(|(_, child)| self.size[*child as usize]);
        let rest = end - begin - 1 - sizes().sum::<u32>();
        let parts = children.len() as u32 + u32::from(rest > 0);
        if parts < 2 {
            return;
        }
        let largest = sizes().max().unwrap_or(0).max(rest);
        let from = self.found.spans.len();
        let mut kept = rest == largest;
        // Where the rest goes on: before the person, and between and behind the subtrees that fall off.
        let mut rest_at = begin;
        let rest_falls = !kept;
        let mut span = |begin: u32, end: u32| {
            if begin < end {
                self.found.spans.push((begin, end));
            }
        };
        if rest_falls {
            span(rest_at, self.rank[place as usize]);
        }
        rest_at = self.rank[place as usize] + 1;
        for (_, child) in children {
            let (rank, size) = (self.rank[*child as usize], self.size[*child as usize]);
            if rest_falls {
                span(rest_at, rank);
            }
            rest_at = rank + size;
            if !kept && size == largest {
                kept = true;
            } else {
                span(rank, rank + size);
            }
        }
        if rest_falls {
            span(rest_at, end);
        }
        let spans = from..self.found.spans.len();
        self.found.persons.push(Cut { place, hanging: end - begin - 1 - largest, parts, spans });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::rules::stability::components;

    fn groups(part: &Part, without: impl Fn(u32, u32) -> bool, gone: Option<u32>) -> Vec<BTreeSet<u32>> {
        let mut groups: Vec<BTreeSet<u32>> = Vec::new();
        for start in (0..part.len() as u32).filter(|place| Some(*place) != gone) {
            if groups.iter().any(|group| group.contains(&start)) {
                continue;
            }
            let (mut group, mut edge) = (BTreeSet::from([start]), vec![start]);
            while let Some(here) = edge.pop() {
                for &other in part.others(here) {
                    if Some(other) != gone && !without(here, other) && group.insert(other) {
                        edge.push(other);
                    }
                }
            }
            groups.push(group);
        }
        groups
    }

    proptest! {
        #[test]
        fn they_are_those_whose_removal_parts_a_group(ties in prop::collection::vec((0..14_u32, 0..14_u32), 0..24)) {
            let part = Part::from_ties(14, &ties);
            let found = cuts(&part);
            let whole = groups(&part, |_, _| false, None);
            prop_assert_eq!(components(&part).len(), whole.len());
            let mut expected = Vec::new();
            for place in 0..14 {
                let group = whole.iter().find(|group| group.contains(&place)).unwrap();
                let left = groups(&part, |_, _| false, Some(place));
                let parts: Vec<_> = left.into_iter().filter(|left| left.is_subset(group)).collect();
                if parts.len() > 1 {
                    let largest = parts.iter().map(BTreeSet::len).max().unwrap();
                    expected.push((place, (group.len() - 1 - largest) as u32, parts.len() as u32));
                    let cut = found.person(place).unwrap();
                    let hanging: Vec<u32> = found.hanging(cut).collect();
                    let set: BTreeSet<u32> = hanging.iter().copied().collect();
                    prop_assert_eq!((set.len(), hanging.len()), (hanging.len(), cut.hanging as usize));
                    let whole_parts: BTreeSet<u32> =
                        parts.iter().filter(|part| part.is_subset(&set)).flatten().copied().collect();
                    prop_assert_eq!(set, whole_parts);
                }
            }
            let mut told: Vec<_> = found.persons.iter().map(|cut| (cut.place, cut.hanging, cut.parts)).collect();
            prop_assert!(told.is_sorted_by(|a, b| a.1 >= b.1));
            told.sort_unstable();
            prop_assert_eq!(told, expected);

            let mut bridges = Vec::new();
            for a in 0..14_u32 {
                for &b in part.others(a).iter().filter(|b| **b > a) {
                    let cut = |one, other| (one, other) == (a, b) || (one, other) == (b, a);
                    let left = groups(&part, cut, None);
                    if left.len() > whole.len() {
                        let side = |of| left.iter().find(|group| group.contains(&of)).unwrap().len() as u32;
                        bridges.push((a, b, side(a).min(side(b))));
                    }
                }
            }
            let told = found.bridges.iter().map(|bridge| {
                (bridge.near.min(bridge.far), bridge.near.max(bridge.far), bridge.hanging)
            });
            prop_assert_eq!(told.collect::<BTreeSet<_>>(), bridges.into_iter().collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn a_chain_of_a_million_is_walked_without_recursion() {
        let ties: Vec<(u32, u32)> = (0..999_999).map(|place| (place, place + 1)).collect();
        let found = cuts(&Part::from_ties(1_000_000, &ties));
        assert_eq!((found.persons.len(), found.bridges.len()), (999_998, 999_999));
        assert!(found.persons[0].hanging >= 499_999);
    }
}
