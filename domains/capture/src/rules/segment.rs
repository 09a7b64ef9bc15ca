//! An item of the Segment batch becomes a fact.

use std::borrow::Cow;

use facts::Fact;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::accept::{Accepting, FactInput, ITEM_BYTES_MAX, Rejection};

/// The body of `POST /v1/batch`.
#[derive(Deserialize)]
pub struct SegmentBatch<'a> {
    /// The items, each judged on its own.
    #[serde(borrow)]
    pub batch: Vec<&'a RawValue>,
    /// The write key, when it is not in a header.
    #[serde(rename = "writeKey", borrow, default)]
    pub write_key: Option<Cow<'a, str>>,
    /// When the batch was sent.
    #[serde(rename = "sentAt", borrow, default)]
    pub sent_at: Option<Cow<'a, str>>,
    /// Merged under the context of each item.
    #[serde(borrow, default)]
    pub context: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SegmentItem<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    user_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    anonymous_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    message_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    timestamp: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    sent_at: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    properties: Option<&'a RawValue>,
    #[serde(borrow, default)]
    traits: Option<&'a RawValue>,
    #[serde(borrow, default)]
    context: Option<&'a RawValue>,
}

/// Reads one item of a Segment batch.
///
/// # Errors
/// [`Rejection`]: the sender is still answered 200, as the protocol wants it.
pub fn accept_segment(
    accepting: &Accepting<'_>,
    item: &RawValue,
    batch_context: Option<&RawValue>,
    fresh_id: impl FnOnce() -> String,
) -> Result<Fact, Rejection> {
    if item.get().len() > ITEM_BYTES_MAX {
        return Err(Rejection::TooLarge);
    }
    let item: SegmentItem<'_> = serde_json::from_str(item.get()).map_err(|_| Rejection::Shape)?;
    let context = merged(batch_context, item.context)?;
    let input = FactInput {
        kind: item.kind,
        event: item.event.or(item.name),
        user_id: item.user_id,
        anonymous_id: item.anonymous_id,
        message_id: item.message_id,
        timestamp: item.timestamp,
        sent_at: item.sent_at,
        properties: item.properties,
        traits: item.traits,
        context: context.as_deref().or(item.context),
    };
    accepting.fact(&input, fresh_id)
}

/// The context of the batch with the item's own laid over it; `None` when there is nothing to merge.
fn merged(batch: Option<&RawValue>, item: Option<&RawValue>) -> Result<Option<Box<RawValue>>, Rejection> {
    let Some(batch) = batch.filter(|batch| batch.get() != "null") else { return Ok(None) };
    type Object = serde_json::Map<String, serde_json::Value>;
    let read = |json: &RawValue| serde_json::from_str::<Object>(json.get()).map_err(|_| Rejection::Object("context"));
    let mut context = read(batch)?;
    if let Some(item) = item.filter(|item| item.get() != "null") {
        context.extend(read(item)?);
    }
    serde_json::value::to_raw_value(&context).map(Some).map_err(|_| Rejection::Object("context"))
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;

    #[test]
    fn an_item_of_the_published_sdk_is_taken() {
        let body = r#"{"batch":[{"type":"track","event":"Order Paid","properties":{"order_id":"7","amount_minor":990},
            "userId":"u1","timestamp":"2026-11-22T07:59:50.000Z","integrations":{},
            "context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"}},
            "messageId":"node-next-1","_metadata":{"nodeVersion":"20"}}],
            "writeKey":"WK","sentAt":"2026-11-22T08:00:00.000Z","context":{"app":{"name":"shop"}}}"#;
        let batch: SegmentBatch<'_> = serde_json::from_str(body).unwrap();
        let received_at = Timestamp::parse("2026-11-22T08:00:05Z").unwrap();
        let sent_at = batch.sent_at.as_deref().map(|sent| Timestamp::parse(sent).unwrap());
        let accepting = Accepting { source: "key", received_at, sent_at };
        let fact = accept_segment(&accepting, batch.batch[0], batch.context, String::new).unwrap();
        assert_eq!(fact.message_id, "node-next-1");
        assert_eq!(fact.timestamp, Timestamp::parse("2026-11-22T07:59:55Z").unwrap());
        let context: serde_json::Value = serde_json::from_str(fact.context.as_ref().unwrap().get()).unwrap();
        assert_eq!(context["app"]["name"], "shop");
        assert_eq!(context["library"]["version"], "3.1.0");
    }
}
