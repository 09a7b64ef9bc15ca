//! People who wait for each other in a circle: nobody who has joined can ever have brought them, so somebody's links are
//! wrong (or made up).

use super::{
    Cascade,
    forest::{NONE, State},
};
use crate::rules::people::People;

impl Cascade {
    /// How many groups of waiting people wait for each other in a circle: strongly connected parts of the kept touches
    /// among them with more than one person. Does not depend on the order of arrival. O(waiting touches).
    #[must_use]
    pub fn cycles(&self, people: &People) -> u32 {
        if self.forest.waiting == 0 { 0 } else { Search::new(self, people).count() }
    }

    /// The waiting person a waiting touch is about, if it still is one.
    fn waits(&self, people: &People, touch: u32) -> Option<u32> {
        let receiver = self.touches[touch as usize].touch.receiver;
        let node = self.forest.find(people.person(receiver))?;
        (self.forest.nodes[node as usize].state == State::Waiting).then_some(node)
    }
}

/// Tarjan's search with a stack of its own: from a sharer to those who wait for them.
struct Search<'a> {
    cascade: &'a Cascade,
    people: &'a People,
    /// Order of discovery from 1; 0 is undiscovered.
    found: Vec<u32>,
    /// Earliest discovery that can be got back to; [`NONE`] once the part is told off.
    low: Vec<u32>,
    /// Persons on the way down, each with the next touch to follow.
    way: Vec<(u32, u32)>,
    /// Persons whose part is not told off yet.
    open: Vec<u32>,
    clock: u32,
    cycles: u32,
}

impl<'a> Search<'a> {
    fn new(cascade: &'a Cascade, people: &'a People) -> Self {
        let nodes = cascade.forest.nodes.len();
        Self {
            cascade,
            people,
            found: vec![0; nodes],
            low: vec![0; nodes],
            way: Vec::new(),
            open: Vec::new(),
            clock: 0,
            cycles: 0,
        }
    }

    fn count(mut self) -> u32 {
        for start in 0..self.found.len() as u32 {
            if self.cascade.forest.nodes[start as usize].state == State::Waiting && self.found[start as usize] == 0 {
                self.enter(start);
                while let Some((node, touch)) = self.way.pop() {
                    self.step(node, touch);
                }
            }
        }
        self.cycles
    }

    fn enter(&mut self, node: u32) {
        self.clock += 1;
        self.found[node as usize] = self.clock;
        self.low[node as usize] = self.clock;
        self.open.push(node);
        self.way.push((node, self.cascade.forest.nodes[node as usize].head));
    }

    fn step(&mut self, node: u32, touch: u32) {
        if touch == NONE {
            self.leave(node);
            return;
        }
        self.way.push((node, self.cascade.touches[touch as usize].next_waiting));
        if let Some(next) = self.cascade.waits(self.people, touch) {
            if self.found[next as usize] == 0 {
                self.enter(next);
            } else if self.low[next as usize] != NONE {
                self.low[node as usize] = self.low[node as usize].min(self.found[next as usize]);
            }
        }
    }

    fn leave(&mut self, node: u32) {
        let low = self.low[node as usize];
        if low == self.found[node as usize] {
            let mut members = 0;
            while let Some(member) = self.open.pop() {
                self.low[member as usize] = NONE;
                members += 1;
                if member == node {
                    break;
                }
            }
            self.cycles += u32::from(members > 1);
        }
        if let Some((up, _)) = self.way.last() {
            // A part that was told off changes nothing above: its low is later than anything there.
            self.low[*up as usize] = self.low[*up as usize].min(low);
        }
    }
}
