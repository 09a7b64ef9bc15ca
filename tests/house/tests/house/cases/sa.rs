//! The door of the sa protocol.

use serde_json::json;

use super::{Ask, Case, Foreign, Spare, get, with};

/// `{"type":"track","event":"PageSeen","distinct_id":"a1"}` in base64.
const RECORD: &str = "eyJ0eXBlIjoidHJhY2siLCJldmVudCI6IlBhZ2VTZWVuIiwiZGlzdGluY3RfaWQiOiJhMSJ9";

pub const CASES: &[Case] = &[
    Case {
        operation: "capture.sa.send",
        spare: Spare::None,
        ask: |_| posted("/sa", ""),
        allowed: 200,
        foreign: |theirs| vec![(posted("/sa", &key_of(theirs)), 200)],
    },
    Case {
        operation: "capture.sa.image",
        spare: Spare::None,
        ask: |_| get(format!("/sa?data={RECORD}")),
        allowed: 200,
        foreign: |theirs| vec![(get(format!("/sa?data={RECORD}{}", key_of(theirs))), 200)],
    },
    Case {
        operation: "capture.sa.debug",
        spare: Spare::None,
        ask: |_| posted("/debug", ""),
        allowed: 200,
        foreign: |theirs| vec![(posted("/debug", &key_of(theirs)), 200)],
    },
];

/// The caller's own key counts, not the one in the address.
fn key_of(theirs: &Foreign) -> String {
    format!("&project={}", theirs.write_key)
}

fn posted(path: &str, more: &str) -> Ask {
    with(format!("{path}?data={RECORD}{more}"), json!({}))
}
