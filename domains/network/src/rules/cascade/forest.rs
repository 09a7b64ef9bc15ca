//! The trees of a campaign and everybody's place in them.
//!
//! Nodes stand in one array and name each other by index; children are a doubly linked list. Sums of a tree are kept at
//! once, subtree sizes (and the squares of them) at the end of a batch: all people who joined in it climb together, so a
//! stretch of ancestors is walked once however many joined below it, and a chain of a million takes one pass.

use kernel::{Handle, RootOwner, Timestamp};
use rustc_hash::FxHashMap;

use super::{
    span::Span,
    tree::{Orders, Share, Sums, Tree},
};

/// No node, no touch.
pub(super) const NONE: u32 = u32::MAX;

/// Where somebody stands in the campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Heard of: as a sharer, by an order or a self share, but nobody brought them yet.
    Heard,
    /// Was touched, by people who have not joined.
    Waiting,
    /// Has a place in a tree.
    Joined,
    /// Was made one with somebody else; the node is empty.
    Gone,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub joined_at: Timestamp,
    pub person: Handle,
    pub parent: u32,
    pub tree: u32,
    pub depth: u32,
    /// People in the subtree, this one included; right once settled.
    pub size: u32,
    /// People who joined below since the last settling and are not in `size` yet.
    pub more: u32,
    pub invites: u32,
    pub touches: u32,
    pub self_shares: u32,
    /// Joined: the first child. Else: the latest touch that waits for this person.
    pub head: u32,
    pub next: u32,
    pub prev: u32,
    /// The touch that gave the place; none for a root.
    pub placed_by: u32,
    /// The latest touch received.
    pub last_received: u32,
    pub state: State,
    pub fan: bool,
    pub early: bool,
    /// Joined later than the placing touch was heard.
    pub waited: bool,
    /// Was the sharer of some touch.
    pub shared: bool,
    marked: bool,
}

/// All trees of a campaign. See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Forest {
    pub nodes: Vec<Node>,
    pub trees: Vec<Tree>,
    /// In step with `trees`.
    pub planted: Vec<Planted>,
    pub(super) by_person: FxHashMap<Handle, u32>,
    pub(super) orders: FxHashMap<u32, Orders>,
    fresh: Vec<u32>,
    path: Vec<(u32, u32)>,
    /// Trees that somebody left since the last settling.
    pub(super) stale: Vec<u32>,
    pub waiting: u32,
    pub unplaced: Unplaced,
}

/// What a tree is to the forest alone.
#[derive(Clone, Debug)]
pub(super) struct Planted {
    /// The root.
    pub root: u32,
    /// How many touches were kept before the declaration.
    pub position: u32,
    /// When they joined.
    pub span: Span,
}

/// Sums over those who have no place in any tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Unplaced {
    pub touches: u64,
    pub self_shares: u64,
    pub orders: Orders,
}

impl Forest {
    pub fn find(&self, person: Handle) -> Option<u32> {
        self.by_person.get(&person).copied()
    }

    /// The person's node, made when there is none. `fan` is asked only then.
    pub fn find_or_hear(&mut self, person: Handle, fan: impl FnOnce() -> bool) -> u32 {
        let nodes = &mut self.nodes;
        *self.by_person.entry(person).or_insert_with(|| {
            let index = nodes.len() as u32;
            nodes.push(Node {
                joined_at: Timestamp(0),
                person,
                parent: NONE,
                tree: NONE,
                depth: 0,
                size: 0,
                more: 0,
                invites: 0,
                touches: 0,
                self_shares: 0,
                head: NONE,
                next: NONE,
                prev: NONE,
                placed_by: NONE,
                last_received: NONE,
                state: State::Heard,
                fan: fan(),
                early: false,
                waited: false,
                shared: false,
                marked: false,
            });
            index
        })
    }

    pub fn is_joined(&self, node: u32) -> bool {
        self.nodes[node as usize].state == State::Joined
    }

