//! What is kept of everybody: a fold of the facts in offset order. Everything stands under the handle it was heard of, and a
//! person is the sum of their handles: joining two people, or taking them apart again, moves nothing.

use facts::names;
use kernel::{Handle, Partition};
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::part::{ANY, EventNo, Part, Tally, tally};
use crate::model::Day;

/// Names of facts that are told apart. What comes under further names counts as "any fact" alone, so that somebody who makes up
/// names does not fill the memory.
const EVENTS_MAX: usize = 4096;

/// Cities that are told apart.
const CITIES_MAX: usize = 4096;

/// A number no name has.
pub const UNKNOWN: u32 = u32::MAX;

/// Names and their numbers, from 0 in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Names {
    names: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

impl From<Vec<String>> for Names {
    fn from(names: Vec<String>) -> Self {
        let numbers = (0..).zip(&names).map(|(number, name)| (name.clone(), number)).collect();
        Self { names, numbers }
    }
}

impl From<Names> for Vec<String> {
    fn from(names: Names) -> Self {
        names.names
    }
}

impl Names {
    /// The number of a name; [`UNKNOWN`] when it has none.
    #[must_use]
    pub fn get(&self, name: &str) -> u32 {
        self.numbers.get(name).copied().unwrap_or(UNKNOWN)
    }

    /// The name of a number.
    #[must_use]
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    /// The number of a name, a new one if need be; [`UNKNOWN`] when there are `max` others already.
    pub fn intern(&mut self, name: &str, max: usize) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        if self.names.len() >= max {
            return UNKNOWN;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// All names, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// What a fact says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Two handles are one person.
    Linked { handle: Handle, into: Handle },
    /// Somebody did something.
    Did { handle: Handle, event: String, at: i64, day: Day, amount: i64 },
    /// Somebody let us know something.
    Known { handle: Handle, offset: u64, phone: bool, wechat: bool, city: Option<String> },
    /// A tag was put on people until a day, or taken off them.
    Tagged { tag: String, people: Vec<Handle>, on: Option<Option<Day>> },
}

/// What may have changed of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// What they did.
    Did(EventNo),
    /// What they let us know.
    Known,
    /// A tag.
    Tagged(u32),
    /// Everything: they came, or are two persons in one.
    All,
    /// A handle nothing was heard of joined them: only lists of handles can tell.
    Joined,
    /// They are somebody else from now on.
    Gone,
}

/// Everybody.
#[derive(Clone, Debug, Default)]
pub struct People {
    pub(super) partition: Partition,
    pub(super) parts: Vec<Option<Box<Part>>>,
    pub(super) events: Names,
    pub(super) tags: Names,
    pub(super) cities: Names,
    pub(super) sets: Sets,
}

/// Handles by what they have: worked out of the parts, and all but one never stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    /// Persons, by name.
    pub(super) everyone: RoaringBitmap,
    /// Handles that are not the name of their person.
    pub(super) joined: RoaringBitmap,
    pub(super) did: Vec<RoaringBitmap>,
    pub(super) tagged: Vec<RoaringBitmap>,
    /// With some tag that ends on a day, or did once.
    pub(super) expiring: RoaringBitmap,
    pub(super) phone: RoaringBitmap,
    pub(super) wechat: RoaringBitmap,
    pub(super) city: RoaringBitmap,
}

/// What a snapshot holds.
#[derive(Serialize, Deserialize)]
struct Saved<P> {
    partition: Partition,
    parts: P,
    events: Names,
    tags: Names,
    cities: Names,
    /// Also those nothing was heard of: what comes under them later is their person's.
    joined: RoaringBitmap,
}

fn put(sets: &mut Vec<RoaringBitmap>, number: u32, handle: u32) {
    let number = number as usize;
    if sets.len() <= number {
        sets.resize_with(number + 1, RoaringBitmap::new);
    }
    sets[number].insert(handle);
}

