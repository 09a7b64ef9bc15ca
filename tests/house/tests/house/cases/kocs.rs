//! The KOC board and its thresholds.

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
];
