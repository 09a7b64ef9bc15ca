//! One fact as the doors take it.

use facts::{Fact, Kind, empty_object, names};
use kernel::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    brand::{Brand, CAMPAIGN_ID, city_of_store},
    chance::scramble,
    names::{anonymous_id, basket, city, phone, token, union_id, user_id},
    people::{Cast, Index, Way},
    script::{By, Deed, Guise, Step},
};

/// One fact of a simulation. Serialised it is an item of `POST /facts` (and of a Segment batch).
///
/// It carries no `sent_at`: a fact of the past that says it was sent in the past would be moved to the present by the
/// correction for wrong clocks.
#[derive(Clone, Debug)]
pub struct SimFact {
    /// `track`, `identify` or `page`.
    pub kind: Kind,
    /// Name of a `track`; the page of a `page`; `identify`.
    pub event: &'static str,
    /// The id after signing in.
    pub user_id: Option<String>,
    /// The id of the browser.
    pub anonymous_id: Option<String>,
    /// The same for a message sent twice.
    pub message_id: String,
    /// When the sender's clock says it happened; some clocks are wrong.
    pub timestamp: Timestamp,
    /// When a server hears of it: the order of a simulation's facts. Not serialised.
    pub received_at: Timestamp,
    /// A JSON object; for `identify` the traits.
    pub properties: Box<RawValue>,
    /// A JSON object.
    pub context: Option<Box<RawValue>>,
}

impl SimFact {
    /// The fact as it stands in the log, for those who need no door. `source` is the key it was heard by.
    #[must_use]
    pub fn into_fact(self, source: &str) -> Fact {
        Fact {
            source: source.to_owned(),
            message_id: self.message_id,
            kind: self.kind,
            event: self.event.to_owned(),
            user_id: self.user_id,
            anonymous_id: self.anonymous_id,
            ids: Vec::new(),
            timestamp: self.timestamp,
            original_timestamp: Some(self.timestamp),
            sent_at: None,
            received_at: self.received_at,
            properties: self.properties,
            context: self.context,
        }
    }
}

impl Serialize for SimFact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        if self.kind != Kind::Identify {
            map.serialize_entry("event", self.event)?;
        }
        if let Some(user_id) = &self.user_id {
            map.serialize_entry("user_id", user_id)?;
        }
        if let Some(anonymous_id) = &self.anonymous_id {
            map.serialize_entry("anonymous_id", anonymous_id)?;
        }
        map.serialize_entry("message_id", &self.message_id)?;
        map.serialize_entry("timestamp", &self.timestamp)?;
        map.serialize_entry(if self.kind == Kind::Identify { "traits" } else { "properties" }, &self.properties)?;
        if let Some(context) = &self.context {
            map.serialize_entry("context", context)?;
        }
        map.end()
    }
}

/// Name of the page the book list stands on.
const BOOK_LIST: &str = "Book List";

/// Channels through which managers share, in turn.
const CHANNELS: [&str; 3] = ["朋友圈", "社群", "企业微信"];

#[derive(Default, Serialize)]
struct Spread<'a> {
    campaign: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sharer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sharer_anonymous_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spread: Option<String>,
}

#[derive(Serialize)]
struct Traits<'a> {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<String>,
    city: &'a str,
}

#[derive(Serialize)]
struct Order<'a> {
    campaign: &'a str,
    order_id: String,
    amount_minor: i64,
    currency: &'a str,
    unit: &'a str,
    books: Vec<&'a str>,
}

#[derive(Serialize)]
struct View<'a> {
    campaign: &'a str,
    path: &'a str,
    title: &'a str,
}

/// What an order costs, in 分.
pub(crate) fn paid_minor(salt: u64, order: u32) -> i64 {
    basket(order_salt(salt, order)).1
}

fn order_salt(salt: u64, order: u32) -> u64 {
    scramble(salt ^ 0x0400_0000_0000 ^ u64::from(order))
}

/// Writes the facts of a cast.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pen<'a> {
    pub(crate) brand: &'a Brand,
    pub(crate) cast: &'a Cast,
    pub(crate) seed: u64,
}

