//! Stability: on whom the network hangs, and what is left of it when people leave.
//!
//! Everything is asked of the people one may see and the ties between them: a way over people out of sight is no way one
//! could walk.

mod cuts;
mod flow;
mod leave;
mod percolate;
mod report;

use super::{ground::Ground, reach::Acquaintance};

pub use self::{
    cuts::{Bridge, Cut, Cuts, cuts},
    flow::edge_flow,
    leave::{Left, Piece, leave},
    percolate::{Curve, FRACTIONS, Point, components, curve, giant_left, molloy_reed},
    report::{Figures, Report, UNIT_LOSS, UnitStability, report},
};

/// Some people of a graph and the ties between them, numbered anew in the same order.
#[derive(Clone, Debug, Default)]
pub struct Part {
    nodes: Vec<u32>,
    places: Vec<u32>,
    begins: Vec<usize>,
    others: Vec<u32>,
}

impl Part {
    /// The people for whom `within` holds.
    #[must_use]
    pub fn of(ground: &Ground, within: &[bool]) -> Self {
        let graph = &ground.graph;
        let mut part = Self { places: vec![u32::MAX; graph.len()], begins: vec![0], ..Self::default() };
        for node in (0..graph.len() as u32).filter(|node| within[*node as usize]) {
            part.places[node as usize] = part.nodes.len() as u32;
            part.nodes.push(node);
        }
        for node in &part.nodes {
            let others = graph.others(*node).iter().map(|other| part.places[*other as usize]);
            part.others.extend(others.filter(|place| *place != u32::MAX));
            part.begins.push(part.others.len());
        }
        part
    }

    /// Ties of one's own, each once, in any order.
    #[must_use]
    pub fn from_ties(people: usize, ties: &[(u32, u32)]) -> Self {
        let mut ends: Vec<(u32, u32)> = ties.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
        ends.retain(|(a, b)| a != b);
        ends.sort_unstable();
        ends.dedup();
        let nodes: Vec<u32> = (0..people as u32).collect();
        let begins = (0..=people as u32).map(|node| ends.partition_point(|end| end.0 < node)).collect();
        Self { places: nodes.clone(), nodes, begins, others: ends.into_iter().map(|end| end.1).collect() }
    }

    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many ties there are between them.
    #[must_use]
    pub fn ties_len(&self) -> usize {
        self.others.len() / 2
    }

    /// Whom somebody is tied to, in order.
    #[must_use]
    pub fn others(&self, place: u32) -> &[u32] {
        &self.others[self.begins[place as usize]..self.begins[place as usize + 1]]
    }

    /// The node of the graph at a place here.
    #[must_use]
    pub fn node(&self, place: u32) -> u32 {
        self.nodes[place as usize]
    }

    /// The place here of a node of the graph.
    #[must_use]
    pub fn place(&self, node: u32) -> Option<u32> {
        self.places.get(node as usize).copied().filter(|place| *place != u32::MAX)
    }
}

/// Everybody asks whom they are tied to, and it costs nothing: routes are counted here, not weighed.
impl Acquaintance for Part {
    fn people(&self) -> usize {
        self.len()
    }

    fn degree(&self, place: u32) -> usize {
        self.others(place).len()
    }

    fn asks(&self, place: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.others(place).iter().map(|other| (*other, 0.0))
    }

    fn asked_by(&self, place: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.asks(place)
    }
}
