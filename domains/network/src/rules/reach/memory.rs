//! What is remembered of reaching people: who was asked to pass something on to whom, what they said, and whether whoever
//! was to be reached came by themselves.

use std::collections::BTreeMap;

use facts::{ReachAnswer, ReachAnswered, ReachAsked};
use kernel::{Handle, Merge, Timestamp};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::rules::{people::People, ties::Ties};

/// So long somebody is not asked again for the same target after they said no.
const REFUSAL_MICROS: i64 = 180 * 86_400 * 1_000_000;

/// One task, as the facts told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reach {
    route: Vec<Handle>,
    asked_at: Timestamp,
    due_at: Timestamp,
    answer: Option<(ReachAnswer, Option<Handle>, Timestamp)>,
    came_at: Option<Timestamp>,
}

impl Reach {
    /// Who asked whom, and whether they said yes.
    fn asks(&self) -> Vec<(Handle, Handle, bool)> {
        let Some((answer, by, _)) = self.answer else { return Vec::new() };
        let hops = self.route.windows(2).map(|hop| (hop[0], hop[1]));
        match answer {
            ReachAnswer::Accepted => hops.map(|(one, other)| (one, other, true)).collect(),
            ReachAnswer::Refused => {
                // By the handles of the route: what was told is taken back the same, whoever became one person since.
                let place = hops.clone().position(|(_, other)| Some(other) == by).unwrap_or(0);
                hops.take(place + 1).enumerate().map(|(at, (one, other))| (one, other, at < place)).collect()
            }
            ReachAnswer::Failed => hops.take(1).map(|(one, other)| (one, other, false)).collect(),
            ReachAnswer::Withdrawn => Vec::new(),
        }
    }
}

/// All tasks of a workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    tasks: BTreeMap<String, Reach>,
    /// Tasks without an answer by whom they are to reach, by today's name.
    #[serde(skip)]
    waiting: FxHashMap<Handle, Vec<String>>,
}

impl Memory {
    /// A task was set. Told again, it is due at another time.
    pub fn ask(&mut self, people: &People, asked: ReachAsked, at: Timestamp) {
        let ReachAsked { task, route, due_at } = asked;
        let route: Vec<Handle> = route.into_iter().map(|person| person.0).collect();
        let Some(target) = route.last().filter(|_| route.len() > 1) else { return };
        if let Some(known) = self.tasks.get_mut(&task) {
            known.due_at = due_at;
        } else {
            self.waiting.entry(people.person(*target)).or_default().push(task.clone());
            self.tasks.insert(task, Reach { route, asked_at: at, due_at, answer: None, came_at: None });
        }
    }

    /// It was answered, or an answer was taken back: the ties learn it. Whether anything changed.
    pub fn answer(&mut self, people: &People, ties: &mut Ties, answered: &ReachAnswered, at: Timestamp) -> bool {
        let Some(reach) = self.tasks.get_mut(&answered.task) else { return false };
        if let Some((.., before)) = reach.answer {
            for (one, other, yes) in reach.asks() {
                ties.forget_ask(one, other, yes, before);
            }
        }
        let is_open = answered.answer == ReachAnswer::Withdrawn;
        reach.answer = (!is_open).then_some((answered.answer, answered.by.map(|by| by.0), at));
        for (one, other, yes) in reach.asks() {
            ties.ask(one, other, yes, at);
        }
        let target = people.person(reach.route[reach.route.len() - 1]);
        let waiting = self.waiting.entry(target).or_default();
        waiting.retain(|task| *task != answered.task);
        if is_open {
            waiting.push(answered.task.clone());
        }
        if waiting.is_empty() {
            self.waiting.remove(&target);
        }
        true
    }

    /// Somebody opened what somebody shared: it may be whom a task was to reach.
    pub fn touch(&mut self, people: &People, receiver: Handle, sharer: Handle, at: Timestamp) {
        if self.waiting.is_empty() {
            return;
        }
        let Some(tasks) = self.waiting.get(&people.person(receiver)) else { return };
        for task in tasks {
            let Some(reach) = self.tasks.get_mut(task) else { continue };
            let root = people.person(reach.route[0]);
            if root == people.person(sharer) && reach.asked_at <= at && at <= reach.due_at && reach.came_at.is_none() {
                reach.came_at = Some(at);
            }
        }
    }

    /// Two became one person.
    pub fn merge(&mut self, merge: Merge) {
        if let Some(tasks) = self.waiting.remove(&merge.gone) {
            self.waiting.entry(merge.kept).or_default().extend(tasks);
        }
    }

    /// People go by other names.
    pub fn rename(&mut self, people: &People) {
        for (_, tasks) in std::mem::take(&mut self.waiting) {
            for task in tasks {
                let Some(target) = self.tasks.get(&task).and_then(|reach| reach.route.last()) else { continue };
                self.waiting.entry(people.person(*target)).or_default().push(task);
            }
        }
    }

    /// Tasks without an answer whose target came within the time, and when.
    pub fn came(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        self.waiting.values().flatten().filter_map(|task| Some((task.as_str(), self.tasks.get(task)?.came_at?)))
    }

