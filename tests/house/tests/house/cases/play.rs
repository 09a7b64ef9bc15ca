//! Plays.

use serde_json::{Value, json};

use super::{Ask, Case, Spare, get, own_only, with};

const PLAYS: &str = "/api/v1/plays";

/// An operation on a play that nobody has.
macro_rules! on_nothing {
    ($operation:literal, $ask:expr) => {
        Case { operation: $operation, spare: Spare::None, ask: |_| $ask, allowed: 404, foreign: |_| vec![($ask, 404)] }
    };
}

/// What a customer does; staff and keys are none, and of another brand nobody has a cookie.
macro_rules! by_customers {
    ($operation:literal, $path:literal) => {
        Case { operation: $operation, spare: Spare::None, ask: |_| plain($path), allowed: 404, foreign: own_only }
    };
}

fn plain(path: &str) -> Ask {
    Ask { path: path.to_owned(), body: None }
}

fn declaration() -> Value {
    json!({
        "kind": "free_gift", "channel": "mini_program",
        "terms": {"text": "邀请 3 位好友，免费领一本书", "organiser": "木木集"},
        "starts_at": "2026-11-23T00:00:00Z", "ends_at": "2026-11-30T00:00:00Z",
        "progress": {"by": "count"}, "thresholds": [{"at": 3, "reward": "book"}],
        "rewards": [{"id": "book", "name": "书", "kind": "goods", "cost_fen": 1500, "value_fen": 3900, "stock": 5}],
        "budget_fen": 7500,
    })
}

pub const CASES: &[Case] = &[
    Case {
        operation: "play.play.list",
        spare: Spare::None,
        ask: |_| get(PLAYS),
        allowed: 200,
        foreign: |_| vec![(get(PLAYS), 200), (get(format!("{PLAYS}?format=csv")), 200)],
    },
    Case {
        operation: "play.play.create",
        spare: Spare::None,
        ask: |_| with(PLAYS, json!({"name": "0元领书", "declaration": declaration()})),
        allowed: 201,
        foreign: own_only,
    },
    Case {
        operation: "play.check.create",
        spare: Spare::None,
        ask: |_| with("/api/v1/play-checks", declaration()),
        allowed: 200,
        foreign: own_only,
    },
    on_nothing!("play.play.read", get("/api/v1/plays/theirs")),
    on_nothing!(
        "play.play.update",
        with("/api/v1/plays/theirs", json!({"revision": 1, "name": "x", "declaration": declaration()}))
    ),
    on_nothing!("play.launch.create", with("/api/v1/plays/theirs/launch", json!({"revision": 1, "name": "x"}))),
    on_nothing!("play.phase.update", with("/api/v1/plays/theirs/phase", json!({"phase": "paused"}))),
    on_nothing!("play.reward.list", get("/api/v1/plays/theirs/rewards")),
    on_nothing!("play.ledger.read", get("/api/v1/plays/theirs/ledger")),
    on_nothing!(
        "play.payment.create",
        with("/api/v1/plays/theirs/payments", json!({"order": "1", "namespace": "user", "id": "u1"}))
    ),
    on_nothing!(
        "play.refund.create",
        with("/api/v1/plays/theirs/refunds", json!({"order": "1", "instance": "theirs"}))
    ),
    by_customers!("play.fan_play.read", "/api/v1/fan/1/plays/theirs"),
    by_customers!("play.fan_try.create", "/api/v1/fan/1/plays/theirs/join"),
    by_customers!("play.fan_check_in.create", "/api/v1/fan/1/plays/theirs/check-in"),
    by_customers!("play.fan_try.read", "/api/v1/fan/1/plays/theirs/instances/theirs"),
    by_customers!("play.fan_help.create", "/api/v1/fan/1/plays/theirs/instances/theirs/help"),
    by_customers!("play.fan_help.delete", "/api/v1/fan/1/plays/theirs/instances/theirs/help"),
    by_customers!("play.fan_claim.create", "/api/v1/fan/1/plays/theirs/instances/theirs/claim"),
];
