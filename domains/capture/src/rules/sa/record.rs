//! One record becomes a fact, or two, or is rejected with a reason.

use std::{borrow::Cow, collections::BTreeMap};

use facts::{Fact, Kind, names};
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    form::is_sealed,
    ids::Ids,
    name::{self, Members, is_name, told},
    share,
};
use crate::rules::{
    Rejection,
    accept::{Accepting, BRAND_ONLY, ITEM_BYTES_MAX, Id, check_typed, corrected, read_object, text, who},
};

/// Our own names cannot be sent as they are, for a name of the protocol has no blank.
const OUR_NAMES: &[(&str, &str)] = &[
    ("SpreadStarted", names::SPREAD_STARTED),
    ("SpreadShared", names::SPREAD_SHARED),
    ("SpreadOpened", names::SPREAD_OPENED),
    ("OrderPaid", names::ORDER_PAID),
    ("ConsentGiven", names::CONSENT_GIVEN),
    ("ConsentWithdrawn", names::CONSENT_WITHDRAWN),
];
/// Characters of a message id made of what a record says.
const DIGEST_LENGTH: usize = 32;

#[derive(Deserialize)]
pub(super) struct Record<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    distinct_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    pub(super) original_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    pub(super) login_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    pub(super) anonymous_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    pub(super) identities: Option<BTreeMap<Cow<'a, str>, Id<'a>>>,
    #[serde(borrow, default)]
    time: Option<&'a RawValue>,
    #[serde(rename = "_flush_time", borrow, default)]
    flush_time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    time_free: Option<&'a RawValue>,
    #[serde(rename = "_track_id", borrow, default)]
    track_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    project: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    token: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    item_type: Option<Id<'a>>,
    #[serde(borrow, default)]
    item_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    lib: Option<&'a RawValue>,
    #[serde(borrow, default)]
    properties: Option<&'a RawValue>,
}

/// What a record does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Track,
    SignUp,
    Bind,
    Unbind,
    /// Sets traits over what is there.
    ProfileSet,
    /// Changes traits in another way; the word says how.
    Profile(&'static str),
    Item(&'static str),
}

impl Does {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "track" => Self::Track,
            "track_signup" => Self::SignUp,
            "track_id_bind" => Self::Bind,
            "track_id_unbind" => Self::Unbind,
            "profile_set" => Self::ProfileSet,
            "profile_set_once" => Self::Profile("profile_set_once"),
            "profile_increment" => Self::Profile("profile_increment"),
            "profile_append" => Self::Profile("profile_append"),
            "profile_unset" => Self::Profile("profile_unset"),
            "profile_delete" => Self::Profile("profile_delete"),
            "item_set" => Self::Item("item_set"),
            "item_delete" => Self::Item("item_delete"),
            _ => return None,
        })
    }

    /// The name of an event that names none.
    const fn event(self) -> Option<&'static str> {
        match self {
            Self::Track => None,
            Self::SignUp => Some("$SignUp"),
            Self::Bind => Some("$BindID"),
            Self::Unbind => Some("$UnbindID"),
            Self::ProfileSet => Some("profile_set"),
            Self::Profile(word) | Self::Item(word) => Some(word),
        }
    }

    const fn is_event(self) -> bool {
        matches!(self, Self::Track | Self::SignUp | Self::Bind | Self::Unbind)
    }
}

/// The key that a record itself names: `token`, else `project`.
#[must_use]
pub fn named_key(record: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        token: Option<Cow<'a, str>>,
        #[serde(borrow)]
        project: Option<Cow<'a, str>>,
    }
    let Named { token, project } = read_object(record)?;
    token.or(project).map(Cow::into_owned)
}

/// What was read of a record, and what it tells beside itself.
#[derive(Debug)]
pub struct Told {
    /// The record as a fact.
    pub fact: Fact,
    /// What it tells beside itself: a hop, and which id its `distinct_id` is.
    pub beside: Vec<Fact>,
}

/// Reads the records of one request, one after the other.
pub struct Reader<'a> {
    accepting: Accepting<'a>,
    project: Option<&'a str>,
    token: Option<&'a str>,
    /// How often the same record without a track id came in this request.
    repeats: BTreeMap<String, u32>,
}

impl<'a> Reader<'a> {
    /// For a request that named this project and token.
    #[must_use]
    pub const fn new(accepting: Accepting<'a>, project: Option<&'a str>, token: Option<&'a str>) -> Self {
        Self { accepting, project, token, repeats: BTreeMap::new() }
    }

