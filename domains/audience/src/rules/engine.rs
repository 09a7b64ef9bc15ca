//! Live segments: who belongs to what, kept true with every fact and every day. A fact is asked about only by the segments that
//! name it; a day only about the people it can change.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Handle;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use super::{
    check::named,
    explain::{Reason, explain},
    part::EventNo,
    people::{Change, PAID, People, Told},
    plan::{Asking, Cause, Measured, Numbers, Plan, SegmentNo, standing_is},
    sets::AskingAll,
    turns::{Turn, Turns},
};
use crate::model::{Day, Rule, Standing, TraitDef};

/// Who belongs to a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Whoever the rule holds for.
    Rule(Rule),
    /// Whose handles are listed.
    List(RoaringBitmap),
}

#[derive(Clone, Debug)]
struct Segment {
    id: String,
    body: Body,
    plan: Plan,
    members: RoaringBitmap,
    causes: Vec<Cause>,
}

/// Segments, traits and tags a body names.
fn named_in(body: &Body) -> Vec<&Rule> {
    match body {
        Body::Rule(rule) => named(rule),
        Body::List(_) => Vec::new(),
    }
}

/// The segment a condition names: a tag that goes by a rule is one.
fn refers(rule: &Rule) -> Option<&str> {
    match rule {
        Rule::Segment { segment } => Some(segment),
        Rule::Tag { tag } => Some(tag),
        _ => None,
    }
}

/// Why a segment cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefineError {
    /// A segment or trait it names is not there.
    #[error("it names a segment or trait that is not there")]
    Missing,
    /// It would belong to itself.
    #[error("it names itself, directly or through other segments")]
    Cycle,
}

/// People and live segments.
#[derive(Clone, Debug)]
pub struct Engine {
    people: People,
    traits: FxHashMap<String, TraitDef>,
    segments: BTreeMap<SegmentNo, Segment>,
    numbers: FxHashMap<String, SegmentNo>,
    next_number: SegmentNo,
    by_cause: FxHashMap<Cause, Vec<SegmentNo>>,
    /// Whom a day may change, for which segment.
    wheel: BTreeMap<Day, BTreeMap<SegmentNo, RoaringBitmap>>,
    today: Day,
    turns: Turns,
}

impl Engine {
    /// Nobody and nothing, on a day.
    #[must_use]
    pub fn new(today: Day) -> Self {
        Self {
            people: People::new(),
            traits: FxHashMap::default(),
            segments: BTreeMap::new(),
            numbers: FxHashMap::default(),
            next_number: 0,
            by_cause: FxHashMap::default(),
            wheel: BTreeMap::new(),
            today,
            turns: Turns::default(),
        }
    }

    /// From now on keeps who comes into which segment and who leaves it, to be fetched; not what comes of facts before `from`,
    /// which was told already.
    pub const fn listen(&mut self, from: u64) {
        self.turns.from = Some(from);
    }

    /// Who came and who left since this was asked last.
    pub fn turns(&mut self) -> Vec<Turn> {
        std::mem::take(&mut self.turns.all)
    }

    /// Puts back what could not be told, before what came since.
    pub fn turns_back(&mut self, mut turns: Vec<Turn>) {
        turns.append(&mut self.turns.all);
        self.turns.all = turns;
    }

    /// Which fact what is folded next comes from.
    pub const fn stand_at(&mut self, offset: u64) {
        self.turns.offset = offset;
    }

    /// The fact folded last.
    #[must_use]
    pub const fn stands_at(&self) -> u64 {
        self.turns.offset
    }

    /// How far somebody has come: a member before a fan.
    #[must_use]
    pub fn standing(&self, person: Handle) -> Standing {
        let paid = self.people.events.get(PAID);
        let stands = |standing: &Standing| standing_is(&self.people, person, paid, *standing);
        [Standing::Member, Standing::Fan].into_iter().find(stands).unwrap_or(Standing::Visitor)
    }

    /// Forgets a segment or the rule of a tag, and asks what names it anew.
    pub fn forget(&mut self, id: &str) {
        self.remove(id);
        self.users_again(id);
    }

