//! A workspace to test with: facts flow through a river of its own, and everybody it takes to ask is known by a word.

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{Arc, atomic::AtomicU64, atomic::Ordering},
    time::Duration,
};

use async_trait::async_trait;
use axum::{Router, http::Request};
use bytes::Bytes;
use db::{DbError, Migration, Records, Tx, db_test, outbox};
use factlog::{FactLog, Options, RealDisk};
use facts::{Fact, Identified, Kind, Namespace, Typed, WhoKey};
use kernel::{Handle, ManualClock, Offset, Scope, SeededEntropy, Timestamp, UnitId, WorkspaceId};
use parking_lot::Mutex;
use river::{Batch, Digest, Link, River, Rivers, Stage};
use serde_json::{Value, json};
use tempfile::TempDir;
use web::{
    PermissionSet,
    openapi::{assemble, complaints},
    testing::{Answer, Client, KnownCallers, check_authorisation, staff},
};

use crate::{Colleague, Directory, Networks, PortError, Profile, Recognising, Wiring};

const WORKSPACE: WorkspaceId = WorkspaceId(1);
/// When the tests begin: 2026-09-21.
pub(super) const START: Timestamp = Timestamp::from_secs(1_790_000_000);

/// The tables the slice needs.
pub(super) fn migrations() -> Vec<Migration> {
    [river::MIGRATIONS, crate::MIGRATIONS].concat()
}

/// Who is who, as simple as it can be: every id a handle, a browser joins the first user id beside it.
#[derive(Default)]
struct Names(Mutex<Known>);

#[derive(Default)]
struct Known {
    handles: BTreeMap<(Namespace, String), Handle>,
    links: BTreeMap<Handle, Handle>,
    profiles: BTreeMap<Handle, Identified>,
}

impl Known {
    fn handle(&mut self, key: WhoKey<'_>) -> Handle {
        let next = Handle(self.handles.len() as u32 + 1);
        *self.handles.entry((key.namespace, key.value.to_owned())).or_insert(next)
    }

    fn digest(&mut self, batch: &mut Batch) {
        for entry in &mut batch.entries {
            let (fact, offset) = (&entry.record.fact, entry.record.offset);
            entry.subject = fact.subject().map(|key| self.handle(key));
            let token = |value| WhoKey { namespace: Namespace::Spread, value };
            let mut joins = vec![fact.anonymous_key().zip(fact.user_key())];
            match &entry.record.typed {
                Typed::SpreadOpened(hop) => entry.sharer = Some(self.handle(hop.sharer.key())),
                Typed::SpreadShared(shared) => joins.push(Some(token(&shared.spread)).zip(fact.subject())),
                Typed::Identified(known) => {
                    let subject = entry.subject.expect("somebody let us know");
                    self.profiles.insert(subject, known.clone());
                }
                _ => {}
            }
            for (handle, into) in joins.into_iter().flatten() {
                let (handle, into) = (self.handle(handle), self.handle(into));
                if self.links.insert(handle, into).is_none() {
                    batch.links.push(Link { offset, handle, into });
                }
            }
        }
    }
}

#[async_trait]
impl Stage for Names {
    async fn digest(&self, _: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        self.0.lock().digest(batch);
        Ok(())
    }

    async fn recall(&self, _: &Records, batch: &mut Batch) -> Result<(), DbError> {
        self.0.lock().digest(batch);
        Ok(())
    }

    fn settled(&self, _: &Batch) {}
}

#[async_trait]
impl Directory for Names {
    async fn find(&self, _: WorkspaceId, key: WhoKey<'_>) -> Result<Option<Handle>, PortError> {
        Ok(self.0.lock().handles.get(&(key.namespace, key.value.to_owned())).copied())
    }

    async fn profiles(&self, _: WorkspaceId, handles: &[Handle]) -> Result<Vec<Profile>, PortError> {
        let known = self.0.lock();
        let profile = |handle: &Handle| Some(Profile { handle: *handle, known: known.profiles.get(handle)?.clone() });
        Ok(handles.iter().filter_map(profile).collect())
    }

    async fn staff(&self, _: WorkspaceId) -> Result<Vec<Colleague>, PortError> {
        let colleague = |id: &str, unit: Option<&str>| Colleague {
            id: id.parse().expect("an id"),
            name: format!("员工 {id}"),
            unit: unit.map(|unit| unit.parse().expect("an id")),
        };
        Ok(vec![colleague("keeper-1", Some("store-1")), colleague("tester", None)])
    }

