//! What a campaign looks like after what happened, told in small stories.

mod support;

use kernel::{Handle, Scope, Timestamp};
use network::rules::cascade::{Circle, Orders};
use support::{Told, store, store_scope};

fn circles(counts: &[(u32, u32)]) -> Vec<Circle> {
    counts.iter().map(|&(people, fans)| Circle { people, fans }).collect()
}

#[test]
fn the_smallest_trees_have_the_virality_everybody_knows() {
    let virality = |hops: &[(u32, u32)]| {
        let mut told = Told::new();
        told.root(1, store("a"), 0);
        for &(receiver, sharer) in hops {
            told.touch(receiver, sharer, 1);
        }
        told.totals().structural_virality
    };
    let star: Vec<_> = (2..=10).map(|i| (i, 1)).collect();
    let path: Vec<_> = (2..=10).map(|i| (i, i - 1)).collect();
    let binary: Vec<_> = (2..=15).map(|i| (i, i / 2)).collect();
    assert!((virality(&[]) - 0.0).abs() < 1e-12);
    assert!((virality(&star) - 1.8).abs() < 1e-12);
    assert!((virality(&path) - 3.666_666_7).abs() < 1e-7);
    assert!((virality(&binary) - 3.504_761_9).abs() < 1e-7);
}

#[test]
fn the_deepest_chain_with_twelve_circles_has_thirteen_people_in_a_row() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    for person in 2..=13 {
        told.touch(person, person - 1, i64::from(person));
    }
    assert_eq!(told.totals().depth_max, 12);
    assert_eq!(told.chain(13), (1..=13).collect::<Vec<_>>());
    assert_eq!(told.standing(13).brought_by().map(|brought| brought.person), Some(Handle(12)));
    assert_eq!(told.standing(1).reach, 12);
}

#[test]
fn a_late_parent_brings_those_who_wait_and_who_wait_for_them() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.touch(4, 3, 30);
    told.touch(3, 2, 20);
    told.touch(5, 4, 40);
    let waiting = told.totals();
    assert_eq!((waiting.people, waiting.unknown_people, waiting.anomalies.unknown_parents), (1, 3, 3));
    assert_eq!(told.standing(4).circle, None);

    told.touch(2, 1, 10);
    let joined = told.totals();
    assert_eq!((joined.people, joined.unknown_people, joined.depth_max), (5, 0, 4));
    assert_eq!(joined.circles, circles(&[(1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]));
    assert_eq!(joined.anomalies.repeats, 0);
    assert_eq!(told.chain(5), [1, 2, 3, 4, 5]);
}

#[test]
fn people_wait_for_their_earliest_kept_touch_that_can_place_them() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    // 4 was touched by 3, then by 2; 3 by 2. When 2 joins, 3's touch is earlier than 4's by 2, and then 4's by 3 is.
    told.touch(4, 3, 1);
    told.touch(3, 2, 2);
    told.touch(4, 2, 3);
    told.touch(2, 1, 4);
    assert_eq!(told.chain(4), [1, 2, 3, 4]);
    assert_eq!(told.totals().anomalies.repeats, 1);
}

#[test]
fn self_shares_and_repeats_are_counted_and_change_nothing_else() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.touch(2, 1, 10);
    let before = told.totals();
    told.touch(2, 2, 11);
    told.touch(2, 1, 12);
    told.touch(1, 2, 13);
    told.touch(1, 1, 14);
    let after = told.totals();
    assert_eq!((after.people, after.depth_max, after.invites_max), (before.people, 1, 1));
    assert_eq!((after.anomalies.self_shares, after.anomalies.repeats), (2, 2));
    assert_eq!(after.touches, after.hops + after.anomalies.repeats + after.anomalies.self_shares);
    assert_eq!(told.standing(2).touches, 3);
}

