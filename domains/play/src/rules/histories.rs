//! Thousands of histories from seeds, each watched by an auditor that knows nothing of how decisions are made: it adds up
//! transfers, and holds the world to what must be so.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Timestamp;

use super::{
    chance::Dice,
    check,
    decide::decide,
    presets::{START, one_of, order_packet},
    words::Refusal,
    world::{Act, Change, Done, Event, World},
};
use crate::model::{
    Chance, Declaration, Finality, GrantState, InstanceState, Kind, Op, Phase, Progress, SeatState, Subject, Told,
};

/// Histories of each kind: more than ten thousand together.
const HISTORIES: u64 = 1100;
const STEPS: usize = 45;

/// Adds up what was transferred, and nothing else.
#[derive(Default)]
struct Auditor {
    ids: BTreeSet<String>,
    held: BTreeMap<(String, String), i64>,
    given: BTreeMap<(String, String), i64>,
    held_fen: i64,
    spent_fen: i64,
    completed: BTreeSet<String>,
}

impl Auditor {
    fn hear(&mut self, change: &Change) {
        for transfer in &change.transfers {
            assert!(self.ids.insert(transfer.id.clone()), "{} happens twice", transfer.id);
            let whose = (transfer.reward.clone(), transfer.subject.0.clone());
            let (held, given) = match transfer.op {
                Op::Hold => (1, 0),
                Op::Give => (-1, 1),
                Op::Void => (-1, 0),
                Op::Back => (0, -1),
            };
            *self.held.entry(whose.clone()).or_default() += held;
            *self.given.entry(whose.clone()).or_default() += given;
            self.held_fen += held * transfer.fen;
            self.spent_fen += given * transfer.fen;
            assert!(self.held[&whose] >= 0 && self.given[&whose] >= 0, "{} gives what was not held", transfer.id);
        }
        for told in &change.told {
            if let Told::Completed(_, id) = told {
                assert!(self.completed.insert(id.clone()), "{id} completes twice");
            }
        }
    }

    fn check(&self, play: &Declaration, world: &World) {
        let sum = |of: &BTreeMap<(String, String), i64>, reward: &str| -> i64 {
            of.iter().filter(|((name, _), _)| name == reward).map(|(_, count)| count).sum()
        };
        for reward in &play.rewards {
            let (held, given) = (sum(&self.held, &reward.id), sum(&self.given, &reward.id));
            let pool = world.pools.rewards.get(&reward.id).copied().unwrap_or_default();
            assert_eq!((pool.held, pool.given), (held, given), "{}: counters are what was transferred", reward.id);
            assert!(held + given <= reward.stock, "{}: {held} held, {given} given of {}", reward.id, reward.stock);
        }
        assert_eq!((world.pools.held_fen, world.pools.spent_fen), (self.held_fen, self.spent_fen));
        assert!(self.held_fen + self.spent_fen <= play.budget_fen, "the budget is exceeded");
        if let Some(Chance::Packet { total_fen, count, min_fen, .. }) = &play.chance {
            let (packed, fen) = (world.pools.packed, world.pools.packed_fen);
            assert!(packed <= *count && fen <= *total_fen && total_fen - fen >= (count - packed) * min_fen);
        }
        one_reward_each(world);
        for instance in world.instances.values() {
            let helps = world.people.values().flat_map(|person| &person.helps);
            let of_this: Vec<_> = helps.filter(|help| help.instance == instance.id && help.live).collect();
            match &play.progress {
                Progress::Count => assert_eq!(instance.progress, of_this.len() as i64, "each help counts once"),
                Progress::Sum { start_fen, floor_fen, .. } => {
                    assert_eq!(instance.cuts.iter().sum::<i64>(), start_fen - floor_fen);
                    assert_eq!(instance.progress, instance.cuts.iter().take(of_this.len()).sum::<i64>());
                }
                Progress::PaidSeats { .. } => {
                    let full = play.thresholds[0].at;
                    let seats = |is: fn(&SeatState) -> bool| {
                        instance.seats.iter().filter(|seat| is(&seat.state)).count() as i64
                    };
                    let taken = seats(|state| !matches!(state, SeatState::Refunded(_)));
                    assert!(taken <= full, "{taken} seats of {full}");
                    if instance.state == InstanceState::Open {
                        assert_eq!(instance.progress, seats(|state| matches!(state, SeatState::Paid(_))));
                        assert!(instance.progress < full, "a full group is complete");
                    }
                }
                Progress::Set { .. } => assert_eq!(instance.progress, instance.cards.len() as i64),
                Progress::Streak | Progress::Instant { .. } => {}
            }
            let complete = instance.completed_at.is_some();
            assert_eq!(complete, self.completed.contains(&instance.id));
        }
    }
}

