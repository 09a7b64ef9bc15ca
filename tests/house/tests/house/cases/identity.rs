//! Finding people, and what is known of one.

use super::{Case, Spare, get};

const PERSONS: &str = "/api/v1/persons";

/// A read about one person, whom the other brand has too or not.
macro_rules! person_read {
    ($operation:literal, $what:literal) => {
        Case {
            operation: $operation,
            spare: Spare::None,
            ask: |_| get(format!("{PERSONS}/user:a1{}", $what)),
            allowed: 200,
            foreign: |_| {
                let person = |who: &str, status| (get(format!("{PERSONS}/{who}{}", $what)), status);
                vec![
                    person("user:theirs", 404),
                    person("anonymous:theirs", 404),
                    person("p900", 404),
                    person("p1", 200),
                    person("user:a1", 200),
                ]
            },
        }
    };
}

pub const CASES: &[Case] = &[
    Case {
        operation: "identity.person.list",
        spare: Spare::None,
        ask: |_| get(PERSONS),
        allowed: 200,
        foreign: |_| {
            let asked = |query: &str| (get(format!("{PERSONS}?{query}")), 200);
            vec![
                asked("q=jia"),
                asked("q=theirs"),
                asked("q=p900"),
                asked("q=17011112222"),
                asked("q=2222"),
                asked("city=jia%C2%B7city"),
                asked("unit=theirs"),
                asked("after=7.0.900"),
                asked("format=csv"),
            ]
        },
    },
    person_read!("identity.person.read", ""),
    person_read!("identity.timeline.list", "/timeline"),
];
