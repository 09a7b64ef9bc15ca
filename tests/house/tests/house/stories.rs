//! What happens to a cascade when facts come late, twice, in circles or under ids that turn out to be one person: told through
//! the doors, read from the API.

use serde_json::{Value, json};

use crate::server::{Caller, Founded, Installation, Server};

/// A brand with one campaign, told one fact after the other.
struct Tale {
    _house: Installation,
    server: Server,
    founded: Founded,
    owner: Caller,
    door: Caller,
    last: u64,
}

impl Tale {
    async fn begin() -> Self {
        let house = Installation::new();
        let founded = house.create_brand("jia", "owner@jia.example").await;
        let server = house.serve().await;
        let owner = server.sign_in(&founded.email, &founded.password).await;
        owner.make("/api/v1/campaigns", &json!({"id": "spring", "name": "春"})).await;
        let door = server.key(&founded.secret_key);
        Self { _house: house, server, founded, owner, door, last: 0 }
    }

    async fn tell(&mut self, facts: &[Value]) {
        self.last = self.door.hand_in(facts).await;
    }

    /// The cascade once everything told is in it.
    async fn cascade(&self) -> Value {
        self.owner.read(&format!("/api/v1/campaigns/spring/cascade?wait_offset={}", self.last)).await
    }

    async fn person(&self, who: &str) -> Value {
        self.owner.read(&format!("/api/v1/persons/{who}/network?wait_offset={}", self.last)).await
    }

    /// The names of the ids on the way from the root to somebody.
    async fn chain(&self, who: &str) -> Vec<String> {
        let person = self.person(who).await;
        let chain = person["campaigns"][0]["chain"].as_array().expect("a chain");
        chain.iter().map(|brief| brief["person"].as_str().expect("an id").to_owned()).collect()
    }

    async fn id(&self, who: &str) -> String {
        self.person(who).await["person"].as_str().expect("an id").to_owned()
    }

    /// Mints a token and waits until its fact, the next in the log, is folded.
    async fn mint(&mut self, body: Value) -> String {
        let minted = self.owner.make("/api/v1/campaigns/spring/spreads", &body).await;
        self.last += 1;
        self.cascade().await;
        minted["spread"].as_str().expect("a token").to_owned()
    }
}

fn root(user: &str, unit: &str) -> Value {
    json!({"event": "Spread Started", "user_id": user, "properties": {"campaign": "spring", "unit": unit}})
}

fn opened(receiver: &str, sharer: &str) -> Value {
    json!({"event": "Spread Opened", "user_id": receiver, "properties": {"campaign": "spring", "sharer_id": sharer}})
}

fn by_token(receiver: &str, token: &str) -> Value {
    json!({"event": "Spread Opened", "user_id": receiver, "properties": {"campaign": "spring", "spread": token}})
}

fn browsed(anonymous: &str, sharer: &Value) -> Value {
    let mut properties = sharer.clone();
    properties["campaign"] = json!("spring");
    json!({"event": "Spread Opened", "anonymous_id": anonymous, "properties": properties})
}

fn signed_in(user: &str, anonymous: &str) -> Value {
    json!({"type": "identify", "user_id": user, "anonymous_id": anonymous, "traits": {"name": user}})
}

/// People, hops, depth; waiting and circles.
fn numbers(cascade: &Value) -> [u64; 5] {
    ["/people", "/hops", "/depth_max", "/unknown_root/people", "/anomalies/cycles"]
        .map(|pointer| cascade.pointer(pointer).and_then(Value::as_u64).expect("a number"))
}

#[tokio::test]
async fn people_who_wait_for_each_other_in_a_circle_belong_to_no_store() {
    let mut tale = Tale::begin().await;
    tale.tell(&[
        root("m1", "store-1"),
        opened("a", "c"),
        opened("b", "a"),
        opened("c", "b"),
        opened("d", "c"),
        opened("e", "stranger"),
    ])
    .await;
    assert_eq!(numbers(&tale.cascade().await), [1, 0, 0, 5, 1]);
    assert!(tale.person("user:a").await["campaigns"][0]["root"].is_null());

    // One of them is touched by somebody with a place: the circle opens, and all of it follows.
    tale.tell(&[opened("b", "m1")]).await;
    assert_eq!(numbers(&tale.cascade().await), [5, 4, 3, 1, 0]);
    assert_eq!(tale.chain("user:d").await.len(), 4);
    assert_eq!(tale.cascade().await["anomalies"]["repeats"], 1);
}

