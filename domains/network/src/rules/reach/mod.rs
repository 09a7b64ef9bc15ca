//! Through whom one person can get to another, and what comes of asking.
//!
//! A route is worth what its ties are: each person on it answers with a chance, and every further person asked is a
//! nuisance, so a hop costs −ln(chance) + [`HOP_COST`]. The first route is the most reliable of up to [`HOPS_MAX`] hops;
//! further ones are sought again with [`USED_COST`] on everybody who was used before, because what fails is a person who
//! says no, and then the next route must do without them.

pub mod balance;
pub mod cuts;
pub mod memory;
pub mod routes;
mod search;
pub mod words;

use kernel::Timestamp;

use super::graph::Graph;

/// Nobody asks farther than friends of friends of friends of friends.
pub const HOPS_MAX: usize = 5;
/// An alternative may go round somebody by so many hops more, when there is no shorter way without them.
pub const DETOUR_HOPS: usize = 3;
/// What it costs to ask one more person, whoever it is: a fifth of those asked are tired of it.
pub const HOP_COST: f64 = 0.223;
/// What it costs an alternative to go through somebody who is on an earlier route.
pub const USED_COST: f64 = 3.0;
/// Ties looked at before a search gives up: some tens of milliseconds.
pub const SCAN_MAX: u64 = 2_000_000;
/// A chance below this is no chance: its cost stays finite.
const CHANCE_MIN: f64 = 1e-6;

/// Who can ask whom, and how likely they answer. Nodes are numbered densely.
pub trait Acquaintance {
    /// How many people there are.
    fn people(&self) -> usize;

    /// How many people `node` is tied to.
    fn degree(&self, node: u32) -> usize;

    /// Everybody `node` can ask, and the cost of it.
    fn asks(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_;

    /// Everybody who can ask `node`, and the cost of it.
    fn asked_by(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_;
}

/// The cost of a hop over a tie.
#[must_use]
pub fn cost(chance: f64) -> f64 {
    HOP_COST - chance.clamp(CHANCE_MIN, 1.0).ln()
}

/// The chance that everybody on a route answers, from the chances of its ties.
#[must_use]
pub fn together(chances: impl IntoIterator<Item = f64>) -> f64 {
    chances.into_iter().product()
}

/// A workspace's graph with the chances of one moment.
#[derive(Clone, Copy, Debug)]
pub struct AsOf<'a> {
    /// Who is tied to whom.
    pub graph: &'a Graph,
    /// When.
    pub at: Timestamp,
}

impl Acquaintance for AsOf<'_> {
    fn people(&self) -> usize {
        self.graph.len()
    }

    fn degree(&self, node: u32) -> usize {
        self.graph.others(node).len()
    }

    fn asks(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.graph.ties(node).map(|(other, tie)| (other, cost(tie.chance(self.at))))
    }

    fn asked_by(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.graph.ties(node).map(|(other, tie)| (other, cost(tie.turned().chance(self.at))))
    }
}
