//! What flows: records of the log, and batches of facts with their handles.

use std::sync::Arc;

use bytes::Bytes;
use facts::{Fact, Typed};
use kernel::{Handle, Offset, WorkspaceId};

use crate::RiverError;

/// Tells a repeat from a new fact: a digest of (source, message id), 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

impl Record {
    /// A fact that was read at an offset.
    pub(crate) fn new(offset: Offset, fact: Fact) -> Self {
        // A door checks the shape before the log; what an older door let through is kept as a plain fact.
        let typed = fact.typed().unwrap_or(Typed::Other);
        let key = DedupKey::of(&fact);
        Self { offset, fact, typed, key }
    }
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

impl Entry {
    /// A fact nobody has given handles yet.
    pub(crate) const fn new(record: Arc<Record>) -> Self {
        Self { record, subject: None, sharer: None }
    }
}

/// Two persons became one: `handle` and `into` belong to one person from this fact on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The fact that is the evidence.
    pub offset: Offset,
    /// The id that joins: an anonymous id or a spread token, say.
    pub handle: Handle,
    /// Any handle of the person it joins.
    pub into: Handle,
}

/// From this fact on a handle belongs to this person, whomever it belonged to before. The moves of one fact name every handle
/// of every person they concern, so that these persons are known whole: see [`kernel::Partition::regroup`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The fact that is the reason: an unbinding, or a decision.
    pub offset: Offset,
    /// Whose place is told.
    pub handle: Handle,
    /// The person's earliest handle.
    pub person: Handle,
}

/// What one fact changed about who is who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// Two persons became one.
    Link(&'a Link),
    /// Persons were put together anew; never empty, all of one fact.
    Moves(&'a [Move]),
}

impl Change<'_> {
    /// The fact that is the reason.
    #[must_use]
    pub fn offset(&self) -> Offset {
        match self {
            Self::Link(link) => link.offset,
            Self::Moves(moves) => moves.first().map_or(Offset(0), |first| first.offset),
        }
    }
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
    /// How these facts put persons together anew, in offset order; of one fact there are links or moves. Set by identity.
    pub moves: Vec<Move>,
    /// The offset after the last record, repeats included.
    pub next: Offset,
}

impl Batch {
    /// Links and moves in the order in which they are to be folded. A change comes before the fact that is its reason.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        let mut links = self.links.iter().peekable();
        let mut moves = self.moves.chunk_by(|a, b| a.offset == b.offset).peekable();
        std::iter::from_fn(move || match (links.peek(), moves.peek()) {
            (Some(link), Some(moved)) if link.offset <= moved[0].offset => links.next().map(Change::Link),
            (Some(_), None) => links.next().map(Change::Link),
            _ => moves.next().map(Change::Moves),
        })
    }
}

/// Reads the bytes of a record.
pub(crate) fn understand(offset: Offset, bytes: &[u8]) -> Result<Fact, RiverError> {
    Fact::from_log(bytes).map_err(|source| RiverError::Record { offset, source })
}

/// Records up to the first that cannot be understood: what comes before it is digested, the next read begins at it and
/// says so.
pub(crate) fn decode(run: Vec<(Offset, Bytes)>) -> Result<Vec<Arc<Record>>, RiverError> {
    let mut records = Vec::with_capacity(run.len());
    for (offset, bytes) in run {
        let fact = match understand(offset, &bytes) {
            Err(_) if !records.is_empty() => break,
            fact => fact?,
        };
        records.push(Arc::new(Record::new(offset, fact)));
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;
    use crate::error::chain;

    fn fact(message_id: &str, event: &str) -> Bytes {
        let fact = Fact {
            source: "key:1".into(),
            message_id: message_id.into(),
            kind: facts::Kind::Track,
            event: event.into(),
            user_id: Some("u".into()),
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: Timestamp(1),
            original_timestamp: None,
            sent_at: None,
            received_at: Timestamp(1),
            properties: facts::empty_object(),
            context: None,
        };
        Bytes::from(fact.to_log().unwrap())
    }

    #[test]
    fn a_key_tells_source_and_message_apart() {
        let key = |source: &str, message_id: &str| {
            let mut fact = Fact::from_log(&fact(message_id, "Page Seen")).unwrap();
            fact.source = source.into();
            DedupKey::of(&fact)
        };
        assert_eq!(key("ab", "c"), key("ab", "c"));
        assert_ne!(key("ab", "c"), key("a", "bc"));
        assert_ne!(key("ab", "c"), key("ab", "d"));
    }

    #[test]
    fn what_comes_before_a_record_that_cannot_be_understood_is_digested_first() {
        let newer = Bytes::from_static(b"\xff{}");
        let run = |records: &[&Bytes]| (1..).map(Offset).zip(records.iter().copied().cloned()).collect();
        let good = [fact("m-1", "Page Seen"), fact("m-2", "Page Seen")];
        let read = decode(run(&[&good[0], &good[1], &newer, &good[0]])).unwrap();
        assert_eq!(read.iter().map(|record| record.offset).collect::<Vec<_>>(), [Offset(1), Offset(2)]);
        let refused = decode(run(&[&newer, &good[0]])).unwrap_err();
        assert!(matches!(refused, RiverError::Record { offset: Offset(1), .. }));
        assert!(chain(&refused).contains("version 255"), "{}", chain(&refused));
    }

    #[test]
    fn a_fact_that_does_not_keep_what_its_name_promises_is_kept_as_a_plain_one() {
        let read = decode(vec![(Offset(1), fact("m-1", facts::names::SPREAD_OPENED))]).unwrap();
        assert_eq!(read[0].typed, Typed::Other);
    }
}