#[test]
fn circles_of_waiting_people_are_counted_however_they_came() {
    // 2→3→4→2 is a circle, 5⇄6 another; 7 waits for 2 and 8 for nobody anybody knows. 9 touches only himself.
    let touches = [(2, 4), (3, 2), (4, 3), (5, 6), (6, 5), (7, 2), (8, 99), (9, 9), (5, 7)];
    for turn in 0..touches.len() {
        let mut told = Told::new();
        for i in 0..touches.len() {
            let (receiver, sharer) = touches[(i + turn) % touches.len()];
            told.touch(receiver, sharer, 1);
        }
        let totals = told.totals();
        assert_eq!(totals.anomalies.cycles, 2);
        assert_eq!((totals.people, totals.unknown_people), (0, 7));
        assert_eq!((totals.anomalies.self_shares, totals.anomalies.repeats), (1, 1));
        // Once one of a circle is a root, the others of it have a way to it.
        told.root(3, store("a"), 2);
        assert_eq!(told.totals().anomalies.cycles, 0);
        assert_eq!(told.totals().people, 6);
    }
}

#[test]
fn the_unknown_root_is_nobodys_store() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.touch(2, 1, 1);
    told.touch(4, 3, 2);
    told.paid(4, 500);
    told.paid(2, 700);
    let (all, a, b) = (told.totals(), told.totals_for(&store_scope("a")), told.totals_for(&store_scope("b")));
    assert_eq!((all.people, all.unknown_people, all.orders), (2, 1, Orders { count: 2, paid_minor: 1200 }));
    assert_eq!((a.people, a.unknown_people, a.orders), (2, 0, Orders { count: 1, paid_minor: 700 }));
    assert_eq!((b.people, b.unknown_people, b.orders), (0, 0, Orders::default()));
    let foreign = told.network.standings(Handle(4), &store_scope("a"), 9);
    assert!(foreign.campaigns.is_empty(), "who waits is seen with the whole brand only");
    assert!(told.network.standings(Handle(2), &store_scope("b"), 9).campaigns.is_empty());
    assert_eq!(told.network.standings(Handle(2), &store_scope("a"), 9).campaigns.len(), 1);
}

#[test]
fn a_late_root_moves_out_with_everybody_below() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    for (receiver, sharer) in [(2, 1), (3, 2), (4, 3), (5, 3), (6, 2)] {
        told.touch(receiver, sharer, 10 + i64::from(receiver));
    }
    told.contact(4, true, true);
    told.paid(5, 900);
    told.root(3, store("b"), 50);

    let (a, b) = (told.totals_for(&store_scope("a")), told.totals_for(&store_scope("b")));
    assert_eq!((a.people, a.fans, a.depth_max, a.anomalies.repeats), (3, 0, 2, 0));
    assert_eq!((b.people, b.fans, b.depth_max, b.anomalies.repeats), (3, 1, 1, 1), "the root's touch is a repeat");
    assert_eq!(a.circles, circles(&[(1, 0), (1, 0), (1, 0)]));
    assert_eq!(b.circles, circles(&[(1, 0), (2, 1)]));
    assert_eq!((a.orders.count, b.orders.paid_minor), (0, 900));
    assert!((a.structural_virality - 4.0 / 3.0).abs() < 1e-12, "a path of three");
    assert!((b.structural_virality - 4.0 / 3.0).abs() < 1e-12, "a star of three");
    assert_eq!(a.span, Some((Timestamp::from_secs(0), Timestamp::from_secs(16))));
    assert_eq!(b.span, Some((Timestamp::from_secs(13), Timestamp::from_secs(15))), "the earlier joining is kept");
    assert_eq!(told.chain(5), [3, 5]);
    assert_eq!((told.standing(2).direct_invites, told.standing(1).reach), (1, 2));

    // Only the first declaration of a person holds.
    told.root(3, store("a"), 60);
    let roots = told.network.roots(&told.campaign, &Scope::All).expect("known");
    assert_eq!(roots.iter().map(|tree| (tree.person.0, tree.declared_again)).collect::<Vec<_>>(), [(1, 0), (3, 1)]);
    assert_eq!(told.totals_for(&store_scope("b")).people, 3);
}

#[test]
fn a_touch_before_its_sharer_joined_is_an_early_child() {
    let mut told = Told::new();
    told.root(1, store("a"), 100);
    told.touch(2, 1, 90);
    told.touch(3, 2, 95);
    told.touch(4, 3, 95);
    assert_eq!(told.totals().anomalies.early_children, 1);
}

