//! The doors.

use serde_json::{Value, json};

use super::{Case, Spare, get, with};

pub const CASES: &[Case] = &[
    Case {
        operation: "capture.fact.append",
        spare: Spare::None,
        ask: |scene| with("/api/v1/facts", json!([seen(scene.number)])),
        allowed: 200,
        foreign: |_| vec![(with("/api/v1/facts", json!([opened("ours", "theirs-2")])), 200)],
    },
    Case {
        operation: "capture.fact.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/facts"),
        allowed: 200,
        foreign: |_| {
            let facts = |whose: &str| (get(format!("/api/v1/facts?{whose}")), 200);
            vec![facts("user_id=theirs"), facts("anonymous_id=theirs"), facts("person=p900"), facts("user_id=a1")]
        },
    },
    Case {
        operation: "capture.segment.batch",
        spare: Spare::None,
        ask: |scene| with("/v1/batch", json!({"batch": [segment(scene.number)]})),
        allowed: 200,
        // The caller's own key counts, not the one inside.
        foreign: |theirs| vec![(with("/v1/batch", json!({"writeKey": theirs.write_key, "batch": [segment(0)]})), 200)],
    },
];

fn seen(number: usize) -> Value {
    json!({"event": "Page Seen", "user_id": "a1", "message_id": format!("seen-{number}")})
}

fn segment(number: usize) -> Value {
    json!({"type": "track", "event": "Page Seen", "userId": "a1", "messageId": format!("segment-{number}")})
}

fn opened(receiver: &str, campaign: &str) -> Value {
    json!({"event": "Spread Opened", "user_id": receiver, "message_id": format!("{receiver}-{campaign}"),
           "properties": {"campaign": campaign, "sharer_id": "m1"}})
}
