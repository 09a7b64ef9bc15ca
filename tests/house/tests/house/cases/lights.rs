//! Searchlights and stability.

use super::{Case, Spare, get};

/// A list over the roots one may see, of which the other brand has a unit, a campaign and people more.
macro_rules! survey {
    ($operation:literal, $path:literal, $($foreign:expr),*) => {
        Case {
            operation: $operation,
            spare: Spare::None,
            ask: |_| get(format!("/api/v1/network/{}", $path)),
            allowed: 200,
            foreign: |_| {
                let csv = if $path.contains('?') { "&format=csv" } else { "?format=csv" };
                vec![(get(format!("/api/v1/network/{}{csv}", $path)), 200), $($foreign),*]
            },
        }
    };
}

/// The same of a campaign that only the other brand has.
macro_rules! theirs {
    ($path:literal) => {
        (get(concat!("/api/v1/network/", $path, "?campaign=theirs")), 404)
    };
}

pub const CASES: &[Case] = &[
    survey!("network.light.list", "lights", theirs!("lights")),
    survey!("network.light.overlaps", "light-overlaps", theirs!("light-overlaps")),
    survey!("network.light.dark", "dark-water", theirs!("dark-water")),
    survey!("network.light.list_new", "new-lights", theirs!("new-lights")),
    survey!(
        "network.light.people",
        "light/people?light=store-1",
        (get("/api/v1/network/light/people?light=theirs"), 404)
    ),
    Case {
        operation: "network.light.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/network/light?light=store-1"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/network/light?light=theirs"), 404), theirs!("light")],
    },
    survey!("network.stability.read", "stability", (get("/api/v1/network/stability?unit=theirs"), 404)),
    survey!("network.stability.units", "stability/units", (get("/api/v1/network/stability/units?unit=theirs"), 404)),
    survey!(
        "network.stability.persons",
        "stability/persons",
        (get("/api/v1/network/stability/persons?unit=theirs"), 404)
    ),
    survey!(
        "network.stability.bridges",
        "stability/bridges",
        (get("/api/v1/network/stability/bridges?unit=theirs"), 404)
    ),
    survey!(
        "network.stability.routes",
        "stability/routes?from=user:a1&to=user:b2",
        (get("/api/v1/network/stability/routes?from=user:a1&to=p900"), 404),
        (get("/api/v1/network/stability/routes?from=user:theirs&to=user:a1"), 404)
    ),
    survey!(
        "network.stability.leave",
        "stability/leave?person=user:a1",
        (get("/api/v1/network/stability/leave?person=user:theirs"), 404),
        (get("/api/v1/network/stability/leave?person=p900"), 404)
    ),
];
