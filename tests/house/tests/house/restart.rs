//! What was answered before a restart is answered after it: from a snapshot, from a snapshot and the log, from the log alone.

use std::{collections::BTreeMap, fs, path::PathBuf};

use db::{db_test, testing::TestDb};
use kernel::Timestamp;
use serde_json::{Value, json};
use simulator::{CAMPAIGN_ID, DEFAULT_SEED, Simulation};

use crate::{
    picture::Picture,
    server::{Founded, Installation, Server, each},
};

/// One person in so many: about 7,300 facts, with second devices, repeats, circles and orders.
const ONE_IN: u32 = 20;

fn facts() -> Vec<Value> {
    let simulation = Simulation::scaled(DEFAULT_SEED, Timestamp::from_secs(1_772_409_600), ONE_IN);
    simulation.facts().map(|fact| serde_json::to_value(fact).expect("a fact is JSON")).collect()
}

type Answers = BTreeMap<String, Vec<u8>>;

/// What the API tells of the campaign, but for the time at which it was asked.
async fn answers(server: &Server, founded: &Founded, last: u64) -> Answers {
    let reader = server.key(&founded.secret_key);
    let campaign = format!("/api/v1/campaigns/{CAMPAIGN_ID}");
    let mut paths: Vec<String> = [
        format!("{campaign}/cascade?wait_offset={last}"),
        format!("{campaign}/cascade?format=csv"),
        format!("{campaign}/kocs?limit=1000&as_of=2026-03-02T00:00:00Z"),
        format!("{campaign}/kocs?root=p1&format=csv&as_of=2026-03-01T12:00:00Z"),
        format!("{campaign}/picture?wait_offset={last}"),
        format!("{campaign}/picture?root=p1&wait_offset={last}"),
        "/api/v1/facts?limit=1000".to_owned(),
    ]
    .into();
    // Between key users of the same store there is always a way, and often more than one.
    let kocs = reader.read(&format!("{campaign}/kocs?root=p1&as_of=2026-03-02T00:00:00Z&wait_offset={last}")).await;
    for pair in each(&kocs, "person")[..8].windows(2) {
        let path = format!("/api/v1/network/paths?from={}&to={}&limit=10&as_of=2026-03-02T00:00:00Z", pair[0], pair[1]);
        let ways = reader.read(&path).await;
        assert!(ways["paths"].as_array().is_some_and(|ways| !ways.is_empty()), "{path}: {ways}");
        paths.push(path);
    }
    paths.extend((1..=400).map(|person| format!("/api/v1/persons/p{person}/network")));
    let mut told = Answers::new();
    for path in paths {
        let answer = reader.get(&path).await;
        let mut bytes = answer.bytes;
        if let Ok(Value::Object(mut fields)) = serde_json::from_slice(&bytes) {
            if fields.get("as_of").is_some_and(|_| path.contains("cascade")) {
                fields.remove("as_of");
            }
            fields.remove("request_id");
            bytes = serde_json::to_vec(&fields).expect("JSON");
        }
        let etag = answer.headers.get("etag").map(|etag| etag.to_str().expect("text").to_owned());
        let path = path.replace(&format!("wait_offset={last}"), "");
        told.insert(format!("{} {path} {}", answer.status, etag.unwrap_or_default()), bytes);
    }
    told
}

fn same(before: &Answers, after: &Answers, when: &str) {
    let addresses = |answers: &Answers| answers.keys().cloned().collect::<Vec<_>>();
    assert_eq!(addresses(before), addresses(after), "{when}");
    for (address, bytes) in before {
        assert!(*bytes == after[address], "{when}: {address} differs: {}", String::from_utf8_lossy(&after[address]));
    }
}

impl Installation {
    fn snapshot(&self) -> PathBuf {
        self.folder.path().join("live/1/network.snap")
    }
}

#[db_test]
async fn answers_outlive_restarts(db: TestDb) {
    let house = Installation::on(&db);
    let founded = house.create_brand("jia", "owner@jia.example").await;
    let facts = facts();
    let (first, second) = facts.split_at(facts.len() / 2);

    let server = house.serve().await;
    server.key(&founded.secret_key).make("/api/v1/campaigns", &json!({"id": CAMPAIGN_ID, "name": "书单"})).await;
    let last = server.key(&founded.secret_key).hand_in(first).await;
    let before = answers(&server, &founded, last).await;
    let picture = before.iter().find(|(address, _)| address.contains("/picture?")).expect("the picture").1;
    let picture = Picture::read(picture);
    assert!(picture.persons.len() > 500);
    assert_eq!(picture.offset, last + 1, "it shows every fact");
    server.stop().await;

    assert!(house.snapshot().exists(), "a graceful stop leaves a snapshot");
    let server = house.serve().await;
    same(&before, &answers(&server, &founded, last).await, "after a graceful restart");
    let last = server.key(&founded.secret_key).hand_in(second).await;
    let before = answers(&server, &founded, last).await;
    server.kill().await;

    let server = house.serve().await;
    same(&before, &answers(&server, &founded, last).await, "after kill -9, from an older snapshot and the log");
    server.stop().await;
    fs::remove_dir_all(house.folder.path().join("live")).expect("the snapshots are there to delete");

    let server = house.serve().await;
    same(&before, &answers(&server, &founded, last).await, "after the snapshots are gone");
    server.stop().await;
    let mut snapshot = fs::read(house.snapshot()).expect("a snapshot");
    let middle = snapshot.len() / 2;
    snapshot[middle] ^= 1;
    fs::write(house.snapshot(), snapshot).expect("written");

    let server = house.serve().await;
    same(&before, &answers(&server, &founded, last).await, "after the snapshot was damaged");
    server.stop().await;
}

#[tokio::test]
async fn a_house_that_was_restarted_answers_like_one_that_was_not() {
    let facts = facts();
    let (restarted, steady) = (Installation::new(), Installation::new());
    let mut told = Vec::new();
    for (house, parts) in [(&restarted, 4), (&steady, 1)] {
        let founded = house.create_brand("jia", "owner@jia.example").await;
        let mut last = 0;
        let mut server = house.serve().await;
        for (number, part) in facts.chunks(facts.len().div_ceil(parts)).enumerate() {
            last = server.key(&founded.secret_key).hand_in(part).await;
            if parts > 1 {
                // At once, whether digested or not, and with a snapshot every other time.
                if number % 2 == 0 {
                    server.stop().await;
                } else {
                    server.kill().await;
                }
                server = house.serve().await;
            }
        }
        let mut answers = answers(&server, &founded, last).await;
        // When a door heard it, and by which key, differs.
        answers.retain(|address, _| !address.contains("/facts"));
        told.push(answers);
        server.stop().await;
    }
    same(&told[1], &told[0], "restarted in the middle");
}

#[tokio::test]
async fn a_folder_is_served_once() {
    let house = Installation::new();
    house.create_brand("jia", "owner@jia.example").await;
    let _server = house.serve().await;
    let folder = house.folder.path().to_str().expect("a path");
    let words = ["serve", "--listen", "127.0.0.1:0", "--data-dir", folder];
    let second = tokio::process::Command::new(testkit::binary("searchlight")).args(words).output().await;
    let second = second.expect("the program starts");
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another Searchlight"));
}