impl Pen<'_> {
    pub(crate) fn write(&self, step: &Step) -> SimFact {
        let (kind, event, who, guise, properties) = match step.deed {
            Deed::Named(who) => (Kind::Identify, "identify", who, Guise::User, self.manager_traits(who)),
            Deed::Started(who) => (Kind::Track, names::SPREAD_STARTED, who, Guise::User, self.started(who)),
            Deed::Opened(who, guise, by) => (Kind::Track, names::SPREAD_OPENED, who, guise, self.opened(by)),
            Deed::Viewed(who, guise) => (Kind::Page, BOOK_LIST, who, guise, view()),
            Deed::Identified(who, guise) => (Kind::Identify, "identify", who, guise, self.traits(who)),
            Deed::Shared(who) => (Kind::Track, names::SPREAD_SHARED, who, self.own_guise(who), self.shared(who)),
            Deed::Paid(who, order) => (Kind::Track, names::ORDER_PAID, who, Guise::User, self.paid(who, order)),
        };
        let (user, device) = match guise {
            Guise::User => (true, None),
            Guise::Anonymous => (false, Some(0)),
            Guise::Both => (true, Some(0)),
            Guise::Second => (false, Some(1)),
            Guise::SecondBoth => (true, Some(1)),
        };
        SimFact {
            kind,
            event,
            user_id: user.then(|| self.user_id(who)),
            anonymous_id: device.map(|device| anonymous_id(who, device, self.cast.salt)),
            message_id: format!("sim-{:x}-{:x}", self.seed, step.number),
            timestamp: Timestamp(step.timestamp),
            received_at: Timestamp(step.received),
            properties,
            context: self.context(&step.deed, who),
        }
    }

    fn user_id(&self, who: Index) -> String {
        match self.cast.person(who).way {
            Way::Manager => self.manager(who).map_or_else(String::new, crate::brand::Staff::user_id),
            _ => user_id(who, self.cast.salt),
        }
    }

    fn manager(&self, root: Index) -> Option<&crate::brand::Staff> {
        self.brand.store_managers().nth(root as usize)
    }

    /// Under which ids somebody is given their link.
    fn own_guise(&self, who: Index) -> Guise {
        match self.cast.person(who).way {
            Way::Manager | Way::App => Guise::User,
            Way::Browser | Way::Half => Guise::Both,
            Way::Passing => Guise::Anonymous,
        }
    }

    fn home(&self, who: Index) -> &'static str {
        city_of_store(usize::from(self.cast.person(who).store))
    }

    fn manager_traits(&self, who: Index) -> Box<RawValue> {
        let name = self.manager(who).map_or("", |staff| staff.name).to_owned();
        raw(&Traits { name, phone: None, unionid: None, city: self.home(who) })
    }

    fn traits(&self, who: Index) -> Box<RawValue> {
        let salt = self.cast.trait_salt(who);
        // One who leaves only half leaves the phone or the WeChat id.
        let (leaves_phone, leaves_wechat) = match self.cast.person(who).way {
            Way::Half => (salt.is_multiple_of(2), !salt.is_multiple_of(2)),
            _ => (true, true),
        };
        raw(&Traits {
            name: self.cast.name(who),
            phone: leaves_phone.then(|| phone(who, self.cast.salt)),
            unionid: leaves_wechat.then(|| union_id(who, self.cast.salt)),
            city: city(self.home(who), salt),
        })
    }

    fn started(&self, who: Index) -> Box<RawValue> {
        let staff = self.manager(who);
        raw(&Spread {
            campaign: CAMPAIGN_ID,
            unit: staff.map(|staff| staff.unit.as_str()),
            staff: staff.map(|staff| staff.id.as_str()),
            channel: Some(CHANNELS[who as usize % CHANNELS.len()]),
            spread: Some(token(who, self.cast.salt)),
            ..Spread::default()
        })
    }

    fn shared(&self, who: Index) -> Box<RawValue> {
        raw(&Spread { campaign: CAMPAIGN_ID, spread: Some(token(who, self.cast.salt)), ..Spread::default() })
    }

    fn opened(&self, by: By) -> Box<RawValue> {
        let mut spread = Spread { campaign: CAMPAIGN_ID, ..Spread::default() };
        match by {
            By::User(sharer) => spread.sharer_id = Some(self.user_id(sharer)),
            By::Anonymous(sharer) => spread.sharer_anonymous_id = Some(anonymous_id(sharer, 0, self.cast.salt)),
            By::Token(sharer) => spread.spread = Some(token(sharer, self.cast.salt)),
            By::LostUser(number) => spread.sharer_id = Some(format!("lost-{number}")),
            By::LostToken(number) => spread.spread = Some(format!("lost-token-{number}")),
        }
        raw(&spread)
    }

    fn paid(&self, who: Index, order: u32) -> Box<RawValue> {
        let (books, amount_minor) = basket(order_salt(self.cast.salt, order));
        let store = Index::from(self.cast.person(who).store);
        raw(&Order {
            campaign: CAMPAIGN_ID,
            order_id: format!("BK{:08}", 10_000_000 + order),
            amount_minor,
            currency: "CNY",
            unit: self.manager(store).map_or("", |staff| staff.unit.as_str()),
            books,
        })
    }

    /// Where a phone's facts come from; servers say nothing.
    fn context(&self, deed: &Deed, who: Index) -> Option<Box<RawValue>> {
        let from_phone = matches!(deed, Deed::Opened(..) | Deed::Viewed(..) | Deed::Identified(..));
        let library = if self.cast.person(who).has_browser() { "searchlight-h5" } else { "searchlight-miniprogram" };
        let os = if self.cast.trait_salt(who) % 10 < 6 { "Android" } else { "iOS" };
        from_phone.then(|| raw(&serde_json::json!({"library": {"name": library}, "os": {"name": os}})))
    }
}

fn view() -> Box<RawValue> {
    raw(&View { campaign: CAMPAIGN_ID, path: "/lists/book-list", title: "书单共读" })
}

fn raw(value: &impl Serialize) -> Box<RawValue> {
    // Plain structs of texts and numbers always become JSON.
    to_raw_value(value).unwrap_or_else(|_| empty_object())
}
