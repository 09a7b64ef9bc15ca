//! Deciding who is who, as staff do it: what waits, what an answer would do, deciding, and taking it back.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::http::Request;
use bytes::Bytes;
use db::{Records, db_test, outbox};
use factlog::{FactLog, Options, RealDisk};
use facts::{Fact, names};
use identity::{Circles, Customers, People, PortError, Standing, TimelinePage, Timelines, Wiring};
use kernel::{CampaignId, Handle, ManualClock, Offset, Scope, SeededEntropy, Timestamp, WorkspaceId};
use river::{Digest, River, Rivers, Stage};
use serde_json::{Value, json};
use tempfile::TempDir;
use web::{
    PermissionSet,
    openapi::assemble,
    testing::{Client, KnownCallers, staff},
};

use crate::support::{BRAND, Told, bound, identified, key, migrations, seen};

/// Nobody has a place anywhere.
struct Nowhere;

#[async_trait]
impl Circles for Nowhere {
    fn within(&self, _: WorkspaceId, _: &Scope) -> Vec<Handle> {
        Vec::new()
    }

    async fn standings(&self, _: WorkspaceId, _: &Scope, persons: &[Handle]) -> Result<Vec<Standing>, PortError> {
        Ok(vec![Standing::default(); persons.len()])
    }

    fn campaigns(&self, _: WorkspaceId, _: &[Handle]) -> Vec<CampaignId> {
        Vec::new()
    }

    async fn actors(&self, _: WorkspaceId) -> Result<BTreeMap<String, String>, PortError> {
        Ok([("staff:tester".to_owned(), "陈宇".to_owned())].into())
    }
}

#[async_trait]
impl Timelines for Nowhere {
    async fn page(&self, _: WorkspaceId, _: TimelinePage) -> Result<Vec<(Offset, Fact)>, PortError> {
        Ok(Vec::new())
    }
}

/// A desk at which somebody decides, and the river that learns of it.
struct Desk {
    records: Records,
    people: People,
    river: Arc<River>,
    client: Client,
    told: u64,
    carried: i64,
    _folder: TempDir,
}

impl Desk {
    fn new(records: &Records) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = FactLog::open(Arc::new(RealDisk), &folder.path().join("log"), Options::default()).unwrap();
        let people = People::new(records.clone());
        let stages: Vec<Arc<dyn Stage>> = vec![people.stage()];
        let river = Arc::new(River::start(river::Wiring {
            workspace: BRAND,
            log: Arc::new(log),
            lake: river::Lake::in_memory(BRAND),
            records: records.clone(),
            digest: records.group(Digest::new(stages.clone())),
            stages,
            lives: Vec::new(),
            snapshots: folder.path().join("live"),
            snapshot_every: river::SNAPSHOT_EVERY,
            reach: river::Reach::default(),
        }));
        let rivers = Rivers::default();
        rivers.insert(BRAND, Arc::clone(&river));
        let circles = Arc::new(Nowhere);
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_790_000_000)));
        let entropy = Arc::new(SeededEntropy::new(1));
        let customers = Customers::new(records, None, clock.clone(), entropy.clone(), Arc::default());
        let wiring = Wiring {
            people: people.clone(),
            rivers: Arc::new(rivers),
            circles: circles.clone(),
            timelines: circles,
            customers,
            clock,
            entropy,
            signal: Arc::default(),
        };
        let gate = KnownCallers::default().with("boss", staff(BRAND, PermissionSet::ALL, Scope::All)).gate();
        let (router, _) = assemble("test", "1", &[identity::TAG], [identity::router(wiring, gate)]);
        Self { records: records.clone(), people, river, client: Client(router), told: 0, carried: 0, _folder: folder }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&Value>, key: Option<&str>) -> (u16, String) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = self.client.ask("boss", request, body).await;
        (answer.status, String::from_utf8(answer.bytes.to_vec()).unwrap())
    }

    async fn read(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, body) = self.ask("POST", path, Some(body), None).await;
        (status, serde_json::from_str(&body).unwrap_or_default())
    }

    async fn preview(&self, decide: Value) -> Value {
        let (status, body) = self.post("/api/v1/identity/preview", &json!({"decide": decide})).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Decides, and carries the decision out. Answers its id.
    async fn decide(&mut self, decide: Value) -> String {
        let asked = json!({"decide": decide, "reason": "到店核实"});
        let (status, body) = self.post("/api/v1/identity/decisions", &asked).await;
        assert_eq!(status, 202, "{body}");
        self.carry().await;
        body["decision"].as_str().unwrap().to_owned()
    }

    async fn append(&self, facts: Vec<Bytes>) {
        let offsets = self.river.log().append(facts).await.unwrap();
        self.river.wait_for(Some(Offset(offsets.end.0 - 1)), Duration::from_secs(60)).await.unwrap();
    }

    /// What waits in the outbox is digested.
    async fn carry(&mut self) {
        let waiting = outbox::pending(self.records.reads(), self.carried, 100).await.unwrap();
        self.carried = waiting.last().map_or(self.carried, |item| item.id);
        self.append(waiting.into_iter().map(|item| Bytes::from(item.payload)).collect()).await;
    }

    async fn tell(&mut self, told: &[Told]) {
        let mut facts = Vec::new();
        for told in told {
            self.told += 1;
            facts.push(Bytes::from(told.fact(self.told).to_log().unwrap()));
        }
        self.append(facts).await;
    }

    /// The handles of the person an id belongs to.
    async fn whole(&self, id: &str) -> Vec<u32> {
        let handle = self.people.find(BRAND, key(id)).await.unwrap().unwrap();
        let handles = self.people.handles(BRAND, handle).await.unwrap();
        handles.into_iter().map(|handle| handle.0).collect()
    }

    async fn conflicts(&self, state: &str) -> Vec<Value> {
        let list = self.read(&format!("/api/v1/identity/conflicts?state={state}")).await;
        list["items"].as_array().unwrap().clone()
    }
}

