//! What real facts are like: opened twice, shared with oneself, heard in the wrong order, sent from phones whose clocks are
//! wrong. Small, known amounts of it, and none that changes who stands under which root.

use std::collections::BTreeSet;

use kernel::Timestamp;

use crate::{
    brand::STORES,
    chance::{Chance, Stage},
    hours::{both_ready, later},
    people::{Cast, Index, NOBODY, Person, Way},
    rhythm::Rhythm,
    script::{By, Guise},
};

const SECOND: i64 = 1_000_000;

/// A hop beside the trees: its receiver has a place already, or can have none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aside {
    pub(crate) who: Index,
    pub(crate) guise: Guise,
    pub(crate) by: By,
    pub(crate) at: i64,
}

/// Everything that disturbs, apart from what it writes on the people themselves (their clock, their silence).
#[derive(Clone, Debug, Default)]
pub(crate) struct Dirt {
    /// People touched again by a second sharer, or by themselves.
    pub(crate) asides: Vec<Aside>,
    /// Second browsers: touched by another sharer, then signed in to the same user id.
    pub(crate) second_devices: Vec<Aside>,
    /// People under no known root, with who is said to have shared.
    pub(crate) strays: Vec<(Index, By)>,
    pub(crate) self_shares: u32,
    pub(crate) repeats: u32,
    pub(crate) repeats_across_stores: u32,
    pub(crate) unknown_sharers: u32,
    pub(crate) late_parents: u32,
    pub(crate) skewed_people: u32,
}

struct Soiler<'a> {
    chance: Chance,
    cast: &'a mut Cast,
    until: Timestamp,
    rhythm: &'a Rhythm,
    one_in: u32,
    dirt: Dirt,
}

/// Adds the dirt.
pub(crate) fn soil(seed: u64, cast: &mut Cast, until: Timestamp, rhythm: &Rhythm, one_in: u32) -> Dirt {
    let chance = Chance::new(seed, Stage::Dirt);
    let mut soiler = Soiler { chance, cast, until, rhythm, one_in, dirt: Dirt::default() };
    soiler.hold_parents_back();
    soiler.set_clocks_wrong();
    soiler.touch_again();
    soiler.share_with_oneself();
    soiler.lose_roots();
    soiler.dirt
}

