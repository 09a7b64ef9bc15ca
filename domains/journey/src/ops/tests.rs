//! What happens in any order, and what happens when the process dies in between.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use db::{DbError, Decider, Records, Tx, db_test};
use facts::Kind;
use kernel::{Clock, Handle, Offset, Timestamp};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngSeed, TestRunner},
};
use river::{Ask, Order as Way};
use serde_json::json;

use super::{Command, Order, Outcome, tell};
use crate::{
    model::State,
    store::reminders::{fallen_due, reminders_by_id, told_in_workspace, waiting_between},
    testing::{House, WORKSPACE, fragrance, migrations},
};

/// Users of one story.
const USERS: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    /// Somebody does what the rule counts from, so many days ago.
    Since(usize, i64),
    /// Somebody does what calls it off, so many days ago.
    Unless(usize, i64),
    /// Two are one person.
    Join(usize, usize),
    /// Everybody of a person is alone again.
    Part(usize),
    /// So many hours pass, and then it is looked.
    Pass(i64),
    /// The process starts anew, and looks.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let user = || 0..USERS;
    prop_oneof![
        4 => (user(), 0..6_i64).prop_map(|(user, ago)| Step::Since(user, ago)),
        2 => (user(), 0..6_i64).prop_map(|(user, ago)| Step::Unless(user, ago)),
        2 => (user(), user()).prop_map(|(one, other)| Step::Join(one, other)),
        1 => user().prop_map(Step::Part),
        6 => (1..60_i64).prop_map(Step::Pass),
        1 => (300..500_i64).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ]
}

/// The same told as simply as it can be: all facts, who is who, and which facts were dealt with.
#[derive(Default)]
struct Naive {
    /// By whom, whether it counts, when and where.
    facts: Vec<(usize, bool, Timestamp, Offset)>,
    /// Which of a story's users are one person, by any number.
    person: BTreeMap<usize, usize>,
    told: BTreeSet<Offset>,
    missed: BTreeSet<Offset>,
}

impl Naive {
    fn person(&self, user: usize) -> usize {
        self.person.get(&user).copied().unwrap_or(user)
    }

    /// What waits: per person the last fact, unless it was called off since or dealt with.
    fn waiting(&self) -> Vec<(Offset, Timestamp)> {
        let persons: BTreeSet<usize> = self.facts.iter().map(|fact| self.person(fact.0)).collect();
        let of = |person: usize, counts: bool| {
            let all = self.facts.iter().filter(move |fact| self.person(fact.0) == person && fact.1 == counts);
            all.map(|fact| (fact.2, fact.3)).max()
        };
        let mut waiting = Vec::new();
        for person in persons {
            let Some((at, offset)) = of(person, true) else { continue };
            let is_off = of(person, false).is_some_and(|off| off > (at, offset));
            if !is_off && !self.told.contains(&offset) && !self.missed.contains(&offset) {
                // Ten in the morning three days later, in Shanghai.
                let day = (at.secs() + 8 * 3600) / 86_400 + 3;
                waiting.push((offset, Timestamp::from_secs(day * 86_400 + 2 * 3600)));
            }
        }
        waiting.sort_unstable();
        waiting
    }

    fn look(&mut self, now: Timestamp, on_since: Timestamp) {
        let hour = (now.secs() / 3600 + 8) % 24;
        if !(9..21).contains(&hour) {
            return;
        }
        for (offset, due) in self.waiting() {
            if due <= now {
                let missed = due < on_since || now.secs() - due.secs() > 14 * 86_400;
                if missed { &mut self.missed } else { &mut self.told }.insert(offset);
            }
        }
    }
}

fn offset(reminder: &crate::model::Reminder) -> Offset {
    match reminder.occurrence {
        crate::model::Occurrence::Fact(offset, 0) => offset,
        ref other => panic!("{other} is no first reminder of a fact"),
    }
}

/// Steps that are the same every time the test runs.
fn steps(count: usize) -> Vec<Step> {
    let config = Config { rng_seed: RngSeed::Fixed(5), ..Config::default() };
    let strategy = prop::collection::vec(step(), count);
    strategy.new_tree(&mut TestRunner::new(config)).expect("steps").current()
}

