//! One case for every operation of the API: who asks for what, and what somebody of another brand gets for it. The table must
//! name exactly the operations of the document, so an operation cannot be added without its case.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    server::{Answer, Caller, output},
    town::PASSWORD,
};

/// A request without its credentials.
pub struct Ask {
    pub path: String,
    pub body: Option<Value>,
}

pub fn get(path: impl Into<String>) -> Ask {
    Ask { path: path.into(), body: None }
}

pub fn with(path: impl Into<String>, body: Value) -> Ask {
    Ask { path: path.into(), body: Some(body) }
}

/// What a case may name.
pub struct Scene {
    /// Rises with every request, so that what is made gets an id of its own.
    pub number: usize,
    /// The id of an API key that nobody needs any more.
    pub spare_key: String,
    /// Where somebody can sign in.
    pub email: String,
}

/// What belongs to the other brand alone.
pub struct Foreign {
    /// An API key's id.
    pub key: String,
    /// An API key itself.
    pub write_key: String,
    /// The address of somebody who works there.
    pub email: String,
}

/// One operation.
pub struct Case {
    pub operation: &'static str,
    /// A request that a caller with the permission may make.
    pub ask: fn(&Scene) -> Ask,
    /// What they get.
    pub allowed: u16,
    /// What somebody else's brand is asked about, and what is answered. Both brands have the campaigns spring and autumn and
    /// people of the same ids; only the other has the campaign `theirs`, the unit `theirs`, the person `user:theirs` and p900.
    pub foreign: fn(&Foreign) -> Vec<(Ask, u16)>,
}

/// A read that names nothing: whatever it tells must be one's own.
fn own_only(_: &Foreign) -> Vec<(Ask, u16)> {
    Vec::new()
}

const SPRING: &str = "/api/v1/campaigns/spring";
const THEIRS: &str = "/api/v1/campaigns/theirs";

/// A read of a campaign, of which the other brand has one more.
macro_rules! campaign_read {
    ($operation:literal, $what:literal, $($foreign:expr),*) => {
        Case {
            operation: $operation,
            ask: |_| get(format!("{SPRING}/{}", $what)),
            allowed: 200,
            foreign: |_| {
                vec![(get(format!("{THEIRS}/{}", $what)), 404), (get(format!("{SPRING}/{}", $what)), 200), $($foreign),*]
            },
        }
    };
}

