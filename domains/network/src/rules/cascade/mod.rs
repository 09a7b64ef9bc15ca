//! One campaign: who brought whom.
//!
//! Facts are folded in the order of their offsets. Every touch is kept, and what the campaign looks like is a function of
//! the kept touches, the declared roots, the orders and of who is who today:
//!
//! - A declared root stands at depth 0. Somebody who has a place already moves out with everybody below them. The first
//!   declaration of a person holds, later ones are counted.
//! - A touch of oneself is a self share: counted and nothing else.
//! - A touch of somebody without a place gives them one under the sharer, if the sharer has one. Else they wait.
//! - When somebody gets a place, those who wait for them get theirs: of all kept touches that could place somebody now,
//!   the earliest does, until there is none. So a person joins by the first kept touch whose sharer has joined.
//! - Every other touch is a repeat: per person the touches but the placing one, for a root all of them. Which touches
//!   are repeats depends on the order of arrival, how many does not.
//! - Who still waits has an unknown parent, and belongs to the unknown root, never to a store.
//!
//! When two handles turn out to be one person and only one of them is known here, that is a new name. If both are, the
//! campaign is folded again from its kept touches at the end of the batch; unless one of them never shared and came when
//! the other had a place, which is what a second device looks like: then their touches are that other's repeats.

mod cycles;
mod forest;
mod heavy;
mod index;
mod kept_out;
mod moves;
mod placed;
mod saved;
mod settle;
mod span;
mod tree;
mod view;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use kernel::{Handle, Merge, RootOwner, Timestamp};
use serde::{Deserialize, Serialize};

use self::forest::{Forest, Mark, NONE, State};
use super::people::People;

pub(crate) use self::{heavy::LEVEL_MIN, saved::Saved};
pub use self::{
    kept_out::KeptOut,
    placed::Placed,
    tree::{Circle, Orders, Sums, Tree},
    view::{Anomalies, Brought, Columns, Standing, Totals},
};

/// One person touched by another: a kept touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Who was touched.
    pub receiver: Handle,
    /// Who shared.
    pub sharer: Handle,
    /// When it happened.
    pub at: Timestamp,
}

/// A touch with its place in the chain of those that wait for the same sharer, and in the ring of those received by the same
/// person.
#[derive(Clone, Copy, Debug)]
struct Kept {
    touch: Touch,
    next_waiting: u32,
    next_received: u32,
}

/// A root as it was declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Declared {
    handle: Handle,
    owner: RootOwner,
    at_micros: i64,
    /// How many touches were kept before.
    position: u32,
}

/// One campaign. See the module.
#[derive(Clone, Debug, Default)]
pub struct Cascade {
    touches: Vec<Kept>,
    declared: Vec<Declared>,
    orders: BTreeMap<Handle, Orders>,
    forest: Forest,
    dirty: bool,
}

impl Cascade {
    /// Declares a root.
    pub fn declare(&mut self, people: &People, handle: Handle, owner: RootOwner, at: Timestamp) {
        let position = self.touches.len() as u32;
        self.declared.push(Declared { handle, owner, at_micros: at.0, position });
        if !self.dirty {
            self.fold_declared(people, self.declared.len() - 1);
        }
    }

    /// Keeps a touch.
    pub fn touch(&mut self, people: &People, touch: Touch) {
        self.touches.push(Kept { touch, next_waiting: NONE, next_received: NONE });
        if !self.dirty {
            self.fold_touch(people, self.touches.len() as u32 - 1);
        }
    }

    /// Books an order.
    pub fn order(&mut self, people: &People, handle: Handle, paid_minor: i64) {
        let orders = Orders { count: 1, paid_minor: paid_minor.into() };
        self.orders.entry(handle).or_default().add(orders);
        if !self.dirty {
            self.fold_orders(people, handle, orders);
        }
    }

    /// Takes an order back that was booked under the same handle. Who is left with none, and did nothing else here, was
    /// never here: that is found out by folding again.
    pub fn take_back(&mut self, people: &People, handle: Handle, paid_minor: i64) {
        let orders = Orders { count: 1, paid_minor: paid_minor.into() };
        let Some(booked) = self.orders.get_mut(&handle).filter(|booked| booked.count > 0) else { return };
        booked.remove(orders);
        if booked.count == 0 {
            self.orders.remove(&handle);
            self.dirty = true;
        } else if !self.dirty {
            let node = self.node(people, handle);
            self.forest.uncount_orders(node, orders);
        }
    }

