//! How well rings are found: fake accounts put among the users of recorded cascades.
//!
//! The background is who took part in which cascade, over users of at least three. 60 fake accounts are joined to 30 targets of
//! their own with a chance each (the density); to hide, each does as much again among the background, among anything or among
//! what is popular. What counts is F1 over the accounts of the block that was found.

use std::{collections::BTreeMap, io::BufRead};

use kernel::{Clock, Offset};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{
    LabError,
    rows::{self, Handles, Recorded},
};
use crate::{
    model::Network,
    rules::fraud::{
        self,
        edges::Edges,
        peel::{self, Block, Search, Weighing},
    },
};

/// Users of fewer cascades say nothing about what users have in common.
const CASCADES_MIN: usize = 3;
/// Fake accounts.
const FAKES: u32 = 60;
/// What they have in common.
const SHARED: u32 = 30;
/// Who brings fewer people directly is no star.
const STAR_MIN: u32 = 10;
/// How much of it each of them has.
const DENSITIES: [f64; 4] = [0.2, 0.3, 0.5, 1.0];

/// How fake accounts hide.
#[derive(Clone, Copy, Debug)]
enum Camouflage {
    None,
    /// Among anything.
    Random,
    /// Among what many take part in.
    Popular,
}

impl Camouflage {
    const ALL: [(&'static str, Self); 3] = [("none", Self::None), ("random", Self::Random), ("popular", Self::Popular)];
}

/// The users and cascades the fakes are put among.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Background {
    /// Users of at least three cascades.
    pub users: u32,
    /// Cascades they took part in.
    pub campaigns: u32,
    /// Who took part in what.
    pub edges: usize,
    /// Blocks found although nobody cheats: false alarms.
    pub blocks: usize,
    /// The score of the densest block by lot.
    pub null_score: f64,
    /// Milliseconds until nothing more was found.
    pub ms: f64,
}

/// A block against the truth.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Judged {
    /// F1 over the accounts.
    pub f1_users: f64,
    /// Accounts in the block.
    pub found: usize,
    /// What they have in common.
    pub targets: usize,
    /// Weight a member of the block.
    pub score: f64,
    /// Milliseconds it took.
    pub ms: f64,
}

/// One setting.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Setting {
    /// What the product finds: the log-weighted block, grown.
    pub log: Judged,
    /// The log-weighted block alone, as FRAUDAR has it.
    pub peel: Judged,
    /// The plain densest block.
    pub unit: Judged,
    /// F1 of the accounts with the most edges.
    pub top_degree_f1: f64,
    /// Whether the product would report it: the block is clearly denser than the densest by lot.
    pub reported: bool,
}

/// The whole search, with nothing injected: whatever it reports is a false alarm.
#[derive(Clone, Debug, Serialize)]
pub struct FalseAlarms {
    /// Cascades, each a campaign.
    pub campaigns: usize,
    /// People with a place in one.
    pub people: usize,
    /// People who brought at least ten in one campaign: stars.
    pub stars: usize,
    /// Rings reported.
    pub rings: usize,
    /// People in them.
    pub people_in_rings: usize,
    /// Rings for each sign that speaks in them.
    pub by_sign: BTreeMap<&'static str, usize>,
    /// Milliseconds it took.
    pub ms: f64,
}

/// All settings, by `density0.2/none` and so on.
#[derive(Clone, Debug, Serialize)]
pub struct FraudReport {
    /// What the fakes are put among.
    pub background: Background,
    /// What the whole search says of the file as it is.
    pub false_alarms: FalseAlarms,
    /// What was found.
    #[serde(flatten)]
    pub settings: BTreeMap<String, Setting>,
}

/// Runs every setting over a file of cascades.
///
/// # Errors
/// [`LabError`] names the line that cannot be read.
pub fn fraud(reader: impl BufRead, seed: u64, clock: &dyn Clock) -> Result<FraudReport, LabError> {
    let recorded = rows::read(reader)?;
    let natural = natural(&recorded);
    let false_alarms = false_alarms(&recorded, clock);
    let edges = Edges::new(natural.users, natural.campaigns, natural.edges.clone());
    let search = Search { seed, ..Search::default() };
    let (found, ms) = timed(clock, || peel::blocks(&edges, &search));
    let background = Background {
        users: edges.accounts(),
        campaigns: edges.targets(),
        edges: edges.len(),
        blocks: found.blocks.len(),
        null_score: found.null,
        ms,
    };
    let mut settings = BTreeMap::new();
    for density in DENSITIES {
        for (name, camouflage) in Camouflage::ALL {
            let injected = inject(&natural, &edges, density, camouflage, seed);
            let setting = run(&injected, natural.users, found.null * search.margin, clock);
            settings.insert(format!("density{density:.1}/{name}"), setting);
        }
    }
    Ok(FraudReport { background, false_alarms, settings })
}

struct Natural {
    users: u32,
    campaigns: u32,
    edges: Vec<(u32, u32)>,
}

