//! The relay carries facts of our own modules from the outbox into the log.
//!
//! A command writes its facts to the outbox in its own transaction; the relay appends them and only then forgets them.
//! After a crash in between they are appended again under the same message id, and the reader drops the repeat.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use db::{DbError, Decider, Group, Records, Tx, outbox};
use kernel::WorkspaceId;
use tokio::sync::Notify;

use crate::Rivers;

/// How many facts are carried at once.
const CARRY_MAX: u32 = 1000;
/// A scan repairs what a lost signal left behind.
const SCAN_EVERY: Duration = Duration::from_secs(1);

/// Forgets what has been carried.
pub struct Settle;

#[async_trait::async_trait]
impl Decider for Settle {
    type Command = Vec<i64>;
    type Outcome = ();

    fn name(&self) -> &'static str {
        "outbox"
    }

    async fn decide(&self, tx: &Tx, commands: &[Vec<i64>]) -> Result<Vec<()>, DbError> {
        let ids: Vec<i64> = commands.iter().flatten().copied().collect();
        outbox::settle(tx, &ids).await?;
        Ok(vec![(); commands.len()])
    }
}

/// Carries facts of all workspaces from the outbox to their logs.
pub struct Relay {
    records: Records,
    settle: Group<Settle>,
    rivers: Arc<Rivers>,
    signal: Arc<Notify>,
}

impl Relay {
    /// A relay between these records and the logs of these rivers. `signal` is notified after a command wrote to the outbox.
    #[must_use]
    pub fn new(records: Records, rivers: Arc<Rivers>, signal: Arc<Notify>) -> Self {
        let settle = records.group(Settle);
        Self { records, settle, rivers, signal }
    }

    /// Carries until the future is dropped.
    pub async fn run(self) {
        loop {
            match self.carry().await {
                Ok(0) => {
                    // Whichever comes first: the signal of a command, or the scan.
                    let _ = tokio::time::timeout(SCAN_EVERY, self.signal.notified()).await;
                }
                Ok(_) => {}
                Err(reason) => {
                    tracing::warn!(reason, "facts of our own wait in the outbox");
                    tokio::time::sleep(SCAN_EVERY).await;
                }
            }
        }
    }

    async fn carry(&self) -> Result<usize, String> {
        let waiting = outbox::pending(self.records.reads(), CARRY_MAX).await.map_err(|error| error.to_string())?;
        let mut by_workspace: BTreeMap<WorkspaceId, (Vec<i64>, Vec<Bytes>)> = BTreeMap::new();
        for item in waiting {
            let (ids, payloads) = by_workspace.entry(item.workspace).or_default();
            ids.push(item.id);
            payloads.push(Bytes::from(item.payload));
        }
        let mut carried = 0;
        for (workspace, (ids, payloads)) in by_workspace {
            let Some(river) = self.rivers.get(workspace) else { continue };
            carried += ids.len();
            river.log().append(payloads).await.map_err(|error| error.to_string())?;
            self.settle.submit(ids).await.map_err(|error| error.to_string())?;
        }
        Ok(carried)
    }
}
