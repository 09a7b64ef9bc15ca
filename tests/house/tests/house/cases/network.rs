//! Campaigns, cascades, key users, pictures, persons and paths.

use serde_json::json;

use super::{Case, Spare, get, with};

const SPRING: &str = "/api/v1/campaigns/spring";
const THEIRS: &str = "/api/v1/campaigns/theirs";

/// A read of a campaign, of which the other brand has one more.
macro_rules! campaign_read {
    ($operation:literal, $what:literal, $($foreign:expr),*) => {
        Case {
            operation: $operation,
            spare: Spare::None,
            ask: |_| get(format!("{SPRING}/{}", $what)),
            allowed: 200,
            foreign: |_| {
                vec![(get(format!("{THEIRS}/{}", $what)), 404), (get(format!("{SPRING}/{}", $what)), 200), $($foreign),*]
            },
        }
    };
}

pub const CASES: &[Case] = &[
    Case {
        operation: "network.campaign.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/campaigns"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/campaigns?after=theirs&limit=1"), 200)],
    },
    Case {
        operation: "network.campaign.create",
        spare: Spare::None,
        ask: |scene| with("/api/v1/campaigns", json!({"id": format!("c-{}", scene.number), "name": "new"})),
        allowed: 201,
        foreign: |_| vec![(with("/api/v1/campaigns", json!({"id": "only-ours", "name": "ours"})), 201)],
    },
    Case {
        operation: "network.spread.mint",
        spare: Spare::None,
        ask: |_| {
            with(format!("{SPRING}/spreads"), json!({"root": {"unit": "store-1", "staff": "m1", "user_id": "m1"}}))
        },
        allowed: 201,
        foreign: |_| {
            let root = json!({"root": {"unit": "theirs"}});
            vec![(with(format!("{THEIRS}/spreads"), root), 404)]
        },
    },
    campaign_read!("network.cascade.read", "cascade", (get(format!("{SPRING}/cascade?format=csv")), 200)),
    campaign_read!(
        "network.koc.list",
        "kocs",
        (get(format!("{SPRING}/kocs?format=csv")), 200),
        (get(format!("{SPRING}/kocs?root=p900")), 404)
    ),
    campaign_read!("network.picture.read", "picture", (get(format!("{SPRING}/picture?root=p900")), 404)),
    Case {
        operation: "network.person.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/persons/user:a1/network"),
        allowed: 200,
        foreign: |_| {
            let person = |who: &str, status| (get(format!("/api/v1/persons/{who}/network")), status);
            vec![person("user:theirs", 404), person("anonymous:theirs", 404), person("p900", 404), person("p1", 200)]
        },
    },
    Case {
        operation: "network.path.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/network/paths?from=user:a1&to=user:b2"),
        allowed: 200,
        foreign: |_| {
            let path =
                |from: &str, to: &str, status| (get(format!("/api/v1/network/paths?from={from}&to={to}")), status);
            vec![path("p1", "p900", 404), path("user:theirs", "p1", 404), path("user:a1", "user:b2", 200)]
        },
    },
];
