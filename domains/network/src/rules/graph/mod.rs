//! The people of a workspace and the ties between them as one compact graph: what paths, lights, stability and seeds walk.
//!
//! Everybody who has a tie is a node, numbered densely in the order of handles. What was built is kept, and what happened since
//! is read through a small delta (`delta.rs`): there newcomers come last, and who became somebody else leaves an empty node. A tie stands at both of its ends, as seen
//! from there, and the ends of a node lie together in the order of the nodes they lead to.

pub mod adjacency;
pub mod betweenness;
pub mod components;
pub mod cores;
mod delta;
pub mod page_rank;
pub mod subtree;
pub(crate) mod threads;
mod without;

use std::sync::Arc;

use kernel::Handle;

pub use self::delta::News;
use self::{adjacency::Walk, delta::Delta};
use super::{
    people::People,
    ties::{Tie, Ties},
};

const NONE: u32 = u32::MAX;

/// What was built at once.
#[derive(Debug, Default)]
struct Base {
    persons: Vec<Handle>,
    /// Node by handle of a person's name; [`NONE`] for who has no tie.
    places: Vec<u32>,
    /// Where the ends of a node begin; one more than there are nodes.
    begins: Vec<usize>,
    others: Vec<u32>,
    ties: Vec<Tie>,
}

/// The graph as it was at one moment. Its numbers mean nothing in another one.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    base: Arc<Base>,
    /// What changed since the base was built.
    delta: Delta,
}

impl Graph {
    /// The graph of all ties between persons as they are known today. Touches of oneself are no tie.
    #[must_use]
    pub fn of(people: &People, ties: &Ties) -> Self {
        Self { base: Arc::new(Base::of(people, ties)), delta: Delta::default() }
    }

    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.base.persons.len() + self.delta.newcomers()
    }

    /// Whether nobody is tied to anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many ties there are.
    #[must_use]
    pub fn ties_len(&self) -> usize {
        self.base.others.len().wrapping_add_signed(self.delta.ends()) / 2
    }

    /// The node of a person by name. Nobody who has no tie.
    #[must_use]
    pub fn node(&self, person: Handle) -> Option<u32> {
        self.known(person).filter(|node| !self.delta.is_left(*node))
    }

    /// The node somebody has, or had before their ties went over to somebody else.
    fn known(&self, person: Handle) -> Option<u32> {
        let place = self.base.places.get(person.0 as usize).copied().filter(|node| *node != NONE);
        place.or_else(|| self.delta.newcomer(person))
    }

    /// The name of the person at a node.
    #[must_use]
    pub fn person(&self, node: u32) -> Handle {
        match self.base.persons.get(node as usize) {
            Some(person) => *person,
            None => self.delta.person(node as usize - self.base.persons.len()),
        }
    }

    /// Whom a node is tied to, in order.
    #[must_use]
    pub fn others(&self, node: u32) -> &[u32] {
        match self.delta.row(node) {
            Some(row) => &row.others,
            None => &self.base.others[self.base.ends(node)],
        }
    }

    fn row(&self, node: u32) -> (&[u32], &[Tie]) {
        if let Some(row) = self.delta.row(node) {
            return (&row.others, &row.ties);
        }
        let ends = self.base.ends(node);
        (&self.base.others[ends.clone()], &self.base.ties[ends])
    }

    /// Whom a node is tied to, in order, and how as seen from here.
    pub fn ties(&self, node: u32) -> impl ExactSizeIterator<Item = (u32, Tie)> + '_ {
        let (others, ties) = self.row(node);
        others.iter().copied().zip(ties.iter().copied())
    }

    /// What ties two nodes, as seen from `one`.
    #[must_use]
    pub fn tie(&self, one: u32, other: u32) -> Option<Tie> {
        let (others, ties) = self.row(one);
        Some(ties[others.binary_search(&other).ok()?])
    }
}

impl Base {
    fn of(people: &People, ties: &Ties) -> Self {
        let mut base = Self { begins: vec![0], ..Self::default() };
        base.number(people, ties);
        let mut ends: Vec<(u32, Tie)> = Vec::new();
        for node in 0..base.persons.len() {
            let steps = ties.steps(people, base.persons[node], None);
            ends.clear();
            ends.extend(steps.map(|step| (base.places[step.person.0 as usize], step.tie)));
            // Stable: of two touches in the same microsecond the one the ties name first stays first.
            ends.sort_by_key(|end| end.0);
            base.add_node(&ends);
        }
        base
    }

    fn number(&mut self, people: &People, ties: &Ties) {
        self.places = vec![NONE; ties.handles()];
        for handle in (0..ties.handles() as u32).map(Handle) {
            // A person is named by their earliest handle, so names come in order.
            if people.person(handle) == handle && ties.steps(people, handle, None).next().is_some() {
                self.places[handle.0 as usize] = self.persons.len() as u32;
                self.persons.push(handle);
            }
        }
    }

    fn add_node(&mut self, ends: &[(u32, Tie)]) {
        let begin = self.others.len();
        for (other, tie) in ends {
            match self.ties.last_mut() {
                Some(last) if self.others.len() > begin && self.others.last() == Some(other) => *last = last.plus(*tie),
                _ => {
                    self.others.push(*other);
                    self.ties.push(*tie);
                }
            }
        }
        self.begins.push(self.others.len());
    }

    fn ends(&self, node: u32) -> std::ops::Range<usize> {
        self.begins[node as usize]..self.begins[node as usize + 1]
    }
}

impl Walk for Graph {
    fn nodes(&self) -> usize {
        self.len()
    }

    fn beside(&self, node: u32) -> &[u32] {
        self.others(node)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_says_of_every_two_what_the_ties_say(
            touches in prop::collection::vec((0..12_u32, 0..12_u32, 0..9_i64, 0..3_u32), 0..60),
            links in prop::collection::vec((0..12_u32, 0..12_u32), 0..5),
        ) {
            let (mut people, mut ties) = (People::default(), Ties::default());
            for (receiver, sharer, at, campaign) in touches {
                ties.push(Handle(receiver), Handle(sharer), Timestamp(at), campaign);
            }
            for (handle, into) in links {
                people.link(Handle(handle), Handle(into));
            }
            let graph = Graph::of(&people, &ties);
            let mut found = 0;
            for one in (0..12).map(Handle).filter(|handle| people.person(*handle) == *handle) {
                for other in (0..12).map(Handle).filter(|handle| people.person(*handle) == *handle && *handle != one) {
                    let expected = ties.between(&people, one, other, None);
                    let nodes = graph.node(one).zip(graph.node(other));
                    let tie = nodes.and_then(|(one, other)| graph.tie(one, other));
                    prop_assert_eq!(tie.map(|tie| (tie.count, tie.given)), expected.map(|tie| (tie.count, tie.given)));
                    prop_assert_eq!(tie.map(|tie| tie.last_at), expected.map(|tie| tie.last_at));
                    found += usize::from(expected.is_some());
                }
                prop_assert_eq!(
                    graph.node(one).map_or(0, |node| graph.others(node).len()),
                    ties.neighbours(&people, one).len()
                );
            }
            prop_assert_eq!(graph.ties_len() * 2, found);
            prop_assert!((0..graph.len() as u32).all(|node| graph.node(graph.person(node)) == Some(node)));
            prop_assert!((0..graph.len() as u32).all(|node| graph.others(node).is_sorted()));
        }
    }
}
