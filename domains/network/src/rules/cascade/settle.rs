//! Subtree sizes at the end of a batch: all people who joined in it climb together, so a stretch of ancestors is walked once
//! however many joined below it, and a chain of a million takes one pass.

use super::forest::{Forest, Mark, NONE, State};
use crate::rules::graph::subtree::subtree_sizes;

/// One person on the way from those who joined up to the roots.
#[derive(Clone, Debug)]
pub(super) struct Step {
    node: u32,
    size: u32,
    more: u32,
    /// Place of the one above; [`NONE`] for a root.
    up: u32,
    /// How many right below are still to come; [`NONE`] once it is done.
    open: u32,
}

/// So many who joined are looked at together, and so many above each.
const TOGETHER: usize = 32;
const GLANCES: usize = 6;

/// A way longer than this gives its room back.
const WAY_KEPT: usize = 1 << 16;

impl Forest {
    /// Brings everything that is read up to date.
    pub fn settle(&mut self) {
        self.settle_sizes();
        while let Some(index) = self.stale.pop() {
            let planted = &self.planted[index as usize];
            let mut span = planted.span.clone();
            if span.stale {
                span.renew(self.subtree(planted.root).map(|node| self.nodes[node as usize].joined_at));
            }
            let tree = &mut self.trees[index as usize];
            (tree.first_joined_at, tree.last_joined_at) = span.ends();
            self.planted[index as usize].span = span;
        }
    }

    /// Brings subtree sizes and their squares up to date.
    pub fn settle_sizes(&mut self) {
        let mut fresh = std::mem::take(&mut self.fresh);
        if fresh.len() > WAY_KEPT && fresh.len() > self.nodes.len() / 2 {
            self.size_all();
            return;
        }
        let mut way = std::mem::take(&mut self.way);
        for together in fresh.chunks(TOGETHER) {
            self.glance_above(together);
            for index in together {
                self.climb(*index, &mut way);
            }
        }
        fresh.clear();
        for place in 0..way.len() {
            // Whoever is the last below somebody goes on with them.
            let mut at = place;
            while way[at].open == 0 {
                let Step { node, size, more, up, .. } = way[at];
                way[at].open = NONE;
                self.grow(node, size, more);
                let Some(above) = way.get_mut(up as usize) else { break };
                above.more += more;
                above.open -= 1;
                at = up as usize;
            }
        }
        way.clear();
        way.shrink_to(WAY_KEPT);
        fresh.shrink_to(WAY_KEPT);
        (self.way, self.fresh) = (way, fresh);
    }

    /// Reads those above several at once, so that the waits for memory pass at the same time; see `model/ahead.rs`.
    fn glance_above(&self, together: &[u32]) {
        let mut at = [NONE; TOGETHER];
        at[..together.len()].copy_from_slice(together);
        for _ in 0..GLANCES {
            for node in &mut at {
                *node = match self.nodes.get(*node as usize) {
                    Some(here) if !here.is(Mark::OnWay) => here.parent,
                    _ => NONE,
                };
            }
        }
        std::hint::black_box(at);
    }

    /// Puts somebody who joined on the way, and all above who are not there yet.
    fn climb(&mut self, index: u32, way: &mut Vec<Step>) {
        let (mut at, mut more, mut open) = (index, 1, 0);
        loop {
            let node = &mut self.nodes[at as usize];
            if node.is(Mark::OnWay) {
                // Somebody below who joined in the same batch came by here, or the one who goes on.
                let known = &mut way[node.size as usize];
                known.more += more;
                known.open += open;
                return;
            }
            node.set(Mark::OnWay, true);
            let place = way.len() as u32;
            let (size, parent) = (std::mem::replace(&mut node.size, place), node.parent);
            let up = match self.nodes.get(parent as usize) {
                None => NONE,
                Some(above) if above.is(Mark::OnWay) => above.size,
                Some(_) => place + 1,
            };
            way.push(Step { node: at, size, more, up, open });
            if up == NONE {
                return;
            }
            (at, more, open) = (parent, 0, 1);
        }
    }

    fn grow(&mut self, index: u32, before: u32, more: u32) {
        let node = &mut self.nodes[index as usize];
        node.set(Mark::OnWay, false);
        node.size = before + more;
        self.heavy.resized(index, before, node.size);
        let square = |size: u32| u128::from(size) * u128::from(size);
        if node.parent != NONE {
            self.trees[node.tree as usize].sums.squares += square(node.size) - square(before);
        }
    }

    /// The same for everybody at once.
    fn size_all(&mut self) {
        let above: Vec<u32> = self.nodes.iter().map(|node| node.parent).collect();
        for tree in &mut self.trees {
            tree.sums.squares = 0;
        }
        self.heavy.clear_sizes();
        for ((index, node), size) in (0..).zip(&mut self.nodes).zip(subtree_sizes(&above)) {
            if node.state == State::Joined {
                node.size = size;
                self.heavy.resized(index, 0, size);
                if node.parent != NONE {
                    self.trees[node.tree as usize].sums.squares += u128::from(size) * u128::from(size);
                }
            }
        }
    }
}
