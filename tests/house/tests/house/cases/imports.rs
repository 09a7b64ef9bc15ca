//! Tables that people bring.

use serde_json::json;

use super::{Case, Foreign, Scene, Spare, get, own_only, table, with};

const IMPORTS: &str = "/api/v1/imports";

fn one(scene: &Scene, what: &str) -> String {
    format!("{IMPORTS}/{}{what}", scene.spare)
}

fn theirs(foreign: &Foreign, what: &str) -> String {
    format!("{IMPORTS}/{}{what}", foreign.import)
}

pub const CASES: &[Case] = &[
    Case {
        operation: "capture.import.upload",
        spare: Spare::None,
        ask: |_| table(format!("{IMPORTS}?kind=orders&name=t.csv"), "user_id,paid_at,amount\n1,2026-01-01,1.50\n"),
        allowed: 201,
        foreign: own_only,
    },
    Case {
        operation: "capture.import.list",
        spare: Spare::None,
        ask: |_| get(IMPORTS),
        allowed: 200,
        foreign: |_| vec![(get(format!("{IMPORTS}?format=csv")), 200)],
    },
    Case {
        operation: "capture.import.read",
        spare: Spare::Import,
        ask: |scene| get(one(scene, "")),
        allowed: 200,
        foreign: |foreign| vec![(get(theirs(foreign, "")), 404)],
    },
    Case {
        operation: "capture.import.preview",
        spare: Spare::Import,
        ask: |scene| get(one(scene, "/preview")),
        allowed: 200,
        foreign: |foreign| vec![(get(theirs(foreign, "/preview")), 404)],
    },
    Case {
        operation: "capture.import.rejects",
        spare: Spare::Import,
        ask: |scene| get(one(scene, "/rejects")),
        allowed: 200,
        foreign: |foreign| vec![(get(theirs(foreign, "/rejects?format=csv")), 404)],
    },
    Case {
        operation: "capture.import.map",
        spare: Spare::Import,
        ask: |scene| with(one(scene, "/mapping"), mapping()),
        allowed: 200,
        foreign: |foreign| vec![(with(theirs(foreign, "/mapping"), mapping()), 404)],
    },
    Case {
        operation: "capture.import.check",
        spare: Spare::Import,
        ask: |scene| get(one(scene, "/check")),
        allowed: 202,
        foreign: |foreign| vec![(get(theirs(foreign, "/check")), 404)],
    },
    Case {
        operation: "capture.import.run",
        spare: Spare::Import,
        ask: |scene| get(one(scene, "/run")),
        allowed: 202,
        foreign: |foreign| vec![(get(theirs(foreign, "/run")), 404)],
    },
    Case {
        operation: "capture.import.undo",
        spare: Spare::Import,
        // What was not imported cannot be taken back: the answer of those who may ask.
        ask: |scene| get(one(scene, "/undo")),
        allowed: 409,
        foreign: |foreign| vec![(get(theirs(foreign, "/undo")), 404)],
    },
    Case {
        operation: "capture.import.remove",
        spare: Spare::Import,
        ask: |scene| get(one(scene, "")),
        allowed: 204,
        foreign: |foreign| vec![(get(theirs(foreign, "")), 404)],
    },
];

fn mapping() -> serde_json::Value {
    json!({ "columns": ["user_id", "name"], "zone": "+08:00", "currency": "CNY" })
}
