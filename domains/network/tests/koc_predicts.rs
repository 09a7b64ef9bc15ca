//! How well the KOC score tells who will bring people next, on real cascades: at least as well as plain reach. The data is
//! no part of the repository; without it the test says that it was skipped.

#[path = "support/data.rs"]
mod data;

use std::{cmp::Reverse, collections::BTreeMap};

use kernel::{CampaignId, Handle, Offset, RootOwner, Scope, Timestamp};
use network::{
    model::{Event, Network},
    rules::koc::{Candidate, Past, Window},
};

/// Gain of the best ten as ranked, against the best order there is; nothing when nobody brings anybody.
fn ndcg(ranked: &[Handle], later: &BTreeMap<Handle, u32>) -> Option<f64> {
    let gain = |people: u32| (1.0 + f64::from(people)).log2();
    let sum = |gains: &mut dyn Iterator<Item = f64>| {
        gains.take(10).zip(2..).map(|(gain, place)| gain / f64::from(place).log2()).sum::<f64>()
    };
    let mut best: Vec<u32> = later.values().copied().collect();
    best.sort_unstable_by_key(|people| Reverse(*people));
    let ideal = sum(&mut best.iter().map(|people| gain(*people)));
    (ideal > 0.0).then(|| sum(&mut ranked.iter().map(|person| gain(later[person]))) / ideal)
}

fn everybody(network: &Network, id: &CampaignId) -> Vec<Candidate> {
    let cascade = &network.campaign(id).expect("known").cascade;
    let (first, last) = cascade.span().expect("a root");
    let window = Window::new(first, last, last);
    cascade.candidates(&Scope::All, None, &window, |_| Past::default()).collect()
}

#[test]
fn halfway_through_a_cascade_the_score_beats_plain_reach() {
    let Some(path) = data::find("ced/ced_cascades.jsonl.zst") else { return };
    let id: CampaignId = "weibo".parse().expect("an id");
    let (mut koc, mut reach, mut cascades) = (0.0, 0.0, 0);
    for rows in data::rows(&path) {
        let mut handles = BTreeMap::new();
        let mut handle = |user: u64| {
            let next = Handle(handles.len() as u32 + 1);
            *handles.entry(user).or_insert(next)
        };
        let event = |(row, offset): (&data::Row, u64)| {
            let (offset, at, campaign) = (Offset(offset), Timestamp::from_secs(row.ts), id.clone());
            let person = handle(row.node_id);
            match row.parent_id {
                None => Event::RootDeclared { offset, at, campaign, handle: person, owner: RootOwner::default() },
                Some(sharer) => Event::Touched { offset, at, campaign, receiver: person, sharer: handle(sharer) },
            }
        };
        let mut first_half: Vec<Event> = rows.iter().zip(1..).map(event).collect();
        let rest = first_half.split_off(first_half.len() / 2);
        let mut network = Network::new();
        network.apply(first_half, rest[0].offset());
        let halfway = everybody(&network, &id);
        let ranked = network.kocs(&id, &Scope::All, None, Timestamp(i64::MAX), 10).expect("known");
        let next_offset = Offset(rows.len() as u64 + 1);
        network.apply(rest, next_offset);
        if rows.len() < 100 {
            continue;
        }
        let cascade = &network.campaign(&id).expect("known").cascade;
        let later = halfway.iter().map(|candidate| {
            let now = cascade.reach(candidate.person, &Scope::All).expect("still there");
            (candidate.person, now - candidate.reach)
        });
        let later: BTreeMap<Handle, u32> = later.collect();
        let mut by_reach = halfway;
        by_reach.sort_by_key(|candidate| Reverse((candidate.reach, candidate.joined_at)));
        let by_reach: Vec<Handle> = by_reach.iter().map(|candidate| candidate.person).collect();
        let ranked: Vec<Handle> = ranked.iter().map(|koc| koc.candidate.person).collect();
        if let Some((a, b)) = ndcg(&ranked, &later).zip(ndcg(&by_reach, &later)) {
            koc += a;
            reach += b;
            cascades += 1;
        }
    }
    let (koc, reach) = (koc / f64::from(cascades), reach / f64::from(cascades));
    println!("{cascades} cascades: NDCG@10 of the score {koc:.4}, of plain reach {reach:.4}");
    assert!(cascades > 1000 && koc > reach);
}
