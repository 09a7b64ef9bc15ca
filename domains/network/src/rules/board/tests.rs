use kernel::{CampaignId, Handle, Offset, RootOwner, Scope, Timestamp};
use proptest::prelude::*;
use rustc_hash::FxHashSet;

use super::{Board, Histogram, Sheet, Threshold};
use crate::{
    model::{Event, Network},
    rules::people::Contact,
};

const DAY: i64 = 86_400_000_000;
const CAMPAIGNS: [&str; 3] = ["spring", "autumn", "winter"];

fn campaign(place: usize) -> CampaignId {
    CAMPAIGNS[place].parse().unwrap()
}

/// Every campaign has the roots 0 and 1, declared before anything else.
fn roots() -> Vec<Event> {
    let root = |at: usize| Event::RootDeclared {
        offset: Offset(at as u64 + 1),
        at: Timestamp((at / 2) as i64),
        campaign: campaign(at / 2),
        handle: Handle((at % 2) as u32),
        owner: RootOwner { unit: Some(format!("store-{}", at % 2).parse().unwrap()), ..RootOwner::default() },
    };
    (0..2 * CAMPAIGNS.len()).map(root).collect()
}

fn network(events: &[Event]) -> Network {
    let mut network = Network::new();
    network.apply(events.iter().cloned(), Offset(events.len() as u64 + 1));
    network
}

fn sheets(network: &Network, scope: &Scope, suspicious: &[u32]) -> Vec<Sheet> {
    let suspicious: FxHashSet<Handle> = suspicious.iter().copied().map(Handle).collect();
    let sheet = |(place, campaign): (usize, &crate::model::Campaign)| {
        let cascade = &campaign.cascade;
        let roots = cascade.trees(scope).map(|tree| (tree.person, tree.owner.unit.clone())).collect();
        Some(Sheet::new(place as u32, cascade.span()?, roots, cascade.columns(scope, None), &suspicious))
    };
    network.campaigns().iter().enumerate().filter_map(sheet).collect()
}

fn touch(offset: usize, at: i64, place: usize, sharer: u32, receiver: u32) -> Event {
    let (receiver, sharer) = (Handle(receiver), Handle(sharer));
    Event::Touched { offset: Offset(offset as u64), at: Timestamp(at), campaign: campaign(place), receiver, sharer }
}

/// Touches half a day apart, of people who have joined by then: whoever waits for their sharer is placed later than they were
/// touched, and no past date knows of that.
fn story(touches: Vec<(usize, u32, u32)>) -> Vec<Event> {
    let mut events = roots();
    let mut joined: FxHashSet<(usize, u32)> = (0..CAMPAIGNS.len()).flat_map(|place| [(place, 0), (place, 1)]).collect();
    for (place, sharer, receiver) in touches {
        if joined.contains(&(place, sharer)) {
            joined.insert((place, receiver));
            let offset = events.len() + 1;
            events.push(touch(offset, offset as i64 * DAY / 2, place, sharer, receiver));
        }
    }
    events
}

fn touches() -> impl Strategy<Value = Vec<(usize, u32, u32)>> {
    prop::collection::vec((0..CAMPAIGNS.len(), 0..25_u32, 2..25_u32), 0..160)
}

