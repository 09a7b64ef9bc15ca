//! Reverse reachable sets.
//!
//! A person drawn by lot together with everybody who would have won them: whoever is in many such sets wins many people.
//! The share of sets that some seeds are in, times the number of people, is their expected spread, without a bias.

use std::{ops::Range, panic::resume_unwind, thread};

use super::{
    Going,
    influence::{Influence, Walk, block_rng},
};

/// Sets drawn from one seed of chance.
const BLOCK: usize = 4096;
/// Blocks drawn at most before it is asked whether to go on.
const WAVE: usize = 64;

/// Many sets, one after the other.
#[derive(Default)]
pub(super) struct Sets {
    /// Where each set ends.
    ends: Vec<u64>,
    members: Vec<u32>,
}

impl Sets {
    /// Draws sets until there are `count`, or until their members are too many to keep. The stream tells independent
    /// samples apart. Nothing when it was stopped: `going` hears which share is done, and says whether to go on.
    pub(super) fn grow(&mut self, graph: &Influence, count: usize, draw: &Draw, going: &Going<'_>) -> Option<()> {
        let (begun, last) = (self.len() / BLOCK, count.div_ceil(BLOCK));
        let mut from = begun;
        while from < last && self.members.len() < draw.members_max {
            // Where sets are large few fit: as many blocks as the last ones say, and two to find out.
            let a_block = self.members.len().div_ceil(from.max(1)).max(1);
            let room = if from == 0 { 2 } else { (draw.members_max - self.members.len()).div_ceil(a_block) };
            let to = (from + room.min(WAVE)).min(last);
            self.draw(graph, from..to, draw);
            from = to;
            if !going((from - begun) as f64 / (last - begun) as f64) {
                return None;
            }
        }
        Some(())
    }

    fn draw(&mut self, graph: &Influence, blocks: Range<usize>, draw: &Draw) {
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

    pub(super) fn of(&self, set: usize) -> &[u32] {
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
    pub(super) fn by_person(&self, people: u32) -> (Vec<u64>, Vec<u32>) {
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
    /// Members kept at most: 8 bytes each while it is chosen, and about 8 more a set.
    pub(super) members_max: usize,
}
