//! 两天五万: the story's numbers, counted again from the facts alone.

mod fold;

use std::collections::{BTreeMap, BTreeSet};

use facts::{Kind, Typed};
use fold::{Fold, Outcome};
use kernel::Timestamp;
use proptest::{
    prelude::any,
    prop_assert, proptest,
    test_runner::{Config, RngSeed},
};
use simulator::{DEFAULT_SEED, KOC_INVITES_MIN, STORES, Simulation, Truth};

fn until() -> Timestamp {
    Timestamp::parse("2026-11-22T13:00:00Z").expect("a time")
}

/// The outcome counted as the truth counts it.
fn recount(fold: &Fold, out: &Outcome, truth: &Truth) -> Truth {
    let mut counted = truth.clone();
    counted.facts = fold.facts;
    counted.touches = out.touches;
    counted.people = out.parents.len() as u32;
    let below = || out.circle.iter().filter(|(_, circle)| **circle > 0).map(|(person, _)| person);
    counted.fans = below().filter(|person| out.fans.contains(person)).count() as u32;
    counted.visitors = below().filter(|person| !out.fans.contains(person)).count() as u32;
    counted.depth_max = out.circle.values().max().map_or(0, |circle| *circle as u8);
    counted.share_levels_max = counted.depth_max + 1;
    counted.sharers = below().filter(|person| out.invites.contains_key(person)).count() as u32;
    counted.kocs =
        below().filter(|person| out.invites.get(person).is_some_and(|n| *n >= KOC_INVITES_MIN)).count() as u32;
    counted.invites_max = out.invites.values().max().copied().unwrap_or(0);
    counted.orders = out.paid.values().map(|paid| paid.0).sum();
    counted.paid_minor = out.paid.values().map(|paid| paid.1).sum();
    for circle in &mut counted.circles {
        circle.people = out.circle.values().filter(|c| **c == usize::from(circle.circle)).count() as u32;
    }
    for root in &mut counted.roots {
        let person = fold.user(&root.user_id);
        assert_eq!(out.unit_of_root[&person], root.unit);
        let members: BTreeSet<_> = out.root.iter().filter(|(_, root)| **root == person).map(|(who, _)| *who).collect();
        root.people = members.len() as u32;
        root.fans = members.intersection(&out.fans).count() as u32;
        root.visitors = root.people - 1 - root.fans;
        root.depth = members.iter().map(|who| out.circle[who]).max().unwrap_or(0) as u8;
        root.direct_invites = out.invites[&person];
        (root.orders, root.paid_minor) = out.paid.get(&person).copied().unwrap_or_default();
        for circle in &mut root.circles {
            let there = || members.iter().filter(|who| out.circle[who] == usize::from(circle.circle));
            let (people, fans) = (there().count(), there().filter(|who| out.fans.contains(who)).count());
            (circle.people, circle.fans) = (people as u32, fans as u32);
        }
    }
    let anomalies = &mut counted.anomalies;
    anomalies.repeats = out.repeats;
    anomalies.repeats_across_stores = out.repeats_across;
    anomalies.self_shares = out.self_shares;
    anomalies.early_children = out.early_children;
    anomalies.early_children_by_clock = out.early_by_clock;
    anomalies.unknown_parents = out.unknown_sharers;
    anomalies.unknown_root_people = out.lost.len() as u32;
    anomalies.cycles = out.rings;
    anomalies.duplicates = fold.duplicates;
    counted
}

/// Everything that holds for every seed and size. Gives the outcome back for more.
fn check(simulation: &Simulation) -> Outcome {
    let truth = &simulation.truth;
    let fold = Fold::of(simulation.facts());
    let out = fold.outcome();
    let counted = recount(&fold, &out, truth);
    assert_eq!(&counted, truth, "the facts say what the simulation promises");

    assert_eq!(truth.roots.len(), STORES);
    assert_eq!(truth.people, STORES as u32 + truth.fans + truth.visitors);
    assert_eq!(truth.roots.iter().map(|root| root.fans).sum::<u32>(), truth.fans, "stores sum to the total");
    assert_eq!((truth.depth_max, truth.share_levels_max, truth.roots[0].depth), (12, 13, 12));
    assert!(truth.roots[1..].iter().all(|root| root.depth < 12 && root.fans < truth.roots[0].fans));
    assert_eq!(truth.circles.len(), 12);
    assert!(truth.circles.iter().all(|circle| circle.people > 0));
    assert!(truth.circles[11].fans > 0, "the deepest circle holds for fans too");

    let first = fold.first_touches();
    for (person, parent) in &out.parents {
        assert_eq!(first.get(person).copied(), *parent, "no order of arrival moves anybody");
    }
    out
}

