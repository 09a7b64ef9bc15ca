//! With whom to start: the people whose word reaches most others, with a certificate.
//!
//! IMM (Tang, Shi and Xiao 2015, with the sets drawn anew before the choice, as Chen 2018 showed is needed) says how many
//! reverse reachable sets make the greedy choice at least 1 − 1/e − ε as good as the best with probability 1 − 1/n. That is
//! a promise made before looking. The certificate is what can be said after looking (Tang et al. 2018, OPIM-C⁺): a lower
//! bound of the choice's spread from sets it was not made on, over an upper bound of the best spread there is, each of them
//! wrong with probability 1/(2n). It holds whatever the method, and is usually far better than the promise.

mod choice;
pub mod compare;
mod influence;
mod sets;

use std::{
    f64::consts::{LN_2, SQRT_2},
    panic::resume_unwind,
    thread,
};

pub use choice::Limits;
use choice::{Cover, Room, choose};
#[cfg(test)]
pub(crate) use influence::exact;
pub use influence::{Edge, Influence};
use influence::{Walk, block_rng};
use sets::{Draw, Sets};

/// Members of sets kept in memory at most: half a gigabyte while it is chosen.
const MEMBERS_MAX: usize = 64_000_000;

/// Hears which share of a long work is done, and says whether to go on.
pub type Going<'a> = dyn Fn(f64) -> bool + Sync + 'a;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How many people to start with.
    pub count: usize,
    /// How much of the best may be lost by sampling, 0 to 1 − 1/e. Smaller is better and slower: time grows with its
    /// inverse square.
    pub epsilon: f64,
    /// The same seed, the same answer.
    pub seed: u64,
    /// On how many threads; the answer does not depend on it.
    pub threads: usize,
}

/// What can be promised of a greedy choice before looking at it, beside what sampling may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// 1 − 1/e of the best: so many people and no other limit (Nemhauser, Wolsey and Fisher 1978).
    Count,
    /// ½ of the best: caps of groups, which are a matroid (Fisher, Nemhauser and Wolsey 1978).
    Caps,
    /// ½(1 − 1/e) of the best: a budget and no other limit, the better of two greedy choices (Leskovec et al. 2007).
    Budget,
    /// Nothing: a budget with caps or a count that binds, or more sets than memory holds. The certificate alone counts.
    Nothing,
}

impl Promise {
    /// As a share of the best.
    #[must_use]
    pub fn ratio(self) -> f64 {
        let greedy = 1.0 - (-1.0_f64).exp();
        match self {
            Self::Count => greedy,
            Self::Caps => 0.5,
            Self::Budget => greedy / 2.0,
            Self::Nothing => 0.0,
        }
    }

    fn of(limits: &Limits, count: usize, most_people: usize) -> Self {
        match (limits.has_budget(), limits.has_caps()) {
            (false, false) => Self::Count,
            (false, true) => Self::Caps,
            // Fewer can be paid for than may be taken: the count says nothing more.
            (true, false) if most_people + limits.forced.len() < count => Self::Budget,
            (true, _) => Self::Nothing,
        }
    }
}

/// With whom to start.
#[derive(Clone, Debug, PartialEq)]
pub struct Seeds {
    /// Those who were forced, then best first.
    pub people: Vec<u32>,
    /// What each wins that nobody before them does, estimated on the sets of the choice.
    pub gains: Vec<f64>,
    /// The choice's spread is at least this share of the best there is within the limits, with probability 1 − 1/n.
    pub certificate: f64,
    /// What was promised before looking.
    pub promise: Promise,
    /// How many sets were drawn, all samples together.
    pub sets: u64,
}

/// The people to start with. Fewer than asked for only when more would add nothing.
#[must_use]
pub fn find(graph: &Influence, wanted: &Wanted) -> Seeds {
    plan(graph, wanted, &Limits::default(), &|_| true).expect("nobody stops it")
}

/// The people to start with, within limits. Fewer than asked for only when more would add nothing or do not fit. Nothing
/// when it was stopped.
#[must_use]
pub fn plan(graph: &Influence, wanted: &Wanted, limits: &Limits, going: &Going<'_>) -> Option<Seeds> {
    let people = graph.people();
    let count = wanted.count.min(people as usize);
    let room = Room::new(people, count, limits);
    let more = room.most_people();
    if more + limits.forced.len() == 0 {
        return Some(Seeds {
            people: Vec::new(),
            gains: Vec::new(),
            certificate: 1.0,
            promise: Promise::Count,
            sets: 0,
        });
    }
    let members_max = limits.members_max.unwrap_or(MEMBERS_MAX);
    let draw = |sample| Draw { seed: wanted.seed, sample, threads: wanted.threads, members_max };
    let mut promise = Promise::of(limits, count, more);
    let needed = Needed::new(f64::from(people), graph.worth_of_all(), more.max(1) as f64, promise, wanted.epsilon);

    // Halve the guess of the best spread until the sample bears it out.
    let mut tried = Sets::default();
    let mut least = 0.0;
    let halvings = f64::from(people).log2().ceil().max(2.0) as i32;
    for halving in 1..halvings {
        let guess = needed.worth / 2_f64.powi(halving);
        let stage = |done: f64| going(0.3 * (f64::from(halving - 1) + done) / f64::from(halvings));
        tried.grow(graph, needed.to_test(guess), &draw(0), &stage)?;
        let cover = choose(&tried, people, count, limits, false);
        let spread = share(cover.covered, &tried) * needed.worth;
        if spread >= (1.0 + needed.slack) * guess {
            least = spread / (1.0 + needed.slack);
            break;
        }
        // Whoever is chosen has at least won themselves.
        least = cover.people.iter().map(|person| graph.worth_of(*person)).sum();
    }
    let tried = tried.len();

    let mut chosen_on = Sets::default();
    chosen_on.grow(graph, needed.to_choose(least), &draw(1), &|done| going(0.3 + 0.4 * done))?;
    if chosen_on.len() < needed.to_choose(least) {
        promise = Promise::Nothing;
    }
    let cover = choose(&chosen_on, people, count, limits, true);
    let mut checked_on = Sets::default();
    checked_on.grow(graph, chosen_on.len().div_ceil(2), &draw(2), &|done| going(0.7 + 0.3 * done))?;
    let certificate = certificate(&cover, &chosen_on, &checked_on, people);
    let sets = (tried + chosen_on.len() + checked_on.len()) as u64;
    let gain = |gain: &u32| share(u64::from(*gain), &chosen_on) * needed.worth;
    Some(Seeds { gains: cover.gains.iter().map(gain).collect(), people: cover.people, certificate, promise, sets })
}

