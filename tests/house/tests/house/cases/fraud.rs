//! Rings of people who may be cheating.

use serde_json::json;

use super::{Case, Spare, get, own_only, with};

const RINGS: &str = "/api/v1/fraud/rings";

pub const CASES: &[Case] = &[
    Case {
        operation: "network.ring.list",
        spare: Spare::None,
        ask: |_| get(RINGS),
        allowed: 200,
        foreign: |_| {
            vec![(get(format!("{RINGS}?unit=theirs")), 200), (get(format!("{RINGS}?format=csv&after=r-theirs")), 200)]
        },
    },
    Case {
        operation: "network.ring.read",
        spare: Spare::None,
        ask: |_| get(format!("{RINGS}/r-none")),
        allowed: 404,
        foreign: |_| vec![(get(format!("{RINGS}/r-theirs")), 404)],
    },
    Case {
        operation: "network.ring.search",
        spare: Spare::None,
        ask: |_| with("/api/v1/fraud/search", json!({})),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "network.ring.decide",
        spare: Spare::None,
        ask: |_| with("/api/v1/fraud/decisions", json!({"rings": ["r-none"], "verdict": "held"})),
        allowed: 404,
        foreign: |_| vec![(with("/api/v1/fraud/decisions", json!({"rings": ["r-theirs"], "verdict": "held"})), 404)],
    },
];
