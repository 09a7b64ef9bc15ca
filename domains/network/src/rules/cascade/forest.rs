//! The trees of a campaign and everybody's place in them.
//!
//! Nodes stand in one array and name each other by index; children are a linked list. Sums of a tree are kept at once,
//! subtree sizes (and the squares of them) at the end of a batch: see `settle.rs`.

use kernel::{Handle, RootOwner, Timestamp};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{
    heavy::Heavy,
    index::Index,
    settle::Step,
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

impl State {
    /// The state that is written as this number.
    pub fn of(number: u8) -> Option<Self> {
        [Self::Heard, Self::Waiting, Self::Joined, Self::Gone].into_iter().find(|state| *state as u8 == number)
    }
}

/// Forty-eight bytes: what is rare, or told by others, is kept elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub joined_at: Timestamp,
    pub person: Handle,
    pub parent: u32,
    pub tree: u32,
    pub depth: u32,
    /// People in the subtree, this one included; right once settled.
    pub size: u32,
    pub invites: u32,
    /// Joined: the first child. Else: the latest touch that waits for this person.
    pub head: u32,
    /// The next child of the same parent. Who left stays in the chain, and is told by having another parent.
    pub next: u32,
    /// A touch they received, from which a ring leads through all; for who has a parent the one that gave the place.
    pub received: u32,
    /// Touches received, self shares left out; [`MANY`] stands for those the forest counts apart.
    pub(super) touches: u16,
    pub state: State,
    pub(super) marks: u8,
}

/// What is so or not so about a person.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Mark {
    Fan = 1,
    /// Touched before the sharer joined, by the clocks.
    Early = 2,
    /// Joined later than the placing touch was heard.
    Waited = 4,
    /// Was the sharer of some touch.
    Shared = 8,
    /// Is on the way being settled: `size` is the place there.
    OnWay = 16,
}

impl Node {
    pub const fn is(&self, mark: Mark) -> bool {
        self.marks & mark as u8 != 0
    }

    pub const fn set(&mut self, mark: Mark, is: bool) {
        if is {
            self.marks |= mark as u8;
        } else {
            self.marks &= !(mark as u8);
        }
    }
}

/// So many touches are counted in a table.
const MANY: u16 = u16::MAX;

/// All trees of a campaign. See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Forest {
    pub nodes: Vec<Node>,
    pub trees: Vec<Tree>,
    /// In step with `trees`.
    pub planted: Vec<Planted>,
    pub(super) by_person: Index,
    pub(super) orders: FxHashMap<u32, Orders>,
    pub(super) self_shares: FxHashMap<u32, u32>,
    pub(super) many_touches: FxHashMap<u32, u32>,
    pub(super) fresh: Vec<u32>,
    pub(super) way: Vec<Step>,
    pub(super) heavy: Heavy,
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Unplaced {
    pub touches: u64,
    pub self_shares: u64,
    pub orders: Orders,
}

impl Forest {
    pub fn find(&self, person: Handle) -> Option<u32> {
        self.by_person.get(person)
    }

    /// The person's node, made when there is none. `fan` is asked only then.
    pub fn find_or_hear(&mut self, person: Handle, fan: impl FnOnce() -> bool) -> u32 {
        if let Some(node) = self.by_person.get(person) {
            return node;
        }
        let index = self.nodes.len() as u32;
        self.nodes.push(Node {
            joined_at: Timestamp(0),
            person,
            parent: NONE,
            tree: NONE,
            depth: 0,
            size: 0,
            invites: 0,
            head: NONE,
            next: NONE,
            received: NONE,
            touches: 0,
            state: State::Heard,
            marks: if fan() { Mark::Fan as u8 } else { 0 },
        });
        self.by_person.insert(person, index);
        index
    }

    pub fn is_joined(&self, node: u32) -> bool {
        self.nodes[node as usize].state == State::Joined
    }

    pub fn orders_of(&self, node: u32) -> Orders {
        self.orders.get(&node).copied().unwrap_or_default()
    }

