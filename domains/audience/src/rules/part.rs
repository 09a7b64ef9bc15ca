//! What is kept of one handle: how often something was done on which day, for how much, and what was told.

use serde::{Deserialize, Serialize};

use crate::model::Day;

/// Days kept one by one behind the newest: more than the longest window, so that no window ever asks for older ones.
const DAYS_KEPT: i32 = 400;

/// Number of the name of a fact.
pub type EventNo = u32;

/// Stands for facts of every name.
pub const ANY: EventNo = 0;

/// What was done on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    day: Day,
    count: u32,
    sum: i64,
}

/// Facts of one name under one handle. Whatever order they come in, the outcome is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deeds {
    event: EventNo,
    /// Microseconds, of the first and the last.
    first: i64,
    last: i64,
    /// Of days no longer kept one by one.
    older_count: u32,
    older_sum: i64,
    /// By day, rising.
    days: Vec<Bucket>,
}

/// What somebody did, over all handles of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often, within the window.
    pub count: u64,
    /// The amounts together, within the window.
    pub sum: i64,
    /// On which days within the window, sorted, each once. Only with a window.
    pub days: Vec<Day>,
    /// Microseconds of the first ever.
    pub first: Option<i64>,
    /// Microseconds of the last ever.
    pub last: Option<i64>,
    /// The next day on which the window alone changes count, sum or days.
    pub next: Option<Day>,
}

impl Deeds {
    const fn new(event: EventNo, at: i64) -> Self {
        Self { event, first: at, last: at, older_count: 0, older_sum: 0, days: Vec::new() }
    }

    fn add(&mut self, at: i64, day: Day, amount: i64) {
        self.first = self.first.min(at);
        self.last = self.last.max(at);
        let newest = self.days.last().map_or(day, |bucket| bucket.day.max(day));
        if day <= newest.plus(-DAYS_KEPT) {
            self.older(1, amount);
            return;
        }
        match self.days.binary_search_by_key(&day, |bucket| bucket.day) {
            Ok(found) => {
                let bucket = &mut self.days[found];
                bucket.count = bucket.count.saturating_add(1);
                bucket.sum = bucket.sum.saturating_add(amount);
            }
            Err(place) => self.days.insert(place, Bucket { day, count: 1, sum: amount }),
        }
        let gone = self.days.partition_point(|bucket| bucket.day <= newest.plus(-DAYS_KEPT));
        let gone: Vec<Bucket> = self.days.drain(..gone).collect();
        for bucket in gone {
            self.older(bucket.count, bucket.sum);
        }
    }

    /// Takes one away again. Answers whether nothing is left. When the first or the last went, and which comes next is not
    /// known to the second, the beginning of its day stands for it.
    fn take_away(&mut self, day: Day, amount: i64) -> bool {
        match self.days.binary_search_by_key(&day, |bucket| bucket.day) {
            Ok(found) => {
                let bucket = &mut self.days[found];
                bucket.count -= 1;
                bucket.sum = bucket.sum.saturating_sub(amount);
                if bucket.count == 0 {
                    self.days.remove(found);
                }
            }
            Err(_) if self.older_count > 0 => {
                self.older_count -= 1;
                self.older_sum = self.older_sum.saturating_sub(amount);
            }
            Err(_) => return false,
        }
        if self.older_count == 0
            && let (Some(first), Some(last)) = (self.days.first(), self.days.last())
        {
            self.first = self.first.max(first.day.begins().0);
            self.last = self.last.min(last.day.plus(1).begins().0 - 1).max(self.first);
        }
        self.older_count == 0 && self.days.is_empty()
    }

    const fn older(&mut self, count: u32, sum: i64) {
        self.older_count = self.older_count.saturating_add(count);
        self.older_sum = self.older_sum.saturating_add(sum);
    }

