use std::{io::Write, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use db::{Records, db_test};
use factlog::Options;
use flate2::{Compression, write::GzEncoder};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::timeout};
use url::form_urlencoded;

use super::Patience;
use crate::http::tests::{Answer, Ask, House, migrations};

fn escaped(bytes: &[u8]) -> String {
    form_urlencoded::byte_serialize(BASE64_STANDARD.encode(bytes).as_bytes()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Something that somebody did, at the second the test stands at.
fn seen(distinct_id: &str, track_id: u32) -> Value {
    json!({ "type": "track", "event": "BookSeen", "distinct_id": distinct_id, "_track_id": track_id, "properties": { "n": 1 } })
}

/// Records as most clients send them, to this address.
fn to(address: &str, records: &Value) -> Ask {
    Ask::raw(address, format!("data_list={}", escaped(records.to_string().as_bytes())))
        .header("content-type", "text/plain")
}

async fn rejected(house: &House) -> Vec<(String, String, String)> {
    let told = house.ask(Ask::get("/api/v1/facts/rejected").by("analyst")).await.body;
    let word = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    told["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (word(item, "door"), word(item, "reason"), word(item, "event")))
        .collect()
}

#[db_test(migrations = migrations())]
async fn records_come_in_by_every_form(records: Records) {
    let house = House::new(&records);
    let one = |n| escaped(seen("a1", n).to_string().as_bytes());
    let zipped = escaped(&gzip(json!([seen("a1", 5), seen("a1", 6)]).to_string().as_bytes()));
    for ask in [
        Ask::get(&format!("/sa.gif?project=write&data={}", one(1))),
        Ask::get(&format!("/sa?token=write&project=default&data={}", one(2))),
    ] {
        let answer = house.ask(ask).await;
        assert_eq!((answer.status, &answer.headers["content-type"]), (200, &"image/gif".parse().unwrap()));
        assert_eq!((answer.bytes.len(), &answer.headers["cache-control"]), (43, &"no-store".parse().unwrap()));
    }
    for (ask, accepted) in [
        (Ask::raw("/sa?project=write", format!("data={}&gzip=0", one(3))), 1),
        (Ask::raw("/sa.gif", format!("project=write&data={}", one(4))), 1),
        (Ask::raw("/sa", format!("data_list={zipped}&gzip=1")).by("write"), 2),
        (to("/sa", &json!([{ "type": "track", "event": "E", "distinct_id": "a1", "project": "write" }])), 1),
        (to("/sa?project=write", &json!([])), 0),
        (to("/debug?project=write", &json!([seen("a1", 7)])), 1),
    ] {
        let answer = house.ask(ask).await;
        assert_eq!((answer.status, answer.body), (200, json!({ "accepted": accepted, "rejected": 0 })));
    }
    let facts = house.facts("wait_offset=8").await;
    assert_eq!(facts.len(), 8);
    assert!(facts.iter().all(|fact| fact["source"] == "key:k1" && fact["anonymous_id"] == "a1"));
}

#[db_test(migrations = migrations())]
async fn who_is_not_known_hands_in_nothing(records: Records) {
    let house = House::new(&records);
    let list = json!([seen("a1", 1)]);
    for address in ["/sa", "/sa?project=nobody", "/sa?project=write&token=nobody"] {
        let answer = house.ask(to(address, &list)).await;
        assert_eq!(answer.refusal(), (401, "unauthenticated"), "{address}");
        assert!(answer.body["detail"].as_str().unwrap().contains("server_url"), "{}", answer.body);
    }
    assert_eq!(house.ask(to("/sa", &list).header("cookie", "sl_session=write")).await.status, 401);
    assert_eq!(house.ask(to("/sa?project=analyst", &list)).await.refusal(), (403, "forbidden"));
    assert_eq!(house.ask(to("/sa?project=other", &list)).await.body["accepted"], 1);
    assert!(house.facts("").await.is_empty(), "it went to their own brand");
    assert_eq!(rejected(&house).await, []);
}

#[db_test(migrations = migrations())]
async fn each_record_is_judged_on_its_own_and_the_reasons_are_kept(records: Records) {
    let recorder = PrometheusBuilder::new().build_recorder();
    let house = House::new(&records);
    let counted = metrics::set_default_local_recorder(&recorder);
    let list = json!([
        seen("a1", 1),
        { "type": "track", "event": "Book Seen", "distinct_id": "a1" },
        { "type": "dance", "event": "E", "distinct_id": "a1" },
        { "type": "track", "event": "OrderPaid", "distinct_id": "a1", "properties": { "order_id": "1", "amount_minor": 1 } },
        7,
        { "type": "track", "event": "Elsewhere", "distinct_id": "a1", "project": "other" },
        seen("a1", 2),
    ]);
    let answer = house.ask(to("/sa?project=write", &list)).await;
    drop(counted);
    assert_eq!((answer.status, &answer.body["accepted"], &answer.body["rejected"]), (200, &json!(2), &json!(5)));
    let places: Vec<_> = answer.body["reasons"].as_array().unwrap().iter().map(|told| told["index"].clone()).collect();
    assert_eq!(places, [1, 2, 3, 4, 5]);
    let kept: Vec<_> = rejected(&house).await.into_iter().rev().collect();
    let told = |reason: &str, event: &str| ("sa".to_owned(), reason.to_owned(), event.to_owned());
    assert_eq!(
        kept,
        [
            told("name", "Book Seen"),
            told("type", "E"),
            told("brand_only", "OrderPaid"),
            told("shape", ""),
            told("project", "Elsewhere"),
        ]
    );
    let measured = recorder.handle().render();
    assert!(measured.contains("searchlight_capture_rejected_total{door=\"sa\"} 5"), "{measured}");
    assert_eq!(house.facts("wait_offset=2").await.len(), 2);
}

#[db_test(migrations = migrations())]
async fn what_nobody_can_read_is_refused_as_a_whole_and_recorded(records: Records) {
    let house = House::new(&records);
    let post = |body: String| Ask::raw("/sa?project=write", body);
    let sealed = json!({ "pkv": 1, "ekey": "RSA", "payloads": ["AES"] });
    for (ask, status, reason) in [
        (post(String::new()), 400, "request"),
        (post("data=%%%".into()), 400, "request"),
        (post(format!("data={}", escaped(b"{\"type\":"))), 400, "request"),
        (post(format!("data={}&gzip=1", escaped(b"{}"))), 400, "request"),
        (post(format!("data={}&ext=crc%3D1", escaped(b"{}"))), 400, "crc"),
        (post(format!("data={}&gzip=9", escaped(b"{}"))), 400, "encrypted"),
        (to("/sa?project=write", &sealed), 400, "encrypted"),
        (to("/sa?project=write", &json!(vec![0; 2_501])), 413, "request"),
        (post(format!("data_list={}&gzip=1", escaped(&gzip(&vec![b' '; 5 << 20])))), 413, "request"),
        (post("x".repeat((8 << 20) + 1)), 413, "request"),
    ] {
        let answer = house.ask(ask).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.body["detail"].is_string(), "{}", answer.body);
        assert_eq!(rejected(&house).await[0].1, reason, "{}", answer.body);
    }
    let told = house.ask(to("/sa?project=write", &sealed)).await;
    assert!(told.body["detail"].as_str().unwrap().starts_with("the records are encrypted"), "{}", told.body);
    assert!(house.facts("").await.is_empty());
}

#[db_test(migrations = migrations())]
async fn a_request_sent_again_is_kept_once(records: Records) {
    let house = House::new(&records);
    let list = |flushed: u64| {
        let mut record = seen("a1", 1);
        record["_flush_time"] = json!(flushed);
        json!([record, { "type": "profile_increment", "distinct_id": "a1", "time": 5, "properties": { "n": 1 } }, seen("a1", 2)])
    };
    for flushed in [1_795_344_465_412_u64, 1_795_344_466_000, 1_795_344_470_000] {
        assert_eq!(house.ask(to("/sa?project=write", &list(flushed))).await.body["accepted"], 3);
    }
    assert_eq!(house.facts("wait_offset=9").await.len(), 3);
}

#[db_test(migrations = migrations())]
async fn the_door_for_those_who_build_a_client_says_what_is_wrong(records: Records) {
    let house = House::new(&records);
    let bad = json!([seen("a1", 1), { "type": "track", "event": "E" }]);
    let dry = |list: &Value| to("/debug?project=write", list).header("dry-run", "true");
    let told = house.ask(dry(&bad)).await;
    assert_eq!(told.refusal(), (400, "malformed"));
    assert_eq!(told.body["errors"], json!([{ "index": 1, "message": "distinct_id is needed" }]));
    assert_eq!(house.ask(dry(&json!([seen("a1", 1)]))).await.body, json!({ "accepted": 1, "rejected": 0 }));
    assert_eq!(
        house.ask(Ask::raw("/debug?project=write", "gzip=9&data=QQ==").header("dry-run", "true")).await.status,
        400
    );
    assert_eq!((rejected(&house).await.len(), house.facts("").await.len()), (0, 0), "nothing is kept of it");
    assert_eq!(house.ask(to("/debug?project=write", &bad)).await.status, 400);
    assert_eq!(
        (rejected(&house).await.len(), house.facts("wait_offset=1").await.len()),
        (1, 1),
        "what is good is taken"
    );
}

#[db_test(migrations = migrations())]
async fn a_page_of_any_origin_may_send_and_no_cookie_comes_along(records: Records) {
    let house = House::new(&records);
    for path in ["/sa", "/sa.gif", "/debug"] {
        let ask = Ask::new("OPTIONS", path)
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,dry-run");
        let allowed = house.ask(ask).await;
        assert_eq!(
            (allowed.status, &allowed.headers["access-control-allow-origin"]),
            (200, &"*".parse().unwrap()),
            "{path}"
        );
        assert!(!allowed.headers.contains_key("access-control-allow-credentials"));
    }
    assert_eq!(house.ask(Ask::get("/debug?project=write")).await.status, 405);
}

/// A mini-program forgets its records at any answer: so a log that is full or a disk that refuses lets it wait.
#[db_test(migrations = migrations())]
async fn a_log_that_refuses_lets_a_request_wait_and_loses_nothing(records: Records) {
    let house = Arc::new(House::with_log(&records, Options { queue_appends_max: 1, ..Options::default() }));
    let ask = |ask: Ask| {
        let house = Arc::clone(&house);
        tokio::spawn(async move { house.ask(ask).await })
    };
    let own = || ask(Ask::facts(&json!([{ "event": "E", "user_id": "u1" }])).by("write"));
    let send = |n| ask(to("/sa?project=write", &json!([seen("a1", n)])));
    let not_yet = async |sent: &mut JoinHandle<Answer>| timeout(Duration::from_millis(150), sent).await.is_err();

    let held = house.disk.hold_syncs();
    let (mut one, mut other) = (own(), own());
    // The disk is busy with one of them, so the other is refused: the log is full.
    let (refused, busy) = tokio::select! {
        refused = &mut one => (refused.unwrap(), other),
        refused = &mut other => (refused.unwrap(), one),
    };
    assert_eq!(refused.refusal(), (429, "overloaded"), "as other doors say it");
    let mut waiting = send(1);
    assert!(not_yet(&mut waiting).await);
    drop(held);
    assert_eq!(waiting.await.unwrap().body, json!({ "accepted": 1, "rejected": 0 }));
    assert_eq!(busy.await.unwrap().status, 200);

    house.disk.set_read_only(true);
    let mut waiting = send(2);
    assert!(not_yet(&mut waiting).await);
    house.disk.set_read_only(false);
    assert_eq!(waiting.await.unwrap().status, 200);
    let facts = house.facts("wait_offset=3").await;
    assert_eq!(facts.iter().filter(|fact| fact["event"] == "BookSeen").count(), 2);
}

/// Sends while the disk refuses, and once more when it does not.
async fn no_answer_at_all(records: &Records, patience: Patience) {
    let house = House::patient(records, Options::default(), patience);
    let list = json!([seen("a1", 1)]);
    house.disk.set_read_only(true);
    for address in ["/sa?project=write", "/debug?project=write"] {
        assert!(house.ask_or_none(to(address, &list)).await.is_none());
    }
    house.disk.set_read_only(false);
    assert_eq!(house.ask(to("/sa?project=write", &list)).await.status, 200);
    assert_eq!(house.facts("wait_offset=1").await.len(), 1);
}

#[db_test(migrations = migrations())]
async fn who_has_waited_too_long_gets_no_answer_at_all(records: Records) {
    no_answer_at_all(&records, Patience::new(Duration::from_millis(200), 1 << 20)).await;
}

#[db_test(migrations = migrations())]
async fn who_finds_no_room_to_wait_gets_no_answer_either(records: Records) {
    no_answer_at_all(&records, Patience::new(Duration::from_millis(100), 10)).await;
}
