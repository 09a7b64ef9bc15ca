//! Seed plans and forecasts.

use serde_json::json;

use super::{Case, Spare, get, own_only, with};

pub const CASES: &[Case] = &[
    Case {
        operation: "network.seed.start",
        spare: Spare::None,
        ask: |scene| with("/api/v1/network/seed-plans", json!({"count": 1, "seed": scene.number})),
        allowed: 202,
        foreign: own_only,
    },
    Case {
        operation: "network.forecast.start",
        spare: Spare::None,
        ask: |scene| {
            with("/api/v1/network/forecasts", json!({"people": ["p1"], "days": 1, "runs": 100, "seed": scene.number}))
        },
        allowed: 202,
        foreign: |_| {
            let plan = json!({"plan": "theirs", "days": 1, "runs": 100});
            vec![(with("/api/v1/network/forecasts", plan), 422)]
        },
    },
    Case {
        operation: "network.study.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/network/studies"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/network/studies?format=csv"), 200)],
    },
    Case {
        operation: "network.study.read",
        spare: Spare::Study,
        ask: |scene| get(format!("/api/v1/network/studies/{}", scene.spare)),
        allowed: 200,
        foreign: |foreign| vec![(get(format!("/api/v1/network/studies/{}", foreign.study)), 404)],
    },
    Case {
        operation: "network.study.remove",
        spare: Spare::Study,
        ask: |scene| get(format!("/api/v1/network/studies/{}", scene.spare)),
        allowed: 204,
        foreign: |foreign| vec![(get(format!("/api/v1/network/studies/{}", foreign.study)), 404)],
    },
];
