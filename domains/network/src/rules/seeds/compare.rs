//! Several choices played forward side by side, on chance that chose none of them.
//!
//! A run is a world in which each edge works or not; every choice is played in the same worlds. What one choice wins more
//! than another is then told far more exactly than each alone.

use std::{panic::resume_unwind, thread};

use kernel::mix;

use super::{
    Going, Spread,
    influence::{Influence, Walk},
};

/// Worlds tallied together: sums do not depend on who plays which.
const BLOCK: u32 = 100;

/// What is to be played.
#[derive(Clone, Copy, Debug)]
pub struct Match<'a> {
    /// The choices.
    pub choices: &'a [Vec<u32>],
    /// The group of each person; empty: none.
    pub groups: &'a [u32],
    /// How many groups there are.
    pub groups_len: usize,
    /// How many worlds.
    pub worlds: u32,
    /// The same seed, the same worlds.
    pub seed: u64,
    /// On how many threads; the answer does not depend on it.
    pub threads: usize,
}

/// What a choice wins.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// People, the seeds included.
    pub people: Spread,
    /// What they count for: who would have come anyway counts for less.
    pub worth: Spread,
    /// What the first choice counts for more than this one, world by world.
    pub behind: Spread,
    /// People of each group.
    pub groups: Vec<Spread>,
}

#[derive(Clone, Default)]
struct Sum {
    total: f64,
    squares: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        self.total += value;
        self.squares += value * value;
    }

    fn join(&mut self, other: &Self) {
        self.total += other.total;
        self.squares += other.squares;
    }

    fn spread(&self, runs: f64) -> Spread {
        let mean = self.total / runs;
        let variance = (self.squares / runs - mean * mean).max(0.0) * runs / (runs - 1.0).max(1.0);
        Spread { mean, stderr: (variance / runs).sqrt() }
    }
}

/// People, worth, behind the first, then the groups.
type Tally = Vec<Sum>;

/// Plays all choices in the same worlds. Nothing when it was stopped.
#[must_use]
pub fn compare(graph: &Influence, played: &Match<'_>, going: &Going<'_>) -> Option<Vec<Outcome>> {
    const WAVE: usize = 8;
    let blocks: Vec<u32> = (0..played.worlds.div_ceil(BLOCK)).collect();
    let mut tallies = vec![vec![Sum::default(); 3 + played.groups_len]; played.choices.len()];
    for (wave, part) in blocks.chunks(WAVE).enumerate() {
        let share = part.len().div_ceil(played.threads.max(1)).max(1);
        let done = thread::scope(|scope| {
            let workers: Vec<_> =
                part.chunks(share).map(|part| scope.spawn(move || block_by_block(graph, played, part))).collect();
            let join =
                |worker: thread::ScopedJoinHandle<'_, _>| worker.join().unwrap_or_else(|panic| resume_unwind(panic));
            workers.into_iter().flat_map(join).collect::<Vec<Vec<Tally>>>()
        });
        // In the order of the blocks, so that sums of fractions come out the same.
        for block in done {
            for (all, own) in tallies.iter_mut().zip(block) {
                all.iter_mut().zip(&own).for_each(|(all, own)| all.join(own));
            }
        }
        if !going(((wave + 1) * WAVE) as f64 / blocks.len().max(1) as f64) {
            return None;
        }
    }
    let runs = f64::from(played.worlds.max(1));
    let outcome = |tally: Tally| {
        let mut spreads = tally.iter().map(|sum| sum.spread(runs));
        let mut next = || spreads.next().unwrap_or(Spread { mean: 0.0, stderr: 0.0 });
        let (people, worth, behind) = (next(), next(), next());
        Outcome { people, worth, behind, groups: spreads.collect() }
    };
    Some(tallies.into_iter().map(outcome).collect())
}

fn block_by_block(graph: &Influence, played: &Match<'_>, blocks: &[u32]) -> Vec<Vec<Tally>> {
    let mut walk = Walk::new(graph);
    let mut in_group = vec![0_u32; played.groups_len];
    let mut block = |block: &u32| {
        let mut tallies = vec![vec![Sum::default(); 3 + played.groups_len]; played.choices.len()];
        for world in block * BLOCK..((block + 1) * BLOCK).min(played.worlds) {
            let world = mix(played.seed ^ mix(u64::from(world) + 1));
            let mut first = 0.0;
            for (choice, tally) in played
                .choices
                .iter()
                .zip(&mut tallies)
                .enumerate()
                .map(|(place, (people, tally))| ((place, people), tally))
            {
                let (place, people) = choice;
                in_group.fill(0);
                let won = walk.in_world(people, world);
                let worth: f64 = won.iter().map(|person| graph.worth_of(*person)).sum();
                for person in won {
                    if let Some(group) =
                        played.groups.get(*person as usize).and_then(|group| in_group.get_mut(*group as usize))
                    {
                        *group += 1;
                    }
                }
                if place == 0 {
                    first = worth;
                }
                tally[0].add(won.len() as f64);
                tally[1].add(worth);
                tally[2].add(first - worth);
                tally[3..].iter_mut().zip(&in_group).for_each(|(sum, count)| sum.add(f64::from(*count)));
            }
        }
        tallies
    };
    blocks.iter().map(&mut block).collect()
}
