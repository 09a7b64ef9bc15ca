//! Lines of JSON: facts in our own words or in Segment's, and rows of cascades.

use std::borrow::Cow;

use capture::rules::table::stable_id;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};

use super::item::Item;

/// A fact in our own words or in Segment's. When it was once *sent* says nothing about now, so it is left out: it would move
/// the time of what happened.
#[derive(Deserialize, Serialize)]
struct FactLine<'a> {
    #[serde(rename = "type", borrow, default, skip_serializing_if = "Option::is_none")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    event: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing)]
    name: Option<&'a RawValue>,
    #[serde(alias = "userId", borrow, default, skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a RawValue>,
    #[serde(alias = "anonymousId", borrow, default, skip_serializing_if = "Option::is_none")]
    anonymous_id: Option<&'a RawValue>,
    #[serde(alias = "messageId", borrow, default, skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a RawValue>,
    #[serde(alias = "groupId", borrow, default, skip_serializing_if = "Option::is_none")]
    group_id: Option<&'a RawValue>,
    #[serde(alias = "previousId", borrow, default, skip_serializing_if = "Option::is_none")]
    previous_id: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    timestamp: Option<&'a RawValue>,
    #[serde(alias = "originalTimestamp", borrow, default, skip_serializing)]
    original_timestamp: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    properties: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    traits: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    context: Option<&'a RawValue>,
}

/// What a line of JSON is for the door; or why it is nothing.
pub fn fact(name: &str, line: u64, text: &str) -> Result<Item, String> {
    let mut fact: FactLine<'_> = read(text)?;
    fact.event = fact.event.or(fact.name);
    fact.timestamp = fact.timestamp.or(fact.original_timestamp);
    let made = json!(stable_id(name, line, text.as_bytes()));
    let made = serde_json::value::to_raw_value(&made).map_err(|error| error.to_string())?;
    if fact.message_id.is_none_or(|id| matches!(id.get(), "null" | "\"\"")) {
        fact.message_id = Some(&made);
    }
    serde_json::to_string(&fact).map(Item::of).map_err(|error| error.to_string())
}

/// An object as a struct; an array would do as well, field by field.
fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    if !text.trim_start().starts_with('{') {
        return Err("the line is no JSON object".to_owned());
    }
    serde_json::from_str(text).map_err(|error| {
        let told = error.to_string();
        // The parser saw one line only: its own count of lines would mislead.
        format!("column {}: {}", error.column(), told.split(" at line ").next().unwrap_or(&told))
    })
}

/// Somebody's id in a cascade: numbers are people `u7`, for a bare 0 stands for nobody.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id<'a> {
    Number(u64),
    Text(#[serde(borrow)] Cow<'a, str>),
}

impl std::fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "u{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    cascade_id: Cow<'a, str>,
    #[serde(borrow)]
    node_id: Id<'a>,
    // Given or not, but never forgotten: a missing parent is no root.
    #[serde(borrow, deserialize_with = "Option::deserialize")]
    parent_id: Option<Id<'a>>,
    ts: i64,
    seq: Option<u64>,
}

/// What a row of a cascade is for the door. Each cascade is a campaign of its own, or all are one.
pub fn cascade(name: &str, line: u64, text: &str, campaign: Option<&str>) -> Result<Item, String> {
    let Row { cascade_id, node_id, parent_id, ts, seq } = read(text)?;
    let message_id = seq
        .map(|seq| format!("{cascade_id}-{seq}"))
        .filter(|id| id.len() <= 100)
        .unwrap_or_else(|| stable_id(name, line, text.as_bytes()));
    let at = ts.checked_mul(1_000_000).map(Timestamp).ok_or("ts is no time in seconds since 1970")?;
    let campaign = campaign.unwrap_or(&cascade_id).to_owned();
    let (event, sharer_id) = match parent_id {
        None => ("Spread Started", None),
        Some(parent) => ("Spread Opened", Some(parent.to_string())),
    };
    let mut properties = json!({"campaign": campaign});
    if let Some(sharer_id) = sharer_id {
        properties["sharer_id"] = sharer_id.into();
    }
    let fact = json!({
        "event": event, "user_id": node_id.to_string(), "message_id": message_id, "timestamp": at, "properties": properties,
    });
    Ok(Item { json: fact.to_string(), campaign: Some(campaign) })
}