/// Of a reward and a period, a person with all their ids has one.
fn one_reward_each(world: &World) {
    let mut seen: BTreeSet<(Subject, &str, &str)> = BTreeSet::new();
    for (subject, person) in &world.people {
        let kin = world.kin.get(subject).into_iter().flatten().chain([subject]);
        let named_after = kin.min().cloned().unwrap_or_else(|| subject.clone());
        for grant in person.grants.iter().filter(|grant| grant.state != GrantState::Void) {
            let fresh = seen.insert((named_after.clone(), &grant.reward, &grant.period));
            assert!(fresh, "{named_after} has {} twice", grant.reward);
        }
    }
}

fn person(number: u128) -> Subject {
    Subject(format!("test|{number}"))
}

/// Ten ids of nine people: 0 and 1 are one person.
fn town() -> World {
    let mut world = World::new(Phase::Live);
    for id in [0, 1] {
        world.kin.insert(person(id), vec![person(0), person(1)]);
    }
    world
}

fn act(dice: &mut Dice, world: &World, step: usize) -> Act {
    let mut known: Vec<&String> = world.instances.keys().collect();
    known.sort();
    let one = |dice: &mut Dice| {
        let place = dice.below(known.len() as u128) as usize;
        known.get(place).map_or_else(|| "none".to_owned(), |id| (*id).clone())
    };
    // An order comes again now and then, perhaps for another seat.
    let order = |dice: &mut Dice| format!("{}", step as u128 - dice.below(3.min(step as u128 + 1)));
    match dice.below(20) {
        0..=3 => Act::Join,
        4..=9 => Act::Help(one(dice)),
        10 => Act::CheckIn,
        11..=12 => Act::Claim(one(dice)),
        13 => Act::Retract(one(dice)),
        14..=16 => {
            let instance = (dice.below(3) > 0).then(|| one(dice));
            Act::Paid { instance, order: order(dice) }
        }
        17 => {
            let instance = one(dice);
            let orders = world.instances.get(&instance).into_iter().flat_map(|instance| {
                let seats = instance.seats.iter().filter_map(|seat| match &seat.state {
                    SeatState::Paid(order) | SeatState::Refunded(order) => Some(order.clone()),
                    SeatState::Locked(_) => None,
                });
                seats.chain(instance.order.clone())
            });
            let order = orders.last().unwrap_or_default();
            Act::Refunded { instance, order }
        }
        _ => Act::Tick(one(dice)),
    }
}

fn live(play: &Declaration, seed: u64) {
    let (mut dice, mut world, mut auditor) = (Dice::new(seed), town(), Auditor::default());
    let mut now = START;
    for step in 0..STEPS {
        // Mostly minutes, sometimes a day: seats and tries run out.
        let jump = if dice.below(8) == 0 { dice.below(40 * 3600) } else { dice.below(600) };
        now = Timestamp(now.0 + jump as i64 * 1_000_000);
        if dice.below(30) == 0 {
            world.phase = if world.phase == Phase::Live { Phase::Paused } else { Phase::Live };
        }
        let by = dice.below(10);
        let event = Event {
            at: now,
            by: person(by),
            newcomer: by % 3 != 0,
            signed_in: true,
            held: by == 9,
            id: format!("i{step}"),
            seed: seed ^ (step as u64) << 32,
            act: act(&mut dice, &world, step),
        };
        let change = decide(play, &world, &event);
        let again = decide(play, &world, &event);
        assert_eq!((&change.outcome, &change.transfers), (&again.outcome, &again.transfers), "pure");
        check_refusals(play, &world, &event, &change);
        auditor.hear(&change);
        world.apply(&change);
        auditor.check(play, &world);
        // The same event once more, as a phone that heard no answer sends it: nothing moves.
        if change.outcome.is_ok() && !matches!(event.act, Act::Claim(_)) {
            let repeated = decide(play, &world, &event);
            assert_eq!(repeated.transfers, [], "seed {seed}, step {step}: {:?} counts twice", event.act);
        }
    }
}

