//! What all doors do with what they took and what they refused.

use bytes::Bytes;
use factlog::AppendError;
use facts::Fact;
use kernel::{ErrorCode, Offset, Timestamp, WorkspaceId};
use web::{Actor, Caller, KeyKind, Problem};

use crate::{
    Doors,
    model::{Door, Refusal},
    ops::append::{NotAppended, append_encoded},
    rules::{Glimpse, Rejection, excerpt},
};

/// Most items of a request.
pub(super) const ITEMS_MAX: usize = 2500;
/// Characters of a message id we make.
pub(super) const MESSAGE_ID_LENGTH: usize = 24;

/// Who hands in, and at which door.
pub(super) struct Sender<'a> {
    pub(super) doors: &'a Doors,
    pub(super) door: Door,
    pub(super) workspace: WorkspaceId,
    /// What repeats are told apart by, together with the message id.
    pub(super) source: String,
    /// Whether it is the brand that speaks, and not a key that everybody can read.
    pub(super) by_the_brand: bool,
    pub(super) received_at: Timestamp,
}

impl<'a> Sender<'a> {
    pub(super) fn new(doors: &'a Doors, door: Door, caller: &Caller) -> Self {
        Self {
            doors,
            door,
            workspace: caller.workspace,
            source: caller.actor.to_string(),
            by_the_brand: !matches!(caller.actor, Actor::Key { kind: KeyKind::Write, .. }),
            received_at: doors.clock.now(),
        }
    }

    /// An item that is not taken.
    pub(super) fn refusal(&self, item: &str, rejection: &Rejection) -> Refusal {
        let Glimpse { event, message_id } = Glimpse::of(item);
        Refusal {
            event,
            message_id,
            ..self.refused(item.as_bytes(), item.len(), rejection.code(), rejection.to_string())
        }
    }

    /// A request of which nothing is taken, told to its sender and to those who look after the brand. `bytes` is what was
    /// read of it.
    pub(super) fn refuse_request(&self, bytes: &[u8], problem: &Problem) {
        self.refuse_whole(bytes, "request", problem.to_string());
    }

    /// The same under a reason of its own.
    pub(super) fn refuse_whole(&self, bytes: &[u8], reason: &str, message: String) {
        let refusal = self.refused(bytes, bytes.len(), reason, message);
        self.note(0, vec![refusal]);
    }

    fn refused(&self, begins: &[u8], bytes: usize, reason: &str, message: String) -> Refusal {
        Refusal {
            at: self.received_at,
            door: self.door,
            source: self.source.clone(),
            reason: reason.to_owned(),
            message,
            event: None,
            message_id: None,
            bytes: bytes as u64,
            excerpt: excerpt(begins),
        }
    }

    /// Enters in the register what became of a request.
    pub(super) fn note(&self, accepted: usize, refusals: Vec<Refusal>) {
        let door = self.door.as_str();
        metrics::counter!("searchlight_capture_rejected_total", "door" => door).increment(refusals.len() as u64);
        self.doors.register.pulse.refused(self.workspace, &self.source, self.received_at, refusals.len());
        self.doors.register.note(self.workspace, &self.source, self.received_at, accepted, refusals);
    }

    /// Notes what facts that were taken look like.
    pub(super) fn took(&self, facts: &[Fact]) {
        self.doors.register.pulse.took(self.workspace, &self.source, self.received_at, facts);
    }

    /// Appends facts durably; the offset of the last, or `None` when there are none.
    pub(super) async fn append(&self, facts: &[Fact]) -> Result<Option<Offset>, Problem> {
        if facts.is_empty() {
            return Ok(None);
        }
        self.append_encoded(encode(facts)?).await.map(Some)
    }

    /// Appends what [`encode`] made of facts, of which there is at least one; the offset of the last.
    pub(super) async fn append_encoded(&self, records: Vec<Bytes>) -> Result<Offset, Problem> {
        append_encoded(self.doors, self.workspace, records).await.map_err(|error| match error {
            NotAppended::NoRiver => ErrorCode::NotFound.into(),
            NotAppended::Fact(error) => Problem::internal(error),
            NotAppended::Log(AppendError::Full { retry_after_secs }) => {
                Problem::new(ErrorCode::Overloaded).retry_after(retry_after_secs)
            }
            // Too large: the doors bound what they take, so this is a door that does not.
            NotAppended::Log(error) => Problem::new(error.code()).because(error),
        })
    }
}

/// Facts as the log keeps them.
pub(super) fn encode(facts: &[Fact]) -> Result<Vec<Bytes>, Problem> {
    crate::ops::append::encode(facts).map_err(Problem::internal)
}
