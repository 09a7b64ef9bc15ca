//! A brand to test with: facts flow through a river of its own, and everybody it takes to ask is known by a word.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use axum::{Router, http::Request};
use bytes::Bytes;
use db::{DbError, Migration, Records, Tx, outbox};
use factlog::{FactLog, Options, sim::SimDisk};
use facts::{Fact, Kind, NamedId};
use kernel::{
    CampaignId, Handle, ManualClock, Partition, RootOwner, Scope, SeededEntropy, StaffId, Timestamp, UnitId,
    WorkspaceId,
};
use parking_lot::Mutex;
use river::{Batch, Digest, Lake, River, Rivers, Stage};
use serde_json::{Value, json};
use web::{
    Actor, Fan, PermissionSet, Principal,
    openapi::assemble,
    testing::{Answer, Client, KnownCallers, KnownFans, staff},
};

use crate::{Campaigns, Counting, Directory, Persons, PortError, Visitors, Wiring};

pub(crate) const BRAND: WorkspaceId = WorkspaceId(1);
/// When it begins.
pub(crate) const NOW: &str = "2026-11-22T08:00:00Z";

/// The tables the slice needs.
pub(crate) fn migrations() -> Vec<Migration> {
    [river::MIGRATIONS, crate::MIGRATIONS].concat()
}

/// Who is who: every id a handle, and all ids of a fact of one person.
#[derive(Default)]
pub(crate) struct Names(Mutex<(BTreeMap<NamedId, Handle>, Partition)>);

#[async_trait]
impl Stage for Names {
    async fn digest(&self, _: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        let (handles, partition) = &mut *self.0.lock();
        for entry in &mut batch.entries {
            let fact = &entry.record.fact;
            let user = fact.user_id.as_ref().map(|user| NamedId::new("user", user.as_str()));
            for id in user.into_iter().chain(fact.ids.iter().cloned()) {
                let next = Handle(handles.len() as u32 + 1);
                let handle = *handles.entry(id).or_insert(next);
                let first = *entry.subject.get_or_insert(handle);
                partition.link(handle, first);
            }
        }
        Ok(())
    }

    async fn recall(&self, _: &Records, _: &mut Batch) -> Result<(), DbError> {
        Ok(())
    }

    fn settled(&self, _: &Batch) {}
}

#[async_trait]
impl Persons for Names {
    async fn within(&self, _: &Tx, _: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, DbError> {
        let partition = &self.0.lock().1;
        let persons: std::collections::BTreeSet<Handle> =
            handles.iter().map(|handle| partition.person(*handle)).collect();
        Ok(persons.into_iter().map(|person| partition.handles(person).collect()).collect())
    }
}

/// Browsers `b1`, `b2` and so on, campaign `spring`, stores 1 and 2, and guide `chen` of store 1.
#[derive(Default)]
pub(crate) struct Town {
    browsers: AtomicU64,
}

#[async_trait]
impl Visitors for Town {
    fn newcomer(&self, _: WorkspaceId) -> (String, NamedId) {
        let token = format!("b{}", self.browsers.fetch_add(1, Ordering::SeqCst) + 1);
        let id = NamedId::new("fan", token.as_str());
        (token, id)
    }

    async fn known(&self, _: WorkspaceId, token: &str) -> Result<Option<NamedId>, PortError> {
        Ok(token.starts_with('b').then(|| NamedId::new("fan", token)))
    }
}

#[async_trait]
impl Campaigns for Town {
    async fn name(&self, _: WorkspaceId, campaign: &CampaignId) -> Result<Option<String>, PortError> {
        Ok((campaign.as_str() == "spring").then(|| "春".to_owned()))
    }