fn check_refusals(play: &Declaration, world: &World, event: &Event, change: &Change) {
    let refused = |refusal| assert_eq!(change.outcome, Err(refusal), "{:?}", event.act);
    match &event.act {
        Act::Help(id) => {
            let owner = world.instances.get(id).map(|instance| &instance.owner);
            let counts = !matches!(play.progress, Progress::PaidSeats { .. });
            if world.phase == Phase::Live && counts && owner.is_some_and(|owner| world.same(&event.by, owner)) {
                assert!(change.outcome.is_err(), "nobody helps themselves");
            }
        }
        Act::Retract(id) if play.edge.final_at == Finality::Reached => {
            let complete = world.instances.get(id).is_some_and(|known| known.state == InstanceState::Complete);
            let helped = world
                .people
                .get(&event.by)
                .is_some_and(|person| person.helps.iter().any(|help| &help.instance == id && help.live));
            if complete && helped {
                refused(Refusal::Final);
            }
        }
        _ if event.held => {
            let gains = change.transfers.iter().any(|transfer| transfer.op == Op::Give && transfer.subject == event.by);
            let paid = matches!(event.act, Act::Paid { .. });
            assert!(!gains || paid, "who is looked at gets nothing: {:?}", event.act);
        }
        _ => {}
    }
}

fn all(play: &Declaration) {
    assert_eq!(check::flaws(play), []);
    (0..HISTORIES).for_each(|seed| live(play, seed));
}

macro_rules! histories {
    ($($name:ident: $play:expr;)*) => {$(
        #[test]
        fn $name() {
            all(&$play);
        }
    )*};
}

histories! {
    histories_of_free_gifts: one_of(Kind::FreeGift);
    histories_of_assists: one_of(Kind::Assist);
    histories_of_referrals: one_of(Kind::Referral);
    histories_of_group_buys: one_of(Kind::GroupBuy);
    histories_of_bargains: one_of(Kind::Bargain);
    histories_of_red_packets: one_of(Kind::RedPacket);
    histories_of_lotteries: one_of(Kind::Lottery);
    histories_of_card_sets: one_of(Kind::CardSet);
    histories_of_check_ins: one_of(Kind::CheckIn);
    histories_of_packets_by_order: order_packet();
}

/// Something happens to somebody a second after the last.
fn step(play: &Declaration, world: &mut World, by: u128, act: Act) -> Result<Done, Refusal> {
    let number = world.pools.begun + world.pools.helped;
    step_at(play, world, START.plus_secs(number), by, act)
}

fn step_at(play: &Declaration, world: &mut World, at: Timestamp, by: u128, act: Act) -> Result<Done, Refusal> {
    let id = format!("i{}", world.pools.begun);
    let event = Event { at, by: person(by), newcomer: true, signed_in: true, held: false, id, seed: by as u64, act };
    let change = decide(play, world, &event);
    world.apply(&change);
    change.outcome
}

