//! How many there are below each node of a forest.

/// Above a root stands nobody.
pub const NOBODY: u32 = u32::MAX;

/// How many nodes each subtree has, its top included, by who stands above whom. Nodes that stand above
/// each other in a circle are no tree: each counts what hangs below it, the circle left out.
#[must_use]
pub fn subtree_sizes(above: &[u32]) -> Vec<u32> {
    // How many right below are not done yet.
    let mut open = vec![0_u32; above.len()];
    for up in above {
        if let Some(open) = open.get_mut(*up as usize) {
            *open += 1;
        }
    }
    let mut sizes = vec![1_u32; above.len()];
    for leaf in 0..above.len() {
        // A node is done when the last below it is, so each is climbed from once.
        let mut node = leaf;
        while open[node] == 0 {
            open[node] = DONE;
            let up = above[node] as usize;
            let Some(left) = open.get_mut(up) else { break };
            *left -= 1;
            sizes[up] += sizes[node];
            node = up;
        }
    }
    sizes
}

const DONE: u32 = u32::MAX;
