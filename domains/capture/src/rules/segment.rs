//! An item of the Segment batch becomes a fact.

use std::borrow::Cow;

use facts::{Fact, Kind};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    accept::{Accepting, FactInput, ITEM_BYTES_MAX, Id, read_object},
    ids,
    merge::contexts,
    rejection::Rejection,
};

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
    user_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    anonymous_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    group_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    previous_id: Option<Id<'a>>,
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

/// What the body of a single call says beside its item.
#[derive(Deserialize)]
pub struct SegmentCall<'a> {
    /// The write key, when it is not in a header.
    #[serde(rename = "writeKey", borrow, default)]
    pub write_key: Option<Cow<'a, str>>,
}

/// Reads the body of a single call of the Segment protocol as a batch of one; `None` when it is no object.
pub fn read_segment_call(body: &[u8]) -> Option<SegmentBatch<'_>> {
    let item: &RawValue = serde_json::from_slice(body).ok()?;
    let SegmentCall { write_key } = read_object(item)?;
    Some(SegmentBatch { batch: vec![item], write_key, sent_at: None, context: None })
}

/// Reads the body of a batch of the Segment protocol; `None` when it is none.
pub fn read_segment(body: &[u8]) -> Option<SegmentBatch<'_>> {
    read_object(serde_json::from_slice::<&RawValue>(body).ok()?)
}

/// Reads one item of the Segment protocol. The address of a single call says which `kind` it is, whatever stands inside.
///
/// # Errors
/// [`Rejection`]: the sender is still answered 200, as the protocol wants it.
pub fn accept_segment(
    accepting: &Accepting<'_>,
    item: &RawValue,
    batch_context: Option<&RawValue>,
    kind: Option<Kind>,
    fresh_id: impl FnOnce() -> String,
) -> Result<Fact, Rejection> {
    if item.get().len() > ITEM_BYTES_MAX {
        return Err(Rejection::TooLarge);
    }
    let item: SegmentItem<'_> = read_object(item).ok_or(Rejection::Shape)?;
    let context = contexts(batch_context, item.context)?;
    let input = FactInput {
        kind: kind.map(|kind| Cow::Borrowed(kind.as_str())).or(item.kind),
        event: item.event.or(item.name),
        user_id: item.user_id,
        anonymous_id: item.anonymous_id,
        identities: None,
        ids: ids::external(context.as_deref().or(item.context)),
        group_id: item.group_id,
        previous_id: item.previous_id,
        message_id: item.message_id,
        timestamp: item.timestamp,
        sent_at: item.sent_at,
        properties: item.properties,
        traits: item.traits,
        context: context.as_deref().or(item.context),
    };
    accepting.fact(&input, fresh_id)
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
        let accepting = Accepting { source: "key", received_at, sent_at, by_the_brand: true };
        let fact = accept_segment(&accepting, batch.batch[0], batch.context, None, String::new).unwrap();
        assert_eq!(fact.message_id, "node-next-1");
        assert_eq!(fact.timestamp, Timestamp::parse("2026-11-22T07:59:55Z").unwrap());
        let context: serde_json::Value = serde_json::from_str(fact.context.as_ref().unwrap().get()).unwrap();
        assert_eq!(context["app"]["name"], "shop");
        assert_eq!(context["library"]["version"], "3.1.0");
    }
}
