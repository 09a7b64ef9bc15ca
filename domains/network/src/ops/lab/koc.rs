//! How well the KOC rules tell who will bring people next, on recorded cascades.
//!
//! Protocol A, inside a campaign: cascades of at least a hundred people in the order of their start; the first half is
//! history, each of the second half is stopped halfway and whoever has a place is ranked; what counts is whom they brought
//! after that. Protocol B, across campaigns: of all cascades the first half is history; everybody who has a place in both
//! halves is ranked by it; what counts is whom they brought in the second half. Roots never count: they were put there.
//!
//! A person's gain is log₂(1 + people brought later), equal scores are newest first (A), and NDCG@k compares the best k as
//! ranked with the best k there were. Cascades in which nobody brought anybody later say nothing and are left out.

use std::{cmp::Reverse, io::BufRead};

use kernel::{CampaignId, Handle, Offset, Scope, Timestamp};
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{
    LabError,
    rows::{self, Handles, Recorded},
};
use crate::{
    model::Network,
    rules::{
        cascade::Columns,
        koc::{self, Candidate, Past, Window},
        record::{self, Record},
    },
};

/// Smaller cascades have nobody worth ranking.
const PEOPLE_MIN: usize = 100;

/// Inside a campaign.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Inside {
    /// NDCG@10 of KOC v1.
    pub ndcg10: f64,
    /// NDCG@10 of reach so far.
    pub ndcg10_reach: f64,
    /// NDCG@10 of lots drawn.
    pub ndcg10_random: f64,
    /// Cascades these are means over.
    pub cascades: u32,
}

/// Across campaigns.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Across {
    /// NDCG@100 of the record: direct invitations first.
    pub ndcg100: f64,
    /// NDCG@100 of reach so far.
    pub ndcg100_reach: f64,
    /// People who were ranked.
    pub users: usize,
}

/// Both protocols.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct KocReport {
    /// Inside a campaign.
    pub protocol_a: Inside,
    /// Across campaigns.
    pub protocol_b: Across,
}

/// Runs both protocols over a file of cascades.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub fn koc(reader: impl BufRead) -> Result<KocReport, LabError> {
    let mut recorded = rows::read(reader)?;
    recorded.sort_by_key(Recorded::started_at);
    let done: Vec<Done> = recorded.iter().map(Done::of).collect();
    let large: Vec<usize> = (0..done.len()).filter(|place| done[*place].people.len() >= PEOPLE_MIN).collect();
    let (history, tests) = large.split_at(large.len() / 2);
    let before = records(history.iter().map(|place| &done[*place]));
    let tests = tests.iter().map(|place| (&recorded[*place], &done[*place]));
    Ok(KocReport { protocol_a: inside(tests, &before), protocol_b: across(&done) })
}

/// How a cascade ended: per person of the file below a root, whom they brought.
struct Done {
    people: Vec<(u32, Brought)>,
}

#[derive(Clone, Copy, Default)]
struct Brought {
    /// Directly.
    invites: u32,
    /// Directly or not.
    reach: u32,
}

impl Done {
    fn of(cascade: &Recorded) -> Self {
        let (network, people) = Halted::run(cascade, cascade.rows.len());
        let columns = network.columns(&campaign(), &Scope::All, None).unwrap_or_default();
        let everybody = columns.handle.iter().map(|handle| people[&Handle(*handle)]).zip(brought(&columns));
        // A root was put there: that is neither a place they won nor a word of theirs that spread.
        let below_a_root = everybody.zip(&columns.parent).filter(|(_, parent)| **parent != u32::MAX);
        Self { people: below_a_root.map(|(person, _)| person).collect() }
    }
}

pub(super) fn campaign() -> CampaignId {
    "cascade".parse().expect("a well-formed id")
}

/// Parents stand before their children, so one pass from the end adds everybody up.
fn brought(columns: &Columns) -> Vec<Brought> {
    let mut brought = vec![Brought::default(); columns.parent.len()];
    for (child, parent) in columns.parent.iter().enumerate().rev() {
        let reach = brought[child].reach;
        if let Some(parent) = brought.get_mut(*parent as usize) {
            parent.invites += 1;
            parent.reach += reach + 1;
        }
    }
    brought
}

/// A cascade stopped after some rows.
pub(super) struct Halted;

impl Halted {
    pub(super) fn run(cascade: &Recorded, rows: usize) -> (Network, FxHashMap<Handle, u32>) {
        let mut handles = Handles::default();
        let events = rows::events(&cascade.rows[..rows], &campaign(), &mut handles, Offset(0));
        let mut network = Network::new();
        network.apply(events, Offset(rows as u64 + 1));
        (network, handles.people())
    }
}