#[test]
fn the_default_seed_tells_the_story_exactly() {
    let truth = Simulation::new(DEFAULT_SEED, until()).truth;
    let manager_a = &truth.roots[0];
    assert_eq!((manager_a.user_id.as_str(), manager_a.unit.as_str()), ("staff-chen-yu", "hangzhou-xihu"));
    assert_eq!((manager_a.fans, manager_a.visitors, manager_a.direct_invites), (21_364, 1_391, 380));
    assert_eq!((truth.people, truth.fans, truth.visitors), (60_972, 57_007, 3_941));
    assert_eq!((truth.sharers, truth.kocs, truth.invites_max), (7_864, 136, 380));
    let people: Vec<u32> = truth.circles.iter().map(|circle| circle.people).collect();
    assert_eq!(people, [3_260, 13_679, 14_507, 11_730, 7_528, 4_448, 2_681, 1_563, 824, 439, 213, 76]);
}

#[test]
fn the_facts_alone_say_the_same() {
    let simulation = Simulation::new(DEFAULT_SEED, until());
    let out = check(&simulation);
    let truth = &simulation.truth;
    assert!((7_000..=8_200).contains(&truth.sharers), "{}", truth.sharers);
    assert!((126..=140).contains(&truth.kocs), "{}", truth.kocs);
    assert!((380..=394).contains(&truth.invites_max), "{}", truth.invites_max);
    let koc = |person: &usize| out.circle[person] > 0 && out.invites.get(person).is_some_and(|n| *n >= KOC_INVITES_MIN);
    let kocs: Vec<_> = out.parents.iter().filter(|(person, _)| koc(person)).collect();
    let chained = kocs.iter().filter(|(_, parent)| parent.is_some_and(|parent| koc(&parent))).count();
    assert!(chained * 4 > kocs.len(), "key people come in chains: {chained} of {}", kocs.len());
}

