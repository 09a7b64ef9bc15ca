//! Short addresses of ours.

use kernel::{CampaignId, RootOwner, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::target::Target;

/// What a short address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LinkKind)]
pub enum Kind {
    /// 传播链接: sent on in chats; where it leads may change.
    Link,
    /// 死码: printed; it leads to the same place for ever.
    Fixed,
}

impl Kind {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Fixed => "fixed",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Link, Self::Fixed].into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is scanned before it is opened.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(self, Self::Fixed)
    }
}

/// A short address of ours: `/s/{code}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose.
    pub workspace: WorkspaceId,
    /// What it is found by, in every workspace.
    pub code: String,
    /// What it is for.
    pub kind: Kind,
    /// For people.
    pub name: String,
    /// Where it leads.
    pub target: Target,
    /// What it is counted to.
    pub campaign: Option<CampaignId>,
    /// Whom it belongs to.
    pub owner: RootOwner,
    /// The token that stands for its owner in the campaign: whoever opens it was brought by them.
    pub spread: Option<String>,
    /// Whether it leads anywhere at the moment.
    pub on: bool,
    /// From when on it does not.
    pub expires_at: Option<Timestamp>,
    /// Since when there is one.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// Rises with every change.
    pub revision: i64,
}

/// Whether a link leads anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LinkState)]
pub enum State {
    /// It does.
    On,
    /// It was switched off.
    Off,
    /// Its time is over.
    Expired,
}

impl State {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Expired => "expired",
        }
    }
}

impl Link {
    /// How it stands at a moment.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        match (self.on, self.expires_at) {
            (false, _) => State::Off,
            (true, Some(expires_at)) if expires_at <= now => State::Expired,
            (true, _) => State::On,
        }
    }
}
