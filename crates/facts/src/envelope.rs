//! The envelope around everything that happens.

use std::borrow::Cow;

use kernel::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ids::NamedId;

/// Names of the facts the house itself understands. Brands send any other name beside them.
pub mod names {
    /// A root lights its fire in a campaign.
    pub const SPREAD_STARTED: &str = "Spread Started";
    /// A person was given a link of their own to pass on.
    pub const SPREAD_SHARED: &str = "Spread Shared";
    /// A person opened what another one shared: one hop.
    pub const SPREAD_OPENED: &str = "Spread Opened";
    /// Two people added each other as friends.
    pub const FRIEND_ADDED: &str = "Friend Added";
    /// A person is in a group of people who chat.
    pub const GROUP_JOINED: &str = "Group Joined";
    /// A person bought together with others: everybody of the same basket says so.
    pub const BOUGHT_TOGETHER: &str = "Bought Together";
    /// An order was paid.
    pub const ORDER_PAID: &str = "Order Paid";
    /// Money of an order went back: for some of its pieces, or for all.
    pub const ORDER_REFUNDED: &str = "Order Refunded";
    /// A person agreed to a use of their data.
    pub const CONSENT_GIVEN: &str = "Consent Given";
    /// A person took it back.
    pub const CONSENT_WITHDRAWN: &str = "Consent Withdrawn";
    /// An order that an import brought is taken back: it counts as if it had not been paid. Only ours, see [`super::IMPORT`].
    pub const ORDER_TAKEN_BACK: &str = "Order Taken Back";
    /// What is known of a person under one id is this and nothing else, now that an import was taken back. Only ours.
    pub const PROFILE_RESTORED: &str = "Profile Restored";
    /// Somebody decided about a ring of people who may be cheating. Only the house says so: see [`super::NETWORK`].
    pub const RING_REVIEWED: &str = "Ring Reviewed";
    /// A member of staff is to reach somebody through others. Only ours, see [`super::Fact::is_of_network`].
    pub const REACH_ASKED: &str = "Reach Asked";
    /// What became of that. Only ours.
    pub const REACH_ANSWERED: &str = "Reach Answered";
    /// A member of staff is reminded of a person. Only ours, see [`super::JOURNEY`].
    pub const REMINDER_DUE: &str = "Reminder Due";
    /// What they made of it. Only ours.
    pub const REMINDER_ANSWERED: &str = "Reminder Answered";
    /// A tag was put on people. Only our own audience slice says so: see [`super::AUDIENCE`].
    pub const TAG_PUT_ON: &str = "Tag Put On";
    /// A tag was taken off people. Only ours.
    pub const TAG_TAKEN_OFF: &str = "Tag Taken Off";
    /// Somebody belongs to a segment from now on. Only ours.
    pub const SEGMENT_ENTERED: &str = "Segment Entered";
    /// Somebody belongs to a segment no longer. Only ours.
    pub const SEGMENT_LEFT: &str = "Segment Left";
    /// A person answered a form. Only ours.
    pub const FORM_ANSWERED: &str = "Form Answered";
    /// Somebody scanned a code of ours. Only our own content slice says so: see [`super::CONTENT`].
    pub const CODE_SCANNED: &str = "Code Scanned";
    /// Somebody came to where a link or a code of ours leads. Only ours.
    pub const LINK_OPENED: &str = "Link Opened";
    /// Somebody decided who is who. Only our own identity slice says so: see [`super::IDENTITY`].
    pub const IDENTITY_DECIDED: &str = "Identity Decided";
    /// The ids the fact carries are all of one person.
    pub const ID_BOUND: &str = "Id Bound";
    /// The further ids the fact carries are no longer those of the person they belong to.
    pub const ID_UNBOUND: &str = "Id Unbound";
    /// The person with the anonymous id signed in, or up, under the user id.
    pub const SIGNED_UP: &str = "Signed Up";
    /// [`ID_BOUND`] as the 神策 protocol calls it.
    pub const SENSORS_BIND: &str = "$BindID";
    /// [`ID_UNBOUND`] as the 神策 protocol calls it.
    pub const SENSORS_UNBIND: &str = "$UnbindID";
    /// [`SIGNED_UP`] as the 神策 protocol calls it.
    pub const SENSORS_SIGN_UP: &str = "$SignUp";
}

/// The source of facts that the network slice tells itself. No key can have it.
pub const NETWORK: &str = "searchlight:network";

/// The source of facts that the identity slice tells itself. No key can have it.
pub const IDENTITY: &str = "searchlight:identity";

/// The source of facts that the journey slice tells itself. No key can have it.
pub const JOURNEY: &str = "searchlight:journey";
/// The source of facts that the audience slice tells itself. No key can have it.
pub const AUDIENCE: &str = "searchlight:audience";

