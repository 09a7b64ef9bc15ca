//! A rule made ready to be asked of many people: names are numbers, and what can change it is known.

use kernel::Handle;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use super::{
    part::{EventNo, Tally},
    people::{PAID, People, UNKNOWN},
};
use crate::model::{Day, Known, Measure, Rule, Standing, TraitDef};

/// Number of a segment.
pub type SegmentNo = u32;

/// A rule, compiled.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Everything holds.
    All(Vec<Plan>),
    /// Something holds.
    Any(Vec<Plan>),
    /// It does not.
    Not(Box<Plan>),
    /// A number lies between bounds.
    Measured(Measured),
    /// One thing, and another after it.
    Sequence(EventNo, EventNo),
    /// Bears a tag.
    Tag(u32),
    /// Stands there; the number is that of [`PAID`].
    Standing(Standing, EventNo),
    /// Let us know something.
    Knows(Known),
    /// Lives there.
    City(u32),
    /// Is a member of another segment.
    Segment(SegmentNo),
    /// One of their handles is on a list.
    Listed(RoaringBitmap),
}

/// A number of what somebody did, and its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Of what.
    pub event: EventNo,
    /// Which number.
    pub measure: Measure,
    /// Within so many days.
    pub days: Option<u16>,
    /// Not less.
    pub low: Option<i64>,
    /// Not more.
    pub high: Option<i64>,
}

/// What can change a plan's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A fact of this name.
    Did(EventNo),
    /// What they let us know.
    Known,
    /// This tag.
    Tagged(u32),
    /// Another segment.
    Segment(SegmentNo),
    /// Whose handle it is.
    Handles,
}

/// Where names become numbers.
pub struct Numbers<'a> {
    /// Of a fact's name.
    pub event: &'a mut dyn FnMut(&str) -> EventNo,
    /// Of a tag.
    pub tag: &'a mut dyn FnMut(&str) -> u32,
    /// Of a city.
    pub city: &'a mut dyn FnMut(&str) -> u32,
    /// Traits by name.
    pub traits: &'a FxHashMap<String, TraitDef>,
    /// Segments by id.
    pub segments: &'a FxHashMap<String, SegmentNo>,
}

impl Plan {
    /// Compiles a rule. What it names and nobody has heard of holds for nobody.
    pub fn of(rule: &Rule, numbers: &mut Numbers<'_>) -> Self {
        let measured = |event, measure, days, low, high| Self::Measured(Measured { event, measure, days, low, high });
        match rule {
            Rule::All { rules } => Self::All(rules.iter().map(|rule| Self::of(rule, numbers)).collect()),
            Rule::Any { rules } => Self::Any(rules.iter().map(|rule| Self::of(rule, numbers)).collect()),
            Rule::Not { rule } => Self::Not(Box::new(Self::of(rule, numbers))),
            Rule::Did { event, at_least, at_most, days } => {
                let (low, high) = (Some(i64::from(*at_least)), at_most.map(i64::from));
                measured((numbers.event)(event), Measure::Count, *days, low, high)
            }
            Rule::Sequence { first, then } => Self::Sequence((numbers.event)(first), (numbers.event)(then)),
            Rule::Measured { event, measure, days, at_least, at_most } => {
                measured((numbers.event)(event), *measure, *days, *at_least, *at_most)
            }
            Rule::Trait { name, at_least, at_most } => match numbers.traits.get(name) {
                Some(def) => measured((numbers.event)(&def.event), def.measure, def.days, *at_least, *at_most),
                None => Self::Any(Vec::new()),
            },
            Rule::Tag { tag } => {
                let worn = Self::Tag((numbers.tag)(tag));
                match numbers.segments.get(tag) {
                    Some(number) => Self::Any(vec![worn, Self::Segment(*number)]),
                    None => worn,
                }
            }
            Rule::Standing { standing } => Self::Standing(*standing, (numbers.event)(PAID)),
            Rule::Knows { known } => Self::Knows(*known),
            Rule::City { city } => Self::City((numbers.city)(city.trim())),
            Rule::Segment { segment } => match numbers.segments.get(segment) {
                Some(number) => Self::Segment(*number),
                None => Self::Any(Vec::new()),
            },
        }
    }

    /// What can change the answer, each once.
    #[must_use]
    pub fn causes(&self) -> Vec<Cause> {
        let mut causes = Vec::new();
        self.collect(&mut causes);
        causes.sort_unstable();
        causes.dedup();
        causes
    }

    fn collect(&self, causes: &mut Vec<Cause>) {
        match self {
            Self::All(plans) | Self::Any(plans) => plans.iter().for_each(|plan| plan.collect(causes)),
            Self::Not(plan) => plan.collect(causes),
            Self::Measured(measured) => causes.push(Cause::Did(measured.event)),
            Self::Sequence(first, then) => causes.extend([Cause::Did(*first), Cause::Did(*then)]),
            Self::Tag(tag) => causes.push(Cause::Tagged(*tag)),
            Self::Standing(_, paid) => causes.extend([Cause::Known, Cause::Did(*paid)]),
            Self::Knows(_) | Self::City(_) => causes.push(Cause::Known),
            Self::Segment(number) => causes.push(Cause::Segment(*number)),
            Self::Listed(_) => causes.push(Cause::Handles),
        }
    }
}

