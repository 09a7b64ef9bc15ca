//! Everybody of a workspace in memory, to be looked for: a few numbers a handle, and every name once.
//!
//! It is a fold of changes, each of which says how something is now, so telling one twice does no harm. A search looks at
//! everybody: for a million people that is some tens of milliseconds, and no index has to be kept right.

use facts::Identified;
use kernel::{Handle, Partition, Timestamp};
use rustc_hash::FxHashMap;

use super::{
    Matched,
    names::{NameId, Names},
};
use crate::rules::{PhoneAsked, Wanted, digits, fold};

/// Something about a person that is now so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A handle is an id somebody is known by, and no mere token of a link.
    IsId(Handle),
    /// Somebody let us know of themselves; what they leave out stays.
    Knows(Handle, Identified),
    /// This is all that is known under a handle, whatever was told before.
    Restored(Handle, Identified),
    /// A handle belongs to another.
    Joins(Handle, Handle),
    /// Persons were put together anew, all their handles told.
    Regrouped(Vec<(Handle, Handle)>),
    /// Somebody was seen.
    Seen(Handle, Timestamp),
}

const IS_ID: u8 = 1;
const HAS_PHONE: u8 = 2;
const HAS_WECHAT: u8 = 4;
const IS_FAN: u8 = HAS_PHONE | HAS_WECHAT;

/// What is known under one handle; of a person all rows together.
#[derive(Clone, Copy, Default)]
struct Row {
    /// The number as one number, 0 for none that can be read.
    phone: u64,
    name: NameId,
    city: NameId,
    /// Seconds since 1970.
    seen_secs: u32,
    flags: u8,
}

impl Row {
    /// Both together; what the later handle says counts more.
    fn with(self, later: Self) -> Self {
        let or = |later: u32, earlier: u32| if later == 0 { earlier } else { later };
        Self {
            phone: if later.flags & HAS_PHONE == 0 { self.phone } else { later.phone },
            name: or(later.name, self.name),
            city: or(later.city, self.city),
            seen_secs: self.seen_secs.max(later.seen_secs),
            flags: self.flags | later.flags,
        }
    }
}

/// A set of handles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    fn has(&self, handle: Handle) -> bool {
        self.0.get(handle.0 as usize / 64).is_some_and(|word| word >> (handle.0 % 64) & 1 == 1)
    }
}

impl FromIterator<Handle> for Bits {
    fn from_iter<I: IntoIterator<Item = Handle>>(handles: I) -> Self {
        let mut words = Vec::new();
        for handle in handles {
            let word = handle.0 as usize / 64;
            if words.len() <= word {
                words.resize(word + 1, 0);
            }
            words[word] |= 1 << (handle.0 % 64);
        }
        Self(words)
    }
}

/// Who counts at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Fans, or visitors.
    pub(crate) fan: Option<bool>,
    /// Who says to live there.
    pub(crate) city: Option<String>,
    /// Seen at or after.
    pub(crate) seen_from: Option<Timestamp>,
}

/// What is looked for.
#[derive(Default)]
pub(crate) struct Ask {
    pub(crate) wanted: Option<Wanted>,
    pub(crate) phone: Option<PhoneAsked>,
    /// Handles that answer by themselves.
    pub(crate) ids: Vec<(Handle, Matched)>,
    pub(crate) filter: Filter,
    /// Only these persons.
    pub(crate) within: Option<Bits>,
    /// Only those behind.
    pub(crate) after: Option<Hit>,
    pub(crate) limit: usize,
}

/// Somebody who was found. Ordered as people want them: the best reason first, then who was seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub(crate) matched: Matched,
    /// Seconds since 1970, counted backwards.
    unseen_secs: u32,
    pub(crate) person: Handle,
}

impl Hit {
    /// As a hit is read from a cursor.
    pub(crate) const fn new(matched: Matched, seen_secs: u32, person: Handle) -> Self {
        Self { matched, unseen_secs: u32::MAX - seen_secs, person }
    }

    /// When they were seen last, in seconds since 1970; 0 for never.
    pub(crate) const fn seen_secs(&self) -> u32 {
        u32::MAX - self.unseen_secs
    }
}

/// The answer to an [`Ask`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// As many as asked for, the best first.
    pub(crate) hits: Vec<Hit>,
    /// How many there are in all, before and behind.
    pub(crate) total: usize,
    /// Whether more follow.
    pub(crate) more: bool,
}

/// Everybody of a workspace.
#[derive(Default)]
pub(crate) struct Index {
    people: Partition,
    rows: Vec<Row>,
    names: Names,
    cities: Names,
}

