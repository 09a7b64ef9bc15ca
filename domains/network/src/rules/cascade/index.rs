//! Where in a campaign somebody is: by handle in a plain row when the campaign knows a good part of all handles up to its
//! latest, which is what a large campaign does, and in a table otherwise.

use kernel::Handle;
use rustc_hash::FxHashMap;

use super::forest::{NONE, Node, State};

/// A row is worth its room when so many handles up to the latest are known at least one.
const ROW_FROM: usize = 4;
/// And no longer when it is less than one of so many: far enough from the other for nothing to change back and forth.
const ROW_UNTIL: usize = 12;

/// Nodes by the handle of a person's name.
#[derive(Clone, Debug)]
pub(super) enum Index {
    Row { nodes: Vec<u32>, known: usize },
    Table(FxHashMap<Handle, u32>),
}

impl Default for Index {
    fn default() -> Self {
        Self::Row { nodes: Vec::new(), known: 0 }
    }
}

impl Index {
    /// The index of everybody who is there.
    pub fn of(nodes: &[Node]) -> Self {
        let there = || (0..).zip(nodes).filter(|(_, node)| node.state != State::Gone);
        let reach = there().map(|(_, node)| node.person.0 as usize + 1).max().unwrap_or(0);
        let known = there().count();
        if reach > (known + 8) * ROW_UNTIL {
            return Self::Table(there().map(|(index, node)| (node.person, index)).collect());
        }
        let mut row = vec![NONE; reach];
        for (index, node) in there() {
            row[node.person.0 as usize] = index;
        }
        Self::Row { nodes: row, known }
    }

    pub fn get(&self, person: Handle) -> Option<u32> {
        match self {
            Self::Row { nodes, .. } => nodes.get(person.0 as usize).copied().filter(|node| *node != NONE),
            Self::Table(nodes) => nodes.get(&person).copied(),
        }
    }

    pub fn insert(&mut self, person: Handle, node: u32) {
        match self {
            Self::Row { nodes, known } => {
                let place = person.0 as usize;
                if place >= nodes.len() {
                    if place >= (*known + 8) * ROW_UNTIL {
                        self.make_table();
                        return self.insert(person, node);
                    }
                    nodes.resize(place + 1, NONE);
                }
                *known += usize::from(std::mem::replace(&mut nodes[place], node) == NONE);
            }
            Self::Table(nodes) => {
                nodes.insert(person, node);
                // Looked at when the table doubles, so that looking costs nothing.
                if nodes.len().is_power_of_two() {
                    self.make_row_if_worth();
                }
            }
        }
    }

    pub fn remove(&mut self, person: Handle) -> Option<u32> {
        match self {
            Self::Row { nodes, known } => {
                let node = std::mem::replace(nodes.get_mut(person.0 as usize)?, NONE);
                *known -= usize::from(node != NONE);
                (node != NONE).then_some(node)
            }
            Self::Table(nodes) => nodes.remove(&person),
        }
    }

    fn make_table(&mut self) {
        if let Self::Row { nodes, .. } = self {
            let known = (0..).map(Handle).zip(nodes.iter().copied()).filter(|(_, node)| *node != NONE);
            *self = Self::Table(known.collect());
        }
    }

    fn make_row_if_worth(&mut self) {
        let Self::Table(table) = self else { return };
        let reach = table.keys().map(|person| person.0 as usize + 1).max().unwrap_or(0);
        if reach <= table.len() * ROW_FROM {
            let mut nodes = vec![NONE; reach];
            for (person, node) in table.iter() {
                nodes[person.0 as usize] = *node;
            }
            *self = Self::Row { nodes, known: table.len() };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_knows_what_a_map_knows(steps in prop::collection::vec((0..3_u32, 0..400_u32, any::<bool>()), 0..300)) {
            let (mut index, mut known) = (Index::default(), BTreeMap::new());
            for (node, (kind, handle, near)) in (0..).zip(steps) {
                let person = Handle(if near { handle / 8 } else { handle * 9 });
                if kind == 0 {
                    prop_assert_eq!(index.remove(person), known.remove(&person));
                } else {
                    index.insert(person, node);
                    known.insert(person, node);
                }
                prop_assert!((0..3600).map(Handle).step_by(7).all(|at| index.get(at) == known.get(&at).copied()));
                prop_assert_eq!(index.get(person), known.get(&person).copied());
            }
        }
    }
}
