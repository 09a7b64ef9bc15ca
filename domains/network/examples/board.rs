//! How fast everybody is ranked: `cargo run -p network --example board -- [people] [campaigns]`.
//!
//! Made-up campaigns of 24 stores in which the same people take part again; sharers are recent people, joining goes on for forty
//! days, so that all three past dates have something to count.

use std::hint::black_box;

use kernel::{CampaignId, Handle, Offset, RootOwner, Scope, Timestamp};
use network::{
    model::{Event, Network},
    rules::board::{Board, Sheet},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

const STORES: u32 = 24;
const DAYS: i64 = 40;

fn main() {
    let number = |place: usize, or: u32| std::env::args().nth(place).and_then(|text| text.parse().ok()).unwrap_or(or);
    let (people, campaigns) = (number(1, 1_000_000), number(2, 2).max(1));
    let network = made_up(people, campaigns);
    let as_of = Timestamp(DAYS * 86_400_000_000);
    let mut sheets = Vec::new();
    let ms = |what: &str, secs: f64| println!("{what}: {:.1} ms", secs * 1e3);
    ms("copied", timed(|| sheets = copied(&network)));
    let mut rows = 0;
    ms("across campaigns", timed(|| rows = black_box(Board::build(&sheets, None, as_of)).rows.len()));
    println!("{rows} people ranked, now and at three dates before");
    ms("inside one", timed(|| drop(black_box(Board::build(&sheets, Some(campaigns - 1), as_of)))));
}

fn copied(network: &Network) -> Vec<Sheet> {
    let sheet = |(place, campaign): (usize, &network::model::Campaign)| {
        let cascade = &campaign.cascade;
        let roots = cascade.trees(&Scope::All).map(|tree| (tree.person, tree.owner.unit.clone())).collect();
        let columns = cascade.columns(&Scope::All, None);
        Some(Sheet::new(place as u32, cascade.span()?, roots, columns, &rustc_hash::FxHashSet::default()))
    };
    network.campaigns().iter().enumerate().filter_map(sheet).collect()
}

fn made_up(people: u32, campaigns: u32) -> Network {
    let mut chance = ChaCha20Rng::seed_from_u64(1);
    let mut network = Network::new();
    let mut offset = 0;
    for campaign in 0..campaigns {
        let id: CampaignId = format!("c-{campaign}").parse().expect("an id");
        let mut events = Vec::with_capacity(people as usize);
        for handle in 0..people {
            offset += 1;
            let at = Timestamp(DAYS * 86_400_000_000 / i64::from(people) * i64::from(handle));
            events.push(if handle < STORES {
                let unit = format!("store-{handle}").parse().ok();
                let owner = RootOwner { unit, ..RootOwner::default() };
                let (offset, handle) = (Offset(offset), Handle(handle));
                Event::RootDeclared { offset, at, campaign: id.clone(), handle, owner }
            } else {
                let sharer = Handle(handle - 1 - chance.random_range(0..handle.min(2000)));
                Event::Touched { offset: Offset(offset), at, campaign: id.clone(), receiver: Handle(handle), sharer }
            });
        }
        network.apply(events, Offset(offset + 1));
    }
    network
}

#[expect(clippy::disallowed_methods, reason = "a measurement looks at the machine's clock")]
fn timed(run: impl FnOnce()) -> f64 {
    let start = std::time::Instant::now();
    run();
    start.elapsed().as_secs_f64()
}