#[tokio::test]
async fn a_parent_who_comes_late_brings_all_who_waited() {
    let mut tale = Tale::begin().await;
    // Children before parents, the root last.
    tale.tell(&[opened("d", "c"), opened("c", "b"), opened("b", "a"), opened("c", "nobody"), opened("a", "m1")]).await;
    assert_eq!(numbers(&tale.cascade().await), [0, 0, 0, 4, 0]);
    tale.tell(&[root("m1", "store-1")]).await;
    let cascade = tale.cascade().await;
    assert_eq!(numbers(&cascade), [5, 4, 4, 0, 0]);
    // (n - 1)n(n + 1) / 3 over n(n - 1): the mean distance in a path of five.
    assert!((cascade["structural_virality"].as_f64().expect("a number") - 2.0).abs() < 1e-9);
    let circles: Vec<u64> = cascade["circles"]
        .as_array()
        .expect("circles")
        .iter()
        .map(|c| c["people"].as_u64().expect("a number"))
        .collect();
    assert_eq!(circles, [1; 5]);
    assert_eq!(tale.id("user:m1").await, tale.chain("user:d").await[0]);
}

#[tokio::test]
async fn a_token_may_be_opened_before_anybody_says_whose_it_is() {
    let mut tale = Tale::begin().await;
    tale.tell(&[root("m1", "store-1"), by_token("b", "early"), opened("c", "b"), opened("a", "m1")]).await;
    assert_eq!(numbers(&tale.cascade().await), [2, 1, 1, 2, 0]);
    let shared =
        json!({"event": "Spread Shared", "user_id": "a", "properties": {"campaign": "spring", "spread": "early"}});
    tale.tell(&[shared]).await;
    assert_eq!(numbers(&tale.cascade().await), [4, 3, 3, 0, 0]);
    let chain = tale.chain("user:c").await;
    assert_eq!(chain[1..], [tale.id("user:a").await, tale.id("user:b").await, tale.id("user:c").await]);
}

#[tokio::test]
async fn a_minted_token_stands_for_whom_it_was_given_to() {
    let mut tale = Tale::begin().await;
    let of_root = tale.mint(json!({"root": {"unit": "store-1", "staff": "s-1", "channel": "wecom"}})).await;
    tale.tell(&[by_token("a", &of_root)]).await;
    let of_a = tale.mint(json!({"sharer": {"user_id": "a"}})).await;
    tale.tell(&[by_token("b", &of_a), by_token("a", &of_a)]).await;
    let of_browser = tale.mint(json!({"sharer": {"anonymous_id": "br-b"}})).await;
    tale.tell(&[by_token("c", &of_browser), signed_in("b", "br-b")]).await;
    let cascade = tale.cascade().await;
    assert_eq!(numbers(&cascade), [4, 3, 3, 0, 0]);
    assert_eq!(cascade["anomalies"]["self_shares"], 1);
    let row = &cascade["roots"][0];
    assert_eq!(
        (&row["unit"]["id"], &row["staff"], &row["channel"]),
        (&json!("store-1"), &json!("s-1"), &json!("wecom"))
    );
    assert_eq!(tale.chain("user:c").await.len(), 4);
    assert_eq!(of_root.len(), 12);
}

