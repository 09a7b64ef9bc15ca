//! One workspace's river, as the rest of the house holds it.

use std::{ops::Range, sync::Arc, time::Duration};

use factlog::FactLog;
use facts::Fact;
use kernel::{Handle, Offset};
use parking_lot::Mutex;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tracing::Instrument as _;

use crate::{
    CatchUpError, RiverError, Wiring,
    batch::understand,
    reader::{Position, Reader, Standing, blocking},
    store,
};

/// Which end of what is found, and how many at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Those with the least offsets.
    First(usize),
    /// Those with the greatest.
    Last(usize),
}

/// One workspace's reader.
pub struct River {
    shared: Arc<Wiring>,
    position: watch::Receiver<Position>,
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
    /// Seats for facts whose way is traced.
    traced: Arc<Semaphore>,
}

/// Facts whose way is traced at once, at most.
const TRACED_MAX: usize = 256;

impl River {
    /// Restores live state, then follows the log until [`River::stop`]. Returns at once: ask [`River::ready`].
    #[must_use]
    pub fn start(wiring: Wiring) -> Self {
        let (moved, position) =
            watch::channel(Position { next: Offset::FIRST, restored: false, standing: Standing::Flowing });
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(wiring);
        let task = tokio::spawn(Reader::new(Arc::clone(&shared), moved, stopped).run());
        Self { shared, position, stop, task: Mutex::new(Some(task)), traced: Arc::new(Semaphore::new(TRACED_MAX)) }
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
        let workspace = self.shared.workspace;
        let ended = self.position.has_changed().is_err();
        let Position { next, restored, standing } = self.position.borrow().clone();
        let end = self.shared.log.end();
        match standing {
            Standing::Halted(reason) => Err(format!("the reader of workspace {workspace} has stopped: {reason}")),
            _ if ended => Err(format!("the reader of workspace {workspace} has ended; the server's log says why")),
            Standing::Waiting(reason) => {
                Err(format!("the reader of workspace {workspace} waits at offset {next} of {end}: {reason}"))
            }
            Standing::Flowing if !restored => {
                Err(format!("the reader of workspace {workspace} restores live state: offset {next} of {end}"))
            }
            Standing::Flowing if next < end => {
                Err(format!("the reader of workspace {workspace} stands at offset {next} of {end}"))
            }
            Standing::Flowing => Ok(()),
        }
    }

    /// Waits until live state is restored and has folded the fact at `offset`, if one is named.
    ///
    /// # Errors
    /// [`CatchUpError`] when it takes longer than `patience`, and at once when the reader has stopped before it.
    pub async fn wait_for(&self, offset: Option<Offset>, patience: Duration) -> Result<(), CatchUpError> {
        let mut position = self.position.clone();
        let reached =
            position.wait_for(|position| position.restored && offset.is_none_or(|offset| position.next > offset));
        match tokio::time::timeout(patience, reached).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(CatchUpError),
        }
    }

    /// Lets a trace show how long a durable fact waits until it is digested and folded. Does nothing while no traces are
    /// made, or too many facts are watched already.
    pub fn trace(&self, offset: Offset) {
        let span = tracing::info_span!(target: "trace", "digest", offset = offset.0);
        let Ok(seat) = Arc::clone(&self.traced).try_acquire_owned() else { return };
        if span.is_disabled() {
            return;
        }
        let mut position = self.position.clone();
        let waiting = async move {
            // A reader that has ended digests nothing more: the span ends too.
            let _ = position.wait_for(|position| position.restored && position.next > offset).await;
            drop(seat);
        };
        tokio::spawn(waiting.instrument(span));
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
        // No fact has a NUL in its name, and PostgreSQL does not even take the question.
        if handles.is_some_and(<[Handle]>::is_empty) || event.is_some_and(|event| event.contains('\0')) {
            return Ok(Vec::new());
        }
        let shared = &self.shared;
        let offsets = store::timeline(shared.records.reads(), shared.workspace, handles, event, after, limit).await?;
        let log = Arc::clone(&shared.log);
        let records = blocking(move || log.read_at(&offsets)).await??;
        records.into_iter().map(|(offset, bytes)| Ok((offset, understand(offset, &bytes)?))).collect()
    }

    /// The last facts before an offset booked under some handles, of one event or of any, the latest first.
    ///
    /// # Errors
    /// [`RiverError`] when records or log cannot be read.
    pub async fn latest(
        &self,
        handles: &[Handle],
        event: Option<&str>,
        before: Offset,
        limit: usize,
    ) -> Result<Vec<(Offset, Fact)>, RiverError> {
        let booked = self.booked_under(handles, event, Offset::FIRST..before, Pick::Last(limit)).await?;
        let offsets: Vec<Offset> = booked.into_iter().rev().map(|(offset, _)| offset).collect();
        let log = Arc::clone(&self.shared.log);
        let records = blocking(move || log.read_at(&offsets)).await??;
        let facts = records.into_iter().rev();
        facts.map(|(offset, bytes)| Ok((offset, understand(offset, &bytes)?))).collect()
    }

    /// What is booked in a range, in the order of offsets, with whom it is about; handle 0 is nobody.
    ///
    /// # Errors
    /// [`RiverError`] when the records cannot be read.
    pub async fn booked(&self, range: Range<Offset>) -> Result<Vec<(Offset, Handle)>, RiverError> {
        Ok(store::bookings(self.shared.records.reads(), self.shared.workspace, range).await?)
    }

    /// Facts of a range booked under some handles, of one event or of any: the first or the last of them, in this order.
    ///
    /// # Errors
    /// [`RiverError`] when the records cannot be read.
    pub async fn booked_under(
        &self,
        handles: &[Handle],
        event: Option<&str>,
        range: Range<Offset>,
        pick: Pick,
    ) -> Result<Vec<(Offset, Handle)>, RiverError> {
        if handles.is_empty() || event.is_some_and(|event| event.contains('\0')) {
            return Ok(Vec::new());
        }
        let shared = &self.shared;
        let found = store::bookings_under(shared.records.reads(), shared.workspace, handles, event, range, pick);
        let mut found = found.await?;
        // A person of very many handles is asked for in pieces: their pages are merged and cut again.
        found.sort_unstable();
        let limit = match pick {
            Pick::First(limit) => limit,
            Pick::Last(limit) => {
                found.reverse();
                limit
            }
        };
        found.truncate(limit);
        Ok(found)
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
