//! An item of our own door becomes a fact, or is rejected with a reason.

use std::{borrow::Cow, fmt};

use facts::{Fact, IDS_MAX, Kind, NamedId, Sharer, Typed, names};
use kernel::Timestamp;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::{ids, merge::member, rejection::Rejection};

/// Largest item, in bytes of JSON.
pub const ITEM_BYTES_MAX: usize = 32 * 1024;
/// Longest id or event name, in bytes.
const TEXT_BYTES_MAX: usize = 256;
/// Longest message id, in bytes.
const MESSAGE_ID_BYTES_MAX: usize = 100;
/// A sender's clock may run ahead by this much before its time is not believed.
const FUTURE_SECS_MAX: i64 = 300;
/// What only the brand may say: who a root is, and that money came in, for both decide whom others are booked to; and that
/// ids are no longer somebody's, for it takes people apart.
pub(super) const BRAND_ONLY: &[&str] =
    &[names::SPREAD_STARTED, names::ORDER_PAID, names::ID_UNBOUND, names::SENSORS_UNBIND];
/// Texts that stand for nobody: as an id they would make one person of many.
const NOBODY: &[&str] = &["null", "undefined", "none", "nil", "nan", "anonymous", "-1", "unknown", "[object object]"];

/// One fact as a client writes it.
#[derive(Deserialize)]
pub struct FactInput<'a> {
    /// `track` unless told otherwise.
    #[serde(rename = "type", borrow, default)]
    pub kind: Option<Cow<'a, str>>,
    /// Name of what happened; needed for `track`.
    #[serde(borrow, default)]
    pub event: Option<Cow<'a, str>>,
    /// The id after signing in.
    #[serde(borrow, default)]
    pub user_id: Option<Id<'a>>,
    /// The id before that.
    #[serde(borrow, default)]
    pub anonymous_id: Option<Id<'a>>,
    /// Further ids of the same person, by namespace.
    #[serde(borrow, default)]
    pub identities: Option<&'a RawValue>,
    /// Those another protocol brings along.
    #[serde(skip)]
    pub ids: Vec<NamedId>,
    /// The group somebody belongs to, for `group`.
    #[serde(borrow, default)]
    pub group_id: Option<Id<'a>>,
    /// The id somebody had before, for `alias`.
    #[serde(borrow, default)]
    pub previous_id: Option<Id<'a>>,
    /// Tells a repeat from a new fact.
    #[serde(borrow, default)]
    pub message_id: Option<Cow<'a, str>>,
    /// When it happened.
    #[serde(borrow, default)]
    pub timestamp: Option<Cow<'a, str>>,
    /// When it was sent.
    #[serde(borrow, default)]
    pub sent_at: Option<Cow<'a, str>>,
    /// A JSON object.
    #[serde(borrow, default)]
    pub properties: Option<&'a RawValue>,
    /// A JSON object, for `identify` and `group`.
    #[serde(borrow, default)]
    pub traits: Option<&'a RawValue>,
    /// A JSON object.
    #[serde(borrow, default)]
    pub context: Option<&'a RawValue>,
}

