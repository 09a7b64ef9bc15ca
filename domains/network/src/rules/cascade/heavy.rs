//! Who brought many, kept at hand so that the best need not be looked for among all.
//!
//! Per power of two from [`LEVEL_MIN`] on there is a list of everybody with at least so many people in their subtree, so a
//! list costs half of the one below it. And for whoever brought many directly, when these joined.

use kernel::{Handle, Timestamp};
use rustc_hash::FxHashMap;

use super::{
    Cascade, Tree,
    forest::{Forest, Mark, NONE, Node, State},
};
use crate::rules::koc::{Candidate, Past, Window};

/// Subtrees of at least 2^5 people are listed.
pub(crate) const LEVEL_MIN: u32 = 5;
/// From so many children on their joinings are kept apart; fewer are walked.
const CHILDREN_MIN: u32 = 32;
/// So many joinings are passed over at once when all or none of them count.
const CHUNK: usize = 128;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Heavy {
    levels: Vec<Vec<u32>>,
    joinings: FxHashMap<u32, Joinings>,
}

impl Heavy {
    /// What is kept of these.
    pub fn of(nodes: &[Node]) -> Self {
        let mut heavy = Self::default();
        for (index, node) in (0..).zip(nodes) {
            heavy.resized(index, 0, if node.state == State::Joined { node.size } else { 0 });
            if nodes.get(node.parent as usize).is_some_and(|up| up.invites >= CHILDREN_MIN) {
                heavy.joinings.entry(node.parent).or_default().add(node.joined_at);
            }
        }
        heavy
    }

    /// Somebody's subtree has grown, or shrunk.
    pub fn resized(&mut self, node: u32, before: u32, after: u32) {
        let reach = |size: u32| (size.max(1).ilog2() + 1).saturating_sub(LEVEL_MIN) as usize;
        let (from, to) = (reach(before), reach(after));
        if to > self.levels.len() {
            self.levels.resize_with(to, Vec::new);
        }
        for level in self.levels.get_mut(from..to).unwrap_or_default() {
            level.push(node);
        }
        for level in self.levels.get_mut(to..from).unwrap_or_default() {
            if let Some(place) = level.iter().position(|other| *other == node) {
                level.swap_remove(place);
            }
        }
    }

    /// Nobody is listed any more.
    pub fn clear_sizes(&mut self) {
        self.levels.clear();
    }
}

/// When the children of one person joined, in no order.
#[derive(Clone, Debug, Default)]
struct Joinings {
    at: Vec<Timestamp>,
    /// The least and the most of each chunk, or farther apart.
    bounds: Vec<(Timestamp, Timestamp)>,
}

impl Joinings {
    fn add(&mut self, at: Timestamp) {
        self.at.push(at);
        self.widen(self.at.len() - 1, at);
    }

    fn widen(&mut self, place: usize, at: Timestamp) {
        match self.bounds.get_mut(place / CHUNK) {
            Some(bounds) => *bounds = (bounds.0.min(at), bounds.1.max(at)),
            None => self.bounds.push((at, at)),
        }
    }

    fn remove(&mut self, at: Timestamp) {
        let chunks = (0..).zip(&self.bounds).filter(|(_, bounds)| bounds.0 <= at && at <= bounds.1);
        let within = |chunk: usize| chunk * CHUNK..((chunk + 1) * CHUNK).min(self.at.len());
        let place = chunks.flat_map(|(chunk, _)| within(chunk)).find(|place| self.at[*place] == at);
        if let Some(place) = place {
            self.at.swap_remove(place);
            self.bounds.truncate(self.at.len().div_ceil(CHUNK));
            if let Some(moved) = self.at.get(place).copied() {
                self.widen(place, moved);
            }
        }
    }

    fn recent(&self, window: &Window) -> u32 {
        let chunk = |(bounds, at): (&(Timestamp, Timestamp), &[Timestamp])| {
            if bounds.1 <= window.recent_after || bounds.0 > window.now {
                0
            } else if window.is_recent(bounds.0) && window.is_recent(bounds.1) {
                at.len()
            } else {
                at.iter().filter(|at| window.is_recent(**at)).count()
            }
        };
        self.bounds.iter().zip(self.at.chunks(CHUNK)).map(chunk).sum::<usize>() as u32
    }
}

impl Forest {
    /// Somebody has one child more, who joined then; `invites` counts it.
    pub(super) fn child_came(&mut self, parent: u32, invites: u32, at: Timestamp) {
        if invites == CHILDREN_MIN {
            let mut joinings = Joinings::default();
            for child in self.children(parent) {
                joinings.add(self.nodes[child as usize].joined_at);
            }
            self.heavy.joinings.insert(parent, joinings);
        } else if invites > CHILDREN_MIN
            && let Some(joinings) = self.heavy.joinings.get_mut(&parent)
        {
            joinings.add(at);
        }
    }

    /// Somebody has one child less, who had joined then; `invites` does not count it.
    pub(super) fn child_left(&mut self, parent: u32, invites: u32, at: Timestamp) {
        if invites < CHILDREN_MIN {
            self.heavy.joinings.remove(&parent);
        } else if let Some(joinings) = self.heavy.joinings.get_mut(&parent) {
            joinings.remove(at);
        }
    }

    fn recent_invites(&self, node: u32, window: &Window) -> u32 {
        match self.heavy.joinings.get(&node) {
            Some(joinings) => joinings.recent(window),
            None => {
                let recent = |child: &u32| window.is_recent(self.nodes[*child as usize].joined_at);
                self.children(node).filter(recent).count() as u32
            }
        }
    }
}

impl Cascade {
    /// The most people anybody who is not listed from this level on (2^level people) may have below them.
    pub(crate) const fn below_level(level: u32) -> u32 {
        (1 << level) - 2
    }

    /// The highest level that lists anybody.
    pub(crate) fn level_max(&self) -> u32 {
        LEVEL_MIN + self.forest.heavy.levels.len().saturating_sub(1) as u32
    }

    /// Everybody with a subtree of 2^level people or more, but less than twice that.
    pub(crate) fn at_level(&self, level: u32) -> impl Iterator<Item = Handle> + '_ {
        self.listed(level).map(|index| self.forest.nodes[index as usize].person)
    }

    fn listed(&self, level: u32) -> impl Iterator<Item = u32> + '_ {
        let listed = self.forest.heavy.levels.get((level - LEVEL_MIN) as usize).map_or(&[][..], Vec::as_slice);
        let here = move |index: &&u32| self.forest.nodes[**index as usize].size.ilog2() == level;
        listed.iter().filter(here).copied()
    }

    /// Whether somebody may be a KOC below the roots in scope (or below one of them): as they stand, but with all their
    /// invites taken for recent, and without their past.
    pub(crate) fn candidate_at_best(&self, person: Handle, asked: impl Fn(&Tree) -> bool) -> Option<Candidate> {
        let node = &self.forest.nodes[self.forest.find(person)? as usize];
        if node.state != State::Joined || node.parent == NONE {
            return None;
        }
        let tree = &self.forest.trees[node.tree as usize];
        asked(tree).then(|| Candidate {
            person: node.person,
            root: tree.person,
            circle: node.depth,
            is_fan: node.is(Mark::Fan),
            joined_at: node.joined_at,
            reach: node.size - 1,
            direct_invites: node.invites,
            recent_invites: node.invites,
            past: Past::default(),
        })
    }

    /// How many people somebody brought directly within the window's last quarter.
    pub(crate) fn recent_invites(&self, person: Handle, window: &Window) -> u32 {
        self.forest.find(person).map_or(0, |index| self.forest.recent_invites(index, window))
    }
}
