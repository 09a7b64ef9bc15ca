//! The greedy choice of people who are in most sets, within what it has to keep to, and how much better any other could be.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::sets::Sets;

/// In how many steps of the choice it is asked how much better another could be.
const BOUNDS: usize = 64;

/// What a choice has to keep to. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// What each person costs, in the smallest units of the currency. Empty: nobody costs anything.
    pub costs: Vec<u64>,
    /// What all of them may cost together.
    pub budget: Option<u64>,
    /// The group of each person. Empty: there are no groups.
    pub groups: Vec<u32>,
    /// How many of each group at most. A group beyond the list has no cap.
    pub caps: Vec<u32>,
    /// Who cannot be chosen. Empty: everybody can.
    pub barred: Vec<bool>,
    /// Who is chosen whatever it brings, before all others; within the count and the budget, but over any cap.
    pub forced: Vec<u32>,
    /// How many members of sets are kept in memory at most, 8 bytes each; 64 million when missing.
    pub members_max: Option<usize>,
}

impl Limits {
    /// What somebody costs.
    #[must_use]
    pub fn cost(&self, person: u32) -> u64 {
        self.costs.get(person as usize).copied().unwrap_or(0)
    }

    fn is_free(&self, person: u32) -> bool {
        !self.barred.get(person as usize).copied().unwrap_or(false)
    }

    /// Whether somebody's cost could matter.
    #[must_use]
    pub fn has_budget(&self) -> bool {
        self.budget.is_some() && !self.costs.is_empty()
    }

    /// Whether somebody's group could matter.
    #[must_use]
    pub fn has_caps(&self) -> bool {
        !self.caps.is_empty() && !self.groups.is_empty()
    }
}

/// What is left to choose from while a choice is made.
#[derive(Clone)]
pub(super) struct Room<'a> {
    limits: &'a Limits,
    count: usize,
    budget: u64,
    caps: Vec<u32>,
    taken: Vec<bool>,
}

impl<'a> Room<'a> {
    /// Everything, once those who are forced have been taken.
    pub(super) fn new(people: u32, count: usize, limits: &'a Limits) -> Self {
        let mut room = Self {
            limits,
            count,
            budget: limits.budget.unwrap_or(u64::MAX),
            caps: limits.caps.clone(),
            taken: vec![false; people as usize],
        };
        for person in &limits.forced {
            room.take(*person);
        }
        room
    }

    /// Whether somebody may still be taken. Who may not once, never may again.
    pub(super) fn has(&self, person: u32) -> bool {
        let capped = self.limits.groups.get(person as usize).and_then(|group| self.caps.get(*group as usize));
        self.count > 0
            && self.limits.is_free(person)
            && !self.taken[person as usize]
            && capped.is_none_or(|left| *left > 0)
            && self.limits.cost(person) <= self.budget
    }

    pub(super) fn take(&mut self, person: u32) {
        if std::mem::replace(&mut self.taken[person as usize], true) {
            return;
        }
        self.count = self.count.saturating_sub(1);
        self.budget = self.budget.saturating_sub(self.limits.cost(person));
        let group = self.limits.groups.get(person as usize);
        if let Some(left) = group.and_then(|group| self.caps.get_mut(*group as usize)) {
            *left = left.saturating_sub(1);
        }
    }

    /// How many more could be taken at the very most, were the cheapest.
    pub(super) fn most_people(&self) -> usize {
        let mut costs: Vec<u64> = (0..self.taken.len() as u32)
            .filter(|person| self.has(*person))
            .map(|person| self.limits.cost(person))
            .collect();
        costs.sort_unstable();
        let mut left = self.budget;
        let fits = costs.into_iter().take(self.count).take_while(|cost| {
            let fits = *cost <= left;
            left = left.saturating_sub(*cost);
            fits
        });
        fits.count()
    }

    /// What the best people would add, were their sets all different: more than any choice can. Costs and caps are looked
    /// at one at a time, and the smaller answer holds.
    fn most(&self, gains: &[u32]) -> u64 {
        let free = |(person, gain): (usize, &u32)| (*gain > 0 && self.has(person as u32)).then_some(person as u32);
        let mut best: Vec<u32> = gains.iter().enumerate().filter_map(free).collect();
        let gain = |person: &u32| gains[*person as usize];
        let by_count = if self.limits.has_caps() {
            best.sort_unstable_by_key(|person| Reverse(gain(person)));
            let mut caps = self.caps.clone();
            let fits =
                best.iter().filter(|person| match caps.get_mut(self.limits.groups[**person as usize] as usize) {
                    Some(0) => false,
                    Some(left) => {
                        *left -= 1;
                        true
                    }
                    None => true,
                });
            fits.take(self.count).map(|person| u64::from(gain(person))).sum()
        } else {
            if best.len() > self.count {
                best.select_nth_unstable_by_key(self.count, |person| Reverse(gain(person)));
            }
            best.iter().take(self.count).map(|person| u64::from(gain(person))).sum()
        };
        if self.limits.has_budget() { self.most_for_budget(best, gains).min(by_count) } else { by_count }
    }

