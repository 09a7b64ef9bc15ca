//! Facts the house understands, read out of an envelope's properties.

use kernel::{CampaignId, IdError, RootOwner, StaffId, UnitId};
use serde::Deserialize;

use crate::{
    audience::{SegmentTurn, Tagged},
    consent::{ConsentFields, ConsentSaid, Purpose},
    envelope::{AUDIENCE, Fact, IDENTITY, IMPORT, Kind, NETWORK, Namespace, Text, WhoKey, names},
    form::FormAnswered,
    identity::IdentityDecided,
    reach::{ReachAnswered, ReachAsked},
    ring::RingReviewed,
};

/// A fact as the slices see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A root lights its fire.
    SpreadStarted(SpreadStarted),
    /// A person was given a link of their own.
    SpreadShared(SpreadShared),
    /// One hop.
    SpreadOpened(SpreadOpened),
    /// An order was paid.
    OrderPaid(OrderPaid),
    /// An order is taken back with the import that brought it: the same as it was told.
    OrderTakenBack(OrderPaid),
    /// What is known of a person under this id is only this: it replaces all that was told before.
    ProfileRestored(ProfileRestored),
    /// A person is known under these traits.
    Identified(Identified),
    /// Somebody decided about a ring.
    RingReviewed(RingReviewed),
    /// A member of staff is to reach somebody.
    ReachAsked(ReachAsked),
    /// What became of that.
    ReachAnswered(ReachAnswered),
    /// The subject agreed to something, or took it back.
    ConsentSaid(ConsentSaid),
    /// All ids the envelope carries are of one person.
    Bound,
    /// [`Fact::ids`] are no longer those of the person they belong to; when the fact names a subject, of that person alone.
    Unbound,
    /// Whoever had the anonymous id is known under the user id from now on.
    SignedUp,
    /// Somebody decided who is who.
    IdentityDecided(IdentityDecided),
    /// A tag was put on people.
    TagPutOn(Tagged),
    /// A tag was taken off people.
    TagTakenOff(Tagged),
    /// Somebody belongs to a segment from now on.
    SegmentEntered(SegmentTurn),
    /// Somebody belongs to a segment no longer.
    SegmentLeft(SegmentTurn),
    /// The subject answered a form.
    FormAnswered(FormAnswered),
    /// Anything else a brand sends.
    Other,
}

/// The subject is a root of this campaign: depth 0, whatever touched them before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpreadStarted {
    /// In which campaign.
    pub campaign: CampaignId,
    /// Whom the root belongs to.
    pub owner: RootOwner,
    /// The spread token that stands for this root.
    pub spread: Option<String>,
}

/// The subject was given a spread token to pass on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpreadShared {
    /// In which campaign.
    pub campaign: CampaignId,
    /// The token that stands for the subject.
    pub spread: String,
}

/// The subject was touched by a sharer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpreadOpened {
    /// In which campaign.
    pub campaign: CampaignId,
    /// Who shared it.
    pub sharer: Sharer,
}

/// Who shared: an id, or the token of the link that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sharer {
    /// `sharer_id`.
    User(String),
    /// `sharer_anonymous_id`.
    Anonymous(String),
    /// `spread`.
    Spread(String),
}

impl Sharer {
    /// The sharer as a key that identity can intern.
    #[must_use]
    pub fn key(&self) -> WhoKey<'_> {
        let (namespace, value) = match self {
            Self::User(value) => (Namespace::User, value),
            Self::Anonymous(value) => (Namespace::Anonymous, value),
            Self::Spread(value) => (Namespace::Spread, value),
        };
        WhoKey { namespace, value }
    }
}

/// The subject paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPaid {
    /// The brand's number of the order.
    pub order_id: String,
    /// In the currency's smallest unit (分 for CNY).
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// The campaign it is booked to, if any.
    pub campaign: Option<CampaignId>,
}