    /// Ids of all segments and of tags that go by a rule, with how many belong.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, u64)> {
        self.segments.values().map(|segment| (segment.id.as_str(), segment.members.len()))
    }

    /// Traits that are declared, in no order.
    pub fn traits(&self) -> impl Iterator<Item = &TraitDef> {
        self.traits.values()
    }

    /// Forgets a trait. Segments that name it must be gone before.
    pub fn withdraw(&mut self, name: &str) {
        self.traits.remove(name);
    }

    /// What a declared trait tells of a person; none when there is no such trait, or no such number.
    #[must_use]
    pub fn trait_of(&self, name: &str, person: Handle) -> Option<i64> {
        let def = self.traits.get(name)?;
        let event = self.people.events.get(&def.event);
        let measured = Measured { event, measure: def.measure, days: def.days, low: None, high: None };
        measured.value(&self.people.tally(person, event, def.days, self.today), self.today)
    }

    /// Everybody.
    #[must_use]
    pub const fn people(&self) -> &People {
        &self.people
    }

    /// The number of a fact's name.
    #[must_use]
    pub fn event(&self, name: &str) -> EventNo {
        self.people.events.get(name)
    }

    /// The day it stands at.
    #[must_use]
    pub const fn today(&self) -> Day {
        self.today
    }

    /// Takes over everybody, and asks all segments anew.
    pub fn set_people(&mut self, people: People) {
        self.people = people;
        self.wheel.clear();
        for id in self.ordered() {
            self.again(&id);
        }
    }

    /// Makes a trait known, or another one of its name; segments that name it are asked anew.
    pub fn declare(&mut self, def: TraitDef) {
        let name = def.name.clone();
        self.traits.insert(def.name.clone(), def);
        let names_it = |rule: &Rule| matches!(rule, Rule::Trait { name: named, .. } if *named == name);
        let asked: Vec<String> = self
            .segments
            .values()
            .filter(|segment| named_in(&segment.body).into_iter().any(names_it))
            .map(|segment| segment.id.clone())
            .collect();
        for id in asked {
            self.again(&id);
            self.users_again(&id);
        }
    }

    /// Keeps a segment from now on, or keeps it otherwise than before; those that name it follow.
    ///
    /// # Errors
    /// [`DefineError`] when it names what is not there, or itself.
    pub fn define(&mut self, id: &str, body: Body) -> Result<(), DefineError> {
        if let Body::Rule(rule) = &body {
            self.check(id, rule)?;
        }
        self.redefine(id, body);
        self.users_again(id);
        Ok(())
    }

    /// Whether everything a rule names is there, and it does not lead back to the segment it is the rule of.
    ///
    /// # Errors
    /// [`DefineError`] when not.
    pub fn check(&self, id: &str, rule: &Rule) -> Result<(), DefineError> {
        for named in named(rule) {
            match named {
                Rule::Trait { name, .. } if !self.traits.contains_key(name) => return Err(DefineError::Missing),
                rule if refers(rule) == Some(id) => return Err(DefineError::Cycle),
                Rule::Segment { segment } => match self.segment(segment).map(|segment| &segment.body) {
                    None => return Err(DefineError::Missing),
                    Some(Body::Rule(rule)) => self.check(id, rule)?,
                    Some(Body::List(_)) => {}
                },
                Rule::Tag { tag } => {
                    if let Some(Segment { body: Body::Rule(rule), .. }) = self.segment(tag) {
                        self.check(id, rule)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn segment(&self, id: &str) -> Option<&Segment> {
        self.segments.get(self.numbers.get(id)?)
    }

    /// Ids of all segments, each behind those it names.
    fn ordered(&self) -> Vec<String> {
        fn visit<'a>(engine: &'a Engine, segment: &'a Segment, seen: &mut BTreeSet<&'a str>, order: &mut Vec<String>) {
            if !seen.insert(&segment.id) {
                return;
            }
            for named in named_in(&segment.body) {
                if let Some(segment) = refers(named).and_then(|id| engine.segment(id)) {
                    visit(engine, segment, seen, order);
                }
            }
            order.push(segment.id.clone());
        }
        let (mut seen, mut order) = (BTreeSet::new(), Vec::with_capacity(self.segments.len()));
        for segment in self.segments.values() {
            visit(self, segment, &mut seen, &mut order);
        }
        order
    }

    fn again(&mut self, id: &str) {
        if let Some(body) = self.segment(id).map(|segment| segment.body.clone()) {
            self.redefine(id, body);
        }
    }

    fn users_again(&mut self, id: &str) {
        let users: Vec<String> = self.used_by(id).into_iter().map(str::to_owned).collect();
        for user in users {
            self.again(&user);
            self.users_again(&user);
        }
    }

    fn redefine(&mut self, id: &str, body: Body) {
        let number = self.numbers.get(id).copied().unwrap_or_else(|| {
            self.next_number += 1;
            self.next_number
        });
        self.unhook(number);
        let plan = match &body {
            Body::List(listed) => Plan::Listed(listed.clone()),
            Body::Rule(rule) => {
                let People { events, tags, cities, .. } = &mut self.people;
                let mut numbers = Numbers {
                    event: &mut |name| events.intern(name, usize::MAX),
                    tag: &mut |tag| tags.intern(tag, usize::MAX),
                    city: &mut |city| cities.intern(city, usize::MAX),
                    traits: &self.traits,
                    segments: &self.numbers,
                };
                Plan::of(rule, &mut numbers)
            }
        };
        let members = self.who(&plan);
        let causes = plan.causes();
        for cause in &causes {
            self.by_cause.entry(*cause).or_default().push(number);
        }
        self.wind(number, &plan);
        self.numbers.insert(id.to_owned(), number);
        self.segments.insert(number, Segment { id: id.to_owned(), body, plan, members, causes });
    }

    /// Enters whom time alone may change into the wheel.
    fn wind(&mut self, number: SegmentNo, plan: &Plan) {
        let (people, today) = (&self.people, self.today);
        let member = |number, person: Handle| self.is_member(number, person);
        let asking = Asking { people, today, member: &member };
        let mut turns: BTreeMap<Day, RoaringBitmap> = BTreeMap::new();
        let members = |number| Some(&self.segments.get(&number)?.members);
        for person in (AskingAll { people, today, members: &members }).timed(plan) {
            let mut next = None;
            asking.holds(plan, Handle(person), &mut next);
            if let Some(day) = next {
                turns.entry(day).or_default().insert(person);
            }
        }
        for (day, persons) in turns {
            *self.wheel.entry(day).or_default().entry(number).or_default() |= persons;
        }
    }

    /// Forgets a segment. Segments that name it must be gone before.
    pub fn remove(&mut self, id: &str) {
        if let Some(number) = self.numbers.remove(id) {
            self.unhook(number);
        }
    }

    fn unhook(&mut self, number: SegmentNo) {
        let causes = self.segments.remove(&number).map_or_else(Vec::new, |segment| segment.causes);
        for cause in causes {
            if let Some(heard) = self.by_cause.get_mut(&cause) {
                heard.retain(|heard| *heard != number);
            }
        }
    }

    /// Ids of segments that name this one, also as a tag.
    #[must_use]
    pub fn used_by(&self, id: &str) -> Vec<&str> {
        let names_it = |rule: &Rule| refers(rule) == Some(id);
        let users = self.segments.values().filter(|segment| named_in(&segment.body).into_iter().any(names_it));
        users.map(|segment| segment.id.as_str()).collect()
    }

    /// Ids of segments that name this trait.
    #[must_use]
    pub fn using_trait(&self, wanted: &str) -> Vec<&str> {
        let names_it = |rule: &Rule| matches!(rule, Rule::Trait { name, .. } if name == wanted);
        let users = self.segments.values().filter(|segment| named_in(&segment.body).into_iter().any(names_it));
        users.map(|segment| segment.id.as_str()).collect()
    }

    /// The id of a segment, by its number in a [`Turn`].
    #[must_use]
    pub fn id_of(&self, number: SegmentNo) -> Option<&str> {
        Some(&self.segments.get(&number)?.id)
    }

    /// Everybody that is on hand, as persons by name, and the lists of segments that are no rules.
    #[must_use]
    pub fn listed(&self, id: &str) -> Option<&RoaringBitmap> {
        match &self.segment(id)?.body {
            Body::List(listed) => Some(listed),
            Body::Rule(_) => None,
        }
    }

    /// Changes who is on a list: each of these people is asked about, and so are the segments that name it.
    pub fn relist(&mut self, id: &str, listed: RoaringBitmap) {
        let Some(number) = self.numbers.get(id).copied() else { return };
        let Some(segment) = self.segments.get_mut(&number) else { return };
        let before = match std::mem::replace(&mut segment.body, Body::List(listed.clone())) {
            Body::List(before) => before,
            Body::Rule(_) => RoaringBitmap::new(),
        };
        let changed = &before ^ &listed;
        segment.plan = Plan::Listed(listed);
        for person in self.people.persons(&changed) {
            if self.people.everyone().contains(person) {
                self.ask(Handle(person), BTreeSet::from([number]));
            }
        }
    }

    /// Members of a segment, persons by name.
    #[must_use]
    pub fn members(&self, id: &str) -> Option<&RoaringBitmap> {
        Some(&self.segment(id)?.members)
    }

    /// Ids of the segments somebody belongs to.
    #[must_use]
    pub fn segments_of(&self, person: Handle) -> Vec<&str> {
        let mine = self.segments.values().filter(|segment| segment.members.contains(person.0));
        mine.map(|segment| segment.id.as_str()).collect()
    }

    /// Persons for whom a rule would hold.
    #[must_use]
    pub fn preview(&self, rule: &Rule) -> RoaringBitmap {
        self.who(&self.compiled(rule))
    }

    /// How a rule stands with one person.
    #[must_use]
    pub fn explain(&self, rule: &Rule, person: Handle) -> Reason {
        let member = |number, person: Handle| self.is_member(number, person);
        let asking = Asking { people: &self.people, today: self.today, member: &member };
        explain(&asking, rule, &self.compiled(rule), person)
    }

    fn compiled(&self, rule: &Rule) -> Plan {
        let People { events, tags, cities, .. } = &self.people;
        let mut numbers = Numbers {
            event: &mut |name| events.get(name),
            tag: &mut |tag| tags.get(tag),
            city: &mut |city| cities.get(city),
            traits: &self.traits,
            segments: &self.numbers,
        };
        Plan::of(rule, &mut numbers)
    }

    fn who(&self, plan: &Plan) -> RoaringBitmap {
        let members = |number| Some(&self.segments.get(&number)?.members);
        AskingAll { people: &self.people, today: self.today, members: &members }.who(plan)
    }

    fn is_member(&self, number: SegmentNo, person: Handle) -> bool {
        self.segments.get(&number).is_some_and(|segment| segment.members.contains(person.0))
    }

    /// Folds what facts say, in their order.
    pub fn fold(&mut self, told: impl IntoIterator<Item = Told>) {
        let mut changes = Vec::new();
        for told in told {
            self.people.fold(told, &mut changes);
            for (person, change) in changes.drain(..) {
                self.changed(person, change);
            }
        }
    }

    fn changed(&mut self, person: Handle, change: Change) {
        let cause = match change {
            Change::Gone(kept) => {
                // Whoever belonged goes on belonging as whom they are now, until that person is asked.
                for segment in self.segments.values_mut() {
                    if segment.members.remove(person.0) {
                        segment.members.insert(kept.0);
                    }
                }
                return;
            }
            Change::Split => {
                for segment in self.segments.values_mut() {
                    segment.members.remove(person.0);
                }
                return;
            }
            Change::All => {
                let all: BTreeSet<SegmentNo> = self.segments.keys().copied().collect();
                return self.ask(person, all);
            }
            Change::Joined => Cause::Handles,
            Change::Did(event) => Cause::Did(event),
            Change::Known => Cause::Known,
            Change::Tagged(tag) => Cause::Tagged(tag),
        };
        if let Some(heard) = self.by_cause.get(&cause)
            && !heard.is_empty()
        {
            let heard = heard.iter().copied().collect();
            self.ask(person, heard);
        }
    }

    /// Asks segments about a person, and then those that name one whose answer changed. Since none leads back to itself this
    /// ends, and whatever the order in which they are asked, the last answer of each saw the last answers of those it names.
    fn ask(&mut self, person: Handle, mut heard: BTreeSet<SegmentNo>) {
        while let Some(number) = heard.pop_first() {
            let Some(segment) = self.segments.get(&number) else { continue };
            let member = |number, person: Handle| self.is_member(number, person);
            let asking = Asking { people: &self.people, today: self.today, member: &member };
            let mut next = None;
            let holds = asking.holds(&segment.plan, person, &mut next);
            if let Some(day) = next {
                self.wheel.entry(day).or_default().entry(number).or_default().insert(person.0);
            }
            let Some(segment) = self.segments.get_mut(&number) else { continue };
            let changed = if holds { segment.members.insert(person.0) } else { segment.members.remove(person.0) };
            if changed {
                self.turns.book(number, person, holds, self.today);
            }
            if changed && let Some(users) = self.by_cause.get(&Cause::Segment(number)) {
                heard.extend(users);
            }
        }
    }

    /// Lets days pass up to `today`, in steps of about `budget` people at most. Answers whether there is more to do.
    pub fn advance(&mut self, today: Day, budget: u64) -> bool {
        self.today = self.today.max(today);
        self.turns.by_time = true;
        let more = self.ask_due(budget);
        self.turns.by_time = false;
        more
    }

    fn ask_due(&mut self, budget: u64) -> bool {
        let mut asked = 0;
        while asked < budget {
            let Some(mut entry) = self.wheel.first_entry().filter(|entry| *entry.key() <= self.today) else {
                return false;
            };
            let Some((number, persons)) = entry.get_mut().pop_first() else {
                entry.remove();
                continue;
            };
            asked += persons.len();
            for person in persons {
                // Who is somebody else by now was asked about when that happened.
                if self.people.everyone().contains(person) {
                    self.ask(Handle(person), BTreeSet::from([number]));
                }
            }
        }
        true
    }
}
