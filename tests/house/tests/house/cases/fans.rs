//! Customers at the brand's own pages.

use super::{Case, Spare, get, own_only};

pub const CASES: &[Case] = &[
    Case {
        operation: "identity.fan.read",
        spare: Spare::None,
        ask: |_| get("/api/v1/fan/1/me"),
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "identity.fan.sign_out",
        spare: Spare::None,
        ask: |_| get("/api/v1/fan/1/session"),
        allowed: 204,
        foreign: own_only,
    },
    Case {
        operation: "identity.fan_sign_in.begin",
        spare: Spare::None,
        ask: |_| get("/api/v1/fan/1/sign-in?to=/f/1/"),
        // To that page, which is read at once: this brand has no sign-in.
        allowed: 200,
        foreign: own_only,
    },
    Case {
        operation: "identity.fan_sign_in.finish",
        spare: Spare::None,
        ask: |_| get("/api/v1/fan/1/sign-in/callback?state=none&code=none"),
        allowed: 200,
        foreign: own_only,
    },
];
