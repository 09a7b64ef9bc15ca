//! People who move to a tree of their own, and nodes that turn out to be somebody else's.

use kernel::Timestamp;

use super::{
    forest::{Forest, Mark, NONE, State},
    tree::Orders,
};

impl Forest {
    fn leave(&mut self, index: u32) {
        let share = self.share(index);
        let node = &self.nodes[index as usize];
        self.planted[node.tree as usize].span.leave(node.joined_at);
        self.trees[node.tree as usize].sums.leave(&share);
        if self.stale.last() != Some(&node.tree) {
            self.stale.push(node.tree);
        }
    }

    /// Takes a settled subtree from under its parent: sizes above shrink, the parent has one invite less. The caller gives it
    /// another parent, or none: by that the chain of children tells that it left.
    fn cut(&mut self, index: u32) {
        let node = &self.nodes[index as usize];
        let (parent, tree, size, joined_at) = (node.parent, node.tree as usize, node.size, node.joined_at);
        let up = &mut self.nodes[parent as usize];
        up.invites -= 1;
        let invites = up.invites;
        self.child_left(parent, invites, joined_at);
        self.trees[tree].sums.invites_changed(Some(invites + 1), Some(invites));
        let mut above = parent;
        while above != NONE {
            let node = &mut self.nodes[above as usize];
            let before = u128::from(node.size);
            node.size -= size;
            self.heavy.resized(above, node.size + size, node.size);
            let after = u128::from(node.size);
            above = node.parent;
            if above != NONE {
                self.trees[tree].sums.squares -= before * before - after * after;
            }
        }
    }

    /// Moves somebody with all below them into a tree of their own. They keep the earlier of both joining times.
    pub(super) fn uproot(&mut self, index: u32, tree: u32, at: Timestamp) {
        self.settle_sizes();
        self.cut(index);
        let below: Vec<u32> = self.subtree(index).collect();
        for &member in &below {
            self.leave(member);
        }
        let node = &mut self.nodes[index as usize];
        let depth = node.depth;
        node.parent = NONE;
        node.set(Mark::Early, false);
        node.joined_at = node.joined_at.min(at);
        for &member in &below {
            let node = &self.nodes[member as usize];
            let early = match node.parent {
                NONE => false,
                parent => node.joined_at < self.nodes[parent as usize].joined_at,
            };
            let node = &mut self.nodes[member as usize];
            node.set(Mark::Early, early);
            node.tree = tree;
            node.depth -= depth;
            self.enter(member);
        }
    }

    /// Takes out somebody without children who turned out to be somebody else: the caller books what they did to that
    /// other person. Answers with their orders.
    pub fn forget(&mut self, index: u32) -> Orders {
        if self.is_joined(index) {
            self.settle_sizes();
            self.leave(index);
            self.cut(index);
        } else {
            self.take_from_unplaced(index);
        }
        let node = &mut self.nodes[index as usize];
        self.waiting -= u32::from(node.state == State::Waiting);
        node.state = State::Gone;
        node.tree = NONE;
        node.parent = NONE;
        self.by_person.remove(node.person);
        self.drop_counts(index)
    }
}
