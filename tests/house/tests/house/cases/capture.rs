//! The doors.

use serde_json::{Value, json};

use super::{Ask, Case, Spare, get, own_only, with};

/// A single call of the Segment protocol.
macro_rules! call {
    ($name:literal, $says:expr) => {
        Case {
            operation: concat!("capture.segment.", $name),
            spare: Spare::None,
            ask: |scene| call($name, &format!("{}-{}", $name, scene.number), $says),
            allowed: 200,
            // The caller's own key counts, not the one inside.
            foreign: |theirs| {
                let mut says = $says;
                says["writeKey"] = json!(theirs.write_key);
                vec![(call($name, concat!($name, "-0"), says), 200)]
            },
        }
    };
}

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
        operation: "capture.rejection.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/facts/rejected"),
        allowed: 200,
        foreign: |theirs| vec![(get(format!("/api/v1/facts/rejected?source=key:{}", theirs.key)), 200)],
    },
    Case {
        operation: "capture.volume.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/facts/volume"),
        allowed: 200,
        foreign: own_only,
    },
    call!("identify", json!({"traits": {"city": "Hangzhou"}})),
    call!("track", json!({"event": "Page Seen"})),
    call!("page", json!({"name": "Home"})),
    call!("screen", json!({"name": "Home"})),
    call!("group", json!({"groupId": "readers"})),
    call!("alias", json!({"previousId": "a0"})),
    Case {
        operation: "capture.segment.measure",
        spare: Spare::None,
        ask: |_| with("/v1/m", json!({"series": []})),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "capture.segment.settings",
        spare: Spare::None,
        ask: |_| get("/v1/projects/slw_madeup/settings"),
        allowed: 404,
        // Whoever names a write key holds it: there is nothing more to be told.
        foreign: |theirs| vec![(get(format!("/v1/projects/{}/settings", theirs.write_key)), 200)],
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

fn call(name: &str, message_id: &str, mut says: Value) -> Ask {
    says["userId"] = json!("a1");
    says["messageId"] = json!(message_id);
    with(format!("/v1/{name}"), says)
}

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
