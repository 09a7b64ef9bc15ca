//! The reader itself: restore, catch up, then follow the log.

use std::{error::Error, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use db::{DbError, Group, Records, Tx, WriteError};
use factlog::FactLog;
use facts::{Fact, Typed};
use kernel::{Handle, Offset, WorkspaceId};
use parking_lot::Mutex;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    batch::{Batch, DedupKey, Entry, Record},
    digest::{Digest, Slice},
    snapshot::{self, SnapshotError},
    store,
};

/// Why a stage could not do its part.
pub type StageError = DbError;

/// A slice of the house that has rows to write for every fact. Called in offset order, one batch at a time.
#[async_trait]
pub trait Stage: Send + Sync {
    /// Fills in what this stage knows of new facts, and writes its rows in the reader's transaction.
    async fn digest(&self, tx: &Tx, batch: &mut Batch) -> Result<(), StageError>;

    /// Fills in the same for facts digested before. Reads only.
    async fn recall(&self, records: &Records, batch: &mut Batch) -> Result<(), StageError>;

    /// The batch is committed: what it interned may now be remembered.
    fn settled(&self, batch: &Batch);
}

/// State in memory that is a fold of the facts in offset order.
pub trait Live: Send + Sync {
    /// Name of its snapshot file.
    fn name(&self) -> &'static str;

    /// Version of its snapshots; another version is rebuilt from the log.
    fn version(&self) -> u32;

    /// Folds a batch in.
    fn fold(&self, batch: &Batch);

    /// Everything, as bytes.
    ///
    /// # Errors
    /// When it cannot be written down; the log still has everything.
    fn save(&self) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>>;

    /// Takes over what [`Live::save`] wrote; `false` when it cannot.
    fn restore(&self, body: &[u8]) -> bool;

    /// Forgets everything.
    fn clear(&self);
}

/// What a reader is wired to.
pub struct Wiring {
    /// Whose reader.
    pub workspace: WorkspaceId,
    /// The log it reads.
    pub log: Arc<FactLog>,
    /// The records it digests into.
    pub records: Records,
    /// The reader's place at the grouped writer.
    pub digest: Group<Digest>,
    /// The same stages the digest has, in the same order.
    pub stages: Vec<Arc<dyn Stage>>,
    /// What lives on the facts.
    pub live: Arc<dyn Live>,
    /// Where snapshots are kept.
    pub snapshots: PathBuf,
}

/// Why a reader did not start or stopped.
#[derive(Debug, thiserror::Error)]
pub enum RiverError {
    /// The records database refused.
    #[error("the records cannot be read or written")]
    Records(#[from] DbError),
    /// The writer refused.
    #[error("the records cannot be written")]
    Write(#[from] WriteError),
    /// The log cannot be read.
    #[error("the fact log cannot be read")]
    Log(#[from] factlog::ReadError),
    /// A record of the log cannot be understood.
    #[error("the record at offset {offset} cannot be understood; was this data folder written by a newer version?")]
    Record {
        /// Where it stands.
        offset: Offset,
        /// Why.
        source: facts::LogError,
    },
    /// The log ends before the records do.
    #[error(
        "records stand at offset {records} but the log ends before {end}: the log folder is not the one these records belong to"
    )]
    LogBehind {
        /// Where the records stand.
        records: Offset,
        /// The end of the log.
        end: Offset,
    },
    /// A blocking task was cancelled: the process is ending.
    #[error("the server is stopping")]
    Stopping,
}

/// A read waited for facts that did not arrive in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reader has not reached the offset yet")]
pub struct CatchUpError;

/// Where the reader stands.
#[derive(Clone, Debug)]
struct Position {
    /// The next offset live state has not folded.
    next: Offset,
    /// Why it stands still for good, if it does.
    halted: Option<Arc<str>>,
}

/// How many records and bytes a read of the log takes at most.
const READ_RECORDS_MAX: usize = 4096;
const READ_BYTES_MAX: usize = 8 << 20;
/// A transaction of the reader should not hold the writer longer than this.
const SLICE: Duration = Duration::from_millis(20);
/// A snapshot is taken after so many facts.
const SNAPSHOT_EVERY: u64 = 200_000;

/// One workspace's reader.
pub struct River {
    shared: Arc<Wiring>,
    position: watch::Receiver<Position>,
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl River {
    /// Restores live state, then follows the log until [`River::stop`]. Returns at once: ask [`River::ready`].
    #[must_use]
    pub fn start(wiring: Wiring) -> Self {
        let (moved, position) = watch::channel(Position { next: Offset::FIRST, halted: None });
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(wiring);
        let reader = Reader { shared: Arc::clone(&shared), moved, stopped, slice_len: 256, snapshot_at: Offset::FIRST };
        let task = tokio::spawn(reader.run());
        Self { shared, position, stop, task: Mutex::new(Some(task)) }
    }

    /// The log it reads; doors append there.
    #[must_use]
    pub fn log(&self) -> &Arc<FactLog> {
        &self.shared.log
    }

    /// The next offset live state has not folded.
    #[must_use]
    pub fn next_offset(&self) -> Offset {
        self.position.borrow().next
    }

    /// Whether everything durable is digested and folded; else why not.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn ready(&self) -> Result<(), String> {
        let position = self.position.borrow();
        if let Some(reason) = &position.halted {
            return Err(format!("the reader of workspace {} has stopped: {reason}", self.shared.workspace));
        }
        let end = self.shared.log.end();
        if position.next < end {
            return Err(format!("the reader stands at offset {} of {end}", position.next));
        }
        Ok(())
    }

