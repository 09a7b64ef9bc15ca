//! The campaign's afterglow: a trickle of hops without end, so that a demo can be watched growing.

use crate::{
    Simulation,
    brand::Brand,
    chance::{Chance, Stage},
    fact::{Pen, SimFact},
    people::{Cast, Index, Person, Way},
    script::{By, Deed, Guise, Step},
    shape::CIRCLES_MAX,
};

const SECOND: i64 = 1_000_000;

/// How many of the latest newcomers may share next.
const FRESH_MAX: usize = 200;

/// Facts after the end of a simulation, without end, in the order a server hears of them. Whoever plays them waits for each
/// [`SimFact::received_at`].
#[derive(Clone, Debug)]
pub struct Live {
    brand: Brand,
    cast: Cast,
    seed: u64,
    chance: Chance,
    /// Mean time between hops.
    gap_secs: f64,
    /// When the next hop comes, µs since 1970.
    next_hop: i64,
    numbers: u32,
    orders: u32,
    /// Managers and those who brought many.
    proven: Vec<Index>,
    /// Newcomers, latest last.
    fresh: Vec<Index>,
    /// Steps to come, in no order.
    pending: Vec<Step>,
}

impl Live {
    pub(crate) fn after(simulation: &Simulation, per_minute: f64) -> Self {
        let cast = simulation.cast.clone();
        let proven = cast
            .positions(|person| person.invites >= 30 && usize::from(person.circle) < CIRCLES_MAX && !person.is_stray());
        Self {
            brand: simulation.brand.clone(),
            cast,
            seed: simulation.seed,
            chance: Chance::new(simulation.seed, Stage::Live),
            gap_secs: 60.0 / per_minute.max(0.01),
            next_hop: simulation.brand.campaign.ends_at.plus_secs(1).0,
            numbers: simulation.truth.facts as u32,
            orders: simulation.truth.orders,
            proven,
            fresh: Vec::new(),
            pending: Vec::new(),
        }
    }

    fn hop(&mut self) {
        let at = self.next_hop;
        self.next_hop += ((self.chance.exponential(self.gap_secs) * 1e6) as i64).max(SECOND / 10);
        let sharer = self.sharer(at);
        let parent = self.cast.person(sharer).clone();
        let way = match self.chance.below(100) {
            0..22 => Way::App,
            22..92 => Way::Browser,
            _ => Way::Passing,
        };
        let mut person = Person::new(sharer, parent.store, parent.circle + 1, way);
        person.joined = at;
        person.ready = at + i64::from(self.chance.between(10, 90)) * SECOND;
        let (first, signed_in) =
            if way == Way::App { (Guise::User, Guise::User) } else { (Guise::Anonymous, Guise::Both) };
        let index = self.cast.people.len() as Index;
        let by = By::chosen(&mut self.chance, sharer, &parent);
        self.push(at, Deed::Opened(index, first, by));
        if person.signs_in() {
            self.push(person.ready, Deed::Identified(index, signed_in));
            if self.chance.hit(0.08) {
                self.push(person.ready + 120 * SECOND, Deed::Paid(index, self.orders));
                self.orders += 1;
            }
            self.fresh.push(index);
            if self.fresh.len() > FRESH_MAX {
                self.fresh.remove(0);
            }
        }
        self.cast.people[sharer as usize].invites = parent.invites.saturating_add(1);
        self.cast.people.push(person);
    }

    /// One who has been ready for a while: a newcomer as often as one who brought many.
    fn sharer(&mut self, at: i64) -> Index {
        if !self.fresh.is_empty() && self.chance.hit(0.5) {
            let index = self.fresh[self.chance.below(self.fresh.len())];
            let person = self.cast.person(index);
            if person.ready + 30 * SECOND < at && usize::from(person.circle) < CIRCLES_MAX {
                return index;
            }
        }
        self.proven[self.chance.below(self.proven.len())]
    }

    fn push(&mut self, at: i64, deed: Deed) {
        let received = at + i64::from(self.chance.between(150, 1_500)) * 1_000;
        self.pending.push(Step { received, timestamp: at, number: self.numbers, deed });
        self.numbers += 1;
    }
}

impl Iterator for Live {
    type Item = SimFact;

    fn next(&mut self) -> Option<SimFact> {
        loop {
            let soonest =
                (0..self.pending.len()).min_by_key(|at| (self.pending[*at].received, self.pending[*at].number));
            match soonest {
                // Whatever the next hop brings is heard after it.
                Some(at) if self.pending[at].received <= self.next_hop => {
                    let step = self.pending.swap_remove(at);
                    let pen = Pen { brand: &self.brand, cast: &self.cast, seed: self.seed };
                    return Some(pen.write(&step));
                }
                _ => self.hop(),
            }
        }
    }
}
