//! `POST /api/v1/facts`: our own door.

use axum::{body::Body, extract::State, http::Request};
use facts::Fact;
use kernel::ErrorCode;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use web::{CanCaptureFacts, Json, Problem};

use super::{
    append::{ITEMS_MAX, MESSAGE_ID_LENGTH, Sender},
    body,
};
use crate::{
    Doors,
    model::{Door, Refusal},
    rules::Accepting,
};

/// Largest request, in bytes.
const REQUEST_BYTES_MAX: usize = 4 << 20;

/// Something that happened.
#[derive(ToSchema)]
#[schema(
    as = FactInput,
    examples(
        json!({"event": "Spread Started", "user_id": "staff-chen-yu", "message_id": "m-1",
               "timestamp": "2026-11-20T09:00:00Z",
               "properties": {"campaign": "spring", "unit": "store-66", "staff": "chen-yu", "channel": "wecom"}}),
        json!({"event": "Spread Opened", "anonymous_id": "h5-8f2c", "message_id": "m-2",
               "timestamp": "2026-11-20T09:03:12Z",
               "properties": {"campaign": "spring", "sharer_id": "staff-chen-yu"}}),
        json!({"event": "Order Paid", "user_id": "u-1001", "message_id": "m-3",
               "timestamp": "2026-11-20T10:00:00Z",
               "properties": {"order_id": "B20261120-17", "amount_minor": 5990, "currency": "CNY",
                              "campaign": "spring"}}),
        json!({"type": "identify", "user_id": "u-1001", "anonymous_id": "h5-8f2c", "message_id": "m-4",
               "traits": {"name": "林晓", "phone": "17000001234", "unionid": "o_1", "city": "杭州"}})
    )
)]
#[expect(dead_code, reason = "describes the items in the OpenAPI document; they are read one by one as FactInput")]
pub(super) struct FactItem {
    /// What kind of fact: `track` (default), `identify`, `page`, `screen`, `group` or `alias`.
    #[schema(rename = "type", required = false, example = "track")]
    r#type: Option<String>,
    /// Name of what happened; needed for `track`. `Spread Started` {campaign, unit?, staff?, channel?, spread?} makes the
    /// person a root of the campaign; `Spread Opened` {campaign, sharer_id | sharer_anonymous_id | spread} is one hop: the
    /// person opened what the sharer shared; `Spread Shared` {campaign, spread} gives the person a token; `Order Paid`
    /// {order_id, amount_minor, currency?, campaign?} is money. `Friend Added` {friend_id | friend_anonymous_id}, `Group Joined`
    /// {group, group_name?} and `Bought Together` {basket} tie people who share nothing. Any other name is kept as it is. `Spread Started` and `Order
    /// Paid` need a secret key or somebody signed in.
    #[schema(required = false, example = "Spread Opened")]
    event: Option<String>,
    /// The id of the person after signing in. This or `anonymous_id` is needed; at most 256 bytes.
    #[schema(required = false, example = "u-1001")]
    user_id: Option<String>,
    /// The id before that (browser, device, openid). A fact with both ids says they are one person.
    #[schema(required = false)]
    anonymous_id: Option<String>,
    /// Further ids of the same person by namespace, at most 16: `wechat:unionid`, `wechat:openid:<appid>`, `phone`, `email`,
    /// `member`, … They say that all of them are one person.
    #[schema(required = false, value_type = Object)]
    identities: Option<serde_json::Value>,
    /// For `group`: the group. Kept as `group_id` among the properties.
    #[schema(required = false)]
    group_id: Option<String>,
    /// For `alias`: the id the person had before. Kept as `previous_id` among the properties.
    #[schema(required = false)]
    previous_id: Option<String>,
    /// Tells a repeat from a new fact, per key; at most 100 bytes. Made by us when missing.
    #[schema(required = false)]
    message_id: Option<String>,
    /// When it happened. The time of receipt when missing or in the future.
    #[schema(required = false, format = DateTime)]
    timestamp: Option<String>,
    /// When it was sent, by the same clock as `timestamp`: corrects a wrong clock.
    #[schema(required = false, format = DateTime)]
    sent_at: Option<String>,
    /// What else is known of it.
    #[schema(required = false, value_type = Object)]
    properties: Option<serde_json::Value>,
    /// For `identify`: name, phone, unionid (or openid, wechat, external_userid), city, and any other.
    #[schema(required = false, value_type = Object)]
    traits: Option<serde_json::Value>,
    /// Library, page, device.
    #[schema(required = false, value_type = Object)]
    context: Option<serde_json::Value>,
}

