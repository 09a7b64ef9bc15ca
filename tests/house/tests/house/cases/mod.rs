//! One case for every operation of the API: who asks for what, and what somebody of another brand gets for it. A file a slice.

mod access;
mod audience;
mod capture;
mod commerce;
mod content;
mod fans;
mod forms;
mod fraud;
mod health;
mod identity;
mod imports;
mod kocs;
mod ledger;
mod lights;
mod network;
mod play;
mod reach;
mod reminders;
mod sa;
mod studies;
mod system;
mod who;

use serde_json::Value;

/// A request without its credentials.
pub struct Ask {
    pub path: String,
    pub body: Option<Body>,
}

/// What a request carries.
pub enum Body {
    Json(Value),
    Csv(&'static str),
}

pub fn get(path: impl Into<String>) -> Ask {
    Ask { path: path.into(), body: None }
}

pub fn with(path: impl Into<String>, body: Value) -> Ask {
    Ask { path: path.into(), body: Some(Body::Json(body)) }
}

pub fn table(path: impl Into<String>, lines: &'static str) -> Ask {
    Ask { path: path.into(), body: Some(Body::Csv(lines)) }
}

/// Something that nobody needs any more, made anew for every request that uses it up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Spare {
    None,
    /// An API key's id.
    Key,
    /// A unit's id.
    Unit,
    /// The id of a member of staff.
    Staff,
    /// An invitation's id.
    Invitation,
    /// The id of a role that the brand made.
    Role,
    /// An invitation's token.
    Token,
    /// The id of another session of the caller; made up for a key, which has none.
    Session,
    /// The id of a seed plan of the caller; made up for who may not make one.
    Study,
    /// The id of a table that was brought and not imported.
    Import,
    /// The id of a manual segment with nobody in it.
    Segment,
    /// The id of a tag.
    Tag,
    /// The id of a form.
    Form,
    /// The name of a trait.
    Trait,
    /// The code of a spread link.
    Link,
    /// The id of a page.
    Page,
}

/// What a case may name.
pub struct Scene {
    /// Rises with every request, so that what is made gets an id of its own.
    pub number: usize,
    /// What the case asked for.
    pub spare: String,
    /// Where somebody can sign in.
    pub email: String,
}

/// What belongs to the other brand alone.
pub struct Foreign {
    /// An API key's id.
    pub key: String,
    /// An API key itself.
    pub write_key: String,
    /// The address of somebody who works there.
    pub email: String,
    /// An invitation's id.
    pub invitation: String,
    /// A session's id.
    pub session: String,
    /// The id of a role that the brand made.
    pub role: String,
    /// The id of a seed plan.
    pub study: String,
    /// The id of a table that was brought.
    pub import: String,
    /// The id of a segment.
    pub segment: String,
    /// The id of a tag.
    pub tag: String,
    /// The id of a form.
    pub form: String,
    /// The code of a spread link.
    pub link: String,
}

/// One operation.
pub struct Case {
    pub operation: &'static str,
    pub spare: Spare,
    /// A request that a caller with the permission may make.
    pub ask: fn(&Scene) -> Ask,
    /// What they get.
    pub allowed: u16,
    /// What somebody else's brand is asked about, and what is answered. Both brands have the campaigns spring and autumn and
    /// people of the same ids; only the other has the campaigns, the unit, the member of staff and the person `theirs`, the
    /// campaign `theirs-2`, and p900.
    pub foreign: fn(&Foreign) -> Vec<(Ask, u16)>,
}

/// A request that names nothing: whatever it tells must be one's own.
pub fn own_only(_: &Foreign) -> Vec<(Ask, u16)> {
    Vec::new()
}

/// Every case.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        access::CASES,
        audience::CASES,
        capture::CASES,
        commerce::CASES,
        content::CASES,
        fans::CASES,
        forms::CASES,
        fraud::CASES,
        health::CASES,
        identity::CASES,
        imports::CASES,
        kocs::CASES,
        ledger::CASES,
        lights::CASES,
        network::CASES,
        play::CASES,
        reach::CASES,
        reminders::CASES,
        sa::CASES,
        studies::CASES,
        system::CASES,
        who::CASES,
    ]
    .into_iter()
    .flatten()
}
