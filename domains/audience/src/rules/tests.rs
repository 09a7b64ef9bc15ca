//! Live membership is what asking everybody anew says, whatever happened in whatever order, joined or not, on any day.

use kernel::{Handle, Partition, Timestamp};
use proptest::prelude::*;
use roaring::RoaringBitmap;

use super::{
    check::{trait_wrongs, wrongs},
    engine::{Body, DefineError, Engine},
    people::{PAID, People, Told},
};
use crate::model::{Day, Known, Measure, Rule, Standing, TraitDef};

const START: i32 = 20_000;
const EVENTS: [&str; 4] = ["Page Seen", "Cart Filled", PAID, "Never Heard"];

#[derive(Clone, Debug)]
enum Step {
    Told(Told),
    Days(i32),
    /// Whoever has this handle is two: the handles whose bit is set are the other one.
    Split(u32, u16),
}

fn did(handle: u32, event: &str, day: i32, micros: i64, amount: i64) -> Told {
    let at = Day(day).begins().0 + micros;
    let amount = if event == PAID { amount } else { 0 };
    Told::Did { handle: Handle(handle), event: event.to_owned(), at, day: Day::of(Timestamp(at)), amount }
}

fn told() -> impl Strategy<Value = Told> {
    let handle = || 1u32..9;
    prop_oneof![
        6 => (handle(), 0usize..3, -420i32..2, 0i64..1000, 0i64..500)
            .prop_map(|(handle, event, day, micros, amount)| did(handle, EVENTS[event], START + day, micros, amount)),
        2 => (handle(), handle()).prop_map(|(a, b)| Told::Linked { handle: Handle(a), into: Handle(b) }),
        1 => (handle(), any::<bool>(), any::<bool>(), proptest::option::of(0u8..2), 1u64..1000).prop_map(
            |(handle, phone, wechat, city, offset)| Told::Known {
                handle: Handle(handle), offset, phone, wechat, city: city.map(|city| format!("城{city}")),
            }
        ),
        2 => (handle(), 0u8..2, proptest::option::of(proptest::option::of(0i32..40))).prop_map(|(handle, tag, on)| {
            Told::Tagged {
                tag: format!("t{tag}"),
                people: vec![Handle(handle)],
                on: on.map(|until| until.map(|days| Day(START + days))),
            }
        }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![8 => told().prop_map(Step::Told), 1 => (1i32..40).prop_map(Step::Days),
        1 => (1u32..9, any::<u16>()).prop_map(|(handle, mask)| Step::Split(handle, mask))];
    proptest::collection::vec(step, 1..60)
}

fn leaf() -> impl Strategy<Value = Rule> {
    let event = || (0usize..5).prop_map(|event| EVENTS.get(event).copied().unwrap_or("*").to_owned());
    let days = || proptest::option::of(prop_oneof![Just(1u16), Just(7), Just(30), Just(366)]);
    prop_oneof![
        (event(), 0u32..4, proptest::option::of(3u32..6), days())
            .prop_map(|(event, at_least, at_most, days)| Rule::Did { event, at_least, at_most, days }),
        (event(), days(), 0i64..900).prop_map(|(event, days, low)| Rule::Measured {
            event,
            measure: Measure::Sum,
            days,
            at_least: Some(low),
            at_most: None,
        }),
        (event(), 0i64..60, 60i64..400, any::<bool>()).prop_map(|(event, low, high, first)| Rule::Measured {
            event,
            measure: if first { Measure::DaysSinceFirst } else { Measure::DaysSinceLast },
            days: None,
            at_least: Some(low),
            at_most: Some(high),
        }),
        (event(), 1i64..4).prop_map(|(event, high)| Rule::Measured {
            event,
            measure: Measure::ActiveDays,
            days: Some(30),
            at_least: None,
            at_most: Some(high),
        }),
        (event(), event()).prop_map(|(first, then)| Rule::Sequence { first, then }),
        (0u8..3).prop_map(|tag| Rule::Tag { tag: format!("t{tag}") }),
        prop_oneof![Just(Standing::Fan), Just(Standing::Member), Just(Standing::Visitor)]
            .prop_map(|standing| Rule::Standing { standing }),
        prop_oneof![Just(Known::Phone), Just(Known::Wechat), Just(Known::City)].prop_map(|known| Rule::Knows { known }),
        (0u8..3).prop_map(|city| Rule::City { city: format!("城{city}") }),
        (0i64..5).prop_map(|low| Rule::Trait { name: "orders".to_owned(), at_least: Some(low), at_most: None }),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(|rules| Rule::All { rules }),
            proptest::collection::vec(inner.clone(), 0..3).prop_map(|rules| Rule::Any { rules }),
            inner.prop_map(|rule| Rule::Not { rule: Box::new(rule) }),
        ]
    })
}

