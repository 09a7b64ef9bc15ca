//! Stories of points and of those who look after the books.

use axum::{Router, http::Request};
use db::{Records, Row, Sql, SqlText, Statements, db_test};
use kernel::{Scope, Timestamp, WorkspaceId};
use ledger::{Chain, Kind, Ledger, Owner, Transfer, Unit};
use serde_json::{Value, json};
use web::{
    Permission, PermissionSet,
    openapi::{assemble, complaints},
    testing::{Answer, Client, KnownCallers, check_authorisation, staff},
};

use crate::testing::{migrations, wiring};

const POINTS: &str = "/api/v1/ledger/points";
const ACCOUNTS: &str = "/api/v1/ledger/accounts?unit=points&owner=subject:";
const LIN: &str = "subject:wechat:openid:wxA:lin";

#[db_test(migrations = migrations())]
async fn every_endpoint_asks_for_the_permission_it_names(records: Records) {
    assert_eq!(check_authorisation(|gate| crate::router(wiring(records), gate)).await, [""; 0]);
}

#[db_test(migrations = migrations())]
async fn the_document_is_complete(records: Records) {
    let gate = KnownCallers::default().gate();
    let (_, api): (Router, _) = assemble("test", "1", &[crate::TAG], [crate::router(wiring(records), gate)]);
    assert_eq!(complaints(&api), [""; 0]);
}

/// Asks as `boss`, who may everything, as `reader`, who may look, or as `other`, the boss of another brand.
fn client(records: Records) -> Client {
    let caller = |workspace, permissions| staff(WorkspaceId(workspace), permissions, Scope::All);
    let gate = KnownCallers::default()
        .with("boss", caller(1, PermissionSet::ALL))
        .with("reader", caller(1, PermissionSet::of(&[Permission::SeeLedger])))
        .with("other", caller(2, PermissionSet::ALL))
        .gate();
    let (router, _): (Router, _) = assemble("test", "1", &[crate::TAG], [crate::router(wiring(records), gate)]);
    Client(router)
}

async fn gives(client: &Client, key: &str, points: i64) -> Answer {
    let body = json!({"person": "p1", "points": points, "reason": "活动补偿"});
    client.ask("boss", Request::post(POINTS).header("idempotency-key", key), Some(&body)).await
}

/// What Lin has of each kind of account, as they are listed.
async fn of_lin(client: &Client) -> Vec<(String, i64)> {
    let page = client.get("reader", ACCOUNTS).await;
    assert_eq!(page.status, 200, "{}", page.json);
    let told = |account: &Value| {
        assert_eq!(account["owner"], LIN);
        (account["kind"].as_str().expect("a kind").to_owned(), account["balance"].as_i64().expect("a number"))
    };
    page.json["items"].as_array().expect("a list").iter().map(told).collect()
}

#[db_test(migrations = migrations())]
async fn points_are_given_once_taken_back_into_debt_and_repaid_first(records: Records) {
    let client = client(records.clone());
    let first = gives(&client, "k1", 100).await;
    assert_eq!((first.status, &first.json["owner"]), (201, &json!(LIN)), "{}", first.json);
    let again = gives(&client, "k1", 100).await;
    assert_eq!((again.status, &again.json), (201, &first.json), "the same key is the same gift");
    assert_eq!(gives(&client, "k1", 200).await.json["code"], "key_reused");
    assert_eq!(of_lin(&client).await, [("own".to_owned(), 100)]);

    // More is taken back than there is: the rest is owed, and what comes next repays it.
    assert_eq!(gives(&client, "k2", -130).await.status, 201);
    assert_eq!(of_lin(&client).await, [("debt".to_owned(), -30), ("own".to_owned(), 0)]);
    assert_eq!(gives(&client, "k3", 50).await.status, 201);
    assert_eq!(of_lin(&client).await, [("debt".to_owned(), 0), ("own".to_owned(), 20)]);

    // Both sides of each transfer, newest first; a chain whole.
    let path = format!("/api/v1/ledger/transfers?unit=points&owner={LIN}&kind=own");
    let transfers = client.get("reader", &path).await;
    assert_eq!(transfers.each("items", "amount"), [json!(20), json!(100), json!(100)], "{}", transfers.json);
    let newest = &transfers.json["items"][0];
    assert_eq!((&newest["from"]["kind"], &newest["reference"]), (&json!("external"), &json!("活动补偿")));
    let chain = newest["chain"].as_str().expect("an id");
    let chain = client.get("reader", &format!("/api/v1/ledger/chains/{chain}")).await;
    assert_eq!(chain.each("items", "amount"), [json!(30), json!(20)]);
    let table = client.get("reader", &format!("{path}&format=csv")).await;
    assert_eq!(table.text().lines().count(), 4, "{}", table.text());
    assert_eq!(client.get("reader", "/api/v1/ledger/units").await.json["items"], json!(["points"]));

    // Whoever only looks gives nothing, and another brand sees nothing.
    let body = json!({"person": "p1", "points": 1, "reason": "x"});
    assert_eq!(client.post("reader", POINTS, &body).await.status, 403);
    assert_eq!(client.get("other", ACCOUNTS).await.json["items"], json!([]));
    let written = records.reads().one("select count(*) as n from audit_trail", []).await.expect("read");
    assert_eq!(written.expect("a row").get::<i64>("n").expect("a number"), 3, "each gift is written down once");
}