    pub fn orders_of(&self, node: u32) -> Orders {
        self.orders.get(&node).copied().unwrap_or_default()
    }

    /// The sums the person counts in, if they have a place.
    fn sums_of(&mut self, node: u32) -> Option<&mut Sums> {
        let tree = self.nodes[node as usize].tree;
        self.trees.get_mut(tree as usize).map(|tree| &mut tree.sums)
    }

    pub fn count_touches(&mut self, node: u32, touches: u32) {
        self.nodes[node as usize].touches += touches;
        match self.sums_of(node) {
            Some(sums) => sums.touches += u64::from(touches),
            None => self.unplaced.touches += u64::from(touches),
        }
    }

    pub fn count_self_shares(&mut self, node: u32, self_shares: u32) {
        self.nodes[node as usize].self_shares += self_shares;
        match self.sums_of(node) {
            Some(sums) => sums.self_shares += u64::from(self_shares),
            None => self.unplaced.self_shares += u64::from(self_shares),
        }
    }

    pub fn count_orders(&mut self, node: u32, orders: Orders) {
        self.orders.entry(node).or_default().add(orders);
        match self.sums_of(node) {
            Some(sums) => sums.orders.add(orders),
            None => self.unplaced.orders.add(orders),
        }
    }

    /// Takes somebody's counts out of those of people without a place.
    pub(super) fn take_from_unplaced(&mut self, index: u32) {
        let orders = self.orders_of(index);
        let node = &self.nodes[index as usize];
        self.unplaced.touches -= u64::from(node.touches);
        self.unplaced.self_shares -= u64::from(node.self_shares);
        self.unplaced.orders.remove(orders);
    }

    /// Answers whether that was news.
    pub fn set_fan(&mut self, index: u32, fan: bool) -> bool {
        let node = &mut self.nodes[index as usize];
        if node.fan == fan {
            return false;
        }
        node.fan = fan;
        let depth = node.depth;
        if let Some(sums) = self.sums_of(index) {
            sums.fan_changed(depth, fan);
        }
        true
    }

    pub fn wait(&mut self, node: u32) {
        let node = &mut self.nodes[node as usize];
        if node.state == State::Heard {
            node.state = State::Waiting;
            self.waiting += 1;
        }
    }

    /// Ends the waiting of somebody who joins. Answers with the latest touch that waited for them.
    fn arrive(&mut self, index: u32) -> u32 {
        self.take_from_unplaced(index);
        let node = &mut self.nodes[index as usize];
        if node.state == State::Waiting {
            self.waiting -= 1;
            node.waited = true;
        }
        node.state = State::Joined;
        self.fresh.push(index);
        std::mem::replace(&mut node.head, NONE)
    }

    /// A person becomes the root of a new tree. Answers with the latest touch that waited for them, if they were not in
    /// a tree before.
    pub fn plant(&mut self, index: u32, owner: RootOwner, at: Timestamp, position: u32) -> Option<u32> {
        let moved = self.is_joined(index);
        let tree = self.trees.len() as u32;
        self.trees.push(Tree {
            person: self.nodes[index as usize].person,
            owner,
            declared_at: at,
            declared_again: 0,
            sums: Sums::default(),
            first_joined_at: at,
            last_joined_at: at,
        });
        self.planted.push(Planted { root: index, position, span: Span::default() });
        if moved {
            self.uproot(index, tree, at);
            return None;
        }
        let waiting = self.arrive(index);
        let node = &mut self.nodes[index as usize];
        node.tree = tree;
        node.joined_at = at;
        self.enter(index);
        Some(waiting)
    }