impl Measured {
    /// The number a tally tells; none when there is none.
    #[must_use]
    pub fn value(&self, tally: &Tally, today: Day) -> Option<i64> {
        let since = |micros: Option<i64>| {
            let day = Day::of(kernel::Timestamp(micros?));
            Some(i64::from(today.0.saturating_sub(day.0).max(0)))
        };
        match self.measure {
            Measure::Count => Some(i64::try_from(tally.count).unwrap_or(i64::MAX)),
            Measure::Sum => Some(tally.sum),
            Measure::ActiveDays => Some(tally.days.len() as i64),
            Measure::DaysSinceFirst => since(tally.first),
            Measure::DaysSinceLast => since(tally.last),
        }
    }

    /// Whether a number lies between the bounds.
    #[must_use]
    pub fn holds(&self, value: Option<i64>) -> bool {
        value.is_some_and(|value| self.low.is_none_or(|low| value >= low) && self.high.is_none_or(|high| value <= high))
    }

    /// Whether it only asks if something was ever done.
    #[must_use]
    pub fn is_ever(&self) -> bool {
        (self.measure, self.days, self.low, self.high) == (Measure::Count, None, Some(1), None)
    }

    /// The next day on which time alone may change whether it holds.
    fn next(&self, tally: &Tally, today: Day) -> Option<Day> {
        let micros = match self.measure {
            Measure::Count | Measure::Sum | Measure::ActiveDays => return tally.next,
            Measure::DaysSinceFirst => tally.first,
            Measure::DaysSinceLast => tally.last,
        };
        let day = Day::of(kernel::Timestamp(micros?));
        let reaches = |value: i64| day.plus(i32::try_from(value).unwrap_or(i32::MAX));
        let turns = [self.low.map(reaches), self.high.map(|high| reaches(high.saturating_add(1)))];
        turns.into_iter().flatten().filter(|turn| *turn > today).min()
    }
}

/// A question about one person.
pub struct Asking<'a> {
    /// Everybody.
    pub people: &'a People,
    /// As of when.
    pub today: Day,
    /// Members of segments, by number.
    pub member: &'a dyn Fn(SegmentNo, Handle) -> bool,
}

impl Asking<'_> {
    /// Whether a plan holds for a person. `next` becomes the earliest day on which time alone may change that: the parts
    /// that were not looked at cannot, as long as those that were do not.
    pub fn holds(&self, plan: &Plan, person: Handle, next: &mut Option<Day>) -> bool {
        match plan {
            Plan::All(plans) => plans.iter().all(|plan| self.holds(plan, person, next)),
            Plan::Any(plans) => plans.iter().any(|plan| self.holds(plan, person, next)),
            Plan::Not(plan) => !self.holds(plan, person, next),
            Plan::Measured(measured) => {
                let tally = self.people.tally(person, measured.event, measured.days, self.today);
                soonest(next, measured.next(&tally, self.today));
                measured.holds(measured.value(&tally, self.today))
            }
            Plan::Sequence(first, then) => {
                let begun = self.people.tally(person, *first, None, self.today).first;
                let ended = self.people.tally(person, *then, None, self.today).last;
                matches!((begun, ended), (Some(begun), Some(ended)) if begun < ended)
            }
            Plan::Tag(tag) => {
                let mut bears = false;
                for until in self.people.parts(person).filter_map(|part| part.wears(*tag, self.today)) {
                    soonest(next, until);
                    bears = true;
                }
                bears
            }
            Plan::Standing(standing, paid) => standing_is(self.people, person, *paid, *standing),
            Plan::Knows(known) => knows(self.people, person, *known),
            Plan::City(city) => *city != UNKNOWN && self.people.city(person) == *city,
            Plan::Segment(number) => (self.member)(*number, person),
            Plan::Listed(listed) => self.people.handles(person).any(|handle| listed.contains(handle.0)),
        }
    }
}

fn soonest(next: &mut Option<Day>, day: Option<Day>) {
    *next = match (*next, day) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}

fn knows(people: &People, person: Handle, known: Known) -> bool {
    people.parts(person).any(|part| match known {
        Known::Phone => part.phone,
        Known::Wechat => part.wechat,
        Known::City => part.city.is_some(),
    })
}

/// Whether somebody stands there. The one place that says what a fan and a member are.
pub(super) fn standing_is(people: &People, person: Handle, paid: EventNo, standing: Standing) -> bool {
    let fan = || knows(people, person, Known::Phone) && knows(people, person, Known::Wechat);
    let member = || people.parts(person).any(|part| part.events().any(|event| event == paid));
    match standing {
        Standing::Fan => fan(),
        Standing::Member => member(),
        Standing::Visitor => !fan() && !member(),
    }
}
