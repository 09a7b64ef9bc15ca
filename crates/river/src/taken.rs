//! Taking over what an older version booked fact by fact.

use async_trait::async_trait;
use db::{DbError, Decider, Records, Tx};
use kernel::WorkspaceId;

use crate::{RiverError, store};

/// Facts that are taken over in one transaction.
const AT_ONCE: usize = 2048;

/// Makes one slice of the first facts booked by themselves. The outcome is whether there were any.
struct TakeOver;

#[async_trait]
impl Decider for TakeOver {
    type Command = WorkspaceId;
    type Outcome = bool;

    fn name(&self) -> &'static str {
        "take over"
    }

    async fn decide(&self, tx: &Tx, commands: &[WorkspaceId]) -> Result<Vec<bool>, DbError> {
        let mut outcomes = Vec::with_capacity(commands.len());
        for workspace in commands {
            let singles = store::singles(tx, *workspace, AT_ONCE).await?;
            store::into_slice(tx, *workspace, &singles, tx.at()).await?;
            outcomes.push(!singles.is_empty());
        }
        Ok(outcomes)
    }
}

/// Takes everything over; after the first start of this version there is nothing to do.
pub(crate) async fn take_over(records: &Records, workspace: WorkspaceId) -> Result<(), RiverError> {
    if store::singles(records.reads(), workspace, 1).await?.is_empty() {
        return Ok(());
    }
    tracing::info!(%workspace, "what was booked fact by fact is taken over");
    let group = records.group(TakeOver);
    while group.submit(workspace).await? {}
    Ok(())
}
