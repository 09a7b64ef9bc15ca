//! Who stands beside whom, and nothing else: what the analyses walk.

use std::ops::Range;

use super::threads::{each, ranges, split};

/// Whatever can be walked from node to node. Nodes are numbered densely; each end of a connection stands at both of its nodes.
pub trait Walk: Sync {
    /// How many nodes there are.
    fn nodes(&self) -> usize;
    /// Whom a node is connected to, in order, each once.
    fn beside(&self, node: u32) -> &[u32];
}

/// A plain compressed graph: four bytes an end and four a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjacency {
    /// Where the ends of a node begin; one more than there are nodes.
    begins: Vec<u32>,
    others: Vec<u32>,
}

impl Adjacency {
    /// The graph of these connections among nodes below `nodes`. Connections of a node with itself and repeats are left out.
    /// At most 4,294,967,295 ends, repeats included.
    #[must_use]
    pub fn of(nodes: usize, edges: &[(u32, u32)], threads: usize) -> Self {
        let parts = ranges(nodes, threads);
        // Two more than nodes: while rows are filled, the place after a node's own says how far its row is filled.
        let mut begins = vec![0; nodes + 2];
        // Each thread looks at the ends of its own nodes, reading all connections: reading in a row costs little.
        let counted: Vec<usize> = parts.iter().map(|part| part.end).collect();
        each(parts.iter().cloned().zip(split(&mut begins[2..], &counted)), |(part, counts)| {
            for (from, _) in ends(&part, edges) {
                counts[from] += 1;
            }
        });
        for node in 2..begins.len() {
            begins[node] += begins[node - 1];
        }
        let mut others = vec![0; begins[nodes + 1] as usize];
        let cuts: Vec<usize> = parts.iter().map(|part| begins[part.end + 1] as usize).collect();
        let rows = split(&mut others, &cuts).into_iter().zip(split(&mut begins[1..=nodes], &counted));
        each(parts.into_iter().zip(rows), |(part, (rows, filled))| fill(&part, rows, filled, edges));
        begins.pop();
        begins.shrink_to_fit();
        let mut graph = Self { begins, others };
        graph.drop_repeats();
        graph
    }

    fn drop_repeats(&mut self) {
        let (mut kept, mut begin) = (0, 0);
        for node in 0..self.nodes() {
            let end = self.begins[node + 1] as usize;
            let row = kept;
            for place in begin..end {
                let other = self.others[place];
                if kept == row || self.others[kept - 1] != other {
                    self.others[kept] = other;
                    kept += 1;
                }
            }
            begin = end;
            self.begins[node + 1] = kept as u32;
        }
        if kept < self.others.len() {
            self.others.truncate(kept);
            self.others.shrink_to_fit();
        }
    }

    /// How many connections there are.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.others.len() / 2
    }
}

impl Walk for Adjacency {
    fn nodes(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    fn beside(&self, node: u32) -> &[u32] {
        &self.others[self.begins[node as usize] as usize..self.begins[node as usize + 1] as usize]
    }
}

/// The ends at some nodes: the node's place among them, and where the connection leads.
fn ends(nodes: &Range<usize>, edges: &[(u32, u32)]) -> impl Iterator<Item = (usize, u32)> {
    let (first, count) = (nodes.start, nodes.len());
    let both = edges.iter().filter(|(one, other)| one != other).flat_map(|&(one, other)| [(one, other), (other, one)]);
    both.map(move |(from, to)| ((from as usize).wrapping_sub(first), to)).filter(move |(place, _)| *place < count)
}

/// Fills the rows of some nodes, each in order. `filled` says where each begins, and in the end where each ends.
fn fill(nodes: &Range<usize>, rows: &mut [u32], filled: &mut [u32], edges: &[(u32, u32)]) {
    let Some(first) = filled.first().copied() else { return };
    for (from, to) in ends(nodes, edges) {
        rows[(filled[from] - first) as usize] = to;
        filled[from] += 1;
    }
    let mut begin = 0;
    for end in filled {
        let end = (*end - first) as usize;
        rows[begin..end].sort_unstable();
        begin = end;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_holds_every_connection_once_at_both_ends(
            edges in prop::collection::vec((0..20_u32, 0..20_u32), 0..80),
            threads in 1..4_usize,
        ) {
            let graph = Adjacency::of(20, &edges, threads);
            let both = edges.iter().flat_map(|&(one, other)| [(one, other), (other, one)]);
            let expected: BTreeSet<(u32, u32)> = both.filter(|(one, other)| one != other).collect();
            let found: Vec<(u32, u32)> =
                (0..20).flat_map(|node| graph.beside(node).iter().map(move |other| (node, *other))).collect();
            prop_assert_eq!(graph.edges() * 2, found.len());
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
