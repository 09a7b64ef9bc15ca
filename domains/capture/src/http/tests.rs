//! Two brands to test with, and the tests that concern all endpoints.

mod odd;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use db::{DbError, Migration, Records, Tx, db_test};
use factlog::{FactLog, Options, sim::SimDisk};
use facts::{Namespace, WhoKey};
use kernel::{Handle, ManualClock, Scope, SeededEntropy, Timestamp, WorkspaceId};
use parking_lot::Mutex;
use river::{Batch, Digest, Lake, River, Rivers, Stage, Wiring};
use serde_json::{Value, json};
use tower::ServiceExt;
use web::{
    Actor, KeyKind, Permission, PermissionSet, Principal, openapi,
    testing::{KnownCallers, check_authorisation, staff},
};

use crate::{Doors, Imports, People, Register, Sources, Whose};

/// The river's tables and our own.
pub(super) fn migrations() -> Vec<Migration> {
    [river::MIGRATIONS, crate::MIGRATIONS].concat()
}

/// When everything is received.
pub(super) const NOW: &str = "2026-11-22T08:00:00Z";

/// Two brands. Callers, by their word: `write` and `secret` are keys of brand one, `analyst` is its staff, `other` is a key
/// of brand two that may do everything.
pub(super) struct House {
    pub(super) disk: SimDisk,
    pub(super) rivers: Arc<Rivers>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) doors: Doors,
    acquainted: Arc<Acquainted>,
    router: Router,
    _snapshots: tempfile::TempDir,
}

fn key(workspace: u32, id: &str, kind: KeyKind, permissions: PermissionSet) -> Principal {
    let actor = Actor::Key { id: id.into(), kind };
    Principal { workspace: WorkspaceId(workspace), actor, permissions, scope: Scope::All, unit: None }
}

impl House {
    pub(super) fn new(records: &Records) -> Self {
        Self::with_log(records, Options::default())
    }

    pub(super) fn with_log(records: &Records, options: Options) -> Self {
        let (snapshots, rivers) = (tempfile::tempdir().unwrap(), Arc::new(Rivers::default()));
        let acquainted = Arc::new(Acquainted::default());
        let disk = SimDisk::new(7);
        for workspace in [1, 2].map(WorkspaceId) {
            let log = FactLog::open(Arc::new(disk.clone()), Path::new(&format!("log-{workspace}")), options).unwrap();
            let river = River::start(Wiring {
                workspace,
                log: Arc::new(log),
                lake: Lake::in_memory(workspace),
                records: records.clone(),
                digest: records.group(Digest::new(vec![acquainted.clone()])),
                stages: vec![acquainted.clone()],
                lives: Vec::new(),
                snapshots: snapshots.path().join(workspace.to_string()),
                snapshot_every: river::SNAPSHOT_EVERY,
                reach: river::Reach::default(),
            });
            rivers.insert(workspace, Arc::new(river));
        }
        let write = PermissionSet::of(&[Permission::CaptureFacts]);
        let gate = KnownCallers::default()
            .with("write", key(1, "k1", KeyKind::Write, write))
            .with("secret", key(1, "k2", KeyKind::Secret, PermissionSet::ALL))
            .with("analyst", staff(WorkspaceId(1), PermissionSet::of(&[Permission::ReadFacts]), Scope::All))
            .with("other", key(2, "k3", KeyKind::Secret, PermissionSet::ALL));
        let clock = Arc::new(ManualClock::at(Timestamp::parse(NOW).unwrap()));
        let doors = doors(Arc::clone(&rivers), acquainted.clone(), records, Arc::clone(&clock));
        let slice = crate::router(doors.clone(), gate.gate());
        let (router, api) = openapi::assemble("test", "1", &[crate::TAG], [slice]);
        assert_eq!(openapi::complaints(&api), [""; 0]);
        let router = web::layers(router, web::Edge::new(&SeededEntropy::new(3), clock.clone()));
        Self { disk, rivers, clock, doors, acquainted, router, _snapshots: snapshots }
    }

    pub(super) async fn ask(&self, ask: Ask) -> Answer {
        let response = self.router.clone().oneshot(ask.0).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)));
        Answer { status, headers, body, bytes: bytes.to_vec() }
    }

    /// The facts of brand one, after a first wait for the offset.
    pub(super) async fn facts(&self, query: &str) -> Vec<Value> {
        let answer = self.ask(Ask::get(&format!("/api/v1/facts?{query}")).by("secret")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["items"].as_array().unwrap().clone()
    }

    /// The handle of a user or anonymous id of brand one.
    pub(super) fn handle(&self, namespace: Namespace, value: &str) -> u32 {
        self.acquainted.0.lock()[&(WorkspaceId(1), namespace, value.to_owned())].0
    }
}

