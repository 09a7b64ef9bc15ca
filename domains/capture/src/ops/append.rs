//! Facts go into the log, durably.

use bytes::Bytes;
use factlog::AppendError;
use facts::{Fact, LogError};
use kernel::{Offset, WorkspaceId};

use crate::Doors;

/// Why facts are not in the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAppended {
    /// The brand has no river here.
    #[error("the brand has no log here")]
    NoRiver,
    /// A fact cannot be written.
    #[error(transparent)]
    Fact(#[from] LogError),
    /// The log refuses.
    #[error(transparent)]
    Log(#[from] AppendError),
}

/// Appends facts together; the offset of the last, or `None` when there are none.
pub(crate) async fn append(
    doors: &Doors,
    workspace: WorkspaceId,
    facts: &[Fact],
) -> Result<Option<Offset>, NotAppended> {
    if facts.is_empty() {
        return Ok(None);
    }
    append_encoded(doors, workspace, encode(facts)?).await.map(Some)
}

/// Facts as the log keeps them.
pub(crate) fn encode(facts: &[Fact]) -> Result<Vec<Bytes>, LogError> {
    facts.iter().map(|fact| fact.to_log().map(Bytes::from)).collect()
}

/// Appends what [`encode`] made of facts, of which there is at least one; the offset of the last.
pub(crate) async fn append_encoded(
    doors: &Doors,
    workspace: WorkspaceId,
    records: Vec<Bytes>,
) -> Result<Offset, NotAppended> {
    let river = doors.rivers.get(workspace).ok_or(NotAppended::NoRiver)?;
    let count = records.len() as u64;
    let range = river.log().append(records).await?;
    metrics::counter!("searchlight_capture_facts_total").increment(count);
    let last = Offset(range.end.0 - 1);
    river.trace(last);
    Ok(last)
}
