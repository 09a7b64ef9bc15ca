//! k-core: the largest group in which everybody stands beside at least k others of the group.

use super::adjacency::Walk;

/// The largest k of whose core each node is part: those with the fewest others left are taken away first.
#[must_use]
pub fn cores(graph: &impl Walk) -> Vec<u32> {
    let nodes = graph.nodes();
    let mut left: Vec<u32> = (0..nodes).map(|node| graph.beside(node as u32).len() as u32).collect();
    let mut order = Order::by(&left);
    for step in 0..nodes {
        let node = order.nodes[step];
        let here = left[node as usize];
        for other in graph.beside(node) {
            if left[*other as usize] > here {
                order.move_down(*other, left[*other as usize]);
                left[*other as usize] -= 1;
            }
        }
    }
    left
}

/// All nodes by how many others they have left, kept in order while that falls by ones.
struct Order {
    nodes: Vec<u32>,
    /// Where a node stands.
    places: Vec<u32>,
    /// Where the nodes with so many others left begin.
    begins: Vec<u32>,
}

impl Order {
    fn by(left: &[u32]) -> Self {
        let most = left.iter().max().map_or(0, |most| *most as usize);
        let mut begins = vec![0; most + 2];
        for left in left {
            begins[*left as usize + 1] += 1;
        }
        for left in 1..begins.len() {
            begins[left] += begins[left - 1];
        }
        let mut order = Self { nodes: vec![0; left.len()], places: vec![0; left.len()], begins: begins.clone() };
        for (node, left) in (0..).zip(left) {
            let place = &mut begins[*left as usize];
            order.put(node, *place);
            *place += 1;
        }
        order
    }

    fn put(&mut self, node: u32, place: u32) {
        self.nodes[place as usize] = node;
        self.places[node as usize] = place;
    }

    /// One with so many left goes to the others with one less: it changes places with the first of its own.
    fn move_down(&mut self, node: u32, left: u32) {
        let (place, begin) = (self.places[node as usize], self.begins[left as usize]);
        let first = self.nodes[begin as usize];
        self.put(first, place);
        self.put(node, begin);
        self.begins[left as usize] += 1;
    }
}
