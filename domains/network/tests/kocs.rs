//! Whose reach matters, and why.

mod support;

use kernel::{Handle, Offset, Scope, Timestamp};
use network::{
    model::Event,
    rules::koc::{Koc, TermKind},
};
use support::{Told, store, store_scope};

const HOUR: i64 = 3600;

fn kocs(told: &Told, scope: &Scope, as_of: i64, limit: usize) -> Vec<Koc> {
    told.network.kocs(&told.campaign, scope, None, Timestamp::from_secs(as_of), limit).expect("known")
}

/// A campaign of eight hours: 2 brings three early, 3 brings two in the last quarter.
fn eight_hours() -> Told {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    told.touch(2, 1, HOUR);
    told.touch(3, 1, 2 * HOUR);
    for (person, at) in [(4, 2), (5, 3), (6, 4)] {
        told.touch(person, 2, at * HOUR);
    }
    told.touch(7, 3, 7 * HOUR);
    told.touch(8, 7, 8 * HOUR);
    told.touch(9, 3, 8 * HOUR);
    told
}

#[test]
fn the_score_is_the_documented_sum() {
    let told = eight_hours();
    let kocs = kocs(&told, &Scope::All, 1000 * HOUR, 3);
    assert_eq!(kocs.iter().map(|koc| koc.candidate.person.0).collect::<Vec<_>>(), [3, 2, 7]);
    let best = &kocs[0];
    // Long after the last joining, the present is the last joining: 3 joined 6 hours before.
    let expected = [(3.0, 4f64.ln()), (2.0, 0.5 * 3f64.ln()), (1.0, 0.4 * 2f64.ln()), (6.0, -0.1 * 6f64.ln())];
    for (term, (value, points)) in best.terms.iter().zip(expected) {
        assert!((term.value - value).abs() < 1e-12 && (term.points - points).abs() < 1e-12, "{term:?}");
    }
    assert!((best.score - expected.iter().map(|term| term.1).sum::<f64>()).abs() < 1e-12);
    assert_eq!((best.rank, best.candidate.root, best.candidate.circle), (1, Handle(1), 1));
    assert_eq!((best.candidate.reach, best.candidate.direct_invites, best.candidate.recent_invites), (3, 2, 2));
    assert_eq!(kocs[1].candidate.recent_invites, 0);
}

#[test]
fn every_term_is_told_in_words() {
    let told = eight_hours();
    let best = kocs(&told, &Scope::All, 1000 * HOUR, 1).remove(0);
    let zh: Vec<_> = best.terms.iter().map(|term| (term.kind.as_str(), term.words.zh.as_str())).collect();
    assert_eq!(
        zh,
        [
            ("reach", "带来 3 人（含间接）"),
            ("recent", "最近四分之一时段直接带来 2 人"),
            ("prior", "没有参加过以往活动，按平均水平计"),
            ("age", "加入 6.0 小时"),
        ]
    );
    let en: Vec<_> = best.terms.iter().map(|term| term.words.en.as_str()).collect();
    assert_eq!(
        en,
        [
            "brought 3 people, directly or not",
            "brought 2 people directly in the last quarter of the campaign",
            "no earlier campaign; counted as average",
            "joined 6.0 hours ago",
        ]
    );
}

#[test]
fn roots_are_no_kocs_and_ties_go_to_the_newest_then_the_earliest_handle() {
    let mut told = Told::new();
    told.root(1, store("a"), 0);
    // All with nothing but their age; who is fresher than 0.02 hours counts as that old.
    for (person, at) in [(2, 100), (5, 50), (4, 100), (3, 90)] {
        told.touch(person, 1, at);
    }
    let order = |limit| {
        let ranked = kocs(&told, &Scope::All, 100, limit);
        ranked.iter().map(|koc| koc.candidate.person.0).collect::<Vec<_>>()
    };
    assert_eq!(order(9), [2, 4, 3, 5]);
    assert_eq!(order(2), [2, 4]);
    assert_eq!(order(0), [0; 0]);
}

#[test]
fn what_somebody_did_in_an_earlier_campaign_counts_if_it_is_in_scope() {
    let mut told = eight_hours();
    let spring = told.campaign.clone();
    told.campaign = support::campaign("summer");
    told.root(1, store("b"), 100 * HOUR);
    told.touch(2, 1, 101 * HOUR);
    told.touch(3, 1, 101 * HOUR);

    let summer = kocs(&told, &Scope::All, 200 * HOUR, 9);
    let prior = |kocs: &[Koc], person: u32| {
        let koc = kocs.iter().find(|koc| koc.candidate.person.0 == person).expect("ranked");
        koc.terms.iter().find(|term| term.kind == TermKind::Prior).expect("a term").clone()
    };
    let term = prior(&summer, 2);
    assert!((term.value - 2.0).abs() < 1e-12, "(3 + 1) / (1 + 1)");
    assert_eq!(term.words.zh, "以往 1 次活动共带来 3 人");
    assert_eq!(term.words.en, "brought 3 people in 1 earlier campaign");
    // Store b never sees what people did for store a.
    assert!((prior(&kocs(&told, &store_scope("b"), 200 * HOUR, 9), 2).value - 1.0).abs() < 1e-12);
    // The later campaign is no past of the earlier one.
    told.campaign = spring;
    assert!((prior(&kocs(&told, &Scope::All, 200 * HOUR, 9), 2).value - 1.0).abs() < 1e-12);
}

#[test]
fn an_as_of_in_the_past_moves_the_window_and_a_root_can_be_asked_for_alone() {
    let mut told = eight_hours();
    // As of 4 hours the last quarter is (3 h, 4 h]: only 6 is recent.
    let earlier = kocs(&told, &Scope::All, 4 * HOUR, 1);
    assert_eq!((earlier[0].candidate.person.0, earlier[0].candidate.recent_invites), (2, 1));

    let offset = told.network.next_offset();
    let (at, campaign) = (Timestamp::from_secs(9 * HOUR), told.campaign.clone());
    let root = Event::RootDeclared { offset, at, campaign, handle: Handle(3), owner: store("b") };
    told.network.apply([root], Offset(offset.0 + 1));
    let all = Timestamp::from_secs(10 * HOUR);
    let below = told.network.kocs(&told.campaign, &Scope::All, Some(Handle(3)), all, 9).expect("known");
    assert_eq!(below.iter().map(|koc| koc.candidate.person.0).collect::<Vec<_>>(), [7, 8, 9]);
    assert_eq!(kocs(&told, &store_scope("b"), 10 * HOUR, 9).len(), 3);
    assert!(told.network.kocs(&support::campaign("never"), &Scope::All, None, all, 9).is_none());
}
