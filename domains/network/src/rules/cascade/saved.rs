//! A campaign as columns, and back: what is copied is copied, and only what can be told in one pass is told again.

use std::collections::BTreeMap;

use kernel::{Handle, RootOwner, Timestamp};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{
    Cascade, Declared, Kept, Orders, Sums, Touch, Tree,
    forest::{Forest, NONE, Node, Planted, State, Unplaced},
    heavy::Heavy,
    index::Index,
    span::{SavedSpan, Span},
};
use crate::rules::{
    columns::{Column, Reader, put, put_rest, put_steps},
    people::People,
};

/// What is small, or has no columns.
#[derive(Serialize, Deserialize)]
struct Rest {
    declared: Vec<Declared>,
    orders: BTreeMap<Handle, Orders>,
    trees: Vec<SavedTree>,
    /// Touches that still wait, each with the next of the same sharer.
    waits: Vec<(u32, u32)>,
    self_shares: Vec<(u32, u32)>,
    many_touches: Vec<(u32, u32)>,
    waiting: u32,
    unplaced: Unplaced,
}

/// Times in microseconds since 1970.
#[derive(Serialize, Deserialize)]
struct SavedTree {
    person: Handle,
    owner: RootOwner,
    declared_at: i64,
    declared_again: u32,
    sums: Sums,
    root: u32,
    root_joined_at: i64,
    position: u32,
    span: SavedSpan,
}

/// A campaign in the bytes it was written to.
pub(crate) struct Saved<'a> {
    rest: Rest,
    receivers: Column<'a, u32>,
    sharers: Column<'a, u32>,
    at: Column<'a, i64>,
    next_received: Column<'a, u32>,
    persons: Column<'a, u32>,
    parents: Column<'a, u32>,
    trees: Column<'a, u32>,
    depths: Column<'a, u32>,
    sizes: Column<'a, u32>,
    invites: Column<'a, u32>,
    heads: Column<'a, u32>,
    nexts: Column<'a, u32>,
    received: Column<'a, u32>,
    touches: Column<'a, u16>,
    states: Column<'a, u8>,
    marks: Column<'a, u8>,
}

impl Cascade {
    /// Appends the campaign as it stands at the end of a batch.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub(crate) fn save(&self, bytes: &mut Vec<u8>) -> Result<(), postcard::Error> {
        put_rest(bytes, &self.rest())?;
        put_steps(bytes, self.touches.iter().map(|kept| kept.touch.receiver.0));
        put(bytes, self.touches.iter().map(|kept| kept.touch.sharer.0));
        put_steps(bytes, self.touches.iter().map(|kept| kept.touch.at.0));
        // Mostly a touch is alone in its ring.
        put(bytes, self.touches.iter().enumerate().map(|(at, kept)| kept.next_received.wrapping_sub(at as u32)));
        self.forest.save(bytes);
        Ok(())
    }

    fn rest(&self) -> Rest {
        let forest = &self.forest;
        let tree = |(tree, planted): (&Tree, &Planted)| SavedTree {
            person: tree.person,
            owner: tree.owner.clone(),
            declared_at: tree.declared_at.0,
            declared_again: tree.declared_again,
            sums: tree.sums.clone(),
            root: planted.root,
            root_joined_at: forest.nodes[planted.root as usize].joined_at.0,
            position: planted.position,
            span: planted.span.saved(),
        };
        let sharers = forest.nodes.iter().filter(|node| node.state != State::Joined);
        let waits = sharers.flat_map(|node| self.waiting_from(node.head));
        Rest {
            declared: self.declared.clone(),
            orders: self.orders.clone(),
            trees: forest.trees.iter().zip(&forest.planted).map(tree).collect(),
            waits: waits.map(|touch| (touch, self.touches[touch as usize].next_waiting)).collect(),
            self_shares: sorted(&forest.self_shares),
            many_touches: sorted(&forest.many_touches),
            waiting: forest.waiting,
            unplaced: forest.unplaced.clone(),
        }
    }
}

fn sorted(counts: &FxHashMap<u32, u32>) -> Vec<(u32, u32)> {
    let mut counts: Vec<_> = counts.iter().map(|(node, count)| (*node, *count)).collect();
    counts.sort_unstable();
    counts
}

impl Forest {
    fn save(&self, bytes: &mut Vec<u8>) {
        let nodes = || self.nodes.iter();
        put_steps(bytes, nodes().map(|node| node.person.0));
        put(bytes, nodes().map(|node| node.parent));
        put(bytes, nodes().map(|node| node.tree));
        put(bytes, nodes().map(|node| node.depth));
        put(bytes, nodes().map(|node| node.size));
        put(bytes, nodes().map(|node| node.invites));
        put(bytes, nodes().map(|node| node.head));
        put(bytes, nodes().map(|node| node.next));
        put_steps(bytes, nodes().map(|node| node.received));
        put(bytes, nodes().map(|node| node.touches));
        put(bytes, nodes().map(|node| node.state as u8));
        put(bytes, nodes().map(|node| node.marks));
    }
}

