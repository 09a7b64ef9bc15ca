//! What happened to the ties since a graph was built, folded into the few rows that changed.

use std::sync::Arc;

use kernel::{Handle, Merge, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Graph;
use crate::rules::{bonds::Bond, ties::Tie};

/// A change of the ties, between persons by the names they had when it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// One opened what the other shared.
    Touch {
        /// Who opened it.
        receiver: Handle,
        /// Who shared it.
        sharer: Handle,
        /// When.
        at: Timestamp,
        /// Where, by index.
        campaign: u32,
    },
    /// Two are something to one another.
    Bond {
        /// The one.
        one: Handle,
        /// The other.
        other: Handle,
        /// Since when.
        at: Timestamp,
        /// What.
        bond: Bond,
    },
    /// Two turned out to be one person.
    Merge(Merge),
}

/// All ties of one node.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub others: Vec<u32>,
    pub ties: Vec<Tie>,
}

impl Row {
    /// Adds a tie; answers whether it is the first to that node.
    fn add(&mut self, other: u32, tie: Tie) -> bool {
        match self.others.binary_search(&other) {
            Ok(place) => {
                self.ties[place] = tie.plus(self.ties[place]);
                false
            }
            Err(place) => {
                self.others.insert(place, other);
                self.ties.insert(place, tie);
                true
            }
        }
    }

    fn remove(&mut self, other: u32) -> Option<Tie> {
        let place = self.others.binary_search(&other).ok()?;
        self.others.remove(place);
        Some(self.ties.remove(place))
    }
}

/// The rows that are other than in the base. Graphs of different moments share those that did not change between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Delta {
    rows: FxHashMap<u32, Arc<Row>>,
    /// Nodes that have no tie any more.
    left: FxHashSet<u32>,
    newcomers: Vec<Handle>,
    nodes: FxHashMap<Handle, u32>,
    /// How many ends there are more than in the base.
    ends: isize,
    /// How much news was folded.
    news: usize,
}

impl Delta {
    pub fn row(&self, node: u32) -> Option<&Row> {
        if self.rows.is_empty() { None } else { self.rows.get(&node).map(|row| &**row) }
    }

    pub fn is_left(&self, node: u32) -> bool {
        !self.left.is_empty() && self.left.contains(&node)
    }

    pub fn newcomer(&self, person: Handle) -> Option<u32> {
        self.nodes.get(&person).copied()
    }

    pub fn newcomers(&self) -> usize {
        self.newcomers.len()
    }

    pub fn person(&self, newcomer: usize) -> Handle {
        self.newcomers[newcomer]
    }

    pub const fn ends(&self) -> isize {
        self.ends
    }
}

impl Graph {
    /// The graph after more happened. Costs as much as there is news and as the rows it changes are long.
    #[must_use]
    pub fn with(&self, news: &[News]) -> Self {
        let mut graph = self.clone();
        for news in news {
            match *news {
                News::Touch { receiver, sharer, at, campaign } => {
                    let touch = Tie { count: 1, last_campaign: campaign, ..Tie::bound(Bond::NONE, at) };
                    graph.tie_to(receiver, sharer, touch);
                }
                News::Bond { one, other, at, bond } => graph.tie_to(one, other, Tie::bound(bond, at)),
                News::Merge(merge) => graph.merge(merge),
            }
        }
        graph.delta.news += news.len();
        graph
    }

    /// How much news is folded into it since it was built at once.
    #[must_use]
    pub const fn news(&self) -> usize {
        self.delta.news
    }

    fn tie_to(&mut self, one: Handle, other: Handle, tie: Tie) {
        if one == other {
            return;
        }
        let (one, other) = (self.node_or_new(one), self.node_or_new(other));
        self.add(one, other, tie);
        self.add(other, one, tie.turned());
    }

    /// Whoever is tied to the one who is gone is tied to the other now.
    fn merge(&mut self, Merge { kept, gone }: Merge) {
        let Some(gone) = self.node(gone) else { return };
        let kept = self.node_or_new(kept);
        let row = std::mem::take(self.row_mut(gone));
        self.settle_row(gone);
        self.delta.ends -= row.others.len() as isize;
        for (other, tie) in row.others.into_iter().zip(row.ties) {
            self.delta.ends -= isize::from(self.row_mut(other).remove(gone).is_some());
            if other != kept {
                self.add(kept, other, tie);
                self.add(other, kept, tie.turned());
            }
        }
        self.settle_row(kept);
    }