    /// Reads the next record.
    ///
    /// # Errors
    /// [`Rejection`]: the others of the request are taken all the same.
    pub fn read(&mut self, item: &RawValue) -> Result<Told, Rejection> {
        if item.get().len() > ITEM_BYTES_MAX {
            return Err(Rejection::TooLarge);
        }
        if is_sealed(item) {
            return Err(Rejection::Encrypted);
        }
        let record: Record<'_> = read_object(item).ok_or(Rejection::Shape)?;
        let does = record.kind.as_deref().and_then(Does::of).ok_or(Rejection::RecordType)?;
        let elsewhere = |named: &Option<Cow<'_, str>>, ours: Option<&str>| {
            ours.is_some() && named.as_deref().is_some_and(|named| Some(named) != ours)
        };
        if elsewhere(&record.token, self.token) || elsewhere(&record.project, self.project) {
            return Err(Rejection::OtherProject);
        }
        let event = event(does, record.event.as_deref())?;
        if !self.accepting.by_the_brand && does == Does::Track && BRAND_ONLY.contains(&&*event) {
            return Err(Rejection::BrandOnly);
        }
        let distinct_id = who(record.distinct_id.as_ref().map(|id| &*id.0), "distinct_id")?;
        let properties = name::properties(record.properties)?;
        let Ids { user_id, anonymous_id, ids } =
            Ids::of(does, &record, distinct_id.as_deref(), &properties, self.accepting.by_the_brand)?;
        let (timestamp, original_timestamp, sent_at) = self.times(&record, &properties)?;
        let fact = Fact {
            source: self.accepting.source.to_owned(),
            message_id: self.message_id(item, record.track_id.is_some())?,
            kind: if does == Does::ProfileSet { Kind::Identify } else { Kind::Track },
            event,
            user_id,
            anonymous_id,
            ids,
            timestamp,
            original_timestamp,
            sent_at,
            received_at: self.accepting.received_at,
            properties: kept(does, &record, properties.clone())?,
            context: context(&record, &properties),
        };
        check_typed(&fact.typed()?)?;
        let beside = distinct_id.map(|distinct_id| {
            let hop = share::hop(&fact, &distinct_id, &properties);
            hop.into_iter().chain(share::signed_in(&fact, &distinct_id)).collect()
        });
        Ok(Told { fact, beside: beside.unwrap_or_default() })
    }

    /// When it happened, when it says it happened, and when it was sent. What was imported long after is not corrected.
    fn times(
        &self,
        record: &Record<'_>,
        properties: &Members<'_>,
    ) -> Result<(Timestamp, Option<Timestamp>, Option<Timestamp>), Rejection> {
        let time = record.time.or_else(|| properties.get("$time").copied());
        let original = time.map(|time| millis(time).ok_or(Rejection::Time("time"))).transpose()?;
        let imported = record.time_free.is_some_and(|free| matches!(free.get(), "true" | "1" | "\"true\""));
        let sent = record.flush_time.and_then(millis).filter(|_| !imported);
        Ok((corrected(self.accepting.received_at, sent, original), original, sent))
    }

    /// The protocol has no id of a message: a record is known by what it says. When it was sent is not part of that, for it
    /// changes with each attempt. Two records that say the same and have no track id are two if they came in one request.
    fn message_id(&mut self, item: &RawValue, tracked: bool) -> Result<String, Rejection> {
        let mut members: Members<'_> = read_object(item).ok_or(Rejection::Shape)?;
        members.remove("_flush_time");
        let mut hasher = blake3::Hasher::new();
        for (name, value) in &members {
            hasher.update(name.as_bytes()).update(&[0]).update(value.get().as_bytes()).update(&[0]);
        }
        let digest = hasher.finalize().to_hex()[..DIGEST_LENGTH].to_owned();
        if tracked {
            return Ok(format!("sa-{digest}"));
        }
        let before = self.repeats.entry(digest.clone()).or_default();
        *before += 1;
        Ok(match *before {
            1 => format!("sa-{digest}"),
            nth => format!("sa-{digest}-{nth}"),
        })
    }
}

fn event(does: Does, written: Option<&str>) -> Result<String, Rejection> {
    let written = text(written, "event")?.filter(|_| does.is_event());
    let Some(name) = written else {
        return does.event().map(str::to_owned).ok_or(Rejection::EventMissing);
    };
    let ours = OUR_NAMES.iter().find(|(sent, ours)| name == *sent || name == *ours);
    match ours {
        Some((_, ours)) => Ok((*ours).to_owned()),
        None if is_name(&name) => Ok(name),
        None => Err(Rejection::Name("event")),
    }
}

/// The properties as they were written; an item's with what item it is.
fn kept(does: Does, record: &Record<'_>, properties: Members<'_>) -> Result<Box<RawValue>, Rejection> {
    let Does::Item(_) = does else {
        let written = record.properties.filter(|json| json.get() != "null");
        return Ok(written.map_or_else(facts::empty_object, ToOwned::to_owned));
    };
    let part = |id: &Option<Id<'_>>, name| text(id.as_ref().map(|id| &*id.0), name)?.ok_or(Rejection::ItemMissing);
    let item_type = part(&record.item_type, "item_type")?;
    if !is_name(&item_type) {
        return Err(Rejection::Name("item_type"));
    }
    let item_id = part(&record.item_id, "item_id")?;
    let (item_type, item_id) = (text_json(&item_type)?, text_json(&item_id)?);
    let mut properties = properties;
    properties.insert("item_type".into(), &item_type);
    properties.insert("item_id".into(), &item_id);
    to_raw_value(&properties).map_err(|_| Rejection::Object("properties"))
}

fn text_json(text: &str) -> Result<Box<RawValue>, Rejection> {
    to_raw_value(text).map_err(|_| Rejection::Object("properties"))
}

/// Milliseconds since 1970, as a number.
fn millis(json: &RawValue) -> Option<Timestamp> {
    let number = json.get();
    let millis: i64 = number.split_once('.').map_or(number, |(whole, _)| whole).parse().ok()?;
    // Within the years that can be written.
    (0..=253_402_300_799_999).contains(&millis).then(|| Timestamp::from_millis(millis))
}

/// Which library sent it, where the SDKs of the Segment protocol say it too, and all the library says of itself.
fn context(record: &Record<'_>, properties: &Members<'_>) -> Option<Box<RawValue>> {
    let lib: Members<'_> = record.lib.and_then(read_object).unwrap_or_default();
    let says = |name: &str| told(&lib, name).or_else(|| told(properties, name));
    let (name, version) = (says("$lib")?, says("$lib_version"));
    let mut context = BTreeMap::from([
        ("library", serde_json::json!({ "name": name, "version": version })),
        ("protocol", "sa".into()),
    ]);
    if let Some(app) = says("$app_version") {
        context.insert("app", serde_json::json!({ "version": app }));
    }
    to_raw_value(&context).ok()
}

#[cfg(test)]
mod tests;
