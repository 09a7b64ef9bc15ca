//! Whatever happens in whatever order: the live network says what the rules, told slowly, say; and it says the same
//! however it was fed, also when it was saved and restored half-way.

#[path = "support/naive.rs"]
mod naive;
mod support;

use std::fmt::Write;

use facts::{ReachAnswer, ReachAnswered, ReachAsked, RingReviewed, Verdict};
use kernel::{Handle, Offset, PersonId, Scope, Timestamp};
use naive::Naive;
use network::{
    model::{Event, Network},
    rules::{
        bonds::BondKind,
        marks::{Mark, MarkKind},
        people::Contact,
    },
};
use proptest::prelude::*;
use support::{campaign, store, store_scope};

const HANDLES: u32 = 12;
const CAMPAIGNS: [&str; 2] = ["spring", "autumn"];
const STORES: [&str; 2] = ["a", "b"];

/// An event still without its offset.
fn event() -> impl Strategy<Value = Event> {
    let handle = || (1..=HANDLES).prop_map(Handle);
    let id = || (0..4_usize).prop_map(|i| campaign(CAMPAIGNS[usize::from(i == 3)]));
    let at = || (0..50_i64).prop_map(Timestamp::from_secs);
    let offset = Offset(0);
    prop_oneof![
        2 => (id(), handle(), at(), 0..2_usize).prop_map(move |(campaign, handle, at, owner)| {
            Event::RootDeclared { offset, at, campaign, handle, owner: store(STORES[owner]) }
        }),
        12 => (id(), handle(), handle(), at()).prop_map(move |(campaign, receiver, sharer, at)| {
            Event::Touched { offset, at, campaign, receiver, sharer }
        }),
        2 => (handle(), handle(), at()).prop_map(move |(one, other, at)| Event::Befriended { offset, at, one, other }),
        4 => (handle(), 0..2_usize, 0..2_u8, any::<bool>(), at()).prop_map(move |(handle, kind, id, named, at)| {
            let name = named.then(|| format!("{id}群"));
            Event::Gathered { offset, at, handle, kind: [BondKind::Group, BondKind::Together][kind], id: id.to_string(), name }
        }),
        2 => (handle(), handle()).prop_map(move |(handle, into)| Event::Linked { offset, handle, into }),
        1 => prop::collection::vec(0..HANDLES, HANDLES as usize).prop_map(move |groups| {
            let first = |group| groups.iter().position(|other| *other == group).map_or(0, |at| at as u32 + 1);
            let moves = (1..).zip(&groups).map(|(handle, group)| (Handle(handle), Handle(first(*group)))).collect();
            Event::Regrouped { offset, moves }
        }),
        2 => (handle(), any::<(bool, bool)>()).prop_map(move |(handle, (phone, wechat))| {
            Event::Contact { offset, handle, contact: Contact::new(phone, wechat) }
        }),
        2 => (id(), handle(), 0..3_u8).prop_map(move |(campaign, handle, what)| {
            // Of one price for each, so that what is taken back was paid.
            let amount_minor = i64::from(handle.0) * 70;
            match what {
                0 => Event::TakenBack { offset, campaign, handle, amount_minor },
                _ => Event::Paid { offset, campaign, handle, amount_minor },
            }
        }),
        1 => (handle(), any::<(bool, bool)>()).prop_map(move |(handle, (phone, wechat))| {
            Event::ContactRestored { offset, handle, contact: Contact::new(phone, wechat) }
        }),
        1 => (handle(), 0..3_u8).prop_map(move |(handle, device)| {
            Event::Marked { offset, handle, mark: Mark::of(MarkKind::Device, &device.to_string()) }
        }),
        1 => (0..3_u8, 0..4_usize, prop::collection::vec(handle(), 0..3)).prop_map(move |(ring, verdict, people)| {
            let verdict = [Verdict::Open, Verdict::Held, Verdict::Confirmed, Verdict::Cleared][verdict];
            Event::RingReviewed { offset, review: RingReviewed { ring: ring.to_string(), verdict, people } }
        }),
        2 => (0..4_u32, prop::collection::vec(handle(), 1..5), at()).prop_map(move |(task, route, at)| {
            let (task, route) = (task.to_string(), route.into_iter().map(PersonId).collect());
            Event::ReachAsked { offset, at, asked: ReachAsked { task, route, due_at: at.plus_secs(20) } }
        }),
        2 => (0..4_u32, 0..4_usize, prop::option::of(handle()), at()).prop_map(move |(task, answer, by, at)| {
            use ReachAnswer::{Accepted, Failed, Refused, Withdrawn};
            let (task, answer) = (task.to_string(), [Accepted, Refused, Failed, Withdrawn][answer]);
            Event::ReachAnswered { offset, at, answered: ReachAnswered { task, answer, by: by.map(PersonId) } }
        }),
    ]
}