/// An id as clients write it: a text, or a whole number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> de::Visitor<'de> for Written {
            type Value = Id<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Id<'de>, E> {
                Ok(Id(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id<'de>, E> {
                Ok(Id(Cow::Owned(text.to_owned())))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id<'de>, E> {
                Ok(Id(Cow::Owned(number.to_string())))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Id<'de>, E> {
                Ok(Id(Cow::Owned(number.to_string())))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

fn written<'a>(id: &'a Option<Id<'_>>) -> Option<&'a str> {
    id.as_ref().map(|id| &*id.0)
}

/// What is the same for all items of one request.
pub struct Accepting<'a> {
    /// The key they were sent with.
    pub source: &'a str,
    /// When they were received.
    pub received_at: Timestamp,
    /// When the whole request was sent, if it says so.
    pub sent_at: Option<Timestamp>,
    /// Whether the brand itself speaks: a secret key or somebody signed in. A write key stands in web pages, so whoever
    /// reads one could speak with it.
    pub by_the_brand: bool,
}

impl Accepting<'_> {
    /// Reads one item of our own door.
    ///
    /// # Errors
    /// [`Rejection`], to be told to the sender.
    pub fn own(&self, item: &RawValue, fresh_id: impl FnOnce() -> String) -> Result<Fact, Rejection> {
        if item.get().len() > ITEM_BYTES_MAX {
            return Err(Rejection::TooLarge);
        }
        let input: FactInput<'_> = read_object(item).ok_or(Rejection::Shape)?;
        self.fact(&input, fresh_id)
    }

    pub(super) fn fact(&self, input: &FactInput<'_>, fresh_id: impl FnOnce() -> String) -> Result<Fact, Rejection> {
        let kind = kind(input.kind.as_deref())?;
        let event = text(input.event.as_deref(), "event")?;
        let event = match (kind, event) {
            (Kind::Track, None) => return Err(Rejection::EventMissing),
            (_, event) => event.unwrap_or_else(|| kind.as_str().to_owned()),
        };
        if !self.by_the_brand && kind == Kind::Track && BRAND_ONLY.contains(&event.as_str()) {
            return Err(Rejection::BrandOnly);
        }
        let user_id = who(written(&input.user_id), "user_id")?;
        let anonymous_id = who(written(&input.anonymous_id), "anonymous_id")?;
        let mut ids = ids::own(input.identities)?;
        ids.extend(input.ids.iter().cloned());
        ids.truncate(IDS_MAX);
        if user_id.is_none() && anonymous_id.is_none() && ids.is_empty() {
            return Err(Rejection::NobodyNamed);
        }
        let original_timestamp = time(input.timestamp.as_deref(), "timestamp")?;
        let sent_at = time(input.sent_at.as_deref(), "sent_at")?.or(self.sent_at);
        let told = match kind {
            Kind::Identify | Kind::Group => object(input.traits.or(input.properties), "traits")?,
            _ => object(input.properties, "properties")?,
        };
        // Which group, and which id before, are all that these two kinds say: they are kept where everybody looks.
        let told = match kind {
            Kind::Group => {
                let group = text(written(&input.group_id), "group_id")?.ok_or(Rejection::GroupMissing)?;
                Some(member(told.as_deref(), "group_id", &group))
            }
            Kind::Alias => {
                let previous = who(written(&input.previous_id), "previous_id")?.ok_or(Rejection::PreviousMissing)?;
                Some(member(told.as_deref(), "previous_id", &previous))
            }
            _ => told,
        };
        let fact = Fact {
            source: self.source.to_owned(),
            message_id: message_id(input.message_id.as_deref())?.unwrap_or_else(fresh_id),
            kind,
            event,
            user_id,
            anonymous_id,
            ids,
            timestamp: corrected(self.received_at, sent_at, original_timestamp),
            original_timestamp,
            sent_at,
            received_at: self.received_at,
            properties: told.unwrap_or_else(facts::empty_object),
            context: object(input.context, "context")?,
        };
        check_typed(&fact.typed()?)?;
        Ok(fact)
    }
}

/// An object as a struct. Without the look at its first character an array would do as well, field by field.
pub(super) fn read_object<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Option<T> {
    json.get().starts_with('{').then(|| serde_json::from_str(json.get()).ok())?
}

fn kind(text: Option<&str>) -> Result<Kind, Rejection> {
    match text.unwrap_or("track") {
        "track" => Ok(Kind::Track),
        "identify" => Ok(Kind::Identify),
        "page" => Ok(Kind::Page),
        "screen" => Ok(Kind::Screen),
        "group" => Ok(Kind::Group),
        "alias" => Ok(Kind::Alias),
        _ => Err(Rejection::Kind),
    }
}

pub(super) fn text(text: Option<&str>, name: &'static str) -> Result<Option<String>, Rejection> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    // PostgreSQL cannot store a NUL, and control characters in names are never meant.
    if text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(Rejection::Text(name));
    }
    Ok(Some(text.to_owned()))
}

pub(super) fn who(id: Option<&str>, name: &'static str) -> Result<Option<String>, Rejection> {
    let Some(id) = text(id, name)? else { return Ok(None) };
    let zeros_or_dashes = id.bytes().all(|b| b == b'0' || b == b'-');
    if zeros_or_dashes || NOBODY.contains(&id.to_ascii_lowercase().as_str()) {
        return Err(Rejection::StandsForNobody(name));
    }
    Ok(Some(id))
}

