//! Finding people, and what is known of one.

use serde_json::{Value, json};

use super::{Case, Spare, get, with};

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

fn consent() -> Value {
    json!({"purpose": "contact", "is_given": true, "channel": "counter"})
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
    person_read!("identity.consent.list", "/consents"),
    Case {
        operation: "identity.consent.record",
        spare: Spare::None,
        ask: |_| with(format!("{PERSONS}/user:a1/consents"), consent()),
        allowed: 202,
        foreign: |_| {
            let of = |who: &str| (with(format!("{PERSONS}/{who}/consents"), consent()), 404);
            vec![of("user:theirs"), of("p900")]
        },
    },
    Case {
        operation: "identity.person.reveal",
        spare: Spare::None,
        // Nobody of this brand agreed to anything.
        ask: |_| with(format!("{PERSONS}/user:a2/reveal"), json!({"field": "phone", "reason": "an order"})),
        allowed: 409,
        foreign: |_| {
            let of = |who: &str| {
                (with(format!("{PERSONS}/{who}/reveal"), json!({"field": "wechat", "reason": "an order"})), 404)
            };
            vec![of("user:theirs"), of("anonymous:theirs"), of("p900")]
        },
    },
    Case {
        operation: "identity.person.export",
        spare: Spare::None,
        ask: |_| with(format!("{PERSONS}/user:a1/export"), json!({"reason": "asked by letter"})),
        allowed: 200,
        foreign: |_| {
            let of = |who: &str| (with(format!("{PERSONS}/{who}/export"), json!({"reason": "asked by letter"})), 404);
            vec![of("user:theirs"), of("anonymous:theirs"), of("p900")]
        },
    },
];