    fn add(&mut self, from: u32, to: u32, tie: Tie) {
        self.delta.ends += isize::from(self.row_mut(from).add(to, tie));
        self.delta.left.remove(&from);
    }

    /// Who has no tie is nobody.
    fn settle_row(&mut self, node: u32) {
        if self.others(node).is_empty() {
            self.delta.left.insert(node);
        } else {
            self.delta.left.remove(&node);
        }
    }

    fn node_or_new(&mut self, person: Handle) -> u32 {
        if let Some(node) = self.known(person) {
            return node;
        }
        let node = self.len() as u32;
        self.delta.newcomers.push(person);
        self.delta.nodes.insert(person, node);
        self.delta.rows.insert(node, Arc::default());
        node
    }

    fn row_mut(&mut self, node: u32) -> &mut Row {
        let base = &self.base;
        let row = self.delta.rows.entry(node).or_insert_with(|| {
            let ends = base.ends(node);
            Arc::new(Row { others: base.others[ends.clone()].to_vec(), ties: base.ties[ends].to_vec() })
        });
        Arc::make_mut(row)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::{bonds::BondKind, people::People, ties::Ties};

    /// Everybody with whom they are tied to and how, by name.
    fn told(graph: &Graph) -> Vec<(Handle, Vec<(Handle, Tie)>)> {
        let mut told: Vec<_> = (0..graph.len() as u32)
            .filter(|node| graph.node(graph.person(*node)) == Some(*node))
            .map(|node| {
                let mut ties: Vec<_> = graph.ties(node).map(|(other, tie)| (graph.person(other), tie)).collect();
                ties.sort_unstable_by_key(|(other, _)| *other);
                (graph.person(node), ties)
            })
            .collect();
        told.sort_unstable_by_key(|(person, _)| *person);
        told
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn folding_what_happened_since_says_what_building_again_says(
            steps in prop::collection::vec((0..10_u32, 0..10_u32, 0..5_u8), 0..50),
            built in 0..50_usize,
            folded in 1..8_usize,
        ) {
            let (mut people, mut ties, mut news) = (People::default(), Ties::default(), Vec::new());
            let mut graph = Graph::default();
            for (number, (one, other, kind)) in steps.iter().copied().enumerate() {
                let (one, other, at) = (Handle(one), Handle(other), Timestamp(number as i64));
                if kind == 0 {
                    news.extend(people.link(one, other).map(News::Merge));
                } else if kind == 1 {
                    let bond = Bond::new(BondKind::Group, number, at);
                    ties.bind(one, other, at, bond);
                    news.push(News::Bond { one: people.person(one), other: people.person(other), at, bond });
                } else {
                    ties.push(one, other, at, number as u32);
                    let (receiver, sharer) = (people.person(one), people.person(other));
                    news.push(News::Touch { receiver, sharer, at, campaign: number as u32 });
                }
                if number == built {
                    graph = Graph::of(&people, &ties);
                    news.clear();
                } else if number % folded == 0 {
                    let before = told(&graph);
                    let next = graph.with(&std::mem::take(&mut news));
                    prop_assert_eq!(told(&graph), before, "a graph in use never changes");
                    graph = next;
                }
            }
            let graph = graph.with(&news);
            let again = Graph::of(&people, &ties);
            prop_assert_eq!(told(&graph), told(&again));
            prop_assert_eq!(graph.ties_len(), again.ties_len());
            prop_assert!((0..graph.len() as u32).all(|node| graph.others(node).is_sorted()));
            let all = (0..10).map(Handle).filter(|handle| people.person(*handle) == *handle);
            for (one, other) in all.clone().flat_map(|one| all.clone().map(move |other| (one, other))) {
                let tie = |graph: &Graph| graph.tie(graph.node(one)?, graph.node(other)?);
                prop_assert_eq!(tie(&graph), tie(&again));
            }
        }
    }
}
