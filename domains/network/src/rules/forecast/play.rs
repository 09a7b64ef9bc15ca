//! A campaign that has not begun, played from the people it is to start with.
//!
//! Whoever joins tries each of their ties once, with its chance; who answers joins after a wait like those of the past, and
//! nobody joins twice. Besides they bring people whom the network does not know: as many as people of their kind bring
//! newcomers, in proportion to what they brought themselves before. All of it times one factor a run: some campaigns catch
//! and others do not.

use std::{cmp::Reverse, collections::BinaryHeap, panic::resume_unwind, thread};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    chance::{gamma, poisson},
    habits::{Habits, next_kind},
    onward::ADDED_MAX,
};
use crate::rules::{
    record::Record,
    seeds::{Going, Influence},
};

/// The kind of whoever starts: a person, as those are whom a root brings.
const SEED_KIND: usize = 1;

/// What is played.
#[derive(Clone, Copy)]
pub struct Play<'a> {
    /// Who may win whom, by node.
    pub graph: &'a Influence,
    /// How people pass things on.
    pub habits: &'a Habits,
    /// Share of those who come whom the sharer did not know.
    pub newcomers: f64,
    /// Who starts.
    pub seeds: &'a [u32],
    /// By node: what they did in the past.
    pub record: &'a [Record],
    /// By node: a fan already.
    pub fan: &'a [bool],
    /// By node: at home where.
    pub home: &'a [u32],
    /// By home: the share of those who come that become fans.
    pub fans: &'a [f64],
    /// By how much people are asked more, or answer more, than in the past: 1 is as ever.
    pub lift: f64,
    /// At which hours to count, ascending; the last is where it ends.
    pub hours: &'a [f64],
    /// How often to play.
    pub runs: u32,
    /// The same seed, the same answer.
    pub seed: u64,
    /// On how many threads; the answer does not depend on it.
    pub threads: usize,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// People at each hour, the seeds included.
    pub people: Vec<u32>,
    /// Fans won at each hour: people who were none before.
    pub fans: Vec<u32>,
    /// People by home at the end.
    pub people_at: Vec<u32>,
    /// Fans won by home at the end.
    pub fans_at: Vec<u32>,
    /// People whom the network did not know.
    pub newcomers: u32,
}

/// Plays, run by run. Nothing when it was stopped.
#[must_use]
pub fn play(asked: &Play<'_>, going: &Going<'_>) -> Option<Vec<Run>> {
    const WAVE: u32 = 64;
    let mut runs = Vec::with_capacity(asked.runs as usize);
    while (runs.len() as u32) < asked.runs {
        let from = runs.len() as u32;
        let wave: Vec<u32> = (from..(from + WAVE).min(asked.runs)).collect();
        let share = wave.len().div_ceil(asked.threads.max(1)).max(1);
        let done = thread::scope(|scope| {
            let one = |part: &[u32]| {
                let mut stage = Stage::new(asked);
                part.iter().map(|run| stage.run(*run)).collect::<Vec<_>>()
            };
            let workers: Vec<_> = wave.chunks(share).map(|part| scope.spawn(move || one(part))).collect();
            let runs = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            runs.flatten().collect::<Vec<Run>>()
        });
        runs.extend(done);
        if !going(runs.len() as f64 / f64::from(asked.runs)) {
            return None;
        }
    }
    Some(runs)
}

/// Somebody who has joined, or is about to.
#[derive(Clone, Copy, PartialEq)]
struct Coming {
    at: f64,
    /// Nobody the network knows: no node.
    node: Option<u32>,
    kind: usize,
    home: u32,
}

impl Eq for Coming {}

impl PartialOrd for Coming {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Coming {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.total_cmp(&other.at).then(self.node.cmp(&other.node)).then(self.home.cmp(&other.home))
    }
}

struct Stage<'a> {
    asked: &'a Play<'a>,
    end: f64,
    factor_max: f64,
    /// In which run somebody joined last, from 1.
    joined: Vec<u32>,
    coming: BinaryHeap<Reverse<Coming>>,
}

impl<'a> Stage<'a> {
    fn new(asked: &'a Play<'a>) -> Self {
        Self {
            asked,
            end: asked.hours.last().copied().unwrap_or(0.0),
            factor_max: asked.habits.factor_max(),
            joined: vec![0; asked.graph.people() as usize],
            coming: BinaryHeap::new(),
        }
    }

    fn run(&mut self, number: u32) -> Run {
        let asked = self.asked;
        let mut rng = ChaCha8Rng::seed_from_u64(asked.seed);
        rng.set_stream(u64::from(number));
        let alike = asked.habits.alike;
        let factor = (gamma(&mut rng, alike) / alike * asked.lift).min(self.factor_max.max(asked.lift));
        let steps = asked.hours.len();
        let mut run = Run {
            people: vec![0; steps],
            fans: vec![0; steps],
            people_at: vec![0; asked.fans.len()],
            fans_at: vec![0; asked.fans.len()],
            newcomers: 0,
        };
        self.coming.clear();
        for seed in asked.seeds {
            let home = asked.home[*seed as usize];
            self.coming.push(Reverse(Coming { at: 0.0, node: Some(*seed), kind: SEED_KIND, home }));
        }
        let mut left = ADDED_MAX;
        while let Some(Reverse(who)) = self.coming.pop() {
            if let Some(node) = who.node
                && std::mem::replace(&mut self.joined[node as usize], number + 1) == number + 1
            {
                continue;
            }
            let hour = asked.hours.partition_point(|hour| *hour < who.at).min(steps - 1);
            run.people[hour] += 1;
            run.people_at[who.home as usize] += 1;
            run.newcomers += u32::from(who.node.is_none());
            let was_fan = who.node.is_some_and(|node| asked.fan[node as usize]);
            if !was_fan && rng.random::<f64>() < asked.fans[who.home as usize] {
                run.fans[hour] += 1;
                run.fans_at[who.home as usize] += 1;
            }
            left -= 1;
            if left == 0 {
                break;
            }
            self.pass_on(who, factor, &mut rng);
        }
        for step in 1..steps {
            run.people[step] += run.people[step - 1];
            run.fans[step] += run.fans[step - 1];
        }
        run
    }

    fn pass_on(&mut self, who: Coming, factor: f64, rng: &mut ChaCha8Rng) {
        let asked = self.asked;
        let (own, waits) = (asked.habits.offspring[who.kind], &asked.habits.waits[who.kind]);
        let kind = next_kind(who.kind);
        if let Some(node) = who.node {
            for (other, chance) in asked.graph.wins(node) {
                if self.joined[other as usize] != 0 && self.joined[other as usize] == self.joined[node as usize] {
                    continue;
                }
                let at = if rng.random::<f64>() < chance * factor { who.at + waits.at(rng.random()) } else { continue };
                if at <= self.end {
                    let home = asked.home[other as usize];
                    self.coming.push(Reverse(Coming { at, node: Some(other), kind, home }));
                }
            }
        }
        let record = who.node.map(|node| asked.record[node as usize]).unwrap_or_default();
        // Who brought many before is believed to again, in proportion to how often that was seen.
        let mean = gamma(rng, own.k + record.invites as f64) / (own.k / own.mean + f64::from(record.shares));
        let within = waits.within(self.end - who.at);
        for _ in 0..poisson(rng, mean * asked.newcomers * factor * within).min(u64::from(ADDED_MAX)) {
            let at = who.at + waits.at(within * rng.random::<f64>());
            self.coming.push(Reverse(Coming { at, node: None, kind, home: who.home }));
        }
    }
}
