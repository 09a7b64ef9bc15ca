//! Which way a live code leads a customer.

use std::collections::{BTreeMap, BTreeSet};

use kernel::UnitId;

use super::hosts::Hosts;
use crate::model::routing::{Hours, Routing, Way};

/// Most ways of a code.
const WAYS_MAX: usize = 100;
/// Minutes of a day.
const DAY_MINUTES: u16 = 1440;

/// How many each way was led to today, by its id.
pub(crate) type Load = BTreeMap<String, u32>;

impl Hours {
    const fn cover(self, minute: u16) -> bool {
        if self.from <= self.to {
            self.from <= minute && minute < self.to
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

impl Way {
    fn is_open(&self, minute: u16) -> bool {
        self.on && self.hours.is_none_or(|hours| hours.cover(minute))
    }

    fn has_room(&self, load: u32) -> bool {
        self.capacity.is_none_or(|capacity| load < capacity)
    }
}

/// The way a new customer is led: of those that are open and have room, at the unit they stand in if there is one, the least used for its
/// weight. Nothing when nobody is there, or all are full.
pub(crate) fn route<'a>(routing: &'a Routing, load: &Load, minute: u16, at: Option<&UnitId>) -> Option<&'a Way> {
    let of = |way: &Way| load.get(way.way.as_str()).copied().unwrap_or(0);
    let free: Vec<&Way> = routing.ways.iter().filter(|way| way.is_open(minute) && way.has_room(of(way))).collect();
    let near = |way: &&&Way| at.is_some() && way.unit.as_ref() == at;
    let is_near = free.iter().any(|way| near(&way));
    // (load + 1) / weight, compared without dividing: whoever stands behind their share comes next, the first named among equals.
    let next = |a: &&&Way, b: &&&Way| {
        let (a_load, b_load) = (u64::from(of(a)) + 1, u64::from(of(b)) + 1);
        (a_load * u64::from(b.weight)).cmp(&(b_load * u64::from(a.weight)))
    };
    free.iter().filter(|way| !is_near || near(way)).min_by(next).copied()
}

/// The way of a customer who comes again, while somebody is behind it.
pub(crate) fn again<'a>(routing: &'a Routing, way: &str) -> Option<&'a Way> {
    routing.ways.iter().find(|known| known.way.as_str() == way && known.on)
}

