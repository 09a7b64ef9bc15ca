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
        "Spread Started and Order Paid are taken from a secret key or somebody signed in; a write key stands in web pages, \
         where anybody can read it"
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
            Self::Invalid(_) => "properties",
        }
    }
}
