//! The SDKs of others, as they are published: what they send arrives once and as it was said, what is refused is recorded.

mod sa;

use std::{collections::BTreeMap, path::Path};

use kernel::Timestamp;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::server::{Founded, Installation, Server, items};

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

struct Shop {
    _house: Installation,
    server: Server,
    founded: Founded,
}

impl Shop {
    async fn open() -> Self {
        let house = Installation::new();
        let founded = house.create_brand("jia", "owner@jia.example").await;
        let server = house.serve().await;
        Self { _house: house, server, founded }
    }

    /// What a client with the write key says it sent, line by line.
    async fn run(&self, program: &str, script: &str, words: &[&str]) -> Vec<Value> {
        self.run_with(&self.founded.write_key, program, script, words).await
    }

    async fn run_with(&self, key: &str, program: &str, script: &str, words: &[&str]) -> Vec<Value> {
        let mut command = Command::new(program);
        command.arg(Path::new(CLIENTS).join(script)).args([&self.server.url, key]).args(words);
        if let Ok(folder) = std::env::var("SEARCHLIGHT_CLIENTS") {
            command.env("PYTHONPATH", folder);
        }
        let ran = command.output().await.expect("the client starts");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{script}: {said}{}", String::from_utf8_lossy(&ran.stderr));
        said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    /// All facts, once everything durable is digested, by message id: each is there once.
    async fn facts(&self) -> BTreeMap<String, Value> {
        self.server.ready().await;
        let list = self.server.key(&self.founded.secret_key).read("/api/v1/facts?limit=1000").await;
        let facts: BTreeMap<_, _> =
            items(&list).iter().map(|fact| (text(fact, "message_id").to_owned(), fact.clone())).collect();
        assert_eq!(facts.len(), items(&list).len(), "a fact is there twice");
        facts
    }

    /// Reasons and names of what was refused, the first first.
    async fn refused(&self) -> Vec<(String, String)> {
        let list = self.server.key(&self.founded.secret_key).read("/api/v1/facts/rejected").await;
        let told = |item: &Value| (text(item, "reason").to_owned(), text(item, "event").to_owned());
        items(&list).iter().rev().map(told).collect()
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// The packages are there when the gate of tools has run; what it promised must be there.
fn installed(what: &str, there: bool) -> bool {
    assert!(there || std::env::var("SEARCHLIGHT_CLIENTS").is_err(), "{what} is not installed");
    if !there {
        eprintln!("skipped: {what} is not installed (cargo xtask test --only tools)");
    }
    there
}

fn node_modules() -> bool {
    installed("tests/house/clients/node_modules", Path::new(CLIENTS).join("node_modules/@segment").is_dir())
}

/// What each of the calls must have become.
fn compare(said: &Value, fact: &Value, library: &str) {
    let kind = text(said, "type");
    assert_eq!(fact["type"], kind);
    assert_eq!(fact["user_id"], "reader-1", "{kind}");
    let anonymous = said.get("anonymousId").filter(|id| !id.is_null()).cloned().unwrap_or(Value::Null);
    assert_eq!(fact["anonymous_id"], anonymous, "{kind}");
    assert!(anonymous == "device-1" || kind == "alias", "{kind}");
    let event = match kind {
        "track" => "Page Read",
        "page" => "Home",
        "screen" => "Shelf",
        kind => kind,
    };
    assert_eq!(fact["event"], event);
    let told = match kind {
        "identify" => json!({"name": "林晓", "city": "杭州"}),
        "track" => json!({"pages": 3, "price": 19.9, "title": "长安的荔枝"}),
        "group" => json!({"plan": "gold", "group_id": "readers"}),
        "alias" => json!({"previous_id": "before-1"}),
        "page" => json!({"path": "/home"}),
        _ => json!({"shelf": "new"}),
    };
    for (name, value) in told.as_object().expect("an object") {
        assert_eq!(&fact["properties"][name], value, "{kind}: {}", fact["properties"]);
    }
    assert_eq!(fact["context"]["library"]["name"], library, "{kind}");
    let time =
        |value: &Value| Timestamp::parse(value.as_str().unwrap_or_else(|| panic!("{kind}: {fact}"))).expect("a time");
    let (at, original) = (time(&fact["timestamp"]), time(&fact["original_timestamp"]));
    let (sent, received) = (time(&fact["sent_at"]), time(&fact["received_at"]));
    assert_eq!(at.0, received.0 - (sent.0 - original.0), "{kind}: corrected for the client's clock");
    assert!(at <= received && received.0 - at.0 < 60_000_000, "{kind}: {at} {received}");
}

/// Every call but the last, a root declared with a public key, has become its fact.
async fn all_arrived(shop: &Shop, said: &[Value], library: &str) {
    let facts = shop.facts().await;
    let kinds: Vec<&str> = said.iter().take(6).map(|said| text(said, "type")).collect();
    assert_eq!(kinds, ["identify", "track", "page", "screen", "group", "alias"]);
    assert_eq!(facts.len(), 6, "{facts:#?}");
    for said in &said[..6] {
        let fact = facts.get(text(said, "messageId")).unwrap_or_else(|| panic!("{said} is not in {facts:#?}"));
        compare(said, fact, library);
    }
}

#[tokio::test]
async fn analytics_node_is_understood() {
    if !node_modules() {
        return;
    }
    let shop = Shop::open().await;
    let said = shop.run("node", "node.mjs", &[]).await;
    assert_eq!(said.len(), 8);
    all_arrived(&shop, &said, "@segment/analytics-node").await;
    let refused = [("brand_only", "Spread Started"), ("too_large", "Too Large")];
    assert_eq!(shop.refused().await, refused.map(|(reason, event)| (reason.to_owned(), event.to_owned())));
    let facts = shop.facts().await;
    assert_eq!(facts[text(&said[1], "messageId")]["context"]["app"], json!({"name": "书店后台", "version": "2.1"}));
    let volume = shop.server.key(&shop.founded.secret_key).read("/api/v1/facts/volume").await;
    let sum = |what: &str| items(&volume).iter().map(|row| row[what].as_u64().expect("a number")).sum::<u64>();
    assert_eq!((sum("accepted"), sum("rejected")), (6, 2));
}

async fn browser(strategy: &str, addresses: &[&str]) {
    if !node_modules() {
        return;
    }
    let shop = Shop::open().await;
    let mut said = shop.run("node", "browser.mjs", &[strategy]).await;
    let how = said.pop().expect("how it was sent");
    assert_eq!(how["problems"], json!([]), "{how:#}");
    let asked = |method: &str| -> Vec<String> {
        let asked = how["asked"].as_array().expect("a list").iter();
        let ours = asked.filter(|asked| asked["method"] == method && asked["status"] == 200);
        ours.filter_map(|asked| asked["url"].as_str()?.strip_prefix(&shop.server.url).map(str::to_owned)).collect()
    };
    assert_eq!(asked("GET"), [format!("/v1/projects/{}/settings", shop.founded.write_key)]);
    assert_eq!(asked("POST"), addresses, "{how:#}");
    let elsewhere = how["asked"].as_array().expect("a list").iter().filter_map(|asked| asked["url"].as_str());
    let elsewhere: Vec<_> =
        elsewhere.filter(|url| !url.starts_with(&shop.server.url) && !url.starts_with("http://localhost:")).collect();
    assert_eq!(elsewhere, [""; 0], "nothing goes to anybody else");
    all_arrived(&shop, &said, "analytics.js").await;
    assert_eq!(shop.refused().await, [("brand_only".to_owned(), "Spread Started".to_owned())]);
    let facts = shop.facts().await;
    let page = &facts[text(&said[1], "messageId")]["context"]["page"];
    assert_eq!(page["title"], "书店");
}

#[tokio::test]
async fn analytics_js_on_a_page_of_another_site_is_understood() {
    browser("single", &["/v1/i", "/v1/t", "/v1/p", "/v1/s", "/v1/g", "/v1/a", "/v1/t"]).await;
}

#[tokio::test]
async fn analytics_js_that_sends_batches_is_understood() {
    browser("batching", &["/v1/b", "/v1/b", "/v1/b"]).await;
}

#[tokio::test]
async fn analytics_python_with_gzip_is_understood() {
    let mut python = Command::new("python3");
    if let Ok(folder) = std::env::var("SEARCHLIGHT_CLIENTS") {
        python.env("PYTHONPATH", folder);
    }
    let there = python.args(["-c", "import segment.analytics"]).output().await;
    if !installed("segment-analytics-python", there.is_ok_and(|ran| ran.status.success())) {
        return;
    }
    let shop = Shop::open().await;
    let said = shop.run("python3", "python.py", &[]).await;
    all_arrived(&shop, &said, "analytics-python").await;
    assert_eq!(shop.refused().await, [("brand_only".to_owned(), "Spread Started".to_owned())]);
}