    /// Waits until the fact at `offset` is digested and folded.
    ///
    /// # Errors
    /// [`CatchUpError`] when it takes longer than `patience`.
    pub async fn wait_for(&self, offset: Offset, patience: Duration) -> Result<(), CatchUpError> {
        let mut position = self.position.clone();
        let reached = position.wait_for(|position| position.next > offset);
        match tokio::time::timeout(patience, reached).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(CatchUpError),
        }
    }

    /// A page of facts after an offset, in order: of some handles (or of all), of one event (or of any).
    ///
    /// # Errors
    /// [`RiverError`] when records or log cannot be read.
    pub async fn timeline(
        &self,
        handles: Option<&[Handle]>,
        event: Option<&str>,
        after: Offset,
        limit: u64,
    ) -> Result<Vec<(Offset, Fact)>, RiverError> {
        if handles.is_some_and(<[Handle]>::is_empty) {
            return Ok(Vec::new());
        }
        let shared = &self.shared;
        let offsets = store::timeline(shared.records.reads(), shared.workspace, handles, event, after, limit).await?;
        let log = Arc::clone(&shared.log);
        let records = blocking(move || log.read_at(&offsets)).await??;
        records.into_iter().map(|(offset, bytes)| Ok((offset, understand(offset, &bytes)?))).collect()
    }

    /// Stops after the batch in hand and takes a snapshot.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let Some(task) = self.task.lock().take() else { return };
        if task.await.is_err() {
            tracing::error!(workspace = %self.shared.workspace, "the reader ended in a panic");
        }
    }
}

fn understand(offset: Offset, bytes: &[u8]) -> Result<Fact, RiverError> {
    Fact::from_log(bytes).map_err(|source| RiverError::Record { offset, source })
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RiverError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| RiverError::Stopping)
}

fn decode(run: Vec<(Offset, Bytes)>) -> Result<Vec<Arc<Record>>, RiverError> {
    run.into_iter()
        .map(|(offset, bytes)| {
            let fact = understand(offset, &bytes)?;
            // A door checks the shape before the log; what an older door let through is kept as a plain fact.
            let typed = fact.typed().unwrap_or(Typed::Other);
            let key = DedupKey::of(&fact);
            Ok(Arc::new(Record { offset, fact, typed, key }))
        })
        .collect()
}

struct Reader {
    shared: Arc<Wiring>,
    moved: watch::Sender<Position>,
    stopped: watch::Receiver<bool>,
    slice_len: usize,
    snapshot_at: Offset,
}

impl Reader {
    async fn run(mut self) {
        let outcome = match self.restore().await {
            Ok(()) => self.follow().await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            let reason = chain(&error);
            tracing::error!(workspace = %self.shared.workspace, reason, "the reader has stopped");
            self.moved.send_modify(|position| position.halted = Some(reason.into()));
        }
    }

    fn stopping(&self) -> bool {
        *self.stopped.borrow()
    }

    fn snapshot_path(&self) -> PathBuf {
        self.shared.snapshots.join(self.shared.live.name()).with_extension("snap")
    }

    /// Snapshot first, then every fact between it and the records' offset.
    async fn restore(&mut self) -> Result<(), RiverError> {
        let records_next = store::next_offset(self.shared.records.reads(), self.shared.workspace).await?;
        let end = self.shared.log.end();
        if end < records_next {
            return Err(RiverError::LogBehind { records: records_next, end });
        }
        let mut next = self.restore_snapshot(records_next).await?;
        self.snapshot_at = next;
        self.advance(next);
        while next < records_next && !self.stopping() {
            next = self.refold(next, records_next).await?;
        }
        Ok(())
    }

    async fn restore_snapshot(&self, records_next: Offset) -> Result<Offset, RiverError> {
        let shared = Arc::clone(&self.shared);
        let path = self.snapshot_path();
        blocking(move || {
            match snapshot::read(&path, shared.live.version()) {
                // A snapshot ahead of the records belongs to records that were since put back: rebuild.
                Ok(Some((next, body))) if next <= records_next && shared.live.restore(&body) => return next,
                Ok(None) => {}
                _ => tracing::warn!(path = %path.display(), "the snapshot is not usable; rebuilding from the log"),
            }
            shared.live.clear();
            Offset::FIRST
        })
        .await
    }