    /// Adds what was done to a tally over `days` days up to today, or ever.
    fn tell(&self, tally: &mut Tally, days: Option<u16>, today: Day) {
        tally.first = Some(tally.first.map_or(self.first, |first| first.min(self.first)));
        tally.last = Some(tally.last.map_or(self.last, |last| last.max(self.last)));
        let Some(days) = days else {
            tally.count += u64::from(self.older_count);
            tally.sum = tally.sum.saturating_add(self.older_sum);
            for bucket in &self.days {
                tally.count += u64::from(bucket.count);
                tally.sum = tally.sum.saturating_add(bucket.sum);
            }
            return;
        };
        let from = today.plus(1 - i32::from(days));
        let begin = self.days.partition_point(|bucket| bucket.day < from);
        for bucket in &self.days[begin..] {
            let changes = if bucket.day > today { bucket.day } else { bucket.day.plus(i32::from(days)) };
            tally.next = Some(tally.next.map_or(changes, |next| next.min(changes)));
            if bucket.day > today {
                break;
            }
            tally.count += u64::from(bucket.count);
            tally.sum = tally.sum.saturating_add(bucket.sum);
            tally.days.push(bucket.day);
        }
    }
}

/// A tag that was put on a handle by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Worn {
    tag: u32,
    /// The first day without it.
    until: Option<Day>,
}

/// What is kept of one handle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// By event, rising.
    deeds: Vec<Deeds>,
    worn: Vec<Worn>,
    /// Left a phone number.
    pub phone: bool,
    /// Left a WeChat id.
    pub wechat: bool,
    /// The city last told, and by which fact.
    pub city: Option<(u64, u32)>,
}

impl Part {
    /// Books a fact.
    pub fn did(&mut self, event: EventNo, at: i64, day: Day, amount: i64) {
        let place = match self.deeds.binary_search_by_key(&event, |deeds| deeds.event) {
            Ok(found) => found,
            Err(place) => {
                self.deeds.insert(place, Deeds::new(event, at));
                place
            }
        };
        self.deeds[place].add(at, day, amount);
    }

    /// Takes a fact away again. Answers whether nothing of its name is left.
    pub fn undone(&mut self, event: EventNo, day: Day, amount: i64) -> bool {
        let Ok(found) = self.deeds.binary_search_by_key(&event, |deeds| deeds.event) else { return false };
        let nothing_left = self.deeds[found].take_away(day, amount);
        if nothing_left {
            self.deeds.remove(found);
        }
        nothing_left
    }

    /// Puts a tag on, or takes it off.
    pub fn wear(&mut self, tag: u32, on: Option<Option<Day>>) {
        self.worn.retain(|worn| worn.tag != tag);
        if let Some(until) = on {
            self.worn.push(Worn { tag, until });
        }
    }

    /// Whether it bears a tag today, and on which day it loses it.
    pub fn wears(&self, tag: u32, today: Day) -> Option<Option<Day>> {
        let worn = self.worn.iter().find(|worn| worn.tag == tag)?;
        worn.until.is_none_or(|until| until > today).then_some(worn.until)
    }

    /// Tags it bears today.
    pub fn tags(&self, today: Day) -> impl Iterator<Item = u32> + '_ {
        self.worn.iter().filter(move |worn| worn.until.is_none_or(|until| until > today)).map(|worn| worn.tag)
    }

    /// Names of facts it has, by number.
    pub fn events(&self) -> impl Iterator<Item = EventNo> + '_ {
        self.deeds.iter().map(|deeds| deeds.event)
    }

    /// All tags it ever bore and was not relieved of, by number.
    pub fn tags_ever(&self) -> impl Iterator<Item = u32> + '_ {
        self.worn.iter().map(|worn| worn.tag)
    }

    /// Whether a tag it bears ends on a day.
    pub fn has_expiring(&self) -> bool {
        self.worn.iter().any(|worn| worn.until.is_some())
    }

    /// Adds what was done of one name to a tally.
    pub fn tell(&self, event: EventNo, tally: &mut Tally, days: Option<u16>, today: Day) {
        if let Ok(found) = self.deeds.binary_search_by_key(&event, |deeds| deeds.event) {
            self.deeds[found].tell(tally, days, today);
        }
    }
}

/// What was done of one name, over these parts.
pub fn tally<'a>(parts: impl Iterator<Item = &'a Part>, event: EventNo, days: Option<u16>, today: Day) -> Tally {
    let mut tally = Tally::default();
    for part in parts {
        part.tell(event, &mut tally, days, today);
    }
    tally.days.sort_unstable();
    tally.days.dedup();
    tally
}
