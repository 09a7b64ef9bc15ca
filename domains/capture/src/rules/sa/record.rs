//! One record becomes a fact, or two, or is rejected with a reason.

use std::{borrow::Cow, collections::BTreeMap};

use facts::{Fact, IDS_MAX, Kind, NamedId, names, namespace_key, namespaces};
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    form::is_sealed,
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
];
/// Characters of a message id made of what a record says.
const DIGEST_LENGTH: usize = 32;

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    distinct_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    original_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    login_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    anonymous_id: Option<Id<'a>>,
    #[serde(borrow, default)]
    identities: Option<BTreeMap<Cow<'a, str>, Id<'a>>>,
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
enum Does {
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
        let Ids { user_id, anonymous_id, ids } = Ids::of(does, &record, distinct_id.as_deref(), &properties)?;
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

/// Who it was.
#[derive(Default)]
struct Ids {
    /// After signing in.
    user_id: Option<String>,
    /// Before that.
    anonymous_id: Option<String>,
    /// All other ids; when one is taken off, that one alone.
    ids: Vec<NamedId>,
}

impl Ids {
    fn of(
        does: Does,
        record: &Record<'_>,
        distinct_id: Option<&str>,
        properties: &Members<'_>,
    ) -> Result<Self, Rejection> {
        if matches!(does, Does::Item(_)) {
            return Ok(Self::default());
        }
        let distinct_id = distinct_id.ok_or(Rejection::DistinctIdMissing)?;
        let mut ids = identities(record)?;
        let written = |id: &Option<Id<'_>>, name| who(id.as_ref().map(|id| &*id.0), name);
        let (login, before) = (written(&record.login_id, "login_id")?, written(&record.anonymous_id, "anonymous_id")?);
        if does == Does::Unbind {
            // Which id is taken off stands among the others; whoever it was taken off is somebody else.
            let ids = if ids.is_empty() { return Err(Rejection::Identities("the id that is taken off")) } else { ids };
            return Ok(Self { user_id: login, anonymous_id: before, ids });
        }
        let mut take = |namespace: &str| {
            let at = ids.iter().position(|id| id.namespace == namespace)?;
            Some(ids.remove(at).value)
        };
        let (login_among, before_among) = (take(namespaces::USER), take(namespaces::ANONYMOUS));
        // A login id of another kind is written `key+value`, and stands among the identities as what it is.
        let login = login.filter(|login| !is_among(login, record)).or(login_among);
        let says_login = properties.get("$is_login_id").is_some_and(|says| says.get() == "true");
        let login = login.or_else(|| (does == Does::SignUp || says_login).then(|| distinct_id.to_owned()));
        let before = before
            .or(written(&record.original_id, "original_id")?.filter(|_| does == Does::SignUp))
            .or(before_among)
            .or_else(|| login.is_none().then(|| distinct_id.to_owned()));
        if does == Does::Bind && usize::from(login.is_some()) + usize::from(before.is_some()) + ids.len() < 2 {
            return Err(Rejection::Identities("at least two ids of one person"));
        }
        Ok(Self { user_id: login, anonymous_id: before, ids })
    }
}

/// Whether an id is one of the identities, written `key+value`.
fn is_among(id: &str, record: &Record<'_>) -> bool {
    let split = id.split_once('+');
    split.is_some_and(|(key, value)| {
        record.identities.as_ref().and_then(|ids| ids.get(key)).is_some_and(|among| among.0 == value)
    })
}

/// The ids a record names, each in the namespace it is of.
fn identities(record: &Record<'_>) -> Result<Vec<NamedId>, Rejection> {
    let mut ids = Vec::new();
    for (key, value) in record.identities.iter().flatten() {
        if !is_name(key) {
            return Err(Rejection::Identity);
        }
        if let Some(value) = who(Some(&value.0), "identities")? {
            ids.push(NamedId::new(namespace_key(key), value));
        }
    }
    ids.dedup();
    if ids.len() > IDS_MAX { Err(Rejection::Identities("at most sixteen ids")) } else { Ok(ids) }
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
mod tests {
    use proptest::{prelude::*, sample::select};
    use serde_json::{Value, json};

    use super::*;

    const RECEIVED: i64 = 1_795_344_470_000;

    fn reader(by_the_brand: bool) -> Reader<'static> {
        let received_at = Timestamp::from_millis(RECEIVED);
        let accepting = Accepting { source: "key:1", received_at, sent_at: None, by_the_brand };
        Reader::new(accepting, Some("shop"), None)
    }

    fn read(record: &Value) -> Result<Told, Rejection> {
        reader(true).read(&to_raw_value(record).unwrap())
    }

    fn fact(record: &Value) -> Fact {
        read(record).unwrap_or_else(|rejection| panic!("{rejection}: {record}")).fact
    }

    fn ids_of(record: Value) -> (Option<String>, Option<String>) {
        let Fact { user_id, anonymous_id, .. } = fact(&record);
        (user_id, anonymous_id)
    }

    /// As the mini-program SDK wrote it after `login()`.
    fn signed_up() -> Value {
        json!({
            "distinct_id": "user_1", "login_id": "user_1", "anonymous_id": "a-1", "original_id": "a-1",
            "identities": { "$identity_mp_id": "m-1", "$identity_login_id": "user_1" },
            "type": "track_signup", "event": "$SignUp", "time": RECEIVED - 5_000, "_track_id": 381_335_412,
            "_flush_time": RECEIVED - 4_000,
            "lib": { "$lib": "MiniProgram", "$lib_method": "code", "$lib_version": "1.21.4" },
            "properties": { "n": 1.50 },
        })
    }

    #[test]
    fn a_record_is_taken_with_what_it_says() {
        let fact = fact(&signed_up());
        assert_eq!((fact.kind, &*fact.event), (Kind::Track, "$SignUp"));
        assert_eq!((fact.user_id.as_deref(), fact.anonymous_id.as_deref()), (Some("user_1"), Some("a-1")));
        assert_eq!(fact.timestamp, Timestamp::from_millis(RECEIVED - 1_000), "a second before it was sent");
        assert_eq!(fact.original_timestamp, Some(Timestamp::from_millis(RECEIVED - 5_000)));
        assert_eq!(fact.sent_at, Some(Timestamp::from_millis(RECEIVED - 4_000)));
        assert_eq!(fact.ids, [NamedId::new("device", "m-1")]);
        assert_eq!(fact.properties.get(), r#"{"n":1.5}"#);
        let context: Value = serde_json::from_str(fact.context.unwrap().get()).unwrap();
        assert_eq!(context["library"], json!({ "name": "MiniProgram", "version": "1.21.4" }));
    }

    #[test]
    fn who_it_was_is_read_from_whichever_field_says_it() {
        let some = |id: &str| Some(id.to_owned());
        let of = |fields: Value| {
            let mut record = json!({ "type": "track", "event": "E", "distinct_id": "d" });
            record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            ids_of(record)
        };
        assert_eq!(of(json!({})), (None, some("d")));
        assert_eq!(of(json!({ "properties": { "$is_login_id": true } })), (some("d"), None));
        assert_eq!(of(json!({ "login_id": "d", "anonymous_id": "a" })), (some("d"), some("a")));
        assert_eq!(
            of(json!({ "identities": { "$identity_login_id": "u", "$identity_anonymous_id": "a" } })),
            (some("u"), some("a"))
        );
        assert_eq!(of(json!({ "type": "track_signup", "original_id": "before" })), (some("d"), some("before")));
        assert_eq!(of(json!({ "original_id": "before" })), (None, some("d")), "only a sign-up has one");
        assert_eq!(of(json!({ "distinct_id": 7 })), (None, some("7")));
    }

    #[test]
    fn identities_become_ids_of_our_namespaces() {
        let of = |kind: &str, identities: Value, more: Value| {
            let mut record = json!({ "type": kind, "event": "E", "distinct_id": "d", "identities": identities });
            record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let Fact { user_id, anonymous_id, ids, .. } = fact(&record);
            let ids: Vec<_> = ids.into_iter().map(|id| format!("{}={}", id.namespace, id.value)).collect();
            (user_id.unwrap_or_default(), anonymous_id.unwrap_or_default(), ids.join(" "))
        };
        let told = |user: &str, before: &str, ids: &str| (user.to_owned(), before.to_owned(), ids.to_owned());
        let held = json!({ "$identity_mp_wxA_openid": "o1", "$identity_mp_unionid": "n1", "$identity_anonymous_id": "a",
            "$identity_mobile": 13_800_000_001_u64, "card_no": "7", "$identity_email": "" });
        let all = "phone=13800000001 wechat:unionid=n1 wechat:openid:wxA=o1 card_no=7";
        assert_eq!(of("track", held.clone(), json!({})), told("", "a", all));
        assert_eq!(of("track_id_bind", held, json!({ "login_id": "u" })), told("u", "a", all));
        let phone = json!({ "$identity_mobile": "138" });
        let by_phone = json!({ "login_id": "$identity_mobile+138", "anonymous_id": "a" });
        assert_eq!(of("track", phone.clone(), by_phone), told("", "a", "phone=138"), "whoever signs in by phone");
        assert_eq!(of("track_id_unbind", phone, json!({})), told("", "", "phone=138"));
        let rejected = |kind: &str, identities: Value| {
            read(&json!({ "type": kind, "event": "E", "distinct_id": "d", "identities": identities }))
                .unwrap_err()
                .code()
        };
        assert_eq!(rejected("track", json!({ "a b": "x" })), "identities");
        assert_eq!(rejected("track", json!({ "$identity_email": "null" })), "stands_for_nobody");
        assert_eq!(rejected("track_id_bind", json!({})), "identities");
        assert_eq!(rejected("track_id_unbind", json!({})), "identities");
        let many: Value = (0..17).map(|n| (format!("k{n}"), json!("x"))).collect::<serde_json::Map<_, _>>().into();
        assert_eq!(rejected("track", many), "identities");
    }

    /// Facts that name a person by `distinct_id` alone, as a share or a server does, are of whoever it was.
    #[test]
    fn whoever_signs_in_is_known_by_their_distinct_id_too() {
        let told = read(&signed_up()).unwrap();
        let [beside] = &told.beside[..] else { panic!("{:?}", told.beside) };
        assert_eq!((&*beside.event, beside.kind), (names::SIGNED_UP, Kind::Track));
        assert_eq!((beside.user_id.as_deref(), beside.anonymous_id.as_deref()), (Some("user_1"), Some("user_1")));
        assert!(beside.ids.is_empty());
        let mut again = signed_up();
        again["time"] = json!(RECEIVED);
        assert_eq!(read(&again).unwrap().beside[0].message_id, beside.message_id, "it is said once");
    }

    #[test]
    fn every_type_of_record_is_known() {
        let of = |kind: &str, event: Value| {
            let fact =
                fact(&json!({ "type": kind, "event": event, "distinct_id": "d", "item_type": "book", "item_id": 7,
                "identities": { "$identity_login_id": "u", "$identity_email": "e" }, "properties": { "p": 1 } }));
            (fact.kind, fact.event.clone(), fact.subject().is_some())
        };
        assert_eq!(of("track", json!("Seen")), (Kind::Track, "Seen".into(), true));
        assert_eq!(of("track_signup", Value::Null), (Kind::Track, "$SignUp".into(), true));
        assert_eq!(of("track_id_bind", Value::Null), (Kind::Track, "$BindID".into(), true));
        assert_eq!(
            of("track_id_unbind", json!("$UnbindID")),
            (Kind::Track, "$UnbindID".into(), false),
            "it says whose not"
        );
        assert_eq!(of("profile_set", Value::Null), (Kind::Identify, "profile_set".into(), true));
        for kind in ["profile_set_once", "profile_increment", "profile_append", "profile_unset", "profile_delete"] {
            assert_eq!(of(kind, Value::Null), (Kind::Track, kind.into(), true));
        }
        for kind in ["item_set", "item_delete"] {
            assert_eq!(of(kind, Value::Null), (Kind::Track, kind.into(), false));
        }
        let item = json!({ "type": "item_set", "item_type": "book", "item_id": "b1", "properties": { "price": 9.90 } });
        assert_eq!(fact(&item).properties.get(), r#"{"item_id":"b1","item_type":"book","price":9.9}"#);
    }

    #[test]
    fn the_first_reason_that_applies_is_told() {
        let track = json!({ "type": "track", "event": "E", "distinct_id": "d", "properties": {} });
        let with = |name: &str, value: Value| {
            let mut record = track.clone();
            record[name] = value;
            read(&record).unwrap_err()
        };
        for no_record in [json!([]), json!(7), json!(["track"])] {
            assert_eq!(read(&no_record).unwrap_err(), Rejection::Shape);
        }
        assert_eq!(with("type", json!("dance")), Rejection::RecordType);
        assert_eq!(with("event", Value::Null), Rejection::EventMissing);
        assert_eq!(with("event", json!("Page Seen")), Rejection::Name("event"));
        assert_eq!(with("event", json!("time")), Rejection::Name("event"));
        assert_eq!(with("distinct_id", json!("")), Rejection::DistinctIdMissing);
        assert_eq!(with("distinct_id", json!("undefined")), Rejection::StandsForNobody("distinct_id"));
        assert_eq!(with("distinct_id", json!("x".repeat(257))), Rejection::Text("distinct_id"));
        assert_eq!(with("properties", json!({ "a": {} })), Rejection::Value);
        assert_eq!(with("properties", json!({ "a b": 1 })), Rejection::Name("a property"));
        assert_eq!(with("time", json!("soon")), Rejection::Time("time"));
        assert_eq!(with("identities", json!({ "$identity_login_id": {} })), Rejection::Shape);
        assert_eq!(with("project", json!("other")), Rejection::OtherProject);
        assert_eq!(with("event", json!("OrderPaid")), Rejection::Invalid(facts::Invalid::OrderMissing));
        let large = with("properties", json!({ "x": "y".repeat(ITEM_BYTES_MAX) }));
        assert_eq!(large, Rejection::TooLarge);
        let sealed = json!({ "pkv": 1, "ekey": "x", "payloads": ["y"] });
        assert_eq!(read(&sealed).unwrap_err(), Rejection::Encrypted);
        let no_item = json!({ "type": "item_set", "item_type": "book" });
        assert_eq!(read(&no_item).unwrap_err(), Rejection::ItemMissing);
        let paid = json!({ "type": "track", "event": "OrderPaid", "distinct_id": "d",
            "properties": { "order_id": "7", "amount_minor": 990 } });
        assert_eq!(fact(&paid).event, "Order Paid");
        let from_a_page = reader(false).read(&to_raw_value(&paid).unwrap());
        assert_eq!(from_a_page.unwrap_err(), Rejection::BrandOnly);
    }

    #[test]
    fn a_clock_that_is_wrong_is_corrected_and_an_import_is_not() {
        let at = |fields: Value| {
            let mut record = json!({ "type": "track", "event": "E", "distinct_id": "d", "properties": {} });
            record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            fact(&record).timestamp
        };
        let received = Timestamp::from_millis(RECEIVED);
        assert_eq!(at(json!({})), received);
        let ahead = RECEIVED + 86_400_000;
        assert_eq!(at(json!({ "time": ahead - 2_000, "_flush_time": ahead })), received.plus_secs(-2));
        assert_eq!(at(json!({ "time": ahead })), received, "the future is not believed");
        let long_ago = 1_500_000_000_000_i64;
        let imported = at(json!({ "time": long_ago, "_flush_time": ahead, "time_free": true }));
        assert_eq!(imported, Timestamp::from_millis(long_ago));
        assert_eq!(at(json!({ "properties": { "$time": long_ago } })), Timestamp::from_millis(long_ago));
    }

    #[test]
    fn a_record_sent_again_is_the_same_and_another_one_is_not() {
        let id = |record: &Value| fact(record).message_id;
        let (first, mut again) = (signed_up(), signed_up());
        again["_flush_time"] = json!(RECEIVED + 9_000);
        assert_eq!(id(&first), id(&again));
        for (field, value) in [("distinct_id", json!("user_2")), ("time", json!(RECEIVED)), ("_track_id", json!(1))] {
            let mut other = signed_up();
            other[field] = value;
            assert_ne!(id(&first), id(&other), "{field}");
        }
        let raise = to_raw_value(
            &json!({ "type": "profile_increment", "distinct_id": "d", "time": 1, "properties": { "n": 1 } }),
        )
        .unwrap();
        let ids = |mut reader: Reader<'_>| [(); 2].map(|()| reader.read(&raise).unwrap().fact.message_id);
        let (one, other) = (ids(reader(true)), ids(reader(true)));
        assert!(one[0] != one[1] && one == other, "two of one request are two, sent again they are the same two");
        let tracked = to_raw_value(&signed_up()).unwrap();
        let mut reader = reader(true);
        let [one, other] = [(); 2].map(|()| reader.read(&tracked).unwrap().fact.message_id);
        assert_eq!(one, other, "the track id tells them apart");
    }

    #[test]
    fn a_share_is_a_hop_where_a_campaign_is_named() {
        let open = |event: &str, properties: Value| {
            read(&json!({ "type": "track", "event": event, "distinct_id": "b", "time": RECEIVED, "properties": properties }))
                .unwrap()
                .beside
                .pop()
                .map(|hop| (hop.event.clone(), hop.properties.get().to_owned(), hop.message_id))
        };
        let share = |more: Value| {
            let mut properties =
                json!({ "$share_distinct_id": "a", "$share_depth": 1, "$share_method": "转发消息卡片" });
            properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            properties
        };
        let told = r#"{"campaign":"spring","sharer_anonymous_id":"a"}"#;
        for named in [
            json!({ "campaign": "spring" }),
            json!({ "$url_query": "x=1&campaign=spring" }),
            json!({ "$share_url_path": "pages/book?campaign=spring&id=7" }),
        ] {
            let (event, properties, _) = open("$MPShow", share(named)).unwrap();
            assert_eq!((&*event, &*properties), (names::SPREAD_OPENED, told));
        }
        let ours = share(json!({ "$url_query": "campaign=spring&spread=t-7" }));
        assert_eq!(open("$MPShow", ours).unwrap().1, r#"{"campaign":"spring","spread":"t-7"}"#);
        for nothing in [
            open("$MPShow", share(json!({}))),
            open("$MPShow", share(json!({ "campaign": "spring", "$share_distinct_id": "取值异常" }))),
            open("$MPShow", share(json!({ "campaign": "spring", "$share_distinct_id": "b" }))),
            open("$MPShow", share(json!({ "campaign": "no campaign" }))),
            open("$MPShow", json!({ "campaign": "spring" })),
            open("$MPShare", share(json!({ "campaign": "spring" }))),
            open("$MPViewScreen", share(json!({ "campaign": "spring" }))),
        ] {
            assert_eq!(nothing, None);
        }
        let of = |event| open(event, share(json!({ "campaign": "spring" }))).unwrap().2;
        assert_eq!(of("$MPLaunch"), of("$MPShow"), "they tell of one opening");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Pieces of records, in an order that is often a record and often nearly one.
        #[test]
        fn no_record_makes_the_door_stumble_and_what_it_takes_survives_the_log(
            pieces in prop::collection::btree_set(select(vec![
                r#""type":"track""#, r#""type":"track_signup""#, r#""type":"profile_set""#, r#""type":"item_set""#,
                r#""type":"track_id_bind""#, r#""event":"E""#, r#""event":"$MPShow""#, r#""event":"SpreadOpened""#,
                r#""distinct_id":"d""#, r#""distinct_id":7"#, r#""distinct_id":"\u0000""#, r#""login_id":"u""#,
                r#""original_id":"o""#, r#""anonymous_id":null"#, r#""identities":{"$identity_login_id":"u"}"#,
                r#""identities":[]"#, r#""time":1795344465412"#, r#""time":-1"#, r#""time":1e999"#, r#""time":1.5"#,
                r#""_flush_time":253402300799999"#, r#""_flush_time":0"#, r#""time_free":true"#, r#""_track_id":1"#,
                r#""properties":{"campaign":"c","$share_distinct_id":"s"}"#, r#""properties":{"\ud800":1}"#,
                r#""properties":{"campaign":"c","sharer_id":"s"}"#, r#""properties":null"#, r#""lib":{"$lib":"js"}"#,
                r#""item_type":"t""#, r#""item_id":"长""#, r#""properties":{"a":1e999}"#,
            ]), 0..9),
            junk in "\\PC{0,40}",
        ) {
            let joined = format!("{{{}}}", pieces.into_iter().collect::<Vec<_>>().join(","));
            for text in [joined, junk] {
                let Ok(item) = serde_json::from_str::<&RawValue>(&text) else { continue };
                let Ok(told) = reader(true).read(item) else { continue };
                for fact in told.beside.into_iter().chain([told.fact]) {
                    let bytes = fact.to_log().map_err(|error| TestCaseError::fail(error.to_string()))?;
                    let kept = Fact::from_log(&bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
                    prop_assert_eq!(kept.to_log().ok(), Some(bytes));
                    prop_assert!(kept.typed().is_ok());
                    prop_assert!(kept.subject().is_some() || kept.event.starts_with("item_") || !kept.ids.is_empty());
                    prop_assert!(kept.message_id.len() <= 100);
                    for at in [Some(kept.timestamp), kept.original_timestamp, kept.sent_at].into_iter().flatten() {
                        prop_assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
                    }
                }
            }
        }
    }
}
