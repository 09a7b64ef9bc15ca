//! What the register of the doors knows.

pub(crate) mod import;

use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::rules::health::Seen;

/// The formats that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Door)]
pub(crate) enum Door {
    /// `POST /api/v1/facts`.
    Facts,
    /// The addresses of the Segment protocol.
    Segment,
    /// `/sa` and `/debug`.
    Sa,
}

impl Door {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Segment => "segment",
            Self::Sa => "sa",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Facts, Self::Segment, Self::Sa].into_iter().find(|door| door.as_str() == word)
    }
}

/// Something a door did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) at: Timestamp,
    pub(crate) door: Door,
    /// The key or person it came from.
    pub(crate) source: String,
    /// A stable word: [`crate::rules::Rejection::code`], or `request` for a whole request.
    pub(crate) reason: String,
    /// The same in a sentence.
    pub(crate) message: String,
    /// What it calls itself.
    pub(crate) event: Option<String>,
    pub(crate) message_id: Option<String>,
    /// How large it was.
    pub(crate) bytes: u64,
    /// How it begins. May hold personal data: only those who may read facts see it.
    pub(crate) excerpt: String,
}

/// A refusal with its number, which rises with time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) number: i64,
    pub(crate) refusal: Refusal,
}

/// How many items a source handed in within a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Volume {
    /// The beginning of the minute.
    pub(crate) minute: Timestamp,
    pub(crate) source: String,
    pub(crate) accepted: i64,
    pub(crate) rejected: i64,
}

/// What a source handed in within an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HourCount {
    pub(crate) source: String,
    /// Its number since 1970.
    pub(crate) hour: i64,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    /// Facts that carry an id of a person.
    pub(crate) named: u64,
    /// When the last fact was taken, if one was.
    pub(crate) last_at: Option<Timestamp>,
}

/// How often facts of a source looked so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShapeSpan {
    pub(crate) source: String,
    pub(crate) seen: Seen,
}
