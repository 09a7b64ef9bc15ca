//! A workspace to test with: facts flow through a river of its own, and everybody it takes to ask is known by a word.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use bytes::Bytes;
use db::{DbError, Migration, Records, Tx, db_test, outbox};
use factlog::{FactLog, Options, RealDisk};
use facts::{Fact, Kind, Typed};
use kernel::{
    Clock, Handle, ManualClock, Offset, Partition, RootOwner, Scope, SeededEntropy, Timestamp, UnitId, WorkspaceId,
};
use parking_lot::Mutex;
use river::{Batch, Digest, Link, Move, River, Rivers, Stage};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use web::{
    PermissionSet,
    openapi::{assemble, complaints},
    testing::{KnownCallers, check_authorisation, staff},
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
    router: Router,
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
        let (router, _) = assemble("test", "1", &[crate::TAG], [super::router(slice.clone(), gate)]);
        Self { clock, slice, records: records.clone(), names, router, river, told: AtomicU64::new(0), _folder: folder }
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

    pub(crate) async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, Request::get(path), Body::empty()).await
    }

    pub(crate) async fn post(&self, who: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header("content-type", "application/json");
        self.ask(who, request, Body::from(body.to_string())).await
    }

    pub(crate) async fn patch(&self, who: &str, path: &str, body: &Value) -> Answer {
        let request = Request::patch(path).header("content-type", "application/json");
        self.ask(who, request, Body::from(body.to_string())).await
    }

    pub(crate) async fn delete(&self, who: &str, path: &str) -> Answer {
        self.ask(who, Request::delete(path), Body::empty()).await
    }

    async fn ask(&self, who: &str, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = request.header("authorization", format!("Bearer {who}")).body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.expect("a whole answer");
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), bytes, json }
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) bytes: Bytes,
    pub(crate) json: Value,
}

impl Answer {
    /// A field of every item.
    pub(crate) fn each(&self, field: &str) -> Vec<Value> {
        let items = self.json["items"].as_array().unwrap_or_else(|| panic!("items in {}", self.json));
        items.iter().map(|item| item[field].clone()).collect()
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

fn idle(records: Records) -> Wiring {
    let names = Arc::new(Names::default());
    Wiring {
        records,
        rivers: Arc::default(),
        persons: names.clone(),
        directory: names,
        clock: Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000))),
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

const DUE: &str = "/api/v1/reminders?state=due";

#[db_test(migrations = migrations())]
async fn three_months_after_the_fragrance_its_owner_is_reminded_once_and_a_repurchase_moves_it(records: Records) {
    let house = House::new(&records).await;
    let rule = house.rule(fragrance()).await;
    house.customer("lin", json!({"name": "林晓"}), json!({"unit": "store-1", "staff": "guide-1"})).await;
    house.customer("chen", json!({"name": "陈"}), json!({"unit": "store-1"})).await;
    house.buys("lin", "1", "香薰 · 木质调").await;
    house.buys("chen", "2", "地毯").await;
    house.buys("lin", "3", "花束").await;

    // Nothing until the third month is over, then exactly one, at eight in the evening.
    assert_eq!(house.until("2026-11-22T19:59:00+08:00", 43_211).await, 0);
    assert_eq!(house.until("2026-11-22T20:00:00+08:00", 60).await, 1);
    assert_eq!(house.until("2026-11-24T20:00:00+08:00", 3600).await, 0);
    let mine = house.get("guide", &format!("{DUE}&mine=true")).await;
    assert_eq!(mine.json["items"].as_array().map(Vec::len), Some(1), "{}", mine.json);
    let one = &mine.json["items"][0];
    assert_eq!(one["script"], "林晓您好，92天前的香薰快用完了，一店给您留了一瓶。");
    assert_eq!(one["why"]["zh"], "92 天前（8月22日）Order Paid");
    assert_eq!((&one["staff"]["id"], &one["late"]), (&json!("guide-1"), &json!(false)));
    let told = house.outbox().await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].0.as_str(), &told[0].1["person"], &told[0].1["staff"]),
        ("Reminder Due", &json!("p1"), &json!("guide-1"))
    );
    assert!(!told[0].1.to_string().contains("林"), "no personal data: {}", told[0].1);
    house.carry().await;

    // Whoever has nothing to do with it does not see it.
    assert_eq!(house.get("two", DUE).await.each("id").len(), 0);
    let path = format!("/api/v1/reminders/{}", one["id"].as_str().expect("an id"));
    assert_eq!((house.get("two", &path).await.status, house.get("one", &path).await.status), (404, 200));

    // Answered, taken back, answered again.
    let answer = format!("{path}/answer");
    assert_eq!(house.post("two", &answer, &json!({"result": "done"})).await.status, 404);
    let done = house.post("guide", &answer, &json!({"result": "done", "note": "下周来店"})).await;
    assert_eq!((done.status, &done.json["state"], &done.json["note"]), (200, &json!("done"), &json!("下周来店")));
    assert_eq!(house.post("guide", &answer, &json!({"result": "skipped"})).await.status, 409);
    assert_eq!(house.delete("guide", &answer).await.json["state"], "due");
    assert_eq!(house.post("guide", &answer, &json!({"result": "skipped"})).await.json["state"], "skipped");
    let answers: Vec<Value> = house
        .outbox()
        .await
        .into_iter()
        .filter(|(event, _)| event == "Reminder Answered")
        .map(|(_, told)| told["answer"].clone())
        .collect();
    assert_eq!(answers, ["done", "withdrawn", "skipped"]);

    // They buy another one, and a month later one more: the reminder moves, and comes once.
    house.buys("lin", "4", "香薰").await;
    house.until("2026-12-24T20:00:00+08:00", 86_400).await;
    house.buys("lin", "5", "香薰").await;
    assert_eq!(house.until("2027-03-24T19:00:00+08:00", 86_400).await, 0, "not three months after the first");
    assert_eq!(house.until("2027-03-24T20:00:00+08:00", 600).await, 1);
    let told = house.get("all", &format!("/api/v1/reminders?rule={rule}")).await;
    assert_eq!(told.each("state"), ["due", "skipped"]);

    // And one that was told is needless once they have bought again.
    house.buys("lin", "6", "香薰").await;
    assert_eq!(
        house.get("all", &format!("/api/v1/reminders?rule={rule}")).await.each("state"),
        ["overtaken", "skipped"]
    );
    let csv = house.get("all", "/api/v1/reminders?format=csv").await;
    assert!(std::str::from_utf8(&csv.bytes).expect("text").contains("香薰回购"));
}

