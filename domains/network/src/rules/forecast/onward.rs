//! A tree as it was seen at some hour, played on to a later one, many times.
//!
//! What somebody will still bring follows from what they brought so far: with a Gamma of shape `k` before, the mean of
//! whoever brought `c` people while a share `F` of their waits could show is Gamma of shape `k + c` and rate `k/mean + F`.
//! People of the same kind and about the same age have the same rate, so their means can be added up and drawn as one.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    chance::{gamma, poisson},
    habits::{Habits, KINDS, NONE, Tree, next_kind},
};

/// No run adds more people than this: a campaign that would is told as at least so many.
pub const ADDED_MAX: u32 = 100_000;
/// Age classes a doubling of the age.
const CLASSES: f64 = 3.0;

/// People of one kind and about one age.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    kind: usize,
    shape: f64,
    people: f64,
    joined_h: f64,
}

/// What is asked of the future.
#[derive(Clone, Copy, Debug)]
pub struct Onward<'a> {
    /// What was seen, until [`Tree::watched_h`].
    pub seen: &'a Tree,
    /// At which hours to count, ascending; the last is where it ends.
    pub hours: &'a [f64],
    /// By how much people are believed to bring more from now on than they would: 1 is as ever.
    pub lift: f64,
    /// How often to play.
    pub runs: u32,
    /// The same seed, the same answer.
    pub seed: u64,
}

/// How many people there are at each hour, run by run: `[hour][run]`, those seen included.
#[must_use]
pub fn onward(habits: &Habits, asked: &Onward<'_>) -> Vec<Vec<u32>> {
    let Some(end) = asked.hours.last().copied() else { return Vec::new() };
    let seen = asked.seen;
    let (buckets, mood) = (buckets(seen), mood(habits, seen));
    let factor_max = habits.factor_max();
    let mut rng = ChaCha8Rng::seed_from_u64(asked.seed);
    let mut counts = vec![Vec::with_capacity(asked.runs as usize); asked.hours.len()];
    let mut added = vec![0_u32; asked.hours.len()];
    let mut waiting: Vec<(usize, f64)> = Vec::new();
    for _ in 0..asked.runs {
        added.fill(0);
        let factor = (gamma(&mut rng, mood.0) / mood.1).min(factor_max);
        let mut total = 0;
        let mut come = |at: f64, waiting: &mut Vec<(usize, f64)>, kind: usize| {
            // An hour is counted at its end: whoever comes at it belongs to it.
            let hour = asked.hours.partition_point(|hour| *hour < at);
            if let Some(added) = added.get_mut(hour) {
                *added += 1;
                total += 1;
                waiting.push((next_kind(kind), at));
            }
            total < ADDED_MAX
        };
        for bucket in &buckets {
            let waits = &habits.waits[bucket.kind];
            let from = waits.within(seen.watched_h - bucket.joined_h);
            let to = waits.within(end - bucket.joined_h);
            let own = habits.offspring[bucket.kind];
            let (shape, rate) = (bucket.people * own.k + bucket.shape, own.k / (own.mean * factor).max(1e-12) + from);
            let mean = gamma(&mut rng, shape) / rate * (to - from) * asked.lift;
            for _ in 0..poisson(&mut rng, mean) {
                let at = bucket.joined_h + waits.at(from + (to - from) * rng.random::<f64>());
                if !come(at.max(seen.watched_h), &mut waiting, bucket.kind) {
                    break;
                }
            }
        }
        while let Some((kind, joined)) = waiting.pop() {
            let (own, waits) = (habits.offspring[kind], &habits.waits[kind]);
            let to = waits.within(end - joined);
            let mean = gamma(&mut rng, own.k) * own.mean * factor / own.k * to * asked.lift;
            for _ in 0..poisson(&mut rng, mean) {
                if !come(joined + waits.at(to * rng.random::<f64>()), &mut waiting, kind) {
                    waiting.clear();
                    break;
                }
            }
        }
        let mut people = seen.len() as u32;
        for (counts, added) in counts.iter_mut().zip(&added) {
            people += added;
            counts.push(people);
        }
    }
    counts
}

fn buckets(seen: &Tree) -> Vec<Bucket> {
    let (kinds, children) = seen.kinds_and_children();
    let class = |age: f64| ((age * 60.0 + 1.0).log2() * CLASSES) as usize;
    let classes = class(seen.watched_h.max(0.0)) + 1;
    let mut buckets = vec![Bucket::default(); KINDS * classes];
    for place in 0..seen.len() {
        let kind = usize::from(kinds[place]);
        let age = (seen.watched_h - seen.joined_h[place]).max(0.0);
        let bucket = &mut buckets[kind * classes + class(age)];
        bucket.kind = kind;
        bucket.people += 1.0;
        bucket.shape += f64::from(children[place]);
        bucket.joined_h += seen.joined_h[place];
    }
    buckets.retain(|bucket| bucket.people > 0.0);
    for bucket in &mut buckets {
        bucket.joined_h /= bucket.people;
    }
    debug_assert!(seen.parent.first().is_none_or(|parent| *parent == NONE));
    buckets
}

/// Shape and rate of the tree's own factor, after what was seen.
fn mood(habits: &Habits, seen: &Tree) -> (f64, f64) {
    let (expected, brought) = habits.expected_and_brought(seen);
    (habits.alike + brought, habits.alike + expected)
}