    /// Two persons became one; `people` knows it already. Answers whether the campaign changed.
    pub fn merge(&mut self, people: &People, merge: Merge) -> bool {
        if self.dirty {
            return true;
        }
        let Some(gone) = self.forest.find(merge.gone) else { return false };
        match self.forest.find(merge.kept) {
            None => self.forest.rename(merge.gone, merge.kept),
            Some(kept) if self.came_later(gone, kept) => self.absorb(people, gone, kept),
            Some(kept) if self.came_later(kept, gone) => {
                self.absorb(people, kept, gone);
                self.forest.rename(merge.gone, merge.kept);
            }
            Some(_) => self.dirty = true,
        }
        true
    }

    /// Who is who was told anew: everything is folded again by [`Cascade::settle`].
    pub fn unsettle(&mut self) {
        self.dirty = true;
    }

    /// Somebody became a fan (or is none after all). Answers whether the campaign changed.
    pub fn set_fan(&mut self, person: Handle, fan: bool) -> bool {
        match self.forest.find(person) {
            Some(node) if !self.dirty => self.forest.set_fan(node, fan),
            _ => self.dirty,
        }
    }

    /// Brings everything that is read up to date. Call it at the end of each batch.
    pub fn settle(&mut self, people: &People) {
        if self.dirty {
            self.fold_again(people);
        }
        self.forest.settle();
    }

    /// How many nodes there are: what [`Cascade::newcomers`] counts from.
    pub(crate) fn heard(&self) -> usize {
        self.forest.nodes.len()
    }

