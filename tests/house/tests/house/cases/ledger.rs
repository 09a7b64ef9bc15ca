//! The ledger, and points by hand.

use serde_json::json;

use super::{Case, Spare, get, own_only, with};

pub const CASES: &[Case] = &[
    Case {
        operation: "ledger.unit.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/ledger/units"),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "ledger.account.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/ledger/accounts?unit=points"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/ledger/accounts?unit=points&format=csv"), 200)],
    },
    Case {
        operation: "ledger.transfer.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/ledger/transfers?unit=points&owner=brand&kind=own"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/ledger/transfers?unit=points&owner=brand&kind=own&format=csv"), 200)],
    },
    Case {
        operation: "ledger.chain.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/ledger/chains/theirs"),
        allowed: 404,
        foreign: |_| vec![(get("/api/v1/ledger/chains/theirs"), 404)],
    },
    Case {
        operation: "ledger.reconciliation.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/ledger/reconciliation"),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "ledger.points.give",
        spare: Spare::None,
        ask: |_| with("/api/v1/ledger/points", json!({"person": "p4000000000", "points": 1, "reason": "x"})),
        allowed: 422,
        foreign: |_| {
            vec![(with("/api/v1/ledger/points", json!({"person": "p4000000000", "points": 1, "reason": "x"})), 422)]
        },
    },
];
