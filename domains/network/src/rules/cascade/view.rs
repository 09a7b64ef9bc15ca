//! Reading a campaign within a scope. Everything here is right after [`Cascade::settle`].

use kernel::{Handle, RootOwner, Scope, Timestamp};

use super::{
    Cascade, Circle, Orders, Tree,
    forest::{Mark, NONE, State},
};
use crate::rules::{
    koc::{Candidate, Past, Window},
    people::People,
};

/// What is odd in a campaign. Self shares, repeats, unknown parents and cycles do not depend on the order of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anomalies {
    /// Touches of oneself.
    pub self_shares: u64,
    /// Touches of somebody who had a place or was waiting for one.
    pub repeats: u64,
    /// People who wait for a sharer that has not joined.
    pub unknown_parents: u64,
    /// Groups of people who wait for each other in a circle.
    pub cycles: u32,
    /// People whose touch is earlier than their sharer's joining: clocks that disagree.
    pub early_children: u64,
}

/// Sums over the visible roots of a campaign.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Roots in sight.
    pub roots: u32,
    /// Everybody in their trees, the roots included.
    pub people: u64,
    /// Those of them who left phone and WeChat id; the others are visitors.
    pub fans: u64,
    /// People who were brought: all but the roots.
    pub hops: u64,
    /// Kept touches: hops, repeats, self shares, and for the whole campaign one for each who still waits.
    pub touches: u64,
    /// Most circles round any root.
    pub depth_max: u32,
    /// Most people anybody brought directly.
    pub invites_max: u32,
    /// Mean distance of two people of the same tree; 0 while nobody was brought.
    pub structural_virality: f64,
    /// People and fans by distance from their root.
    pub circles: Vec<Circle>,
    /// What is odd.
    pub anomalies: Anomalies,
    /// People who belong to the unknown root; for the whole campaign only.
    pub unknown_people: u64,
    /// Orders booked to the campaign.
    pub orders: Orders,
    /// When the first and the last of them joined.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// Somebody on the way to or from a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Who.
    pub person: Handle,
    /// When they joined.
    pub at: Timestamp,
    /// How many people they brought, directly or not.
    pub reach: u32,
}

/// Where a person stands in one campaign.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing<'a> {
    /// Who.
    pub person: Handle,
    /// Hops from the root; nothing while they wait for a place.
    pub circle: Option<u32>,
    /// The tree they stand in.
    pub tree: Option<&'a Tree>,
    /// From the root down to the person, both included; empty while they wait.
    pub chain: Vec<Brought>,
    /// Whom they brought directly, newest first; not more than asked for.
    pub brought: Vec<Brought>,
    /// How many they brought directly.
    pub direct_invites: u32,
    /// How many they brought, directly or not.
    pub reach: u32,
    /// When they joined.
    pub joined_at: Option<Timestamp>,
    /// Touches received, self shares included.
    pub touches: u64,
    /// Their orders in the campaign.
    pub orders: Orders,
}

impl Standing<'_> {
    /// Who brought them; nobody for a root and for those who wait.
    #[must_use]
    pub fn brought_by(&self) -> Option<Brought> {
        self.chain.len().checked_sub(2).map(|above| self.chain[above])
    }
}

/// A campaign's people in columns, parents before children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Index of the person who brought this one; `u32::MAX` for a root.
    pub parent: Vec<u32>,
    /// Microseconds since 1970.
    pub joined_at: Vec<i64>,
    /// Fan or visitor.
    pub fan: Vec<bool>,
    /// The number of the person's id.
    pub handle: Vec<u32>,
}

impl Columns {
    /// How many people each brought directly.
    #[must_use]
    pub fn invites(&self) -> Vec<u32> {
        let mut invites = vec![0; self.parent.len()];
        for parent in self.parent.iter().filter(|parent| **parent != NONE) {
            invites[*parent as usize] += 1;
        }
        invites
    }
}

impl Cascade {
    /// The trees in scope, in the order of their declaration.
    pub fn trees(&self, scope: &Scope) -> impl Iterator<Item = &Tree> {
        self.forest.trees.iter().filter(move |tree| scope.covers(&tree.owner))
    }

