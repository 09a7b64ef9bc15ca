//! Whatever is sent: every item is answered, what was accepted can be read, and the reader can live with it.

use std::{collections::BTreeSet, io::Write, sync::Arc};

use db::{Records, db_test};
use flate2::{Compression, write::GzEncoder};
use kernel::{Timestamp, WorkspaceId};
use parking_lot::Mutex;
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use serde_json::{Value, json, value::RawValue};

use super::{Ask, House, NOW, migrations};

/// JSON as nobody would write it on purpose: known fields with odd values, and odd fields.
fn odd_item() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        4 => prop::sample::select(vec![
            "u1", "u2", "a1", "m1", "m2", "", " ", "null", "0", "-", "a\u{0}b", "track", "identify", "page", "dance",
            "Spread Started", "Spread Opened", "Spread Shared", "Order Paid", "c", "spring", "1970-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999+23:59", "2026-11-22T07:00:00Z", "长", "\u{202e}",
        ])
        .prop_map(str::to_owned),
        1 => any::<String>(),
        1 => (0..400_usize).prop_map(|length| "x".repeat(length)),
    ];
    let leaf = prop_oneof![
        6 => text.clone().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
    ];
    let fields = vec![
        "type",
        "event",
        "name",
        "user_id",
        "userId",
        "anonymous_id",
        "anonymousId",
        "message_id",
        "messageId",
        "timestamp",
        "sent_at",
        "sentAt",
        "properties",
        "traits",
        "context",
        "campaign",
        "spread",
        "sharer_id",
        "unit",
        "staff",
        "channel",
        "order_id",
        "amount_minor",
        "phone",
        "city",
    ];
    let field = prop_oneof![9 => prop::sample::select(fields).prop_map(str::to_owned), 1 => text];
    leaf.prop_recursive(3, 40, 12, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            6 => prop::collection::btree_map(field.clone(), inner, 0..12)
                .prop_map(|object| Value::Object(object.into_iter().collect())),
        ]
    })
}

/// A good item with some odd fields, or an odd item. Both doors read it.
fn item() -> impl Strategy<Value = Value> {
    (odd_item(), any::<u8>()).prop_map(|(odd, keep)| {
        let mut item = json!({
            "type": "track", "event": "Page Seen", "user_id": "u1", "userId": "u1", "properties": { "campaign": "c" },
        });
        match (&mut item, odd) {
            // Of the odd fields about one in eight stays.
            (Value::Object(item), Value::Object(odd)) => {
                let odd = odd.into_iter().filter(|(name, _)| (name.len() as u8 ^ keep).is_multiple_of(8));
                item.extend(odd);
            }
            (item, odd) if keep < 64 => *item = odd,
            _ => {}
        }
        item
    })
}

#[derive(serde::Deserialize)]
struct Rows {
    items: Vec<Row>,
}

#[derive(serde::Deserialize)]
struct Row {
    offset: u64,
    message_id: String,
    timestamp: Timestamp,
    properties: Box<RawValue>,
}

#[db_test(migrations = migrations())]
async fn whatever_is_sent_every_item_is_answered_and_what_was_accepted_can_be_read(records: Records) {
    let house = Arc::new(House::new(&records));
    let runtime = tokio::runtime::Handle::current();
    let told = tokio::task::spawn_blocking(move || {
        let config =
            Config { cases: 128, rng_seed: RngSeed::Fixed(20_261_122), failure_persistence: None, ..Config::default() };
        let (seen, accepted_in_all) = (Mutex::new(BTreeSet::new()), Mutex::new(0));
        let requests = prop::collection::vec(item(), 0..12);
        TestRunner::new(config)
            .run(&requests, |items| {
                let accepted = runtime.block_on(sent_and_read(&house, &items, &seen));
                *accepted_in_all.lock() += accepted;
                Ok(())
            })
            .unwrap();
        accepted_in_all.into_inner()
    });
    let accepted = told.await.unwrap();
    assert!(accepted > 300, "only {accepted} items got through: this tests less than it says");
}

