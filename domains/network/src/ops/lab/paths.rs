//! How fast routes are found on a large graph, and how well alternatives do without whoever refuses.

use std::io::BufRead;

use kernel::Clock;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::{
    LabError,
    graph::{self, Model},
};
use crate::rules::reach::{
    Acquaintance, HOPS_MAX, SCAN_MAX, cost,
    cuts::{ROUTES_MAX, independence},
    routes::{Route, Wanted, find},
};

/// The chances that are drawn when the graph has none: evenly between these. Their mean is that of the study whose numbers
/// the planner is held against.
const DRAWN: (f64, f64) = (0.02, 0.95);

/// Where the graph comes from.
pub enum PathsGraph<R> {
    /// A file, undirected; with chances by a model, or drawn.
    File(R, Option<Model>),
    /// So many people and ties at random, with drawn chances.
    Random {
        /// How many people.
        people: u32,
        /// How many ties.
        ties: usize,
    },
}

/// What is asked of the graph.
#[derive(Clone, Copy, Debug)]
pub struct PathsWanted {
    /// How many pairs of people.
    pub pairs: usize,
    /// At most so many hops a route.
    pub hops_max: usize,
    /// Draws pairs, chances and random ties.
    pub seed: u64,
}

impl Default for PathsWanted {
    fn default() -> Self {
        Self { pairs: 1000, hops_max: HOPS_MAX, seed: 1 }
    }
}

/// Half of the measurements are below the one, a twentieth above the other.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Spread {
    /// The middle.
    pub p50: f64,
    /// All but a twentieth.
    pub p95: f64,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct PathsReport {
    /// People in the graph.
    pub people: usize,
    /// Ties in the graph.
    pub ties: usize,
    /// Pairs that were asked about.
    pub pairs: usize,
    /// Pairs with a way of so many hops at most.
    pub reached: usize,
    /// Milliseconds the first route took.
    pub first_ms: Spread,
    /// Milliseconds the first route and three alternatives took.
    pub three_alternatives_ms: Spread,
    /// Hops of the first route, on average.
    pub hops: f64,
    /// Alternatives found, on average.
    pub alternatives: f64,
    /// Of the people on first routes, averaged by pair, the share whom some alternative does without.
    pub avoids_refusing: f64,
    /// The chance that all on the first route answer, on average.
    pub first_works: f64,
    /// Routes that share nobody, counted up to five, on average over at most 100 pairs.
    pub independent_routes: f64,
    /// Milliseconds that count took.
    pub independence_ms: Spread,
}

/// A graph with the cost of each tie from both its ends.
#[derive(Default)]
pub struct Net {
    begins: Vec<usize>,
    ends: Vec<End>,
}

#[derive(Clone, Copy, Default)]
struct End {
    other: u32,
    asks: f32,
    asked_by: f32,
}

impl Net {
    /// The ties between people, each told once, with the chance from the first to the second and back.
    #[must_use]
    pub fn of(people: usize, ties: &[(u32, u32)], chances: impl Fn(usize) -> (f64, f64)) -> Self {
        let mut begins = vec![0_usize; people + 1];
        for (one, other) in ties {
            begins[*one as usize + 1] += 1;
            begins[*other as usize + 1] += 1;
        }
        for person in 0..people {
            begins[person + 1] += begins[person];
        }
        let mut next = begins.clone();
        let mut ends = vec![End::default(); ties.len() * 2];
        for (at, &(one, other)) in ties.iter().enumerate() {
            let (there, back) = chances(at);
            let (there, back) = (cost(there) as f32, cost(back) as f32);
            for (from, end) in [
                (one, End { other, asks: there, asked_by: back }),
                (other, End { other: one, asks: back, asked_by: there }),
            ] {
                ends[next[from as usize]] = end;
                next[from as usize] += 1;
            }
        }
        Self { begins, ends }
    }

    fn of_node(&self, node: u32) -> &[End] {
        &self.ends[self.begins[node as usize]..self.begins[node as usize + 1]]
    }

    /// The cost of a way.
    #[must_use]
    pub fn cost_of(&self, nodes: &[u32]) -> f64 {
        let hop = |pair: &[u32]| {
            let found = self.of_node(pair[0]).iter().find(|end| end.other == pair[1]);
            found.map_or(f64::INFINITY, |end| f64::from(end.asks))
        };
        nodes.windows(2).map(hop).sum()
    }
}

impl Acquaintance for Net {
    fn people(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    fn degree(&self, node: u32) -> usize {
        self.of_node(node).len()
    }

    fn asks(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.of_node(node).iter().map(|end| (end.other, f64::from(end.asks)))
    }

    fn asked_by(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.of_node(node).iter().map(|end| (end.other, f64::from(end.asked_by)))
    }
}

fn drawn(chance: &mut ChaCha8Rng) -> f64 {
    chance.random_range(DRAWN.0..DRAWN.1)
}

/// Reads a file of ties that go both ways, with the ids of its people.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub fn net(reader: impl BufRead, model: Option<Model>, seed: u64) -> Result<(Net, Vec<u64>), LabError> {
    let read = graph::read(reader, model.unwrap_or(Model::Uniform(1.0)), true)?;
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    // The reader tells each tie there and back, one after the other.
    let pairs: Vec<_> = read.edges.chunks_exact(2).map(|both| (both[0].from, both[0].to)).collect();
    let chances: Vec<(f64, f64)> = match model {
        Some(_) => read.edges.chunks_exact(2).map(|both| (both[0].chance, both[1].chance)).collect(),
        None => pairs.iter().map(|_| (drawn(&mut chance), drawn(&mut chance))).collect(),
    };
    Ok((Net::of(read.ids.len(), &pairs, |at| chances[at]), read.ids))
}