/// The source of facts that the play slice tells itself. No key can have it.
pub const PLAY: &str = "searchlight:play";

/// The source of facts that the commerce slice tells itself: the brand's own shop. No key can have it.
pub const COMMERCE: &str = "searchlight:commerce";
/// The source of facts that the content slice tells itself. No key can have it.
pub const CONTENT: &str = "searchlight:content";

/// The source of facts that people bring in tables through the console, and of those that take them back. No key can have it.
pub const IMPORT: &str = "searchlight:import";

/// The six kinds of the Segment protocol; our own door sends `track` and `identify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Somebody did something.
    Track,
    /// Somebody is known under these traits.
    Identify,
    /// Somebody saw a page.
    Page,
    /// Somebody saw a screen.
    Screen,
    /// Somebody belongs to a group.
    Group,
    /// Two ids are one person.
    Alias,
}

impl Kind {
    /// The name used where an event name is wanted and the kind has none.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Identify => "identify",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }
}

/// Where an id comes from. The discriminants are stored: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Namespace {
    /// The id a person has after signing in to the brand.
    User = 1,
    /// The id of a browser or device before that.
    Anonymous = 2,
    /// The token of a spread link: it stands for whoever was given it.
    Spread = 3,
}

impl Namespace {
    /// The stored number.
    #[must_use]
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// The namespace of a stored number.
    #[must_use]
    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::User),
            2 => Some(Self::Anonymous),
            3 => Some(Self::Spread),
            _ => None,
        }
    }
}

/// One id as written by a client, before it has a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WhoKey<'a> {
    /// Where the id comes from.
    pub namespace: Namespace,
    /// The id itself.
    pub value: &'a str,
}

/// A person as a caller names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonRef<'a> {
    /// `p42`.
    Person(PersonId),
    /// `user:<id>` or `anonymous:<id>`.
    Key(WhoKey<'a>),
}

impl<'a> PersonRef<'a> {
    /// Reads `p42`, `user:<id>` or `anonymous:<id>`.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        if let Ok(person) = text.parse() {
            return Some(Self::Person(person));
        }
        let (namespace, value) = text.split_once(':')?;
        let namespace = match namespace {
            "user" => Namespace::User,
            "anonymous" => Namespace::Anonymous,
            _ => return None,
        };
        Some(Self::Key(WhoKey { namespace, value }))
    }
}

/// Something that happened. Immutable once accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fact {
    /// The key (or own module) it was heard from; with [`Fact::message_id`] it tells a repeat from a new fact.
    #[serde(rename = "src")]
    pub source: String,
    /// Chosen by the sender, or by us when missing; at most 100 characters.
    #[serde(rename = "id")]
    pub message_id: String,
    /// What kind of fact.
    pub kind: Kind,
    /// Name of a `track`; for other kinds the page's or screen's name, or the kind.
    #[serde(rename = "ev")]
    pub event: String,
    /// The id after signing in.
    #[serde(rename = "uid", default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The id before that. At least one of the two or of [`Fact::ids`] is there, but for facts of our own modules that are
    /// about nobody.
    #[serde(rename = "aid", default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
    /// Further ids of the same person, in the order they were sent; at most [`crate::IDS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<NamedId>,
    /// When it happened, corrected for the sender's clock.
    #[serde(rename = "at", with = "micros")]
    pub timestamp: Timestamp,
    /// When the sender says it happened.
    #[serde(rename = "orig", default, skip_serializing_if = "Option::is_none", with = "micros_option")]
    pub original_timestamp: Option<Timestamp>,
    /// When the sender says it was sent.
    #[serde(rename = "sent", default, skip_serializing_if = "Option::is_none", with = "micros_option")]
    pub sent_at: Option<Timestamp>,
    /// When the door heard it.
    #[serde(rename = "recv", with = "micros")]
    pub received_at: Timestamp,
    /// A JSON object; for `identify` and `group` the traits.
    #[serde(rename = "props")]
    pub properties: Box<RawValue>,
    /// A JSON object: library, page, device, campaign.
    #[serde(rename = "ctx", default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Box<RawValue>>,
}

/// Why bytes of the log are no fact.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Written by a newer version.
    #[error("the record has version {0}, which this version of Searchlight cannot read")]
    Version(u8),
    /// No record at all.
    #[error("the record is empty")]
    Empty,
    /// The body is not what the version promises.
    #[error("the record cannot be read")]
    Body(#[source] serde_json::Error),
}

/// First byte of every record: the version of what follows.
const VERSION: u8 = 1;