/// What is wrong with the ways of a code, each with its field.
pub(crate) fn faults(routing: &Routing, hosts: &Hosts) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    let count = routing.ways.len();
    if count == 0 || count > WAYS_MAX {
        faults.push(("routing.ways".to_owned(), format!("a live code leads 1 to {WAYS_MAX} ways")));
    }
    let mut ids = BTreeSet::new();
    for (place, way) in routing.ways.iter().enumerate() {
        let mut say = |field: &str, message: String| faults.push((format!("routing.ways[{place}].{field}"), message));
        if !ids.insert(&way.way) {
            say("way", "another way of the code has this id".to_owned());
        }
        let characters = way.name.trim().chars().count();
        if characters == 0 || characters > 60 || way.name.chars().any(char::is_control) {
            say("name", "is one line of 1 to 60 characters".to_owned());
        }
        if let Err(astray) = hosts.check(&way.url) {
            say("url", astray.to_string());
        }
        if way.capacity == Some(0) {
            say("capacity", "is at least 1; switch the way off instead".to_owned());
        }
        if !(1..=100).contains(&way.weight) {
            say("weight", "is 1 to 100".to_owned());
        }
        if way.hours.is_some_and(|Hours { from, to }| from >= DAY_MINUTES || to > DAY_MINUTES || from == to) {
            say("hours", "are minutes of a day, from 0 to 1440, and not empty".to_owned());
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn routing(ways: Value) -> Routing {
        serde_json::from_value(json!({ "ways": ways })).expect("ways")
    }

    fn way(id: &str, more: Value) -> Value {
        let mut way = json!({"way": id, "name": id, "kind": "staff", "url": "https://work.example/x"});
        way.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        way
    }

    #[test]
    fn ways_take_turns_by_weight_until_they_are_full() {
        let routing = routing(json!([way("a", json!({"weight": 2})), way("b", json!({"capacity": 2}))]));
        let mut load = Load::new();
        let mut led = String::new();
        for _ in 0..9 {
            let way = route(&routing, &load, 600, None).expect("a has no bound");
            led += way.way.as_str();
            *load.entry(way.way.to_string()).or_default() += 1;
        }
        assert_eq!(led, "aabaabaaa");
    }

    #[test]
    fn nobody_is_led_to_where_nobody_is() {
        let night = json!({"hours": {"from": 1320, "to": 360}});
        let routing = routing(json!([way("night", night), way("off", json!({"on": false}))]));
        let led = |minute| route(&routing, &Load::new(), minute, None).map(|way| way.way.as_str());
        assert_eq!((led(1320), led(0), led(359)), (Some("night"), Some("night"), Some("night")));
        assert_eq!((led(360), led(1319)), (None, None));
        assert!(
            again(&routing, "night").is_some() && again(&routing, "off").is_none() && again(&routing, "x").is_none()
        );
    }

    #[test]
    fn whoever_stands_in_a_store_is_led_to_its_people_first() {
        let of = |unit: &str| json!({"unit": unit, "capacity": 1});
        let routing = routing(json!([way("a", of("store-1")), way("b", of("store-2"))]));
        let at: UnitId = "store-2".parse().unwrap();
        let mut load = Load::new();
        assert_eq!(route(&routing, &load, 0, Some(&at)).unwrap().way.as_str(), "b");
        load.insert("b".to_owned(), 1);
        assert_eq!(route(&routing, &load, 0, Some(&at)).unwrap().way.as_str(), "a", "full: somebody else helps");
        load.insert("a".to_owned(), 1);
        assert_eq!(route(&routing, &load, 0, Some(&at)), None);
    }

    #[test]
    fn each_fault_is_told_at_its_way() {
        let hosts = Hosts::new(["work.example".to_owned()]);
        let wrong = routing(json!([
            way("a", json!({"url": "https://evil.example/"})),
            way("a", json!({"capacity": 0, "weight": 0, "name": " ", "hours": {"from": 5, "to": 5}})),
        ]));
        let told: Vec<String> = faults(&wrong, &hosts).into_iter().map(|(field, _)| field).collect();
        let of = |field: &str| format!("routing.ways[1].{field}");
        assert_eq!(
            told,
            ["routing.ways[0].url".to_owned(), of("way"), of("name"), of("capacity"), of("weight"), of("hours")]
        );
        assert_eq!(faults(&routing(json!([])), &hosts).len(), 1);
    }

    proptest! {
        #[test]
        fn no_way_is_ever_over_its_capacity_and_shares_follow_weights(
            ways in prop::collection::vec((1_u32..6, prop::option::of(1_u32..30)), 1..8),
            customers in 1_u32..300,
        ) {
            let told = ways.iter().enumerate().map(|(n, (weight, capacity))| way(&n.to_string(), json!({"weight": weight, "capacity": capacity})));
            let routing = routing(told.collect());
            let mut load = Load::new();
            let mut led = 0;
            for _ in 0..customers {
                let Some(way) = route(&routing, &load, 0, None) else { break };
                *load.entry(way.way.to_string()).or_default() += 1;
                led += 1;
            }
            for way in &routing.ways {
                prop_assert!(way.capacity.is_none_or(|capacity| load.get(way.way.as_str()).copied().unwrap_or(0) <= capacity));
            }
            // Nobody is turned away while there is room.
            let room: Option<u32> = routing.ways.iter().map(|way| way.capacity).sum();
            prop_assert_eq!(led, room.map_or(customers, |room| room.min(customers)));
            // While nobody is full, no two are further apart than one turn for their weights.
            if routing.ways.iter().all(|way| way.capacity.is_none()) {
                let share = |way: &Way| f64::from(load.get(way.way.as_str()).copied().unwrap_or(0)) / f64::from(way.weight);
                for (a, b) in routing.ways.iter().zip(routing.ways.iter().skip(1)) {
                    let turn = 1.0 / f64::from(a.weight) + 1.0 / f64::from(b.weight);
                    prop_assert!((share(a) - share(b)).abs() <= turn + 1e-9);
                }
            }
        }
    }
}