impl<'a> Saved<'a> {
    /// Finds the columns of a campaign; nothing when the bytes end before.
    pub fn read(reader: &mut Reader<'a>) -> Option<Self> {
        Some(Self {
            rest: reader.rest()?,
            receivers: reader.column()?,
            sharers: reader.column()?,
            at: reader.column()?,
            next_received: reader.column()?,
            persons: reader.column()?,
            parents: reader.column()?,
            trees: reader.column()?,
            depths: reader.column()?,
            sizes: reader.column()?,
            invites: reader.column()?,
            heads: reader.column()?,
            nexts: reader.column()?,
            received: reader.column()?,
            touches: reader.column()?,
            states: reader.column()?,
            marks: reader.column()?,
        })
    }

    /// The touches in the order of their arrival.
    pub fn touches(&self) -> impl ExactSizeIterator<Item = Touch> + use<'a> {
        let ends = self.receivers.steps().zip(self.sharers.numbers());
        ends.zip(self.at.steps()).map(|((receiver, sharer), at)| Touch {
            receiver: Handle(receiver),
            sharer: Handle(sharer),
            at: Timestamp(at),
        })
    }

    /// The campaign as it was; nothing when the columns do not belong together.
    pub fn load(&self, people: &People) -> Option<Cascade> {
        let kept = |(touch, (at, step)): (Touch, (usize, u32))| Kept {
            touch,
            next_waiting: NONE,
            next_received: step.wrapping_add(at as u32),
        };
        let mut touches: Vec<Kept> = self.touches().zip(self.next_received.numbers().enumerate()).map(kept).collect();
        let rest = &self.rest;
        for (touch, next) in &rest.waits {
            touches.get_mut(*touch as usize)?.next_waiting = *next;
        }
        let nodes = self.nodes(&touches)?;
        let mut forest = Forest {
            by_person: Index::of(&nodes),
            heavy: Heavy::of(&nodes),
            nodes,
            self_shares: rest.self_shares.iter().copied().collect(),
            many_touches: rest.many_touches.iter().copied().collect(),
            waiting: rest.waiting,
            unplaced: rest.unplaced.clone(),
            ..Forest::default()
        };
        for tree in &rest.trees {
            forest.nodes.get_mut(tree.root as usize)?.joined_at = Timestamp(tree.root_joined_at);
            let span = Span::of(&tree.span);
            let (first_joined_at, last_joined_at) = span.ends();
            forest.trees.push(Tree {
                person: tree.person,
                owner: tree.owner.clone(),
                declared_at: Timestamp(tree.declared_at),
                declared_again: tree.declared_again,
                sums: tree.sums.clone(),
                first_joined_at,
                last_joined_at,
            });
            forest.planted.push(Planted { root: tree.root, position: tree.position, span });
        }
        for (handle, booked) in &rest.orders {
            let node = forest.find(people.person(*handle))?;
            forest.orders.entry(node).or_default().add(*booked);
        }
        let (declared, orders) = (rest.declared.clone(), rest.orders.clone());
        Some(Cascade { touches, declared, orders, forest, dirty: false })
    }

    fn nodes(&self, touches: &[Kept]) -> Option<Vec<Node>> {
        let (mut persons, mut received) = (self.persons.steps(), self.received.steps());
        let (mut parents, mut trees, mut depths) =
            (self.parents.numbers(), self.trees.numbers(), self.depths.numbers());
        let (mut sizes, mut invites) = (self.sizes.numbers(), self.invites.numbers());
        let (mut heads, mut nexts) = (self.heads.numbers(), self.nexts.numbers());
        let (mut counts, mut states, mut marks) = (self.touches.numbers(), self.states.numbers(), self.marks.numbers());
        let mut nodes = Vec::with_capacity(self.persons.len());
        for _ in 0..self.persons.len() {
            let (parent, received) = (parents.next()?, received.next()?);
            // Who has a parent joined by the touch that gave the place; a root's time comes with its tree.
            let joined_at = if parent == NONE { Timestamp(0) } else { touches.get(received as usize)?.touch.at };
            nodes.push(Node {
                joined_at,
                person: Handle(persons.next()?),
                parent,
                tree: trees.next()?,
                depth: depths.next()?,
                size: sizes.next()?,
                invites: invites.next()?,
                head: heads.next()?,
                next: nexts.next()?,
                received,
                touches: counts.next()?,
                state: State::of(states.next()?)?,
                marks: marks.next()?,
            });
        }
        Some(nodes)
    }
}