    async fn units(&self, _: WorkspaceId) -> Result<Arc<BTreeMap<UnitId, String>>, PortError> {
        let unit = |id: &str, name: &str| (id.parse().expect("an id"), name.to_owned());
        Ok(Arc::new([unit("store-1", "一店"), unit("store-2", "二店")].into()))
    }

    async fn cities(&self, _: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError> {
        Ok([("store-1".parse().expect("an id"), "杭州".to_owned())].into())
    }

    async fn who_lives_in(&self, _: WorkspaceId, city: &str) -> Result<Vec<Handle>, PortError> {
        let known = self.0.lock();
        let lives = |known: &Identified| known.city.as_deref() == Some(city);
        Ok(known.profiles.iter().filter(|(_, known)| lives(known)).map(|(handle, _)| *handle).collect())
    }

    /// There is one tag, which everybody bears whose name says so.
    async fn who_wears(&self, _: WorkspaceId, tag: &str) -> Result<Option<Vec<Handle>>, PortError> {
        let known = self.0.lock();
        let wears = |known: &Identified| known.name.as_deref().is_some_and(|name| name.contains('茶'));
        let wearers = known.profiles.iter().filter(|(_, known)| wears(known)).map(|(handle, _)| *handle).collect();
        Ok((tag == "tg_tea").then_some(wearers))
    }
}

/// The slice, wired to a workspace of its own.
pub(super) struct House {
    pub(super) clock: Arc<ManualClock>,
    client: Client,
    river: Arc<River>,
    networks: Arc<Networks>,
    records: Records,
    told: AtomicU64,
    _folder: TempDir,
}

impl House {
    pub(super) async fn new(records: &Records) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::at(START));
        let (names, networks, rivers) = (Arc::new(Names::default()), Arc::new(Networks::default()), Rivers::default());
        let log = FactLog::open(Arc::new(RealDisk), &folder.path().join("log"), Options::default()).expect("a log");
        let stages: Vec<Arc<dyn Stage>> = vec![names.clone()];
        let river = Arc::new(River::start(river::Wiring {
            workspace: WORKSPACE,
            log: Arc::new(log),
            lake: river::Lake::in_memory(WORKSPACE),
            records: records.clone(),
            digest: records.group(Digest::new(stages.clone())),
            stages,
            lives: vec![networks.open(WORKSPACE)],
            snapshots: folder.path().join("live"),
            snapshot_every: river::SNAPSHOT_EVERY,
            reach: river::Reach::default(),
        }));
        rivers.insert(WORKSPACE, Arc::clone(&river));
        let units = |ids: &[&str]| Scope::Units(ids.iter().map(|id| id.parse().expect("an id")).collect());
        let caller = |scope| staff(WORKSPACE, PermissionSet::ALL, scope);
        let gate = KnownCallers::default()
            .with("all", caller(Scope::All))
            .with("one", caller(units(&["store-1"])))
            .with("two", caller(units(&["store-2"])))
            .with("both", caller(units(&["store-1", "store-2"])))
            .with("own", caller(Scope::Own("tester".parse().expect("an id"))))
            .gate();
        let wiring = Wiring {
            records: records.clone(),
            rivers: Arc::new(rivers),
            networks: Arc::clone(&networks),
            directory: names,
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            signal: Arc::default(),
        };
        let (router, _) = assemble("test", "1", &[crate::TAG], [crate::router(wiring, gate)]);
        let (records, told) = (records.clone(), AtomicU64::new(0));
        Self { clock, client: Client(router), river, networks, records, told, _folder: folder }
    }

    /// Tells a fact, a minute after the one before, and waits until it is folded. Gives its offset.
    pub(super) async fn tell(&self, kind: Kind, event: &str, who: (Option<&str>, Option<&str>), told: Value) -> u64 {
        let number = self.told.fetch_add(1, Ordering::SeqCst);
        let at = START.plus_secs(60 * i64::try_from(number).expect("a small number"));
        let fact = Fact {
            source: "test".to_owned(),
            message_id: number.to_string(),
            kind,
            event: event.to_owned(),
            user_id: who.0.map(str::to_owned),
            anonymous_id: who.1.map(str::to_owned),
            ids: Vec::new(),
            timestamp: at,
            original_timestamp: None,
            sent_at: None,
            received_at: at,
            properties: serde_json::value::to_raw_value(&told).expect("JSON"),
            context: None,
        };
        let record = Bytes::from(fact.to_log().expect("a fact"));
        let offset = self.river.log().append(vec![record]).await.expect("appended").start;
        self.river.wait_for(Some(offset), Duration::from_secs(60)).await.expect("folded");
        offset.0
    }

    /// `user` lights the fire of a unit.
    pub(super) async fn root(&self, campaign: &str, user: &str, unit: &str) -> u64 {
        let told = json!({"campaign": campaign, "unit": unit});
        self.tell(Kind::Track, "Spread Started", (Some(user), None), told).await
    }

    /// `receiver` opens what `sharer` shared.
    pub(super) async fn open(&self, campaign: &str, receiver: &str, sharer: &str) -> u64 {
        let told = json!({"campaign": campaign, "sharer_id": sharer});
        self.tell(Kind::Track, "Spread Opened", (Some(receiver), None), told).await
    }

    /// `user` lets us know something of themselves.
    pub(super) async fn identify(&self, user: &str, traits: Value) -> u64 {
        self.tell(Kind::Identify, "identify", (Some(user), None), traits).await
    }

    /// Carries what waits in the outbox to the log, and waits until it is folded.
    pub(super) async fn carry(&self) {
        let waiting = outbox::pending(self.records.reads(), 0, 1000).await.expect("the outbox");
        let payloads = waiting.into_iter().map(|item| Bytes::from(item.payload)).collect();
        let offsets = self.river.log().append(payloads).await.expect("appended");
        let last = Offset(offsets.end.0 - 1);
        self.river.wait_for(Some(last), Duration::from_secs(60)).await.expect("folded");
    }

    /// Closes the tasks whose targets came.
    pub(super) async fn recognise(&self) {
        let recognising =
            Recognising::new(&self.records, Arc::clone(&self.networks), Arc::default(), self.clock.clone());
        recognising.look(WORKSPACE, &self.networks.open(WORKSPACE)).await;
    }

    /// Asks with one header more.
    pub(super) async fn get_with(&self, who: &str, path: &str, name: &str, value: &str) -> Answer {
        self.client.ask(who, Request::get(path).header(name, value), None).await
    }
}