pub const CASES: &[Case] = &[
    Case { operation: "system.health.read", ask: |_| get("/healthz"), allowed: 200, foreign: own_only },
    Case { operation: "system.ready.read", ask: |_| get("/readyz"), allowed: 200, foreign: own_only },
    Case { operation: "system.metrics.read", ask: |_| get("/metrics"), allowed: 200, foreign: own_only },
    Case {
        operation: "access.session.create",
        ask: |scene| with("/api/v1/session", json!({"email": scene.email, "password": PASSWORD})),
        allowed: 200,
        foreign: |theirs| {
            let wrong = json!({"email": theirs.email, "password": "one of our own passwords"});
            vec![(with("/api/v1/session", wrong), 401)]
        },
    },
    Case { operation: "access.session.read", ask: |_| get("/api/v1/session"), allowed: 200, foreign: own_only },
    Case { operation: "access.session.delete", ask: |_| get("/api/v1/session"), allowed: 204, foreign: own_only },
    Case { operation: "access.unit.list", ask: |_| get("/api/v1/units"), allowed: 200, foreign: own_only },
    Case {
        operation: "access.unit.create",
        ask: |scene| {
            let id = format!("unit-{}", scene.number);
            with("/api/v1/units", json!({"id": id, "kind": "store", "parent": "hangzhou", "name": id}))
        },
        allowed: 201,
        foreign: |_| {
            let below = json!({"id": "below", "kind": "store", "parent": "theirs", "name": "below"});
            vec![
                (with("/api/v1/units", below), 422),
                (with("/api/v1/units", json!({"id": "theirs", "kind": "store", "name": "ours too"})), 201),
            ]
        },
    },
    Case { operation: "access.staff.list", ask: |_| get("/api/v1/staff"), allowed: 200, foreign: own_only },
    Case {
        operation: "access.staff.create",
        ask: |scene| {
            let email = format!("s{}@new.example", scene.number);
            with("/api/v1/staff", staff(&format!("s-{}", scene.number), &email, "store-1"))
        },
        allowed: 201,
        foreign: |theirs| {
            vec![
                (with("/api/v1/staff", staff("below", "below@new.example", "nowhere")), 422),
                // An address signs in to one brand, so it can be taken by another.
                (with("/api/v1/staff", staff("twice", &theirs.email, "store-1")), 409),
            ]
        },
    },
    Case { operation: "access.key.list", ask: |_| get("/api/v1/keys"), allowed: 200, foreign: own_only },
    Case {
        operation: "access.key.create",
        ask: |_| with("/api/v1/keys", json!({"kind": "write", "name": "one more"})),
        allowed: 201,
        foreign: own_only,
    },
    Case {
        operation: "access.key.delete",
        ask: |scene| get(format!("/api/v1/keys/{}", scene.spare_key)),
        allowed: 204,
        foreign: |theirs| vec![(get(format!("/api/v1/keys/{}", theirs.key)), 404)],
    },
    Case { operation: "access.setup.read", ask: |_| get("/api/v1/setup"), allowed: 200, foreign: own_only },
    Case {
        operation: "access.setup.create",
        ask: |_| {
            let (brand, email) = ("x", "x@new.example");
            let form = json!({"token": "guessed", "brand": brand, "name": "x", "email": email, "password": PASSWORD});
            with("/api/v1/setup", form)
        },
        // There are brands.
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.password.update",
        ask: |_| {
            let new = json!({"old_password": "not the one", "password": "a longer sesame"});
            with("/api/v1/session/password", new)
        },
        allowed: 422,
        foreign: own_only,
    },
    Case { operation: "access.sessions.list", ask: |_| get("/api/v1/sessions"), allowed: 200, foreign: own_only },
    Case { operation: "access.sessions.clear", ask: |_| get("/api/v1/sessions"), allowed: 204, foreign: own_only },
    Case {
        operation: "access.sessions.delete",
        ask: |_| get("/api/v1/sessions/0123456789abcdef"),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.unit.update",
        ask: |scene| with("/api/v1/units/store-3", json!({"name": format!("store-3 the {}th", scene.number)})),
        allowed: 200,
        // The unit of this id that the case above has made.
        foreign: |_| vec![(with("/api/v1/units/theirs", json!({"name": "ours still"})), 200)],
    },
    Case {
        operation: "access.unit.delete",
        ask: |_| get("/api/v1/units/all"),
        allowed: 409,
        foreign: |_| vec![(get("/api/v1/units/nowhere"), 404)],
    },
    // Without a table.
    Case { operation: "access.unit.import", ask: |_| get("/api/v1/units/import"), allowed: 400, foreign: own_only },
    Case {
        operation: "access.staff.update",
        ask: |scene| with("/api/v1/staff/rover", json!({"name": format!("rover the {}th", scene.number)})),
        allowed: 200,
        // Both brands have one.
        foreign: |_| vec![(with("/api/v1/staff/rover", json!({"name": "ours", "active": false})), 200)],
    },
    Case {
        operation: "access.password.reset",
        ask: |_| get("/api/v1/staff/rover/reset-password"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/staff/nobody/reset-password"), 404)],
    },
    Case { operation: "access.invitation.list", ask: |_| get("/api/v1/invitations"), allowed: 200, foreign: own_only },
    Case {
        operation: "access.invitation.create",
        ask: |scene| {
            let email = format!("i{}@new.example", scene.number);
            with("/api/v1/invitations", json!({"email": email, "role": "analyst", "unit": "store-1"}))
        },
        allowed: 201,
        foreign: |theirs| {
            vec![
                (with("/api/v1/invitations", json!({"email": theirs.email, "role": "analyst"})), 409),
                (with("/api/v1/invitations", json!({"email": "i@x", "role": "analyst", "unit": "nowhere"})), 422),
            ]
        },
    },
    Case {
        operation: "access.invitation.delete",
        ask: |_| get("/api/v1/invitations/i-nobody"),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.invitation.read",
        ask: |_| with("/api/v1/invitations/read", json!({"token": "guessed"})),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.invitation.accept",
        ask: |_| with("/api/v1/invitations/accept", json!({"token": "guessed", "name": "x", "password": PASSWORD})),
        allowed: 404,
        foreign: own_only,
    },
    Case {
        operation: "access.key.update",
        ask: |scene| with(format!("/api/v1/keys/{}", scene.spare_key), json!({"name": "spare too"})),
        allowed: 200,
        foreign: |theirs| vec![(with(format!("/api/v1/keys/{}", theirs.key), json!({"name": "ours"})), 404)],
    },
    Case {
        operation: "access.key.rotate",
        ask: |scene| with(format!("/api/v1/keys/{}/rotate", scene.spare_key), json!({"old": "end"})),
        allowed: 200,
        foreign: |theirs| vec![(with(format!("/api/v1/keys/{}/rotate", theirs.key), json!({"old": "end"})), 404)],
    },
    Case { operation: "access.audit.list", ask: |_| get("/api/v1/audit?limit=1000"), allowed: 200, foreign: own_only },
    Case {
        operation: "capture.fact.append",
        ask: |scene| with("/api/v1/facts", json!([seen(scene.number)])),
        allowed: 200,
        foreign: |_| vec![(with("/api/v1/facts", json!([opened("ours", "theirs")])), 200)],
    },
    Case {
        operation: "capture.fact.list",
        ask: |_| get("/api/v1/facts"),
        allowed: 200,
        foreign: |_| {
            let facts = |whose: &str| (get(format!("/api/v1/facts?{whose}")), 200);
            vec![facts("user_id=theirs"), facts("anonymous_id=theirs"), facts("person=p900"), facts("user_id=a1")]
        },
    },
    Case {
        operation: "capture.segment.batch",
        ask: |scene| with("/v1/batch", json!({"batch": [segment(scene.number)]})),
        allowed: 200,
        // The caller's own key counts, not the one inside.
        foreign: |theirs| vec![(with("/v1/batch", json!({"writeKey": theirs.write_key, "batch": [segment(0)]})), 200)],
    },
    Case {
        operation: "network.campaign.list",
        ask: |_| get("/api/v1/campaigns"),
        allowed: 200,
        foreign: |_| vec![(get("/api/v1/campaigns?after=theirs&limit=1"), 200)],
    },
    Case {
        operation: "network.campaign.create",
        ask: |scene| with("/api/v1/campaigns", json!({"id": format!("c-{}", scene.number), "name": "new"})),
        allowed: 201,
        foreign: |_| vec![(with("/api/v1/campaigns", json!({"id": "only-ours", "name": "ours"})), 201)],
    },
    Case {
        operation: "network.spread.mint",
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
        ask: |_| get("/api/v1/persons/user:a1/network"),
        allowed: 200,
        foreign: |_| {
            let person = |who: &str, status| (get(format!("/api/v1/persons/{who}/network")), status);
            vec![person("user:theirs", 404), person("anonymous:theirs", 404), person("p900", 404), person("p1", 200)]
        },
    },
    Case {
        operation: "network.path.list",
        ask: |_| get("/api/v1/network/paths?from=user:a1&to=user:b2"),
        allowed: 200,
        foreign: |_| {
            let path =
                |from: &str, to: &str, status| (get(format!("/api/v1/network/paths?from={from}&to={to}")), status);
            vec![path("p1", "p900", 404), path("user:theirs", "p1", 404), path("user:a1", "user:b2", 200)]
        },
    },
];

fn staff(id: &str, email: &str, unit: &str) -> Value {
    json!({"id": id, "name": id, "email": email, "password": PASSWORD, "role": "analyst", "unit": unit})
}

fn seen(number: usize) -> Value {
    json!({"event": "Page Seen", "user_id": "a1", "message_id": format!("seen-{number}")})
}

fn segment(number: usize) -> Value {
    json!({"type": "track", "event": "Page Seen", "userId": "a1", "messageId": format!("segment-{number}")})
}

fn opened(receiver: &str, campaign: &str) -> Value {
    json!({"event": "Spread Opened", "user_id": receiver, "message_id": format!("{receiver}-{campaign}"),
           "properties": {"campaign": campaign, "sharer_id": "m1"}})
}

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    /// A permission, `signed_in` or `public`.
    pub permission: String,
}

