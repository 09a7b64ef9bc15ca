//! A workspace to test with: facts flow through a river of its own, and everybody it takes to ask is known by a word.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use db::{DbError, Migration, Records, Tx, outbox};
use factlog::{FactLog, Options, RealDisk};
use facts::{Fact, Kind, Typed};
use kernel::{
    Clock, Handle, ManualClock, Offset, Partition, RootOwner, Scope, SeededEntropy, Timestamp, UnitId, WorkspaceId,
};
use parking_lot::Mutex;
use river::{Batch, Digest, Link, Move, River, Rivers, Stage};
use serde_json::{Value, json};
use tempfile::TempDir;
use web::{
    PermissionSet,
    openapi::assemble,
    testing::{Client, KnownCallers, staff},
};

use crate::{Colleague, Directory, Hearing, Persons, PortError, Slice, Wiring, model::Audience};

pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId(1);

/// The tables the slice needs.
pub(crate) fn migrations() -> Vec<Migration> {
    [river::MIGRATIONS, crate::MIGRATIONS].concat()
}

/// Who is who, as simple as it can be: every id a handle; `Joined` and `Parted` put persons together and apart.
#[derive(Default)]
pub(crate) struct Names(Mutex<Known>);

#[derive(Default)]
struct Known {
    handles: BTreeMap<String, Handle>,
    partition: Partition,
    names: BTreeMap<Handle, String>,
    fans: BTreeSet<Handle>,
    owners: BTreeMap<Handle, RootOwner>,
}

impl Known {
    fn handle(&mut self, user: &str) -> Handle {
        let next = Handle(self.handles.len() as u32 + 1);
        *self.handles.entry(user.to_owned()).or_insert(next)
    }

    fn digest(&mut self, batch: &mut Batch) {
        for entry in &mut batch.entries {
            let (fact, offset) = (&entry.record.fact, entry.record.offset);
            entry.subject = fact.user_id.as_deref().map(|user| self.handle(user));
            let Some(subject) = entry.subject else { continue };
            let told: Value = serde_json::from_str(fact.properties.get()).expect("JSON");
            match fact.event.as_str() {
                "Joined" => {
                    let into = self.handle(told["with"].as_str().expect("with whom"));
                    self.partition.link(subject, into);
                    batch.links.push(Link { offset, handle: subject, into });
                }
                "Parted" => {
                    let handles: Vec<Handle> = self.partition.handles(subject).collect();
                    let moves: Vec<(Handle, Handle)> = handles.iter().map(|handle| (*handle, *handle)).collect();
                    self.partition.regroup(&moves);
                    let to = |(handle, person)| Move { offset, handle, person };
                    batch.moves.extend(moves.into_iter().map(to));
                }
                _ => {}
            }
            if let Typed::Identified(known) = &entry.record.typed {
                self.names.extend(known.name.clone().map(|name| (subject, name)));
                if known.phone.is_some() && known.wechat.is_some() {
                    self.fans.insert(subject);
                }
            }
            if let Typed::SpreadStarted(started) = &entry.record.typed {
                self.owners.insert(subject, started.owner.clone());
            }
        }
    }

    fn persons(&self, handles: &[Handle]) -> Vec<Vec<Handle>> {
        let persons: BTreeSet<Handle> = handles.iter().map(|handle| self.partition.person(*handle)).collect();
        let sorted = |person: Handle| {
            let mut handles: Vec<Handle> = self.partition.handles(person).collect();
            handles.sort_unstable();
            handles
        };
        persons.into_iter().map(sorted).collect()
    }
}

#[async_trait]
impl Stage for Names {
    async fn digest(&self, _: &Tx, batch: &mut Batch) -> Result<(), DbError> {
        self.0.lock().digest(batch);
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
        Ok(self.0.lock().persons(handles))
    }
}