    /// A person joins under `parent` by a touch. Answers with the latest touch that waited for them.
    pub fn hang(&mut self, index: u32, parent: u32, touch: u32, at: Timestamp) -> u32 {
        let waiting = self.arrive(index);
        let up = &mut self.nodes[parent as usize];
        let (tree, depth, early) = (up.tree, up.depth + 1, at < up.joined_at);
        let first = std::mem::replace(&mut up.head, index);
        up.invites += 1;
        let invites = up.invites;
        if first != NONE {
            self.nodes[first as usize].prev = index;
        }
        let node = &mut self.nodes[index as usize];
        node.parent = parent;
        node.tree = tree;
        node.depth = depth;
        node.next = first;
        node.placed_by = touch;
        node.joined_at = at;
        node.early = early;
        self.trees[tree as usize].sums.invites_changed(Some(invites - 1), Some(invites));
        self.enter(index);
        waiting
    }

    /// What the person adds to their tree.
    pub(super) fn share(&self, index: u32) -> Share {
        let node = &self.nodes[index as usize];
        let size = u128::from(node.size);
        Share {
            depth: node.depth,
            fan: node.fan,
            invites: node.invites,
            touches: node.touches,
            self_shares: node.self_shares,
            early: node.early,
            orders: self.orders_of(index),
            square: if node.parent == NONE { 0 } else { size * size },
        }
    }

    pub(super) fn enter(&mut self, index: u32) {
        let share = self.share(index);
        let node = &self.nodes[index as usize];
        let (tree, joined_at) = (node.tree as usize, node.joined_at);
        let span = &mut self.planted[tree].span;
        span.enter(joined_at);
        let tree = &mut self.trees[tree];
        (tree.first_joined_at, tree.last_joined_at) = span.ends();
        tree.sums.enter(&share);
    }

    /// The person goes by another name.
    pub fn rename(&mut self, from: Handle, to: Handle) {
        if let Some(index) = self.by_person.remove(&from) {
            let node = &mut self.nodes[index as usize];
            node.person = to;
            if node.state == State::Joined && node.parent == NONE {
                self.trees[node.tree as usize].person = to;
            }
            self.by_person.insert(to, index);
        }
    }

    /// A joined person and all below them, parents before children.
    pub fn subtree(&self, top: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = Some(top);
        std::iter::from_fn(move || {
            let here = at?;
            at = self.after(here, top);
            Some(here)
        })
    }

    /// The next node of a walk through the subtree of `top`, without a stack.
    fn after(&self, here: u32, top: u32) -> Option<u32> {
        let mut node = &self.nodes[here as usize];
        if node.head != NONE {
            return Some(node.head);
        }
        let mut here = here;
        while here != top {
            if node.next != NONE {
                return Some(node.next);
            }
            here = node.parent;
            node = &self.nodes[here as usize];
        }
        None
    }

    /// The direct children, latest heard first.
    pub fn children(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.nodes[index as usize].head;
        std::iter::successors((first != NONE).then_some(first), |child| {
            let next = self.nodes[*child as usize].next;
            (next != NONE).then_some(next)
        })
    }

    /// Brings subtree sizes and their squares up to date.
    pub fn settle_sizes(&mut self) {
        let mut path = std::mem::take(&mut self.path);
        for index in self.fresh.drain(..) {
            self.nodes[index as usize].more += 1;
            let mut at = index;
            while at != NONE {
                let node = &mut self.nodes[at as usize];
                if std::mem::replace(&mut node.marked, true) {
                    break;
                }
                path.push((node.depth, at));
                at = node.parent;
            }
        }
        path.sort_unstable_by(|a, b| b.cmp(a));
        for (_, index) in path.drain(..) {
            let node = &mut self.nodes[index as usize];
            node.marked = false;
            let more = std::mem::take(&mut node.more);
            let before = u128::from(node.size);
            node.size += more;
            let after = u128::from(node.size);
            let (parent, tree) = (node.parent, node.tree);
            if parent != NONE {
                self.trees[tree as usize].sums.squares += after * after - before * before;
                self.nodes[parent as usize].more += more;
            }
        }
        self.path = path;
    }

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
}
