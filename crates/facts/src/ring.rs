//! What was decided about a ring of people who may be cheating.

use kernel::Handle;
use serde::{Deserialize, Serialize};

use crate::typed::Invalid;

/// What somebody decided about a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nobody has decided, or a decision was taken back.
    Open,
    /// Its people count nowhere until somebody has looked.
    Held,
    /// They cheat.
    Confirmed,
    /// They are what they say.
    Cleared,
}

impl Verdict {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Cleared => "cleared",
        }
    }

    /// The verdict of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Held, Self::Confirmed, Self::Cleared].into_iter().find(|verdict| verdict.as_str() == word)
    }

    /// Whether its people are kept out of rankings and rewards.
    #[must_use]
    pub const fn keeps_out(self) -> bool {
        matches!(self, Self::Held | Self::Confirmed)
    }
}

/// Somebody decided about a ring. It is about many people, so the fact itself has no subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingReviewed {
    /// Which ring.
    pub ring: String,
    /// What was decided.
    pub verdict: Verdict,
    /// Its people, by handles they had when it was found; handles are for ever.
    pub people: Vec<Handle>,
}

impl RingReviewed {
    pub(crate) fn read(json: &str) -> Result<Self, Invalid> {
        serde_json::from_str(json).map_err(|_| Invalid::Shape)
    }
}