proptest! {
    /// What is computed for a past date is what the board said on that date, to the last digit.
    #[test]
    fn a_past_date_is_told_as_it_was(touches in touches(), cut in 0.0..1.0_f64, place in prop::option::of(0..3_u32)) {
        let events = story(touches);
        let kept = 6 + ((events.len() - 6) as f64 * cut) as usize;
        let as_of = Timestamp((kept as i64) * DAY / 2);
        for scope in [Scope::All, Scope::Units(["store-1".parse().unwrap()].into())] {
            let whole = Board::build(&sheets(&network(&events), &scope, &[]), place, as_of);
            let then = Board::build(&sheets(&network(&events[..kept]), &scope, &[]), place, as_of);
            if scope.is_all() || place.is_none() {
                prop_assert_eq!(&whole.rows, &then.rows);
            } else {
                // The last joining of a past date is known of the roots in scope only.
                let numbers = |board: &Board| {
                    let mut rows: Vec<_> = board.rows.iter().map(|row| (row.person, row.record, row.past)).collect();
                    rows.sort_by_key(|row| row.0);
                    rows
                };
                prop_assert_eq!(numbers(&whole), numbers(&then));
            }
        }
    }

    /// Inside a campaign the board and the list of the campaign's key users say the same.
    #[test]
    fn inside_a_campaign_it_is_the_list_of_its_key_users(touches in touches(), place in 0..3_usize) {
        let network = network(&story(touches));
        let now = Timestamp(1000 * DAY);
        for scope in [Scope::All, Scope::Units(["store-1".parse().unwrap()].into())] {
            let board = Board::build(&sheets(&network, &scope, &[]), Some(place as u32), now);
            let kocs = network.kocs(&campaign(place), &scope, None, now, 1000).unwrap();
            let board: Vec<_> = board.rows.iter().map(|row| (row.person, row.rank, row.score)).collect();
            let kocs: Vec<_> = kocs.iter().map(|koc| (koc.candidate.person, koc.rank, koc.score)).collect();
            prop_assert_eq!(board, kocs);
        }
    }

    /// Every number across campaigns, against walking up from each person.
    #[test]
    fn across_campaigns_everybody_counts_once_for_each_above_them(touches in touches(), suspect in 2..25_u32) {
        let network = network(&story(touches));
        let board = Board::build(&sheets(&network, &Scope::All, &[suspect]), None, Timestamp(1000 * DAY));
        let mut suspicious = 0;
        let mut naive: std::collections::BTreeMap<u32, (u64, u64, u32)> = Default::default();
        for place in 0..CAMPAIGNS.len() {
            let Some(columns) = network.columns(&campaign(place), &Scope::All, None) else { continue };
            for node in 0..columns.handle.len() {
                let way: Vec<usize> = std::iter::successors(Some(node), |at| {
                    (columns.parent[*at] != u32::MAX).then_some(columns.parent[*at] as usize)
                })
                .collect();
                if way.iter().any(|at| columns.handle[*at] == suspect) {
                    suspicious += 1;
                    continue;
                }
                if way.len() > 1 {
                    naive.entry(columns.handle[node]).or_default().2 += 1;
                }
                for (steps, at) in way.iter().enumerate().skip(1).filter(|(_, at)| columns.parent[**at] != u32::MAX) {
                    let entry = naive.entry(columns.handle[*at]).or_default();
                    entry.0 += u64::from(steps == 1);
                    entry.1 += 1;
                }
            }
        }
        let mut told: Vec<_> = board.rows.iter().map(|row| (row.person.0, (row.record.invites, row.record.reach, row.record.shares))).collect();
        told.sort_unstable();
        prop_assert_eq!(told, naive.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(board.suspicious, suspicious);
        prop_assert!(board.rows.windows(2).all(|pair| pair[0].score >= pair[1].score));
        for row in &board.rows {
            let points: f64 = board.terms(row).iter().map(|term| term.points).sum();
            prop_assert!((points - row.score).abs() < 1e-9);
            // Nobody joined more than 30 days before the end of a short story; of a long one only the end is told.
            prop_assert!(u64::from(board.invites_by_day(row.person).iter().sum::<u32>()) <= row.record.invites);
        }
    }
}

/// 5 brought 6 and 7 in spring, a week apart, and 6 became a fan.
fn small() -> Network {
    let mut events = roots();
    for (at, sharer, receiver) in [(10, 0, 5), (11, 5, 6), (18, 5, 7), (18, 7, 8)] {
        let offset = events.len() + 1;
        events.push(touch(offset, at * DAY, 0, sharer, receiver));
    }
    let offset = Offset(events.len() as u64 + 1);
    events.push(Event::Contact { offset, handle: Handle(6), contact: Contact::new(true, true) });
    network(&events)
}

#[test]
fn trends_and_days_are_told() {
    let board = Board::build(&sheets(&small(), &Scope::All, &[]), None, Timestamp(20 * DAY));
    let best = board.rows[0];
    assert_eq!((best.person, best.rank, best.record.invites, best.record.fans), (Handle(5), 1, 2, 1));
    let [_, week, month] = best.before;
    assert_eq!((week.map(|(rank, _)| rank), month), (Some(1), None));
    assert!(week.unwrap().1 < best.score);
    let days = board.invites_by_day(Handle(5));
    assert_eq!((days[29], days[27], days[20], days.iter().sum::<u32>()), (0, 1, 1, 2));
    assert_eq!(board.unit(&best).map(ToString::to_string), Some("store-0".to_owned()));
}

#[test]
fn who_is_suspicious_raises_nobody() {
    let board = Board::build(&sheets(&small(), &Scope::All, &[7]), None, Timestamp(20 * DAY));
    let told: Vec<_> = board.rows.iter().map(|row| (row.person.0, row.record.reach)).collect();
    assert_eq!((told, board.suspicious), (vec![(5, 1), (6, 0)], 2));
}

#[test]
fn a_threshold_counts_by_score_or_by_share() {
    let board = Board::build(&sheets(&small(), &Scope::All, &[]), None, Timestamp(20 * DAY));
    assert_eq!(board.rows.len(), 4);
    for (threshold, kocs) in [
        (Threshold::Percent(25.0), 1),
        (Threshold::Percent(26.0), 2),
        (Threshold::Percent(100.0), 4),
        (Threshold::Score(board.rows[1].score), 2),
        (Threshold::Score(99.0), 0),
        (Threshold::Score(-99.0), 4),
    ] {
        assert!(threshold.is_sound());
        assert_eq!(threshold.kocs(&board), kocs, "{threshold:?}");
    }
    for nonsense in [Threshold::Percent(0.0), Threshold::Percent(100.1), Threshold::Score(f64::NAN)] {
        assert!(!nonsense.is_sound(), "{nonsense:?}");
    }
    let scores = Histogram::of(board.rows.iter(), 10);
    assert_eq!((scores.counts.iter().sum::<u32>(), scores.counts[9]), (4, 1));
    assert_eq!(Histogram::of([].iter(), 10), Histogram::default());
}