#[async_trait]
impl Directory for Names {
    async fn persons(&self, _: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, PortError> {
        Ok(self.0.lock().persons(handles))
    }

    fn owners(&self, _: WorkspaceId, people: &[Handle]) -> Vec<RootOwner> {
        let known = self.0.lock();
        let owner = |handle: &Handle| {
            known.partition.handles(*handle).find_map(|handle| known.owners.get(&handle).cloned()).unwrap_or_default()
        };
        people.iter().map(owner).collect()
    }

    async fn names(&self, _: WorkspaceId, handles: &[Handle]) -> Result<BTreeMap<Handle, String>, PortError> {
        let known = self.0.lock();
        Ok(handles.iter().filter_map(|handle| Some((*handle, known.names.get(handle)?.clone()))).collect())
    }

    async fn audience(
        &self,
        _: WorkspaceId,
        audience: Audience,
        after: Handle,
        limit: usize,
    ) -> Result<(Vec<Handle>, Option<Handle>), PortError> {
        let known = self.0.lock();
        let all = known.names.keys().copied().filter(|handle| *handle > after);
        let fits = all.filter(|handle| audience != Audience::Fans || known.fans.contains(handle));
        let page: Vec<Handle> = fits.take(limit).collect();
        let next = page.last().copied().filter(|_| page.len() == limit);
        Ok((page, next))
    }

    async fn staff(&self, _: WorkspaceId) -> Result<Vec<Colleague>, PortError> {
        let colleague = |id: &str, unit: Option<&str>| Colleague {
            id: id.parse().expect("an id"),
            name: format!("员工 {id}"),
            unit: unit.map(|unit| unit.parse().expect("an id")),
        };
        Ok(vec![colleague("guide-1", Some("store-1")), colleague("tester", None)])
    }

    async fn units(&self, _: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError> {
        let unit = |id: &str, name: &str| (id.parse().expect("an id"), name.to_owned());
        Ok([unit("store-1", "一店"), unit("store-2", "二店")].into())
    }
}

/// The slice, wired to a workspace of its own.
pub(crate) struct House {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) slice: Slice,
    pub(crate) records: Records,
    names: Arc<Names>,
    client: Client,
    river: Arc<River>,
    told: AtomicU64,
    _folder: TempDir,
}

impl House {
    /// Begins at ten in the morning of 22 August 2026 in Shanghai.
    pub(crate) async fn new(records: &Records) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::at(Timestamp::parse("2026-08-22T10:00:00+08:00").expect("a time")));
        let (names, rivers) = (Arc::new(Names::default()), Rivers::default());
        let log = FactLog::open(Arc::new(RealDisk), &folder.path().join("log"), Options::default()).expect("a log");
        let stages: Vec<Arc<dyn Stage>> = vec![names.clone(), Arc::new(Hearing::new(names.clone()))];
        let river = Arc::new(River::start(river::Wiring {
            workspace: WORKSPACE,
            log: Arc::new(log),
            lake: river::Lake::in_memory(WORKSPACE),
            records: records.clone(),
            digest: records.group(Digest::new(stages.clone())),
            stages,
            lives: Vec::new(),
            snapshots: folder.path().join("live"),
            snapshot_every: river::SNAPSHOT_EVERY,
            reach: river::Reach::default(),
        }));
        rivers.insert(WORKSPACE, Arc::clone(&river));
        let caller = |scope| staff(WORKSPACE, PermissionSet::ALL, scope);
        let units = |ids: &[&str]| Scope::Units(ids.iter().map(|id| id.parse().expect("an id")).collect());
        let mut guide = caller(Scope::Own("guide-1".parse().expect("an id")));
        guide.actor = web::Actor::Staff("guide-1".parse().expect("an id"));
        guide.unit = Some("store-1".parse().expect("an id"));
        let gate = KnownCallers::default()
            .with("all", caller(Scope::All))
            .with("one", caller(units(&["store-1"])))
            .with("two", caller(units(&["store-2"])))
            .with("guide", guide)
            .gate();
        let slice = Slice::new(Wiring {
            records: records.clone(),
            rivers: Arc::new(rivers),
            persons: names.clone(),
            directory: names.clone(),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            signal: Arc::default(),
        });
        let (router, _) = assemble("test", "1", &[crate::TAG], [crate::http::router(slice.clone(), gate)]);
        Self {
            clock,
            slice,
            records: records.clone(),
            names,
            client: Client(router),
            river,
            told: AtomicU64::new(0),
            _folder: folder,
        }
    }

    /// The same house after the process began anew: nothing is remembered but what was stored.
    pub(crate) fn restarted(mut self) -> Self {
        let Slice { records, rivers, directory, clock, entropy, signal, .. } = self.slice;
        let wiring = Wiring { records, rivers, persons: self.names.clone(), directory, clock, entropy, signal };
        self.slice = Slice::new(wiring);
        self
    }

    /// The river of the workspace.
    pub(crate) fn river(&self) -> &River {
        &self.river
    }

    /// Tells a fact about somebody, now, and waits until it is digested.
    pub(crate) async fn tell(&self, kind: Kind, event: &str, user: &str, told: Value) -> Offset {
        self.tell_at(self.clock.now(), kind, event, user, told).await
    }

    /// The same of another time.
    pub(crate) async fn tell_at(&self, at: Timestamp, kind: Kind, event: &str, user: &str, told: Value) -> Offset {
        let number = self.told.fetch_add(1, Ordering::SeqCst);
        let fact = Fact {
            source: "test".to_owned(),
            message_id: number.to_string(),
            kind,
            event: event.to_owned(),
            user_id: Some(user.to_owned()),
            anonymous_id: None,
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
        self.river.wait_for(Some(offset), Duration::from_secs(60)).await.expect("digested");
        offset
    }

    /// `user` bought something.
    pub(crate) async fn buys(&self, user: &str, order: &str, product: &str) -> Offset {
        let told = json!({"order_id": order, "amount_minor": 19_900, "items": [{"name": product}]});
        self.tell(Kind::Track, "Order Paid", user, told).await
    }

    /// `user` is called this, and stands under the root of a member of staff, or of a store.
    pub(crate) async fn customer(&self, user: &str, traits: Value, owner: Value) {
        self.tell(Kind::Identify, "identify", user, traits).await;
        let mut told = owner;
        told["campaign"] = json!("c");
        self.tell(Kind::Track, "Spread Started", user, told).await;
    }

    /// Sets a rule, and lets it count what was told before.
    pub(crate) async fn rule(&self, rule: Value) -> String {
        let made = self.post("all", "/api/v1/reminders/rules", &rule).await;
        assert_eq!(made.status, 201, "{}", made.json);
        self.look().await;
        made.json["id"].as_str().expect("an id").to_owned()
    }

    /// Tells what fell due by now; how many.
    pub(crate) async fn look(&self) -> usize {
        self.slice.look(WORKSPACE).await.expect("looked")
    }

    /// Moves the clock to an instant, looking every `step` seconds, as the server does. How many were dealt with.
    pub(crate) async fn until(&self, at: &str, step: i64) -> usize {
        let end = Timestamp::parse(at).expect("a time");
        let mut dealt = 0;
        while self.clock.now() < end {
            self.clock.advance_secs(step.min(end.micros_since(self.clock.now()) / 1_000_000));
            dealt += self.look().await;
        }
        dealt
    }

    /// The facts that wait in the outbox, by name and properties.
    pub(crate) async fn outbox(&self) -> Vec<(String, Value)> {
        let waiting = outbox::pending(self.records.reads(), 0, 1000).await.expect("the outbox");
        let read = |payload: &[u8]| {
            let fact = Fact::from_log(payload).expect("a fact");
            assert_eq!(fact.source, facts::JOURNEY);
            (fact.event, serde_json::from_str(fact.properties.get()).expect("JSON"))
        };
        waiting.iter().map(|item| read(&item.payload)).collect()
    }

    /// Carries what waits in the outbox to the log.
    pub(crate) async fn carry(&self) {
        let waiting = outbox::pending(self.records.reads(), 0, 1000).await.expect("the outbox");
        let payloads = waiting.into_iter().map(|item| Bytes::from(item.payload)).collect();
        let offsets = self.river.log().append(payloads).await.expect("appended");
        let last = Offset(offsets.end.0 - 1);
        self.river.wait_for(Some(last), Duration::from_secs(60)).await.expect("digested");
    }
}

/// It is asked over HTTP.
impl Deref for House {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Three months after a home fragrance, unless another was bought.
pub(crate) fn fragrance() -> Value {
    json!({
        "name": "香薰回购",
        "terms": {"kind": "after", "wait": {"count": 3, "unit": "month"},
            "fact": {"event": "Order Paid", "filters": [{"property": "items.name", "test": "contains", "value": "香薰"}]}},
        "script": "{name}您好，{days}天前的香薰快用完了，{store}给您留了一瓶。",
        "at": "20:00",
    })
}