fn orders() -> TraitDef {
    let (name, zh, en) = ("orders".to_owned(), "近期订单数".to_owned(), "Recent orders".to_owned());
    TraitDef { name, zh, en, event: PAID.to_owned(), measure: Measure::Count, days: Some(90) }
}

/// Everything that was ever told, looked through from the beginning for each question.
#[derive(Default)]
struct Naive {
    partition: Partition,
    told: Vec<Told>,
}

impl Naive {
    fn fold(&mut self, told: Told) {
        match &told {
            Told::Linked { handle, into } => drop(self.partition.link(*handle, *into)),
            Told::Regrouped { moves } => self.partition.regroup(moves),
            _ => {}
        }
        // A tag taken off is taken off the person as they are at that time.
        let told = match told {
            Told::Tagged { tag, people, on: None } => {
                let people = people.iter().flat_map(|person| self.partition.handles(*person)).collect();
                Told::Tagged { tag, people, on: None }
            }
            told => told,
        };
        self.told.push(told);
    }

    fn everyone(&self) -> RoaringBitmap {
        let handles = self.told.iter().flat_map(|told| match told {
            Told::Linked { .. } | Told::Regrouped { .. } => Vec::new(),
            Told::Did { handle, .. } | Told::Known { handle, .. } => vec![*handle],
            Told::Done { .. } | Told::Undone { .. } | Told::Restored { .. } => unreachable!("in tests of their own"),
            Told::Tagged { people, .. } => people.clone(),
        });
        handles.map(|handle| self.partition.person(handle).0).collect()
    }

    fn deeds(&self, person: Handle, event: &str) -> Vec<(i64, Day, i64)> {
        let mine = |handle: Handle| self.partition.person(handle) == person;
        let deed = |told: &Told| match told {
            Told::Did { handle, event: name, at, day, amount } if mine(*handle) && (event == "*" || name == event) => {
                Some((*at, *day, *amount))
            }
            _ => None,
        };
        self.told.iter().filter_map(deed).collect()
    }

    fn number(&self, person: Handle, event: &str, measure: Measure, days: Option<u16>, today: Day) -> Option<i64> {
        let all = self.deeds(person, event);
        let within = |day: Day| days.is_none_or(|days| day <= today && day > today.plus(-i32::from(days)));
        let inside: Vec<_> = all.iter().filter(|(_, day, _)| within(*day)).collect();
        let since = |at: Option<i64>| Some(i64::from((today.0 - Day::of(Timestamp(at?)).0).max(0)));
        match measure {
            Measure::Count => Some(inside.len() as i64),
            Measure::Sum => Some(inside.iter().map(|(_, _, amount)| amount).sum()),
            Measure::ActiveDays => {
                let days: std::collections::BTreeSet<Day> = inside.iter().map(|(_, day, _)| *day).collect();
                Some(days.len() as i64)
            }
            Measure::DaysSinceFirst => since(all.iter().map(|(at, _, _)| *at).min()),
            Measure::DaysSinceLast => since(all.iter().map(|(at, _, _)| *at).max()),
        }
    }

    fn tagged(&self, person: Handle, tag: &str, today: Day) -> bool {
        self.partition.handles(person).any(|handle| {
            let last = self.told.iter().rev().find_map(|told| match told {
                Told::Tagged { tag: named, people, on } if named == tag && people.contains(&handle) => Some(*on),
                _ => None,
            });
            last.flatten().is_some_and(|until| until.is_none_or(|until| until > today))
        })
    }

    fn known(&self, person: Handle, known: Known) -> bool {
        self.told.iter().any(|told| match told {
            Told::Known { handle, phone, wechat, city, .. } if self.partition.person(*handle) == person => {
                match known {
                    Known::Phone => *phone,
                    Known::Wechat => *wechat,
                    Known::City => city.is_some(),
                }
            }
            _ => false,
        })
    }

    /// The city told by the latest fact; of equal offsets, which only tests have, whichever came to have the higher number.
    fn city(&self, person: Handle, cities: &People) -> Option<String> {
        let told = self.told.iter().filter_map(|told| match told {
            Told::Known { handle, offset, city: Some(city), .. } if self.partition.person(*handle) == person => {
                Some((*offset, cities.cities.get(city), city.clone()))
            }
            _ => None,
        });
        told.max().map(|(_, _, city)| city)
    }

