//! Reach paths against a search that looks everywhere.

mod support;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kernel::{Handle, Timestamp};
use network::rules::{
    path::{self, Ended, Paths, Wanted},
    people::People,
    ties::Ties,
};
use proptest::prelude::*;
use support::{Told, store};

fn ties(touches: &[(u32, u32)]) -> Ties {
    let mut ties = Ties::default();
    for (&(receiver, sharer), at) in touches.iter().zip(1..) {
        ties.push(Handle(receiver), Handle(sharer), Timestamp(at), 0);
    }
    ties
}

fn named(paths: &Paths) -> Vec<Vec<u32>> {
    paths.paths.iter().map(|path| path.hops.iter().map(|hop| hop.person.0).collect()).collect()
}

#[test]
fn the_manager_of_store_66_reaches_b3_by_two_ways_that_share_nobody() {
    // B is 1; b1 2; c1 3, c2 4; b3 5. B knows b1 and c1; b1 knows b3; c1 knows c2, c2 knows b3; c2 knows b1 too.
    let ties = ties(&[(2, 1), (3, 1), (5, 2), (4, 3), (5, 4), (4, 2)]);
    let people = People::default();
    let found = path::find(&people, &ties, &Wanted::new(Handle(1), Handle(5)));
    assert_eq!((named(&found), found.ended), (vec![vec![2, 5], vec![3, 4, 5]], Ended::Complete));
    // b1 refused.
    let refused = Wanted { avoid: &[Handle(2)], ..Wanted::new(Handle(1), Handle(5)) };
    assert_eq!(named(&path::find(&people, &ties, &refused)), [[3, 4, 5]]);
}

#[test]
fn of_equally_short_ways_the_one_over_stronger_ties_comes_first() {
    // Both 2 and 3 know 1 and 4; 3 was touched by 1 three times and touched 4 twice.
    let ties = ties(&[(2, 1), (4, 2), (3, 1), (3, 1), (3, 1), (4, 3), (3, 4)]);
    let found = path::find(&People::default(), &ties, &Wanted::new(Handle(1), Handle(4)));
    assert_eq!(named(&found), [[3, 4], [2, 4]]);
    let hops = &found.paths[0].hops;
    assert_eq!((hops[0].tie.count, hops[0].tie.given), (3, 3));
    assert_eq!((hops[1].tie.count, hops[1].tie.given), (2, 1), "seen from 3");
    assert_eq!(hops[0].evidence().zh, "互动 3 次，最近一次 1970-01-01");
    assert_eq!(hops[0].evidence().en, "3 touches, the last on 1970-01-01");
}

#[test]
fn a_direct_tie_is_the_first_path_and_not_the_last() {
    let ties = ties(&[(2, 1), (3, 1), (3, 2)]);
    let found = path::find(&People::default(), &ties, &Wanted::new(Handle(1), Handle(2)));
    assert_eq!(named(&found), [vec![2], vec![3, 2]]);
}

#[test]
fn handles_of_one_person_are_one_person_on_the_way() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.touch(2, 1, 10);
    told.touch(4, 3, 20);
    let wanted = Wanted::new(Handle(1), Handle(4));
    assert!(told.network.paths(&wanted).paths.is_empty());
    told.link(3, 2);
    assert_eq!(named(&told.network.paths(&wanted)), [[2, 4]]);
    assert_eq!(told.network.paths(&Wanted::new(Handle(3), Handle(2))).ended, Ended::SamePerson);
}

#[test]
fn a_way_longer_than_the_cap_is_no_way_and_a_hub_can_be_too_wide() {
    let chain: Vec<_> = (2..=7).map(|i| (i, i - 1)).collect();
    let people = People::default();
    assert_eq!(named(&path::find(&people, &ties(&chain), &Wanted::new(Handle(1), Handle(6)))), [[2, 3, 4, 5, 6]]);
    let far = path::find(&people, &ties(&chain), &Wanted::new(Handle(1), Handle(7)));
    assert_eq!((far.paths.len(), far.ended), (0, Ended::Complete));

    // Two stores of a thousand people each who have nobody in common but 3.
    let hubs: Vec<_> = (4..1004).map(|i| (i, 1)).chain((1004..2004).map(|i| (i, 2))).chain([(3, 1), (3, 2)]).collect();
    let wanted = Wanted { scan_max: 2500, ..Wanted::new(Handle(1), Handle(2)) };
    let found = path::find(&people, &ties(&hubs), &wanted);
    assert_eq!((named(&found), found.ended), (vec![vec![3, 2]], Ended::TooWide), "no room left for a second search");
}