#[db_test(migrations = migrations())]
async fn what_is_not_fit_is_refused_with_the_field(records: Records) {
    let client = client(records);
    let refused = async |body: Value| {
        let answer = client.post("boss", POINTS, &body).await;
        assert_eq!(answer.status, 422, "{body}");
        answer.json["errors"][0]["field"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(refused(json!({"person": "p1", "points": 0, "reason": "x"})).await, "points");
    assert_eq!(refused(json!({"person": "p1", "points": 1_000_001, "reason": "x"})).await, "points");
    assert_eq!(refused(json!({"person": "p1", "points": 1, "reason": "  "})).await, "reason");
    let past = json!({"person": "p1", "points": 1, "reason": "x", "ends_at": "2020-01-01T00:00:00Z"});
    assert_eq!(refused(past).await, "ends_at");
    assert_eq!(refused(json!({"person": "p2", "points": 1, "reason": "x"})).await, "person", "a phone owns nothing");
    assert_eq!(client.get("boss", "/api/v1/ledger/chains/none").await.status, 404);
    assert_eq!(client.get("boss", &format!("{ACCOUNTS}&after=x")).await.status, 422);
}

#[db_test(migrations = migrations())]
async fn a_list_goes_on_where_it_ended_and_never_parts_a_chain(records: Records) {
    let ledger = Ledger::new(&records);
    for number in 0..5 {
        let gift = |fan: &str| {
            let (from, to) = (Owner::of("world", "issuer"), Owner::of("subject", fan));
            Transfer::now(Unit::Points, (from, Kind::External), (to, Kind::Own), 1, "test", "test")
        };
        let transfers = vec![gift("a"), gift("b"), gift("c")];
        let chain = Chain { id: format!("c{number}"), transfers };
        assert!(ledger.submit(WorkspaceId(1), chain).await.expect("stored").is_done());
    }
    let client = client(records);
    let path = "/api/v1/ledger/transfers?unit=points&owner=world:issuer&kind=external&limit=2";
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = client.get("boss", &format!("{path}{next}")).await;
        let chains = page.each("items", "chain");
        assert_eq!(chains.len() % 3, 0, "{chains:?}");
        seen.extend(chains);
        match page.json["next"].as_str() {
            Some(place) => next = format!("&after={place}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 15);
    let first = client.get("boss", &format!("{ACCOUNTS}&limit=2")).await;
    let next = first.json["next"].as_str().expect("more");
    let rest = client.get("boss", &format!("{ACCOUNTS}&after={next}")).await;
    assert_eq!(rest.each("items", "owner"), [json!("subject:c")]);
}

#[db_test(migrations = migrations())]
async fn books_that_were_tampered_with_are_told_and_not_put_right(records: Records) {
    let client = client(records.clone());
    gives(&client, "k1", 100).await;
    let report = async || client.get("reader", "/api/v1/ledger/reconciliation").await.json;
    assert_eq!((report().await["right"].as_bool(), report().await["differences"].clone()), (Some(true), json!([])));
    let steal = SqlText::new("update ledger_account set came = came + 5 where kind = 'own'", []);
    records.group(Statements).submit(steal).await.expect("stored");
    let told = report().await;
    assert_eq!(told["right"], false);
    let difference = &told["differences"][0];
    assert_eq!((&difference["kept"]["balance"], &difference["told"]["balance"]), (&json!(105), &json!(100)));
    assert_eq!(report().await["right"], false, "looking changes nothing");
}

#[db_test(migrations = migrations())]
async fn points_with_an_end_are_moved_out_when_it_is_over(records: Records) {
    let client = client(records.clone());
    let body = json!({"person": "p1", "points": 10, "reason": "x", "ends_at": "2127-01-01T00:00:00Z"});
    assert_eq!(client.post("boss", POINTS, &body).await.status, 201);
    let ledger = Ledger::new(&records);
    let end = Timestamp::from_secs(4_954_435_200);
    assert_eq!(ledger.sweep(end.plus_secs(-60)).await.expect("swept"), 0);
    assert_eq!(ledger.sweep(end.plus_secs(60)).await.expect("swept"), 1);
    assert_eq!(of_lin(&client).await, [("own".to_owned(), 0)]);
}
