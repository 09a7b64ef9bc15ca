//! What somebody sees who brings a table.

use std::time::Duration;

use db::{Records, db_test};
use kernel::WorkspaceId;
use serde_json::{Value, json};

use crate::{
    http::tests::{Answer, Ask, House, migrations},
    ops::imports::step,
};

impl House {
    async fn bring(&self, kind: &str, table: impl Into<Vec<u8>>) -> Value {
        let ask = Ask::raw(&format!("/api/v1/imports?kind={kind}&name=table.csv"), table.into()).by("secret");
        let answer = self.ask(ask).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body
    }

    async fn import(&self, method: &str, id: &Value, what: &str) -> Answer {
        self.ask(Ask::new(method, &format!("/api/v1/imports/{}{what}", id.as_str().unwrap())).by("secret")).await
    }

    /// Begins, and does the work that waits then.
    async fn begin(&self, id: &Value, what: &str) -> Value {
        let begun = self.import("POST", id, what).await;
        assert_eq!(begun.status, 202, "{}", begun.body);
        step(&self.doors, WorkspaceId(1), id.as_str().unwrap()).await.unwrap();
        self.import("GET", id, "").await.body
    }

    async fn told(&self, event: &str) -> Vec<Value> {
        let end = self.rivers.get(WorkspaceId(1)).unwrap().log().end().0;
        let wait = if end > 1 { format!("&wait_offset={}", end - 1) } else { String::new() };
        self.facts(&format!("event={}&limit=1000{wait}", event.replace(' ', "%20"))).await
    }
}

fn counts(import: &Value) -> [u64; 5] {
    ["new", "changed", "same", "rejected", "taken_back"].map(|name| import["counts"][name].as_u64().unwrap())
}

const ORDERS: &str = "订单号,会员号,付款时间,实付金额,备注\n\
    B-1,17,2026-11-18 09:05,12.30,送礼\n\
    B-2,17,2026-11-19 10:00,\"1,039.90\",\n\
    B-3,18,2026-11-19 11:00,\"12,30\",\n\
    B-4,19,2026-11-19 12:00,-5,\n";

#[db_test(migrations = migrations())]
async fn orders_are_brought_once_and_taken_back_whole(records: Records) {
    let house = House::new(&records);
    let import = house.bring("orders", ORDERS).await;
    let id = &import["id"];
    assert_eq!((&import["state"], &import["rows"]), (&json!("draft"), &json!(4)));
    assert_eq!(import["mapping"]["columns"], json!(["order_id", "user_id", "at", "amount", "other:备注"]));

    let preview = house.import("GET", id, "/preview").await.body;
    assert_eq!((&preview["items"][0]["verdict"], &preview["items"][2]["verdict"]), (&json!("new"), &Value::Null));
    assert_eq!(preview["items"][0]["fact"]["properties"]["amount_minor"], 1230);

    let checked = house.begin(id, "/check").await;
    assert_eq!((&checked["state"], counts(&checked)), (&json!("checked"), [2, 0, 0, 2, 0]));
    assert!(house.told("Order Paid").await.is_empty(), "a check imports nothing");
    let done = house.begin(id, "/run").await;
    assert_eq!((&done["state"], counts(&done)), (&json!("done"), [2, 0, 0, 2, 0]));
    let paid = house.told("Order Paid").await;
    let amounts: Vec<&Value> = paid.iter().map(|fact| &fact["properties"]["amount_minor"]).collect();
    assert_eq!(amounts, [&json!(1230), &json!(103_990)]);
    let rejects = house.import("GET", id, "/rejects?format=csv").await;
    let text = String::from_utf8(rejects.bytes).unwrap();
    assert!(
        text.contains("4,不是可以唯一确定的金额：12,30") || text.contains("4,\"不是可以唯一确定的金额：12,30"),
        "{text}"
    );

    let again = house.bring("orders", ORDERS).await;
    assert_eq!(counts(&house.begin(&again["id"], "/run").await), [0, 0, 2, 2, 0]);
    assert_eq!(house.told("Order Paid").await.len(), 2, "the same table twice changes nothing");
    let other = house.bring("orders", ORDERS.replace("12.30", "13.30")).await;
    assert_eq!(counts(&house.begin(&other["id"], "/check").await), [0, 0, 1, 3, 0], "it says something else");

    let undone = house.begin(id, "/undo").await;
    assert_eq!((&undone["state"], counts(&undone)), (&json!("undone"), [2, 0, 0, 2, 2]));
    let back = house.told("Order Taken Back").await;
    let told: Vec<(&Value, &Value)> =
        back.iter().map(|fact| (&fact["user_id"], &fact["properties"]["amount_minor"])).collect();
    assert_eq!(told, [(&json!("17"), &json!(1230)), (&json!("17"), &json!(103_990))]);
    assert_eq!(house.import("POST", id, "/undo").await.refusal(), (409, "conflict"));
    assert_eq!(house.import("DELETE", id, "").await.refusal(), (409, "conflict"));
    let anew = house.bring("orders", ORDERS).await;
    assert_eq!(counts(&house.begin(&anew["id"], "/run").await), [2, 0, 0, 2, 0], "it may be brought again");
}

