//! Sign-in, organisation, staff, keys, and who changed what.

use serde_json::{Value, json};

use super::{Case, Spare, get, own_only, table, with};
use crate::town::PASSWORD;

const UNITS: &str = "/api/v1/units";
const STAFF: &str = "/api/v1/staff";
const KEYS: &str = "/api/v1/keys";
const ROLES: &str = "/api/v1/roles";
const PROVIDERS: &str = "/api/v1/providers";
const INVITATIONS: &str = "/api/v1/invitations";
const SESSION: &str = "/api/v1/session";
const SESSIONS: &str = "/api/v1/sessions";

/// A read that names nothing.
const fn read(operation: &'static str, ask: fn(&super::Scene) -> super::Ask) -> Case {
    Case { operation, spare: Spare::None, ask, allowed: 200, foreign: own_only }
}

fn staff(id: &str, email: &str, unit: &str) -> Value {
    json!({"id": id, "name": id, "email": email, "password": PASSWORD, "role": "analyst", "unit": unit})
}

fn invited(email: &str, unit: &str) -> Value {
    json!({"email": email, "role": "store_manager", "unit": unit})
}

pub const CASES: &[Case] = &[
    read("access.setup.read", |_| get("/api/v1/setup")),
    Case {
        operation: "access.setup.create",
        spare: Spare::None,
        ask: |_| {
            let owner =
                json!({"brand": "second", "name": "x", "email": "x@x.example", "password": PASSWORD, "token": "t"});
            with("/api/v1/setup", owner)
        },
        // There is a brand already.
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.session.create",
        spare: Spare::None,
        ask: |scene| with(SESSION, json!({"email": scene.email, "password": PASSWORD})),
        allowed: 200,
        foreign: |theirs| {
            let wrong = json!({"email": theirs.email, "password": "one of our own passwords"});
            vec![(with(SESSION, wrong), 401)]
        },
    },
    read("access.session.read", |_| get(SESSION)),
    Case {
        operation: "access.session.delete",
        spare: Spare::None,
        ask: |_| get(SESSION),
        allowed: 204,
        foreign: own_only,
    },
    Case {
        operation: "access.password.update",
        spare: Spare::None,
        ask: |_| with("/api/v1/session/password", json!({"old_password": PASSWORD, "password": PASSWORD})),
        allowed: 204,
        foreign: |_| {
            let wrong = json!({"old_password": "none of theirs", "password": "open sesame again"});
            vec![(with("/api/v1/session/password", wrong), 422)]
        },
    },
    read("access.sessions.list", |_| get(SESSIONS)),
    Case {
        operation: "access.sessions.clear",
        spare: Spare::None,
        ask: |_| get(SESSIONS),
        allowed: 204,
        foreign: own_only,
    },
    Case {
        operation: "access.sessions.delete",
        spare: Spare::Session,
        ask: |scene| get(format!("{SESSIONS}/{}", scene.spare)),
        allowed: 204,
        foreign: |theirs| vec![(get(format!("{SESSIONS}/{}", theirs.session)), 404)],
    },
    Case {
        operation: "access.unit.list",
        spare: Spare::None,
        ask: |_| get(UNITS),
        allowed: 200,
        foreign: |_| vec![(get(format!("{UNITS}?format=csv")), 200)],
    },
    Case {
        operation: "access.unit.create",
        spare: Spare::None,
        ask: |scene| {
            let id = format!("unit-{}", scene.number);
            with(UNITS, json!({"id": id, "kind": "store", "parent": "hangzhou", "name": id}))
        },
        allowed: 201,
        foreign: |_| {
            let below = json!({"id": "below", "kind": "store", "parent": "theirs", "name": "below"});
            vec![(with(UNITS, below), 422)]
        },
    },
    Case {
        operation: "access.unit.update",
        spare: Spare::Unit,
        ask: |scene| with(format!("{UNITS}/{}", scene.spare), json!({"name": "another"})),
        allowed: 200,
        foreign: |_| {
            vec![
                (with(format!("{UNITS}/theirs"), json!({"name": "ours"})), 404),
                (with(format!("{UNITS}/store-3"), json!({"parent": "theirs"})), 422),
            ]
        },
    },
    Case {
        operation: "access.unit.delete",
        spare: Spare::Unit,
        ask: |scene| get(format!("{UNITS}/{}", scene.spare)),
        allowed: 204,
        foreign: |_| vec![(get(format!("{UNITS}/theirs")), 404)],
    },
    Case {
        operation: "access.unit.import",
        spare: Spare::None,
        ask: |_| table(format!("{UNITS}/import"), "id,name,kind,parent\nimported,imported,store,hangzhou\n"),
        allowed: 200,
        foreign: |_| {
            vec![(table(format!("{UNITS}/import"), "id,name,kind,parent\nimported,imported,store,theirs\n"), 422)]
        },
    },
    Case {
        operation: "access.staff.list",
        spare: Spare::None,
        ask: |_| get(STAFF),
        allowed: 200,
        foreign: |_| {
            let asked = |query: &str| (get(format!("{STAFF}?{query}")), 200);
            vec![asked("q=jia"), asked("unit=theirs"), asked("format=csv&state=all")]
        },
    },
    Case {
        operation: "access.staff.create",
        spare: Spare::None,
        ask: |scene| {
            let email = format!("s{}@new.example", scene.number);
            with(STAFF, staff(&format!("s-{}", scene.number), &email, "store-1"))
        },
        allowed: 201,
        foreign: |theirs| {
            vec![
                (with(STAFF, staff("below", "below@new.example", "theirs")), 422),
                // An address signs in to one brand, so it can be taken by another.
                (with(STAFF, staff("twice", &theirs.email, "store-1")), 409),
            ]
        },
    },
    Case {
        operation: "access.staff.update",
        spare: Spare::Staff,
        ask: |scene| with(format!("{STAFF}/{}", scene.spare), json!({"active": false})),
        allowed: 200,
        foreign: |theirs| {
            vec![
                (with(format!("{STAFF}/theirs"), json!({"active": false})), 404),
                (with(format!("{STAFF}/m3"), json!({"unit": "theirs"})), 422),
                (with(format!("{STAFF}/m3"), json!({"role": theirs.role})), 422),
            ]
        },
    },
    Case {
        operation: "access.password.reset",
        spare: Spare::Staff,
        ask: |scene| get(format!("{STAFF}/{}/reset-password", scene.spare)),
        allowed: 200,
        foreign: |_| vec![(get(format!("{STAFF}/theirs/reset-password")), 404)],
    },
    Case {
        operation: "access.role.list",
        spare: Spare::None,
        ask: |_| get(ROLES),
        allowed: 200,
        foreign: |_| vec![(get(format!("{ROLES}?format=csv")), 200)],
    },
    Case {
        operation: "access.role.create",
        spare: Spare::None,
        ask: |scene| {
            let name = format!("role {}", scene.number);
            with(ROLES, json!({"name": name, "permissions": ["read_network"], "scope": "unit"}))
        },
        allowed: 201,
        foreign: own_only,
    },
    Case {
        operation: "access.role.update",
        spare: Spare::Role,
        ask: |scene| with(format!("{ROLES}/{}", scene.spare), json!({"scope": "own"})),
        allowed: 200,
        foreign: |theirs| vec![(with(format!("{ROLES}/{}", theirs.role), json!({"scope": "all"})), 404)],
    },
    Case {
        operation: "access.role.delete",
        spare: Spare::Role,
        ask: |scene| get(format!("{ROLES}/{}", scene.spare)),
        allowed: 204,
        foreign: |theirs| vec![(get(format!("{ROLES}/{}", theirs.role)), 404)],
    },
    read("access.permission.list", |_| get("/api/v1/permissions")),
    read("access.sign_in.list", |_| get("/api/v1/sign-in")),
    // There is no provider here: how they are used is told beside the endpoints, with one that is real.
    Case {
        operation: "access.sign_in.begin",
        spare: Spare::None,
        ask: |_| with("/api/v1/sign-in/p-none", json!({"return_to": "/today"})),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.sign_in.finish",
        spare: Spare::None,
        ask: |_| get("/api/v1/sign-in/callback?state=none&code=none"),
        // To the sign-in page, which is read at once.
        allowed: 200,
        foreign: own_only,
    },
    read("access.link.list", |_| get("/api/v1/session/providers")),
    Case {
        operation: "access.link.begin",
        spare: Spare::None,
        ask: |_| with("/api/v1/session/providers/p-none", json!({"return_to": "/today"})),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.link.delete",
        spare: Spare::None,
        ask: |_| get("/api/v1/session/providers/p-none"),
        allowed: 404,
        foreign: own_only,
    },
    read("access.provider.list", |_| get(PROVIDERS)),
    Case {
        operation: "access.provider.create",
        spare: Spare::None,
        ask: |_| {
            let nobody = json!({"name": "x", "issuer": "http://127.0.0.1:1", "client_id": "x", "client_secret": "x"});
            with(PROVIDERS, nobody)
        },
        allowed: 422,
        foreign: own_only,
    },
    Case {
        operation: "access.provider.update",
        spare: Spare::None,
        ask: |_| with(format!("{PROVIDERS}/p-none"), json!({"name": "another"})),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.provider.delete",
        spare: Spare::None,
        ask: |_| get(format!("{PROVIDERS}/p-none")),
        allowed: 404,
        foreign: own_only,
    },
    read("access.invitation.list", |_| get(INVITATIONS)),
    Case {
        operation: "access.invitation.create",
        spare: Spare::None,
        ask: |scene| with(INVITATIONS, invited(&format!("i{}@new.example", scene.number), "store-1")),
        allowed: 201,
        foreign: |theirs| {
            vec![
                (with(INVITATIONS, invited("i@new.example", "theirs")), 422),
                (with(INVITATIONS, invited(&theirs.email, "store-1")), 409),
            ]
        },
    },
    Case {
        operation: "access.invitation.delete",
        spare: Spare::Invitation,
        ask: |scene| get(format!("{INVITATIONS}/{}", scene.spare)),
        allowed: 204,
        foreign: |theirs| vec![(get(format!("{INVITATIONS}/{}", theirs.invitation)), 404)],
    },
    Case {
        operation: "access.invitation.read",
        spare: Spare::Token,
        ask: |scene| with(format!("{INVITATIONS}/read"), json!({"token": scene.spare})),
        allowed: 200,
        // An id is no token.
        foreign: |theirs| vec![(with(format!("{INVITATIONS}/read"), json!({"token": theirs.invitation})), 404)],
    },
    Case {
        operation: "access.invitation.accept",
        spare: Spare::Token,
        ask: |scene| {
            let joining = json!({"token": scene.spare, "name": "new", "password": PASSWORD});
            with(format!("{INVITATIONS}/accept"), joining)
        },
        allowed: 201,
        foreign: |theirs| {
            let joining = json!({"token": theirs.invitation, "name": "new", "password": PASSWORD});
            vec![(with(format!("{INVITATIONS}/accept"), joining), 404)]
        },
    },
    read("access.key.list", |_| get(KEYS)),
    Case {
        operation: "access.key.create",
        spare: Spare::None,
        ask: |_| with(KEYS, json!({"kind": "write", "name": "one more"})),
        allowed: 201,
        foreign: own_only,
    },
    Case {
        operation: "access.key.update",
        spare: Spare::Key,
        ask: |scene| with(format!("{KEYS}/{}", scene.spare), json!({"name": "another"})),
        allowed: 200,
        foreign: |theirs| vec![(with(format!("{KEYS}/{}", theirs.key), json!({"name": "ours"})), 404)],
    },
    Case {
        operation: "access.key.rotate",
        spare: Spare::Key,
        ask: |scene| with(format!("{KEYS}/{}/rotate", scene.spare), json!({"old": "end"})),
        allowed: 200,
        foreign: |theirs| vec![(with(format!("{KEYS}/{}/rotate", theirs.key), json!({"old": "end"})), 404)],
    },
    Case {
        operation: "access.key.delete",
        spare: Spare::Key,
        ask: |scene| get(format!("{KEYS}/{}", scene.spare)),
        allowed: 204,
        foreign: |theirs| vec![(get(format!("{KEYS}/{}", theirs.key)), 404)],
    },
    Case {
        operation: "access.audit.list",
        spare: Spare::None,
        ask: |_| get("/api/v1/audit"),
        allowed: 200,
        foreign: |_| {
            let asked = |query: &str| (get(format!("/api/v1/audit?{query}")), 200);
            vec![asked("subject=unit:theirs"), asked("actor=staff:m1"), asked("after=1000000"), asked("format=csv")]
        },
    },
];