fn share(covered: u64, sets: &Sets) -> f64 {
    covered as f64 / sets.len() as f64
}

/// How many sets IMM asks for. Names in brackets are the paper's.
struct Needed {
    /// What winning everybody would count for; the paper's n, where everybody counts as one.
    worth: f64,
    /// ε′
    slack: f64,
    /// λ′
    to_test: f64,
    /// λ*
    to_choose: f64,
}

impl Needed {
    fn new(people: f64, worth: f64, count: f64, promise: Promise, epsilon: f64) -> Self {
        let ln_people = people.ln().max(LN_2);
        // Twice the risk is spread over the two phases.
        let surety = ln_people + LN_2;
        // Of choices that may also be smaller there are at most so many times more.
        let sizes = if promise == Promise::Count { 0.0 } else { count.ln_1p() };
        let choices = ln_choose(people, count) + sizes;
        let slack = SQRT_2 * epsilon;
        let tests = people.log2().max(2.0).ln();
        let to_test = (2.0 + 2.0 / 3.0 * slack) * (choices + surety + tests) * worth / (slack * slack);
        // Where nothing is promised, as many as if everything were: the certificate gains by it.
        let ratio = if promise == Promise::Nothing { Promise::Count.ratio() } else { promise.ratio() };
        let alpha = (surety + LN_2).sqrt();
        let beta = (ratio * (choices + surety + LN_2)).sqrt();
        let to_choose = 2.0 * worth * (ratio * alpha + beta).powi(2) / (epsilon * epsilon);
        Self { worth, slack, to_test, to_choose }
    }

    fn to_test(&self, guess: f64) -> usize {
        (self.to_test / guess.clamp(1e-3, self.worth)).ceil() as usize
    }

    fn to_choose(&self, least: f64) -> usize {
        (self.to_choose / least.clamp(1e-3, self.worth)).ceil() as usize
    }
}

/// ln of the number of ways to choose `count` out of `people`.
fn ln_choose(people: f64, count: f64) -> f64 {
    (0..count as u64).map(|taken| ((people - taken as f64) / (count - taken as f64)).ln()).sum()
}

fn certificate(cover: &Cover, chosen_on: &Sets, checked_on: &Sets, people: u32) -> f64 {
    let risk = (2.0 * f64::from(people)).ln();
    let seen = checked_on.covered_by(&cover.people, people) as f64;
    let least = ((seen + 2.0 * risk / 9.0).sqrt() - (risk / 2.0).sqrt()).powi(2) - risk / 18.0;
    let most = ((cover.covered_max as f64 + risk / 2.0).sqrt() + (risk / 2.0).sqrt()).powi(2);
    let ratio = (least / checked_on.len() as f64) / (most / chosen_on.len() as f64);
    ratio.clamp(0.0, 1.0)
}

/// What was counted over many runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// People won in a run, the seeds included, on average.
    pub mean: f64,
    /// Standard error of that average.
    pub stderr: f64,
}

/// Plays the seeds forward many times. On as many threads as told; the answer does not depend on it.
#[must_use]
pub fn simulate(graph: &Influence, people: &[u32], runs: u32, seed: u64, threads: usize) -> Spread {
    const BLOCK: u32 = 250;
    let blocks: Vec<u32> = (0..runs.div_ceil(BLOCK)).collect();
    let tally = |blocks: &[u32]| {
        let mut walk = Walk::new(graph);
        let (mut sum, mut squares) = (0_u64, 0_u64);
        for block in blocks {
            let mut rng = block_rng(seed, (3 << 40) | u64::from(*block));
            for _ in 0..BLOCK.min(runs - block * BLOCK) {
                let won = walk.forward(people, &mut rng) as u64;
                sum += won;
                squares += won * won;
            }
        }
        (sum, squares)
    };
    let share = blocks.len().div_ceil(threads.max(1)).max(1);
    let (sum, squares) = thread::scope(|scope| {
        let workers: Vec<_> = blocks.chunks(share).map(|share| scope.spawn(move || tally(share))).collect();
        let tallies = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        tallies.fold((0, 0), |(sum, squares), (more, more_squares)| (sum + more, squares + more_squares))
    });
    let runs = f64::from(runs.max(1));
    let mean = sum as f64 / runs;
    let variance = (squares as f64 / runs - mean * mean).max(0.0) * runs / (runs - 1.0).max(1.0);
    Spread { mean, stderr: (variance / runs).sqrt() }
}

#[cfg(test)]
mod tests;