    /// Folds a run of facts that were digested before.
    async fn refold(&self, from: Offset, to: Offset) -> Result<Offset, RiverError> {
        let run = self.read(from).await?;
        let shared = &self.shared;
        let Some(last) = run.last().map(|record| record.offset) else {
            return Err(RiverError::LogBehind { records: to, end: from });
        };
        let next = last.next().min(to);
        let booked = store::booked(shared.records.reads(), shared.workspace, from, next).await?;
        let entries = run
            .into_iter()
            .filter(|record| booked.binary_search(&record.offset).is_ok())
            .map(|record| Entry { record, subject: None, sharer: None })
            .collect();
        let mut batch = Batch { workspace: shared.workspace, entries, links: Vec::new(), next };
        for stage in &shared.stages {
            stage.recall(&shared.records, &mut batch).await?;
        }
        shared.live.fold(&batch);
        self.advance(next);
        Ok(next)
    }

    async fn follow(&mut self) -> Result<(), RiverError> {
        let mut end = self.shared.log.watch();
        let mut stopped = self.stopped.clone();
        while !self.stopping() {
            let next = self.moved.borrow().next;
            if *end.borrow_and_update() <= next {
                tokio::select! {
                    changed = end.changed() => if changed.is_err() { break },
                    _ = stopped.changed() => break,
                }
                continue;
            }
            let run = self.read(next).await?;
            for records in run.chunks(READ_RECORDS_MAX) {
                self.take(records).await?;
            }
            self.snapshot_if_due().await?;
        }
        self.take_snapshot().await
    }

    async fn read(&self, from: Offset) -> Result<Vec<Arc<Record>>, RiverError> {
        let log = Arc::clone(&self.shared.log);
        blocking(move || decode(log.read(from, READ_RECORDS_MAX, READ_BYTES_MAX)?)).await?
    }

    /// Digests and folds records in slices that keep the writer free for commands.
    async fn take(&mut self, mut records: &[Arc<Record>]) -> Result<(), RiverError> {
        while !records.is_empty() && !self.stopping() {
            let (slice, rest) = records.split_at(self.slice_len.min(records.len()));
            let (Some(first), Some(last)) = (slice.first(), slice.last()) else { break };
            let command = Arc::new(Slice {
                workspace: self.shared.workspace,
                records: slice.to_vec(),
                start: first.offset,
                next: last.offset.next(),
            });
            let taken = slice.len();
            let (batch, spent) = timed(self.shared.digest.submit(command)).await;
            let batch = batch?;
            self.slice_len = paced(self.slice_len, taken, spent);
            for stage in &self.shared.stages {
                stage.settled(&batch);
            }
            self.shared.live.fold(&batch);
            metrics::counter!("searchlight_river_facts_total").increment(batch.entries.len() as u64);
            metrics::counter!("searchlight_river_repeats_total").increment((taken - batch.entries.len()) as u64);
            self.advance(batch.next);
            records = rest;
        }
        Ok(())
    }

    fn advance(&self, next: Offset) {
        metrics::gauge!("searchlight_river_lag_facts").set((self.shared.log.end().0.saturating_sub(next.0)) as f64);
        self.moved.send_modify(|position| position.next = next);
    }

    async fn snapshot_if_due(&mut self) -> Result<(), RiverError> {
        if self.moved.borrow().next.0 - self.snapshot_at.0 >= SNAPSHOT_EVERY {
            self.take_snapshot().await?;
        }
        Ok(())
    }

    async fn take_snapshot(&mut self) -> Result<(), RiverError> {
        let next = self.moved.borrow().next;
        if next == self.snapshot_at {
            return Ok(());
        }
        let shared = Arc::clone(&self.shared);
        let path = self.snapshot_path();
        let written = blocking(move || {
            let body = shared.live.save().map_err(SnapshotError::Body)?;
            snapshot::write(&path, shared.live.version(), next, &body)
        })
        .await?;
        match written {
            Ok(()) => self.snapshot_at = next,
            // The log still has everything: a missing snapshot costs time at the next start, no fact.
            Err(error) => tracing::error!(error = chain(&error), "no snapshot could be written"),
        }
        Ok(())
    }
}

/// The next slice length: doubled while slices are cheap, halved when one held the writer too long.
fn paced(len: usize, taken: usize, spent: Duration) -> usize {
    if spent > SLICE {
        (len / 2).max(32)
    } else if taken == len && spent < SLICE / 3 {
        (len * 2).min(READ_RECORDS_MAX)
    } else {
        len
    }
}

#[expect(clippy::disallowed_methods, reason = "paces the reader; no fact and no result depends on it")]
async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let begun = tokio::time::Instant::now();
    let outcome = work.await;
    (outcome, begun.elapsed())
}

/// An error with its causes, for the log of the operator.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
