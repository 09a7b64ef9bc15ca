//! Digesting a slice of the log into records: one transaction, together with the offset.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use db::{DbError, Decider, Tx};
use kernel::{Offset, Timestamp, WorkspaceId};

use crate::{
    Stage,
    batch::{Batch, Entry, Record},
    store,
};

/// A run of records that follow one another in the log, without the repeats among them. Which are repeats follows from what
/// lies before `start` in the log, and nothing is stored unless the records stand right there.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Whose.
    pub workspace: WorkspaceId,
    /// In offset order.
    pub records: Vec<Arc<Record>>,
    /// The offset of the first record looked at.
    pub start: Offset,
    /// The offset after the last record looked at.
    pub next: Offset,
    /// Slices before this offset are no longer needed, and go.
    pub gone: Offset,
}

/// What became of a slice.
#[derive(Debug)]
pub enum Digested {
    /// It is digested.
    Now {
        /// Its facts, with their handles.
        batch: Batch,
        /// When.
        at: Timestamp,
        /// How long it held the writer, the commit not counted.
        spent: Duration,
    },
    /// It does not begin where the records stand, which is here. Nothing was stored.
    Elsewhere(Offset),
}

/// The writer's part of the reader.
pub struct Digest {
    stages: Vec<Arc<dyn Stage>>,
}

impl Digest {
    /// Digests through these stages, in this order.
    #[must_use]
    pub fn new(stages: Vec<Arc<dyn Stage>>) -> Self {
        Self { stages }
    }

    async fn slice(&self, tx: &Tx, slice: &Slice) -> Result<Digested, DbError> {
        if !store::claim(tx, slice.workspace, slice.start, slice.next).await? {
            return Ok(Digested::Elsewhere(store::next_offset(tx, slice.workspace).await?));
        }
        let (batch, spent) = timed(self.batch(tx, slice)).await;
        Ok(Digested::Now { batch: batch?, at: tx.at(), spent })
    }

    async fn batch(&self, tx: &Tx, slice: &Slice) -> Result<Batch, DbError> {
        let entries = slice.records.iter().map(|record| Entry::new(Arc::clone(record))).collect();
        let mut batch =
            Batch { workspace: slice.workspace, entries, links: Vec::new(), moves: Vec::new(), next: slice.next };
        for stage in &self.stages {
            stage.digest(tx, &mut batch).await?;
        }
        store::book(tx, slice.workspace, slice.start..slice.next, tx.at(), &batch.entries).await?;
        if slice.gone > Offset::FIRST {
            store::drop_slices(tx, slice.workspace, slice.gone).await?;
        }
        Ok(batch)
    }
}

#[async_trait]
impl Decider for Digest {
    type Command = Arc<Slice>;
    type Outcome = Digested;

    fn name(&self) -> &'static str {
        "river"
    }

    async fn decide(&self, tx: &Tx, commands: &[Arc<Slice>]) -> Result<Vec<Digested>, DbError> {
        let mut outcomes = Vec::with_capacity(commands.len());
        for slice in commands {
            outcomes.push(self.slice(tx, slice).await?);
        }
        Ok(outcomes)
    }
}

#[expect(clippy::disallowed_methods, reason = "paces the reader; no fact and no result depends on it")]
async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let begun = tokio::time::Instant::now();
    let outcome = work.await;
    (outcome, begun.elapsed())
}