#[tokio::test]
async fn browsers_that_sign_in_become_one_person_with_all_they_did() {
    let mut tale = Tale::begin().await;
    tale.tell(&[
        root("m1", "store-1"),
        browsed("br-1", &json!({"sharer_id": "m1"})),
        browsed("br-x", &json!({"sharer_anonymous_id": "br-1"})),
        browsed("br-2", &json!({"sharer_anonymous_id": "br-x"})),
        browsed("br-y", &json!({"sharer_anonymous_id": "br-2"})),
    ])
    .await;
    assert_eq!(numbers(&tale.cascade().await), [5, 4, 4, 0, 0]);
    let before = tale.id("anonymous:br-2").await;

    // Both browsers are u's: one person, in the earlier place, who brought both x and y.
    tale.tell(&[signed_in("u", "br-1"), signed_in("u", "br-2")]).await;
    let cascade = tale.cascade().await;
    assert_eq!(numbers(&cascade), [4, 3, 2, 0, 0]);
    assert_eq!(cascade["anomalies"]["repeats"], 1);
    let person = tale.person("user:u").await;
    let place = &person["campaigns"][0];
    assert_eq!((&person["name"], &place["direct_invites"], &place["circle"]), (&json!("u"), &json!(2), &json!(1)));
    assert_eq!(tale.person(&before).await, person, "an old id leads to the person");

    // A second user never merges through the same browser.
    tale.tell(&[signed_in("v", "br-1"), opened("w", "v")]).await;
    assert_eq!(tale.id("anonymous:br-1").await, tale.id("user:u").await);
    assert_eq!(numbers(&tale.cascade().await), [4, 3, 2, 1, 0]);
}

#[tokio::test]
async fn a_fact_sent_twice_counts_once_for_each_key() {
    let mut tale = Tale::begin().await;
    let fact = |user: &str, id: &str| {
        let mut fact = opened(user, "m1");
        fact["message_id"] = json!(id);
        fact
    };
    tale.tell(&[root("m1", "store-1"), fact("a", "1"), fact("a", "1"), fact("b", "2")]).await;
    tale.tell(&[fact("b", "2"), fact("a", "1")]).await;
    let cascade = tale.cascade().await;
    assert_eq!(
        (&cascade["people"], &cascade["anomalies"]["repeats"], &cascade["touches"]),
        (&json!(3), &json!(0), &json!(2))
    );

    // Another key is another source: what it sends under the same number is something else.
    tale.last = tale.server.key(&tale.founded.write_key).hand_in(&[fact("a", "1")]).await;
    let cascade = tale.cascade().await;
    assert_eq!((&cascade["anomalies"]["repeats"], &cascade["touches"]), (&json!(1), &json!(3)));
    let facts = tale.owner.read(&format!("/api/v1/facts?event=Spread%20Opened&wait_offset={}", tale.last)).await;
    assert_eq!(facts["items"].as_array().expect("facts").len(), 3);
}

#[tokio::test]
async fn an_order_is_booked_to_the_tree_of_whoever_paid() {
    let mut tale = Tale::begin().await;
    let paid = |user: &str, order: &str, amount: i64| {
        json!({"event": "Order Paid", "user_id": user,
               "properties": {"order_id": order, "amount_minor": amount, "campaign": "spring"}})
    };
    // Paid before a place was known, and by a browser that signs in afterwards.
    tale.tell(&[
        paid("a", "1", 100),
        root("m1", "store-1"),
        root("m2", "store-2"),
        opened("a", "m1"),
        browsed("br", &json!({"sharer_id": "m2"})),
        json!({"event": "Order Paid", "anonymous_id": "br",
               "properties": {"order_id": "2", "amount_minor": 20, "campaign": "spring"}}),
        signed_in("b", "br"),
        paid("b", "3", 3),
    ])
    .await;
    let cascade = tale.cascade().await;
    let mut booked: Vec<_> = cascade["roots"]
        .as_array()
        .expect("roots")
        .iter()
        .map(|root| [&root["unit"]["id"], &root["orders"], &root["paid_minor"]].map(Value::clone))
        .collect();
    booked.sort_by_key(|[unit, ..]| unit.to_string());
    assert_eq!(booked, [[json!("store-1"), json!(1), json!(100)], [json!("store-2"), json!(2), json!(23)]]);
    let person = tale.person("user:b").await;
    assert_eq!((&person["campaigns"][0]["orders"], &person["campaigns"][0]["paid_minor"]), (&json!(2), &json!(23)));
}
