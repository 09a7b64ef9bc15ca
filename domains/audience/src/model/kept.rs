//! What a brand defines: segments, tags and traits, as the records keep them.

use kernel::{Handle, Timestamp};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Rule;

/// How a segment comes by its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    /// Whoever a rule holds for, at any moment.
    Live,
    /// Who was put in by hand.
    Manual,
    /// Who a rule held for, or who belonged to a segment, when it was made.
    Snapshot,
}

impl SegmentKind {
    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Manual => "manual",
            Self::Snapshot => "snapshot",
        }
    }

    /// What was stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Live, Self::Manual, Self::Snapshot].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A segment as it was defined.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// `sg_…`.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// How it comes by its members.
    pub kind: SegmentKind,
    /// Who belongs, or belonged when a snapshot was taken.
    pub rule: Option<Rule>,
    /// Permanent handles of who is listed; none for a live one.
    pub people: Option<RoaringBitmap>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// Who made it: `staff:<id>` or `key:<id>`.
    pub by: String,
}

/// What a tag says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Something that is so.
    Fact,
    /// What somebody thinks of them.
    Judgement,
    /// What they want, or may do next.
    Intent,
}

impl Intent {
    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Judgement => "judgement",
            Self::Intent => "intent",
        }
    }

    /// What was stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Fact, Self::Judgement, Self::Intent].into_iter().find(|intent| intent.as_str() == text)
    }
}

/// A tag as it was defined.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// `tg_…`.
    pub id: String,
    /// Tags of one group stand together.
    pub group: String,
    /// For people; unlike any other of its group.
    pub name: String,
    /// What it says.
    pub intent: Intent,
    /// What it is for.
    pub note: String,
    /// Who wears it, besides those it was put on by hand.
    pub rule: Option<Rule>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub by: String,
}

/// Who put a tag on somebody, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worn {
    /// Under which permanent handle.
    pub handle: Handle,
    /// The tag's id.
    pub tag: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Through the day this lies in.
    pub until: Option<Timestamp>,
    /// Why.
    pub note: Option<String>,
}

/// How large a segment was on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// The segment's id.
    pub segment: String,
    /// On which day, counted from 1970-01-01.
    pub day: i32,
    /// Members when it ended, or now.
    pub size: u64,
    /// Who came.
    pub entered: u64,
    /// Who left.
    pub gone: u64,
}
