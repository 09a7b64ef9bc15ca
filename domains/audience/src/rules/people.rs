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
    /// Persons are put together anew: each handle, and the person it belongs to from now on. See [`Partition::regroup`].
    Regrouped { moves: Vec<(Handle, Handle)> },
    /// Somebody did something.
    Did { handle: Handle, event: String, at: i64, day: Day, amount: i64 },
    /// Our own house did something with them: it counts under its name, and is none of their own deeds.
    Done { handle: Handle, event: String, at: i64, day: Day },
    /// What somebody did is taken back, as if it had not been.
    Undone { handle: Handle, event: String, day: Day, amount: i64 },
    /// Somebody let us know something.
    Known { handle: Handle, offset: u64, phone: bool, wechat: bool, city: Option<String> },
    /// What is known under a handle is only this.
    Restored { handle: Handle, offset: u64, phone: bool, wechat: bool, city: Option<String> },
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
    /// They are this person from now on.
    Gone(Handle),
    /// There is nobody of this name any more, and whose handles they were is several others.
    Split,
}

/// Who may have changed, and how.
pub type Changes = Vec<(Handle, Change)>;

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
    /// By number of the city.
    pub(super) lives_in: Vec<RoaringBitmap>,
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
        self.knows(handle, part.phone, part.wechat, part.city.map(|(_, city)| city));
    }

    fn knows(&mut self, handle: u32, phone: bool, wechat: bool, city: Option<u32>) {
        let sets = &mut self.sets;
        for (set, has) in [(&mut sets.phone, phone), (&mut sets.wechat, wechat), (&mut sets.city, city.is_some())] {
            if has {
                set.insert(handle);
            } else {
                set.remove(handle);
            }
        }
        if let Some(city) = city {
            put(&mut sets.lives_in, city, handle);
        }
    }

    /// Writes down what is known under a handle.
    fn note(&mut self, handle: Handle, (phone, wechat): (bool, bool), city: Option<(u64, u32)>, changes: &mut Changes) {
        let part = self.part(handle, changes);
        let before = std::mem::replace(&mut part.city, city);
        (part.phone, part.wechat) = (phone, wechat);
        if let Some((_, before)) = before
            && let Some(lived) = self.sets.lives_in.get_mut(before as usize)
        {
            lived.remove(handle.0);
        }
        self.knows(handle.0, phone, wechat, city.map(|(_, city)| city));
        changes.push((self.partition.person(handle), Change::Known));
    }

    fn city_number(&mut self, city: Option<String>) -> Option<u32> {
        city.map(|city| self.cities.intern(&city, CITIES_MAX)).filter(|city| *city != UNKNOWN)
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

    /// The same, by name.
    #[must_use]
    pub fn city_name(&self, person: Handle) -> Option<&str> {
        Some(self.city(person)).filter(|city| *city != UNKNOWN).map(|city| self.cities.name(city))
    }

    /// Cities people say to live in, and persons there.
    pub fn city_people(&self) -> impl Iterator<Item = (&str, RoaringBitmap)> {
        self.cities.iter().zip(&self.sets.lives_in).map(|(city, handles)| (city, self.persons(handles)))
    }

    /// Names of facts, and persons who did them.
    pub fn event_people(&self) -> impl Iterator<Item = (&str, RoaringBitmap)> {
        self.events.iter().zip(&self.sets.did).map(|(event, handles)| (event, self.persons(handles)))
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

    /// The name of a fact by its number.
    #[must_use]
    pub fn event_name(&self, event: EventNo) -> &str {
        self.events.name(event)
    }

    /// Names of facts that are told apart.
    pub fn event_names(&self) -> impl Iterator<Item = &str> {
        self.events.iter().skip(1)
    }

    /// The number of a fact's name, made if need be.
    pub(super) fn event(&mut self, name: &str) -> EventNo {
        self.events.intern(name, EVENTS_MAX)
    }

    fn part(&mut self, handle: Handle, changes: &mut Changes) -> &mut Part {
        let person = self.partition.person(handle);
        if self.sets.everyone.insert(person.0) {
            changes.push((person, Change::All));
        }
        self.reach(handle.0);
        self.parts[handle.0 as usize].get_or_insert_default()
    }

    /// Folds what a fact says, and tells what may have changed of whom.
    pub fn fold(&mut self, told: Told, changes: &mut Changes) {
        match told {
            Told::Linked { handle, into } => self.link(handle, into, changes),
            Told::Regrouped { moves } => self.regroup(&moves, changes),
            Told::Did { handle, event, at, day, amount } => {
                let event = self.event(&event);
                for event in [ANY, event].into_iter().filter(|event| *event != UNKNOWN) {
                    self.did(handle, event, (at, day, amount), changes);
                }
            }
            Told::Done { handle, event, at, day } => {
                let event = self.event(&event);
                if event != UNKNOWN {
                    self.did(handle, event, (at, day, 0), changes);
                }
            }
            Told::Undone { handle, event, day, amount } => {
                for event in [ANY, self.events.get(&event)] {
                    self.undone(handle, event, day, amount, changes);
                }
            }
            Told::Known { handle, offset, phone, wechat, city } => {
                let city = self.city_number(city).map(|city| (offset, city));
                let part = self.part(handle, changes);
                let (known, city) = ((part.phone | phone, part.wechat | wechat), part.city.max(city));
                self.note(handle, known, city, changes);
            }
            Told::Restored { handle, offset, phone, wechat, city } => {
                let city = self.city_number(city).map(|city| (offset, city));
                self.note(handle, (phone, wechat), city, changes);
            }
            Told::Tagged { tag, people, on } => {
                let tag = self.tags.intern(&tag, usize::MAX);
                for named in people {
                    self.tag(tag, named, on, changes);
                }
            }
        }
    }

    fn did(&mut self, handle: Handle, event: EventNo, (at, day, amount): (i64, Day, i64), changes: &mut Changes) {
        self.part(handle, changes).did(event, at, day, amount);
        put(&mut self.sets.did, event, handle.0);
        changes.push((self.partition.person(handle), Change::Did(event)));
    }

    fn undone(&mut self, handle: Handle, event: EventNo, day: Day, amount: i64, changes: &mut Changes) {
        let Some(part) = self.parts.get_mut(handle.0 as usize).and_then(Option::as_deref_mut) else { return };
        if part.undone(event, day, amount)
            && let Some(did) = self.sets.did.get_mut(event as usize)
        {
            did.remove(handle.0);
        }
        changes.push((self.partition.person(handle), Change::Did(event)));
    }

    /// A tag is put on the handle it was put on; it is taken off all handles of the person.
    fn tag(&mut self, tag: u32, named: Handle, on: Option<Option<Day>>, changes: &mut Changes) {
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

    fn link(&mut self, handle: Handle, into: Handle, changes: &mut Changes) {
        let Some(merge) = self.partition.link(handle, into) else { return };
        self.sets.joined.insert(merge.gone.0);
        let was_somebody = self.sets.everyone.remove(merge.gone.0);
        if was_somebody {
            changes.push((merge.gone, Change::Gone(merge.kept)));
            self.sets.everyone.insert(merge.kept.0);
            changes.push((merge.kept, Change::All));
        } else if self.sets.everyone.contains(merge.kept.0) {
            changes.push((merge.kept, Change::Joined));
        }
    }

    fn regroup(&mut self, moves: &[(Handle, Handle)], changes: &mut Changes) {
        let name = |people: &Self| -> RoaringBitmap {
            moves.iter().map(|(handle, _)| people.partition.person(*handle).0).collect()
        };
        let before = name(self);
        self.partition.regroup(moves);
        let mut after = RoaringBitmap::new();
        for (handle, _) in moves {
            let person = self.partition.person(*handle);
            if person == *handle {
                self.sets.joined.remove(handle.0);
            } else {
                self.sets.joined.insert(handle.0);
            }
            if self.parts.get(handle.0 as usize).is_some_and(Option::is_some) {
                after.insert(person.0);
            }
        }
        for gone in &before - &after {
            if self.sets.everyone.remove(gone) {
                changes.push((Handle(gone), Change::Split));
            }
        }
        for person in after {
            self.sets.everyone.insert(person);
            changes.push((Handle(person), Change::All));
        }
    }
}

/// The fact that somebody paid.
pub const PAID: &str = names::ORDER_PAID;
