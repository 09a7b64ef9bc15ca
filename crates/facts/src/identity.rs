//! What staff decided about who is who.

use kernel::Handle;
use serde::{Deserialize, Serialize};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityDecision {
    /// Both are one person.
    Merge,
    /// They are two persons: what joins them is taken back, and nothing joins them any more but another decision.
    Apart,
    /// An earlier decision is taken back with all it did.
    Undo,
}

/// Somebody decided who is who. Only our own identity slice says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityDecided {
    /// The decision's id; for [`IdentityDecision::Undo`] that of the decision taken back.
    pub decision: String,
    /// What was decided.
    pub what: IdentityDecision,
    /// Handles of the one; empty for [`IdentityDecision::Undo`].
    pub one: Vec<Handle>,
    /// Handles of the other.
    pub other: Vec<Handle>,
}
