//! The KOC board, its thresholds, and the explorer.

use serde_json::json;

use super::{Case, Spare, get, own_only, with};

const BOARD: &str = "/api/v1/network/kocs";

pub const CASES: &[Case] = &[
    Case {
        operation: "network.koc.board",
        spare: Spare::None,
        ask: |_| get(BOARD),
        allowed: 200,
        foreign: |_| {
            vec![
                (get(BOARD), 200),
                (get(format!("{BOARD}?format=csv")), 200),
                (get(format!("{BOARD}?campaign=theirs")), 404),
                (get(format!("{BOARD}?campaign=spring")), 200),
            ]
        },
    },
    Case {
        operation: "network.threshold.set",
        spare: Spare::None,
        ask: |_| with(format!("{BOARD}/threshold"), json!({"board": "across", "by": "percent", "value": 2.0})),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "network.ego.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/network/ego?person=user:a1"),
        allowed: 200,
        foreign: |_| {
            let ego = |person: &str, status| (get(format!("/api/v1/network/ego?person={person}&circles=4")), status);
            vec![ego("user:theirs", 404), ego("p900", 404), ego("user:a1", 200)]
        },
    },
    Case {
        operation: "network.campaign.compare",
        spare: Spare::None,
        ask: |_| get("/api/v1/network/compare?campaigns=spring,autumn"),
        allowed: 200,
        foreign: |_| {
            let compare =
                |campaigns: &str, status| (get(format!("/api/v1/network/compare?campaigns={campaigns}")), status);
            vec![compare("spring,theirs", 404), compare("theirs", 404), compare("spring", 200)]
        },
    },
];