#[test]
fn a_fan_left_phone_and_wechat_on_any_handle() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.touch(2, 1, 1);
    told.contact(2, true, false);
    told.contact(3, false, true);
    assert_eq!(told.totals().fans, 0);
    told.link(3, 2);
    assert_eq!((told.totals().fans, told.totals().circles[1]), (1, Circle { people: 1, fans: 1 }));
    told.contact(1, true, true);
    assert_eq!(told.totals().fans, 2, "roots are people too");
}

#[test]
fn a_new_name_is_no_new_person() {
    let mut told = Told::new();
    told.root(5, store("a"), 0);
    told.touch(6, 5, 1);
    told.touch(7, 6, 2);
    // A browser seen long before signs in as the root, another one as 6.
    told.link(1, 5);
    told.link(2, 6);
    assert_eq!(told.chain(7), [1, 2, 7]);
    assert_eq!(told.network.roots(&told.campaign, &Scope::All).expect("known")[0].person, Handle(1));
    assert_eq!((told.totals().people, told.totals().anomalies.repeats), (3, 0));
}

#[test]
fn a_second_device_of_somebody_known_is_their_repeat() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.touch(2, 1, 1);
    told.touch(3, 2, 2);
    told.touch(3, 1, 3);
    assert_eq!(told.totals().people, 3);
    // 3 was 2's tablet: one touch by themselves, one repeat.
    told.link(3, 2);
    let totals = told.totals();
    assert_eq!((totals.people, totals.anomalies.self_shares, totals.anomalies.repeats), (2, 1, 1));
    assert_eq!((told.standing(2).direct_invites, told.standing(1).reach), (0, 1));
}

#[test]
fn two_people_who_were_one_all_along_are_folded_again() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.root(10, store("b"), 0);
    // 3 is nobody anybody knows, and brought 4, who waits. 2 joined under 1 and brought 5.
    told.touch(4, 3, 1);
    told.touch(2, 1, 2);
    told.touch(5, 2, 3);
    told.touch(3, 10, 4);
    assert_eq!(told.totals_for(&store_scope("b")).people, 3);
    told.link(3, 2);
    assert_eq!(told.totals_for(&store_scope("b")).people, 1);
    assert_eq!(told.chain(4), [1, 2, 4]);
    assert_eq!(told.totals().anomalies.repeats, 1);
}

#[test]
fn the_version_moves_only_when_there_is_something_new_to_read() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.touch(2, 1, 1);
    let version = |told: &Told| told.network.campaign(&told.campaign).expect("known").version.0;
    assert_eq!(version(&told), 2);
    told.contact(2, true, false);
    told.link(8, 9);
    assert_eq!(version(&told), 2, "a phone alone makes no fan, and 8 and 9 were never here");
    told.contact(2, false, true);
    assert_eq!(version(&told), 5);
    told.link(8, 2);
    assert_eq!(version(&told), 5, "2 is still 2");
    told.link(0, 2);
    assert_eq!(version(&told), 7, "2 is called 0 now");
}

#[test]
fn a_chain_of_a_million_stands_whichever_way_it_comes() {
    use network::model::{Event, Network};
    let campaign = support::campaign("deep");
    let people = 1_000_000;
    for backwards in [false, true] {
        let mut network = Network::new();
        let mut events = Vec::with_capacity(people as usize);
        for i in 0..people {
            let person = if backwards { people - i } else { i + 1 };
            let (offset, at) = (kernel::Offset(u64::from(i) + 1), Timestamp::from_secs(i64::from(person)));
            let (campaign, handle) = (campaign.clone(), Handle(person));
            events.push(if person == 1 {
                Event::RootDeclared { offset, at, campaign, handle, owner: store("a") }
            } else {
                Event::Touched { offset, at, campaign, receiver: handle, sharer: Handle(person - 1) }
            });
        }
        network.apply(events, kernel::Offset(u64::from(people) + 1));
        let totals = network.totals(&campaign, &Scope::All).expect("known");
        assert_eq!((totals.people, totals.depth_max), (1_000_000, 999_999));
        // A path of n has mean distance (n+1)/3.
        assert!((totals.structural_virality - 1_000_001.0 / 3.0).abs() < 1e-3);
    }
}
