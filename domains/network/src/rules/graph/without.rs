//! The same graph without some of its people.

use kernel::Handle;
use rustc_hash::FxHashSet;

use super::{Base, Delta, Graph, NONE};

impl Graph {
    /// The graph of everybody else; who is tied to nobody then is not in it either. For a graph with nothing folded in: nodes
    /// stay in the order of handles.
    #[must_use]
    pub fn without(&self, out: &FxHashSet<Handle>) -> Self {
        let nodes = 0..self.len() as u32;
        let stays: Vec<bool> = nodes.clone().map(|node| !out.contains(&self.person(node))).collect();
        let tied = |node: u32| stays[node as usize] && self.others(node).iter().any(|other| stays[*other as usize]);
        let mut base = Base { begins: vec![0], places: vec![NONE; self.base.places.len()], ..Base::default() };
        let mut numbers = vec![NONE; self.len()];
        for node in nodes.filter(|node| tied(*node)) {
            let (number, person) = (base.persons.len() as u32, self.person(node));
            numbers[node as usize] = number;
            base.places[person.0 as usize] = number;
            base.persons.push(person);
        }
        for person in &base.persons {
            let Some(node) = self.node(*person) else { continue };
            for (other, tie) in self.ties(node).filter(|(other, _)| stays[*other as usize]) {
                base.others.push(numbers[other as usize]);
                base.ties.push(tie);
            }
            base.begins.push(base.others.len());
        }
        Self { base: base.into(), delta: Delta::default() }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::{people::People, ties::Ties};

    proptest! {
        #[test]
        fn it_is_the_graph_of_the_ties_between_the_others(
            touches in prop::collection::vec((0..12_u32, 0..12_u32, 0..9_i64), 0..60),
            out in prop::collection::hash_set(0..12_u32, 0..6),
        ) {
            let people = People::default();
            let (mut all, mut others) = (Ties::default(), Ties::default());
            for (receiver, sharer, at) in touches {
                all.push(Handle(receiver), Handle(sharer), Timestamp(at), 0);
                if !out.contains(&receiver) && !out.contains(&sharer) {
                    others.push(Handle(receiver), Handle(sharer), Timestamp(at), 0);
                }
            }
            let told = |graph: &Graph| -> Vec<_> {
                let end = |(other, tie): (u32, crate::rules::ties::Tie)| (graph.person(other), tie.count, tie.given, tie.last_at);
                (0..graph.len() as u32).map(|node| (graph.person(node), graph.ties(node).map(end).collect::<Vec<_>>())).collect()
            };
            let left = Graph::of(&people, &all).without(&out.into_iter().map(Handle).collect());
            prop_assert_eq!(told(&left), told(&Graph::of(&people, &others)));
            prop_assert!((0..left.len() as u32).all(|node| left.node(left.person(node)) == Some(node)));
        }
    }
}