/// What a person let us know about themselves. Empty texts count as unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identified {
    /// Display name.
    pub name: Option<String>,
    /// Phone number as given.
    pub phone: Option<String>,
    /// Any WeChat id (openid, unionid, external user id, WeChat number).
    pub wechat: Option<String>,
    /// City as given.
    pub city: Option<String>,
}

impl Identified {
    /// The first three and the last four characters of a phone number of usual length, else nothing of it.
    #[must_use]
    pub fn phone_masked(&self) -> Option<String> {
        let digits: Vec<char> = self.phone.as_deref()?.chars().collect();
        if digits.len() < 9 {
            return Some("****".to_owned());
        }
        let (head, tail) = (&digits[..3], &digits[digits.len() - 4..]);
        Some(format!("{}****{}", head.iter().collect::<String>(), tail.iter().collect::<String>()))
    }
}

/// What is left of a profile when an import is taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileRestored {
    /// What is known under this id now: what is not here is unknown again.
    pub known: Identified,
    /// How many facts of the import are taken back with it.
    pub taken_back: u64,
}

/// Why the properties do not make the fact its name promises. Ordered: the first that applies is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Properties are no object, or a field has the wrong type.
    #[error("properties must be an object whose fields have the documented types")]
    Shape,
    /// `campaign` is missing.
    #[error("properties.campaign is missing")]
    CampaignMissing,
    /// An id is not well formed.
    #[error("properties.{0}: an id is 1 to 64 letters, digits, '-', '_', '.' or ':'")]
    Id(&'static str),
    /// Nobody shared it.
    #[error("one of properties.sharer_id, properties.sharer_anonymous_id and properties.spread is needed")]
    SharerMissing,
    /// `spread` is missing.
    #[error("properties.spread is missing")]
    SpreadMissing,
    /// `order_id` is missing.
    #[error("properties.order_id is missing")]
    OrderMissing,
    /// `amount_minor` is missing or negative.
    #[error("properties.amount_minor must be a whole number of the currency's smallest unit, 0 or more")]
    Amount,
    /// `purpose` is missing or unknown.
    #[error("properties.purpose must be contact, marketing, profiling or sharing")]
    Purpose,
    /// A text is longer than an id may be.
    #[error("properties.{0} is longer than 256 bytes")]
    TooLong(&'static str),
}

#[derive(Deserialize)]
struct SpreadFields<'a> {
    #[serde(borrow)]
    campaign: Option<Text<'a>>,
    #[serde(borrow)]
    unit: Option<Text<'a>>,
    #[serde(borrow)]
    staff: Option<Text<'a>>,
    #[serde(borrow)]
    channel: Option<Text<'a>>,
    #[serde(borrow)]
    sharer_id: Option<Text<'a>>,
    #[serde(borrow)]
    sharer_anonymous_id: Option<Text<'a>>,
    #[serde(borrow)]
    spread: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct OrderFields<'a> {
    #[serde(borrow)]
    order_id: Option<Text<'a>>,
    amount_minor: Option<i64>,
    #[serde(borrow)]
    currency: Option<Text<'a>>,
    #[serde(borrow)]
    campaign: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct RestoredFields {
    #[serde(default)]
    taken_back: u64,
}

impl Fact {
    /// The fact as the slices see it.
    ///
    /// # Errors
    /// [`Invalid`] when the name promises something the properties do not hold.
    pub fn typed(&self) -> Result<Typed, Invalid> {
        match (self.kind, self.event.as_str()) {
            (Kind::Identify, _) => Ok(Typed::Identified(identified(self.properties.get()))),
            (Kind::Track, names::SPREAD_STARTED) => spread_started(self.properties.get()),
            (Kind::Track, names::SPREAD_SHARED) => spread_shared(self.properties.get()),
            (Kind::Track, names::SPREAD_OPENED) => spread_opened(self.properties.get()),
            (Kind::Track, names::ORDER_PAID) => order_paid(self.properties.get()),
            (Kind::Track, names::CONSENT_GIVEN) => consent(self.properties.get(), true),
            (Kind::Track, names::CONSENT_WITHDRAWN) => consent(self.properties.get(), false),
            (Kind::Track, names::ORDER_TAKEN_BACK) if self.takes_back() => match order_paid(self.properties.get())? {
                Typed::OrderPaid(paid) => Ok(Typed::OrderTakenBack(paid)),
                other => Ok(other),
            },
            (Kind::Track, names::PROFILE_RESTORED) if self.takes_back() => {
                let (known, json) = (identified(self.properties.get()), self.properties.get());
                let RestoredFields { taken_back } = fields(json)?;
                Ok(Typed::ProfileRestored(ProfileRestored { known, taken_back }))
            }
            (Kind::Track, names::ID_BOUND | names::SENSORS_BIND) => Ok(Typed::Bound),
            (Kind::Track, names::ID_UNBOUND | names::SENSORS_UNBIND) => Ok(Typed::Unbound),
            (Kind::Track, names::SIGNED_UP | names::SENSORS_SIGN_UP) => Ok(Typed::SignedUp),
            // What a brand calls by this name decides nothing.
            (Kind::Track, names::RING_REVIEWED) if self.is_of_network() => {
                RingReviewed::read(self.properties.get()).map(Typed::RingReviewed)
            }
            (Kind::Track, names::REACH_ASKED) if self.is_of_network() => {
                fields(self.properties.get()).map(Typed::ReachAsked)
            }
            (Kind::Track, names::REACH_ANSWERED) if self.is_of_network() => {
                fields(self.properties.get()).map(Typed::ReachAnswered)
            }
            (Kind::Track, names::IDENTITY_DECIDED) if self.source == IDENTITY => {
                fields(self.properties.get()).map(Typed::IdentityDecided)
            }
            (Kind::Track, event) if self.source == AUDIENCE => audience(event, self.properties.get()),
            _ => Ok(Typed::Other),
        }
    }

    /// Whether it is of those that take an import back: it corrects others, and is nothing that a person did.
    #[must_use]
    pub fn takes_back(&self) -> bool {
        self.source == IMPORT && matches!(self.event.as_str(), names::ORDER_TAKEN_BACK | names::PROFILE_RESTORED)
    }

    /// Whether our own network slice tells it. What anybody else sends under the name of such a fact is any other fact:
    /// nobody from outside decides who said yes or no.
    #[must_use]
    pub fn is_of_network(&self) -> bool {
        self.source == NETWORK
    }
}

fn audience(event: &str, json: &str) -> Result<Typed, Invalid> {
    match event {
        names::TAG_PUT_ON => fields(json).map(Typed::TagPutOn),
        names::TAG_TAKEN_OFF => fields(json).map(Typed::TagTakenOff),
        names::SEGMENT_ENTERED => fields(json).map(Typed::SegmentEntered),
        names::SEGMENT_LEFT => fields(json).map(Typed::SegmentLeft),
        names::FORM_ANSWERED => fields(json).map(Typed::FormAnswered),
        _ => Ok(Typed::Other),
    }
}

fn fields<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Invalid> {
    serde_json::from_str(json).map_err(|_| Invalid::Shape)
}

fn campaign(text: Option<Text<'_>>) -> Result<CampaignId, Invalid> {
    id(text, "campaign")?.ok_or(Invalid::CampaignMissing)
}

fn id<T: TryFrom<String, Error = IdError>>(text: Option<Text<'_>>, name: &'static str) -> Result<Option<T>, Invalid> {
    text.filter(|text| !text.is_empty())
        .map(|text| T::try_from(text.into_owned()).map_err(|_| Invalid::Id(name)))
        .transpose()
}

/// Longest id or short text a client may choose, in bytes.
pub(crate) const TEXT_BYTES_MAX: usize = 256;

fn short(text: Option<Text<'_>>, name: &'static str) -> Result<Option<String>, Invalid> {
    // The doors trim the ids a fact is about; an id named inside its properties must come out as the same one.
    match text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) if text.len() > TEXT_BYTES_MAX => Err(Invalid::TooLong(name)),
        text => Ok(text.map(str::to_owned)),
    }
}