/// Sends items and reads back what was accepted and is no repeat; how many were accepted.
async fn sent_and_read(house: &House, items: &[Value], seen: &Mutex<BTreeSet<String>>) -> usize {
    let answer = house.ask(Ask::facts(&json!(items)).by("write")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let receipts = answer.body["items"].as_array().unwrap();
    assert_eq!(receipts.len(), items.len());
    let accepted: Vec<_> = receipts.iter().zip(items).filter(|(receipt, _)| receipt["status"] == "accepted").collect();
    assert_eq!(answer.body["accepted"], accepted.len());
    assert_eq!(answer.body["rejected"], items.len() - accepted.len());
    for receipt in receipts {
        assert_eq!(receipt["status"] == "rejected", receipt["reason"].is_string(), "{receipt}");
    }
    let Some(last) = answer.body["last_offset"].as_u64() else {
        assert!(accepted.is_empty());
        return 0;
    };
    let first = last - accepted.len() as u64;
    let read = Ask::get(&format!("/api/v1/facts?after={first}&limit=1000&wait_offset={last}")).by("analyst");
    let read = house.ask(read).await;
    assert_eq!(read.status, 200, "{} after {items:?}", read.body);
    let rows: Rows = serde_json::from_slice(&read.bytes).unwrap();

    let mut rows = rows.items.into_iter();
    for (offset, (receipt, item)) in (first + 1..).zip(&accepted) {
        let message_id = receipt["message_id"].as_str().unwrap();
        if !seen.lock().insert(message_id.to_owned()) {
            continue;
        }
        let row = rows.next().unwrap();
        assert_eq!((row.offset, row.message_id.as_str()), (offset, message_id));
        assert!(row.timestamp <= Timestamp::parse(NOW).unwrap().plus_secs(300), "{}", row.timestamp);
        let sent = [item["properties"].to_string(), item["traits"].to_string(), "{}".to_owned()];
        assert!(sent.iter().any(|sent| sent == row.properties.get()), "{} of {item}", row.properties);
    }
    assert!(rows.next().is_none(), "nothing but what was accepted");
    accepted.len()
}

#[db_test(migrations = migrations())]
async fn any_batch_of_the_segment_protocol_is_answered(records: Records) {
    let house = Arc::new(House::new(&records));
    let runtime = tokio::runtime::Handle::current();
    let told = tokio::task::spawn_blocking(move || {
        let config =
            Config { cases: 96, rng_seed: RngSeed::Fixed(20_261_122), failure_persistence: None, ..Config::default() };
        let batch = (prop::collection::vec(item(), 0..8), odd_item(), odd_item(), any::<u8>());
        TestRunner::new(config)
            .run(&batch, |(items, context, sent_at, shape)| {
                let body = match shape {
                    0..8 => context.to_string(),
                    8..16 => format!("{}…", json!({ "batch": items })),
                    16..80 => json!({ "batch": items, "context": context, "sentAt": sent_at }).to_string(),
                    _ => json!({ "batch": items, "context": { "odd": context }, "sentAt": NOW }).to_string(),
                };
                let log = house.rivers.get(WorkspaceId(1)).unwrap();
                let before = log.log().end().0;
                let answer = runtime.block_on(house.ask(Ask::raw("/v1/batch", body).by("write")));
                prop_assert!(matches!(answer.status, 200 | 400), "{}: {}", answer.status, answer.body);
                if answer.status == 200 && shape >= 16 {
                    let rejected = answer.body["rejected"].as_u64().unwrap_or(0);
                    prop_assert_eq!(log.log().end().0 - before + rejected, items.len() as u64);
                }
                Ok(())
            })
            .unwrap();
        // Whatever got in, the reader can live with it.
        let river = house.rivers.get(WorkspaceId(1)).unwrap();
        let last = river.log().end().0 - 1;
        assert!(last > 100, "only {last} items got through: this tests less than it says");
        let read = Ask::get(&format!("/api/v1/facts?wait_offset={last}&limit=1000")).by("secret");
        let read = runtime.block_on(house.ask(read));
        assert_eq!((read.status, river.ready()), (200, Ok(())));
    });
    told.await.unwrap();
}

/// A door and a body as they come: what the door takes, odd JSON or any bytes; gzip, or said to be; cut off, or not.
fn request() -> impl Strategy<Value = (&'static str, Vec<u8>, Option<&'static str>)> {
    let doors = prop::sample::select(vec![
        "/api/v1/facts",
        "/v1/batch",
        "/v1/import",
        "/v1/i",
        "/v1/t",
        "/v1/p",
        "/v1/screen",
        "/v1/group",
        "/v1/alias",
        "/v1/m",
    ]);
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    let encoding = prop::sample::select(vec![None, Some("gzip"), Some("identity"), Some("br")]);
    (doors, item(), odd_item(), bytes, 0..8_u8, (encoding, 0..8_u8, any::<prop::sample::Index>())).prop_map(
        |(door, item, odd, bytes, what, (encoding, spoilt, at))| {
            let body = match (what, door) {
                (0, _) => bytes,
                (1, _) => odd.to_string().into_bytes(),
                (_, "/api/v1/facts") => json!([item]).to_string().into_bytes(),
                (_, "/v1/batch" | "/v1/import") => {
                    json!({ "batch": [item], "writeKey": "write" }).to_string().into_bytes()
                }
                _ => item.to_string().into_bytes(),
            };
            let mut body = if encoding == Some("gzip") && spoilt != 0 { gzip(&body) } else { body };
            if spoilt == 1 && !body.is_empty() {
                body.truncate(at.index(body.len()));
            }
            (door, body, encoding)
        },
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[db_test(migrations = migrations())]
async fn no_body_makes_any_door_stumble(records: Records) {
    let house = Arc::new(House::new(&records));
    let runtime = tokio::runtime::Handle::current();
    let told = tokio::task::spawn_blocking(move || {
        let config =
            Config { cases: 400, rng_seed: RngSeed::Fixed(20_261_122), failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
            .run(&(request(), 0..8_u8), |((door, body, encoding), who)| {
                let mut ask = Ask::raw(door, body);
                if who > 0 {
                    ask = ask.by("write");
                }
                if let Some(encoding) = encoding {
                    ask = ask.header("content-encoding", encoding);
                }
                let answer = runtime.block_on(house.ask(ask));
                prop_assert!(matches!(answer.status, 200 | 400 | 401), "{door}: {} {}", answer.status, answer.body);
                Ok(())
            })
            .unwrap();
        let river = house.rivers.get(WorkspaceId(1)).unwrap();
        let last = river.log().end().0 - 1;
        assert!(last > 40, "only {last} items got through: this tests less than it says");
        let read = Ask::get(&format!("/api/v1/facts?wait_offset={last}&limit=1000")).by("secret");
        assert_eq!((runtime.block_on(house.ask(read)).status, river.ready()), (200, Ok(())));
        let volume = runtime.block_on(house.ask(Ask::get("/api/v1/facts/volume").by("secret"))).body;
        assert_eq!(volume["items"][0]["accepted"], last, "what was taken is what was counted");
    });
    told.await.unwrap();
}