    /// Everybody who was heard of since [`Cascade::heard`] was so many. Nobody while the campaign waits to be folded.
    pub(crate) fn newcomers(&self, heard: usize) -> impl Iterator<Item = Handle> + '_ {
        self.forest.nodes[heard..].iter().map(|node| node.person)
    }

    /// Where somebody is known to stand. See `model/ahead.rs`.
    pub(crate) fn place_of(&self, people: &People, handle: Handle) -> Option<u32> {
        self.forest.find(people.person(handle))
    }

    /// Reads what a touch of somebody at a place will need.
    pub(crate) fn glance(&self, place: u32) -> u32 {
        self.forest.nodes.get(place as usize).map_or(0, |node| node.joined_at.0 as u32 ^ node.received)
    }

    /// Whether the campaign waits for [`Cascade::settle`] to be folded again.
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// All kept touches in the order of their arrival.
    pub fn touches(&self) -> impl ExactSizeIterator<Item = Touch> + '_ {
        self.touches.iter().map(|kept| kept.touch)
    }

    /// Bytes its trees take: everybody and their place, without the touches and without the index by handle.
    #[must_use]
    pub fn tree_bytes(&self) -> usize {
        std::mem::size_of_val(self.forest.nodes.as_slice())
    }

    /// Everybody who was heard of in any role, by name.
    pub fn persons(&self) -> impl Iterator<Item = Handle> + '_ {
        self.forest.nodes.iter().filter(|node| node.state != State::Gone).map(|node| node.person)
    }

    fn fold_again(&mut self, people: &People) {
        self.dirty = false;
        self.forest = Forest::default();
        for kept in &mut self.touches {
            kept.next_waiting = NONE;
            kept.next_received = NONE;
        }
        let mut declared = 0;
        for touch in 0..=self.touches.len() as u32 {
            while self.declared.get(declared).is_some_and(|root| root.position <= touch) {
                self.fold_declared(people, declared);
                declared += 1;
            }
            if (touch as usize) < self.touches.len() {
                self.fold_touch(people, touch);
            }
        }
        for (handle, orders) in std::mem::take(&mut self.orders) {
            self.fold_orders(people, handle, orders);
            self.orders.insert(handle, orders);
        }
    }

    fn node(&mut self, people: &People, handle: Handle) -> u32 {
        let person = people.person(handle);
        self.forest.find_or_hear(person, || people.is_fan(person))
    }

    fn fold_declared(&mut self, people: &People, declared: usize) {
        let Declared { handle, owner, at_micros, position } = self.declared[declared].clone();
        let index = self.node(people, handle);
        let node = &self.forest.nodes[index as usize];
        if node.state == State::Joined && node.parent == NONE {
            self.forest.trees[node.tree as usize].declared_again += 1;
            return;
        }
        if let Some(waiting) = self.forest.plant(index, owner, Timestamp(at_micros), position) {
            self.let_join(people, index, waiting);
        }
    }

    fn fold_touch(&mut self, people: &People, touch: u32) {
        let Touch { receiver, sharer, at, .. } = self.touches[touch as usize].touch;
        let receiver = self.node(people, receiver);
        let sharer = self.node(people, sharer);
        let node = &mut self.forest.nodes[receiver as usize];
        let joined = node.state == State::Joined;
        self.touches[touch as usize].next_received = touch;
        match node.received {
            NONE => node.received = touch,
            known => self.join_rings(known, touch),
        }
        if receiver == sharer {
            self.forest.count_self_shares(receiver, 1);
            return;
        }
        self.forest.count_touches(receiver, 1);
        self.forest.nodes[sharer as usize].set(Mark::Shared, true);
        if joined {
            return;
        }
        if self.forest.is_joined(sharer) {
            let waiting = self.forest.hang(receiver, sharer, touch, at);
            self.let_join(people, receiver, waiting);
        } else {
            self.forest.wait(receiver);
            let head = &mut self.forest.nodes[sharer as usize].head;
            self.touches[touch as usize].next_waiting = std::mem::replace(head, touch);
        }
    }

    /// Makes two rings of received touches one.
    fn join_rings(&mut self, one: u32, other: u32) {
        let next = self.touches[other as usize].next_received;
        self.touches[other as usize].next_received =
            std::mem::replace(&mut self.touches[one as usize].next_received, next);
    }

    fn fold_orders(&mut self, people: &People, handle: Handle, orders: Orders) {
        let node = self.node(people, handle);
        self.forest.count_orders(node, orders);
    }

    /// Gives a place to those who waited for `joined`, and to those who waited for them, earliest touch first.
    fn let_join(&mut self, people: &People, joined: u32, waiting: u32) {
        if waiting == NONE {
            return;
        }
        let mut ready = BinaryHeap::new();
        ready.extend(self.waiting_from(waiting).map(|touch| Reverse((touch, joined))));
        while let Some(Reverse((touch, sharer))) = ready.pop() {
            let Touch { receiver, at, .. } = self.touches[touch as usize].touch;
            let receiver = self.node(people, receiver);
            if !self.forest.is_joined(receiver) {
                let waiting = self.forest.hang(receiver, sharer, touch, at);
                ready.extend(self.waiting_from(waiting).map(|touch| Reverse((touch, receiver))));
            }
        }
    }

    /// The touches that wait for one sharer, latest first.
    fn waiting_from(&self, latest: u32) -> impl Iterator<Item = u32> + '_ {
        let kept = |touch: u32| (touch != NONE).then_some(touch);
        std::iter::successors(kept(latest), move |touch| kept(self.touches[*touch as usize].next_waiting))
    }

    /// Whether `later` left no trace on anybody else, and got (or would have got) a place only when `earlier` had one.
    /// Folding from scratch as one person then leaves everybody where they are: `earlier` joins as they did, for no touch
    /// of `later` could place anybody before, and all those touches are repeats.
    fn came_later(&self, later: u32, earlier: u32) -> bool {
        let (node, other) = (&self.forest.nodes[later as usize], &self.forest.nodes[earlier as usize]);
        if node.is(Mark::Shared) {
            return false;
        }
        match node.state {
            State::Heard => true,
            State::Waiting => other.state == State::Joined,
            State::Joined if node.parent != NONE && other.state == State::Joined => {
                let had_place_at = match other.parent {
                    NONE => self.forest.planted[other.tree as usize].position,
                    _ if other.is(Mark::Waited) => return false,
                    _ => other.received,
                };
                had_place_at <= node.received
            }
            _ => false,
        }
    }

    /// Books everything `later` did to `earlier`, and takes `later` out.
    fn absorb(&mut self, people: &People, later: u32, earlier: u32) {
        let orders = self.forest.forget(later);
        let person = people.person(self.forest.nodes[earlier as usize].person);
        let (mut touches, mut self_shares) = (0, 0);
        let received = self.forest.nodes[later as usize].received;
        if received != NONE {
            let mut touch = received;
            loop {
                let kept = &self.touches[touch as usize];
                if people.person(kept.touch.sharer) == person {
                    self_shares += 1;
                } else {
                    touches += 1;
                }
                touch = kept.next_received;
                if touch == received {
                    break;
                }
            }
            match self.forest.nodes[earlier as usize].received {
                NONE => self.forest.nodes[earlier as usize].received = received,
                known => self.join_rings(known, received),
            }
        }
        self.forest.count_touches(earlier, touches);
        if self_shares > 0 {
            self.forest.count_self_shares(earlier, self_shares);
        }
        if orders.count > 0 {
            self.forest.count_orders(earlier, orders);
        }
        self.forest.set_fan(earlier, people.is_fan(person));
    }
}
