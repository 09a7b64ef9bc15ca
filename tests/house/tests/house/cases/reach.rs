//! Reach tasks and plans.

use serde_json::json;

use super::{Ask, Case, Spare, get, with};

const TASKS: &str = "/api/v1/reach/tasks";
const PLANS: &str = "/api/v1/reach/plans";

/// An operation on a task or plan, of which nobody has one of this id.
macro_rules! on_nothing {
    ($operation:literal, $ask:expr) => {
        Case { operation: $operation, spare: Spare::None, ask: |_| $ask, allowed: 404, foreign: |_| vec![($ask, 404)] }
    };
}

fn plain(path: String) -> Ask {
    Ask { path, body: None }
}

pub const CASES: &[Case] = &[
    Case {
        operation: "network.start.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/reach/starts"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/reach/starts"), 200)],
    },
    Case {
        operation: "network.task.list",
        spare: Spare::None,
        ask: |_| get(TASKS),
        allowed: 200,
        foreign: |_| {
            vec![
                (get(format!("{TASKS}?q=theirs&unit=theirs&assignee=theirs")), 200),
                (get(format!("{TASKS}?target=user:theirs")), 404),
                (get(format!("{TASKS}?format=csv")), 200),
            ]
        },
    },
    Case {
        operation: "network.task.create",
        spare: Spare::None,
        // There is no tie between the two: whoever may ask is told so.
        ask: |_| with(TASKS, json!({"from": "user:m1", "to": "user:a1", "route": "0"})),
        allowed: 409,
        foreign: |_| {
            vec![
                (with(TASKS, json!({"from": "user:theirs", "to": "user:a1"})), 404),
                (with(TASKS, json!({"from": "user:m1", "to": "p900"})), 404),
                (with(TASKS, json!({"from": "user:m1", "to": "user:a1", "assignee": "theirs"})), 422),
            ]
        },
    },
    Case {
        operation: "network.task.update_many",
        spare: Spare::None,
        ask: |_| with(TASKS, json!({"tasks": ["none"], "later_days": 3})),
        allowed: 404,
        foreign: |_| vec![(with(TASKS, json!({"tasks": ["none"], "assignee": "theirs"})), 404)],
    },
    on_nothing!("network.task.read", get(format!("{TASKS}/none"))),
    on_nothing!("network.task.update", with(format!("{TASKS}/none"), json!({"note": "x"}))),
    on_nothing!("network.answer.create", with(format!("{TASKS}/none/answer"), json!({"result": "done"}))),
    on_nothing!("network.answer.delete", plain(format!("{TASKS}/none/answer"))),
    Case {
        operation: "network.plan.create",
        spare: Spare::None,
        ask: |_| with(PLANS, json!({"targets": ["user:a1"]})),
        allowed: 202,
        foreign: |_| {
            vec![
                (with(PLANS, json!({"targets": ["user:theirs"]})), 404),
                (with(PLANS, json!({"kocs": {"campaign": "theirs", "count": 3}})), 404),
            ]
        },
    },
    on_nothing!("network.plan.read", get(format!("{PLANS}/none"))),
    on_nothing!("network.plan.make", plain(format!("{PLANS}/none/tasks"))),
];