/// What became of a request.
#[derive(Serialize, ToSchema)]
pub(super) struct Receipt {
    /// Items that are durable now. It means durable, not new: repeats are dropped later.
    accepted: usize,
    /// Items that were not taken.
    rejected: usize,
    /// The offset of the last accepted item: name it as `wait_offset` to read what you wrote.
    last_offset: Option<u64>,
    /// An answer per item, in the order sent.
    items: Vec<ItemReceipt>,
}

/// What became of an item.
#[derive(Serialize, ToSchema)]
pub(super) struct ItemReceipt {
    /// Its place in the request, from 0.
    index: usize,
    /// Its message id, made by us when it had none. Null when it was rejected before it could be read.
    message_id: Option<String>,
    /// Whether it was taken.
    status: ItemStatus,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ItemStatus {
    Accepted,
    Rejected,
}

/// Hand in facts
///
/// Up to 2,500 items and 4 MiB a request, 32 KiB an item; the body may be gzip. Each item is judged on its own. A 200 means
/// that the accepted ones survive a power cut. When the log is full nothing is taken: 429, try again after `Retry-After`.
/// A write key stands in web pages, so what only the brand may say (`Spread Started`, `Order Paid`) is rejected from one.
#[utoipa::path(
    post, path = "/api/v1/facts", tag = "capture", operation_id = "capture.fact.append",
    request_body(content = Vec<FactItem>, description = "The facts, in the order they happened"),
    responses(
        (status = 200, body = Receipt),
        (status = 400, description = "The body is not a JSON array"),
        (status = 413, description = "More than 2,500 items or 4 MiB"),
        (status = 429, description = "The log is full; nothing was taken"),
        (status = 503, description = "The log cannot be written; nothing was taken"),
    ),
    extensions(("x-permission" = json!("capture_facts"))),
)]
pub(super) async fn post(
    caller: CanCaptureFacts,
    State(doors): State<Doors>,
    request: Request<Body>,
) -> Result<Json<Receipt>, Problem> {
    let sender = Sender::new(&doors, Door::Facts, &caller.0);
    let (parts, body) = request.into_parts();
    let bytes = body::read(&parts.headers, body, REQUEST_BYTES_MAX).await;
    let bytes = bytes.map_err(|unread| {
        let problem = unread.problem(ErrorCode::TooLarge, REQUEST_BYTES_MAX);
        sender.refuse_request(&[], &problem);
        problem
    })?;
    let items = read(&bytes).inspect_err(|problem| sender.refuse_request(&bytes, problem))?;
    let (facts, refusals, items) = judge(&sender, &items);
    let last_offset = sender.append(&facts).await?;
    sender.took(&facts);
    let (accepted, rejected) = (facts.len(), refusals.len());
    sender.note(accepted, refusals);
    Ok(Json(Receipt { accepted, rejected, last_offset: last_offset.map(|offset| offset.0), items }))
}

fn read(bytes: &[u8]) -> Result<Vec<&RawValue>, Problem> {
    let items: Vec<&RawValue> = serde_json::from_slice(bytes)
        .map_err(|_| Problem::new(ErrorCode::Malformed).detail("The body must be a JSON array of facts"))?;
    if items.len() > ITEMS_MAX {
        return Err(Problem::new(ErrorCode::TooLarge).detail(format!("At most {ITEMS_MAX} items a request")));
    }
    Ok(items)
}

