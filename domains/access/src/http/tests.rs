//! Two brands to test with, and the tests that concern all endpoints.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request},
};
use db::{Records, db_test};
use kernel::{ManualClock, SeededEntropy, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;
use web::{openapi, testing::check_authorisation};

use crate::{Access, Email, Founding, Hashing, KeyFor, Name, NewKey, NewStaff, NewUnit, Password, Role, UnitKind};

/// Everybody's.
pub(super) const PASSWORD: &str = "open sesame";

/// Brand one: 集团 all → cities beijing (stores 1, 2) and shanghai (store 3), a boss, a manager of beijing, one of store 1,
/// one without a unit, an analyst, and two keys. Brand two: one store and a boss.
pub(super) struct House {
    pub(super) clock: Arc<ManualClock>,
    pub(super) secret_key: String,
    pub(super) secret_key_id: String,
    pub(super) write_key: String,
    pub(super) access: Access,
    router: Router,
}

impl House {
    pub(super) async fn new(records: &Records) -> Self {
        let empty = Self::empty(records);
        let mut keys = empty.access.found(brand_one()).await.unwrap().keys.into_iter();
        let (write, secret) = (keys.next().unwrap(), keys.next().unwrap());
        empty.access.found(brand_two()).await.unwrap();
        Self { secret_key: secret.key, secret_key_id: secret.id, write_key: write.key, ..empty }
    }

    /// No brand at all.
    pub(super) fn empty(records: &Records) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000)));
        let entropy = Arc::new(SeededEntropy::new(7));
        let access = Access::new(records, clock.clone(), entropy.clone(), Hashing::Modest);
        let (router, _) = openapi::assemble("test", "1", &[crate::TAG], [access.router()]);
        let edge = web::Edge { proxies: "10.0.0.1".parse().unwrap(), ..web::Edge::new(&*entropy, clock.clone()) };
        let router = web::layers(router, edge);
        let none = String::new;
        Self { clock, secret_key: none(), secret_key_id: none(), write_key: none(), access, router }
    }

    /// Signs in and gives the token of the cookie.
    pub(super) async fn sign_in(&self, email: &str) -> String {
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = self.ask(Ask::post("/api/v1/session").body(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Self::token(&answer)
    }

    /// The token of the cookie that an answer sets.
    pub(super) fn token(answer: &Answer) -> String {
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        cookie.strip_prefix("sl_session=").and_then(|rest| rest.split(';').next()).unwrap().to_owned()
    }

    /// The ids of a list.
    pub(super) async fn ids(&self, ask: Ask) -> Vec<String> {
        let answer = self.ask(ask).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let items = answer.body["items"].as_array().unwrap();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) async fn ask(&self, ask: Ask) -> Answer {
        let mut request = ask.0;
        let came = !request.headers().contains_key("x-forwarded-for");
        if came {
            request.headers_mut().insert("x-forwarded-for", "203.0.113.7".parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo::<SocketAddr>("10.0.0.1:4711".parse().unwrap()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body, text }
    }
}

pub(super) struct Ask(Request<Body>);

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    pub(super) text: String,
}

impl Ask {
    fn new(method: &str, uri: &str) -> Self {
        Self(Request::builder().method(method).uri(uri).header("host", "shop.example").body(Body::empty()).unwrap())
    }

    pub(super) fn get(uri: &str) -> Self {
        Self::new("GET", uri)
    }

    pub(super) fn post(uri: &str) -> Self {
        Self::new("POST", uri)
    }

    pub(super) fn patch(uri: &str) -> Self {
        Self::new("PATCH", uri)
    }

    pub(super) fn delete(uri: &str) -> Self {
        Self::new("DELETE", uri)
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    pub(super) fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("sl_session={token}"))
    }

    pub(super) fn bearer(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(super) fn body(self, body: Value) -> Self {
        self.text("application/json", &body.to_string())
    }

    pub(super) fn text(self, kind: &str, text: &str) -> Self {
        let mut ask = self.header("content-type", kind);
        *ask.0.body_mut() = Body::from(text.to_owned());
        ask
    }
}

fn name(text: &str) -> Name {
    Name::try_from(text).unwrap()
}

fn unit(brand: &str, id: &str, parent: Option<&str>, kind: UnitKind) -> NewUnit {
    let parent = parent.map(|parent| parent.parse().unwrap());
    NewUnit { id: Some(id.parse().unwrap()), parent, kind, name: name(&format!("{id} of {brand}")) }
}

fn staff(brand: &str, id: &str, role: Role, unit: Option<&str>) -> NewStaff {
    let capital = format!("{}{}", id[..1].to_uppercase(), &id[1..]);
    NewStaff {
        id: Some(id.parse().unwrap()),
        name: name(id),
        email: Email::try_from(format!("{capital}@{brand}.example")).unwrap(),
        password: Password::try_from(PASSWORD).unwrap(),
        role: role.into(),
        unit: unit.map(|unit| unit.parse().unwrap()),
    }
}

fn brand_one() -> Founding {
    let unit = |id, parent, kind| unit("one", id, parent, kind);
    let staff = |id, role, unit| staff("one", id, role, unit);
    let key = |kind, text| NewKey { kind, name: name(text) };
    Founding {
        name: name("one"),
        units: vec![
            unit("all", None, UnitKind::Group),
            unit("beijing", Some("all"), UnitKind::City),
            unit("store-1", Some("beijing"), UnitKind::Store),
            unit("store-2", Some("beijing"), UnitKind::Store),
            unit("shanghai", Some("all"), UnitKind::City),
            unit("store-3", Some("shanghai"), UnitKind::Store),
        ],
        staff: vec![
            staff("boss", Role::Owner, None),
            staff("city", Role::CityManager, Some("beijing")),
            staff("store", Role::StoreManager, Some("store-1")),
            staff("rover", Role::StoreManager, None),
            staff("analyst", Role::Analyst, None),
        ],
        keys: vec![key(KeyFor::Write, "pages"), key(KeyFor::Secret, "servers")],
    }
}

fn brand_two() -> Founding {
    Founding {
        name: name("two"),
        units: vec![unit("two", "store-1", None, UnitKind::Store)],
        staff: vec![staff("two", "boss", Role::Owner, None)],
        keys: Vec::new(),
    }
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn every_endpoint_asks_for_the_permission_it_names(records: Records) {
    let access =
        Access::new(&records, Arc::new(ManualClock::default()), Arc::new(SeededEntropy::new(1)), Hashing::Modest);
    assert_eq!(check_authorisation(|gate| super::router(access, gate)).await, [""; 0]);
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn the_document_is_complete(records: Records) {
    let access =
        Access::new(&records, Arc::new(ManualClock::default()), Arc::new(SeededEntropy::new(1)), Hashing::Modest);
    let (_, api): (Router, _) = openapi::assemble("test", "1", &[crate::TAG], [access.router()]);
    assert_eq!(openapi::complaints(&api), [""; 0]);
    let ids: Vec<_> = openapi::operations(&api).into_iter().map(|operation| operation.id).collect();
    assert_eq!(ids.len(), 44, "{ids:?}");
}

#[db_test(migrations = crate::MIGRATIONS)]
async fn a_founding_is_stored_whole_or_not_at_all(records: Records) {
    let access =
        Access::new(&records, Arc::new(ManualClock::default()), Arc::new(SeededEntropy::new(1)), Hashing::Modest);
    let founded = access.found(brand_one()).await.unwrap();
    assert_eq!(founded.staff.len(), 5);
    let mut half_right = brand_two();
    half_right.staff.push(staff("one", "boss", Role::Analyst, None));
    assert!(access.found(half_right).await.is_err());
    let names = async || access.workspaces().await.unwrap().into_iter().map(|each| each.name).collect::<Vec<_>>();
    assert_eq!(names().await, ["one"]);
    access.found(brand_two()).await.unwrap();
    assert_eq!(names().await, ["one", "two"]);
    assert_eq!(access.units(founded.workspace).await.unwrap().len(), 6);
}