fn doors(rivers: Arc<Rivers>, people: Arc<dyn People>, records: &Records, clock: Arc<ManualClock>) -> Doors {
    let register = Arc::new(Register::new(records, clock.clone()));
    let imports = Arc::new(Imports::new(records));
    Doors {
        rivers,
        people,
        sources: Arc::new(Named),
        register,
        imports,
        clock,
        entropy: Arc::new(SeededEntropy::new(7)),
    }
}

/// Knows what one key is called.
struct Named;

#[async_trait]
impl Sources for Named {
    async fn names(
        &self,
        workspace: WorkspaceId,
    ) -> Result<BTreeMap<String, String>, Box<dyn std::error::Error + Send + Sync>> {
        let name = if workspace == WorkspaceId(1) { "小程序" } else { "theirs" };
        Ok([("key:k1".to_owned(), name.to_owned())].into())
    }
}

/// A request on its way.
pub(super) struct Ask(Request<Body>);

impl Ask {
    pub(super) fn new(method: &str, uri: &str) -> Self {
        Self(Request::builder().method(method).uri(uri).body(Body::empty()).unwrap())
    }

    pub(super) fn get(uri: &str) -> Self {
        Self::new("GET", uri)
    }

    /// The items at our own door.
    pub(super) fn facts(items: &Value) -> Self {
        Self::raw("/api/v1/facts", items.to_string())
    }

    pub(super) fn raw(uri: &str, body: impl Into<Body>) -> Self {
        let mut ask = Self::new("POST", uri).header("content-type", "application/json");
        *ask.0.body_mut() = body.into();
        ask
    }

    pub(super) fn method(&mut self, method: &str) {
        *self.0.method_mut() = method.parse().unwrap();
    }

    pub(super) fn by(self, word: &str) -> Self {
        self.header("authorization", &format!("Bearer {word}"))
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers_mut().insert(name, value.parse().unwrap());
        self
    }
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    /// Status and code of a refusal.
    pub(super) fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }
}

/// An id of a brand.
type Id = (WorkspaceId, Namespace, String);

/// Gives handles, and knows that ids in one fact are one person. It remembers in memory, for nothing is rolled back here:
/// for each id its handle, and the handle its person is named after.
#[derive(Default)]
struct Acquainted(Mutex<BTreeMap<Id, (u32, u32)>>);

impl Acquainted {
    /// The handle of an id and the handle of its person.
    fn meet(&self, workspace: WorkspaceId, key: WhoKey<'_>, person: Option<u32>) -> (u32, u32) {
        let mut known = self.0.lock();
        let next = known.len() as u32 + 1;
        *known.entry((workspace, key.namespace, key.value.to_owned())).or_insert((next, person.unwrap_or(next)))
    }

    fn fill(&self, batch: &mut Batch) {
        for entry in &mut batch.entries {
            let fact = &entry.record.fact;
            let user = fact.user_key().map(|key| self.meet(batch.workspace, key, None));
            let person = user.map(|(_, person)| person);
            let anonymous = fact.anonymous_key().map(|key| self.meet(batch.workspace, key, person));
            entry.subject = user.or(anonymous).map(|(handle, _)| Handle(handle));
        }
    }
}

#[async_trait]
impl Stage for Acquainted {
    async fn digest(&self, _: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        self.fill(batch);
        Ok(())
    }

    async fn recall(&self, _: &Records, batch: &mut Batch) -> Result<(), DbError> {
        self.fill(batch);
        Ok(())
    }

    fn settled(&self, _: &Batch) {}
}

#[async_trait]
impl People for Acquainted {
    async fn handles(
        &self,
        workspace: WorkspaceId,
        whose: &Whose,
    ) -> Result<Vec<Handle>, Box<dyn std::error::Error + Send + Sync>> {
        let known = self.0.lock();
        let person_of =
            |namespace, id: &str| known.get(&(workspace, namespace, id.to_owned())).map(|(_, person)| *person);
        let person = match whose {
            Whose::User(id) if id == "away" => return Err("the records are away".into()),
            Whose::User(id) => person_of(Namespace::User, id),
            Whose::Anonymous(id) => person_of(Namespace::Anonymous, id),
            Whose::Person(person) => Some(person.0.0),
        };
        let theirs = known.iter().filter(|((of, ..), (_, theirs))| *of == workspace && Some(*theirs) == person);
        Ok(theirs.map(|(_, (handle, _))| Handle(*handle)).collect())
    }

    async fn known(
        &self,
        workspace: WorkspaceId,
        user_ids: &[String],
    ) -> Result<Vec<bool>, Box<dyn std::error::Error + Send + Sync>> {
        let known = self.0.lock();
        Ok(user_ids.iter().map(|id| known.contains_key(&(workspace, Namespace::User, id.clone()))).collect())
    }
}

#[db_test(migrations = migrations())]
async fn every_operation_asks_for_the_permission_it_names(records: Records) {
    let slice =
        |gate| crate::router(doors(Arc::default(), Arc::new(Acquainted::default()), &records, Arc::default()), gate);
    assert_eq!(check_authorisation(slice).await, [""; 0]);
}
