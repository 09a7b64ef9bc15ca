//! What the share fields of a mini-program say in our own words.
//!
//! The protocol's opener names its sharer by a `distinct_id`, the page, the method and a depth that the client counted. A hop
//! needs a campaign as well. Where the opener's record names one, it becomes a `Spread Opened` beside itself; else the fields
//! stay properties. The depth is never believed: the network counts its own.

use std::borrow::Cow;

use facts::{Fact, names};
use serde_json::value::to_raw_value;
use url::form_urlencoded;

use super::name::{Members, told};
use crate::rules::accept::check_typed;

/// What the SDK writes when it does not know.
const ODD: &str = "取值异常";
/// Two records of one opening, the launch and the show, are less than this apart.
const ONE_OPENING_MICROS: i64 = 600 * 1_000_000;

/// The hop that a record tells beside itself.
pub(super) fn hop(fact: &Fact, distinct_id: &str, properties: &Members<'_>) -> Option<Fact> {
    if !matches!(fact.event.as_str(), "$MPLaunch" | "$MPShow") {
        return None;
    }
    let campaign = campaign(properties)?;
    let sharer = told(properties, "$share_distinct_id").filter(|sharer| sharer != ODD && sharer != distinct_id)?;
    // Our own token says more than an id: it stands for whoever was given it.
    let (field, who) = match link(properties, "spread") {
        Some(token) => ("spread", token),
        // Whatever kind of id it is: see `signed_in`.
        None => ("sharer_anonymous_id", sharer.into_owned()),
    };
    let moment = fact.timestamp.0.div_euclid(ONE_OPENING_MICROS);
    let unique = format!("{distinct_id}\n{field}\n{who}\n{campaign}\n{moment}");
    let hop = Fact {
        message_id: format!("sa-{}", &blake3::hash(unique.as_bytes()).to_hex()[..32]),
        event: names::SPREAD_OPENED.to_owned(),
        properties: to_raw_value(&serde_json::json!({ "campaign": campaign, field: who })).ok()?,
        ..fact.clone()
    };
    // A campaign or a sharer that is none makes no hop; the record itself is kept.
    check_typed(&hop.typed().ok()?).ok()?;
    Some(hop)
}

/// Others name a person by `distinct_id` without saying what kind of id it is: the opener of a share, and servers. They are
/// understood to mean the id of before signing in; so that they mean the right person, whoever signs in or shares while
/// signed in is told to be known by that id as well, once.
pub(super) fn signed_in(fact: &Fact, distinct_id: &str) -> Option<Fact> {
    let tells = matches!(fact.event.as_str(), names::SENSORS_SIGN_UP | "$MPShare");
    if !tells || fact.user_id.as_deref() != Some(distinct_id) {
        return None;
    }
    Some(Fact {
        message_id: format!("sa-{}", &blake3::hash(format!("signed in\n{distinct_id}").as_bytes()).to_hex()[..32]),
        event: names::SIGNED_UP.to_owned(),
        anonymous_id: Some(distinct_id.to_owned()),
        ids: Vec::new(),
        properties: facts::empty_object(),
        ..fact.clone()
    })
}

/// `campaign` among the properties, in the query of the page or in that of the page that was shared.
fn campaign(properties: &Members<'_>) -> Option<String> {
    told(properties, "campaign").map(Cow::into_owned).or_else(|| link(properties, "campaign"))
}

/// A parameter of the link that was opened.
fn link(properties: &Members<'_>, parameter: &str) -> Option<String> {
    ["$url_query", "$url", "$share_url_path"].into_iter().find_map(|place| {
        let text = told(properties, place)?;
        let query = text.rsplit_once('?').map_or(&*text, |(_, query)| query);
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find_map(|(name, value)| (name == parameter && !value.is_empty()).then(|| value.into_owned()))
    })
}