    fn holds(&self, rule: &Rule, person: Handle, today: Day, cities: &People) -> bool {
        let between = |value: Option<i64>, low: Option<i64>, high: Option<i64>| {
            value.is_some_and(|value| low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high))
        };
        match rule {
            Rule::All { rules } => rules.iter().all(|rule| self.holds(rule, person, today, cities)),
            Rule::Any { rules } => rules.iter().any(|rule| self.holds(rule, person, today, cities)),
            Rule::Not { rule } => !self.holds(rule, person, today, cities),
            Rule::Did { event, at_least, at_most, days } => {
                let count = self.number(person, event, Measure::Count, *days, today);
                between(count, Some(i64::from(*at_least)), at_most.map(i64::from))
            }
            Rule::Measured { event, measure, days, at_least, at_most } => {
                between(self.number(person, event, *measure, *days, today), *at_least, *at_most)
            }
            Rule::Trait { at_least, at_most, .. } => {
                let def = orders();
                between(self.number(person, &def.event, def.measure, def.days, today), *at_least, *at_most)
            }
            Rule::Sequence { first, then } => {
                let begun = self.deeds(person, first).into_iter().map(|(at, _, _)| at).min();
                let ended = self.deeds(person, then).into_iter().map(|(at, _, _)| at).max();
                begun.zip(ended).is_some_and(|(begun, ended)| begun < ended)
            }
            Rule::Tag { tag } => self.tagged(person, tag, today),
            Rule::Standing { standing } => {
                let fan = self.known(person, Known::Phone) && self.known(person, Known::Wechat);
                let member = !self.deeds(person, PAID).is_empty();
                match standing {
                    Standing::Fan => fan,
                    Standing::Member => member,
                    Standing::Visitor => !fan && !member,
                }
            }
            Rule::Knows { known } => self.known(person, *known),
            Rule::City { city } => self.city(person, cities).as_deref() == Some(city),
            Rule::Segment { .. } => unreachable!("spelled out by the test"),
        }
    }

    fn who(&self, rule: &Rule, today: Day, cities: &People) -> RoaringBitmap {
        self.everyone().into_iter().filter(|person| self.holds(rule, Handle(*person), today, cities)).collect()
    }
}