/// It is asked over HTTP.
impl Deref for House {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// A slice to which nothing happens.
fn idle(records: Records) -> Wiring {
    Wiring {
        records,
        rivers: Arc::default(),
        networks: Arc::default(),
        directory: Arc::new(Names::default()),
        clock: Arc::new(ManualClock::at(START)),
        entropy: Arc::new(SeededEntropy::new(1)),
        signal: Arc::default(),
    }
}

#[db_test(migrations = migrations())]
async fn every_endpoint_asks_for_the_permission_it_names(records: Records) {
    assert_eq!(check_authorisation(|gate| crate::router(idle(records), gate)).await, [""; 0]);
}

#[db_test(migrations = migrations())]
async fn the_document_is_complete(records: Records) {
    let gate = KnownCallers::default().gate();
    let (_, api): (Router, _) = assemble("test", "1", &[crate::TAG], [crate::router(idle(records), gate)]);
    assert_eq!(complaints(&api), [""; 0]);
}

#[db_test(migrations = migrations())]
async fn what_is_not_there_is_not_there_for_anybody(records: Records) {
    let house = House::new(&records).await;
    house.root("spring", "m1", "store-1").await;
    let next = Offset(house.open("spring", "a", "m1").await).next();
    for who in ["all", "one", "own"] {
        for path in [
            "/api/v1/campaigns/none/cascade",
            "/api/v1/campaigns/none/kocs",
            "/api/v1/campaigns/none/picture",
            "/api/v1/campaigns/spring/kocs?root=p2",
            "/api/v1/campaigns/spring/picture?root=p99",
            "/api/v1/persons/p99/network",
            "/api/v1/persons/user:nobody/network",
            "/api/v1/persons/spread:token/network",
            "/api/v1/network/paths?from=p98&to=p99",
            "/api/v1/network/paths?from=p1&to=p99",
            "/api/v1/network/paths?from=p1&to=p2&avoid=p99",
            "/api/v1/reach/tasks/none",
            "/api/v1/reach/plans/none",
        ] {
            let answer = house.get(who, path).await;
            assert_eq!((answer.status, &answer.json["code"]), (404, &json!("not_found")), "{who} {path}");
        }
    }
    let told = house.get("all", "/api/v1/campaigns/spring/cascade?wait_offset=2").await;
    assert_eq!((told.status, &told.json["offset"]), (200, &json!(next.0)));
}
