//! The best KOCs are found without looking at everybody: they are those that looking at everybody finds.

mod support;

use kernel::{Handle, Offset, RootOwner, Scope, Timestamp};
use network::model::{Event, Network};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use support::{campaign, store, store_scope};

const STORES: [&str; 2] = ["a", "b"];
const CAMPAIGNS: [&str; 3] = ["spring", "summer", "autumn"];

/// What the made-up network is like.
#[derive(Clone, Debug)]
struct Shape {
    seed: u64,
    touches: u64,
    /// How much sharing falls to few.
    skew: i32,
    campaigns: usize,
    links_in_100: u32,
    /// How far clocks are off, of a second for every fact.
    late: i64,
}

fn shape() -> impl Strategy<Value = Shape> {
    (any::<u64>(), 1..1500_u64, 1..7, 1..=3_usize, 0..12_u32, prop_oneof![Just(1), 1..2000_i64]).prop_map(
        |(seed, touches, skew, campaigns, links_in_100, late)| Shape {
            seed,
            touches,
            skew,
            campaigns,
            links_in_100,
            late,
        },
    )
}

fn events(shape: &Shape) -> Vec<Event> {
    let mut chance = ChaCha20Rng::seed_from_u64(shape.seed);
    let mut events = Vec::new();
    let mut known = 4_u32;
    for offset in 1..=shape.touches + 4 {
        let at = Timestamp::from_secs(offset as i64 - chance.random_range(0..shape.late));
        let place = chance.random_range(0..shape.campaigns);
        let campaign = campaign(CAMPAIGNS[place]);
        let offset = Offset(offset);
        if offset.0 <= 4 || chance.random_range(0..300) == 0 {
            // Later on somebody who has a place may become a root of their own.
            let handle = Handle(if offset.0 <= 4 { offset.0 as u32 } else { chance.random_range(1..=known) });
            let owner = store(STORES[handle.0 as usize % 2]);
            for name in CAMPAIGNS.iter().take(shape.campaigns) {
                let (campaign, owner): (_, RootOwner) = (support::campaign(name), owner.clone());
                events.push(Event::RootDeclared { offset, at, campaign, handle, owner });
            }
            continue;
        }
        let newcomer = chance.random_range(0..100) < 80;
        known += u32::from(newcomer);
        let receiver = Handle(if newcomer { known } else { chance.random_range(1..=known) });
        let skewed = chance.random::<f64>().powi(shape.skew);
        let sharer = Handle(1 + (f64::from(known - 1) * skewed) as u32);
        events.push(Event::Touched { offset, at, campaign, receiver, sharer });
        if newcomer && chance.random_range(0..100) < shape.links_in_100 {
            let into = Handle(chance.random_range(1..=known));
            events.push(Event::Linked { offset, handle: receiver, into });
        }
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_best_are_the_first_of_all(shape in shape(), batch in 1..400_usize, limit in 1..60_usize, ago in 0..900_i64) {
        let events = events(&shape);
        let mut network = Network::new();
        for batch in events.chunks(batch) {
            let next = batch.last().map_or(Offset::FIRST, |event| event.offset());
            network.apply(batch.to_vec(), next);
        }
        network.apply(Vec::new(), Offset(shape.touches + 5));
        let as_of = Timestamp::from_secs(shape.touches as i64 - ago);
        let restored = Network::restore(&network.save().expect("bytes")).expect("a snapshot");
        for name in CAMPAIGNS.iter().take(shape.campaigns) {
            for scope in [Scope::All, store_scope("a")] {
                for root in [None, Some(Handle(1))] {
                    let ask = |network: &Network, limit| network.kocs(&campaign(name), &scope, root, as_of, limit);
                    let mut all = ask(&network, 1_000_000).unwrap_or_default();
                    all.truncate(limit);
                    prop_assert_eq!(&ask(&network, limit).unwrap_or_default(), &all);
                    prop_assert_eq!(&ask(&restored, limit).unwrap_or_default(), &all);
                }
            }
        }
    }
}