fn spread_started(json: &str) -> Result<Typed, Invalid> {
    let fields: SpreadFields<'_> = fields(json)?;
    Ok(Typed::SpreadStarted(SpreadStarted {
        campaign: campaign(fields.campaign)?,
        owner: RootOwner {
            unit: id::<UnitId>(fields.unit, "unit")?,
            staff: id::<StaffId>(fields.staff, "staff")?,
            channel: short(fields.channel, "channel")?,
        },
        spread: short(fields.spread, "spread")?,
    }))
}

fn spread_shared(json: &str) -> Result<Typed, Invalid> {
    let fields: SpreadFields<'_> = fields(json)?;
    Ok(Typed::SpreadShared(SpreadShared {
        campaign: campaign(fields.campaign)?,
        spread: short(fields.spread, "spread")?.ok_or(Invalid::SpreadMissing)?,
    }))
}

fn spread_opened(json: &str) -> Result<Typed, Invalid> {
    let fields: SpreadFields<'_> = fields(json)?;
    let campaign = campaign(fields.campaign)?;
    // A token names exactly one sharer on one link, so it is trusted before an id.
    let sharer = if let Some(token) = short(fields.spread, "spread")? {
        Sharer::Spread(token)
    } else if let Some(user) = short(fields.sharer_id, "sharer_id")? {
        Sharer::User(user)
    } else if let Some(anonymous) = short(fields.sharer_anonymous_id, "sharer_anonymous_id")? {
        Sharer::Anonymous(anonymous)
    } else {
        return Err(Invalid::SharerMissing);
    };
    Ok(Typed::SpreadOpened(SpreadOpened { campaign, sharer }))
}

