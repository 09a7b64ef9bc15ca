//! How fast hops are digested, and what they weigh: `cargo run -p network --example hops -- [hops] [batch] [links in 100]`.
//!
//! A made-up campaign of 24 stores: who is brought is new four times in five, sharers are recent people, so that trees
//! have hubs and are a dozen deep. With links, some newcomers turn out to be the second device of somebody known.

use std::{fs, hint::black_box};

use kernel::{CampaignId, Handle, Offset, RootOwner, Scope, Timestamp};
use network::{
    model::{Event, Network},
    rules::people::Contact,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

const STORES: u32 = 24;

/// Between so many hops the best KOCs are asked for, as a board that is looked at would.
const ASKED_EVERY: u64 = 100_000;
/// What a hop costs is told for the first and the last of so many.
const STRETCH: u64 = 1_000_000;

fn main() {
    let number = |place: usize, or: u64| std::env::args().nth(place).and_then(|text| text.parse().ok()).unwrap_or(or);
    let (hops, batch, links) = (number(1, 1_000_000), number(2, 2_000) as usize, number(3, 0) as u32);
    let campaign: CampaignId = "spring".parse().expect("an id");
    let as_of = Timestamp::from_secs(i64::MAX / 2_000_000);
    let mut chance = MadeUp::new(campaign.clone(), hops, links);
    let before = resident_bytes();
    let mut network = Network::new();
    let (mut secs, mut asked, mut stretches, mut done) = (0.0, Vec::new(), vec![0.0], 0);
    loop {
        let events: Vec<Event> = chance.by_ref().take(batch).collect();
        let Some(next) = events.last().map(|event| event.offset().next()) else { break };
        let took = timed(|| network.apply(events, next));
        secs += took;
        if let Some(stretch) = stretches.last_mut() {
            *stretch += took;
        }
        if done / ASKED_EVERY != next.0 / ASKED_EVERY {
            asked.push(timed(|| drop(black_box(network.kocs(&campaign, &Scope::All, None, as_of, 50)))));
        }
        if done / STRETCH != next.0 / STRETCH {
            stretches.push(0.0);
        }
        done = next.0;
    }
    let grown = resident_bytes().saturating_sub(before);
    println!("{hops} hops in {secs:.2} s: {:.0} hops/s", hops as f64 / secs);
    println!("{} bytes a hop grown while they were digested", grown / hops);
    let trees = network.campaign(&campaign).map_or(0, |campaign| campaign.cascade.tree_bytes());
    println!("{} bytes a hop of them the trees", trees as u64 / hops);
    if stretches.len() > 2 {
        let last = stretches[stretches.len() - 2];
        println!("a hop of the last million costs {:.2} times one of the first", last / stretches[0]);
    }
    let totals = network.totals(&campaign, &Scope::All).unwrap_or_default();
    println!("{} people, {} circles, virality {:.3}", totals.people, totals.depth_max, totals.structural_virality);

    let ms = |what: &str, secs: f64| println!("{what}: {:.3} ms", secs * 1e3);
    asked.sort_by(f64::total_cmp);
    let share = |share: f64| asked.get((asked.len().saturating_sub(1) as f64 * share) as usize).copied().unwrap_or(0.0);
    ms("best 50 KOCs meanwhile, median", share(0.5));
    ms("best 50 KOCs meanwhile, p99", share(0.99));
    ms("totals", timed(|| drop(black_box(network.totals(&campaign, &Scope::All)))));
    ms("columns for a picture", timed(|| drop(black_box(network.columns(&campaign, &Scope::All, None)))));
    let mut bytes = Vec::new();
    ms("save", timed(|| bytes = network.save().unwrap_or_default()));
    println!("{} bytes a hop in the snapshot", bytes.len() as u64 / hops);
    drop(network);
    ms("restore", timed(|| drop(black_box(Network::restore(&bytes)))));
}

/// The facts, one after the other.
struct MadeUp {
    campaign: CampaignId,
    chance: ChaCha20Rng,
    known: u32,
    offset: u64,
    last: u64,
    links: u32,
    more: Vec<Event>,
}

impl MadeUp {
    fn new(campaign: CampaignId, hops: u64, links: u32) -> Self {
        let last = u64::from(STORES) + hops;
        Self { campaign, chance: ChaCha20Rng::seed_from_u64(1), known: STORES, offset: 0, last, links, more: vec![] }
    }
}

impl Iterator for MadeUp {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.more.pop() {
            return Some(event);
        }
        if self.offset == self.last {
            return None;
        }
        self.offset += 1;
        let (offset, at, campaign) =
            (Offset(self.offset), Timestamp::from_millis(self.offset as i64), self.campaign.clone());
        if self.offset <= u64::from(STORES) {
            let handle = Handle(self.offset as u32);
            return Some(Event::RootDeclared { offset, at, campaign, handle, owner: RootOwner::default() });
        }
        let chance = &mut self.chance;
        let newcomer = chance.random_range(0..100) < 80;
        self.known += u32::from(newcomer);
        let receiver = Handle(if newcomer { self.known } else { chance.random_range(1..=self.known) });
        // Squaring twice favours the few: hubs.
        let skew: f64 = chance.random::<f64>().powi(4);
        let sharer = Handle(1 + (f64::from(self.known - 1) * skew) as u32);
        if newcomer && chance.random_range(0..100) < 40 {
            self.more.push(Event::Contact { offset, handle: receiver, contact: Contact::new(true, true) });
        }
        if newcomer && chance.random_range(0..100) < self.links {
            let into = Handle(chance.random_range(1..=self.known));
            self.more.push(Event::Linked { offset, handle: receiver, into });
        }
        Some(Event::Touched { offset, at, campaign, receiver, sharer })
    }
}

#[expect(clippy::disallowed_methods, reason = "measures how long a step takes")]
fn timed(step: impl FnOnce()) -> f64 {
    let start = std::time::Instant::now();
    step();
    start.elapsed().as_secs_f64()
}

/// Memory the process holds (Linux; 0 elsewhere).
fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