#[db_test(migrations = migrations())]
async fn people_are_known_again_by_what_others_told(records: Records) {
    let house = House::new(&records);
    let identify = async |user: &str, traits: Value| {
        let fact = json!([{ "type": "identify", "user_id": user, "traits": traits }]);
        assert_eq!(house.ask(Ask::facts(&fact).by("write")).await.body["accepted"], 1);
    };
    identify("17", json!({ "name": "林", "phone": "17000000001" })).await;
    house.told("identify").await;
    let (gbk, ..) = encoding_rs::GB18030
        .encode("会员号,姓名,手机\n17,林晓,17000000002\n18,陈雨,17000000003\n17,林晓,17000000002\n");
    let import = house.bring("people", gbk.into_owned()).await;
    assert_eq!(import["written"], "GB18030");
    let done = house.begin(&import["id"], "/run").await;
    assert_eq!(counts(&done), [1, 1, 1, 0, 0]);
    identify("17", json!({ "city": "杭州" })).await;
    house.told("identify").await;

    let undone = house.begin(&import["id"], "/undo").await;
    assert_eq!((&undone["state"], counts(&undone)[4]), (&json!("undone"), 2));
    let restored = house.told("Profile Restored").await;
    let told: Vec<_> = restored.iter().map(|fact| (fact["user_id"].clone(), fact["properties"].clone())).collect();
    let left = |name: Value, phone: Value, city: Value| json!({ "import": import["id"], "taken_back": 1, "name": name, "phone": phone, "wechat": null, "city": city });
    assert_eq!(told[0], (json!("17"), left(json!("林"), json!("17000000001"), json!("杭州"))));
    assert_eq!(told[1], (json!("18"), left(Value::Null, Value::Null, Value::Null)));
}

#[db_test(migrations = migrations())]
async fn an_import_that_is_cut_off_anywhere_brings_every_row_once(records: Records) {
    let house = House::new(&records);
    let rows: String = (0..4_500).map(|row| format!("o-{row},u-{row},2026-11-18 09:05,{row}.50\n")).collect();
    let import = house.bring("orders", format!("order_id,user_id,paid_at,amount\n{rows}")).await;
    let id = import["id"].as_str().unwrap();
    assert_eq!(house.import("POST", &import["id"], "/run").await.status, 202);
    for millis in [1, 3, 7, 15, 30, 60] {
        // Wherever this stops, what comes after must be whole.
        let _ = tokio::time::timeout(Duration::from_millis(millis), step(&house.doors, WorkspaceId(1), id)).await;
    }
    step(&house.doors, WorkspaceId(1), id).await.unwrap();
    let done = house.import("GET", &import["id"], "").await.body;
    assert_eq!((&done["state"], &done["counts"]["new"]), (&json!("done"), &json!(4_500)));
    let river = house.rivers.get(WorkspaceId(1)).unwrap();
    river.wait_for(Some(kernel::Offset(river.log().end().0 - 1)), Duration::from_secs(30)).await.unwrap();
    let ask = river::Ask {
        handles: None,
        event: Some("Order Paid".into()),
        order: river::Order::OldestFirst,
        after: None,
        limit: 10_000,
    };
    assert_eq!(river.timeline(ask).await.unwrap().len(), 4_500);
}

#[db_test(migrations = migrations())]
async fn what_cannot_be_imported_is_told_before_it_is(records: Records) {
    let house = House::new(&records);
    let refused = house.ask(Ask::raw("/api/v1/imports?kind=people", "\u{89}PNG\0").by("secret")).await;
    assert_eq!(refused.refusal(), (422, "invalid"));
    assert!(refused.body["detail"].as_str().unwrap().contains("CSV"), "{}", refused.body);
    assert_eq!(house.ask(Ask::raw("/api/v1/imports?kind=cats", "a\n1").by("secret")).await.status, 422);
    let import = house.bring("people", "a,b\n1,2\n").await;
    for what in ["/check", "/run"] {
        assert_eq!(house.import("POST", &import["id"], what).await.refusal(), (422, "invalid"), "{what}");
    }
    let preview = house.import("GET", &import["id"], "/preview").await.body;
    assert_eq!((&preview["items"][0]["cells"], &preview["items"][0]["verdict"]), (&json!(["1", "2"]), &Value::Null));
    assert!(preview["problem"].as_str().unwrap().contains("user_id"), "{preview}");
    let path = format!("/api/v1/imports/{}/mapping", import["id"].as_str().unwrap());
    let put = async |columns: Value| {
        let mapping = json!({ "columns": columns, "zone": "+08:00", "currency": "CNY" }).to_string();
        let mut ask = Ask::raw(&path, mapping).by("secret");
        ask.method("PUT");
        house.ask(ask).await
    };
    assert_eq!(put(json!(["user_id"])).await.body["errors"][0]["field"], "columns");
    assert_eq!(put(json!(["user_id", "name"])).await.status, 200);
    assert_eq!(counts(&house.begin(&import["id"], "/check").await), [1, 0, 0, 0, 0]);
    let theirs = house.ask(Ask::get(&path.replace("/mapping", "")).by("other")).await;
    assert_eq!(theirs.refusal(), (404, "not_found"));
    assert_eq!(house.import("DELETE", &import["id"], "").await.status, 204);
    assert_eq!(house.import("GET", &import["id"], "").await.status, 404);
    let csv = house.ask(Ask::get("/api/v1/imports?format=csv").by("secret")).await;
    assert_eq!(csv.status, 200);
}