fn order_paid(json: &str) -> Result<Typed, Invalid> {
    let fields: OrderFields<'_> = fields(json)?;
    Ok(Typed::OrderPaid(OrderPaid {
        order_id: short(fields.order_id, "order_id")?.ok_or(Invalid::OrderMissing)?,
        amount_minor: fields.amount_minor.filter(|amount| *amount >= 0).ok_or(Invalid::Amount)?,
        currency: short(fields.currency, "currency")?.unwrap_or_else(|| "CNY".to_owned()),
        campaign: id(fields.campaign, "campaign")?,
    }))
}

fn consent(json: &str, given: bool) -> Result<Typed, Invalid> {
    let told: ConsentFields = fields(json)?;
    Ok(Typed::ConsentSaid(ConsentSaid {
        purpose: told.purpose.as_deref().and_then(Purpose::parse).ok_or(Invalid::Purpose)?,
        given,
        notice: short(told.notice.map(Text::Owned), "notice")?,
        channel: short(told.channel.map(Text::Owned), "channel")?,
    }))
}

/// Traits under the names brands use for them; what is no text is ignored, for traits are free.
fn identified(json: &str) -> Identified {
    const PHONE: &[&str] = &["phone", "mobile"];
    const WECHAT: &[&str] = &["wechat", "unionid", "openid", "wechat_unionid", "wechat_openid", "external_userid"];
    let Ok(traits) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json) else {
        return Identified::default();
    };
    let first = |names: &[&str]| {
        names
            .iter()
            .filter_map(|name| traits.get(*name)?.as_str())
            .map(str::trim)
            .find(|text| !text.is_empty() && text.len() <= TEXT_BYTES_MAX)
            .map(str::to_owned)
    };
    Identified { name: first(&["name"]), phone: first(PHONE), wechat: first(WECHAT), city: first(&["city"]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_hides_its_middle() {
        let masked = |phone: &str| Identified { phone: Some(phone.into()), ..Identified::default() }.phone_masked();
        assert_eq!(masked("17012345678").as_deref(), Some("170****5678"));
        assert_eq!(masked("1234").as_deref(), Some("****"));
        assert_eq!(Identified::default().phone_masked(), None);
    }

    #[test]
    fn a_hop_needs_a_campaign_and_a_sharer() {
        assert_eq!(spread_opened("[]"), Err(Invalid::Shape));
        assert_eq!(spread_opened("{}"), Err(Invalid::CampaignMissing));
        assert_eq!(spread_opened(r#"{"campaign":"a b"}"#), Err(Invalid::Id("campaign")));
        assert_eq!(spread_opened(r#"{"campaign":"c"}"#), Err(Invalid::SharerMissing));
        let long = format!(r#"{{"campaign":"c","sharer_id":"{}"}}"#, "x".repeat(257));
        assert_eq!(spread_opened(&long), Err(Invalid::TooLong("sharer_id")));
        let hop = spread_opened(r#"{"campaign":"c","sharer_id":"a","spread":"t","extra":[1]}"#);
        let Ok(Typed::SpreadOpened(hop)) = hop else { panic!("a hop: {hop:?}") };
        assert_eq!(hop.sharer, Sharer::Spread("t".into()), "the token is trusted before the id");
        assert_eq!(spread_opened(r#"{"campaign":"c","sharer_id":"  "}"#), Err(Invalid::SharerMissing));
        let hop = spread_opened(r#"{"campaign":"c","sharer_id":" u1 "}"#);
        let Ok(Typed::SpreadOpened(hop)) = hop else { panic!("a hop: {hop:?}") };
        assert_eq!(hop.sharer, Sharer::User("u1".into()), "the same id as the door's trimmed user_id");
    }

    #[test]
    fn only_the_house_decides_about_rings() {
        let fact = |source: &str, properties: &str| Fact {
            source: source.into(),
            message_id: "m".into(),
            kind: Kind::Track,
            event: names::RING_REVIEWED.into(),
            user_id: None,
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: kernel::Timestamp(1),
            original_timestamp: None,
            sent_at: None,
            received_at: kernel::Timestamp(1),
            properties: serde_json::from_str(properties).expect("JSON"),
            context: None,
        };
        let told = r#"{"ring":"r-1","verdict":"held","people":[3,5]}"#;
        assert_eq!(fact("key_1", told).typed(), Ok(Typed::Other));
        let Ok(Typed::RingReviewed(ring)) = fact(NETWORK, told).typed() else { panic!("a decision") };
        assert_eq!((ring.verdict, ring.people.len()), (crate::Verdict::Held, 2));
        assert_eq!(serde_json::to_string(&ring).expect("JSON"), told, "the shape is for ever");
        assert_eq!(fact(NETWORK, r#"{"ring":"r-1"}"#).typed(), Err(Invalid::Shape));
    }

    #[test]
    fn an_order_has_a_number_and_whole_money() {
        assert_eq!(order_paid(r#"{"amount_minor":1}"#), Err(Invalid::OrderMissing));
        assert_eq!(order_paid(r#"{"order_id":"1","amount_minor":-1}"#), Err(Invalid::Amount));
        assert_eq!(order_paid(r#"{"order_id":"1","amount_minor":1.5}"#), Err(Invalid::Shape));
    }

    #[test]
    fn consent_names_what_it_is_for() {
        let Ok(Typed::ConsentSaid(said)) = consent(r#"{"purpose":"contact","channel":" 门店 "}"#, true) else {
            panic!("a consent")
        };
        assert_eq!((said.purpose, said.given, said.channel.as_deref()), (Purpose::Contact, true, Some("门店")));
        assert_eq!(consent("{}", false), Err(Invalid::Purpose));
        assert_eq!(consent(r#"{"purpose":"all"}"#, true), Err(Invalid::Purpose));
        assert_eq!(consent(r#"{"purpose":1}"#, true), Err(Invalid::Shape));
    }

    #[test]
    fn a_person_is_known_by_the_traits_brands_send() {
        let known = identified(r#"{"name":" 林 ","mobile":"138","unionid":"o1","age":3}"#);
        assert_eq!(known.name.as_deref(), Some("林"));
        assert_eq!(known.phone.as_deref(), Some("138"));
        assert_eq!(known.wechat.as_deref(), Some("o1"));
        assert_eq!(identified("[]"), Identified::default());
    }
}
