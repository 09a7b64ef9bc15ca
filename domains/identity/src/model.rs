//! What the slice knows of a person, and how somebody is looked for.

#[cfg(test)]
mod brute;
mod consent;
pub(crate) mod fan;
mod index;
mod names;

use facts::Identified;
use kernel::{Handle, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use consent::Consent;
pub(crate) use index::{Ask, Change, Filter, Found, Hit, Index};

/// What a person last let us know under one handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Under which handle.
    pub handle: Handle,
    /// What they let us know.
    pub known: Identified,
}

impl Profile {
    /// What is known of one person, from the profiles under their handles. A later handle is the signed-in one: what it
    /// says counts more.
    #[must_use]
    pub fn of_person(mut profiles: Vec<Self>) -> Identified {
        profiles.sort_unstable_by_key(|profile| profile.handle);
        profiles.into_iter().fold(Identified::default(), |known, Self { known: later, .. }| Identified {
            name: later.name.or(known.name),
            phone: later.phone.or(known.phone),
            wechat: later.wechat.or(known.wechat),
            city: later.city.or(known.city),
        })
    }
}

/// One of the ids a person is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) handle: Handle,
    /// Code of its namespace.
    pub(crate) space: i64,
    pub(crate) value: String,
}

/// How often one event was booked under one handle, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Activity {
    pub(crate) handle: Handle,
    pub(crate) event: String,
    pub(crate) facts: u64,
    pub(crate) first_at: Timestamp,
    pub(crate) last_at: Timestamp,
}

/// Why somebody was found, the best reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Matched {
    /// By one of their ids, or their whole phone number.
    Id,
    /// That is their name.
    Name,
    /// Their name begins so.
    NamePrefix,
    /// Their name is said so, or begins so, in full or by first letters.
    Pinyin,
    /// It is inside their name.
    Inside,
    /// Their phone number ends so.
    Phone,
    /// One of their ids begins so.
    IdPrefix,
    /// Nothing was asked.
    Listed,
}

impl Matched {
    /// All reasons in their order.
    pub(crate) const ALL: [Self; 8] =
        [Self::Id, Self::Name, Self::NamePrefix, Self::Pinyin, Self::Inside, Self::Phone, Self::IdPrefix, Self::Listed];
}
