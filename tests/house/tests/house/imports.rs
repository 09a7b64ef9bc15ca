//! Tables through the whole house: what an import brings is seen everywhere, and taken back everywhere.

use std::{fmt::Write, time::Duration};

use serde_json::{Value, json};

use crate::{
    server::{Caller, Installation},
    town::Town,
};

/// Brings a table, imports it and waits until it is done; the import.
async fn import(owner: &Caller, query: &str, table: String) -> Value {
    let made = owner.bring(&format!("/api/v1/imports?{query}"), table).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("/api/v1/imports/{}", made.json()["id"].as_str().expect("an id"));
    if query.contains("orders") {
        let made = made.json();
        let mut mapping = made["mapping"].clone();
        mapping["campaign"] = "spring".into();
        let named = owner.send(reqwest::Method::PUT, &format!("{path}/mapping"), Some(&mapping)).await;
        assert_eq!(named.status, 200, "{}", named.text());
    }
    begin(owner, &path, "run", "done").await
}

async fn begin(owner: &Caller, path: &str, what: &str, until: &str) -> Value {
    let begun = owner.send(reqwest::Method::POST, &format!("{path}/{what}"), None).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    for _ in 0..600 {
        let now = owner.read(path).await;
        if now["state"] == until {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} has not ended after half a minute");
}

/// What is to be the same after an undo: the campaign, and what is known of two people.
async fn seen(owner: &Caller) -> Vec<Value> {
    let mut campaign = owner.read("/api/v1/campaigns/spring/cascade").await;
    for moving in ["as_of", "offset"] {
        campaign[moving] = Value::Null;
    }
    let mut seen = vec![campaign];
    for user in ["a1", "a2"] {
        let person = owner.read(&format!("/api/v1/persons/user:{user}")).await;
        let events = person["events"].as_array().expect("a list").iter();
        let events: Vec<_> = events.map(|event| json!([event["event"], event["facts"]])).collect();
        seen.push(json!([
            person["name"],
            person["phone_masked"],
            person["wechat_masked"],
            person["city"],
            person["is_fan"],
            person["facts"],
            events,
        ]));
        let mut board = owner.read(&format!("/api/v1/persons/user:{user}/network?campaign=spring")).await;
        for moving in ["as_of", "offset"] {
            board[moving] = Value::Null;
        }
        seen.push(board);
    }
    for query in ["q=导入", "q=17055550001", "kind=fan"] {
        seen.push(owner.read(&format!("/api/v1/persons?{query}")).await["total"].clone());
    }
    seen
}

#[tokio::test]
async fn an_import_is_seen_everywhere_and_taken_back_everywhere() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let town = Town::build(&server, &founded, "jia").await;
    town.let_happen().await;
    server.ready().await;
    let owner = &town.owner;
    let before = seen(owner).await;

    let people =
        "user_id,姓名,手机,微信,城市\na1,导入一,17055550001,wx-1,杭州\na2,导入二,,,\nnew-1,导入三,17055550003,wx-9,\n";
    let people = import(owner, "kind=people&name=people.csv", people.to_owned()).await;
    assert_eq!((&people["counts"]["new"], &people["counts"]["changed"]), (&json!(1), &json!(2)));
    let orders =
        "user_id,订单号,付款时间,金额\na1,O-1,2026-01-02,10.01\na1,O-2,2026-01-03,0.99\nstranger,O-3,2026-01-03,5\n";
    let orders = import(owner, "kind=orders&name=orders.csv", orders.to_owned()).await;
    server.ready().await;
    assert_eq!(owner.read("/api/v1/persons/user:a1").await["name"], "导入一");
    assert_eq!(owner.read("/api/v1/persons?q=导入").await["total"], 3);
    let during = seen(owner).await;
    assert!(during.iter().zip(&before).all(|(during, before)| during != before), "{during:#?}");

    for made in [&orders, &people] {
        let path = format!("/api/v1/imports/{}", made["id"].as_str().expect("an id"));
        begin(owner, &path, "undo", "undone").await;
    }
    server.ready().await;
    assert_eq!(seen(owner).await, before);
    let trail = owner.read("/api/v1/audit?action=import").await.to_string();
    for action in ["import.uploaded", "import.started", "import.done", "import.undo_started", "import.undone"] {
        assert!(trail.contains(action), "{action}");
    }
}

/// A hundred thousand orders: it takes seconds, and comes out exact.
#[tokio::test]
async fn a_large_table_takes_seconds() {
    let house = Installation::new();
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let server = house.serve().await;
    let town = Town::build(&server, &founded, "jia").await;
    town.let_happen().await;
    let mut table = String::from("user_id,order_id,paid_at,amount\n");
    for n in 0..100_000 {
        writeln!(table, "u{},o{n},2026-01-02 10:00,{}.{:02}", n % 30_000, n % 500, n % 100).expect("memory");
    }
    let done = import(&town.owner, "kind=orders&name=large.csv", table).await;
    assert_eq!((&done["counts"]["new"], &done["counts"]["rejected"]), (&json!(100_000), &json!(0)));
    server.ready().await;
}
