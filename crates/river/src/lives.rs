//! The live states of one river. Each has a snapshot of its own, and so may stand elsewhere than its neighbours at a start:
//! one that is new, or of another version, is folded from the first fact while the others wait for it where they stand.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::Offset;
use tokio::task::JoinHandle;

use crate::{
    Batch, Live, RiverError, Wiring,
    error::chain,
    reader::blocking,
    snapshot::{self, SnapshotError},
};

/// A snapshot is taken after no fewer facts than its bytes by this: what a fact costs to be digested then outweighs by far
/// what it costs to write the whole state down again, however much that is.
const SNAPSHOT_BYTES_A_FACT: u64 = 200;

/// One live state.
struct Kept {
    live: Arc<dyn Live>,
    /// The next offset it has not folded.
    next: Offset,
}

/// Snapshots on their way to the disk: how many bytes they are if all arrived, or that the process is ending.
type Writing = JoinHandle<Result<Option<u64>, RiverError>>;

pub(crate) struct Lives {
    all: Vec<Kept>,
    folder: PathBuf,
    every: u64,
    /// Every snapshot on the disk stands here, or behind.
    saved_at: Offset,
    saved_bytes: u64,
    /// Snapshots that are being written, and where they stand.
    writing: Option<(Offset, Writing)>,
}

impl Lives {
    pub(crate) fn new(wiring: &Wiring) -> Self {
        let kept = |live: &Arc<dyn Live>| Kept { live: Arc::clone(live), next: Offset::FIRST };
        Self {
            all: wiring.lives.iter().map(kept).collect(),
            folder: wiring.snapshots.clone(),
            every: wiring.snapshot_every,
            saved_at: Offset::FIRST,
            saved_bytes: 0,
            writing: None,
        }
    }

    /// Takes over the snapshots that are usable, and forgets the rest; the least offset somebody still has to fold.
    pub(crate) async fn restore(&mut self, records_next: Offset) -> Result<Offset, RiverError> {
        self.saved_bytes = 0;
        for kept in &mut self.all {
            let (live, path) = (Arc::clone(&kept.live), path(&self.folder, &*kept.live));
            let (next, bytes) = blocking(move || restore(&*live, &path, records_next)).await?;
            kept.next = next;
            self.saved_bytes += bytes;
        }
        self.saved_at = self.all.iter().map(|kept| kept.next).min().unwrap_or(records_next);
        Ok(self.saved_at)
    }

    /// How far facts from `from` on may be folded together, so that everybody folds all of them or none.
    pub(crate) fn bound(&self, from: Offset, to: Offset) -> Offset {
        self.all.iter().map(|kept| kept.next).filter(|next| *next > from).fold(to, Offset::min)
    }

    /// Folds a batch into all that have not folded it.
    pub(crate) fn fold(&mut self, batch: &Batch) {
        for kept in self.all.iter_mut().filter(|kept| kept.next < batch.next) {
            kept.live.fold(batch);
            kept.next = batch.next;
        }
    }

    /// Begins snapshots if so many facts were folded since the last ones.
    pub(crate) async fn save_if_due(&mut self, next: Offset) -> Result<(), RiverError> {
        let busy = self.writing.as_ref().is_some_and(|(_, writing)| !writing.is_finished());
        let after = self.every.max(self.saved_bytes / SNAPSHOT_BYTES_A_FACT);
        if !busy && next.0.saturating_sub(self.saved_at.0) >= after {
            self.begin(next).await?;
        }
        Ok(())
    }

    /// Writes what is not written yet, and waits for it.
    pub(crate) async fn save(&mut self, next: Offset) -> Result<(), RiverError> {
        self.begin(next).await?;
        self.written().await
    }

    /// Takes the states as they are and writes them down beside the river. Everything before `next` is folded.
    async fn begin(&mut self, next: Offset) -> Result<(), RiverError> {
        self.written().await?;
        if next == self.saved_at {
            return Ok(());
        }
        let mut bodies = Vec::with_capacity(self.all.len());
        for kept in &self.all {
            let live = Arc::clone(&kept.live);
            let (path, version) = (path(&self.folder, &*live), live.version());
            // Behind the facts it was restored with, one waits for the others.
            let stands = kept.next.max(next);
            let body = blocking(move || live.save().map_err(SnapshotError::Body)).await?;
            bodies.push((path, version, stands, body));
        }
        let write = move || {
            let mut bytes = Some(0);
            for (path, version, stands, body) in bodies {
                let written = body.and_then(|body| {
                    snapshot::write(&path, version, stands, &body)?;
                    Ok(body.len() as u64)
                });
                bytes = match written {
                    Ok(written) => bytes.map(|bytes| bytes + written),
                    // The log still has everything: a missing snapshot costs time at the next start, no fact.
                    Err(error) => {
                        tracing::error!(path = %path.display(), error = chain(&error), "no snapshot could be written");
                        None
                    }
                };
            }
            bytes
        };
        self.writing = Some((next, tokio::spawn(blocking(write))));
        Ok(())
    }

    /// Waits for the snapshots that are being written, if there are any.
    async fn written(&mut self) -> Result<(), RiverError> {
        let Some((next, writing)) = self.writing.take() else { return Ok(()) };
        if let Some(bytes) = writing.await.map_err(|_| RiverError::Stopping)?? {
            (self.saved_at, self.saved_bytes) = (next, bytes);
        }
        Ok(())
    }
}

fn path(folder: &Path, live: &dyn Live) -> PathBuf {
    folder.join(live.name()).with_extension("snap")
}

/// Takes over a snapshot if it is usable, otherwise forgets everything; where it stands, and how many bytes it was.
fn restore(live: &dyn Live, path: &Path, records_next: Offset) -> (Offset, u64) {
    match snapshot::read(path, live.version()) {
        Ok(Some((next, body))) if next <= records_next && live.restore(&body) => return (next, body.len() as u64),
        Ok(None) => {}
        _ => {
            tracing::warn!(path = %path.display(), "the snapshot is not usable; rebuilding from lake and log");
            // One that is ahead of the records belongs to records that were since put back. It must not be taken
            // for good once they have passed it again, with other facts.
            if let Err(error) = std::fs::remove_file(path) {
                tracing::error!(path = %path.display(), %error, "the unusable snapshot cannot be removed");
            }
        }
    }
    live.clear();
    (Offset::FIRST, 0)
}
