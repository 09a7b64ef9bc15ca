//! `POST /api/v1/facts`: our own door.

use axum::{body::Bytes, extract::State};
use kernel::{ErrorCode, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use web::{CanCaptureFacts, Json, Problem};

use super::append::{append, source_of};
use crate::{Doors, rules::Accepting};

/// Most items of a request.
const ITEMS_MAX: usize = 2500;
/// Largest request, in bytes.
pub(super) const REQUEST_BYTES_MAX: usize = 4 << 20;
/// Characters of a message id we make.
const MESSAGE_ID_LENGTH: usize = 24;

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
    /// {order_id, amount_minor, currency?, campaign?} is money. Any other name is kept as it is.
    #[schema(required = false, example = "Spread Opened")]
    event: Option<String>,
    /// The id of the person after signing in. This or `anonymous_id` is needed; at most 256 bytes.
    #[schema(required = false, example = "u-1001")]
    user_id: Option<String>,
    /// The id before that (browser, device, openid). A fact with both ids says they are one person.
    #[schema(required = false)]
    anonymous_id: Option<String>,
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
/// Up to 2,500 items and 4 MiB a request, 32 KiB an item. Each item is judged on its own. A 200 means that the accepted
/// ones survive a power cut. When the log is full nothing is taken: 429, try again after `Retry-After`.
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
    body: Bytes,
) -> Result<Json<Receipt>, Problem> {
    let items: Vec<&RawValue> = serde_json::from_slice(&body)
        .map_err(|_| Problem::new(ErrorCode::Malformed).detail("The body must be a JSON array of facts"))?;
    if items.len() > ITEMS_MAX {
        return Err(Problem::new(ErrorCode::TooLarge).detail(format!("At most {ITEMS_MAX} items a request")));
    }
    let (facts, items) = judge(&doors, &source_of(&caller.0), doors.clock.now(), &items);
    let last_offset = append(&doors, caller.workspace, &facts).await?;
    let accepted = facts.len();
    let rejected = items.len() - accepted;
    metrics::counter!("searchlight_capture_rejected_total", "door" => "facts").increment(rejected as u64);
    Ok(Json(Receipt { accepted, rejected, last_offset: last_offset.map(|offset| offset.0), items }))
}

fn judge(
    doors: &Doors,
    source: &str,
    received_at: Timestamp,
    items: &[&RawValue],
) -> (Vec<facts::Fact>, Vec<ItemReceipt>) {
    let accepting = Accepting { source, received_at, sent_at: None };
    let mut facts = Vec::with_capacity(items.len());
    let mut receipts = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let fresh_id = || kernel::token(&*doors.entropy, MESSAGE_ID_LENGTH);
        receipts.push(match accepting.own(item, fresh_id) {
            Ok(fact) => {
                let message_id = Some(fact.message_id.clone());
                facts.push(fact);
                ItemReceipt { index, message_id, status: ItemStatus::Accepted, reason: None }
            }
            Err(rejection) => ItemReceipt {
                index,
                message_id: None,
                status: ItemStatus::Rejected,
                reason: Some(rejection.to_string()),
            },
        });
    }
    (facts, receipts)
}