fn numbered(events: Vec<Event>) -> Vec<Event> {
    let number = |(mut event, number): (Event, u64)| {
        match &mut event {
            Event::RootDeclared { offset, .. }
            | Event::Touched { offset, .. }
            | Event::Befriended { offset, .. }
            | Event::Gathered { offset, .. }
            | Event::Linked { offset, .. }
            | Event::Regrouped { offset, .. }
            | Event::Contact { offset, .. }
            | Event::Paid { offset, .. }
            | Event::TakenBack { offset, .. }
            | Event::ContactRestored { offset, .. }
            | Event::Marked { offset, .. }
            | Event::RingReviewed { offset, .. }
            | Event::ReachAsked { offset, .. }
            | Event::ReachAnswered { offset, .. } => *offset = Offset(number),
        }
        event
    };
    events.into_iter().zip(1..).map(number).collect()
}

fn apply(network: &mut Network, events: &[Event], batch: usize) {
    for events in events.chunks(batch) {
        let next = events.last().map_or(Offset::FIRST, |event| event.offset().next());
        network.apply(events.to_vec(), next);
    }
}

/// Everything anybody can read.
fn everything(network: &Network) -> String {
    let mut text = format!("next {}\n", network.next_offset());
    for id in CAMPAIGNS.map(campaign) {
        for scope in [Scope::All, store_scope("a"), store_scope("b")] {
            let kocs = network.kocs(&id, &scope, None, Timestamp::from_secs(40), 5);
            writeln!(text, "{:?}", network.totals(&id, &scope)).expect("a text grows");
            writeln!(text, "{:?}\n{:?}\n{kocs:?}", network.roots(&id, &scope), network.columns(&id, &scope, None))
                .expect("a text grows");
        }
    }
    for handle in (1..=HANDLES).map(Handle) {
        let standings = network.standings(handle, &Scope::All, 3);
        for place in &standings.campaigns {
            writeln!(text, "{:?} {} {:?}", standings.person, place.campaign.id, place.standing).expect("a text grows");
        }
        let neighbours = network.ties().neighbours(network.people(), handle);
        let refused = network.reaches().refused(network.people(), handle, Timestamp::from_secs(40));
        writeln!(text, "{} {neighbours:?} {refused:?}", standings.is_fan).expect("a text grows");
        writeln!(text, "{:?}", network.verdict(handle)).expect("a text grows");
        for kind in [BondKind::Group, BondKind::Together] {
            let shared = |other| network.gathering(kind, handle, Handle(other)).map(|name| (other, name.to_owned()));
            writeln!(text, "{kind:?} {:?}", (1..=HANDLES).filter_map(shared).collect::<Vec<_>>())
                .expect("a text grows");
        }
    }
    writeln!(text, "{:?}", network.marks()).expect("a text grows");
    let mut came: Vec<_> = network.reaches().came().collect();
    came.sort_unstable();
    writeln!(text, "{came:?}").expect("a text grows");
    text
}

