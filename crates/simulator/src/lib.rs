//! A synthetic brand and its campaign from a seed: two days, 24 bookshops, about 57,000 fans in trees up to 12 circles deep,
//! with the dirt that real facts have. The demo shows it, the tests count it.
//!
//! A simulation is decided from the outside in: `shape` fixes how many people each circle of each store holds, `people`
//! grows trees into those numbers, `hours` times every hop to day and night, `dirt` disturbs, `script` puts all deeds in
//! the order a server hears of them, and `fact` writes a deed as a fact when asked. [`Truth`] says what must come out.
//!
//! Nothing here reads a clock or a file: the same seed and end give the same bytes.

mod brand;
mod chance;
mod dirt;
mod fact;
mod hours;
mod live;
mod names;
mod people;
mod rhythm;
mod script;
mod shape;
mod truth;

use kernel::Timestamp;

pub use brand::{Brand, CAMPAIGN_ID, Campaign, Role, STORES, Staff, Unit, UnitKind};
pub use fact::SimFact;
pub use live::Live;
pub use shape::KOC_INVITES_MIN;
pub use truth::{Anomalies, CircleTruth, RootTruth, Truth};

use crate::{fact::Pen, people::Cast, rhythm::Rhythm, script::Script};

/// The seed of the demo.
pub const DEFAULT_SEED: u64 = 2026;

/// A brand, what its customers did in two days, and what must be counted.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The brand.
    pub brand: Brand,
    /// What a right fold of the facts counts.
    pub truth: Truth,
    seed: u64,
    cast: Cast,
    script: Script,
}

impl Simulation {
    /// The campaign at full size, ending at `until` (a full hour).
    #[must_use]
    pub fn new(seed: u64, until: Timestamp) -> Self {
        Self::scaled(seed, until, 1)
    }

    /// The same shape with one person in `one_in` (1 to 100): the flagship's tree keeps its 12 circles, key people become
    /// few, and below about a thirtieth there is none with 60 invites.
    #[must_use]
    pub fn scaled(seed: u64, until: Timestamp, one_in: u32) -> Self {
        let one_in = one_in.clamp(1, 100);
        let brand = Brand::lighthouse(until);
        let rhythm = Rhythm::starting(brand.campaign.starts_at);
        let mut cast = people::grow(seed, &shape::shapes(seed, one_in));
        hours::set_hours(seed, &mut cast, until, &rhythm);
        let dirt = dirt::soil(seed, &mut cast, until, &rhythm, one_in);
        let script = script::write(seed, &cast, &dirt, until, &rhythm, one_in);
        let truth = truth::count(&brand, &cast, &dirt, &script);
        Self { brand, truth, seed, cast, script }
    }

    /// The facts in the order a server hears of them. Each is written when it is asked for: the simulation itself stays
    /// small (about 10 MB).
    pub fn facts(&self) -> impl ExactSizeIterator<Item = SimFact> + '_ {
        let pen = Pen { brand: &self.brand, cast: &self.cast, seed: self.seed };
        self.script.steps.iter().map(move |step| pen.write(step))
    }

    /// What goes on after the end, for a demo that lives: new hops without end, about `per_minute` of them.
    #[must_use]
    pub fn live(&self, per_minute: f64) -> Live {
        Live::after(self, per_minute)
    }
}