/// Every operation, each with its case.
pub async fn operations() -> Vec<(Operation, &'static Case)> {
    let document = document().await;
    let cases: BTreeSet<&str> = CASES.iter().map(|case| case.operation).collect();
    assert_eq!(cases.len(), CASES.len(), "an operation has two cases");
    let found = listed(&document);
    let ids: BTreeSet<&str> = found.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(ids, cases, "every operation needs a case in CASES, and every case an operation");
    let case = |id: &str| CASES.iter().find(|case| case.operation == id).expect("the sets are equal");
    found.into_iter().map(|operation| (operation.clone(), case(&operation.id))).collect()
}

async fn document() -> Value {
    serde_json::from_slice(&output(&["openapi"]).await).expect("the document is JSON")
}

fn methods(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("an item").iter().map(move |(method, operation)| (path, method, operation))
    })
}

fn listed(document: &Value) -> Vec<Operation> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    methods(document)
        .map(|(path, method, operation)| Operation {
            id: text(&operation["operationId"]),
            method: method.to_uppercase().parse().expect("a method"),
            path: path.clone(),
            permission: text(&operation["x-permission"]),
        })
        .collect()
}

impl Operation {
    /// Asks as somebody, after making sure that the case asks for this operation.
    pub async fn ask(&self, caller: &Caller, ask: &Ask) -> Answer {
        let path = ask.path.split('?').next().unwrap_or_default();
        assert!(is_at(&self.path, path), "the case of {} asks for {path}, not {}", self.id, self.path);
        caller.send(self.method.clone(), &ask.path, ask.body.as_ref()).await
    }
}

