//! How the sources are doing.

use super::{Case, Spare, get, own_only};

pub const CASES: &[Case] = &[
    Case {
        operation: "capture.health.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/facts/health"),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "capture.health.shapes",
        spare: Spare::None,
        ask: |_| get("/api/v1/facts/health/shapes"),
        allowed: 200,
        foreign: |theirs| vec![(get(format!("/api/v1/facts/health/shapes?source=key:{}", theirs.key)), 200)],
    },
];