impl People {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        let mut people = Self::default();
        people.events.intern("*", 1);
        people
    }

    /// Everything, as bytes.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn save(&self) -> Result<Vec<u8>, postcard::Error> {
        let parts: Vec<(u32, &Part)> =
            (0..).zip(&self.parts).filter_map(|(handle, part)| Some((handle, part.as_deref()?))).collect();
        postcard::to_stdvec(&Saved {
            partition: self.partition.clone(),
            parts,
            events: self.events.clone(),
            tags: self.tags.clone(),
            cities: self.cities.clone(),
            joined: self.sets.joined.clone(),
        })
    }

    /// What [`People::save`] wrote.
    ///
    /// # Errors
    /// When these are no such bytes.
    pub fn restore(body: &[u8]) -> Result<Self, postcard::Error> {
        let Saved { partition, parts, events, tags, cities, joined }: Saved<Vec<(u32, Part)>> =
            postcard::from_bytes(body)?;
        let sets = Sets { joined, ..Sets::default() };
        let mut people = Self { partition, events, tags, cities, sets, parts: Vec::new() };
        for (handle, part) in parts {
            let person = people.partition.person(Handle(handle)).0;
            people.sets.everyone.insert(person);
            people.index(handle, &part);
            people.reach(handle);
            people.parts[handle as usize] = Some(Box::new(part));
        }
        Ok(people)
    }

    fn index(&mut self, handle: u32, part: &Part) {
        for event in part.events() {
            put(&mut self.sets.did, event, handle);
        }
        for tag in part.tags_ever() {
            put(&mut self.sets.tagged, tag, handle);
        }
        if part.has_expiring() {
            self.sets.expiring.insert(handle);
        }
        self.knows(handle, part.phone, part.wechat, part.city.is_some());
    }

    fn knows(&mut self, handle: u32, phone: bool, wechat: bool, city: bool) {
        let sets = &mut self.sets;
        for (set, has) in [(&mut sets.phone, phone), (&mut sets.wechat, wechat), (&mut sets.city, city)] {
            if has {
                set.insert(handle);
            }
        }
    }

    fn reach(&mut self, handle: u32) {
        if self.parts.len() <= handle as usize {
            self.parts.resize_with(handle as usize + 1, || None);
        }
    }

    /// The person a handle belongs to, by name.
    #[must_use]
    pub fn person(&self, handle: Handle) -> Handle {
        self.partition.person(handle)
    }

    /// Persons of these handles.
    #[must_use]
    pub fn persons(&self, handles: &RoaringBitmap) -> RoaringBitmap {
        let mut persons = handles - &self.sets.joined;
        let joined = handles & &self.sets.joined;
        persons.extend(joined.iter().map(|handle| self.partition.person(Handle(handle)).0));
        persons
    }

    /// Everybody, by name.
    #[must_use]
    pub const fn everyone(&self) -> &RoaringBitmap {
        &self.sets.everyone
    }

    /// What is kept of a person, handle by handle.
    pub fn parts(&self, person: Handle) -> impl Iterator<Item = &Part> {
        self.partition.handles(person).filter_map(|handle| self.parts.get(handle.0 as usize)?.as_deref())
    }

    /// All handles of a person.
    pub fn handles(&self, person: Handle) -> impl Iterator<Item = Handle> + '_ {
        self.partition.handles(person)
    }

    /// What a person did of one name within so many days, or ever.
    #[must_use]
    pub fn tally(&self, person: Handle, event: EventNo, days: Option<u16>, today: Day) -> Tally {
        tally(self.parts(person), event, days, today)
    }

    /// The city a person told last.
    #[must_use]
    pub fn city(&self, person: Handle) -> u32 {
        self.parts(person).filter_map(|part| part.city).max().map_or(UNKNOWN, |(_, city)| city)
    }

    /// Tags a person bears today, by id.
    #[must_use]
    pub fn tags_of(&self, person: Handle, today: Day) -> Vec<&str> {
        let mut tags: Vec<&str> =
            self.parts(person).flat_map(|part| part.tags(today)).map(|tag| self.tags.name(tag)).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// Names of facts that are told apart.
    pub fn event_names(&self) -> impl Iterator<Item = &str> {
        self.events.iter().skip(1)
    }

    /// The number of a fact's name, made if need be.
    pub(super) fn event(&mut self, name: &str) -> EventNo {
        self.events.intern(name, EVENTS_MAX)
    }

    fn part(&mut self, handle: Handle, changes: &mut Vec<(Handle, Change)>) -> &mut Part {
        let person = self.partition.person(handle);
        if self.sets.everyone.insert(person.0) {
            changes.push((person, Change::All));
        }
        self.reach(handle.0);
        self.parts[handle.0 as usize].get_or_insert_default()
    }

    /// Folds what a fact says, and tells what may have changed of whom.
    pub fn fold(&mut self, told: Told, changes: &mut Vec<(Handle, Change)>) {
        match told {
            Told::Linked { handle, into } => self.link(handle, into, changes),
            Told::Did { handle, event, at, day, amount } => {
                let event = self.event(&event);
                let person = self.partition.person(handle);
                for event in [ANY, event].into_iter().filter(|event| *event != UNKNOWN) {
                    self.part(handle, changes).did(event, at, day, amount);
                    put(&mut self.sets.did, event, handle.0);
                    changes.push((person, Change::Did(event)));
                }
            }
            Told::Known { handle, offset, phone, wechat, city } => {
                let city = city.map(|city| self.cities.intern(&city, CITIES_MAX)).filter(|city| *city != UNKNOWN);
                let part = self.part(handle, changes);
                part.phone |= phone;
                part.wechat |= wechat;
                if let Some(city) = city {
                    part.city = part.city.max(Some((offset, city)));
                }
                let (phone, wechat, city) = (part.phone, part.wechat, part.city.is_some());
                self.knows(handle.0, phone, wechat, city);
                changes.push((self.partition.person(handle), Change::Known));
            }
            Told::Tagged { tag, people, on } => {
                let tag = self.tags.intern(&tag, usize::MAX);
                for named in people {
                    self.tag(tag, named, on, changes);
                }
            }
        }
    }

    /// A tag is put on the handle it was put on; it is taken off all handles of the person.
    fn tag(&mut self, tag: u32, named: Handle, on: Option<Option<Day>>, changes: &mut Vec<(Handle, Change)>) {
        let handles: Vec<Handle> = if on.is_some() { vec![named] } else { self.partition.handles(named).collect() };
        for handle in handles {
            let part = self.part(handle, changes);
            part.wear(tag, on);
            put(&mut self.sets.tagged, tag, handle.0);
            if on.flatten().is_some() {
                self.sets.expiring.insert(handle.0);
            }
            if on.is_none() {
                self.sets.tagged[tag as usize].remove(handle.0);
            }
        }
        changes.push((self.partition.person(named), Change::Tagged(tag)));
    }

    fn link(&mut self, handle: Handle, into: Handle, changes: &mut Vec<(Handle, Change)>) {
        let Some(merge) = self.partition.link(handle, into) else { return };
        self.sets.joined.insert(merge.gone.0);
        let was_somebody = self.sets.everyone.remove(merge.gone.0);
        if was_somebody {
            changes.push((merge.gone, Change::Gone));
            self.sets.everyone.insert(merge.kept.0);
            changes.push((merge.kept, Change::All));
        } else if self.sets.everyone.contains(merge.kept.0) {
            changes.push((merge.kept, Change::Joined));
        }
    }
}

/// The fact that somebody paid.
pub const PAID: &str = names::ORDER_PAID;
