//! What is kept of something refused: enough to recognise it by, never more.

use std::borrow::Cow;

use serde::Deserialize;

/// Bytes kept of a refused item.
const EXCERPT_BYTES_MAX: usize = 512;
/// Bytes kept of what it calls itself.
const NAME_BYTES_MAX: usize = 100;

/// The beginning of a text, without the characters that PostgreSQL cannot store.
#[must_use]
pub fn excerpt(bytes: &[u8]) -> String {
    cut(&String::from_utf8_lossy(&bytes[..bytes.len().min(EXCERPT_BYTES_MAX)]), EXCERPT_BYTES_MAX)
}

/// What an item calls itself, as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glimpse {
    /// `event`, `name` or `type`.
    pub event: Option<String>,
    /// `message_id` or `messageId`.
    pub message_id: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    event: Said<'a>,
    #[serde(borrow)]
    name: Said<'a>,
    #[serde(rename = "type", borrow)]
    kind: Said<'a>,
    #[serde(alias = "messageId", borrow)]
    message_id: Said<'a>,
}

/// A text, or anything else, which is not looked at.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said<'a> {
    #[serde(borrow)]
    Text(Cow<'a, str>),
    Other(serde::de::IgnoredAny),
}

impl Default for Said<'_> {
    fn default() -> Self {
        Self::Other(serde::de::IgnoredAny)
    }
}

impl Said<'_> {
    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(cut(text.trim(), NAME_BYTES_MAX)),
            _ => None,
        }
    }
}

impl Glimpse {
    /// Looks at an item.
    #[must_use]
    pub fn of(item: &str) -> Self {
        let named: Named<'_> = serde_json::from_str(item).unwrap_or_default();
        let event = named.event.text().or_else(|| named.name.text()).or_else(|| named.kind.text());
        Self { event, message_id: named.message_id.text() }
    }
}

fn cut(text: &str, bytes_max: usize) -> String {
    text.chars()
        .map(|c| if c == '\0' { '\u{fffd}' } else { c })
        .scan(0, |bytes, c| {
            *bytes += c.len_utf8();
            (*bytes <= bytes_max).then_some(c)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_item_is_recognised_by_what_it_calls_itself() {
        let event = |item: &str| Glimpse::of(item).event;
        assert_eq!(event(r#"{"event":"Order Paid","type":"track"}"#).as_deref(), Some("Order Paid"));
        assert_eq!(event(r#"{"event":7,"name":" ","type":"page"}"#).as_deref(), Some("page"));
        assert_eq!(event("[1]"), None);
        assert_eq!(event("{"), None);
        assert_eq!(Glimpse::of(r#"{"messageId":"m-1"}"#).message_id.as_deref(), Some("m-1"));
    }

    proptest! {
        #[test]
        fn it_is_short_and_can_be_stored(bytes in prop::collection::vec(any::<u8>(), 0..2_000), text in any::<String>()) {
            let kept = excerpt(&bytes);
            prop_assert!(kept.len() <= EXCERPT_BYTES_MAX && !kept.contains('\0'));
            let item = serde_json::json!({ "event": text, "message_id": text.repeat(9) }).to_string();
            let glimpse = Glimpse::of(&item);
            for name in [glimpse.event, glimpse.message_id].into_iter().flatten() {
                prop_assert!(name.len() <= NAME_BYTES_MAX && !name.contains('\0'));
            }
        }
    }
}