#[db_test(migrations = migrations())]
async fn nobody_is_disturbed_at_night_and_who_was_away_is_told_late_but_once(records: Records) {
    let house = House::new(&records).await;
    let mut night = fragrance();
    night["at"] = json!("22:30");
    let rule = house.rule(night).await;
    house.customer("lin", json!({"name": "林"}), json!({"unit": "store-1"})).await;
    house.buys("lin", "1", "香薰").await;
    assert_eq!(house.until("2026-11-23T08:59:59+08:00", 43_200).await, 0);
    assert_eq!(house.until("2026-11-23T09:00:00+08:00", 1).await, 1);
    house.carry().await;

    // The process is off for a week over the moment, and comes back at night.
    house.buys("lin", "2", "香薰").await;
    let away = Timestamp::parse("2027-03-02T23:00:00+08:00").expect("a time");
    house.clock.advance_secs(away.micros_since(house.clock.now()) / 1_000_000);
    assert_eq!(house.look().await, 0);
    assert_eq!(house.until("2027-03-03T09:00:00+08:00", 36_000).await, 1);
    assert_eq!(house.until("2027-03-09T09:00:00+08:00", 36_000).await, 0);
    let told = house.outbox().await;
    assert_eq!(
        (told[told.len() - 1].1["late"].clone(), house.get("all", DUE).await.each("late")),
        (json!(true), vec![json!(true)])
    );

    // One that nobody could be told of for more than two weeks is not told any more.
    house.buys("lin", "3", "香薰").await;
    house.clock.advance_secs(86_400 * 120);
    house.look().await;
    let counts = house.get("all", &format!("/api/v1/reminders/rules/{rule}")).await.json["counts"].clone();
    assert_eq!((&counts["missed"], &counts["waiting"]), (&json!(1), &json!(0)), "{counts}");
}

