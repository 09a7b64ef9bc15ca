//! The log as its users hold it.

use std::{
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
};

use bytes::Bytes;
use kernel::Offset;
use parking_lot::{Mutex, RwLock};
use tokio::sync::{oneshot, watch};

use crate::{
    AppendError, Disk, OpenError, Options, ReadError, Repair,
    queue::{Answer, Queue},
    recover::{Recovered, found, recover},
    segment::Segment,
    writer::Writer,
};

/// An open log. Dropping it writes what is queued and waits for that.
pub struct FactLog {
    pub(crate) shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
    repair: Option<Repair>,
}

/// What the log's users, its writer and its readers have in common.
pub(crate) struct Shared {
    pub disk: Arc<dyn Disk>,
    pub dir: PathBuf,
    pub options: Options,
    pub queue: Queue,
    /// By first offset; never empty, grows at the end and is trimmed at the front.
    pub segments: RwLock<Vec<Arc<Segment>>>,
    /// The offset after the last durable record.
    pub end: watch::Sender<Offset>,
    /// Held while segments are removed, or must not be.
    pub trimming: Mutex<()>,
}

impl FactLog {
    /// Opens the log in a folder, making both if they are not there. What a crash left unfinished is dropped, see
    /// [`FactLog::repair`]. Blocks on file IO; reads the last segment only.
    ///
    /// # Errors
    /// [`OpenError`] when the log is damaged, newer than this release, or the disk refuses. What is damaged or newer is left as it is.
    pub fn open(disk: Arc<dyn Disk>, dir: &Path, options: Options) -> Result<Self, OpenError> {
        let (mut log, writer) = Self::open_without_thread(disk, dir, options)?;
        let thread = thread::Builder::new().name("factlog-writer".into()).spawn(|| writer.run());
        log.writer = Some(thread.map_err(|source| OpenError::Disk {
            doing: "start a writer for",
            path: dir.to_owned(),
            source,
        })?);
        Ok(log)
    }

    /// Makes the folder of an empty log whose first record will have the offset `start`, for [`FactLog::open`]: what a copy of
    /// the end of another log is written to. Blocks on file IO.
    ///
    /// # Errors
    /// [`OpenError`] when there is a log already, or the disk refuses.
    pub fn found(disk: &dyn Disk, dir: &Path, start: Offset) -> Result<(), OpenError> {
        found(disk, dir, start)
    }

    /// A log whose writer the caller drives.
    pub(crate) fn open_without_thread(
        disk: Arc<dyn Disk>,
        dir: &Path,
        options: Options,
    ) -> Result<(Self, Writer), OpenError> {
        if let Some(complaint) = options.complaint() {
            return Err(OpenError::Options(complaint));
        }
        let Recovered { segments, tip, repair } = recover(&*disk, dir)?;
        let shared = Arc::new(Shared {
            disk,
            dir: dir.to_owned(),
            options,
            queue: Queue::new(options),
            segments: RwLock::new(segments),
            end: watch::Sender::new(tip.end),
            trimming: Mutex::new(()),
        });
        let writer = Writer::new(Arc::clone(&shared), tip);
        Ok((Self { shared, writer: None, repair }, writer))
    }

    /// Appends records. When it returns they are durable, contiguous and in order, at the offsets it names: from the
    /// first to the one after the last. Appends of one task that waits for each are in that order, too.
    ///
    /// An append that is no longer waited for may still be stored.
    ///
    /// # Errors
    /// [`AppendError`]; [`AppendError::Full`] and [`AppendError::TooLarge`] at once, without waiting.
    #[tracing::instrument(target = "trace", skip_all, fields(records = records.len()))]
    pub async fn append(&self, records: Vec<Bytes>) -> Answer {
        if records.is_empty() {
            return Ok(Range { start: self.end(), end: self.end() });
        }
        let answer = self.enqueue(records)?;
        answer.await.unwrap_or_else(|_| Err(AppendError::Failed { reason: "the log's writer has ended".into() }))
    }

    pub(crate) fn enqueue(&self, records: Vec<Bytes>) -> Result<oneshot::Receiver<Answer>, AppendError> {
        self.shared.queue.push(records)
    }

    /// The offset after the last durable record: what the next record will get, and where a reader waits.
    #[must_use]
    pub fn end(&self) -> Offset {
        *self.shared.end.borrow()
    }

    /// The offset of the oldest record that is still here: 1 until the log is trimmed.
    #[must_use]
    pub fn start(&self) -> Offset {
        self.shared.start()
    }

    /// Removes segments all of whose records lie below `offset`: nobody will ask for them again. The segment that is being
    /// written stays. Where the log begins now; it is durable before anything is removed. Blocks on file IO.
    ///
    /// # Errors
    /// When the disk refuses. The log is whole, and what could not be removed is removed by a later trim or opening.
    pub fn trim_below(&self, offset: Offset) -> io::Result<Offset> {
        self.shared.trim_below(offset)
    }

    /// Follows [`FactLog::end`].
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Offset> {
        self.shared.end.subscribe()
    }

    /// Durable records from `from` on, in order: at most `records_max`, and at most `bytes_max` of payload but at least
    /// one record. Empty when `from` is the end. Blocks on file IO.
    ///
    /// # Errors
    /// [`ReadError`]; records before a damaged one are returned first, the error when reading from it.
    pub fn read(&self, from: Offset, records_max: usize, bytes_max: usize) -> Result<Vec<(Offset, Bytes)>, ReadError> {
        self.shared.read(from, records_max, bytes_max)
    }

    /// The records at these offsets, in the order asked for; cheapest when ascending. Blocks on file IO.
    ///
    /// # Errors
    /// [`ReadError`] when one of them cannot be read.
    pub fn read_at(&self, offsets: &[Offset]) -> Result<Vec<(Offset, Bytes)>, ReadError> {
        self.shared.read_at(offsets)
    }

    /// What opening had to drop, if anything.
    #[must_use]
    pub const fn repair(&self) -> Option<&Repair> {
        self.repair.as_ref()
    }
}

impl Drop for FactLog {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has said so, and refused its appends.
            let _panicked = writer.join();
        }
    }
}