impl Index {
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::IsId(handle) => self.row(handle).flags |= IS_ID,
            Change::Seen(handle, at) => {
                let secs = seconds(at);
                let row = self.row(handle);
                row.seen_secs = row.seen_secs.max(secs);
            }
            Change::Joins(handle, into) => {
                self.people.link(handle, into);
            }
            Change::Regrouped(moves) => self.people.regroup(&moves),
            Change::Knows(handle, known) => self.learn(handle, &known),
            Change::Restored(handle, known) => {
                let row = self.row(handle);
                (row.phone, row.name, row.city) = (0, NameId::default(), NameId::default());
                row.flags &= !IS_FAN;
                self.learn(handle, &known);
            }
        }
    }

    fn learn(&mut self, handle: Handle, known: &Identified) {
        let name = known.name.as_deref().map(|name| self.names.id(&fold(name)));
        let city = known.city.as_deref().map(|city| self.cities.id(&fold(city)));
        let row = self.row(handle);
        row.name = name.unwrap_or(row.name);
        row.city = city.unwrap_or(row.city);
        if let Some(phone) = &known.phone {
            row.phone = digits(phone).unwrap_or(0);
            row.flags |= HAS_PHONE;
        }
        if known.wechat.is_some() {
            row.flags |= HAS_WECHAT;
        }
    }

    fn row(&mut self, handle: Handle) -> &mut Row {
        let place = handle.0 as usize;
        if self.rows.len() <= place {
            self.rows.resize(place + 1, Row::default());
        }
        &mut self.rows[place]
    }

    /// The person a handle belongs to, by name.
    pub(crate) fn person(&self, handle: Handle) -> Handle {
        self.people.person(handle)
    }

    /// All handles of a person.
    pub(crate) fn handles(&self, person: Handle) -> impl Iterator<Item = Handle> + '_ {
        self.people.handles(person)
    }

    /// All rows of a person as one.
    fn whole(&self, person: Handle) -> Row {
        let row = |handle: Handle| self.rows.get(handle.0 as usize).copied().unwrap_or_default();
        let mut others = self.people.handles(person).skip(1).peekable();
        if others.peek().is_none() {
            return row(person);
        }
        let mut all: Vec<Handle> = others.chain([person]).collect();
        all.sort_unstable();
        all.into_iter().map(row).fold(Row::default(), Row::with)
    }

    /// Everybody who answers.
    pub(crate) fn search(&self, ask: &Ask) -> Found {
        let answers = ask.wanted.as_ref().map(|wanted| self.names.answers(wanted));
        let mut by_id: FxHashMap<Handle, Matched> = FxHashMap::default();
        for (handle, matched) in &ask.ids {
            let known = by_id.entry(self.person(*handle)).or_insert(*matched);
            *known = (*known).min(*matched);
        }
        let counts = self.counts(&ask.filter);
        let (mut hits, mut total) = (Vec::new(), 0);
        for place in 1..self.rows.len() {
            let person = Handle(place as u32);
            if self.person(person) != person || ask.within.as_ref().is_some_and(|within| !within.has(person)) {
                continue;
            }
            let row = self.whole(person);
            if !counts(&row) {
                continue;
            }
            let matched = match &answers {
                None => Some(Matched::Listed),
                Some(answers) => {
                    let phone = ask.phone.as_ref().and_then(|phone| phone.answer(row.phone));
                    let id = by_id.get(&person).copied();
                    [answers[row.name as usize], phone, id].into_iter().flatten().min()
                }
            };
            let Some(matched) = matched else { continue };
            total += 1;
            let hit = Hit::new(matched, row.seen_secs, person);
            if ask.after.is_none_or(|after| hit > after) {
                hits.push(hit);
            }
        }
        let more = hits.len() > ask.limit;
        if more && ask.limit > 0 {
            hits.select_nth_unstable(ask.limit - 1);
        }
        hits.truncate(ask.limit);
        hits.sort_unstable();
        Found { hits, total, more }
    }

    fn counts(&self, filter: &Filter) -> impl Fn(&Row) -> bool {
        let city = filter.city.as_deref().map(|city| self.cities.known(&fold(city)));
        let seen_from = filter.seen_from.map(seconds);
        let fan = filter.fan;
        move |row| {
            row.flags & IS_ID != 0
                && fan.is_none_or(|fan| fan == (row.flags & IS_FAN == IS_FAN))
                && city.is_none_or(|city| city == Some(row.city))
                && seen_from.is_none_or(|from| row.seen_secs >= from)
        }
    }

    /// What it holds in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        // The partition keeps four numbers for each handle up to the last that was linked.
        let partition = self.rows.len() * 16;
        self.rows.capacity() * size_of::<Row>() + partition + self.names.bytes() + self.cities.bytes()
    }
}

/// Whole seconds since 1970.
fn seconds(at: Timestamp) -> u32 {
    u32::try_from(at.0 / 1_000_000).unwrap_or(0)
}
