//! The relay carries facts of our own modules from the outbox into the log.
//!
//! A command writes its facts to the outbox in its own transaction; the relay appends them and only then forgets them.
//! After a crash in between they are appended again under the same message id, and the reader drops the repeat.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use db::{
    DbError, Decider, Group, Records, Tx,
    outbox::{self, Item},
};
use kernel::WorkspaceId;
use tokio::sync::Notify;

use crate::{River, Rivers};

/// How many facts are carried at once.
const CARRY_MAX: u32 = 1000;
/// How many bytes are appended together.
const APPEND_BYTES_MAX: usize = 1 << 20;
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
                Ok(0) => self.wait().await,
                Ok(_) => {}
                Err(reason) => {
                    tracing::warn!(reason, "facts of our own wait in the outbox");
                    self.wait().await;
                }
            }
        }
    }

    /// Whichever comes first: the signal of a command, or the scan.
    async fn wait(&self) {
        let _ = tokio::time::timeout(SCAN_EVERY, self.signal.notified()).await;
    }

    /// Goes through the outbox once. Facts of a brand that has no river here stay, and are passed by.
    async fn carry(&self) -> Result<usize, String> {
        let (mut carried, mut trouble, mut after) = (0, None, 0);
        loop {
            let waiting = outbox::pending(self.records.reads(), after, CARRY_MAX).await;
            let waiting = waiting.map_err(|error| error.to_string())?;
            let Some(last) = waiting.last() else { return trouble.map_or(Ok(carried), Err) };
            after = last.id;
            let mut by_workspace: BTreeMap<WorkspaceId, Vec<Item>> = BTreeMap::new();
            for item in waiting {
                by_workspace.entry(item.workspace).or_default().push(item);
            }
            for (workspace, items) in by_workspace {
                let Some(river) = self.rivers.get(workspace) else { continue };
                carried += items.len();
                // One brand's log in trouble does not hold up the others.
                if let Err(reason) = self.carry_to(&river, items).await {
                    trouble = Some(format!("workspace {workspace}: {reason}"));
                }
            }
        }
    }

    async fn carry_to(&self, river: &River, items: Vec<Item>) -> Result<(), String> {
        for (ids, payloads) in pieces(items) {
            river.log().append(payloads).await.map_err(|error| error.to_string())?;
            self.settle.submit(ids).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// Cuts facts, in their order, into what is appended together: more than a log takes at once would never be carried.
fn pieces(items: Vec<Item>) -> Vec<(Vec<i64>, Vec<Bytes>)> {
    let mut pieces: Vec<(Vec<i64>, Vec<Bytes>)> = Vec::new();
    let mut bytes = usize::MAX;
    for item in items {
        if bytes.saturating_add(item.payload.len()) > APPEND_BYTES_MAX {
            pieces.push((Vec::new(), Vec::new()));
            bytes = 0;
        }
        bytes += item.payload.len();
        if let Some((ids, payloads)) = pieces.last_mut() {
            ids.push(item.id);
            payloads.push(Bytes::from(item.payload));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_facts_are_carried_in_pieces_that_a_log_takes() {
        let item = |id: i64, length: usize| Item { id, workspace: WorkspaceId(1), payload: vec![0; length] };
        let half = APPEND_BYTES_MAX / 2;
        let cut = pieces(vec![item(1, half), item(2, half), item(3, 1), item(4, 2 * APPEND_BYTES_MAX), item(5, 0)]);
        let ids: Vec<_> = cut.iter().map(|(ids, _)| ids.clone()).collect();
        assert_eq!(ids, [vec![1, 2], vec![3], vec![4], vec![5]]);
        assert!(cut.iter().all(|(ids, payloads)| ids.len() == payloads.len()));
        assert!(pieces(Vec::new()).is_empty());
    }
}
