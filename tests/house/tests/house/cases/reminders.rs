//! Reminders and their rules.

use serde_json::{Value, json};

use super::{Ask, Case, Spare, get, own_only, with};

const RULES: &str = "/api/v1/reminders/rules";

/// An operation on a rule or a reminder, of which nobody has one of this id.
macro_rules! on_nothing {
    ($operation:literal, $ask:expr) => {
        Case { operation: $operation, spare: Spare::None, ask: |_| $ask, allowed: 404, foreign: |_| vec![($ask, 404)] }
    };
}

fn plain(path: &str) -> Ask {
    Ask { path: path.to_owned(), body: None }
}

fn rule() -> Value {
    json!({"name": "生日", "script": "{name}生日快乐", "on": false, "terms": {"kind": "birthday", "days_before": 3}})
}

fn of(extra: Value) -> Value {
    let mut rule = rule();
    rule.as_object_mut().expect("a rule").extend(extra.as_object().expect("fields").clone());
    rule
}

pub const CASES: &[Case] = &[
    Case {
        operation: "journey.reminder.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/reminders"),
        allowed: 200,
        foreign: |_| {
            vec![
                (get("/api/v1/reminders?rule=theirs&unit=theirs&person=p900"), 200),
                (get("/api/v1/reminders?format=csv"), 200),
            ]
        },
    },
    on_nothing!("journey.reminder.read", get("/api/v1/reminders/theirs.900.1.0")),
    on_nothing!("journey.answer.create", with("/api/v1/reminders/theirs.900.1.0/answer", json!({"result": "done"}))),
    on_nothing!("journey.answer.delete", plain("/api/v1/reminders/theirs.900.1.0/answer")),
    Case {
        operation: "journey.rule.list",
        spare: Spare::None,
        ask: |_| get(RULES),
        allowed: 200,
        foreign: |_| vec![(get(RULES), 200), (get(format!("{RULES}?format=csv")), 200)],
    },
    Case {
        operation: "journey.rule.create",
        spare: Spare::None,
        ask: |_| with(RULES, rule()),
        allowed: 201,
        foreign: |_| {
            vec![
                (with(RULES, of(json!({"units": ["theirs"]}))), 422),
                (with(RULES, of(json!({"fallback": "theirs"}))), 422),
            ]
        },
    },
    Case {
        operation: "journey.rule.preview",
        spare: Spare::None,
        ask: |_| with(format!("{RULES}/preview"), rule()),
        allowed: 200,
        foreign: |_| vec![(with(format!("{RULES}/preview"), of(json!({"units": ["theirs"]}))), 422)],
    },
    on_nothing!("journey.rule.read", get("/api/v1/reminders/rules/theirs")),
    on_nothing!("journey.rule.update", with("/api/v1/reminders/rules/theirs", json!({"on": true}))),
    on_nothing!("journey.rule.delete", plain("/api/v1/reminders/rules/theirs")),
    Case {
        operation: "journey.calendar.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/reminders/calendar"),
        allowed: 200,
        foreign: own_only,
    },
];