    fn root(&self, _: WorkspaceId, campaign: &CampaignId, owner: &RootOwner) -> Option<(String, Vec<u8>)> {
        let unit = owner.unit.as_ref()?;
        let told = json!({"campaign": campaign, "unit": unit, "spread": "root-token"});
        let fact = Fact::ours(facts::NETWORK, facts::names::SPREAD_STARTED, "s".into(), &told, Timestamp(1)).ok()?;
        Some(("root-token".into(), fact.to_log().ok()?))
    }
}

#[async_trait]
impl Directory for Town {
    async fn units(&self, _: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError> {
        Ok([("store-1", "一店"), ("store-2", "二店")].map(|(id, name)| (id.parse().unwrap(), name.to_owned())).into())
    }

    async fn staff(&self, _: WorkspaceId) -> Result<BTreeMap<StaffId, (String, Option<UnitId>)>, PortError> {
        let of = |id: &str, name: &str, unit: Option<&str>| {
            (id.parse().unwrap(), (name.to_owned(), unit.map(|unit| unit.parse().unwrap())))
        };
        Ok([of("chen", "陈导购", Some("store-1")), of("tester", "测试", None)].into())
    }
}

pub(crate) struct House {
    pub(crate) disk: SimDisk,
    pub(crate) rivers: Arc<Rivers>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) records: Records,
    pub(crate) client: Client,
    _snapshots: tempfile::TempDir,
}

/// What a test is wired to, with nothing behind it.
pub(crate) fn wiring(records: &Records, rivers: Arc<Rivers>, clock: Arc<ManualClock>) -> Wiring {
    let town = Arc::new(Town::default());
    Wiring {
        records: records.clone(),
        rivers,
        visitors: town.clone(),
        campaigns: town.clone(),
        directory: town,
        clock,
        entropy: Arc::new(SeededEntropy::new(7)),
        signal: Arc::default(),
    }
}

impl House {
    pub(crate) fn new(records: &Records) -> Self {
        let (snapshots, rivers) = (tempfile::tempdir().unwrap(), Arc::new(Rivers::default()));
        let (disk, names) = (SimDisk::new(7), Arc::new(Names::default()));
        let log = FactLog::open(Arc::new(disk.clone()), Path::new("log"), Options::default()).unwrap();
        let stages: Vec<Arc<dyn Stage>> = vec![names.clone(), Arc::new(Counting::new(names))];
        let river = River::start(river::Wiring {
            workspace: BRAND,
            log: Arc::new(log),
            lake: Lake::in_memory(BRAND),
            records: records.clone(),
            digest: records.group(Digest::new(stages.clone())),
            stages,
            lives: Vec::new(),
            snapshots: snapshots.path().join("1"),
            snapshot_every: river::SNAPSHOT_EVERY,
            reach: river::Reach::default(),
        });
        rivers.insert(BRAND, Arc::new(river));
        let clock = Arc::new(ManualClock::at(Timestamp::parse(NOW).unwrap()));
        let all = |scope| staff(BRAND, PermissionSet::ALL, scope);
        let own = Principal { unit: "store-1".parse().ok(), ..all(Scope::Own("tester".parse().unwrap())) };
        let other = Principal { workspace: WorkspaceId(2), ..all(Scope::All) };
        let secret = Actor::Key { id: "k".into(), kind: web::KeyKind::Secret };
        let gate = KnownCallers::default()
            .with("all", all(Scope::All))
            .with("one", all(Scope::Units(["store-1".parse().unwrap()].into())))
            .with("own", own)
            .with("key", Principal { actor: secret, ..all(Scope::All) })
            .with("other", other);
        let lin = Fan { workspace: BRAND, subject: NamedId::new("fan", "b900"), signed_in: false };
        let fans = KnownFans::default().with("b900", lin).known();
        let wiring = wiring(records, Arc::clone(&rivers), Arc::clone(&clock));
        let (router, _): (Router, _) = assemble("test", "1", &[crate::TAG], [crate::router(wiring, gate.gate(), fans)]);
        Self { disk, rivers, clock, records: records.clone(), client: Client(router), _snapshots: snapshots }
    }

    /// Makes a link; what is not named is usual.
    pub(crate) async fn link(&self, more: Value) -> Value {
        let mut link = json!({"name": "朋友圈", "target": {"kind": "play", "play": "group-buy"}});
        link.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.client.post("all", "/api/v1/content/links", &link).await;
        assert_eq!(made.status, 201, "{}", made.json);
        made.json
    }

    /// Somebody's browser opens an address.
    pub(crate) async fn browse(&self, path: &str, token: Option<&str>) -> Answer {
        let request = Request::get(path);
        let request = match token {
            Some(token) => request.header("cookie", format!("sl_fan_1={token}")),
            None => request,
        };
        self.client.ask("nobody", request, None).await
    }

    /// Something else happens to somebody.
    pub(crate) async fn tell(&self, event: &str, user: &str, browser: Option<&str>, told: &Value) {
        let at = kernel::Clock::now(&*self.clock);
        let fact = Fact::ours("key:1", event, format!("{event}-{user}-{at}"), told, at).unwrap();
        let ids = browser.iter().map(|browser| NamedId::new("fan", *browser)).collect();
        let fact = Fact { kind: Kind::Track, user_id: Some(user.to_owned()), ids, ..fact };
        let river = self.rivers.get(BRAND).unwrap();
        river.log().append(vec![Bytes::from(fact.to_log().unwrap())]).await.unwrap();
    }

    /// Waits until everything told so far is digested.
    pub(crate) async fn let_happen(&self) {
        let river = self.rivers.get(BRAND).unwrap();
        let end = river.log().end();
        if end.0 > 1 {
            self.rivers.wait_for(BRAND, Some(kernel::Offset(end.0 - 1))).await.unwrap();
        }
    }

    /// Facts that are durable, in order.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let river = self.rivers.get(BRAND).unwrap();
        let read = river.log().read(kernel::Offset::FIRST, 1000, 1 << 20).unwrap();
        read.into_iter().map(|(_, bytes)| Fact::from_log(&bytes).unwrap()).collect()
    }

    /// Facts that wait to be carried.
    pub(crate) async fn outbox(&self) -> Vec<Fact> {
        let items = outbox::pending(self.records.reads(), 0, 100).await.unwrap();
        items.iter().map(|item| Fact::from_log(&item.payload).unwrap()).collect()
    }
}
