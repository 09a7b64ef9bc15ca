//! A plan asked of everybody at once: what is a set already is combined as sets, only the rest looks at people one by one.

use kernel::Handle;
use roaring::RoaringBitmap;

use super::{
    people::{People, UNKNOWN},
    plan::{Asking, Measured, Plan, SegmentNo},
};
use crate::model::{Day, Known, Standing};

/// A question about everybody.
pub struct AskingAll<'a> {
    /// Everybody.
    pub people: &'a People,
    /// As of when.
    pub today: Day,
    /// Members of segments, by number.
    pub members: &'a dyn Fn(SegmentNo) -> Option<&'a RoaringBitmap>,
}

impl AskingAll<'_> {
    /// Persons, by name, for whom a plan holds.
    pub fn who(&self, plan: &Plan) -> RoaringBitmap {
        self.among(plan, self.people.everyone())
    }

    /// Those among some persons for whom a plan holds.
    fn among(&self, plan: &Plan, some: &RoaringBitmap) -> RoaringBitmap {
        match plan {
            Plan::All(plans) => {
                // Whoever a set rules out need not be looked at.
                let mut plans: Vec<&Plan> = plans.iter().collect();
                plans.sort_by_key(|plan| looks(plan));
                plans.into_iter().fold(some.clone(), |held, plan| self.among(plan, &held))
            }
            Plan::Any(plans) => {
                let mut plans: Vec<&Plan> = plans.iter().collect();
                plans.sort_by_key(|plan| looks(plan));
                plans.into_iter().fold(RoaringBitmap::new(), |held, plan| self.among(plan, &(some - &held)) | held)
            }
            Plan::Not(plan) => some - self.among(plan, some),
            Plan::Measured(measured) => self.measured(measured, plan, some),
            Plan::Sequence(first, then) => self.filter(plan, self.did(*first) & self.did(*then) & some),
            Plan::Tag(tag) => self.tagged(*tag, plan, some),
            Plan::Standing(standing, paid) => match standing {
                Standing::Fan => self.fans() & some,
                Standing::Member => self.did(*paid) & some,
                Standing::Visitor => (some - self.fans()) - self.did(*paid),
            },
            Plan::Knows(known) => {
                let sets = &self.people.sets;
                let known = match known {
                    Known::Phone => &sets.phone,
                    Known::Wechat => &sets.wechat,
                    Known::City => &sets.city,
                };
                self.people.persons(known) & some
            }
            Plan::City(UNKNOWN) => RoaringBitmap::new(),
            Plan::City(city) => self.filter(plan, self.persons(self.people.sets.lives_in.get(*city as usize)) & some),
            Plan::Segment(number) => (self.members)(*number).map_or_else(RoaringBitmap::new, |members| members & some),
            Plan::Listed(listed) => self.people.persons(listed) & some,
        }
    }

    /// Persons for whom time alone may change the answer some day; it may be more than those.
    pub fn timed(&self, plan: &Plan) -> RoaringBitmap {
        match plan {
            Plan::All(plans) | Plan::Any(plans) => {
                plans.iter().map(|plan| self.timed(plan)).fold(RoaringBitmap::new(), |all, some| all | some)
            }
            Plan::Not(plan) => self.timed(plan),
            Plan::Measured(measured) if measured.days.is_some() || !measured.measure.takes_window() => {
                self.did(measured.event)
            }
            Plan::Tag(tag) => self.persons(self.people.sets.tagged.get(*tag as usize)),
            _ => RoaringBitmap::new(),
        }
    }

    fn fans(&self) -> RoaringBitmap {
        self.people.persons(&self.people.sets.phone) & self.people.persons(&self.people.sets.wechat)
    }

    fn persons(&self, handles: Option<&RoaringBitmap>) -> RoaringBitmap {
        handles.map_or_else(RoaringBitmap::new, |handles| self.people.persons(handles))
    }

    fn did(&self, event: u32) -> RoaringBitmap {
        self.persons(self.people.sets.did.get(event as usize))
    }

    fn measured(&self, measured: &Measured, plan: &Plan, some: &RoaringBitmap) -> RoaringBitmap {
        let did = self.did(measured.event) & some;
        if measured.is_ever() {
            return did;
        }
        let nothing = measured.measure.takes_window().then_some(0);
        if measured.holds(nothing) { (some - &did) | self.filter(plan, did) } else { self.filter(plan, did) }
    }

    /// Only a tag that ends some day asks for a look.
    fn tagged(&self, tag: u32, plan: &Plan, some: &RoaringBitmap) -> RoaringBitmap {
        let Some(tagged) = self.people.sets.tagged.get(tag as usize) else { return RoaringBitmap::new() };
        let expiring = &self.people.sets.expiring;
        let kept = self.people.persons(&(tagged - expiring)) & some;
        kept | self.filter(plan, self.people.persons(&(tagged & expiring)) & some)
    }

    /// Those of a set for whom a plan holds.
    fn filter(&self, plan: &Plan, persons: RoaringBitmap) -> RoaringBitmap {
        let member = |_, _| false;
        let asking = Asking { people: self.people, today: self.today, member: &member };
        persons.into_iter().filter(|person| asking.holds(plan, Handle(*person), &mut None)).collect()
    }
}

/// Whether people have to be looked at one by one.
fn looks(plan: &Plan) -> bool {
    match plan {
        Plan::All(plans) | Plan::Any(plans) => plans.iter().any(looks),
        Plan::Not(plan) => looks(plan),
        Plan::Measured(measured) => !measured.is_ever(),
        Plan::Sequence(..) | Plan::City(_) => true,
        Plan::Tag(_) | Plan::Standing(..) | Plan::Knows(_) | Plan::Segment(_) | Plan::Listed(_) => false,
    }
}
