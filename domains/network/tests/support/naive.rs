//! The rules of a campaign said once more, slowly: everything is worked out from the list of events each time.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{RootOwner, Timestamp};
use network::{model::Event, rules::people::Contact};

/// Where somebody stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub parent: Option<u32>,
    pub joined_at: Timestamp,
}

/// One campaign.
#[derive(Default)]
pub struct Naive {
    pub name: BTreeMap<u32, u32>,
    /// Everybody with a place.
    pub places: BTreeMap<u32, Place>,
    pub owners: BTreeMap<u32, RootOwner>,
    pub again: u32,
    pub waiting: BTreeSet<u32>,
    /// Receiver, sharer, when; self shares left out.
    pub touches: Vec<(u32, u32, Timestamp)>,
    pub self_shares: BTreeMap<u32, u64>,
    pub paid: BTreeMap<u32, (u64, i128)>,
    pub contact: BTreeMap<u32, Contact>,
}

impl Naive {
    /// What the events make of one campaign, with everybody named as they are at the end.
    pub fn of(events: &[Event], campaign: &str) -> Self {
        let mut naive = Self { name: names(events), ..Self::default() };
        let (mut paid_under, mut left_under): (BTreeMap<u32, (u64, i128)>, BTreeMap<u32, Contact>) = Default::default();
        for event in events {
            match event {
                Event::RootDeclared { campaign: id, handle, owner, at, .. } if id.as_str() == campaign => {
                    let person = naive.person(handle.0);
                    if naive.owners.contains_key(&person) {
                        naive.again += 1;
                        continue;
                    }
                    let joined_at = naive.places.get(&person).map_or(*at, |place| place.joined_at.min(*at));
                    naive.owners.insert(person, owner.clone());
                    naive.waiting.remove(&person);
                    naive.places.insert(person, Place { parent: None, joined_at });
                    naive.let_join();
                }
                Event::Touched { campaign: id, receiver, sharer, at, .. } if id.as_str() == campaign => {
                    let (receiver, sharer) = (naive.person(receiver.0), naive.person(sharer.0));
                    if receiver == sharer {
                        *naive.self_shares.entry(receiver).or_default() += 1;
                        continue;
                    }
                    naive.touches.push((receiver, sharer, *at));
                    if !naive.places.contains_key(&receiver) {
                        naive.waiting.insert(receiver);
                    }
                    naive.let_join();
                }
                Event::Paid { campaign: id, handle, amount_minor, .. } if id.as_str() == campaign => {
                    let paid = paid_under.entry(handle.0).or_default();
                    paid.0 += 1;
                    paid.1 += i128::from(*amount_minor);
                }
                Event::TakenBack { campaign: id, handle, amount_minor, .. } if id.as_str() == campaign => {
                    if let Some(paid) = paid_under.get_mut(&handle.0) {
                        paid.0 -= 1;
                        paid.1 -= i128::from(*amount_minor);
                    }
                    paid_under.retain(|_, paid| paid.0 > 0);
                }
                Event::Contact { handle, contact, .. } => {
                    let marks = left_under.entry(handle.0).or_default();
                    *marks = marks.with(*contact);
                }
                Event::ContactRestored { handle, contact, .. } => {
                    left_under.insert(handle.0, *contact);
                }
                _ => {}
            }
        }
        for (handle, (count, minor)) in paid_under {
            let paid = naive.paid.entry(naive.name.get(&handle).copied().unwrap_or(handle)).or_default();
            *paid = (paid.0 + count, paid.1 + minor);
        }
        for (handle, left) in left_under {
            let marks = naive.contact.entry(naive.name.get(&handle).copied().unwrap_or(handle)).or_default();
            *marks = marks.with(left);
        }
        naive
    }

    pub fn person(&self, handle: u32) -> u32 {
        self.name.get(&handle).copied().unwrap_or(handle)
    }

    pub fn is_fan(&self, person: u32) -> bool {
        self.contact.get(&person).is_some_and(|contact| contact.is_fan())
    }

    /// The earliest kept touch that can place somebody does, until none can.
    fn let_join(&mut self) {
        loop {
            let can = |(receiver, sharer, _): &&(u32, u32, Timestamp)| {
                !self.places.contains_key(receiver) && self.places.contains_key(sharer)
            };
            let Some(&(receiver, sharer, joined_at)) = self.touches.iter().find(can) else { return };
            self.places.insert(receiver, Place { parent: Some(sharer), joined_at });
            self.waiting.remove(&receiver);
        }
    }

    /// From the root down to the person.
    pub fn chain(&self, person: u32) -> Vec<u32> {
        let mut chain = vec![person];
        while let Some(parent) = self.places[chain.last().expect("never empty")].parent {
            chain.push(parent);
        }
        chain.reverse();
        chain
    }

    pub fn children(&self, person: u32) -> Vec<u32> {
        self.places.iter().filter(|(_, place)| place.parent == Some(person)).map(|(child, _)| *child).collect()
    }

    pub fn reach(&self, person: u32) -> u32 {
        self.places.keys().filter(|other| **other != person && self.chain(**other).contains(&person)).count() as u32
    }

    pub fn tree(&self, root: u32) -> Vec<u32> {
        self.places.keys().copied().filter(|person| self.chain(*person)[0] == root).collect()
    }

    pub fn received(&self, person: u32) -> u64 {
        self.touches.iter().filter(|touch| touch.0 == person).count() as u64
    }

    /// Sum of the distances of all ordered pairs of a tree.
    pub fn distances(&self, tree: &[u32]) -> u128 {
        let distance = |a: u32, b: u32| {
            let (a, b) = (self.chain(a), self.chain(b));
            let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
            (a.len() + b.len() - 2 * same) as u128
        };
        tree.iter().flat_map(|a| tree.iter().map(move |b| distance(*a, *b))).sum()
    }

    pub fn is_early(&self, person: u32) -> bool {
        let place = &self.places[&person];
        place.parent.is_some_and(|parent| place.joined_at < self.places[&parent].joined_at)
    }

    /// Groups of waiting people each of whom waits, through others, for each.
    pub fn cycles(&self) -> u32 {
        let waits_for = |person: u32| {
            let mut all = BTreeSet::new();
            let mut open = vec![person];
            while let Some(at) = open.pop() {
                for touch in self.touches.iter().filter(|touch| touch.0 == at && self.waiting.contains(&touch.1)) {
                    if all.insert(touch.1) {
                        open.push(touch.1);
                    }
                }
            }
            all
        };
        let all: BTreeMap<u32, BTreeSet<u32>> =
            self.waiting.iter().map(|person| (*person, waits_for(*person))).collect();
        let groups: BTreeSet<Vec<u32>> = all
            .iter()
            .filter(|(person, set)| set.contains(person))
            .map(|(person, set)| set.iter().copied().filter(|other| all[other].contains(person)).collect())
            .collect();
        groups.len() as u32
    }
}

/// What each handle's person is called once all links are known.
fn names(events: &[Event]) -> BTreeMap<u32, u32> {
    let mut names: BTreeMap<u32, u32> = BTreeMap::new();
    let mut linked = BTreeSet::new();
    for event in events {
        if let Event::Linked { handle, into, .. } = event {
            let (a, b) = (handle.0, into.0);
            let (from, to) = (*names.entry(a).or_insert(a), *names.entry(b).or_insert(b));
            if from != to && linked.insert(a) {
                for name in names.values_mut().filter(|name| **name == from || **name == to) {
                    *name = from.min(to);
                }
            }
        }
    }
    names
}