impl Soiler<'_> {
    /// So many at full size, a few at any size.
    fn count(&self, full: u32) -> usize {
        full.div_ceil(self.one_in).max(2) as usize
    }

    /// Phones of sharers in the underground: what they did is heard after what their followers did.
    ///
    /// Only sharers whose followers brought nobody, so that a wait is one hop long.
    fn hold_parents_back(&mut self) {
        let with_grandchildren: BTreeSet<Index> = self
            .cast
            .people
            .iter()
            .filter(|person| person.circle > 1 && person.invites > 0)
            .map(|person| person.parent)
            .collect();
        let first_child = first_children(self.cast);
        let mut candidates = self.cast.positions(|person| person.is_fan() && (2..60).contains(&person.invites));
        candidates.retain(|index| !with_grandchildren.contains(index));
        for at in self.chance.draw(&vec![1.0; candidates.len()], self.count(26)) {
            let index = candidates[at];
            let held = first_child[index as usize] + i64::from(self.chance.between(30, 900)) * SECOND;
            if held < self.until.0 - 60 * SECOND {
                self.cast.people[index as usize].held = held;
                self.dirt.late_parents += 1;
            }
        }
    }

    fn set_clocks_wrong(&mut self) {
        let early = self.until.plus_secs(-45 * 3600).0;
        let candidates = self.cast.positions(|person| person.circle > 0 && person.joined > early);
        // Rather sharers: a wrong clock shows where followers seem to come first.
        let weights: Vec<f64> =
            candidates.iter().map(|index| if self.cast.person(*index).invites > 0 { 8.0 } else { 1.0 }).collect();
        for at in self.chance.draw(&weights, self.count(130)) {
            let ahead = self.chance.hit(0.4);
            let secs = self.chance.between(60, 5_400) as i16;
            self.cast.people[candidates[at] as usize].skew_secs = if ahead { secs } else { -secs };
            self.dirt.skewed_people += 1;
        }
    }

    /// Whether the person's place waits for, or is waited for by, a parent held back.
    fn waits(&self, index: Index) -> bool {
        let person = self.cast.person(index);
        person.held > 0 || (person.circle > 0 && self.cast.person(person.parent).held > 0)
    }

    fn touch_again(&mut self) {
        let mut sharers: Vec<Vec<Index>> = vec![Vec::new(); STORES];
        let mut everybody = Vec::new();
        for (index, person) in (0..).zip(&self.cast.people) {
            if person.circle > 0 && !self.waits(index) {
                everybody.push(index);
                if person.invites > 0 {
                    sharers[usize::from(person.store)].push(index);
                }
            }
        }
        let second_devices = self.count(120);
        for nth in 0..self.count(3_900) + second_devices {
            let receiver = everybody[self.chance.below(everybody.len())];
            let Some(sharer) = self.another_sharer(receiver, &sharers) else { continue };
            let hours = self.chance.exponential(2.5);
            let Some(at) = later(self.rhythm, both_ready(self.cast, receiver, sharer), hours, self.until) else {
                continue;
            };
            let by = self.by(sharer);
            let written = if nth < second_devices {
                self.second_device(receiver, by, at)
            } else {
                let guise = self.guise(receiver);
                self.dirt.asides.push(Aside { who: receiver, guise, by, at });
                true
            };
            let across = self.cast.person(receiver).store != self.cast.person(sharer).store;
            self.dirt.repeats += u32::from(written);
            self.dirt.repeats_across_stores += u32::from(written && across);
        }
    }

    /// Writes down a touch of somebody's second browser, if they sign in there before the end and have no other. Tells
    /// whether it did.
    fn second_device(&mut self, who: Index, by: By, at: i64) -> bool {
        let taken = self.dirt.second_devices.iter().any(|aside| aside.who == who);
        let fits = self.cast.person(who).signs_in() && at < self.until.0 - 300 * SECOND && !taken;
        if fits {
            self.dirt.second_devices.push(Aside { who, guise: Guise::Second, by, at });
        }
        fits
    }

    /// Somebody else whose share the receiver may well meet: mostly from around their own parent.
    fn another_sharer(&mut self, receiver: Index, sharers: &[Vec<Index>]) -> Option<Index> {
        let person = self.cast.person(receiver).clone();
        let near = &sharers[usize::from(person.store)];
        let sharer = if self.chance.hit(0.55) {
            // Sharers stand circle by circle, siblings together: those beside the parent are its siblings and cousins.
            let at = near.partition_point(|index| *index < person.parent);
            let step = self.chance.between(1, 6) as usize;
            let beside = if self.chance.hit(0.5) { at + step } else { at.saturating_sub(step) };
            *near.get(beside)?
        } else if self.chance.hit(0.8) {
            *near.get(self.chance.below(near.len()))?
        } else {
            let store = &sharers[self.chance.below(STORES)];
            *store.get(self.chance.below(store.len()))?
        };
        let known = sharer == receiver || sharer == person.parent;
        (!known).then_some(sharer)
    }

    fn by(&mut self, sharer: Index) -> By {
        By::chosen(&mut self.chance, sharer, self.cast.person(sharer))
    }

    /// Under which ids somebody known already opens.
    fn guise(&mut self, who: Index) -> Guise {
        match self.cast.person(who).way {
            Way::App | Way::Manager => Guise::User,
            Way::Passing => Guise::Anonymous,
            Way::Browser | Way::Half if self.chance.hit(0.6) => Guise::Both,
            Way::Browser | Way::Half => Guise::Anonymous,
        }
    }

    fn share_with_oneself(&mut self) {
        let sharers = self.cast.positions(|person| person.circle > 0 && person.invites > 0 && person.signs_in());
        for at in self.chance.draw(&vec![1.0; sharers.len()], self.count(44)) {
            let who = sharers[at];
            let hours = self.chance.exponential(0.5);
            let after = both_ready(self.cast, who, who);
            if let (false, Some(at)) = (self.waits(who), later(self.rhythm, after, hours, self.until)) {
                let (guise, by) = (self.guise(who), self.by(who));
                self.dirt.asides.push(Aside { who, guise, by, at });
                self.dirt.self_shares += 1;
            }
        }
    }

    /// People whose sharer nobody ever heard of, some with followers; and three who wait for each other in a ring.
    fn lose_roots(&mut self) {
        for nth in 0..9 {
            let by = if nth % 2 == 0 { By::LostUser(nth) } else { By::LostToken(nth) };
            let at = self.rhythm.at(4.0 + 36.0 * self.chance.unit());
            let lost = self.stray(at, NOBODY, by);
            self.dirt.unknown_sharers += 1;
            if nth < 4 {
                let after = self.cast.person(lost).ready + 600 * SECOND;
                let by = self.by(lost);
                self.stray(after, lost, by);
            }
        }
        let first = self.cast.people.len() as Index;
        let at = self.rhythm.at(20.0);
        for nth in 0..3 {
            let sharer = first + (nth + 1) % 3;
            self.stray(at + i64::from(nth) * 400 * SECOND, sharer, By::Anonymous(sharer));
        }
    }

    fn stray(&mut self, joined: i64, parent: Index, by: By) -> Index {
        let index = self.cast.people.len() as Index;
        let mut person = Person::new(parent, STORES as u8, 0, Way::Passing);
        person.joined = joined;
        person.ready = joined + 2 * SECOND;
        self.cast.people.push(person);
        self.dirt.strays.push((index, by));
        index
    }
}

/// When the first follower of each person opens; the far future for those without.
fn first_children(cast: &Cast) -> Vec<i64> {
    let mut first = vec![i64::MAX / 2; cast.people.len()];
    for person in cast.people.iter().filter(|person| person.circle > 0) {
        let parent = person.parent as usize;
        first[parent] = first[parent].min(person.joined);
    }
    first
}