    /// The tree of a root, whoever may see it.
    #[must_use]
    pub fn tree_of_root(&self, person: Handle) -> Option<&Tree> {
        let node = &self.forest.nodes[self.forest.find(person)? as usize];
        (node.state == State::Joined && node.parent == NONE).then(|| &self.forest.trees[node.tree as usize])
    }

    /// When the first and the last person of the whole campaign joined.
    #[must_use]
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        span(self.forest.trees.iter())
    }

    /// Whom a person's root belongs to, if they have a place.
    #[must_use]
    pub fn owner_of(&self, person: Handle) -> Option<&RootOwner> {
        let tree = self.forest.nodes[self.forest.find(person)? as usize].tree;
        self.forest.trees.get(tree as usize).map(|tree| &tree.owner)
    }

    /// How many people a person brought, directly or not, if they have a place in a tree in scope.
    #[must_use]
    pub fn reach(&self, person: Handle, scope: &Scope) -> Option<u32> {
        let node = &self.forest.nodes[self.forest.find(person)? as usize];
        let tree = self.forest.trees.get(node.tree as usize)?;
        scope.covers(&tree.owner).then(|| node.size - 1)
    }

    /// Everybody who has a place in a tree in scope.
    pub fn people<'a>(&'a self, scope: &Scope) -> impl Iterator<Item = Handle> + 'a {
        let trees = self.forest.trees.iter().zip(&self.forest.planted);
        let roots: Vec<u32> =
            trees.filter(|(tree, _)| scope.covers(&tree.owner)).map(|(_, planted)| planted.root).collect();
        let everybody = roots.into_iter().flat_map(|root| self.forest.subtree(root));
        everybody.map(|index| self.forest.nodes[index as usize].person)
    }

    /// Sums over the roots in scope. What belongs to the unknown root counts only when the whole campaign is in scope.
    #[must_use]
    pub fn totals(&self, people: &People, scope: &Scope) -> Totals {
        let mut totals = Totals { span: span(self.trees(scope)), ..Totals::default() };
        let (mut distances, mut pairs) = (0, 0);
        for tree in self.trees(scope) {
            let sums = &tree.sums;
            totals.roots += 1;
            totals.people += u64::from(sums.people);
            totals.fans += u64::from(sums.fans);
            totals.touches += sums.touches + sums.self_shares;
            totals.depth_max = totals.depth_max.max(sums.depth_max());
            totals.invites_max = totals.invites_max.max(sums.invites_max());
            totals.anomalies.self_shares += sums.self_shares;
            totals.anomalies.repeats += sums.repeats();
            totals.anomalies.early_children += sums.early_children;
            totals.orders.add(sums.orders);
            let (w2, n2) = sums.distances();
            distances += w2;
            pairs += n2;
            if totals.circles.len() < sums.circles.len() {
                totals.circles.resize(sums.circles.len(), Circle::default());
            }
            for (total, circle) in totals.circles.iter_mut().zip(&sums.circles) {
                total.people += circle.people;
                total.fans += circle.fans;
            }
        }
        totals.hops = totals.people - u64::from(totals.roots);
        totals.structural_virality = quotient(distances, pairs);
        if scope.is_all() {
            self.add_unknown(people, &mut totals);
        }
        totals
    }

    fn add_unknown(&self, people: &People, totals: &mut Totals) {
        let waiting = u64::from(self.forest.waiting);
        let unplaced = &self.forest.unplaced;
        totals.anomalies.self_shares += unplaced.self_shares;
        totals.anomalies.repeats += unplaced.touches - waiting;
        totals.orders.add(unplaced.orders);
        totals.touches = self.touches.len() as u64;
        totals.unknown_people = waiting;
        totals.anomalies.unknown_parents = waiting;
        totals.anomalies.cycles = self.cycles(people);
    }

    /// Where a person stands, if that is in scope; those who wait are seen with the whole campaign only. At most
    /// `brought_max` of those they brought.
    #[must_use]
    pub fn standing(&self, person: Handle, scope: &Scope, brought_max: usize) -> Option<Standing<'_>> {
        let index = self.forest.find(person)?;
        let node = &self.forest.nodes[index as usize];
        let tree = self.forest.trees.get(node.tree as usize);
        let visible = tree.map_or(scope.is_all(), |tree| scope.covers(&tree.owner));
        if !visible {
            return None;
        }
        let mut standing = Standing {
            person: node.person,
            circle: tree.map(|_| node.depth),
            tree,
            chain: Vec::new(),
            brought: Vec::new(),
            direct_invites: node.invites,
            reach: node.size.saturating_sub(1),
            joined_at: tree.map(|_| node.joined_at),
            touches: u64::from(self.forest.touches_of(index)) + u64::from(self.forest.self_shares_of(index)),
            orders: self.forest.orders_of(index),
        };
        if tree.is_some() {
            let mut at = index;
            while at != NONE {
                standing.chain.push(self.brought(at));
                at = self.forest.nodes[at as usize].parent;
            }
            standing.chain.reverse();
            standing.brought = self.newest(index, brought_max);
        }
        Some(standing)
    }

    fn brought(&self, index: u32) -> Brought {
        let node = &self.forest.nodes[index as usize];
        Brought { person: node.person, at: node.joined_at, reach: node.size - 1 }
    }

    fn newest(&self, index: u32, most: usize) -> Vec<Brought> {
        let newest_first = |a: &Brought, b: &Brought| b.at.cmp(&a.at).then(a.person.cmp(&b.person));
        let mut brought: Vec<Brought> = self.forest.children(index).map(|child| self.brought(child)).collect();
        if brought.len() > most && most > 0 {
            brought.select_nth_unstable_by(most - 1, newest_first);
        }
        brought.truncate(most);
        brought.sort_unstable_by(newest_first);
        brought
    }

    /// Everybody who may be a KOC below the roots in scope (or below one of them). `past` tells what somebody did before.
    pub fn candidates<'a>(
        &'a self,
        scope: &Scope,
        root: Option<Handle>,
        window: &Window,
        past: impl Fn(Handle) -> Past + 'a,
    ) -> impl Iterator<Item = Candidate> + 'a {
        let asked = |tree: &Tree| scope.covers(&tree.owner) && root.is_none_or(|root| tree.person == root);
        let asked: Vec<bool> = self.forest.trees.iter().map(asked).collect();
        let mut recent = vec![0; self.forest.nodes.len()];
        for node in &self.forest.nodes {
            if let Some(recent) = recent.get_mut(node.parent as usize) {
                *recent += u32::from(window.is_recent(node.joined_at));
            }
        }
        let brought = self.forest.nodes.iter().zip(recent).filter(|(node, _)| node.parent != NONE);
        brought.filter(move |(node, _)| asked[node.tree as usize]).map(move |(node, recent_invites)| Candidate {
            person: node.person,
            root: self.forest.trees[node.tree as usize].person,
            circle: node.depth,
            is_fan: node.is(Mark::Fan),
            joined_at: node.joined_at,
            reach: node.size - 1,
            direct_invites: node.invites,
            recent_invites,
            past: past(node.person),
        })
    }

    /// The people of the roots in scope (or of one of them) in columns.
    #[must_use]
    pub fn columns(&self, scope: &Scope, root: Option<Handle>) -> Columns {
        let mut columns = Columns::default();
        let mut place = vec![NONE; self.forest.nodes.len()];
        let asked = |tree: &Tree| scope.covers(&tree.owner) && root.is_none_or(|root| tree.person == root);
        for (_, planted) in self.forest.trees.iter().zip(&self.forest.planted).filter(|(tree, _)| asked(tree)) {
            for index in self.forest.subtree(planted.root) {
                let node = &self.forest.nodes[index as usize];
                place[index as usize] = columns.handle.len() as u32;
                columns.parent.push(place.get(node.parent as usize).copied().unwrap_or(NONE));
                columns.joined_at.push(node.joined_at.0);
                columns.fan.push(node.is(Mark::Fan));
                columns.handle.push(node.person.0);
            }
        }
        columns
    }
}

/// a/b as a number people can read; 0 when there is nothing to divide by.
pub(super) fn quotient(a: u128, b: u128) -> f64 {
    if b == 0 { 0.0 } else { a as f64 / b as f64 }
}

fn span<'a>(trees: impl Iterator<Item = &'a Tree>) -> Option<(Timestamp, Timestamp)> {
    trees.map(|tree| (tree.first_joined_at, tree.last_joined_at)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}