#[db_test(migrations = migrations())]
async fn whatever_happens_in_whatever_order_each_fact_is_told_of_once(records: Records) {
    let mut house = House::new(&records).await;
    let rule = json!({"name": "三天", "script": "{name}", "at": "10:00", "terms": {"kind": "after",
        "wait": {"count": 3, "unit": "day"}, "fact": {"event": "Bought"}, "unless": {"event": "Asked Not To"}}});
    house.rule(rule).await;
    let on_since = house.clock.now();
    let mut naive = Naive::default();
    for (number, step) in steps(360).into_iter().enumerate() {
        // Other people every 60 steps, so that not everybody ends up as one.
        let first = number / 60 * USERS;
        let user = |user: usize| format!("u{}", first + user);
        let now = house.clock.now();
        match step.clone() {
            Step::Since(who, ago) | Step::Unless(who, ago) => {
                let (at, counts) = (now.plus_secs(-ago * 86_400), matches!(step, Step::Since(..)));
                let event = if counts { "Bought" } else { "Asked Not To" };
                let offset = house.tell_at(at, Kind::Track, event, &user(who), json!({})).await;
                naive.facts.push((first + who, counts, at, offset));
            }
            Step::Join(one, other) => {
                house.tell(Kind::Track, "Joined", &user(one), json!({"with": user(other)})).await;
                let (from, into) = (naive.person(first + one), naive.person(first + other));
                for who in first..first + USERS {
                    if naive.person(who) == from {
                        naive.person.insert(who, into);
                    }
                }
            }
            Step::Part(who) => {
                house.tell(Kind::Track, "Parted", &user(who), json!({})).await;
                let person = naive.person(first + who);
                let together: Vec<usize> = (first..first + USERS).filter(|who| naive.person(*who) == person).collect();
                naive.person.extend(together.iter().map(|who| (*who, 1000 + number * USERS + who % USERS)));
            }
            Step::Pass(hours) => house.clock.advance_secs(hours * 3600),
            Step::Restart => house = house.restarted(),
        }
        if matches!(step, Step::Pass(_) | Step::Restart) {
            house.look().await;
            naive.look(house.clock.now(), on_since);
        }
        let all = (Timestamp(i64::MIN), Timestamp(i64::MAX));
        let waiting = waiting_between(records.reads(), WORKSPACE, all, None, 1000).await.expect("reminders");
        let mut waiting: Vec<_> = waiting.iter().map(|one| (offset(one), one.due_at)).collect();
        waiting.sort_unstable();
        assert_eq!(waiting, naive.waiting(), "step {number}: {step:?}");
    }
    let who = (None, None, &kernel::Scope::All);
    let told = told_in_workspace(records.reads(), WORKSPACE, who, &Default::default(), 1000).await.expect("reminders");
    assert_eq!(told.iter().map(offset).collect::<BTreeSet<_>>(), naive.told);
    assert_eq!((told.len(), house.outbox().await.len()), (naive.told.len(), naive.told.len()));
    assert!(naive.told.len() > 20 && naive.missed.len() > 2, "{} {}", naive.told.len(), naive.missed.len());
}

/// Dies between the row and the commit.
struct Dying;

#[async_trait]
impl Decider for Dying {
    type Command = Order;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "dying"
    }

    async fn decide(&self, tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome>, DbError> {
        for order in orders {
            let Command::Tell(told) = &order.command else { continue };
            assert_eq!(tell::tell(tx, order, told).await?, Outcome::Told(1));
        }
        Err(DbError::corrupt("the power fails"))
    }
}

#[db_test(migrations = migrations())]
async fn a_crash_leaves_the_row_and_the_fact_or_neither(records: Records) {
    let house = House::new(&records).await;
    let rule = house.rule(fragrance()).await;
    house.buys("lin", "1", "香薰").await;
    house.until("2026-11-22T19:59:00+08:00", 86_400 * 30).await;
    house.clock.advance_secs(60);

    let rules = [rule];
    let due = fallen_due(records.reads(), WORKSPACE, &rules, house.clock.now(), 10).await.expect("reminders");
    let telling = tell::Telling { reminder: due[0].id(), owner: Default::default(), unit: None, staff: None };
    let (by, command) = (db::audit::By::named("test"), Command::Tell(vec![telling]));
    let order = Order { workspace: WORKSPACE, by, at: house.clock.now(), command };
    assert!(records.group(Dying).submit(order).await.is_err());
    let after = reminders_by_id(records.reads(), WORKSPACE, &[due[0].id()]).await.expect("reminders");
    assert_eq!((after[0].state, house.outbox().await.len()), (State::Waiting, 0));

    // Another process takes it up; and one after that finds nothing to do.
    let house = house.restarted();
    assert_eq!((house.look().await, house.outbox().await.len()), (1, 1));
    let house = house.restarted();
    assert_eq!((house.look().await, house.outbox().await.len()), (0, 1));

    // The fact is carried, and carried again after a crash before the outbox forgot it: it is told once.
    house.carry().await;
    house.carry().await;
    let event = Some(facts::names::REMINDER_DUE.to_owned());
    let ask =
        Ask { handles: Some(vec![Handle(0)]), event: event.clone(), order: Way::OldestFirst, after: None, limit: 10 };
    let about_nobody = house.river().timeline(ask).await.expect("facts");
    let ask = Ask { handles: None, event, order: Way::OldestFirst, after: None, limit: 10 };
    let all = house.river().timeline(ask).await.expect("facts");
    assert_eq!(about_nobody.len().max(all.len()), 1);
}
