//! Who may win whom over: a directed graph with a chance per edge (independent cascade model).
//!
//! Everybody won over tries once with each neighbour, and wins them with the chance of the edge. Both directions are kept as
//! flat lists, because seeds are sought against the edges (who could have reached this person?) and checked along them.

use kernel::mix;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One edge: `from` wins `to` with this chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Who tries.
    pub from: u32,
    /// With whom.
    pub to: u32,
    /// How often it works, 0 to 1.
    pub chance: f64,
}

/// The other end of an edge. A draw of 32 bits up to `limit` is a success, so a chance of 1 never fails.
#[derive(Clone, Copy, Default)]
struct End {
    other: u32,
    limit: u32,
}

/// The ends of all edges, person by person.
struct Lists {
    starts: Vec<u32>,
    ends: Vec<End>,
}

impl Lists {
    fn new(people: u32, edges: &[Edge], sides: impl Fn(&Edge) -> (u32, u32)) -> Self {
        let mut starts = vec![0_u32; people as usize + 1];
        for edge in edges {
            starts[sides(edge).0 as usize + 1] += 1;
        }
        for person in 0..people as usize {
            starts[person + 1] += starts[person];
        }
        let mut next = starts.clone();
        let mut ends = vec![End::default(); edges.len()];
        for edge in edges {
            let (one, other) = sides(edge);
            let place = &mut next[one as usize];
            ends[*place as usize] = End { other, limit: limit(edge.chance) };
            *place += 1;
        }
        Self { starts, ends }
    }

    fn of(&self, person: u32) -> &[End] {
        let person = person as usize;
        &self.ends[self.starts[person] as usize..self.starts[person + 1] as usize]
    }
}

/// So that a person is drawn after a few thousand tries even if nobody counts for much.
const WORTH_MIN: f64 = 0.001;

fn limit(chance: f64) -> u32 {
    // 2³² outcomes, of which `chance` many are successes: 0..=limit.
    (chance * 4_294_967_296.0 - 1.0).clamp(0.0, f64::from(u32::MAX)) as u32
}

/// Who may win whom over, and what each is worth.
pub struct Influence {
    people: u32,
    into: Lists,
    out: Lists,
    /// By person, as limits of a draw; empty when everybody counts as one.
    worth: Vec<u32>,
}

impl Influence {
    /// The graph of `people` persons, numbered from 0. Edges without a chance, to oneself or to nobody are left out.
    #[must_use]
    pub fn new(people: u32, mut edges: Vec<Edge>) -> Self {
        edges.retain(|edge| edge.chance > 0.0 && edge.from != edge.to && edge.from.max(edge.to) < people);
        let into = Lists::new(people, &edges, |edge| (edge.to, edge.from));
        let out = Lists::new(people, &edges, |edge| (edge.from, edge.to));
        Self { people, into, out, worth: Vec::new() }
    }

    /// The same, but winning somebody counts for so much, 0 to 1. Nobody counts for nothing at all.
    #[must_use]
    pub fn worth(mut self, worth: &[f64]) -> Self {
        debug_assert!(worth.len() == self.people as usize);
        self.worth = worth.iter().map(|worth| limit(worth.max(WORTH_MIN))).collect();
        self
    }

    /// Whom somebody may win, and with which chance.
    pub fn wins(&self, person: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.out.of(person).iter().map(|end| (end.other, (f64::from(end.limit) + 1.0) / 4_294_967_296.0))
    }

    /// What winning somebody counts for.
    #[must_use]
    pub fn worth_of(&self, person: u32) -> f64 {
        self.worth.get(person as usize).map_or(1.0, |worth| (f64::from(*worth) + 1.0) / 4_294_967_296.0)
    }

    /// What winning everybody would count for.
    #[must_use]
    pub fn worth_of_all(&self) -> f64 {
        (0..self.people).map(|person| self.worth_of(person)).sum()
    }

    /// How many persons there are.
    #[must_use]
    pub const fn people(&self) -> u32 {
        self.people
    }

    /// How many edges there are.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.into.ends.len()
    }
}

/// Marks who was met in this round without clearing the marks of the last.
pub(super) struct Walk<'a> {
    graph: &'a Influence,
    met: Vec<u32>,
    round: u32,
    queue: Vec<u32>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(graph: &'a Influence) -> Self {
        Self { graph, met: vec![0; graph.people as usize], round: 0, queue: Vec::new() }
    }

    /// Everybody who would have won a person drawn by lot, the person first. Who counts for half is drawn half as often.
    pub(super) fn back(&mut self, rng: &mut ChaCha8Rng) -> &[u32] {
        let mut root = rng.random_range(0..self.graph.people);
        while self.graph.worth.get(root as usize).is_some_and(|worth| rng.next_u32() > *worth) {
            root = rng.random_range(0..self.graph.people);
        }
        self.run(&[root], &self.graph.into, rng);
        &self.queue
    }

    /// How many the seeds win, themselves included.
    pub(super) fn forward(&mut self, seeds: &[u32], rng: &mut ChaCha8Rng) -> usize {
        self.run(seeds, &self.graph.out, rng);
        self.queue.len()
    }

    /// Everybody the seeds win in one world: in it each edge works or not, whoever the seeds are.
    pub(super) fn in_world(&mut self, seeds: &[u32], world: u64) -> &[u32] {
        self.round += 1;
        self.queue.clear();
        for person in seeds {
            self.meet(*person);
        }
        let lists = &self.graph.out;
        let mut next = 0;
        while let Some(person) = self.queue.get(next).copied() {
            next += 1;
            let first = u64::from(lists.starts[person as usize]);
            for (end, edge) in lists.of(person).iter().zip(first..) {
                let draw = (mix(world ^ edge.wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 32) as u32;
                if draw <= end.limit && self.met[end.other as usize] != self.round {
                    self.meet(end.other);
                }
            }
        }
        &self.queue
    }

    fn run(&mut self, from: &[u32], lists: &Lists, rng: &mut ChaCha8Rng) {
        self.round += 1;
        self.queue.clear();
        for person in from {
            self.meet(*person);
        }
        let mut next = 0;
        while let Some(person) = self.queue.get(next).copied() {
            next += 1;
            for end in lists.of(person) {
                if rng.next_u32() <= end.limit && self.met[end.other as usize] != self.round {
                    self.meet(end.other);
                }
            }
        }
    }

    fn meet(&mut self, person: u32) {
        if std::mem::replace(&mut self.met[person as usize], self.round) != self.round {
            self.queue.push(person);
        }
    }
}

/// Chance of one block of draws: the same whoever runs the block, so that results do not depend on the number of threads.
pub(super) fn block_rng(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// The expected spread, by running through every outcome of every edge.
#[cfg(test)]
pub(crate) fn exact(people: u32, edges: &[Edge], seeds: &[u32]) -> f64 {
    (0..1_u32 << edges.len())
        .map(|world| {
            let works = |index: usize| world >> index & 1 == 1;
            let likely: f64 = edges
                .iter()
                .enumerate()
                .map(|(index, edge)| if works(index) { edge.chance } else { 1.0 - edge.chance })
                .product();
            let mut won: Vec<bool> = (0..people).map(|person| seeds.contains(&person)).collect();
            for _ in 0..people {
                for (index, edge) in edges.iter().enumerate() {
                    won[edge.to as usize] |= works(index) && won[edge.from as usize];
                }
            }
            likely * won.into_iter().filter(|won| *won).count() as f64
        })
        .sum()
}
