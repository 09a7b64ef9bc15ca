//! Why something that came to a door is not taken.

use facts::Invalid;

/// Why an item is not taken. Ordered: the first that applies is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Larger than [`super::ITEM_BYTES_MAX`].
    #[error("the item is larger than 32 KiB")]
    TooLarge,
    /// No object of the documented shape.
    #[error("the item is not an object of the documented shape")]
    Shape,
    /// Unknown `type`.
    #[error("type must be track, identify, page, screen, group or alias")]
    Kind,
    /// A `track` without a name.
    #[error("event is missing")]
    EventMissing,
    /// Said with a key that everybody can read.
    #[error(
        "Spread Started, Order Paid and Id Unbound are taken from a secret key or somebody signed in; a write key stands in \
         web pages, where anybody can read it"
    )]
    BrandOnly,
    /// Nobody did it.
    #[error("user_id or anonymous_id is needed")]
    NobodyNamed,
    /// An id that stands for nobody.
    #[error("{0} stands for nobody; leave it out when the person is not known")]
    StandsForNobody(&'static str),
    /// Too long a text, or one with control characters.
    #[error("{0} is too long or has control characters")]
    Text(&'static str),
    /// A time that is none.
    #[error("{0} is not a time like 2026-11-22T08:00:00Z")]
    Time(&'static str),
    /// A `group` without a group.
    #[error("group_id is missing")]
    GroupMissing,
    /// An `alias` without the id before.
    #[error("previous_id is missing")]
    PreviousMissing,
    /// Properties, traits or context are no objects.
    #[error("{0} must be an object")]
    Object(&'static str),
    /// A `type` that the sa protocol does not have.
    #[error(
        "type must be track, track_signup, track_id_bind, track_id_unbind, item_set, item_delete or one of profile_set, \
         profile_set_once, profile_increment, profile_append, profile_unset and profile_delete"
    )]
    RecordType,
    /// A record of the sa protocol that names nobody.
    #[error("distinct_id is needed")]
    DistinctIdMissing,
    /// An item without its type or id.
    #[error("item_type and item_id are needed")]
    ItemMissing,
    /// A name that the sa protocol does not allow.
    #[error(
        "{0}: a name is 1 to 100 letters, digits, '_' and '$', begins with no digit, and is none of the reserved words"
    )]
    Name(&'static str),
    /// A value that the sa protocol does not allow.
    #[error("a property is a text, a number, true or false, or a list of texts")]
    Value,
    /// An identity of no known kind.
    #[error("identities names a kind of id that nobody has declared, or an id that is no text")]
    Identity,
    /// Too few identities for what is asked.
    #[error("identities must name {0}")]
    Identities(&'static str),
    /// A record for somebody else.
    #[error("the record names another project or token than the request; send it with that one")]
    OtherProject,
    /// A record that only its sender can read.
    #[error("the record is encrypted; switch the encryption of the SDK off, TLS protects it on its way")]
    Encrypted,
    /// The name promises something the properties do not hold.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl Rejection {
    /// The stable word for this kind of reason, by which rejections are counted and looked for.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Shape => "shape",
            Self::Kind => "type",
            Self::EventMissing => "event_missing",
            Self::BrandOnly => "brand_only",
            Self::NobodyNamed => "nobody_named",
            Self::StandsForNobody(_) => "stands_for_nobody",
            Self::Text(_) => "text",
            Self::Time(_) => "time",
            Self::GroupMissing => "group_missing",
            Self::PreviousMissing => "previous_missing",
            Self::Object(_) => "object",
            Self::RecordType => "type",
            Self::DistinctIdMissing => "nobody_named",
            Self::ItemMissing => "item_missing",
            Self::Name(_) => "name",
            Self::Value => "value",
            Self::Identity | Self::Identities(_) => "identities",
            Self::OtherProject => "project",
            Self::Encrypted => "encrypted",
            Self::Invalid(_) => "properties",
        }
    }
}