/// Lets every step happen to both, and compares them after each.
fn run(
    steps: Vec<Step>,
    mut early: Rule,
    late: Rule,
    list: RoaringBitmap,
    restart: usize,
) -> Result<(), TestCaseError> {
    let mut engine = Engine::new(Day(START));
    let mut naive = Naive::default();
    engine.declare(orders());
    let upon = Rule::All { rules: vec![Rule::Not { rule: Box::new(Rule::Segment { segment: "early".into() }) }] };
    engine.define("early", Body::Rule(early.clone())).unwrap();
    engine.define("upon", Body::Rule(upon)).unwrap();
    engine.define("list", Body::List(list.clone())).unwrap();
    let half = steps.len() / 2;
    for (index, step) in steps.into_iter().enumerate() {
        if index == half {
            engine.define("late", Body::Rule(late.clone())).unwrap();
            // From here on "early" is another rule, and "upon" follows it.
            early = Rule::Any { rules: vec![Rule::Not { rule: Box::new(late.clone()) }, early] };
            engine.define("early", Body::Rule(early.clone())).unwrap();
        }
        if index == restart {
            let saved = engine.people().save().unwrap();
            engine.set_people(People::restore(&saved).unwrap());
        }
        match step {
            Step::Told(told) => {
                naive.fold(told.clone());
                engine.fold([told]);
            }
            Step::Split(handle, mask) => {
                let handles: Vec<Handle> = naive.partition.handles(Handle(handle)).collect();
                let other = |handle: &Handle| mask & (1 << (handle.0 % 16)) != 0;
                let name = |set: bool| handles.iter().copied().filter(|handle| other(handle) == set).min();
                let to = |handle: &Handle| (*handle, name(other(handle)).unwrap());
                let told = Told::Regrouped { moves: handles.iter().map(to).collect() };
                naive.fold(told.clone());
                engine.fold([told]);
            }
            Step::Days(days) => {
                let today = engine.today().plus(days);
                while engine.advance(today, 1) {}
            }
        }
        let (today, people) = (engine.today(), engine.people());
        let everyone = naive.everyone();
        prop_assert_eq!(people.everyone(), &everyone);
        let wanted = naive.who(&early, today, people);
        prop_assert_eq!(engine.members("early"), Some(&wanted));
        prop_assert_eq!(engine.members("upon"), Some(&(&everyone - &wanted)));
        prop_assert_eq!(engine.preview(&early), wanted);
        let listed: RoaringBitmap = list.iter().map(|handle| naive.partition.person(Handle(handle)).0).collect();
        prop_assert_eq!(engine.members("list"), Some(&(listed & &everyone)));
        if index >= half {
            let wanted = naive.who(&late, today, people);
            prop_assert_eq!(engine.members("late"), Some(&wanted));
            for person in &everyone {
                prop_assert_eq!(engine.explain(&late, Handle(person)).holds, wanted.contains(person));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn membership_is_what_asking_everybody_anew_says(
        steps in steps(),
        early in rule(),
        late in rule(),
        list in proptest::collection::btree_set(1u32..12, 0..4),
        restart in 0usize..120,
    ) {
        run(steps, early, late, list.into_iter().collect(), restart)?;
    }
}

#[test]
fn what_does_not_come_again_leaves_when_its_days_have_passed() {
    let mut engine = Engine::new(Day(START));
    let rule = Rule::Did { event: PAID.into(), at_least: 2, at_most: None, days: Some(30) };
    engine.define("s", Body::Rule(rule)).unwrap();
    engine.fold([did(5, PAID, START - 10, 0, 1), did(5, PAID, START, 0, 1)]);
    assert!(engine.members("s").unwrap().contains(5));
    while engine.advance(Day(START + 19), 100) {}
    assert!(engine.members("s").unwrap().contains(5), "the 30th day since the first of the two");
    while engine.advance(Day(START + 20), 100) {}
    assert!(engine.members("s").unwrap().is_empty());
}

#[test]
fn what_is_taken_back_counts_no_more() {
    let mut engine = Engine::new(Day(START));
    let members = Body::Rule(Rule::Standing { standing: Standing::Member });
    engine.define("members", members).unwrap();
    let phone = Body::Rule(Rule::Knows { known: Known::Phone });
    engine.define("phone", phone).unwrap();
    engine.fold([did(5, PAID, START, 0, 70), did(5, PAID, START - 3, 0, 30)]);
    let undone = |day, amount| Told::Undone { handle: Handle(5), event: PAID.into(), day: Day(day), amount };
    engine.fold([undone(START, 70)]);
    let tally = |engine: &Engine| engine.people().tally(Handle(5), 0, None, engine.today());
    let left = tally(&engine);
    assert_eq!((left.count, left.sum, left.last.map(|at| Day::of(Timestamp(at)))), (1, 30, Some(Day(START - 3))));
    assert!(engine.members("members").unwrap().contains(5));
    engine.fold([undone(START - 3, 30)]);
    assert_eq!(tally(&engine).count, 0);
    assert!(engine.members("members").unwrap().is_empty());
    assert_eq!(engine.preview(&Rule::Standing { standing: Standing::Visitor }).len(), 1);

    let known = |phone| (Handle(5), phone, Some("城".to_owned()));
    let (handle, phone, city) = known(true);
    engine.fold([Told::Known { handle, offset: 1, phone, wechat: false, city }]);
    assert!(engine.members("phone").unwrap().contains(5));
    engine.fold([Told::Restored { handle, offset: 2, phone: false, wechat: false, city: None }]);
    assert!(engine.members("phone").unwrap().is_empty());
    assert!(engine.preview(&Rule::City { city: "城".into() }).is_empty());
}

#[test]
fn what_our_house_does_is_none_of_their_own_deeds() {
    let mut engine = Engine::new(Day(START));
    let at = Day(START).begins().0;
    engine.fold([Told::Done { handle: Handle(5), event: "Spread Shared".into(), at, day: Day(START) }]);
    let did = |event: &str| Rule::Did { event: event.into(), at_least: 1, at_most: None, days: None };
    assert_eq!((engine.preview(&did("*")).len(), engine.preview(&did("Spread Shared")).len()), (0, 1));
}

#[test]
fn who_comes_and_who_leaves_is_told_once_a_segment_stands() {
    let mut engine = Engine::new(Day(START));
    engine.listen(0);
    engine.fold([did(5, PAID, START, 0, 1), did(9, PAID, START, 0, 1)]);
    let rule = Rule::Did { event: PAID.into(), at_least: 1, at_most: None, days: Some(7) };
    engine.define("week", Body::Rule(rule)).unwrap();
    assert!(engine.turns().is_empty(), "the first membership is no news");
    engine.stand_at(40);
    engine.fold([did(6, PAID, START, 0, 1)]);
    let turns = |engine: &mut Engine| -> Vec<_> {
        engine.turns().into_iter().map(|turn| (turn.person.0, turn.entered, turn.offset)).collect()
    };
    assert_eq!(turns(&mut engine), [(6, true, 40)]);
    engine.fold([Told::Linked { handle: Handle(9), into: Handle(5) }]);
    assert_eq!(turns(&mut engine), [], "two who belonged are one who belongs");
    engine.fold([Told::Linked { handle: Handle(6), into: Handle(2) }]);
    assert_eq!(turns(&mut engine), [], "the same person under an earlier name");
    while engine.advance(Day(START + 7), 100) {}
    assert_eq!(turns(&mut engine), [(2, false, 40), (5, false, 40)]);
}

#[test]
fn a_tag_that_goes_by_a_rule_is_worn_by_whom_it_holds_for() {
    let mut engine = Engine::new(Day(START));
    let tag = Rule::Tag { tag: "tg_1".into() };
    engine.define("s", Body::Rule(tag.clone())).unwrap();
    engine.fold([did(5, PAID, START, 0, 1)]);
    engine.define("tg_1", Body::Rule(Rule::Standing { standing: Standing::Member })).unwrap();
    assert!(engine.members("s").unwrap().contains(5), "what names the tag follows");
    assert_eq!(engine.used_by("tg_1"), ["s"]);
    assert_eq!(engine.define("tg_1", Body::Rule(tag)), Err(DefineError::Cycle));
    engine.remove("tg_1");
    engine.fold([did(5, PAID, START, 0, 1)]);
    engine.define("s", Body::Rule(Rule::Tag { tag: "tg_1".into() })).unwrap();
    assert!(engine.members("s").unwrap().is_empty());
}

#[test]
fn a_rule_names_what_is_there_and_never_itself() {
    let mut engine = Engine::new(Day(START));
    let names = |segment: &str| Rule::Segment { segment: segment.to_owned() };
    let fans = Body::Rule(Rule::Standing { standing: Standing::Fan });
    assert_eq!(engine.define("a", Body::Rule(names("b"))), Err(DefineError::Missing));
    assert_eq!(engine.define("a", Body::Rule(names("a"))), Err(DefineError::Cycle));
    engine.define("a", fans.clone()).unwrap();
    engine.define("b", Body::Rule(names("a"))).unwrap();
    assert_eq!(engine.define("a", Body::Rule(Rule::Not { rule: Box::new(names("b")) })), Err(DefineError::Cycle));
    let trait_rule = Rule::Trait { name: "orders".into(), at_least: Some(1), at_most: None };
    assert_eq!(engine.define("c", Body::Rule(trait_rule.clone())), Err(DefineError::Missing));
    engine.declare(orders());
    engine.define("c", Body::Rule(trait_rule)).unwrap();
    engine.fold([did(1, PAID, START, 0, 1)]);
    assert!(engine.members("c").unwrap().contains(1));
    // The trait becomes another number of the same name, and who belongs follows.
    engine.declare(TraitDef { measure: Measure::DaysSinceLast, days: None, ..orders() });
    assert!(engine.members("c").unwrap().is_empty(), "zero days ago");
    assert_eq!((engine.used_by("a"), engine.used_by("b")), (vec!["b"], vec![]));
    engine.remove("b");
    engine.define("a", fans).unwrap();
    assert_eq!((engine.used_by("a"), engine.members("b")), (vec![], None));
}

#[test]
fn what_a_rule_may_not_say_is_told_with_its_place() {
    let did = Rule::Did { event: " ".into(), at_least: 3, at_most: Some(2), days: Some(0) };
    let last = Rule::Measured {
        event: "*".into(),
        measure: Measure::DaysSinceLast,
        days: Some(3),
        at_least: None,
        at_most: None,
    };
    let fields = |rule: &Rule| wrongs(rule).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
    let both = Rule::All { rules: vec![did, Rule::Not { rule: Box::new(last) }] };
    let expected = [
        "rule.rules.0.event",
        "rule.rules.0.days",
        "rule.rules.0.at_most",
        "rule.rules.1.rule.days",
        "rule.rules.1.rule.at_least",
    ];
    assert_eq!(fields(&both), expected);
    let deep = (0..9).fold(Rule::All { rules: vec![] }, |rule, _| Rule::Not { rule: Box::new(rule) });
    assert_eq!(fields(&deep).len(), 1);
    let many = Rule::Any { rules: vec![Rule::Knows { known: Known::Phone }; 64] };
    assert_eq!(fields(&many), ["rule"]);
    assert!(wrongs(&Rule::All { rules: vec![] }).is_empty());
    assert!(trait_wrongs(&orders()).is_empty());
    assert_eq!(
        trait_wrongs(&TraitDef {
            name: "A b".into(),
            zh: String::new(),
            measure: Measure::ActiveDays,
            days: None,
            ..orders()
        })
        .len(),
        3
    );
}
