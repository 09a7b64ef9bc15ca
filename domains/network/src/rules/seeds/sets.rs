//! Reverse reachable sets, and the greedy choice of people who cover most of them.
//!
//! A person drawn by lot together with everybody who would have won them: whoever is in many such sets wins many people.
//! The share of sets that some seeds are in, times the number of people, is their expected spread, without a bias.

use std::{cmp::Reverse, collections::BinaryHeap, ops::Range, panic::resume_unwind, thread};

use super::influence::{Influence, Walk, block_rng};

/// Sets drawn from one seed of chance.
const BLOCK: usize = 4096;

/// Many sets, one after the other.
#[derive(Default)]
pub(super) struct Sets {
    /// Where each set ends.
    ends: Vec<u64>,
    members: Vec<u32>,
}

impl Sets {
    /// Draws sets until there are `count`. The stream tells independent samples apart.
    pub(super) fn grow(&mut self, graph: &Influence, count: usize, draw: &Draw) {
        let blocks = self.len() / BLOCK..count.div_ceil(BLOCK);
        let share = blocks.len().div_ceil(draw.threads.max(1)).max(1);
        let mut shares = Vec::new();
        let mut from = blocks.start;
        while from < blocks.end {
            shares.push(from..(from + share).min(blocks.end));
            from += share;
        }
        let drawn = thread::scope(|scope| {
            let workers: Vec<_> =
                shares.into_iter().map(|share| scope.spawn(move || Self::blocks(graph, share, draw))).collect();
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
                .collect::<Vec<_>>()
        });
        for part in drawn {
            let base = self.members.len() as u64;
            self.ends.extend(part.ends.into_iter().map(|end| base + end));
            self.members.extend(part.members);
        }
    }

    fn blocks(graph: &Influence, blocks: Range<usize>, draw: &Draw) -> Self {
        let mut sets = Self::default();
        let mut walk = Walk::new(graph);
        for block in blocks {
            // A sample's blocks and another's never share a stream.
            let mut rng = block_rng(draw.seed, (draw.sample << 40) | block as u64);
            for _ in 0..BLOCK {
                sets.members.extend_from_slice(walk.back(&mut rng));
                sets.ends.push(sets.members.len() as u64);
            }
        }
        sets
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn of(&self, set: usize) -> &[u32] {
        let start = if set == 0 { 0 } else { self.ends[set - 1] };
        &self.members[start as usize..self.ends[set] as usize]
    }

    /// How many of the sets hold one of these people.
    pub(super) fn covered_by(&self, people: &[u32], all: u32) -> u64 {
        let mut chosen = vec![false; all as usize];
        for person in people {
            chosen[*person as usize] = true;
        }
        (0..self.len()).filter(|set| self.of(*set).iter().any(|member| chosen[*member as usize])).count() as u64
    }

    /// The sets of every person: starts per person, and the sets.
    fn by_person(&self, people: u32) -> (Vec<u64>, Vec<u32>) {
        let mut starts = vec![0_u64; people as usize + 1];
        for member in &self.members {
            starts[*member as usize + 1] += 1;
        }
        for person in 0..people as usize {
            starts[person + 1] += starts[person];
        }
        let mut next = starts.clone();
        let mut sets = vec![0_u32; self.members.len()];
        for set in 0..self.len() {
            for member in self.of(set) {
                let place = &mut next[*member as usize];
                sets[*place as usize] = set as u32;
                *place += 1;
            }
        }
        (starts, sets)
    }
}

/// How sets are drawn.
#[derive(Clone, Copy)]
pub(super) struct Draw {
    pub(super) seed: u64,
    pub(super) sample: u64,
    pub(super) threads: usize,
}

/// A choice of people.
pub(super) struct Cover {
    /// Best first.
    pub(super) people: Vec<u32>,
    /// Sets that hold one of them.
    pub(super) covered: u64,
    /// No choice of as many people covers more.
    pub(super) covered_max: u64,
}

/// Chooses greedily: each time whoever is in most of the sets nobody covers yet, the earlier of equals.
pub(super) fn choose(sets: &Sets, people: u32, count: usize, bounded: bool) -> Cover {
    let (starts, of_person) = sets.by_person(people);
    let mut gains: Vec<u32> = starts.windows(2).map(|pair| (pair[1] - pair[0]) as u32).collect();
    let mut heap: BinaryHeap<(u32, Reverse<u32>)> =
        gains.iter().copied().zip((0..).map(Reverse)).filter(|(gain, _)| *gain > 0).collect();
    let mut taken = vec![false; sets.len()];
    let mut cover = Cover { people: Vec::with_capacity(count), covered: 0, covered_max: sets.len() as u64 };
    while cover.people.len() < count {
        if bounded {
            cover.covered_max = cover.covered_max.min(cover.covered + most(&gains, count));
        }
        let Some(person) = next(&mut heap, &gains) else { break };
        cover.people.push(person);
        cover.covered += u64::from(gains[person as usize]);
        for set in &of_person[starts[person as usize] as usize..starts[person as usize + 1] as usize] {
            if std::mem::replace(&mut taken[*set as usize], true) {
                continue;
            }
            for member in sets.of(*set as usize) {
                gains[*member as usize] -= 1;
            }
        }
    }
    if bounded {
        cover.covered_max = cover.covered_max.min(cover.covered + most(&gains, count));
    }
    cover
}

/// Gains only shrink: an entry that is out of date goes back with what is left of it.
fn next(heap: &mut BinaryHeap<(u32, Reverse<u32>)>, gains: &[u32]) -> Option<u32> {
    while let Some((gain, Reverse(person))) = heap.pop() {
        let now = gains[person as usize];
        if now == gain {
            return Some(person);
        }
        if now > 0 {
            heap.push((now, Reverse(person)));
        }
    }
    None
}

/// What the best `count` people would add, were their sets all different.
fn most(gains: &[u32], count: usize) -> u64 {
    let mut best = gains.to_vec();
    if best.len() > count {
        best.select_nth_unstable_by_key(count, |gain| Reverse(*gain));
        best.truncate(count);
    }
    best.into_iter().map(u64::from).sum()
}