/// What the house reads out of properties is held to the same as what stands beside them.
pub(super) fn check_typed(typed: &Typed) -> Result<(), Rejection> {
    match typed {
        Typed::SpreadStarted(started) => {
            text(started.spread.as_deref(), "properties.spread")?;
            text(started.owner.channel.as_deref(), "properties.channel")?;
        }
        Typed::SpreadShared(shared) => {
            who(Some(&shared.spread), "properties.spread")?;
        }
        Typed::SpreadOpened(opened) => {
            let (id, name) = match &opened.sharer {
                Sharer::User(id) => (id, "properties.sharer_id"),
                Sharer::Anonymous(id) => (id, "properties.sharer_anonymous_id"),
                Sharer::Spread(token) => (token, "properties.spread"),
            };
            who(Some(id), name)?;
        }
        Typed::OrderPaid(paid) => {
            text(Some(&paid.order_id), "properties.order_id")?;
            text(Some(&paid.currency), "properties.currency")?;
        }
        Typed::ConsentSaid(said) => {
            text(said.notice.as_deref(), "properties.notice")?;
            text(said.channel.as_deref(), "properties.channel")?;
        }
        // Traits are free: whoever reads one takes what it can. What only our own modules tell comes by no door.
        Typed::Identified(_)
        | Typed::RingReviewed(_)
        | Typed::ReachAsked(_)
        | Typed::ReachAnswered(_)
        | Typed::OrderTakenBack(_)
        | Typed::ProfileRestored(_)
        | Typed::Bound
        | Typed::Unbound
        | Typed::SignedUp
        | Typed::IdentityDecided(_)
        | Typed::TagPutOn(_)
        | Typed::TagTakenOff(_)
        | Typed::SegmentEntered(_)
        | Typed::SegmentLeft(_)
        | Typed::FormAnswered(_)
        | Typed::Other => {}
    }
    Ok(())
}

fn message_id(id: Option<&str>) -> Result<Option<String>, Rejection> {
    match text(id, "message_id")? {
        Some(id) if id.len() > MESSAGE_ID_BYTES_MAX => Err(Rejection::Text("message_id")),
        id => Ok(id),
    }
}

fn time(text: Option<&str>, name: &'static str) -> Result<Option<Timestamp>, Rejection> {
    text.map(Timestamp::parse).transpose().map_err(|_| Rejection::Time(name))
}

fn object(json: Option<&RawValue>, name: &'static str) -> Result<Option<Box<RawValue>>, Rejection> {
    match json {
        Some(json) if json.get() == "null" => Ok(None),
        Some(json) if json.get().starts_with('{') => Ok(Some(json.to_owned())),
        Some(_) => Err(Rejection::Object(name)),
        None => Ok(None),
    }
}

/// `received − (sent − original)`: the sender's clock may be wrong, the time between two of its instants is not. What comes
/// out in the future or before 1970 is no time anything happened at.
pub(super) fn corrected(received: Timestamp, sent: Option<Timestamp>, original: Option<Timestamp>) -> Timestamp {
    let at = match (sent, original) {
        (Some(sent), Some(original)) => Timestamp(received.0.saturating_sub(sent.micros_since(original))),
        (None, Some(original)) => original,
        (_, None) => received,
    };
    if (Timestamp(0)..=received.plus_secs(FUTURE_SECS_MAX)).contains(&at) { at } else { received }
}

#[cfg(test)]
mod tests {
    use facts::Invalid;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn accept(json: &str) -> Result<Fact, Rejection> {
        let item: Box<RawValue> = serde_json::from_str(json).unwrap();
        let accepting =
            Accepting { source: "key_1", received_at: at("2026-11-22T08:00:00Z"), sent_at: None, by_the_brand: true };
        accepting.own(&item, || "fresh".to_owned())
    }

