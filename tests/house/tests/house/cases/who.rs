//! Who is who: evidence, conflicts, decisions, namespaces.

use serde_json::{Value, json};

use super::{Case, Spare, get, own_only, with};

const IDENTITY: &str = "/api/v1/identity";

fn merge(one: &str, other: &str) -> Value {
    json!({"decide": {"what": "merge", "one": one, "other": other}, "reason": "one person"})
}

fn take_back() -> Value {
    json!({"decide": {"what": "take_back", "decision": "d-none"}, "reason": "it was wrong"})
}

pub const CASES: &[Case] = &[
    Case {
        operation: "identity.evidence.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/persons/user:a1/identities"),
        allowed: 200,
        foreign: |_| {
            let of = |who: &str, status| (get(format!("/api/v1/persons/{who}/identities")), status);
            vec![of("user:theirs", 404), of("anonymous:theirs", 404), of("p900", 404), of("user:a1", 200)]
        },
    },
    Case {
        operation: "identity.conflict.list",
        spare: Spare::None,
        ask: |_| get(format!("{IDENTITY}/conflicts")),
        allowed: 200,
        foreign: |_| {
            vec![
                (get(format!("{IDENTITY}/conflicts?state=all")), 200),
                (get(format!("{IDENTITY}/conflicts?after=1.900-901&format=csv")), 200),
            ]
        },
    },
    Case {
        operation: "identity.decision.preview",
        spare: Spare::None,
        ask: |_| with(format!("{IDENTITY}/preview"), merge("user:a1", "user:a2")),
        allowed: 200,
        foreign: |_| {
            vec![
                (with(format!("{IDENTITY}/preview"), merge("user:a1", "user:theirs")), 404),
                (with(format!("{IDENTITY}/preview"), merge("p900", "user:a1")), 404),
            ]
        },
    },
    Case {
        operation: "identity.decision.list",
        spare: Spare::None,
        ask: |_| get(format!("{IDENTITY}/decisions")),
        allowed: 200,
        foreign: |_| vec![(get(format!("{IDENTITY}/decisions?format=csv")), 200)],
    },
    Case {
        operation: "identity.decision.create",
        spare: Spare::None,
        // Nobody decided anything that could be taken back: people stay as the other cases need them.
        ask: |_| with(format!("{IDENTITY}/decisions"), take_back()),
        allowed: 404,
        foreign: |_| {
            vec![
                (with(format!("{IDENTITY}/decisions"), merge("user:a1", "user:theirs")), 404),
                (with(format!("{IDENTITY}/decisions"), merge("user:theirs", "p900")), 404),
            ]
        },
    },
    Case {
        operation: "identity.namespace.list",
        spare: Spare::None,
        ask: |_| get(format!("{IDENTITY}/namespaces")),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "identity.namespace.declare",
        spare: Spare::None,
        ask: |_| {
            let said = json!({"name": "邮箱", "level": "account", "cap": 5, "window_days": 365, "priority": 500});
            with(format!("{IDENTITY}/namespaces/email"), said)
        },
        allowed: 200,
        foreign: own_only,
    },
];