fn records<'a>(done: impl Iterator<Item = &'a Done>) -> FxHashMap<u32, Record> {
    let mut records: FxHashMap<u32, Record> = FxHashMap::default();
    for (person, brought) in done.flat_map(|done| &done.people) {
        records.entry(*person).or_default().add(brought.invites, 0, brought.reach);
    }
    records
}

fn inside<'a>(tests: impl Iterator<Item = (&'a Recorded, &'a Done)>, before: &FxHashMap<u32, Record>) -> Inside {
    let mut sum = [0.0; 3];
    let mut cascades = 0;
    let mut lots = ChaCha8Rng::seed_from_u64(1);
    for (cascade, done) in tests {
        let (network, people) = Halted::run(cascade, cascade.rows.len() / 2);
        let ended: FxHashMap<u32, Brought> = done.people.iter().copied().collect();
        let later = |candidate: &Candidate| ended[&people[&candidate.person]].reach.saturating_sub(candidate.reach);
        let Some(mut candidates) = candidates(&network, &people, before) else { continue };
        let all: Vec<u32> = candidates.1.iter().map(later).collect();
        let ranked = koc::rank(candidates.1.iter().copied(), &candidates.0, 10);
        let by_koc: Vec<u32> = ranked.iter().map(|koc| later(&koc.candidate)).collect();
        candidates.1.sort_by_key(|candidate| Reverse((candidate.reach, candidate.joined_at)));
        let by_reach: Vec<u32> = candidates.1.iter().map(later).collect();
        candidates.1.shuffle(&mut lots);
        let by_lot: Vec<u32> = candidates.1.iter().map(later).collect();
        let found = [by_koc, by_reach, by_lot].map(|ranked| ndcg(&ranked, &all, 10));
        if let [Some(koc), Some(reach), Some(lot)] = found {
            sum = [sum[0] + koc, sum[1] + reach, sum[2] + lot];
            cascades += 1;
        }
    }
    let [ndcg10, ndcg10_reach, ndcg10_random] = sum.map(|sum| sum / f64::from(cascades.max(1)));
    Inside { ndcg10, ndcg10_reach, ndcg10_random, cascades }
}

/// Everybody below the root, halfway, with what they did in the history.
fn candidates(
    network: &Network,
    people: &FxHashMap<Handle, u32>,
    before: &FxHashMap<u32, Record>,
) -> Option<(Window, Vec<Candidate>)> {
    let cascade = &network.campaign(&campaign())?.cascade;
    let (first, last) = cascade.span()?;
    let window = Window::new(first, last, Timestamp(i64::MAX));
    let past = |person: Handle| {
        let record = before.get(&people[&person]).copied().unwrap_or_default();
        Past { reach: record.reach, shares: record.shares }
    };
    Some((window, cascade.candidates(&Scope::All, None, &window, past).collect()))
}

fn across(done: &[Done]) -> Across {
    let (history, later) = done.split_at(done.len() / 2);
    let later = records(later.iter());
    let mut returning: Vec<(Handle, Record)> = records(history.iter())
        .into_iter()
        .filter(|(person, _)| later.contains_key(person))
        .map(|(person, record)| (Handle(person), record))
        .collect();
    let gain = |ranked: &[(Handle, Record)]| -> Vec<u32> {
        ranked.iter().map(|(person, _)| u32::try_from(later[&person.0].reach).unwrap_or(u32::MAX)).collect()
    };
    let by_record = gain(&record::rank(returning.iter().copied()));
    returning.sort_by_key(|(person, record)| (Reverse(record.reach), *person));
    let by_reach = gain(&returning);
    Across {
        ndcg100: ndcg(&by_record, &by_record, 100).unwrap_or_default(),
        ndcg100_reach: ndcg(&by_reach, &by_reach, 100).unwrap_or_default(),
        users: returning.len(),
    }
}

/// Gain of the best `k` as ranked, against the best order there is; nothing when nobody brought anybody.
fn ndcg(ranked: &[u32], all: &[u32], k: usize) -> Option<f64> {
    let sum = |brought: &[u32]| -> f64 {
        let gains = brought.iter().take(k).map(|people| (1.0 + f64::from(*people)).log2());
        gains.zip(2..).map(|(gain, place)| gain / f64::from(place).log2()).sum()
    };
    let mut best = all.to_vec();
    best.sort_unstable_by_key(|people| Reverse(*people));
    let ideal = sum(&best);
    (ideal > 0.0).then(|| sum(ranked) / ideal)
}
