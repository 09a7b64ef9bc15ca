//! How fast a fact becomes membership, and a rule a number:
//! `cargo run --release -p audience --example segments -- [people] [segments] [facts a person]`.
//!
//! Made-up people who do fifty different things, and segments of three conditions each over them. After everybody is there,
//! facts come in batches of a tenth of a second at 10,000 a second; then rules nobody has asked before are counted.

use std::fs;

use audience::{
    model::{Day, Measure, Rule, Standing, TraitDef},
    rules::{
        engine::{Body, Engine},
        people::{PAID, Told},
    },
};
use kernel::Handle;

const TODAY: Day = Day(20_000);
const EVENTS: u64 = 50;
const TAGS: u64 = 20;
const BATCHES: usize = 200;
/// A tenth of a second at 10,000 facts a second.
const BATCH: usize = 1000;

/// Numbers that look like chance and are the same every time (splitmix64).
struct Made(u64);

impl Made {
    const fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    fn event(&mut self) -> String {
        match self.next(EVENTS) {
            0 => PAID.to_owned(),
            number => format!("Event {number}"),
        }
    }

    fn fact(&mut self, person: u64, days: u64) -> Told {
        let day = TODAY.plus(-(self.next(days) as i32));
        let at = day.begins().0 + self.next(86_400) as i64 * 1_000_000;
        let (event, amount) = (self.event(), self.next(50_000) as i64);
        Told::Did { handle: Handle(person as u32), event, at, day, amount }
    }

    fn rule(&mut self) -> Rule {
        let window = |made: &mut Self| [None, Some(7), Some(30), Some(90)][made.next(4) as usize];
        let did =
            Rule::Did { event: self.event(), at_least: 1 + self.next(3) as u32, at_most: None, days: window(self) };
        let other = Rule::Did { event: self.event(), at_least: 1, at_most: None, days: window(self) };
        let third = match self.next(3) {
            0 => Rule::Tag { tag: format!("t{}", self.next(TAGS)) },
            1 => Rule::Standing { standing: Standing::Fan },
            _ => Rule::Trait { name: "spent".to_owned(), at_least: Some(self.next(90_000) as i64), at_most: None },
        };
        let last = Rule::Any { rules: vec![Rule::Not { rule: Box::new(other) }, third] };
        Rule::All { rules: vec![did, last] }
    }
}

fn main() {
    let number = |place: usize, or: u64| std::env::args().nth(place).and_then(|text| text.parse().ok()).unwrap_or(or);
    let (people, segments, facts) = (number(1, 1_000_000), number(2, 1000), number(3, 5));
    let mut made = Made(7);
    let mut engine = Engine::new(TODAY);
    let (zh, en) = ("消费金额".to_owned(), "Spent".to_owned());
    let spent = TraitDef { name: "spent".into(), zh, en, event: PAID.into(), measure: Measure::Sum, days: None };
    engine.declare(spent);

    let before = resident_bytes();
    let secs = timed(|| {
        for person in 1..=people {
            let told: Vec<Told> = (0..facts).map(|_| made.fact(person, 180)).collect();
            engine.fold(told);
            if made.next(10) < 6 {
                let (handle, city) = (Handle(person as u32), Some(format!("城{}", made.next(40))));
                let (phone, wechat) = (made.next(2) == 0, made.next(2) == 0);
                engine.fold([Told::Known { handle, offset: person, phone, wechat, city }]);
            }
            if made.next(10) < 3 {
                let (tag, people) = (format!("t{}", made.next(TAGS)), vec![Handle(person as u32)]);
                engine.fold([Told::Tagged { tag, people, on: Some(None) }]);
            }
        }
    });
    let bytes = resident_bytes().saturating_sub(before) / people.max(1);
    println!("{people} people with {facts} facts each: folded in {secs:.1} s, {bytes} bytes a person");

    let secs = timed(|| {
        for number in 0..segments {
            engine.define(&format!("s{number}"), Body::Rule(made.rule())).expect("it names what is there");
        }
    });
    let bytes = resident_bytes().saturating_sub(before) / people.max(1);
    println!("{segments} segments: first membership in {secs:.1} s, {bytes} bytes a person with them");

    let mut took: Vec<f64> = (0..BATCHES)
        .map(|_| {
            let told: Vec<Told> = (0..BATCH)
                .map(|_| {
                    let person = made.next(people) + 1;
                    made.fact(person, 1)
                })
                .collect();
            timed(|| engine.fold(told))
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let total: f64 = took.iter().sum();
    println!(
        "facts: {:.0} a second; a batch of {BATCH} is in the memberships after {:.1} ms (p50), {:.1} ms (p99), {:.1} ms (max)",
        (BATCHES * BATCH) as f64 / total,
        1000.0 * took[BATCHES / 2],
        1000.0 * took[BATCHES * 99 / 100],
        1000.0 * took[BATCHES - 1],
    );
    let day = timed(|| while engine.advance(TODAY.plus(1), 10_000) {});
    println!("a new day: {:.0} ms in steps", 1000.0 * day);

    let tag = |number: u64| Rule::Tag { tag: format!("t{number}") };
    let paid = |at_least| Rule::Did { event: PAID.into(), at_least, at_most: None, days: None };
    let fans = Rule::Standing { standing: Standing::Fan };
    let spent = Rule::Trait { name: "spent".into(), at_least: Some(60_000), at_most: None };
    let lost =
        Rule::Not { rule: Box::new(Rule::Did { event: "*".into(), at_least: 1, at_most: None, days: Some(30) }) };
    for (name, rules) in [
        ("one of two tags, and paid", vec![Rule::Any { rules: vec![tag(1), tag(2)] }, paid(1)]),
        ("fans with a tag who paid", vec![fans, tag(3), paid(1)]),
        ("fans with a tag who spent 600", vec![Rule::Standing { standing: Standing::Fan }, tag(3), spent]),
        ("members who were silent for a month", vec![paid(1), lost]),
    ] {
        let mut count = 0;
        let secs = timed(|| count = engine.preview(&Rule::All { rules }).len());
        println!("{name}: {count} in {:.1} ms", 1000.0 * secs);
    }
}

#[expect(clippy::disallowed_methods, reason = "measures how long a step takes")]
fn timed(step: impl FnOnce()) -> f64 {
    let start = std::time::Instant::now();
    step();
    start.elapsed().as_secs_f64()
}

/// Memory the process holds (Linux; 0 elsewhere).
fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