#[test]
fn only_ties_of_the_campaign_asked_for_count() {
    let mut ties = ties(&[(2, 1), (3, 2)]);
    ties.push(Handle(3), Handle(1), Timestamp(9), 1);
    let within = |campaign| Wanted { campaign, ..Wanted::new(Handle(1), Handle(3)) };
    let people = People::default();
    assert_eq!(named(&path::find(&people, &ties, &within(None))), [vec![3], vec![2, 3]]);
    assert_eq!(named(&path::find(&people, &ties, &within(Some(0)))), [[2, 3]]);
    assert_eq!(named(&path::find(&people, &ties, &within(Some(1)))), [[3]]);
}

/// Fewest hops without going through the avoided, nor directly if that is forbidden.
fn fewest(
    near: &BTreeMap<u32, BTreeSet<u32>>,
    from: u32,
    to: u32,
    avoid: &BTreeSet<u32>,
    direct: bool,
) -> Option<usize> {
    let mut hops = BTreeMap::from([(from, 0)]);
    let mut open = VecDeque::from([from]);
    while let Some(at) = open.pop_front() {
        for &next in near.get(&at).into_iter().flatten() {
            let forbidden = avoid.contains(&next) || (!direct && at == from && next == to);
            if !forbidden && !hops.contains_key(&next) {
                hops.insert(next, hops[&at] + 1);
                open.push_back(next);
            }
        }
    }
    hops.get(&to).copied()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn paths_are_shortest_and_share_nobody(
        touches in prop::collection::vec((1..20u32, 1..20u32), 0..50),
        links in prop::collection::vec((1..20u32, 1..20u32), 0..4),
        to in 2..20u32,
        hops_max in 1..8u32,
    ) {
        let mut people = People::default();
        for (handle, into) in links {
            people.link(Handle(handle), Handle(into));
        }
        let name = |handle: u32| people.person(Handle(handle)).0;
        let mut near: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut count: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for (a, b) in touches.iter().map(|&(a, b)| (name(a), name(b))).filter(|(a, b)| a != b) {
            for (a, b) in [(a, b), (b, a)] {
                near.entry(a).or_default().insert(b);
                *count.entry((a, b)).or_default() += 1;
            }
        }
        let ties = ties(&touches);
        let wanted = Wanted { limit: 4, hops_max, ..Wanted::new(Handle(1), Handle(to)) };
        let found = path::find(&people, &ties, &wanted);
        let (from, to) = (name(1), name(to));
        if from == to {
            prop_assert_eq!(found.ended, Ended::SamePerson);
            return Ok(());
        }
        prop_assert_eq!(found.ended, Ended::Complete);
        let mut avoid = BTreeSet::new();
        let mut direct = true;
        for path in &found.paths {
            prop_assert_eq!(Some(path.hops.len()), fewest(&near, from, to, &avoid, direct));
            prop_assert!(path.hops.len() <= hops_max as usize);
            let mut at = from;
            for hop in &path.hops {
                prop_assert_eq!(count.get(&(at, hop.person.0)), Some(&hop.tie.count));
                at = hop.person.0;
            }
            prop_assert_eq!(at, to);
            for person in path.between() {
                prop_assert!(avoid.insert(person.0), "{person:?} is on two paths");
            }
            direct &= path.hops.len() > 1;
        }
        if found.paths.len() < wanted.limit {
            let next = fewest(&near, from, to, &avoid, direct);
            prop_assert!(next.is_none_or(|hops| hops > hops_max as usize), "a path of {next:?} hops was missed");
        }
    }
}