/// Every cascade is a campaign of one brand.
fn false_alarms(recorded: &[Recorded], clock: &dyn Clock) -> FalseAlarms {
    let mut network = Network::new();
    let mut handles = Handles::default();
    for (cascade, place) in recorded.iter().zip(0_u32..) {
        let campaign = format!("c{place}").parse().expect("a letter and digits make an id");
        let after = Offset(network.next_offset().0 - 1);
        let events = rows::events(&cascade.rows, &campaign, &mut handles, after);
        let next = Offset(network.next_offset().0 + events.len() as u64);
        network.apply(events, next);
    }
    let (mut people, mut stars) = (0, 0);
    let (rings, ms) = timed(clock, || {
        let mut search = fraud::Search::new();
        for trail in (0..network.campaigns().len()).filter_map(|place| network.trail(place)) {
            people += trail.columns.parent.len();
            stars += trail.columns.invites().iter().filter(|invites| **invites >= STAR_MIN).count();
            search.look_at(&trail);
        }
        search.finish(&network.marks(), &network.root_people())
    });
    let mut by_sign: BTreeMap<&'static str, usize> = BTreeMap::new();
    for reason in rings.iter().flat_map(|ring| &ring.reasons) {
        *by_sign.entry(reason.sign.as_str()).or_default() += 1;
    }
    let people_in_rings = rings.iter().map(|ring| ring.people.len()).sum();
    FalseAlarms { campaigns: recorded.len(), people, stars, rings: rings.len(), people_in_rings, by_sign, ms }
}

fn natural(recorded: &[Recorded]) -> Natural {
    let mut took_part: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (cascade, place) in recorded.iter().zip(0..) {
        for person in cascade.people() {
            let cascades = took_part.entry(person).or_default();
            if cascades.last() != Some(&place) {
                cascades.push(place);
            }
        }
    }
    let mut often: Vec<(u32, Vec<u32>)> =
        took_part.into_iter().filter(|(_, cascades)| cascades.len() >= CASCADES_MIN).collect();
    often.sort_unstable();
    let edges = (0..).zip(&often).flat_map(|(user, (_, cascades))| cascades.iter().map(move |place| (user, *place)));
    Natural { users: often.len() as u32, campaigns: recorded.len() as u32, edges: edges.collect() }
}

/// The fakes follow the users, their targets the campaigns. The same seed puts the same fakes behind every camouflage.
fn inject(natural: &Natural, background: &Edges, density: f64, camouflage: Camouflage, seed: u64) -> Edges {
    let mut lots = ChaCha8Rng::seed_from_u64(seed);
    let mut edges = natural.edges.clone();
    let mut own = [0_u32; FAKES as usize];
    for (fake, own) in (natural.users..).zip(&mut own) {
        for target in 0..SHARED {
            if lots.random_bool(density) {
                edges.push((fake, natural.campaigns + target));
                *own += 1;
            }
        }
    }
    for (fake, own) in (natural.users..).zip(own) {
        for _ in 0..own {
            let campaign = match camouflage {
                Camouflage::None => break,
                Camouflage::Random => lots.random_range(0..background.targets()),
                // An edge drawn by lot leads to a campaign as often as it has users.
                Camouflage::Popular => natural.edges[lots.random_range(0..natural.edges.len())].1,
            };
            edges.push((fake, campaign));
        }
    }
    Edges::new(natural.users + FAKES, natural.campaigns + SHARED, edges)
}

fn run(edges: &Edges, users: u32, threshold: f64, clock: &dyn Clock) -> Setting {
    let (core, core_ms) = timed(clock, || peel::peel(edges, Weighing::Log));
    let (grown, grown_ms) = timed(clock, || peel::grow(edges, core.clone()));
    let (unit, unit_ms) = timed(clock, || peel::peel(edges, Weighing::Unit));
    let mut by_degree: Vec<u32> = (0..edges.accounts()).collect();
    by_degree.sort_by_key(|account| std::cmp::Reverse(edges.targets_of(*account).len()));
    by_degree.truncate(FAKES as usize);
    Setting {
        log: judged(&grown, users, core_ms + grown_ms),
        peel: judged(&core, users, core_ms),
        unit: judged(&unit, users, unit_ms),
        top_degree_f1: f1(&by_degree, users),
        reported: core.score > threshold,
    }
}

fn judged(block: &Block, users: u32, ms: f64) -> Judged {
    Judged {
        f1_users: f1(&block.accounts, users),
        found: block.accounts.len(),
        targets: block.targets.len(),
        score: block.score,
        ms,
    }
}

fn f1(found: &[u32], users: u32) -> f64 {
    let right = found.iter().filter(|account| **account >= users).count();
    2.0 * right as f64 / (found.len() + FAKES as usize) as f64
}

fn timed<T>(clock: &dyn Clock, work: impl FnOnce() -> T) -> (T, f64) {
    let started = clock.now();
    let done = work();
    (done, clock.now().micros_since(started) as f64 / 1000.0)
}
