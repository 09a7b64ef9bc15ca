//! Appending what a door accepted.

use bytes::Bytes;
use factlog::AppendError;
use facts::Fact;
use kernel::{ErrorCode, Offset, WorkspaceId};
use web::{Caller, Problem};

use crate::Doors;

/// The source of facts: what repeats are told apart by, together with the message id.
pub(super) fn source_of(caller: &Caller) -> String {
    caller.actor.to_string()
}

/// Appends facts durably; the offset of the last, or `None` when there are none.
pub(super) async fn append(doors: &Doors, workspace: WorkspaceId, facts: &[Fact]) -> Result<Option<Offset>, Problem> {
    if facts.is_empty() {
        return Ok(None);
    }
    let river = doors.rivers.get(workspace).ok_or(ErrorCode::NotFound)?;
    let records = facts
        .iter()
        .map(|fact| fact.to_log().map(Bytes::from))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Problem::internal)?;
    let count = records.len() as u64;
    match river.log().append(records).await {
        Ok(range) => {
            metrics::counter!("searchlight_capture_facts_total").increment(count);
            let last = Offset(range.end.0 - 1);
            river.trace(last);
            Ok(Some(last))
        }
        Err(AppendError::Full { retry_after_secs }) => {
            Err(Problem::new(ErrorCode::Overloaded).retry_after(retry_after_secs))
        }
        // The doors bound what they take, so this is a door that does not.
        Err(error @ AppendError::TooLarge { .. }) => Err(Problem::new(ErrorCode::TooLarge).because(error)),
        Err(error) => Err(Problem::unavailable(error)),
    }
}