/// The parts of two texts that differ, for a short message.
fn first_difference(a: &str, b: &str) -> String {
    let differs = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    differs.map_or_else(|| "one says more".to_owned(), |(a, b)| format!("{a}\n{b}"))
}

fn check_people(network: &Network, naive: &Naive, name: &str) {
    let id = campaign(name);
    let Some(known) = network.campaign(&id) else { return };
    for handle in 1..=HANDLES {
        let person = network.people().person(Handle(handle));
        assert_eq!(person.0, naive.person(handle));
        let standing = known.cascade.standing(person, &Scope::All, usize::MAX);
        let Some(place) = naive.places.get(&person.0) else {
            assert!(standing.is_none_or(|standing| standing.circle.is_none() && standing.chain.is_empty()));
            continue;
        };
        let standing = standing.expect("everybody with a place is known");
        let chain = naive.chain(person.0);
        assert_eq!(standing.chain.iter().map(|brought| brought.person.0).collect::<Vec<_>>(), chain);
        assert_eq!(standing.circle, Some(chain.len() as u32 - 1));
        assert_eq!(standing.tree.map(|tree| (tree.person.0, &tree.owner)), Some((chain[0], &naive.owners[&chain[0]])));
        assert_eq!(standing.joined_at, Some(place.joined_at));
        assert_eq!(standing.reach, naive.reach(person.0));
        let mut brought: Vec<u32> = standing.brought.iter().map(|brought| brought.person.0).collect();
        assert!(standing.brought.is_sorted_by(|a, b| a.at >= b.at));
        brought.sort_unstable();
        assert_eq!(brought, naive.children(person.0));
        assert_eq!(standing.direct_invites as usize, brought.len());
        let selfs = naive.self_shares.get(&person.0).copied().unwrap_or_default();
        assert_eq!(standing.touches, naive.received(person.0) + selfs);
        let paid = naive.paid.get(&person.0).copied().unwrap_or_default();
        assert_eq!((standing.orders.count, standing.orders.paid_minor), paid);
    }
}

