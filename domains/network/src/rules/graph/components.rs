//! Who can be reached from whom at all.
//!
//! Most networks are one large component and crumbs. So the first two ties of everybody are joined first; whoever is then in
//! what is already the largest component needs no further look, for a tie out of it is seen from its other end.

use std::collections::BTreeMap;

use super::adjacency::Walk;

/// Ties of a node that are joined before the largest component is guessed.
const FIRST: usize = 2;
/// Nodes that are asked to guess it.
const ASKED: usize = 1024;

/// The component of each node, named after its first node.
#[must_use]
pub fn components(graph: &impl Walk) -> Vec<u32> {
    let nodes = graph.nodes() as u32;
    let mut sets = Sets((0..nodes).collect());
    for node in 0..nodes {
        for other in graph.beside(node).iter().take(FIRST) {
            sets.join(node, *other);
        }
    }
    let largest = sets.largest();
    for node in 0..nodes {
        let rest = graph.beside(node).get(FIRST..).unwrap_or_default();
        if !rest.is_empty() && sets.root(node) != sets.root(largest) {
            for other in rest {
                sets.join(node, *other);
            }
        }
    }
    for node in 0..nodes {
        // A root is the first of its set, so whoever is in front of this one points straight at it.
        sets.0[node as usize] = sets.0[sets.0[node as usize] as usize];
    }
    sets.0
}

/// How many nodes each component has, the largest first; equal ones by name.
#[must_use]
pub fn sizes(components: &[u32]) -> Vec<(u32, u32)> {
    let mut counts = vec![0_u32; components.len()];
    for component in components {
        counts[*component as usize] += 1;
    }
    let mut sizes: Vec<(u32, u32)> = (0..).zip(counts).filter(|(_, size)| *size > 0).collect();
    sizes.sort_unstable_by_key(|(name, size)| (std::cmp::Reverse(*size), *name));
    sizes
}

/// Disjoint sets: each node points at one of its set that is not behind it, the first of them at itself.
struct Sets(Vec<u32>);

impl Sets {
    fn root(&mut self, mut node: u32) -> u32 {
        while self.0[node as usize] != node {
            let up = self.0[self.0[node as usize] as usize];
            self.0[node as usize] = up;
            node = up;
        }
        node
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other) as usize] = one.min(other);
    }

    /// The set that most of some nodes, spread evenly, are in.
    fn largest(&mut self) -> u32 {
        let mut votes: BTreeMap<u32, u32> = BTreeMap::new();
        for node in (0..self.0.len()).step_by((self.0.len() / ASKED).max(1)) {
            *votes.entry(self.root(node as u32)).or_default() += 1;
        }
        votes.into_iter().max_by_key(|(_, votes)| *votes).map_or(0, |(root, _)| root)
    }
}