#[test]
fn every_seed_keeps_the_story() {
    for seed in [1, 7, u64::MAX] {
        let simulation = Simulation::new(seed, Timestamp::parse("2027-03-01T00:00:00Z").unwrap());
        check(&simulation);
        let truth = &simulation.truth;
        assert_eq!(truth.roots[0].fans, 21_364);
        assert!((57_000..=57_400).contains(&truth.fans), "{}", truth.fans);
        assert!((3_900..=4_100).contains(&truth.visitors), "{}", truth.visitors);
        assert!((7_000..=8_200).contains(&truth.sharers), "{}", truth.sharers);
        assert!((126..=140).contains(&truth.kocs), "{}", truth.kocs);
        assert!((380..=394).contains(&truth.invites_max), "{}", truth.invites_max);
        let people: Vec<u32> = truth.circles.iter().map(|circle| circle.people).collect();
        let peak = (0..12).max_by_key(|circle| people[*circle]).unwrap();
        assert!(peak <= 3, "the widest circle is an early one: {people:?}");
        assert!(people[..=peak].is_sorted_by(|a, b| a < b) && people[peak..].is_sorted_by(|a, b| a > b), "{people:?}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 24, rng_seed: RngSeed::Fixed(24), failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_size_keeps_its_shape(seed in any::<u64>(), one_in in 10_u32..=100, hour in 0_i64..10_000) {
        let simulation = Simulation::scaled(seed, Timestamp::from_secs(1_780_000_000).floor_hour().plus_secs(hour * 3600), one_in);
        check(&simulation);
        prop_assert!(simulation.truth.roots[0].fans == 21_364 / one_in);
    }
}

#[test]
fn a_seed_repeats_itself_to_the_byte() {
    let [a, b] = [(); 2].map(|()| Simulation::new(DEFAULT_SEED, until()));
    assert_eq!(a.truth, b.truth);
    let lines = |simulation: &Simulation| {
        simulation.facts().map(|fact| serde_json::to_string(&fact).unwrap()).collect::<Vec<_>>()
    };
    assert!(lines(&a) == lines(&b));
    let other = Simulation::scaled(DEFAULT_SEED + 1, until(), 50);
    assert_ne!(other.truth, Simulation::scaled(DEFAULT_SEED, until(), 50).truth);
}

#[test]
fn facts_come_in_order_and_day_follows_night() {
    let simulation = Simulation::new(DEFAULT_SEED, until());
    let campaign = &simulation.brand.campaign;
    let mut hours_of_day = [0_u32; 24];
    let mut before = Timestamp::default();
    for fact in simulation.facts() {
        assert!(fact.received_at >= before);
        before = fact.received_at;
        assert!(fact.received_at <= campaign.ends_at && fact.timestamp <= campaign.ends_at);
        assert!(fact.timestamp >= campaign.starts_at, "{}", fact.timestamp);
        if fact.event == "Spread Opened" {
            hours_of_day[((fact.timestamp.secs() / 3600 + 8) % 24) as usize] += 1;
        }
    }
    assert!(hours_of_day[3] * 20 < hours_of_day[21], "{hours_of_day:?}");
}

#[test]
fn people_are_visibly_made_up() {
    let simulation = Simulation::scaled(DEFAULT_SEED, until(), 10);
    let mut phones = BTreeMap::new();
    for fact in simulation.facts() {
        assert!(fact.message_id.len() <= 100);
        let fact = fact.into_fact("test");
        if let Ok(Typed::Identified(known)) = fact.typed() {
            assert!(known.name.is_some_and(|name| (2..=4).contains(&name.chars().count())));
            if let Some(phone) = known.phone {
                assert!(phone.len() == 11 && phone.starts_with("1540"), "{phone}");
                let user = phones.entry(phone).or_insert_with(|| fact.user_id.clone());
                assert_eq!(*user, fact.user_id, "one phone, one person");
            }
            assert!(known.wechat.is_none_or(|id| id.starts_with("o_sim_")));
        }
    }
}

#[test]
fn a_fact_is_an_item_of_the_api() {
    let simulation = Simulation::scaled(DEFAULT_SEED, until(), 100);
    for fact in simulation.facts() {
        let json = serde_json::to_value(&fact).unwrap();
        assert_eq!(json["timestamp"], fact.timestamp.to_string());
        assert!(json["user_id"].is_string() || json["anonymous_id"].is_string());
        let identify = fact.kind == Kind::Identify;
        assert_eq!(json["type"], fact.kind.as_str());
        assert_eq!((json["traits"].is_object(), json["properties"].is_object()), (identify, !identify));
        assert_eq!(json["event"].is_string(), !identify);
    }
}

#[test]
fn life_goes_on_after_the_end() {
    let simulation = Simulation::scaled(DEFAULT_SEED, until(), 20);
    let mut fold = Fold::of(simulation.facts());
    let placed = fold.outcome().parents.len();
    let duplicates = fold.duplicates;
    let mut before = until();
    let mut opened = 0;
    for fact in simulation.live(6.0).take(2_000) {
        assert!(fact.received_at >= before);
        before = fact.received_at;
        opened += usize::from(fact.event == "Spread Opened");
        fold.hear(fact);
    }
    let out = fold.outcome();
    assert_eq!(out.parents.len(), placed + opened, "every hop brings one person");
    assert_eq!((fold.duplicates, out.circle.values().max()), (duplicates, Some(&12)));
    let minutes = before.micros_since(until()) as f64 / 60e6;
    assert!((opened as f64 / minutes - 6.0).abs() < 1.0, "{opened} hops in {minutes} minutes");
}
