//! PageRank: where somebody who follows ties at random is found.
//!
//! The rank of a node is (1 − d)/n plus d times what its neighbours hand on, each the same to everybody beside it; who stands
//! beside nobody hands on to all. Ties lead both ways, so this is a symmetric system once ranks are told per tie, and conjugate
//! gradients solve it in about half the rounds of plain sweeps in place and a quarter of repeated multiplication. Threads share
//! the nodes; the answer is the same each time for the same number of threads.

use std::ops::Range;

use super::{
    adjacency::Walk,
    threads::{each, even, split},
};

/// How the ranks are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageRank {
    /// d: how often a tie is followed instead of starting anew; less than 1.
    pub damping: f64,
    /// It ends when one more multiplication would move the ranks by less than this, added up over all nodes.
    pub tolerance: f64,
    /// At most so many rounds.
    pub rounds_max: u32,
    /// How many threads take part.
    pub threads: usize,
}

impl Default for PageRank {
    fn default() -> Self {
        Self { damping: 0.85, tolerance: 1e-10, rounds_max: 200, threads: 1 }
    }
}

/// The ranks, which add up to 1, and what it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranks {
    /// By node.
    pub ranks: Vec<f64>,
    /// How many rounds were made.
    pub rounds: u32,
    /// Whether the tolerance was reached.
    pub settled: bool,
}

impl PageRank {
    /// The ranks of all nodes.
    #[must_use]
    pub fn of(&self, graph: &impl Walk) -> Ranks {
        let degree = |node: usize| graph.beside(node as u32).len();
        let parts = even((0..graph.nodes()).map(degree), self.threads);
        let mut solver = Solver::new(graph, self.damping, parts);
        let (mut rounds, mut settled) = (0, solver.left < self.tolerance);
        while rounds < self.rounds_max && !settled {
            solver.round();
            rounds += 1;
            settled = solver.left < self.tolerance;
        }
        let mut ranks = solver.shares;
        ranks.iter_mut().enumerate().for_each(|(node, rank)| *rank *= weight(graph, node));
        // What those who stand alone hand to all is handed as the rest is: it makes all ranks larger by the same factor.
        let sum: f64 = ranks.iter().sum();
        ranks.iter_mut().for_each(|rank| *rank /= sum);
        Ranks { ranks, rounds, settled }
    }
}

/// How many a node hands to; one that stands alone counts as one.
fn weight(graph: &impl Walk, node: usize) -> f64 {
    graph.beside(node as u32).len().max(1) as f64
}

/// Conjugate gradients for the share of its rank that a node hands to each beside it, in the inner product in which nodes
/// weigh what they have beside them.
struct Solver<'a, G> {
    graph: &'a G,
    damping: f64,
    parts: Vec<Range<usize>>,
    ends: Vec<usize>,
    shares: Vec<f64>,
    /// What the shares lack.
    lacking: Vec<f64>,
    /// Where to go next, and what that changes.
    way: Vec<f64>,
    change: Vec<f64>,
    /// Square of the length of what is lacking.
    square: f64,
    /// How far the ranks are from where one multiplication would bring them, added up.
    left: f64,
}

impl<'a, G: Walk> Solver<'a, G> {
    fn new(graph: &'a G, damping: f64, parts: Vec<Range<usize>>) -> Self {
        let nodes = graph.nodes();
        let all: f64 = (0..nodes).map(|node| weight(graph, node)).sum();
        // A walk that never starts anew hands the same over every tie: nearly the answer.
        let shares = vec![1.0 / all; nodes];
        let lacking = |node: usize| {
            let handed = if graph.beside(node as u32).is_empty() { 0.0 } else { damping / all };
            (1.0 - damping) / (nodes as f64 * weight(graph, node)) + handed - 1.0 / all
        };
        let lacking: Vec<f64> = (0..nodes).map(lacking).collect();
        let square = (0..nodes).map(|node| weight(graph, node) * lacking[node] * lacking[node]).sum();
        let left = (0..nodes).map(|node| weight(graph, node) * lacking[node].abs()).sum();
        let ends = parts.iter().map(|part| part.end).collect();
        let (way, change) = (lacking.clone(), vec![0.0; nodes]);
        Self { graph, damping, parts, ends, shares, lacking, way, change, square, left }
    }

    fn round(&mut self) {
        let along = self.look_ahead();
        if along > 0.0 {
            let before = self.square;
            self.go(self.square / along);
            self.turn(self.square / before);
        }
    }

    /// Finds what going the way changes. Answers how steep that is.
    fn look_ahead(&mut self) -> f64 {
        let (graph, damping, way) = (self.graph, self.damping, &self.way);
        let part = |(part, change): (Range<usize>, &mut [f64])| {
            let mut along = 0.0;
            for (node, change) in part.zip(change) {
                let beside = graph.beside(node as u32);
                let handed: f64 = beside.iter().map(|other| way[*other as usize]).sum();
                let weight = beside.len().max(1) as f64;
                *change = way[node] - damping * handed / weight;
                along += weight * way[node] * *change;
            }
            along
        };
        let work = self.parts.iter().cloned().zip(split(&mut self.change, &self.ends));
        each(work, part).into_iter().sum()
    }

    /// Goes so far.
    fn go(&mut self, far: f64) {
        let (graph, way, change) = (self.graph, &self.way, &self.change);
        let part = |((part, shares), lacking): ((Range<usize>, &mut [f64]), &mut [f64])| {
            let (mut square, mut left) = (0.0, 0.0);
            for ((node, share), lacking) in part.zip(shares).zip(lacking) {
                *share += far * way[node];
                *lacking -= far * change[node];
                let weight = weight(graph, node);
                square += weight * *lacking * *lacking;
                left += weight * lacking.abs();
            }
            (square, left)
        };
        let slices = split(&mut self.shares, &self.ends).into_iter().zip(split(&mut self.lacking, &self.ends));
        let work = self.parts.iter().cloned().zip(slices).map(|(part, (shares, lacking))| ((part, shares), lacking));
        let sums = each(work, part);
        (self.square, self.left) = sums.into_iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    }

    /// The next way is what is lacking, and some of the last way.
    fn turn(&mut self, some: f64) {
        let lacking = &self.lacking;
        let part = |(part, way): (Range<usize>, &mut [f64])| {
            for (way, lacking) in way.iter_mut().zip(&lacking[part]) {
                *way = lacking + some * *way;
            }
        };
        each(self.parts.iter().cloned().zip(split(&mut self.way, &self.ends)), part);
    }
}