    #[test]
    fn an_item_is_taken_with_what_it_says() {
        let fact = accept(
            r#"{"event":"Page Seen","user_id":" u1 ","anonymous_id":"a1","timestamp":"2026-11-22T07:00:00Z","properties":{"n":1.0}}"#,
        )
        .unwrap();
        assert_eq!(fact.user_id.as_deref(), Some("u1"));
        assert_eq!(fact.message_id, "fresh");
        assert_eq!(fact.timestamp, at("2026-11-22T07:00:00Z"));
        assert_eq!(fact.properties.get(), r#"{"n":1.0}"#);
    }

    #[test]
    fn the_first_reason_that_applies_is_told() {
        let reason = |json: &str| accept(json).unwrap_err();
        for no_object in ["[]", r#"["track","Page Seen","u1"]"#, "null", "7", r#""track""#] {
            assert_eq!(reason(no_object), Rejection::Shape, "{no_object}");
        }
        assert_eq!(reason(r#"{"type":"dance"}"#), Rejection::Kind);
        assert_eq!(reason("{}"), Rejection::EventMissing);
        assert_eq!(reason(r#"{"event":"E"}"#), Rejection::NobodyNamed);
        assert_eq!(reason(r#"{"event":"E","user_id":"null"}"#), Rejection::StandsForNobody("user_id"));
        assert_eq!(reason(r#"{"event":"E","user_id":"0000-00"}"#), Rejection::StandsForNobody("user_id"));
        assert_eq!(reason(r#"{"event":"E","user_id":"a\u0000b"}"#), Rejection::Text("user_id"));
        assert_eq!(reason(r#"{"event":"E","user_id":"u","timestamp":"soon"}"#), Rejection::Time("timestamp"));
        assert_eq!(reason(r#"{"event":"E","user_id":"u","properties":[]}"#), Rejection::Object("properties"));
        assert_eq!(
            reason(r#"{"event":"Spread Opened","user_id":"u","properties":{"campaign":"c"}}"#),
            Rejection::Invalid(Invalid::SharerMissing)
        );
        let opened = |field: &str, id: &str| {
            format!(r#"{{"event":"Spread Opened","user_id":"u","properties":{{"campaign":"c","{field}":"{id}"}}}}"#)
        };
        assert_eq!(reason(&opened("sharer_id", "undefined")), Rejection::StandsForNobody("properties.sharer_id"));
        assert_eq!(reason(&opened("spread", "a\\u0000")), Rejection::Text("properties.spread"));
        assert_eq!(
            reason(&opened("sharer_anonymous_id", "0")),
            Rejection::StandsForNobody("properties.sharer_anonymous_id")
        );
        assert_eq!(
            reason(r#"{"event":"Spread Shared","user_id":"u","properties":{"campaign":"c","spread":"null"}}"#),
            Rejection::StandsForNobody("properties.spread")
        );
        assert_eq!(
            reason(r#"{"event":"Spread Started","user_id":"u","properties":{"campaign":"c","channel":"a\nb"}}"#),
            Rejection::Text("properties.channel")
        );
        let paid = r#"{"event":"Order Paid","user_id":"u","properties":{"order_id":"7\t7","amount_minor":1}}"#;
        assert_eq!(reason(paid), Rejection::Text("properties.order_id"));
        let large = format!(r#"{{"event":"E","user_id":"u","properties":{{"x":"{}"}}}}"#, "x".repeat(ITEM_BYTES_MAX));
        assert_eq!(reason(&large), Rejection::TooLarge);
    }

    #[test]
    fn a_public_key_declares_no_root_and_books_no_money() {
        let page = Accepting { source: "key_1", received_at: Timestamp(0), sent_at: None, by_the_brand: false };
        let told = |json: &str| page.own(serde_json::from_str(json).unwrap(), String::new).map(|fact| fact.event);
        for (event, properties) in
            [("Spread Started", r#"{"campaign":"c"}"#), ("Order Paid", r#"{"order_id":"1","amount_minor":1}"#)]
        {
            let item = format!(r#"{{"event":" {event} ","user_id":"u","properties":{properties}}}"#);
            assert_eq!(told(&item), Err(Rejection::BrandOnly));
            assert!(accept(&item).is_ok(), "the brand itself may");
            let page_of_that_name = item.replace(r#"{"event""#, r#"{"type":"page","event""#);
            assert_eq!(told(&page_of_that_name).as_deref(), Ok(event), "which nobody takes for one");
        }
        let opened = r#"{"event":"Spread Opened","user_id":"u","properties":{"campaign":"c","sharer_id":"s"}}"#;
        assert_eq!(told(opened).as_deref(), Ok("Spread Opened"));
    }

    #[test]
    fn groups_and_aliases_keep_what_they_say() {
        let told = |json: &str| accept(json).map(|fact| fact.properties.get().to_owned());
        assert_eq!(
            told(r#"{"type":"group","user_id":"u","group_id":" g1 ","traits":{"plan":"gold","n":1.50}}"#).unwrap(),
            r#"{"group_id":"g1","n":1.50,"plan":"gold"}"#
        );
        assert_eq!(
            told(r#"{"type":"group","user_id":"u","group_id":7,"traits":{"group_id":"8"}}"#).unwrap(),
            r#"{"group_id":"7"}"#
        );
        let alias = r#"{"type":"alias","user_id":"u","previous_id":"长\"a"}"#;
        assert_eq!(told(alias).unwrap(), r#"{"previous_id":"长\"a"}"#);
        assert_eq!(told(r#"{"type":"group","user_id":"u"}"#), Err(Rejection::GroupMissing));
        assert_eq!(told(r#"{"type":"alias","user_id":"u"}"#), Err(Rejection::PreviousMissing));
        let nobody = r#"{"type":"alias","user_id":"u","previous_id":"undefined"}"#;
        assert_eq!(told(nobody), Err(Rejection::StandsForNobody("previous_id")));
    }

    #[test]
    fn an_id_may_be_a_whole_number() {
        let user = |id: &str| accept(&format!(r#"{{"event":"E","user_id":{id}}}"#)).map(|fact| fact.user_id.unwrap());
        assert_eq!(user("1001").as_deref(), Ok("1001"));
        assert_eq!(user("18446744073709551615").as_deref(), Ok("18446744073709551615"));
        assert_eq!(user("-7").as_deref(), Ok("-7"));
        assert_eq!(user("0"), Err(Rejection::StandsForNobody("user_id")));
        assert_eq!(user("null"), Err(Rejection::NobodyNamed));
        for no_id in ["1.5", "1e3", "true", "[]", "{}", "99999999999999999999"] {
            assert_eq!(user(no_id), Err(Rejection::Shape), "{no_id}");
        }
    }

    #[test]
    fn a_wrong_clock_is_corrected_and_the_future_is_not_believed() {
        let received = at("2026-11-22T08:00:00Z");
        let skewed = corrected(received, Some(at("2030-01-01T00:00:10Z")), Some(at("2030-01-01T00:00:00Z")));
        assert_eq!(skewed, at("2026-11-22T07:59:50Z"));
        assert_eq!(corrected(received, None, Some(at("2030-01-01T00:00:00Z"))), received);
        assert_eq!(corrected(received, None, None), received);
        let a_minute_ahead = at("2026-11-22T08:01:00Z");
        assert_eq!(corrected(received, None, Some(a_minute_ahead)), a_minute_ahead, "clocks differ a little");
        let (first, last) = (at("0000-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z"));
        for (sent, original) in [(Some(last), first), (Some(first), last), (None, first), (None, last)] {
            assert_eq!(corrected(received, sent, Some(original)), received);
        }
    }

    #[test]
    fn what_is_free_is_kept_as_it_was_written() {
        let deep = format!("{}{}", "[".repeat(16_000), "]".repeat(16_000));
        for properties in [
            r#"{"n":1.10,"big":123456789012345678901234567890,"e":1e999}"#,
            r#"{ "lone" : "\ud800", "nul":"\u0000" }"#,
            r#"{"a":1,"a":2}"#,
            &format!(r#"{{"deep":{deep}}}"#),
        ] {
            for kind in ["track", "identify", "page"] {
                let told = if kind == "identify" { "traits" } else { "properties" };
                let item = format!(r#"{{"type":"{kind}","event":"E","user_id":"u","{told}":{properties}}}"#);
                let fact = accept(&item).unwrap();
                let kept = Fact::from_log(&fact.to_log().unwrap()).unwrap();
                assert_eq!(kept.properties.get(), properties);
                assert!(kept.typed().is_ok());
            }
        }
    }
}
