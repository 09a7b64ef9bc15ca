//! Everybody's place in a campaign in one pass, for whoever needs all of them at once.

use kernel::{Handle, Timestamp};

use super::{Cascade, Tree};

/// Somebody who has a place in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Who.
    pub person: Handle,
    /// When they joined.
    pub joined_at: Timestamp,
    /// How many people they brought, directly or not.
    pub reach: u32,
}

impl Cascade {
    /// Every tree with the people in it, the root first, each behind who brought them.
    pub fn placed(&self) -> impl Iterator<Item = (&Tree, impl Iterator<Item = Placed> + '_)> {
        self.forest.trees.iter().zip(&self.forest.planted).map(|(tree, planted)| {
            let placed = self.forest.subtree(planted.root).map(|index| {
                let node = &self.forest.nodes[index as usize];
                Placed { person: node.person, joined_at: node.joined_at, reach: node.size - 1 }
            });
            (tree, placed)
        })
    }
}
