//! A person's surroundings: whom they are tied to, whom those are tied to, and so on, circle by circle, strongest first.
//!
//! A circle holds only so many people, the strongest ties to the circle before first; how many more there are is told. A hub
//! with a hundred thousand ties is looked at once and shown in part.

use kernel::{Handle, Timestamp};
use rustc_hash::FxHashMap;

use super::{graph::Graph, ties::Tie};

/// How far somebody looks.
pub const CIRCLES_MAX: u32 = 4;
/// Ties that are looked at for one circle; of more the strongest people are still found among these.
const TIES_MAX: usize = 500_000;

/// Somebody in the surroundings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Their node.
    pub node: u32,
    /// Hops from the person asked about.
    pub circle: u32,
    /// Whom they hang on: the node of the circle before with the strongest tie to them. Themselves for the person asked about.
    pub through: u32,
    /// The chance that they answer to that one.
    pub chance: f64,
    /// How many people next to them are not shown.
    pub more: u32,
}

/// One circle of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    /// People shown.
    pub shown: u32,
    /// People next to the circle before who also match, and are not shown.
    pub more: u32,
    /// False when there were too many ties to look at all of them.
    pub is_exact: bool,
}

/// A person's surroundings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ego {
    /// The person asked about, then circle by circle, the strongest first.
    pub people: Vec<Neighbour>,
    /// Ties among those shown, each once, as seen from the earlier of the two.
    pub ties: Vec<(u32, u32, Tie)>,
    /// By circle, from 1.
    pub rings: Vec<Ring>,
}

/// Which ties count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// Something happened at or after.
    pub from: Option<Timestamp>,
    /// Something happened before.
    pub to: Option<Timestamp>,
}

impl Period {
    /// Whether the two touched between their first and their last time within it.
    #[must_use]
    pub fn holds(&self, tie: &Tie) -> bool {
        self.from.is_none_or(|from| tie.last_at >= from) && self.to.is_none_or(|to| tie.first_at < to)
    }
}

/// Somebody who may come into the next circle.
struct Next {
    node: u32,
    through: u32,
    chance: f64,
}

/// The surroundings of a node while they grow, a circle at a time.
pub struct Growing<'a> {
    graph: &'a Graph,
    period: Period,
    as_of: Timestamp,
    places: FxHashMap<u32, usize>,
    ego: Ego,
    /// Where the last circle begins.
    edge: usize,
}

impl<'a> Growing<'a> {
    /// Nobody but the person asked about.
    #[must_use]
    pub fn from(graph: &'a Graph, node: u32, period: Period, as_of: Timestamp) -> Self {
        let center = Neighbour { node, circle: 0, through: node, chance: 1.0, more: 0 };
        let ego = Ego { people: vec![center], ..Ego::default() };
        Self { graph, period, as_of, places: [(node, 0)].into_iter().collect(), ego, edge: 0 }
    }

    /// Adds a circle of at most `most` people. `fits` is given people in the order of their ties' strength, some at a time, and
    /// says of each whether they may be shown. Answers whether anybody was added.
    pub fn grow(&mut self, most: usize, mut fits: impl FnMut(&[Handle]) -> Vec<bool>) -> bool {
        const AT_ONCE: usize = 2048;
        let (next, is_exact) = self.next();
        let circle = self.ego.people.last().map_or(0, |last| last.circle) + 1;
        let begin = self.ego.people.len();
        let mut ring = Ring { is_exact, ..Ring::default() };
        for some in next.chunks(AT_ONCE) {
            let persons: Vec<Handle> = some.iter().map(|next| self.graph.person(next.node)).collect();
            for (next, _) in some.iter().zip(fits(&persons)).filter(|(_, fits)| *fits) {
                if (ring.shown as usize) < most {
                    ring.shown += 1;
                    self.places.insert(next.node, self.ego.people.len());
                    let Next { node, through, chance } = *next;
                    self.ego.people.push(Neighbour { node, circle, through, chance, more: 0 });
                } else {
                    ring.more += 1;
                }
            }
        }
        self.edge = begin;
        if ring.shown > 0 {
            self.ego.rings.push(ring);
        }
        ring.shown > 0
    }

    /// Everybody next to the last circle who is not shown, the strongest tie first; and whether these are all.
    fn next(&self) -> (Vec<Next>, bool) {
        let mut best: FxHashMap<u32, (u32, f64)> = FxHashMap::default();
        let mut looked = 0;
        for from in self.ego.people[self.edge..].iter().map(|person| person.node) {
            for (node, tie) in self.graph.ties(from) {
                looked += 1;
                if looked > TIES_MAX {
                    return (self.in_order(best), false);
                }
                if self.places.contains_key(&node) || !self.period.holds(&tie) {
                    continue;
                }
                let chance = tie.chance(self.as_of);
                let entry = best.entry(node).or_insert((from, chance));
                if chance > entry.1 {
                    *entry = (from, chance);
                }
            }
        }
        (self.in_order(best), true)
    }

    /// The strongest tie first; of equal ones, and most are, whoever knows more people, so that circles can grow further.
    fn in_order(&self, best: FxHashMap<u32, (u32, f64)>) -> Vec<Next> {
        let mut next: Vec<Next> =
            best.into_iter().map(|(node, (through, chance))| Next { node, through, chance }).collect();
        next.sort_unstable_by(|a, b| {
            let knows = |next: &Next| self.graph.others(next.node).len();
            b.chance.total_cmp(&a.chance).then_with(|| knows(b).cmp(&knows(a))).then(a.node.cmp(&b.node))
        });
        next
    }

