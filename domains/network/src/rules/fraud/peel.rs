//! FRAUDAR (Hooi et al. 2016): the block of accounts and targets that are joined most densely, where a target that everybody
//! uses counts little, so that hiding among popular things does not help.
//!
//! An edge to a target of degree d weighs 1 / ln(d + 5), with d as it was before anything was taken away. Whoever weighs least
//! is taken away, one after the other; of all stages the one with the most weight a member is the block, at least half as
//! dense as the densest there is. O(E log V) with a heap.
//!
//! The peel stops where another account would thin the block, so it misses those of a ring who used less of what the ring
//! shares. They are found afterwards: whoever has more targets of the block than chance gives them belongs to it.
//!
//! What chance gives is measured: the same accounts and targets with as many edges each, joined by lot. A block that is not
//! clearly denser than the densest of those is no finding. On dense data (everybody with a tenth of everything) the natural
//! core is the densest block, and nothing is found that means anything.

use std::{cmp::Reverse, collections::BinaryHeap};

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::edges::Edges;

/// Added to a degree, so that a target with one user does not weigh beyond all others.
const DEGREE_SHIFT: f64 = 5.0;
/// How improbable it must be that anybody at all has so many targets of a block by chance.
const GROWN_BY_CHANCE: f64 = 0.01;
/// Smaller blocks are a family with one tablet.
const ACCOUNTS_MIN: usize = 3;

/// How an edge weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighing {
    /// 1 / ln(degree of the target + 5).
    Log,
    /// 1: the plain densest block, for comparison.
    Unit,
}

/// Accounts and targets that are joined densely.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// Who, in order.
    pub accounts: Vec<u32>,
    /// What they have in common, in order.
    pub targets: Vec<u32>,
    /// Weight a member: (sum of the weights of the edges inside) / (accounts + targets).
    pub score: f64,
    /// Edges inside.
    pub edges: usize,
}

impl Block {
    /// The share of pairs of an account and a target that are joined.
    #[must_use]
    pub fn density(&self) -> f64 {
        self.edges as f64 / (self.accounts.len() * self.targets.len()).max(1) as f64
    }
}

/// How blocks are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// How many at most.
    pub blocks: usize,
    /// How many times the lots are drawn.
    pub nulls: u32,
    /// How many times as dense as the densest by lot a block must be.
    pub margin: f64,
    /// The seed of the lots.
    pub seed: u64,
}

impl Default for Search {
    fn default() -> Self {
        Self { blocks: 16, nulls: 3, margin: 1.2, seed: 1 }
    }
}

/// What was found, and what it was measured against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The densest first.
    pub blocks: Vec<Block>,
    /// The score of the densest block by lot.
    pub null: f64,
}

/// Blocks clearly denser than chance, one after the other: the edges of each are taken away before the next is looked for.
#[must_use]
pub fn blocks(edges: &Edges, search: &Search) -> Found {
    let weights = weights(edges, Weighing::Log);
    let null = null(edges, search);
    let mut found = Found { blocks: Vec::new(), null };
    let mut left = edges.clone();
    while found.blocks.len() < search.blocks {
        let core = peel_weighted(&left, &weights);
        if core.accounts.len() < ACCOUNTS_MIN || core.score <= null * search.margin {
            break;
        }
        let grown = grow(&left, core);
        left = left.without(&grown.accounts, &grown.targets);
        found.blocks.push(grown);
    }
    found
}

/// The densest block as the greedy peel finds it.
#[must_use]
pub fn peel(edges: &Edges, weighing: Weighing) -> Block {
    peel_weighted(edges, &weights(edges, weighing))
}

/// A block with everybody who has more of its targets than chance gives them.
#[must_use]
pub fn grow(edges: &Edges, mut block: Block) -> Block {
    let mut inside = vec![false; edges.accounts() as usize];
    block.accounts.iter().for_each(|account| inside[*account as usize] = true);
    let mut of_block = vec![0_u32; edges.accounts() as usize];
    for target in &block.targets {
        for account in edges.accounts_of(*target) {
            of_block[*account as usize] += 1;
        }
    }
    let outside = |account: u32| !inside[account as usize] && of_block[account as usize] > 0;
    let strangers: Vec<u32> = (0..edges.accounts()).filter(|account| outside(*account)).collect();
    let theirs: u32 = strangers.iter().map(|account| of_block[*account as usize]).sum();
    let share = f64::from(theirs) / edges.len().max(1) as f64;
    let rare = GROWN_BY_CHANCE / f64::from(edges.accounts().max(1));
    for account in strangers {
        let (shared, expected) = (of_block[account as usize], edges.targets_of(account).len() as f64 * share);
        if shared >= 2 && at_least(shared, expected) < rare {
            block.accounts.push(account);
            block.edges += shared as usize;
        }
    }
    block.accounts.sort_unstable();
    block
}