fn each(people: &Value, name: &str) -> Vec<Value> {
    people.as_array().unwrap().iter().map(|person| person[name].clone()).collect()
}

const PHONE: &[&str] = &["phone=17000000001"];

async fn reassigned(records: &Records) -> Desk {
    let mut desk = Desk::new(records);
    desk.tell(&[
        identified("u1+a1", r#"{"name":"林晓"}"#),
        seen("u1").with(PHONE),
        identified("u2", r#"{"name":"赵敏"}"#),
        seen("u2").with(PHONE),
    ])
    .await;
    desk
}

#[db_test(migrations = migrations())]
async fn a_phone_that_got_a_new_owner_is_looked_at_moved_and_moved_back(records: Records) {
    let mut desk = reassigned(&records).await;
    let open = desk.conflicts("open").await;
    assert_eq!(open.len(), 1);
    let (id, one, other) = (open[0]["id"].clone(), &open[0]["one"], &open[0]["other"]);
    assert_eq!((&one["namespace"], &one["value"], &one["name"]), (&json!("phone"), &json!("17****01"), &json!("林晓")));
    assert_eq!((&other["namespace"], &other["name"]), (&json!("user"), &json!("赵敏")));
    assert_eq!((&open[0]["reason"], &open[0]["offset"]), (&json!("two_logins"), &json!(4)));

    let answer = |answer: &str| json!({"what": "conflict", "conflict": id, "answer": answer});
    let merged = desk.preview(answer("merge")).await;
    assert_eq!(
        (each(&merged["before"], "ids_total"), each(&merged["after"], "ids_total")),
        (vec![json!(3), json!(1)], vec![json!(4)])
    );
    assert_eq!(each(&merged["after"], "facts"), [json!(4)]);
    let apart = desk.preview(answer("apart")).await;
    assert_eq!((&apart["changes"], each(&apart["after"], "ids_total")), (&json!(false), vec![json!(3), json!(1)]));
    let moved = desk.preview(answer("move")).await;
    assert_eq!(each(&moved["after"], "name"), [json!("林晓"), json!("赵敏")]);
    assert_eq!(each(&moved["after"], "ids_total"), [json!(2), json!(2)]);
    assert_eq!(desk.whole("u2").await, [4], "looking changes nothing");

    let decision = desk.decide(answer("move")).await;
    assert_eq!((desk.whole("u1").await, desk.whole("u2").await), (vec![1, 2], vec![3, 4]));
    assert_eq!(
        (desk.conflicts("open").await.len(), desk.conflicts("decided").await[0]["state"].clone()),
        (0, json!("moved"))
    );
    let told = desk.read("/api/v1/identity/decisions").await;
    let first = &told["items"][0];
    assert_eq!((&first["what"], &first["state"], &first["by_name"]), (&json!("split"), &json!("done"), &json!("陈宇")));

    let back = json!({"what": "take_back", "decision": decision});
    let foreseen = desk.preview(back.clone()).await;
    assert_eq!(each(&foreseen["after"], "ids_total"), [json!(3), json!(1)]);
    assert_eq!(desk.decide(back.clone()).await, decision);
    assert_eq!((desk.whole("u1").await, desk.whole("u2").await), (vec![1, 2, 3], vec![4]));
    assert_eq!(desk.conflicts("open").await.len(), 1, "it waits again");
    assert_eq!(desk.read("/api/v1/identity/decisions").await["items"][0]["state"], "taken_back");
    let again = desk.post("/api/v1/identity/decisions", &json!({"decide": back, "reason": "x"})).await;
    assert_eq!(again.0, 409);
}

#[db_test(migrations = migrations())]
async fn a_conflict_that_is_merged_is_settled_and_waits_again_when_that_is_taken_back(records: Records) {
    let mut desk = reassigned(&records).await;
    let id = desk.conflicts("open").await[0]["id"].clone();
    let merge = json!({"decide": {"what": "conflict", "conflict": id, "answer": "merge"}, "reason": "同一位顾客"});
    let made = desk.post("/api/v1/identity/decisions", &merge).await;
    assert_eq!(made.0, 202);
    assert_eq!(desk.conflicts("open").await[0]["is_pending"], true);
    assert_eq!(desk.post("/api/v1/identity/decisions", &merge).await.0, 409, "somebody decided it a moment ago");
    desk.carry().await;
    assert_eq!(desk.whole("u2").await, [1, 2, 3, 4]);
    assert_eq!(desk.conflicts("decided").await[0]["state"], "merged");
    assert_eq!(desk.post("/api/v1/identity/decisions", &merge).await.0, 409);

    // Life goes on: a new browser under the second account, an e-mail under the first.
    desk.tell(&[seen("u2+a9"), seen("u1").with(&["email=lin@a.cn"])]).await;
    let decision = made.1["decision"].clone();
    desk.decide(json!({"what": "take_back", "decision": decision})).await;
    assert_eq!((desk.whole("u1").await, desk.whole("u2").await), (vec![1, 2, 3, 6], vec![4, 5]));
    assert_eq!(desk.conflicts("open").await.len(), 1);

    // Kept apart, the same evidence does not ask again.
    desk.decide(json!({"what": "conflict", "conflict": id, "answer": "apart"})).await;
    desk.tell(&[seen("u2").with(PHONE)]).await;
    assert_eq!(
        (desk.conflicts("open").await.len(), &desk.conflicts("decided").await[0]["state"]),
        (0, &json!("apart"))
    );
}

#[db_test(migrations = migrations())]
async fn people_are_merged_by_hand_and_wrong_evidence_parts_them(records: Records) {
    let mut desk = Desk::new(&records);
    desk.tell(&[
        seen("u1+a1"),
        bound("u1", names::ID_BOUND, &["wechat:unionid=U1", "wechat:openid:wxA=o1"]),
        seen("u2+a2"),
    ])
    .await;
    let before = (desk.whole("u1").await, desk.whole("u2").await);
    assert_eq!(before, (vec![1, 2, 3, 4], vec![5, 6]));
    let merge = json!({"what": "merge", "one": "user:u2", "other": "p1"});
    assert_eq!(each(&desk.preview(merge.clone()).await["after"], "ids_total"), [json!(6)]);
    let decision = desk.decide(merge.clone()).await;
    assert_eq!(desk.whole("u2").await, [1, 2, 3, 4, 5, 6]);
    let asked = json!({"decide": merge, "reason": "again"});
    assert_eq!(desk.post("/api/v1/identity/decisions", &asked).await.0, 422, "they are one already");

    // The evidence says so, with its decision and reason.
    let view = desk.read("/api/v1/persons/p1/identities").await;
    let pieces = view["evidence"].as_array().unwrap();
    let by_staff = pieces.iter().find(|piece| piece["source"] == "staff").unwrap();
    assert_eq!((&by_staff["decision"], &by_staff["reason"]), (&json!(decision), &json!("到店核实")));
    assert_eq!(view["ids"].as_array().unwrap().len(), 6);
    let (status, table) = desk.ask("GET", "/api/v1/persons/p1/identities?format=csv", None, None).await;
    assert!(status == 200 && table.contains("staff,joins"), "{table}");
    let of_staff = json!({"decide": {"what": "evidence", "id": "p5", "into": "p1"}});
    assert_eq!(desk.post("/api/v1/identity/preview", &of_staff).await.0, 409, "its decision is to be taken back");

    // One piece of evidence was wrong: what hangs on either side of it are two people.
    let wrong = json!({"what": "evidence", "id": "p2", "into": "p1"});
    let foreseen = desk.preview(wrong.clone()).await;
    assert_eq!(each(&foreseen["after"], "ids_total"), [json!(5), json!(1)]);
    desk.decide(wrong).await;
    assert_eq!((desk.whole("a1").await, desk.whole("u1").await), (vec![2], vec![1, 3, 4, 5, 6]));
    let taken: Vec<Value> = each(&desk.read("/api/v1/persons/p2/identities").await["evidence"], "state");
    assert_eq!(taken, [json!("taken_back")]);

    // Two ids are split off: nothing says that they are of one person. The other may not be left without any.
    let split = json!({"what": "split", "person": "p1", "ids": ["p3", "p4"]});
    desk.decide(split).await;
    assert_eq!(
        (desk.whole("u1").await, desk.people.handles(BRAND, Handle(3)).await.unwrap()),
        (vec![1, 5, 6], vec![Handle(3)])
    );
    for ids in [json!([]), json!(["p1", "p5", "p6"]), json!(["p2"])] {
        let asked = json!({"decide": {"what": "split", "person": "p1", "ids": ids}});
        assert_eq!(desk.post("/api/v1/identity/preview", &asked).await.0, 422);
    }
}

#[db_test(migrations = migrations())]
async fn a_decision_sent_twice_under_one_key_is_made_once_and_is_told_in_the_trail(records: Records) {
    let mut desk = Desk::new(&records);
    desk.tell(&[seen("u1"), seen("u2")]).await;
    let merge = json!({"decide": {"what": "merge", "one": "p1", "other": "p2"}, "reason": "一个人"});
    let path = "/api/v1/identity/decisions";
    let first = desk.ask("POST", path, Some(&merge), Some("k1")).await;
    let second = desk.ask("POST", path, Some(&merge), Some("k1")).await;
    assert_eq!((first.0, &first.1), (202, &second.1));
    assert_eq!(desk.read(path).await["items"].as_array().unwrap().len(), 1);
    let trail = db::audit::entries(records.reads(), BRAND, &db::audit::Query::default(), 9).await.unwrap();
    assert_eq!(trail.len(), 1);
    assert_eq!(
        (trail[0].entry.action.as_str(), &trail[0].entry.after.as_ref().unwrap()["reason"]),
        ("identity.merged", &json!("一个人"))
    );
    let silent = json!({"decide": {"what": "merge", "one": "p1", "other": "p2"}, "reason": " "});
    assert_eq!(desk.post(path, &silent).await.0, 422);
    for unknown in [
        json!({"what": "merge", "one": "p1", "other": "p77"}),
        json!({"what": "conflict", "conflict": "1-2", "answer": "merge"}),
        json!({"what": "conflict", "conflict": "x", "answer": "merge"}),
        json!({"what": "evidence", "id": "p1", "into": "p2"}),
        json!({"what": "take_back", "decision": "d-none"}),
    ] {
        assert_eq!(desk.post("/api/v1/identity/preview", &json!({"decide": unknown})).await.0, 404);
    }
}

#[db_test(migrations = migrations())]
async fn a_namespace_holds_from_when_it_is_declared(records: Records) {
    let mut desk = Desk::new(&records);
    desk.tell(&[seen("u1").with(&["crm.member=9"])]).await;
    assert_eq!(desk.whole("u1").await, [1], "nobody declared it");
    let said = json!({"name": "会员系统", "level": "account", "cap": 1, "priority": 650, "blocked": ["0000"]});
    let path = "/api/v1/identity/namespaces/crm.member";
    let (status, body) = desk.ask("PUT", path, Some(&said), None).await;
    assert_eq!(status, 201, "{body}");
    desk.tell(&[seen("u1").with(&["crm.member=9"]), seen("u2").with(&["crm.member=0000"])]).await;
    assert_eq!((desk.whole("u1").await, desk.whole("u2").await), (vec![1, 2], vec![3]));
    // One of them a person: the second waits for somebody.
    desk.tell(&[seen("u1").with(&["crm.member=10"])]).await;
    assert_eq!(desk.conflicts("open").await[0]["reason"], "limit");

    let off = json!({"name": "会员系统", "level": "account", "cap": 1, "priority": 650, "is_on": false});
    assert_eq!(desk.ask("PUT", path, Some(&off), None).await.0, 200);
    desk.tell(&[seen("u3").with(&["crm.member=11"])]).await;
    assert_eq!(desk.whole("u3").await.len(), 1);
    let list = desk.read("/api/v1/identity/namespaces").await;
    let own = list["items"].as_array().unwrap().iter().find(|row| row["is_own"] == true).unwrap();
    assert_eq!(
        (&own["key"], &own["is_on"], list["items"].as_array().unwrap().len()),
        (&json!("crm.member"), &json!(false), 16)
    );
    for (path, said, field) in [
        ("user", json!({"name": "x", "level": "login", "priority": 1000, "is_on": false}), "is_on"),
        ("mobile", said.clone(), "key"),
        ("crm.other", json!({"name": "x", "level": "account", "priority": 1, "parent": "nobody"}), "parent"),
    ] {
        let (status, body) = desk.ask("PUT", &format!("/api/v1/identity/namespaces/{path}"), Some(&said), None).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, &body["errors"][0]["field"]), (422, &json!(field)), "{body}");
    }
}