#[db_test(migrations = migrations())]
async fn a_reminder_that_is_called_off_never_comes_and_orders_are_told_apart(records: Records) {
    let house = House::new(&records).await;
    let unpaid = json!({"name": "待付款", "script": "{name}，订单还没付款", "at": "10:00",
        "terms": {"kind": "after", "per": "order", "wait": {"count": 1, "unit": "day"}, "fact": {"event": "Order Placed"},
            "unless": {"event": "Order Paid"}, "repeat": {"every": {"count": 2, "unit": "day"}, "times": 2}}});
    house.rule(unpaid).await;
    let place = async |order: &str| house.tell(Kind::Track, "Order Placed", "lin", json!({"order_id": order})).await;
    place("1").await;
    place("2").await;
    house.buys("lin", "1", "香薰").await;
    assert_eq!(house.until("2026-08-23T10:00:00+08:00", 3600).await, 1);
    assert_eq!(house.get("all", DUE).await.each("order"), ["2"]);
    assert_eq!(house.until("2026-08-25T10:00:00+08:00", 3600).await, 1, "and again after two days");
    house.buys("lin", "2", "花束").await;
    assert_eq!(house.until("2026-09-10T10:00:00+08:00", 3600).await, 0, "paid: no third time");
    assert_eq!(house.get("all", "/api/v1/reminders").await.each("state"), ["overtaken", "overtaken"]);
    assert!(
        house.get("all", "/api/v1/reminders").await.each("why")[0]["zh"]
            .as_str()
            .is_some_and(|why| why.contains("第 2 次"))
    );

    // Three days of absence let a repetition pass: it is not made up for.
    place("3").await;
    house.clock.advance_secs(86_400 * 4);
    assert_eq!((house.look().await, house.look().await), (1, 0));
    assert_eq!(house.until("2026-09-20T10:00:00+08:00", 3600).await, 1, "the third");
}

#[db_test(migrations = migrations())]
async fn a_new_rule_counts_what_was_told_before_and_its_preview_says_so(records: Records) {
    let house = House::new(&records).await;
    house.customer("lin", json!({"name": "林"}), json!({"unit": "store-1"})).await;
    house.customer("he", json!({"name": "何"}), json!({"unit": "store-2"})).await;
    house.buys("lin", "1", "香薰").await;
    house.buys("he", "2", "香薰").await;
    house.clock.advance_secs(86_400 * 70);
    house.buys("he", "3", "香薰").await;

    let preview = house.post("all", "/api/v1/reminders/rules/preview", &fragrance()).await;
    assert_eq!(
        (preview.status, &preview.json["count"], &preview.json["is_exact"]),
        (200, &json!(1), &json!(true)),
        "{}",
        preview.json
    );
    assert_eq!(preview.json["sample"][0]["name"], "林");
    assert_eq!(house.post("two", "/api/v1/reminders/rules/preview", &fragrance()).await.json["count"], 0);
    let rule = house.rule(fragrance()).await;
    assert_eq!(house.get("all", &format!("/api/v1/reminders/rules/{rule}")).await.json["counts"]["waiting"], 2);
    let calendar = house.get("all", "/api/v1/reminders/calendar?days=40").await;
    let busy: Vec<&Value> =
        calendar.json["days"].as_array().expect("days").iter().filter(|day| day["rules"] != json!([])).collect();
    assert_eq!((busy.len(), &busy[0]["date"], &busy[0]["rules"][0]["count"]), (1, &json!("2026-11-22"), &json!(1)));
    assert_eq!(house.until("2026-11-22T20:00:00+08:00", 43_200).await, 1);

    // Set to two months, the one that was told stays told, and what would have fallen due before the change is not told.
    let path = format!("/api/v1/reminders/rules/{rule}");
    let mut terms = fragrance()["terms"].clone();
    terms["wait"]["count"] = json!(1);
    assert_eq!(house.patch("all", &path, &json!({"terms": terms})).await.status, 200);
    assert_eq!(house.until("2026-12-31T20:00:00+08:00", 43_200).await, 1);
    assert_eq!(
        house.get("all", "/api/v1/reminders").await.json["items"].as_array().map(Vec::len),
        Some(2),
        "林's once, 何's once"
    );
    let off = house.patch("all", &path, &json!({"on": false, "name": "停"})).await;
    assert_eq!((&off.json["on"], &off.json["name"]), (&json!(false), &json!("停")));
    assert_eq!(house.delete("all", &path).await.status, 204);
    assert_eq!(
        (house.get("all", &path).await.status, house.get("all", "/api/v1/reminders").await.each("id").len()),
        (404, 0)
    );
}