fn judge(sender: &Sender<'_>, items: &[&RawValue]) -> (Vec<Fact>, Vec<Refusal>, Vec<ItemReceipt>) {
    let Sender { source, received_at, by_the_brand, .. } = sender;
    let accepting = Accepting { source, received_at: *received_at, sent_at: None, by_the_brand: *by_the_brand };
    let mut facts = Vec::with_capacity(items.len());
    let mut refusals = Vec::new();
    let mut receipts = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let fresh_id = || kernel::token(&*sender.doors.entropy, MESSAGE_ID_LENGTH);
        receipts.push(match accepting.own(item, fresh_id) {
            Ok(fact) => {
                let message_id = Some(fact.message_id.clone());
                facts.push(fact);
                ItemReceipt { index, message_id, status: ItemStatus::Accepted, reason: None }
            }
            Err(rejection) => {
                refusals.push(sender.refusal(item.get(), &rejection));
                let reason = Some(rejection.to_string());
                ItemReceipt { index, message_id: None, status: ItemStatus::Rejected, reason }
            }
        });
    }
    (facts, refusals, receipts)
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use factlog::Options;
    use serde_json::{Value, json};

    use super::{
        super::tests::{Ask, House, migrations},
        *,
    };

    #[db_test(migrations = migrations())]
    async fn each_item_is_judged_on_its_own(records: Records) {
        let house = House::new(&records);
        let items = json!([
            { "event": "Page Seen", "user_id": "u1", "message_id": "m-1", "properties": { "n": 1.50 } },
            { "event": "Page Seen" },
            "no object",
            { "event": "Spread Opened", "anonymous_id": "a1", "properties": { "campaign": "spring" } },
            { "event": "Page Seen", "user_id": "u1", "properties": { "x": "y".repeat(40_000) } },
            { "type": "identify", "anonymous_id": "a1", "traits": { "name": "林晓" } },
        ]);
        let answer = house.ask(Ask::facts(&items).by("write")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!((&answer.body["accepted"], &answer.body["rejected"]), (&json!(2), &json!(4)));
        let told: Vec<_> =
            answer.body["items"].as_array().unwrap().iter().map(|item| item["reason"].as_str()).collect();
        assert_eq!(
            told,
            [
                None,
                Some("user_id or anonymous_id is needed"),
                Some("the item is not an object of the documented shape"),
                Some("one of properties.sharer_id, properties.sharer_anonymous_id and properties.spread is needed"),
                Some("the item is larger than 32 KiB"),
                None,
            ]
        );
        let rejected = json!({ "index": 1, "message_id": null, "status": "rejected", "reason": "user_id or anonymous_id is needed" });
        assert_eq!(answer.body["items"][1], rejected);
        assert_eq!(answer.body["items"][0], json!({ "index": 0, "message_id": "m-1", "status": "accepted" }));
        let made = answer.body["items"][5]["message_id"].as_str().unwrap();
        assert_eq!(made.len(), MESSAGE_ID_LENGTH);

        let facts = house.facts(&format!("wait_offset={}", answer.body["last_offset"])).await;
        let heard = "2026-11-22T08:00:00Z";
        assert_eq!(
            facts[0],
            json!({
                "offset": 1, "message_id": "m-1", "source": "key:k1", "type": "track", "event": "Page Seen", "user_id": "u1",
                "anonymous_id": null, "timestamp": heard, "original_timestamp": null, "sent_at": null, "received_at": heard,
                "properties": { "n": 1.5 }, "context": null,
            })
        );
        assert_eq!((&facts[1]["message_id"], &facts[1]["event"]), (&json!(made), &json!("identify")));
        assert_eq!(facts[1]["properties"], json!({ "name": "林晓" }));
        assert_eq!(facts.len(), 2);
    }

    #[db_test(migrations = migrations())]
    async fn a_repeat_is_accepted_and_read_once(records: Records) {
        let house = House::new(&records);
        let items = json!([{ "event": "E", "user_id": "u1", "message_id": "m-1" }]);
        let mut last = Value::Null;
        for word in ["write", "write", "secret"] {
            let answer = house.ask(Ask::facts(&items).by(word)).await;
            assert_eq!((answer.status, &answer.body["accepted"]), (200, &json!(1)), "durable, not new");
            last = answer.body["last_offset"].clone();
        }
        let facts = house.facts(&format!("wait_offset={last}")).await;
        let sources: Vec<_> = facts.iter().map(|fact| &fact["source"]).collect();
        assert_eq!(sources, ["key:k1", "key:k2"], "message ids are told apart by key");
    }

    #[db_test(migrations = migrations())]
    async fn a_request_that_is_no_list_or_too_large_is_refused_as_a_whole(records: Records) {
        let house = House::new(&records);
        let send = async |body: String| house.ask(Ask::raw("/api/v1/facts", body).by("write")).await;
        for body in ["", "{}", "null", "[", "[{}]]", "[{\"event\":\"\u{0}\"}"] {
            assert_eq!(send(body.into()).await.refusal(), (400, "malformed"), "{body}");
        }
        let not_text = house.ask(Ask::raw("/api/v1/facts", vec![b'[', b'"', 0xff, b'"', b']']).by("write")).await;
        assert_eq!(not_text.refusal(), (400, "malformed"));

        let item = json!({ "event": "E", "user_id": "u1" });
        let answer = send(json!(vec![&item; ITEMS_MAX + 1]).to_string()).await;
        assert_eq!(answer.refusal(), (413, "too_large"));
        let answer = send(json!(vec![&item; ITEMS_MAX]).to_string()).await;
        assert_eq!((answer.status, &answer.body["accepted"]), (200, &json!(ITEMS_MAX)));
        assert_eq!(answer.body["last_offset"], ITEMS_MAX);

        let answer = send(" ".repeat(REQUEST_BYTES_MAX + 1)).await;
        assert_eq!(answer.refusal(), (413, "too_large"));
        let largest = format!("[{}]", " ".repeat(REQUEST_BYTES_MAX - 2));
        let answer = send(largest).await;
        assert_eq!(answer.body, json!({ "accepted": 0, "rejected": 0, "last_offset": null, "items": [] }));
        assert_eq!(house.facts(&format!("limit=1000&after={}&wait_offset={ITEMS_MAX}", ITEMS_MAX - 1)).await.len(), 1);
    }

    /// The largest items a request may hold fit into one append of the log.
    #[db_test(migrations = migrations())]
    async fn the_largest_request_is_taken(records: Records) {
        let house = House::new(&records);
        let item = json!({ "event": "E", "user_id": "u1", "properties": { "x": "é\"".repeat(6_000) } });
        let items = json!(vec![&item; REQUEST_BYTES_MAX / (item.to_string().len() + 1)]);
        let answer = house.ask(Ask::facts(&items).by("write")).await;
        assert_eq!((answer.status, &answer.body["rejected"]), (200, &json!(0)));
    }

    #[db_test(migrations = migrations())]
    async fn a_key_hands_in_for_its_own_brand_and_others_not_at_all(records: Records) {
        let house = House::new(&records);
        let items = json!([{ "event": "E", "user_id": "u1" }]);
        assert_eq!(house.ask(Ask::facts(&items)).await.refusal(), (401, "unauthenticated"));
        assert_eq!(house.ask(Ask::facts(&items).by("revoked")).await.refusal(), (401, "unauthenticated"));
        assert_eq!(house.ask(Ask::facts(&items).by("analyst")).await.refusal(), (403, "forbidden"));
        assert_eq!(house.ask(Ask::facts(&items).by("other")).await.body["last_offset"], 1);
        assert_eq!(house.ask(Ask::facts(&items).by("write")).await.body["last_offset"], 1, "a log of its own");
        assert_eq!(house.facts("wait_offset=1").await.len(), 1);
    }

    #[db_test(migrations = migrations())]
    async fn a_full_log_refuses_whole_requests_and_loses_nothing(records: Records) {
        let house =
            std::sync::Arc::new(House::with_log(&records, Options { queue_appends_max: 1, ..Options::default() }));
        let send = |name: &'static str| {
            let house = std::sync::Arc::clone(&house);
            let items = json!([
                { "event": name, "user_id": "u1", "message_id": name },
                { "event": "Second", "user_id": "u1" },
            ]);
            tokio::spawn(async move { (name, house.ask(Ask::facts(&items).by("write")).await) })
        };
        let held = house.disk.hold_syncs();
        let (mut one, mut other) = (send("one"), send("other"));
        // The disk is busy with one of them, so the first answer is for the other.
        let (refused, answer) = tokio::select! {
            answered = &mut one => answered.unwrap(),
            answered = &mut other => answered.unwrap(),
        };
        assert_eq!(answer.refusal(), (429, "overloaded"));
        let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait));
        drop(held);
        let (_, taken) = if refused == "one" { other } else { one }.await.unwrap();
        assert_eq!((taken.status, &taken.body["last_offset"]), (200, &json!(2)));
        let last = loop {
            let (_, answer) = send(refused).await.unwrap();
            if answer.status == 200 {
                break answer.body["last_offset"].clone();
            }
            assert_eq!(answer.refusal(), (429, "overloaded"));
        };
        let facts = house.facts(&format!("wait_offset={last}")).await;
        let mut names: Vec<_> = facts.iter().map(|fact| fact["event"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Second", "Second", "one", "other"]);
    }

    #[db_test(migrations = migrations())]
    async fn a_disk_that_refuses_is_said_so_and_nothing_is_taken(records: Records) {
        let house = House::new(&records);
        let send = async || house.ask(Ask::facts(&json!([{ "event": "E", "user_id": "u1" }])).by("write")).await;
        assert_eq!(send().await.body["last_offset"], 1);
        house.disk.set_read_only(true);
        assert_eq!(send().await.refusal(), (503, "unavailable"));
        house.disk.set_read_only(false);
        house.disk.set_capacity(Some(house.disk.used_bytes()));
        assert_eq!(send().await.refusal(), (507, "storage_full"));
        house.disk.set_capacity(None);
        assert_eq!(send().await.body["last_offset"], 2, "the refused ones are not in the log");
        house.disk.fail_syncs(1);
        assert_eq!(send().await.refusal(), (503, "unavailable"));
        assert_eq!(send().await.refusal(), (503, "unavailable"), "until the log is opened again");
        assert_eq!(house.facts("wait_offset=2").await.len(), 2, "what is there can be read");
    }
}