    /// The best that money could buy if people came in parts.
    fn most_for_budget(&self, mut best: Vec<u32>, gains: &[u32]) -> u64 {
        let value = |person: &u32| value(gains[*person as usize], self.limits.cost(*person));
        best.sort_unstable_by(|one, other| value(other).total_cmp(&value(one)));
        let (mut left, mut most) = (self.budget, 0.0);
        for person in best {
            let (gain, cost) = (f64::from(gains[person as usize]), self.limits.cost(person));
            if cost > left {
                most += gain * left as f64 / cost as f64;
                break;
            }
            left -= cost;
            most += gain;
        }
        most.ceil() as u64
    }
}

fn value(gain: u32, cost: u64) -> f64 {
    if cost == 0 { f64::from(gain) * 1e18 } else { f64::from(gain) / cost as f64 }
}

/// A choice of people.
#[derive(Clone, Debug)]
pub(super) struct Cover {
    /// Those who were forced, then best first.
    pub(super) people: Vec<u32>,
    /// Sets that each holds and nobody before.
    pub(super) gains: Vec<u32>,
    /// Sets that hold one of them.
    pub(super) covered: u64,
    /// No choice within the limits covers more.
    pub(super) covered_max: u64,
}

/// Chooses greedily: each time whoever is in most of the sets nobody covers yet, the earlier of equals. With a budget also
/// by sets for the money, and the better of both.
pub(super) fn choose(sets: &Sets, people: u32, count: usize, limits: &Limits, bounded: bool) -> Cover {
    let index = sets.by_person(people);
    let by_gain = greedy(sets, &index, people, count, limits, (false, bounded));
    if !limits.has_budget() {
        return by_gain;
    }
    let by_value = greedy(sets, &index, people, count, limits, (true, bounded));
    let covered_max = by_gain.covered_max.min(by_value.covered_max);
    let better = if by_value.covered >= by_gain.covered { by_value } else { by_gain };
    Cover { covered_max, ..better }
}

type Index = (Vec<u64>, Vec<u32>);

struct Gains<'a> {
    sets: &'a Sets,
    index: &'a Index,
    gains: Vec<u32>,
    taken: Vec<bool>,
}

impl Gains<'_> {
    fn take(&mut self, person: u32, cover: &mut Cover) {
        let gain = self.gains[person as usize];
        cover.people.push(person);
        cover.gains.push(gain);
        cover.covered += u64::from(gain);
        let (starts, of_person) = self.index;
        for set in &of_person[starts[person as usize] as usize..starts[person as usize + 1] as usize] {
            if std::mem::replace(&mut self.taken[*set as usize], true) {
                continue;
            }
            for member in self.sets.of(*set as usize) {
                self.gains[*member as usize] -= 1;
            }
        }
    }
}

fn greedy(
    sets: &Sets,
    index: &Index,
    people: u32,
    count: usize,
    limits: &Limits,
    (by_value, bounded): (bool, bool),
) -> Cover {
    let gains: Vec<u32> = index.0.windows(2).map(|pair| (pair[1] - pair[0]) as u32).collect();
    let mut gains = Gains { sets, index, gains, taken: vec![false; sets.len()] };
    let mut cover = Cover { people: Vec::new(), gains: Vec::new(), covered: 0, covered_max: sets.len() as u64 };
    let begin = Room::new(people, count, limits);
    for person in &limits.forced {
        if !cover.people.contains(person) {
            gains.take(*person, &mut cover);
        }
    }
    let mut room = begin.clone();
    let key = |gain: u32, person: u32| {
        let value = if by_value { value(gain, limits.cost(person)) } else { f64::from(gain) };
        // Numbers above 0 are in the order of their bits.
        value.to_bits()
    };
    let mut heap: BinaryHeap<(u64, Reverse<u32>)> = (0..people)
        .filter(|person| gains.gains[*person as usize] > 0 && begin.has(*person))
        .map(|person| (key(gains.gains[person as usize], person), Reverse(person)))
        .collect();
    let stride = count.div_ceil(BOUNDS).max(1);
    let mut steps = 0_usize;
    loop {
        let next = next(&mut heap, &room, |person| key(gains.gains[person as usize], person));
        if bounded && (next.is_none() || steps.is_multiple_of(stride)) {
            cover.covered_max = cover.covered_max.min(cover.covered + begin.most(&gains.gains));
        }
        let Some(person) = next else { break };
        room.take(person);
        gains.take(person, &mut cover);
        steps += 1;
    }
    cover
}

/// Gains only shrink: an entry that is out of date goes back with what is left of it.
fn next(heap: &mut BinaryHeap<(u64, Reverse<u32>)>, room: &Room<'_>, key: impl Fn(u32) -> u64) -> Option<u32> {
    while let Some((value, Reverse(person))) = heap.pop() {
        if !room.has(person) {
            continue;
        }
        let now = key(person);
        if now == value {
            return Some(person);
        }
        if now > 0 {
            heap.push((now, Reverse(person)));
        }
    }
    None
}