#[db_test(migrations = migrations())]
async fn birthdays_and_festivals_come_in_time_once_a_year(records: Records) {
    let house = House::new(&records).await;
    let owner = || json!({"unit": "store-1"});
    house.customer("lin", json!({"name": "林", "birthday": "1990-09-01", "mobile": "1", "openid": "o"}), owner()).await;
    house.customer("he", json!({"name": "何", "lunar_birthday": "08-15"}), owner()).await;
    house.customer("xu", json!({"name": "徐", "birthday": "2000-02-29"}), owner()).await;
    let birthday = json!({"name": "生日", "script": "{name}生日快乐", "terms": {"kind": "birthday", "days_before": 3}});
    let moon = json!({"name": "中秋", "script": "{name}，{festival}快乐", "terms":
        {"kind": "festival", "festival": "mid_autumn", "days_before": 1, "audience": "fans"}});
    let preview = house.post("all", "/api/v1/reminders/rules/preview", &birthday).await;
    assert_eq!(preview.json["count"], 1, "only 林's is near: {}", preview.json);
    house.rule(birthday).await;
    house.rule(moon).await;
    assert_eq!(house.until("2026-08-29T09:59:00+08:00", 43_200).await, 0);
    assert_eq!(house.until("2026-08-29T10:00:00+08:00", 60).await, 1);
    let first = house.get("guide", &format!("{DUE}&mine=true")).await;
    assert_eq!(
        (first.each("name"), &first.json["items"][0]["why"]["zh"]),
        (vec![json!("林")], &json!("9月1日生日，还有 3 天"))
    );

    // The Mid-Autumn Festival of 2026 is on 25 September; only fans are wished a good one. 何's birthday is that day.
    assert_eq!(house.until("2026-09-22T10:00:00+08:00", 43_200).await, 1);
    assert_eq!(house.until("2026-09-24T10:00:00+08:00", 43_200).await, 1);
    let told = house.get("all", "/api/v1/reminders").await;
    assert_eq!(told.each("script"), ["林，中秋节快乐", "何生日快乐", "林生日快乐"]);
    let whys = told.each("why");
    assert_eq!(whys[0]["zh"], "9月25日中秋节，还有 1 天");

    // Two of one person: the birthday told last counts, and one reminder comes. The leap day is kept on 28 February.
    house.tell(Kind::Track, "Joined", "xu", json!({"with": "he"})).await;
    assert_eq!(house.until("2027-02-26T10:00:00+08:00", 43_200).await, 1);
    assert_eq!(house.until("2027-08-01T10:00:00+08:00", 43_200).await, 0);
    // Away over the day: good wishes do not come after it.
    let away = Timestamp::parse("2027-09-02T10:00:00+08:00").expect("a time");
    house.clock.advance_secs(away.micros_since(house.clock.now()) / 1_000_000);
    house.look().await;
    let told = house.get("all", "/api/v1/reminders").await;
    assert_eq!(told.each("name").len(), 4, "{}", told.json);
}

#[db_test(migrations = migrations())]
async fn a_manager_sets_rules_for_their_own_stores(records: Records) {
    let house = House::new(&records).await;
    let rules = "/api/v1/reminders/rules";
    let made = house.post("one", rules, &fragrance()).await;
    assert_eq!((made.status, &made.json["units"][0]["id"]), (201, &json!("store-1")), "{}", made.json);
    let whole = house.rule(fragrance()).await;
    assert_eq!(
        (house.get("one", rules).await.each("id").len(), house.get("two", rules).await.each("id").len()),
        (1, 0)
    );
    let path = format!("{rules}/{}", made.json["id"].as_str().expect("an id"));
    assert_eq!((house.get("two", &path).await.status, house.delete("two", &path).await.status), (404, 404));
    assert_eq!(house.get("one", &format!("{rules}/{whole}")).await.status, 404);
    assert_eq!(house.post("guide", rules, &fragrance()).await.status, 403);

    house.customer("lin", json!({"name": "林"}), json!({"unit": "store-1"})).await;
    house.customer("he", json!({"name": "何"}), json!({"unit": "store-2"})).await;
    house.buys("lin", "1", "香薰").await;
    house.buys("he", "2", "香薰").await;
    house.until("2026-11-22T20:00:00+08:00", 43_200).await;
    assert_eq!(house.get("one", DUE).await.each("name"), ["林", "林"]);
    assert_eq!(house.get("two", DUE).await.each("name"), ["何"], "by the rule for everybody");

    for (wrong, field) in [
        (json!({"name": " "}), "name"),
        (json!({"script": "{phone}"}), "script"),
        (json!({"at": "25:00"}), "at"),
        (json!({"quiet_from": "9:00"}), "quiet_from"),
        (json!({"units": ["store-2"]}), "units"),
        (json!({"fallback": "store-2"}), "fallback"),
        (json!({"terms": {"kind": "birthday", "days_before": 61}}), "terms.days_before"),
        (
            json!({"terms": {"kind": "after", "fact": {"event": ""}, "wait": {"count": 1, "unit": "day"}}}),
            "terms.fact.event",
        ),
        (
            json!({"terms": {"kind": "after", "fact": {"event": "x"}, "wait": {"count": 0, "unit": "day"}}}),
            "terms.wait",
        ),
    ] {
        let mut draft = fragrance();
        draft.as_object_mut().expect("a draft").extend(wrong.as_object().expect("fields").clone());
        let refused = house.post("one", rules, &draft).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)), "{}", refused.json);
    }
}
