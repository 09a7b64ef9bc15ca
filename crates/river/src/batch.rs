//! What flows: records of the log, and batches of facts with their handles.

use std::sync::Arc;

use facts::{Fact, Typed};
use kernel::{Handle, Offset, WorkspaceId};

/// Tells a repeat from a new fact: a digest of (source, message id), 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DedupKey(pub [u8; 16]);

impl DedupKey {
    /// The key of a fact.
    #[must_use]
    pub fn of(fact: &Fact) -> Self {
        let mut hasher = blake3::Hasher::new();
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hasher.update(&(fact.source.len() as u64).to_le_bytes());
        hasher.update(fact.source.as_bytes());
        hasher.update(fact.message_id.as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(key)
    }
}

/// A record of the log, read and understood but not yet digested.
#[derive(Clone, Debug)]
pub struct Record {
    /// Where it stands in the log.
    pub offset: Offset,
    /// What it says.
    pub fact: Fact,
    /// What the house understands of it.
    pub typed: Typed,
    /// What tells it from others.
    pub key: DedupKey,
}

/// A fact that is no repeat, with the handles identity gave it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The fact itself, shared with the slice it came in.
    pub record: Arc<Record>,
    /// Whom it is about. Set by identity.
    pub subject: Option<Handle>,
    /// Who shared, when the fact is a hop. Set by identity.
    pub sharer: Option<Handle>,
}

/// Two handles became one person: `handle` belongs to `into` from this fact on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The fact that is the evidence.
    pub offset: Offset,
    /// An anonymous id or a spread token.
    pub handle: Handle,
    /// Whom it belongs to.
    pub into: Handle,
}

/// Facts in offset order, digested together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Whose.
    pub workspace: WorkspaceId,
    /// No repeats, in offset order.
    pub entries: Vec<Entry>,
    /// Links these facts are the evidence of, in offset order. Set by identity.
    pub links: Vec<Link>,
    /// The offset after the last record, repeats included.
    pub next: Offset,
}
