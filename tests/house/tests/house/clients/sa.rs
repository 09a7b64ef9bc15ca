//! The SDKs of the sa protocol, as they were last published under a licence that lets them be used.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use super::{CLIENTS, Shop, installed, text};
use crate::server::items;

fn there() -> bool {
    installed("tests/house/clients/node_modules", Path::new(CLIENTS).join("node_modules/sa-sdk-javascript").is_dir())
}

impl Shop {
    /// Facts of the person with this id, under whatever id they were sent.
    async fn facts_of(&self, user_id: &str) -> Vec<Value> {
        self.server.ready().await;
        let list = self.server.key(&self.founded.secret_key).read(&format!("/api/v1/facts?user_id={user_id}")).await;
        items(&list).to_vec()
    }
}

fn events(facts: &[Value]) -> Vec<&str> {
    facts.iter().map(|fact| text(fact, "event")).collect()
}

fn named<'a>(facts: &'a [Value], event: &str) -> &'a Value {
    facts.iter().find(|fact| fact["event"] == event).unwrap_or_else(|| panic!("no {event} in {facts:#?}"))
}

#[tokio::test]
async fn sa_sdk_node_is_understood() {
    if !there() {
        return;
    }
    let shop = Shop::open().await;
    let said = shop.run_with(&shop.founded.secret_key, "node", "sa-node.mjs", &[]).await;
    assert_eq!((said.len(), &said[12]), (13, &json!({"answered": 1})));
    let facts: Vec<Value> = shop.facts().await.into_values().collect();
    // Ten of the twelve, and which id the one who signed up is known by.
    assert_eq!(facts.len(), 11, "{facts:#?}");
    let refused = [("properties", "SpreadOpened"), ("too_large", "TooLarge")];
    assert_eq!(shop.refused().await, refused.map(|(reason, event)| (reason.to_owned(), event.to_owned())));
    let read = named(&facts, "PageRead");
    assert_eq!(read["anonymous_id"], "device-1");
    assert_eq!(read["properties"]["tags"], json!(["new", "hot"]));
    assert_eq!(read["properties"]["shop"], "书店");
    assert_eq!(read["context"]["library"], json!({"name": "Node", "version": "1.2.6"}));
    assert_eq!(named(&facts, "Order Paid")["user_id"], "reader-1");
    assert_eq!(named(&facts, "item_set")["properties"], json!({"item_type": "book", "item_id": "b-1", "price": 19.9}));
    assert_eq!(named(&facts, "profile_set")["type"], "identify");
    let theirs = shop.facts_of("reader-1").await;
    let theirs = events(&theirs);
    for event in ["PageRead", "$SignUp", "Order Paid", "profile_set", "profile_increment", "profile_unset"] {
        assert!(theirs.contains(&event), "{event} is of whoever signed up: {theirs:?}");
    }
}