fn is_at(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(p, part)| p.starts_with('{') || *p == part)
}

#[tokio::test]
async fn every_operation_has_a_case() {
    assert_eq!(operations().await.len(), CASES.len());
}

#[tokio::test]
async fn an_operation_without_a_case_is_noticed() {
    let mut document = document().await;
    document["paths"]["/api/v1/secrets"]["get"] = json!({"operationId": "network.secret.list"});
    let found = listed(&document);
    assert!(found.iter().any(|operation| !CASES.iter().any(|case| case.operation == operation.id)));
}

#[tokio::test]
async fn the_document_is_complete() {
    let document = document().await;
    let tags: BTreeSet<&str> =
        document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in methods(&document) {
        let place = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no id"));
        assert_eq!(id.split('.').count(), 3, "{place}: {id} is not slice.noun.verb");
        assert!(ids.insert(id), "{place}: {id} is taken");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{place} has no summary");
        let permission = operation["x-permission"].as_str().unwrap_or_else(|| panic!("{place} names no permission"));
        let tagged =
            operation["tags"].as_array().is_some_and(|of| of.iter().any(|t| tags.contains(t.as_str().unwrap_or(""))));
        assert!(tagged, "{place}: its tag is not one of the document's");
        let answers = operation["responses"].as_object().expect("responses");
        assert_eq!(answers.contains_key("401"), permission != "public" || id == "access.session.create", "{place}");
        let named: Vec<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        for name in named {
            let parameters = operation["parameters"].as_array().expect("parameters");
            assert!(
                parameters.iter().any(|p| p["name"] == name && p["in"] == "path"),
                "{place}: {name} is not described"
            );
        }
        if let Some(body) = operation.get("requestBody") {
            assert!(body["content"].is_object(), "{place}: its body is not described");
        }
    }
    assert!(tags.iter().all(|tag| ids.iter().any(|id| id.starts_with(&format!("{tag}.")))), "a tag without operations");
}

#[tokio::test]
async fn every_schema_that_is_named_is_there() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = document().await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("of this document");
        assert!(document.pointer(pointer).is_some(), "{reference} is named and not there");
    }
}
