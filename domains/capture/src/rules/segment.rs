//! An item of the Segment batch becomes a fact.

use std::{borrow::Cow, collections::BTreeMap};

use facts::Fact;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::accept::{Accepting, FactInput, ITEM_BYTES_MAX, Rejection, read_object};

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

/// Reads the body of a Segment request; `None` when it is none.
pub fn read_segment(body: &[u8]) -> Option<SegmentBatch<'_>> {
    read_object(serde_json::from_slice::<&RawValue>(body).ok()?)
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
    let item: SegmentItem<'_> = read_object(item).ok_or(Rejection::Shape)?;
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

/// The context of the batch with the item's own laid over it; `None` when there is nothing to merge. Values are kept as
/// they were written.
fn merged(batch: Option<&RawValue>, item: Option<&RawValue>) -> Result<Option<Box<RawValue>>, Rejection> {
    let Some(batch) = batch else { return Ok(None) };
    type Object<'a> = BTreeMap<String, &'a RawValue>;
    fn read(json: &RawValue) -> Result<Object<'_>, Rejection> {
        serde_json::from_str(json.get()).map_err(|_| Rejection::Object("context"))
    }
    let mut context = read(batch)?;
    if let Some(item) = item {
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
        let batch = read_segment(body.as_bytes()).unwrap();
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

    #[test]
    fn contexts_are_laid_over_one_another_as_they_were_written() {
        let raw = |json: &'static str| serde_json::from_str::<&RawValue>(json).unwrap();
        let merge = |batch, item: Option<&'static str>| merged(batch, item.map(raw));
        let batch = || Some(raw(r#"{"app":{"n":1.10},"ip":"1.2.3.4"}"#));
        assert!(merge(None, Some("{}")).unwrap().is_none(), "the item's own is used as it is");
        for (item, expected) in [
            (None, r#"{"app":{"n":1.10},"ip":"1.2.3.4"}"#),
            (Some("{}"), r#"{"app":{"n":1.10},"ip":"1.2.3.4"}"#),
            (
                Some(r#"{"app":{"build":12345678901234567890123}}"#),
                r#"{"app":{"build":12345678901234567890123},"ip":"1.2.3.4"}"#,
            ),
            (Some(r#"{"\u0069p":null}"#), r#"{"app":{"n":1.10},"ip":null}"#),
        ] {
            assert_eq!(merge(batch(), item).unwrap().unwrap().get(), expected);
        }
        assert_eq!(merge(batch(), Some("[]")).unwrap_err(), Rejection::Object("context"));
    }
}
