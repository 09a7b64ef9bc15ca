//! Betweenness: on how many shortest ways somebody stands. Summed over the ways from some sources; over all nodes as sources
//! it is exact (every pair counted from both ends), over a sample it is an estimate of that share.

use super::{adjacency::Walk, threads::ranges};

const UNSEEN: u32 = u32::MAX;

/// Per node the share of shortest ways from the sources to everybody else that lead through it, added up. The same for the
/// same number of threads.
#[must_use]
pub fn betweenness(graph: &impl Walk, sources: &[u32], threads: usize) -> Vec<f64> {
    let part = |sources: &[u32]| {
        let mut search = Search::new(graph.nodes());
        for source in sources {
            search.add(graph, *source);
        }
        search.sum
    };
    let parts: Vec<Vec<f64>> = std::thread::scope(|scope| {
        let parts = ranges(sources.len(), threads);
        let searching: Vec<_> = parts.into_iter().map(|range| scope.spawn(move || part(&sources[range]))).collect();
        searching.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let add = |mut sum: Vec<f64>, part: Vec<f64>| {
        sum.iter_mut().zip(part).for_each(|(sum, more)| *sum += more);
        sum
    };
    parts.into_iter().reduce(add).unwrap_or_default()
}

/// Brandes: circles outwards counting ways, then back inwards sharing them out.
struct Search {
    circle: Vec<u32>,
    ways: Vec<f64>,
    /// What a node hands to each way of its own: (1 + share) / ways.
    handed: Vec<f64>,
    order: Vec<u32>,
    sum: Vec<f64>,
}

impl Search {
    fn new(nodes: usize) -> Self {
        let zeros = || vec![0.0; nodes];
        Self { circle: vec![UNSEEN; nodes], ways: zeros(), handed: zeros(), order: Vec::new(), sum: zeros() }
    }

    fn add(&mut self, graph: &impl Walk, source: u32) {
        self.order.clear();
        self.order.push(source);
        self.circle.fill(UNSEEN);
        self.circle[source as usize] = 0;
        self.ways[source as usize] = 1.0;
        let mut next = 0;
        while let Some(&node) = self.order.get(next) {
            next += 1;
            let (circle, ways) = (self.circle[node as usize] + 1, self.ways[node as usize]);
            for &other in graph.beside(node) {
                let seen = &mut self.circle[other as usize];
                if *seen == UNSEEN {
                    *seen = circle;
                    self.ways[other as usize] = ways;
                    self.order.push(other);
                } else if *seen == circle {
                    self.ways[other as usize] += ways;
                }
            }
        }
        self.share_out(graph);
    }

    fn share_out(&mut self, graph: &impl Walk) {
        for &node in self.order[1..].iter().rev() {
            let outer = self.circle[node as usize] + 1;
            let mut handed = 0.0;
            for &other in graph.beside(node) {
                if self.circle[other as usize] == outer {
                    handed += self.handed[other as usize];
                }
            }
            let ways = self.ways[node as usize];
            let share = ways * handed;
            self.sum[node as usize] += share;
            self.handed[node as usize] = (1.0 + share) / ways;
        }
    }
}
