//! For the person who runs it.

use super::{Case, Spare, get, own_only};

const fn read(operation: &'static str, ask: fn(&super::Scene) -> super::Ask) -> Case {
    Case { operation, spare: Spare::None, ask, allowed: 200, foreign: own_only }
}

pub const CASES: &[Case] = &[
    read("system.health.read", |_| get("/healthz")),
    read("system.ready.read", |_| get("/readyz")),
    read("system.metrics.read", |_| get("/metrics")),
    read("system.status.read", |_| get("/api/v1/system")),
];