/// Story 12 in memory: 500 books, 10 000 claimants, exactly 500 given, one each.
#[test]
fn five_hundred_books_and_ten_thousand_claimants() {
    let play = super::presets::free_gift(500);
    let mut world = World::new(Phase::Live);
    let mut got = 0;
    for claimant in 0..10_000_u128 {
        let Ok(Done::Joined(id)) = step(&play, &mut world, claimant, Act::Join) else { panic!("may begin") };
        for friend in 1..=3 {
            let by = 1_000_000 + claimant * 3 + friend;
            assert_eq!(step(&play, &mut world, by, Act::Help(id.clone())), Ok(Done::Helped { amount: 1 }));
        }
        match step(&play, &mut world, claimant, Act::Claim(id)) {
            Ok(Done::Claimed(grants)) => got += grants.len(),
            Err(Refusal::SoldOut) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(got, 500);
    assert_eq!(world.pools.rewards["book"].given, 500);
    assert_eq!((world.pools.spent_fen, world.pools.held_fen), (750_000, 0));
    one_reward_each(&world);
}

/// A seat is locked before it is paid, a group completes once, and money that finds no seat goes back.
#[test]
fn late_money_is_refunded_and_a_full_group_stays_full() {
    let play = one_of(Kind::GroupBuy);
    let mut world = World::new(Phase::Live);
    let Ok(Done::Joined(id)) = step(&play, &mut world, 1, Act::Join) else { panic!("may begin") };
    for by in [2, 3] {
        assert!(matches!(step(&play, &mut world, by, Act::Help(id.clone())), Ok(Done::Seated(_))));
    }
    assert_eq!(step(&play, &mut world, 4, Act::Help(id.clone())), Err(Refusal::Closed), "three seats are locked");
    let pay = |order: &str| Act::Paid { instance: Some(id.clone()), order: order.to_owned() };
    let paid = Ok(Done::Paid(id.clone()));
    assert_eq!(step(&play, &mut world, 1, pay("o1")), paid);
    assert_eq!(step(&play, &mut world, 1, pay("o1")), paid, "a callback that comes twice");
    assert_eq!(step(&play, &mut world, 2, pay("o2")), paid);
    // The third lets the seat go; the fourth takes it, and the third pays after all.
    let later = START.plus_secs(20 * 60);
    assert!(matches!(step_at(&play, &mut world, later, 4, Act::Help(id.clone())), Ok(Done::Seated(_))));
    assert_eq!(step_at(&play, &mut world, later, 4, pay("o4")), paid);
    assert_eq!(world.instances[&id].state, InstanceState::Complete);
    assert_eq!(step_at(&play, &mut world, later, 3, pay("o3")), Ok(Done::RefundDue));
    assert_eq!(world.pools.rewards["seat"].given, 3);
    let refund = Act::Refunded { instance: id.clone(), order: "o2".to_owned() };
    assert_eq!(step_at(&play, &mut world, later, 9, refund), Ok(Done::TakenBack));
    assert_eq!((world.instances[&id].state, world.pools.completed), (InstanceState::Complete, 1));
    assert_eq!(world.pools.rewards["seat"].given, 2);
}

/// Story 7: a paid order yields a packet, a newcomer gets a coupon, a refund takes the packet back.
#[test]
fn a_refund_takes_the_packet_of_the_order_back() {
    let play = order_packet();
    let mut world = World::new(Phase::Live);
    let order = Act::Paid { instance: None, order: "77".to_owned() };
    let Ok(Done::Paid(id)) = step(&play, &mut world, 1, order.clone()) else { panic!("an order begins it") };
    assert_eq!(step(&play, &mut world, 1, order), Ok(Done::Paid(id.clone())), "once");
    assert_eq!(step(&play, &mut world, 2, Act::Help(id.clone())), Ok(Done::Helped { amount: 1 }));
    assert!(
        matches!(step(&play, &mut world, 1, Act::Claim(id.clone())), Ok(Done::Claimed(got)) if got[0].cost_fen == 100)
    );
    assert_eq!((world.pools.spent_fen, world.pools.packed_fen), (300, 100));
    let refund = Act::Refunded { instance: id.clone(), order: "77".to_owned() };
    assert_eq!(step(&play, &mut world, 1, refund), Ok(Done::TakenBack));
    assert_eq!((world.pools.spent_fen, world.pools.packed_fen), (200, 0), "the friend keeps the coupon");
    assert_eq!(step(&play, &mut world, 1, Act::Claim(id)), Err(Refusal::Closed));
}