    /// Touches the person received, self shares left out.
    pub fn touches_of(&self, node: u32) -> u32 {
        match self.nodes[node as usize].touches {
            MANY => self.many_touches.get(&node).copied().unwrap_or_default(),
            touches => touches.into(),
        }
    }

    /// Touches of themselves.
    pub fn self_shares_of(&self, node: u32) -> u32 {
        self.self_shares.get(&node).copied().unwrap_or_default()
    }

    /// The sums the person counts in, if they have a place.
    fn sums_of(&mut self, node: u32) -> Option<&mut Sums> {
        let tree = self.nodes[node as usize].tree;
        self.trees.get_mut(tree as usize).map(|tree| &mut tree.sums)
    }

    pub fn count_touches(&mut self, node: u32, touches: u32) {
        let sum = self.touches_of(node) + touches;
        self.nodes[node as usize].touches = u16::try_from(sum).unwrap_or(MANY);
        if sum >= MANY.into() {
            self.many_touches.insert(node, sum);
        }
        match self.sums_of(node) {
            Some(sums) => sums.touches += u64::from(touches),
            None => self.unplaced.touches += u64::from(touches),
        }
    }

    pub fn count_self_shares(&mut self, node: u32, self_shares: u32) {
        *self.self_shares.entry(node).or_default() += self_shares;
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

    /// Takes away what was counted before.
    pub fn uncount_orders(&mut self, node: u32, orders: Orders) {
        self.orders.entry(node).or_default().remove(orders);
        match self.sums_of(node) {
            Some(sums) => sums.orders.remove(orders),
            None => self.unplaced.orders.remove(orders),
        }
    }

    /// Forgets what is counted of a person apart. Answers with their orders.
    pub(super) fn drop_counts(&mut self, index: u32) -> Orders {
        self.self_shares.remove(&index);
        self.many_touches.remove(&index);
        self.orders.remove(&index).unwrap_or_default()
    }

    /// Takes somebody's counts out of those of people without a place.
    pub(super) fn take_from_unplaced(&mut self, index: u32) {
        let orders = self.orders_of(index);
        self.unplaced.touches -= u64::from(self.touches_of(index));
        self.unplaced.self_shares -= u64::from(self.self_shares_of(index));
        self.unplaced.orders.remove(orders);
    }

    /// Answers whether that was news.
    pub fn set_fan(&mut self, index: u32, fan: bool) -> bool {
        let node = &mut self.nodes[index as usize];
        if node.is(Mark::Fan) == fan {
            return false;
        }
        node.set(Mark::Fan, fan);
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
            node.set(Mark::Waited, true);
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
        let node = &mut self.nodes[index as usize];
        node.parent = parent;
        node.tree = tree;
        node.depth = depth;
        node.next = first;
        node.received = touch;
        node.joined_at = at;
        node.set(Mark::Early, early);
        self.child_came(parent, invites, at);
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
            fan: node.is(Mark::Fan),
            invites: node.invites,
            touches: self.touches_of(index),
            self_shares: self.self_shares_of(index),
            early: node.is(Mark::Early),
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
        if let Some(index) = self.by_person.remove(from) {
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
        let node = &self.nodes[here as usize];
        if let Some(child) = self.still(node.head, here) {
            return Some(child);
        }
        let mut here = here;
        while here != top {
            let node = &self.nodes[here as usize];
            if let Some(next) = self.still(node.next, node.parent) {
                return Some(next);
            }
            here = node.parent;
        }
        None
    }

    /// The first in a chain of children, from `at`, who is still below that parent.
    fn still(&self, mut at: u32, parent: u32) -> Option<u32> {
        while at != NONE {
            let node = &self.nodes[at as usize];
            if node.parent == parent {
                return Some(at);
            }
            at = node.next;
        }
        None
    }

    /// The direct children, latest heard first.
    pub fn children(&self, index: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.still(self.nodes[index as usize].head, index);
        std::iter::successors(first, move |child| self.still(self.nodes[*child as usize].next, index))
    }
}