impl Fact {
    /// What one of our own modules tells, named by its source (as [`NETWORK`]): a `track` about nobody, unless ids are added. Whom
    /// it means otherwise stands in what is told, as handles. The same `message_id` is counted once.
    ///
    /// # Errors
    /// [`LogError::Body`] only if what is told is no JSON.
    pub fn ours(
        source: &str,
        event: &str,
        message_id: String,
        told: &impl Serialize,
        at: Timestamp,
    ) -> Result<Self, LogError> {
        Ok(Self {
            source: source.to_owned(),
            message_id,
            kind: Kind::Track,
            event: event.to_owned(),
            user_id: None,
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: at,
            original_timestamp: None,
            sent_at: None,
            received_at: at,
            properties: serde_json::value::to_raw_value(told).map_err(LogError::Body)?,
            context: None,
        })
    }

    /// The bytes for the fact log: one version byte, then JSON with instants in microseconds.
    ///
    /// # Errors
    /// [`LogError::Body`] only if JSON cannot be written, which valid facts never cause.
    pub fn to_log(&self) -> Result<Vec<u8>, LogError> {
        let mut bytes = Vec::with_capacity(256 + self.properties.get().len());
        bytes.push(VERSION);
        serde_json::to_writer(&mut bytes, self).map_err(LogError::Body)?;
        Ok(bytes)
    }

    /// Reads what [`Fact::to_log`] wrote.
    ///
    /// # Errors
    /// [`LogError`] when the record is of a newer version or damaged.
    pub fn from_log(bytes: &[u8]) -> Result<Self, LogError> {
        match bytes.split_first() {
            None => Err(LogError::Empty),
            Some((&VERSION, body)) => serde_json::from_slice(body).map_err(LogError::Body),
            Some((&version, _)) => Err(LogError::Version(version)),
        }
    }

    /// The id the fact is booked under: the user id when there is one.
    #[must_use]
    pub fn subject(&self) -> Option<WhoKey<'_>> {
        self.user_key().or_else(|| self.anonymous_key())
    }

    /// The user id as a key.
    #[must_use]
    pub fn user_key(&self) -> Option<WhoKey<'_>> {
        self.user_id.as_deref().map(|value| WhoKey { namespace: Namespace::User, value })
    }

    /// The anonymous id as a key.
    #[must_use]
    pub fn anonymous_key(&self) -> Option<WhoKey<'_>> {
        self.anonymous_id.as_deref().map(|value| WhoKey { namespace: Namespace::Anonymous, value })
    }
}

/// Properties of a fact that has none.
#[must_use]
pub fn empty_object() -> Box<RawValue> {
    RawValue::from_string("{}".to_owned()).expect("an empty object is JSON")
}

mod micros {
    use kernel::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.0)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp)
    }
}

mod micros_option {
    use kernel::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(|at| at.0).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.map(Timestamp))
    }
}

/// Text that is borrowed where JSON needs no unescaping.
pub(crate) type Text<'a> = Cow<'a, str>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_comes_back_from_the_log_as_it_went_in() {
        let fact = Fact {
            source: "key_1".into(),
            message_id: "m-1".into(),
            kind: Kind::Track,
            event: names::SPREAD_OPENED.into(),
            user_id: Some("u1".into()),
            anonymous_id: None,
            ids: vec![NamedId::new("wechat:unionid", "oU1")],
            timestamp: Timestamp(5),
            original_timestamp: None,
            sent_at: Some(Timestamp(7)),
            received_at: Timestamp(9),
            properties: RawValue::from_string(r#"{"campaign":"春","n":1.50}"#.into()).expect("JSON"),
            context: None,
        };
        let bytes = fact.to_log().expect("writable");
        let back = Fact::from_log(&bytes).expect("readable");
        assert_eq!(back.to_log().expect("writable"), bytes);
        assert_eq!(back.properties.get(), r#"{"campaign":"春","n":1.50}"#);
        assert_eq!(back.ids, [NamedId::new("wechat:unionid", "oU1")]);
        assert_eq!(back.subject(), Some(WhoKey { namespace: Namespace::User, value: "u1" }));
    }

    #[test]
    fn a_record_from_before_facts_carried_further_ids_is_read() {
        let old = br#"{"src":"k","id":"m","kind":"track","ev":"E","uid":"u","at":5,"recv":9,"props":{}}"#;
        let old = [&[VERSION][..], old].concat();
        let fact = Fact::from_log(&old).expect("readable");
        assert!(fact.ids.is_empty());
        assert_eq!(fact.to_log().expect("writable"), old, "and written as before when it has none");
    }

    #[test]
    fn damaged_and_newer_records_are_told_apart() {
        assert!(matches!(Fact::from_log(b""), Err(LogError::Empty)));
        assert!(matches!(Fact::from_log(b"\x02{}"), Err(LogError::Version(2))));
        assert!(matches!(Fact::from_log(b"\x01{"), Err(LogError::Body(_))));
    }
}