/// The score of the densest block when as many edges of each account and target are joined by lot.
fn null(edges: &Edges, search: &Search) -> f64 {
    let mut lots = ChaCha8Rng::seed_from_u64(search.seed);
    let (accounts, mut targets): (Vec<u32>, Vec<u32>) = edges.iter().unzip();
    let score = |_| {
        targets.shuffle(&mut lots);
        let joined = accounts.iter().copied().zip(targets.iter().copied()).collect();
        peel(&Edges::new(edges.accounts(), edges.targets(), joined), Weighing::Log).score
    };
    (0..search.nulls).map(score).fold(0.0, f64::max)
}

/// Of a Poisson number with this mean: how probable it is to be at least `count`.
fn at_least(count: u32, mean: f64) -> f64 {
    // The terms from `count` on: each is the one before times mean / k.
    let mut term = (1..=count).fold((-mean).exp(), |term, k| term * mean / f64::from(k));
    let mut sum = 0.0;
    for k in count + 1..count + 64 {
        sum += term;
        term *= mean / f64::from(k);
    }
    sum.min(1.0)
}

fn weights(edges: &Edges, weighing: Weighing) -> Vec<f64> {
    let weight = |target| match weighing {
        Weighing::Log => 1.0 / (edges.accounts_of(target).len() as f64 + DEGREE_SHIFT).ln(),
        Weighing::Unit => 1.0,
    };
    (0..edges.targets()).map(weight).collect()
}

/// Positive weights are in the order of their bits.
fn key(weight: f64) -> u64 {
    weight.max(0.0).to_bits()
}

/// Accounts are nodes from 0, targets follow them.
fn peel_weighted(edges: &Edges, weights: &[f64]) -> Block {
    let accounts = edges.accounts();
    let weigh = |node: u32| -> f64 {
        match node.checked_sub(accounts) {
            None => edges.targets_of(node).iter().map(|target| weights[*target as usize]).sum(),
            Some(target) => weights[target as usize] * edges.accounts_of(target).len() as f64,
        }
    };
    let nodes = accounts + edges.targets();
    let mut load: Vec<f64> = (0..nodes).map(weigh).collect();
    let mut left: Vec<bool> = load.iter().map(|load| *load > 0.0).collect();
    let mut count = left.iter().filter(|left| **left).count();
    let mut total: f64 = load[..accounts as usize].iter().sum();
    let joined = (0..nodes).filter(|node| left[*node as usize]);
    let mut heap: BinaryHeap<Reverse<(u64, u32)>> =
        joined.map(|node| Reverse((key(load[node as usize]), node))).collect();
    let mut taken = Vec::with_capacity(count);
    let (mut best, mut best_taken) = (if count > 0 { total / count as f64 } else { 0.0 }, 0);
    while let Some(Reverse((weight, node))) = heap.pop() {
        if !left[node as usize] || weight != key(load[node as usize]) {
            continue;
        }
        left[node as usize] = false;
        taken.push(node);
        total -= load[node as usize];
        count -= 1;
        let (others, shift) = match node.checked_sub(accounts) {
            None => (edges.targets_of(node), accounts),
            Some(target) => (edges.accounts_of(target), 0),
        };
        for other in others {
            let target = if shift > 0 { *other } else { node - accounts };
            let place = (other + shift) as usize;
            if left[place] {
                load[place] -= weights[target as usize];
                heap.push(Reverse((key(load[place]), other + shift)));
            }
        }
        if count > 0 && total / count as f64 > best {
            (best, best_taken) = (total / count as f64, taken.len());
        }
    }
    block(edges, weights, &taken[best_taken..])
}

fn block(edges: &Edges, weights: &[f64], members: &[u32]) -> Block {
    let accounts = edges.accounts();
    let mut block = Block::default();
    for node in members {
        match node.checked_sub(accounts) {
            None => block.accounts.push(*node),
            Some(target) => block.targets.push(target),
        }
    }
    block.accounts.sort_unstable();
    block.targets.sort_unstable();
    let inside = |target: &&u32| block.targets.binary_search(target).is_ok();
    let mut weight = 0.0;
    for account in &block.accounts {
        for target in edges.targets_of(*account).iter().filter(inside) {
            weight += weights[*target as usize];
            block.edges += 1;
        }
    }
    block.score = weight / members.len().max(1) as f64;
    block
}