fn random(people: u32, ties: usize, seed: u64) -> Net {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let pairs: Vec<(u32, u32)> = (0..ties)
        .map(|_| {
            let one = chance.random_range(0..people);
            (one, (one + chance.random_range(1..people)) % people)
        })
        .collect();
    let chances: Vec<(f32, f32)> =
        pairs.iter().map(|_| (drawn(&mut chance) as f32, drawn(&mut chance) as f32)).collect();
    Net::of(people as usize, &pairs, |at| (f64::from(chances[at].0), f64::from(chances[at].1)))
}

/// Finds routes between pairs that are drawn, and measures.
///
/// # Errors
/// [`LabError`] names the line that cannot be read, or that there are no two people.
pub fn paths<R: BufRead>(
    graph: PathsGraph<R>,
    wanted: &PathsWanted,
    clock: &dyn Clock,
) -> Result<PathsReport, LabError> {
    let net = match graph {
        PathsGraph::File(reader, model) => net(reader, model, wanted.seed)?.0,
        PathsGraph::Random { people, .. } if people < 2 => Net::default(),
        PathsGraph::Random { people, ties } => random(people, ties, wanted.seed),
    };
    if net.people() < 2 {
        return Err(LabError::Edge { line: 1, reason: "a way needs two people who are tied to somebody" });
    }
    let people = net.people() as u32;
    let mut chance = ChaCha8Rng::seed_from_u64(!wanted.seed);
    let pairs = (0..wanted.pairs).map(|_| {
        let from = chance.random_range(0..people);
        (from, (from + chance.random_range(1..people)) % people)
    });
    let pairs: Vec<_> = pairs.collect();
    Ok(measure(&net, &pairs, wanted.hops_max, clock))
}

/// Finds routes between these pairs.
#[must_use]
pub fn measure(net: &Net, pairs: &[(u32, u32)], hops_max: usize, clock: &dyn Clock) -> PathsReport {
    let mut measured = Measured::default();
    for (at, &(from, to)) in pairs.iter().enumerate() {
        let asked = Wanted { hops_max, ..Wanted::new(from, to) };
        let (ms, _) = timed(clock, || find(net, &Wanted { limit: 1, ..asked.clone() }));
        measured.first_ms.push(ms);
        let (ms, found) = timed(clock, || find(net, &asked));
        measured.all_ms.push(ms);
        if let Some((first, alternatives)) = found.routes.split_first() {
            measured.add(net, first, alternatives);
        }
        if at < 100 {
            let (ms, counted) = timed(clock, || independence(net, from, to, &[], ROUTES_MAX, SCAN_MAX));
            measured.independence_ms.push(ms);
            measured.independent.push(counted.routes.len() as f64);
        }
    }
    PathsReport {
        people: net.people(),
        ties: net.ends.len() / 2,
        pairs: pairs.len(),
        reached: measured.hops.len(),
        first_ms: spread(measured.first_ms),
        three_alternatives_ms: spread(measured.all_ms),
        hops: mean(&measured.hops),
        alternatives: mean(&measured.alternatives),
        avoids_refusing: mean(&measured.avoids),
        first_works: mean(&measured.works),
        independent_routes: mean(&measured.independent),
        independence_ms: spread(measured.independence_ms),
    }
}

#[derive(Default)]
struct Measured {
    first_ms: Vec<f64>,
    all_ms: Vec<f64>,
    hops: Vec<f64>,
    alternatives: Vec<f64>,
    avoids: Vec<f64>,
    works: Vec<f64>,
    independent: Vec<f64>,
    independence_ms: Vec<f64>,
}

impl Measured {
    fn add(&mut self, net: &Net, first: &Route, alternatives: &[Route]) {
        let hops = first.nodes.len() - 1;
        self.hops.push(hops as f64);
        self.alternatives.push(alternatives.len() as f64);
        self.works.push((cost(1.0) * hops as f64 - net.cost_of(&first.nodes)).exp());
        let between = first.between();
        if !between.is_empty() {
            let avoided = |node: &&u32| alternatives.iter().any(|route| !route.between().contains(node));
            self.avoids.push(between.iter().filter(avoided).count() as f64 / between.len() as f64);
        }
    }
}

fn timed<T>(clock: &dyn Clock, work: impl FnOnce() -> T) -> (f64, T) {
    let started = clock.now();
    let done = work();
    (clock.now().micros_since(started) as f64 / 1000.0, done)
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| values.get((values.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    Spread { p50: at(0.5), p95: at(0.95) }
}