    /// What was grown, with the ties among those shown.
    #[must_use]
    pub fn done(mut self) -> Ego {
        for place in 0..self.ego.people.len() {
            let node = self.ego.people[place].node;
            let mut more = 0;
            for (other, tie) in self.graph.ties(node).filter(|(_, tie)| self.period.holds(tie)) {
                match self.places.get(&other) {
                    Some(at) if *at > place => self.ego.ties.push((node, other, tie)),
                    Some(_) => {}
                    None => more += 1,
                }
            }
            self.ego.people[place].more = more;
        }
        self.ego
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, VecDeque};

    use proptest::prelude::*;

    use super::*;
    use crate::rules::{people::People, ties::Ties};

    const NOW: Timestamp = Timestamp(100);

    fn graph(touches: &[(u32, u32, i64)]) -> Graph {
        let mut ties = Ties::default();
        for (receiver, sharer, at) in touches {
            ties.push(Handle(*receiver), Handle(*sharer), Timestamp(*at), 0);
        }
        Graph::of(&People::default(), &ties)
    }

    fn grown(graph: &Graph, node: u32, circles: u32, most: usize, fits: impl Fn(Handle) -> bool) -> Ego {
        let mut growing = Growing::from(graph, node, Period::default(), NOW);
        for _ in 0..circles {
            growing.grow(most, |persons| persons.iter().map(|person| fits(*person)).collect());
        }
        growing.done()
    }

    proptest! {
        /// With room for everybody, circles are distances among those who fit, and every tie among them is there once.
        #[test]
        fn with_room_for_all_circles_are_distances(
            touches in prop::collection::vec((0..20_u32, 0..20_u32, 0..90_i64), 1..60),
            circles in 1..=CIRCLES_MAX,
            odd_only in any::<bool>(),
        ) {
            let graph = graph(&touches);
            prop_assume!(!graph.is_empty());
            let fits = |person: Handle| !odd_only || person.0 % 2 == 1;
            let ego = grown(&graph, 0, circles, 1000, fits);
            let mut distance = BTreeMap::from([(0_u32, 0_u32)]);
            let mut queue = VecDeque::from([0_u32]);
            while let Some(node) = queue.pop_front() {
                for other in graph.others(node) {
                    let next = distance[&node] + 1;
                    if next <= circles && fits(graph.person(*other)) && !distance.contains_key(other) {
                        distance.insert(*other, next);
                        queue.push_back(*other);
                    }
                }
            }
            let told: BTreeMap<u32, u32> = ego.people.iter().map(|person| (person.node, person.circle)).collect();
            prop_assert_eq!(&told, &distance);
            prop_assert_eq!(told.len(), ego.people.len());
            for person in &ego.people[1..] {
                let tie = graph.tie(person.through, person.node).expect("a tie");
                prop_assert_eq!(told[&person.through] + 1, person.circle);
                prop_assert_eq!(tie.chance(NOW), person.chance);
                let hidden = graph.others(person.node).iter().filter(|other| !told.contains_key(other)).count();
                prop_assert_eq!(person.more as usize, hidden);
            }
            let among = |node: &u32| graph.others(*node).iter().filter(|other| told.contains_key(other)).count();
            prop_assert_eq!(ego.ties.len(), told.keys().map(among).sum::<usize>() / 2);
        }

        /// With little room the strongest are shown and the others counted.
        #[test]
        fn the_strongest_are_shown_and_the_others_counted(
            touches in prop::collection::vec((1..30_u32, 0..90_i64), 1..80),
            most in 1..6_usize,
        ) {
            let touches: Vec<_> = touches.into_iter().map(|(other, at)| (other, 0, at)).collect();
            let graph = graph(&touches);
            let (all, some) = (grown(&graph, 0, 1, 1000, |_| true), grown(&graph, 0, 1, most, |_| true));
            prop_assert_eq!(some.rings[0].shown + some.rings[0].more, all.rings[0].shown);
            let numbers = |ego: &Ego| ego.people.iter().map(|person| (person.node, person.chance)).collect::<Vec<_>>();
            prop_assert_eq!(numbers(&some), numbers(&all)[..some.people.len()].to_vec());
        }
    }

    #[test]
    fn a_period_holds_ties_that_were_alive_in_it() {
        let graph = graph(&[(1, 0, 10), (2, 0, 20), (2, 0, 40), (3, 0, 50)]);
        let within = |from: Option<i64>, to: Option<i64>| {
            let period = Period { from: from.map(Timestamp), to: to.map(Timestamp) };
            let mut growing = Growing::from(&graph, 0, period, NOW);
            growing.grow(10, |persons| vec![true; persons.len()]);
            let mut nodes: Vec<u32> = growing.done().people[1..].iter().map(|person| person.node).collect();
            nodes.sort_unstable();
            nodes
        };
        assert_eq!(within(Some(30), None), [2, 3]);
        assert_eq!(within(None, Some(20)), [1]);
        assert_eq!(within(Some(25), Some(35)), [2]);
        assert_eq!(within(None, None), [1, 2, 3]);
    }
}