fn check_totals(network: &Network, naive: &Naive, name: &str, scope: &Scope) {
    let Some(totals) = network.totals(&campaign(name), scope) else { return };
    let roots = naive.owners.iter().filter(|(_, owner)| scope.covers(owner)).map(|(root, _)| *root);
    let trees: Vec<Vec<u32>> = roots.map(|root| naive.tree(root)).collect();
    let people: Vec<u32> = trees.concat();
    let count = |what: &dyn Fn(u32) -> u64| people.iter().map(|person| what(*person)).sum::<u64>();
    assert_eq!((totals.roots as usize, totals.people as usize), (trees.len(), people.len()));
    assert_eq!(totals.fans, count(&|person| naive.is_fan(person).into()));
    assert_eq!(totals.depth_max as u64, people.iter().map(|p| naive.chain(*p).len() as u64 - 1).max().unwrap_or(0));
    let invites = people.iter().map(|person| naive.children(*person).len()).max();
    assert_eq!(totals.invites_max as usize, invites.unwrap_or(0));
    for (depth, circle) in totals.circles.iter().enumerate() {
        let here = people.iter().filter(|person| naive.chain(**person).len() == depth + 1);
        let fans = here.clone().filter(|person| naive.is_fan(**person)).count();
        assert_eq!((circle.people as usize, circle.fans as usize), (here.count(), fans));
    }
    let pairs: usize = trees.iter().map(|tree| tree.len() * (tree.len() - 1)).sum();
    let distances: u128 = trees.iter().map(|tree| naive.distances(tree)).sum();
    let virality = if pairs == 0 { 0.0 } else { distances as f64 / pairs as f64 };
    assert!((totals.structural_virality - virality).abs() < 1e-9, "{} {virality}", totals.structural_virality);
    assert_eq!(totals.anomalies.early_children, count(&|person| naive.is_early(person).into()));
    let joined = people.iter().map(|person| naive.places[person].joined_at);
    assert_eq!(totals.span, joined.clone().min().zip(joined.max()));
    // Who waits, and what was booked to people without a place, is seen with the whole brand only.
    let all = scope.is_all();
    let waiting = if all { naive.waiting.len() as u64 } else { 0 };
    let sees = |person: &u32| all || people.contains(person);
    let received = naive.touches.iter().filter(|touch| sees(&touch.0)).count() as u64;
    let selfs: u64 = naive.self_shares.iter().filter(|(person, _)| sees(person)).map(|(_, count)| count).sum();
    assert_eq!((totals.unknown_people, totals.anomalies.unknown_parents), (waiting, waiting));
    assert_eq!(totals.anomalies.cycles, if all { naive.cycles() } else { 0 });
    assert_eq!(totals.anomalies.self_shares, selfs);
    assert_eq!(totals.anomalies.repeats, received - totals.hops - waiting);
    assert_eq!(totals.touches, received + selfs);
    let paid = naive.paid.iter().filter(|(person, _)| sees(person)).map(|(_, paid)| paid.1).sum::<i128>();
    assert_eq!(totals.orders.paid_minor, paid);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_live_network_says_what_the_rules_say(
        events in prop::collection::vec(event(), 0..60),
        batch in 1..12_usize,
        cut in 0..60_usize,
    ) {
        let events = numbered(events);
        let cut = cut.min(events.len());
        let mut live = Network::new();
        apply(&mut live, &events, 1);
        for name in CAMPAIGNS {
            let naive = Naive::of(&events, name);
            check_people(&live, &naive, name);
            for scope in [Scope::All, store_scope("a"), store_scope("b")] {
                check_totals(&live, &naive, name, &scope);
            }
            let again = live.roots(&campaign(name), &Scope::All).unwrap_or_default();
            prop_assert_eq!(again.iter().map(|tree| tree.declared_again).sum::<u32>(), naive.again);
        }
        let said = everything(&live);

        let mut batched = Network::new();
        apply(&mut batched, &events, batch);
        prop_assert!(everything(&batched) == said, "{}", first_difference(&everything(&batched), &said));

        let mut half = Network::new();
        apply(&mut half, &events[..cut], batch);
        let saved = half.save().expect("bytes");
        let mut restored = Network::restore(&saved).expect("a snapshot");
        prop_assert_eq!(&restored.save().expect("bytes"), &saved);
        prop_assert!(everything(&restored) == everything(&half), "{}", first_difference(&everything(&restored), &everything(&half)));
        for name in CAMPAIGNS {
            let version = |network: &Network| network.campaign(&campaign(name)).map(|campaign| campaign.version);
            prop_assert_eq!(version(&restored), version(&half));
        }
        // The river may hand over a batch again: what was digested is passed over.
        apply(&mut restored, &events[cut / 2..], batch);
        prop_assert!(everything(&restored) == said, "{}", first_difference(&everything(&restored), &said));
    }
}

#[test]
fn bytes_that_are_no_snapshot_are_refused() {
    let touch = |offset, receiver, sharer| Event::Touched {
        offset: Offset(offset),
        at: Timestamp::from_secs(1),
        campaign: campaign(CAMPAIGNS[0]),
        receiver: Handle(receiver),
        sharer: Handle(sharer),
    };
    let mut network = Network::new();
    network.apply([touch(1, 2, 1), touch(2, 3, 2)], Offset(3));
    let bytes = network.save().expect("bytes");
    assert!(Network::restore(&bytes).is_ok());
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        assert!(Network::restore(&damaged).is_err(), "a bit of byte {place} is another one");
        assert!(Network::restore(&bytes[..place]).is_err(), "only {place} bytes are left");
    }
    assert!(Network::restore(&[]).is_err());
    assert!(Network::restore(&[9, 0, 0]).is_err());
    assert!(Network::restore(&bytes[..bytes.len() - 1]).is_err());
}
