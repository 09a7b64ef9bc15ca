//! Digesting a slice of the log into records: one transaction, together with the offset.

use std::sync::Arc;

use async_trait::async_trait;
use db::{DbError, Decider, Tx};
use kernel::{Offset, WorkspaceId};
use rustc_hash::FxHashSet;

use crate::{
    batch::{Batch, DedupKey, Entry, Record},
    reader::Stage,
    store,
};

/// A run of records that follow one another in the log.
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

    async fn slice(&self, tx: &Tx, slice: &Slice) -> Result<Batch, DbError> {
        let expected = store::next_offset(tx, slice.workspace).await?;
        if expected != slice.start {
            // Two readers of one workspace: the second must not digest what the first has.
            let reason = format!("the reader stands at offset {} but records stand at {expected}", slice.start);
            return Err(DbError::Decider { decider: self.name(), reason });
        }
        let mut batch = Batch {
            workspace: slice.workspace,
            entries: self.without_repeats(tx, slice).await?,
            links: Vec::new(),
            next: slice.next,
        };
        for stage in &self.stages {
            stage.digest(tx, &mut batch).await?;
        }
        store::book(tx, slice.workspace, &batch.entries).await?;
        store::set_next_offset(tx, slice.workspace, slice.next).await?;
        Ok(batch)
    }

    async fn without_repeats(&self, tx: &Tx, slice: &Slice) -> Result<Vec<Entry>, DbError> {
        let keys: Vec<DedupKey> = slice.records.iter().map(|record| record.key).collect();
        let mut seen: FxHashSet<DedupKey> = store::seen(tx, slice.workspace, &keys).await?;
        let fresh = slice.records.iter().filter(|record| seen.insert(record.key));
        Ok(fresh.map(|record| Entry { record: Arc::clone(record), subject: None, sharer: None }).collect())
    }
}

#[async_trait]
impl Decider for Digest {
    type Command = Arc<Slice>;
    type Outcome = Batch;

    fn name(&self) -> &'static str {
        "river"
    }

    async fn decide(&self, tx: &Tx, commands: &[Arc<Slice>]) -> Result<Vec<Batch>, DbError> {
        let mut batches = Vec::with_capacity(commands.len());
        for slice in commands {
            batches.push(self.slice(tx, slice).await?);
        }
        Ok(batches)
    }
}