/// After `login()` the SDK names neither openid nor unionid: what was said before still counts. And what is shared is a hop.
#[tokio::test]
async fn a_mini_program_is_understood_and_a_share_of_it_is_a_hop() {
    if !there() {
        return;
    }
    let shop = Shop::open().await;
    let brand = shop.server.key(&shop.founded.secret_key);
    brand.make("/api/v1/campaigns", &json!({"id": "spring", "name": "春"})).await;
    let root = json!([{"event": "Spread Started", "user_id": "reader-1", "properties": {"campaign": "spring"}}]);
    assert_eq!(brand.post("/api/v1/facts", &root).await.status, 200);
    let mut said = shop.run("node", "sa-mini.mjs", &[]).await;
    let how = said.pop().expect("how it was sent");
    assert!(how["statuses"].as_array().expect("a list").iter().all(|status| status == 200), "{how}");
    assert_eq!(shop.refused().await, []);
    let facts: Vec<Value> = shop.facts().await.into_values().collect();
    for record in said.iter().filter(|record| record.get("event").is_some()) {
        let sent = |fact: &&Value| fact["event"] == record["event"] && fact["properties"] == record["properties"];
        assert_eq!(facts.iter().filter(sent).count(), 1, "{record}");
    }
    let bound = &named(&facts, "$BindID")["ids"];
    let bound: BTreeMap<&str, &str> =
        bound.as_array().expect("a list").iter().map(|id| (text(id, "namespace"), text(id, "value"))).collect();
    let device = bound.get("device").copied().expect("the device");
    let expected = [
        ("device", device),
        ("phone", "13800000001"),
        ("wechat:openid:wxAPP123", "openid-1"),
        ("wechat:unionid", "unionid-1"),
    ];
    assert_eq!(bound, expected.into());
    assert_eq!(named(&facts, "$UnbindID")["ids"], json!([{"namespace": "phone", "value": "13800000001"}]));
    let theirs = shop.facts_of("reader-1").await;
    let theirs = events(&theirs);
    for event in ["BookSeen", "$BindID", "$SignUp", "CartFilled", "$MPShare"] {
        assert!(theirs.contains(&event), "{event}: {theirs:?}");
    }

    let opener = text(named(&facts, "Spread Opened"), "anonymous_id").to_owned();
    assert_eq!(
        events(&facts).iter().filter(|event| **event == "Spread Opened").count(),
        1,
        "a launch and a show are one"
    );
    let person = brand.read(&format!("/api/v1/persons/anonymous:{opener}/network")).await;
    let chain = person["campaigns"][0]["chain"].as_array().expect("a chain");
    let sharer = brand.read("/api/v1/persons/user:reader-1/network").await;
    let people: Vec<&Value> = chain.iter().map(|brief| &brief["person"]).collect();
    assert_eq!(people, [&sharer["person"], &person["person"]], "{person:#}");
}

/// `requests` is how many it takes for six records, where the SDK does not decide that by its own timers.
async fn browser(how: &str, method: &str, requests: Option<usize>) {
    if !there() {
        return;
    }
    let shop = Shop::open().await;
    let mut said = shop.run("node", "sa-web.mjs", &[how]).await;
    assert_eq!(said.pop(), Some(json!({"problems": []})), "{how}");
    assert!(requests.is_none_or(|requests| said.len() == requests), "{how}: {said:#?}");
    for asked in &said {
        assert_eq!((text(asked, "method"), &asked["path"], &asked["status"]), (method, &json!("/sa.gif"), &json!(200)));
    }
    assert_eq!(shop.refused().await, []);
    let facts: Vec<Value> = shop.facts().await.into_values().collect();
    // Six, and which id the one who signed in is known by.
    assert_eq!(facts.len(), 7, "{how}: {facts:#?}");
    let read = named(&facts, "PageRead");
    assert_eq!((&read["properties"]["title"], &read["user_id"]), (&json!("长安的荔枝"), &Value::Null));
    let filled = named(&facts, "CartFilled");
    assert_eq!((&filled["user_id"], &filled["anonymous_id"]), (&json!("reader-1"), &read["anonymous_id"]));
    assert_eq!(filled["context"]["library"], json!({"name": "js", "version": "1.26.17"}));
    assert_eq!(named(&facts, "profile_set")["properties"]["name"], "林晓");
    assert_eq!(shop.facts_of("reader-1").await.len(), 7, "{how}: all of one person");
}

#[tokio::test]
async fn sa_sdk_javascript_that_sends_pictures_is_understood() {
    browser("image", "GET", Some(6)).await;
}

#[tokio::test]
async fn sa_sdk_javascript_that_sends_requests_is_understood() {
    browser("ajax", "POST", Some(6)).await;
}

#[tokio::test]
async fn sa_sdk_javascript_that_sends_beacons_is_understood() {
    browser("beacon", "POST", Some(6)).await;
}

#[tokio::test]
async fn sa_sdk_javascript_that_sends_batches_is_understood() {
    browser("batch", "POST", None).await;
}