    /// Who is not to be asked about a target: they said no lately.
    #[must_use]
    pub fn refused(&self, people: &People, target: Handle, as_of: Timestamp) -> Vec<Handle> {
        let target = people.person(target);
        let refused = self.tasks.values().filter_map(|reach| {
            let (ReachAnswer::Refused, by, at) = reach.answer? else { return None };
            let lately = as_of.micros_since(at) < REFUSAL_MICROS;
            let about = people.person(*reach.route.last()?) == target;
            let by = people.person(by.or(reach.route.get(1).copied())?);
            (lately && about && by != target).then_some(by)
        });
        let mut refused: Vec<Handle> = refused.collect();
        refused.sort_unstable();
        refused.dedup();
        refused
    }

    /// What comes with a snapshot: who is waited for, and what the ties learned.
    pub fn restore(&mut self, people: &People, ties: &mut Ties) {
        for (task, reach) in &self.tasks {
            match reach.answer {
                Some((.., at)) => {
                    for (one, other, yes) in reach.asks() {
                        ties.ask(one, other, yes, at);
                    }
                }
                None => {
                    let target = people.person(reach.route[reach.route.len() - 1]);
                    self.waiting.entry(target).or_default().push(task.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::PersonId;

    use super::*;

    fn asked(task: &str, route: &[u32]) -> ReachAsked {
        let route = route.iter().map(|handle| PersonId(Handle(*handle))).collect();
        ReachAsked { task: task.to_owned(), route, due_at: Timestamp(100) }
    }

    fn answered(task: &str, answer: ReachAnswer, by: Option<u32>) -> ReachAnswered {
        ReachAnswered { task: task.to_owned(), answer, by: by.map(|by| PersonId(Handle(by))) }
    }

    fn no_and_yes(people: &People, ties: &Ties, one: u32, other: u32) -> Option<(u16, u16)> {
        let tie = ties.between(people, Handle(one), Handle(other), None)?;
        Some((tie.asked.no, tie.asked.yes))
    }

    #[test]
    fn those_before_who_said_no_said_yes_and_undoing_leaves_nothing() {
        let (people, mut ties, mut memory) = (People::default(), Ties::default(), Memory::default());
        memory.ask(&people, asked("t", &[1, 2, 3, 4]), Timestamp(10));
        memory.answer(&people, &mut ties, &answered("t", ReachAnswer::Refused, Some(3)), Timestamp(20));
        assert_eq!(no_and_yes(&people, &ties, 1, 2), Some((0, 1)));
        assert_eq!(no_and_yes(&people, &ties, 2, 3), Some((1, 0)));
        assert_eq!(no_and_yes(&people, &ties, 3, 4), None);
        assert_eq!(memory.refused(&people, Handle(4), Timestamp(30)), [Handle(3)]);
        assert_eq!(memory.refused(&people, Handle(9), Timestamp(30)), []);
        assert_eq!(memory.refused(&people, Handle(4), Timestamp(20 + REFUSAL_MICROS)), [], "not for ever");

        memory.answer(&people, &mut ties, &answered("t", ReachAnswer::Failed, None), Timestamp(25));
        assert_eq!((no_and_yes(&people, &ties, 1, 2), no_and_yes(&people, &ties, 2, 3)), (Some((1, 0)), None));
        memory.answer(&people, &mut ties, &answered("t", ReachAnswer::Withdrawn, None), Timestamp(30));
        assert_eq!(ties, {
            let mut empty = Ties::default();
            empty.ask(Handle(1), Handle(3), true, Timestamp(0));
            empty.forget_ask(Handle(1), Handle(3), true, Timestamp(0));
            empty
        });
        assert!(memory.refused(&people, Handle(4), Timestamp(30)).is_empty());
        assert!(!memory.answer(&people, &mut ties, &answered("unknown", ReachAnswer::Failed, None), Timestamp(25)));
    }

    #[test]
    fn whoever_comes_in_time_under_the_root_is_noticed_under_whatever_id() {
        let (mut people, mut memory) = (People::default(), Memory::default());
        memory.ask(&people, asked("t", &[1, 2, 5]), Timestamp(10));
        for (receiver, sharer, at) in [(5, 2, 20), (4, 1, 20), (5, 1, 9), (5, 1, 101), (1, 5, 20)] {
            memory.touch(&people, Handle(receiver), Handle(sharer), Timestamp(at));
        }
        assert_eq!(memory.came().count(), 0);
        let merge = people.would_merge(Handle(5), Handle(3)).expect("two people");
        people.link(Handle(5), Handle(3));
        memory.merge(merge);
        memory.touch(&people, Handle(3), Handle(1), Timestamp(50));
        assert_eq!(memory.came().collect::<Vec<_>>(), [("t", Timestamp(50))]);
        memory.answer(&people, &mut Ties::default(), &answered("t", ReachAnswer::Accepted, None), Timestamp(60));
        assert_eq!(memory.came().count(), 0);
    }
}