/// Whether a line looks like a row of a cascade.
pub fn is_cascade(text: &str) -> bool {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "asked only whether they are there")]
    struct Row<'a> {
        #[serde(borrow)]
        cascade_id: &'a RawValue,
        #[serde(borrow)]
        node_id: &'a RawValue,
    }
    read::<Row<'_>>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn told(item: Result<Item, String>) -> Value {
        serde_json::from_str(&item.unwrap().json).unwrap()
    }

    #[test]
    fn our_words_and_segments_are_one() {
        let own = r#"{"event":"Page Seen","user_id":"u1","message_id":"m","timestamp":"2026-11-20T09:00:00Z","properties":{"n":1.50}}"#;
        let segment = r#"{"type":"track","event":"Page Seen","userId":"u1","messageId":"m","originalTimestamp":"2026-11-20T09:00:00Z",
            "sentAt":"2026-11-20T09:00:09Z","receivedAt":"2026-11-20T09:00:10Z","properties":{"n":1.50},"integrations":{}}"#;
        let (own, segment) = (told(fact("f", 1, own)), told(fact("f", 1, segment)));
        assert_eq!(segment["type"], "track");
        for field in ["event", "user_id", "message_id", "timestamp", "properties"] {
            assert_eq!(own[field], segment[field]);
        }
        assert!(segment.get("sent_at").is_none(), "it would move the time of what happened");
        let page = told(fact("f", 1, r#"{"type":"page","name":"Home","anonymousId":"a"}"#));
        assert_eq!(page["event"], "Home");
    }

    #[test]
    fn a_missing_message_id_is_the_same_each_time() {
        let line = r#"{"event":"E","user_id":"u"}"#;
        let id = |name, number, line| told(fact(name, number, line))["message_id"].as_str().unwrap().to_owned();
        assert_eq!(id("f", 1, line), id("f", 1, line));
        assert_ne!(id("f", 1, line), id("f", 2, line), "the same may happen twice");
        assert_ne!(id("f", 1, line), id("g", 1, line));
        assert_eq!(id("f", 1, r#"{"event":"E","user_id":"u","message_id":null}"#).len(), 34);
    }

    #[test]
    fn what_is_no_object_is_said_so() {
        for bad in ["[]", "7", "null", "text", r#"{"event":"E""#, r#"{"user_id":"u","userId":"u"}"#] {
            assert!(fact("f", 1, bad).is_err(), "{bad}");
        }
        assert_eq!(fact("f", 1, r#"{"event":}"#).unwrap_err(), "column 10: expected value");
    }

    #[test]
    fn a_row_of_a_cascade_is_a_root_or_a_hop() {
        let root = r#"{"cascade_id":"c-1","node_id":0,"parent_id":null,"ts":1347334462,"seq":0,"text":"…"}"#;
        let hop = r#"{"cascade_id":"c-1","node_id":"x","parent_id":0,"ts":1347334548}"#;
        assert!(is_cascade(root) && !is_cascade(r#"{"event":"E","user_id":"u"}"#));
        let (root, hop) = (cascade("f", 1, root, None), cascade("f", 2, hop, Some("all")));
        assert_eq!(root.as_ref().unwrap().campaign.as_deref(), Some("c-1"));
        let (root, hop) = (told(root), told(hop));
        assert_eq!((&root["event"], &root["user_id"]), (&json!("Spread Started"), &json!("u0")));
        assert_eq!(root["message_id"], "c-1-0");
        assert_eq!(hop["properties"], json!({"campaign": "all", "sharer_id": "u0"}));
        assert_eq!(hop["timestamp"], "2012-09-11T03:35:48Z");
        assert!(cascade("f", 1, r#"{"cascade_id":"c","node_id":1,"ts":1}"#, None).is_err(), "no parent is not a root");
    }
}
