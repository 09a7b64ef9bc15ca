//! One workspace's river, as the rest of the house holds it.

use std::{sync::Arc, time::Duration};

use factlog::FactLog;
use kernel::{Offset, WorkspaceId};
use lake::{Ask, Lake, LakeError, Row, Timelines};
use parking_lot::Mutex;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tracing::Instrument as _;

use crate::{
    Booked, CatchUpError, Wiring,
    reader::{Position, Reader, Standing},
};

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

    /// Whose river it is.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.shared.workspace
    }

    /// The lake that follows it.
    #[must_use]
    pub fn lake(&self) -> &Lake {
        &self.shared.lake
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

    /// A page of facts in the order they were digested, or from the newest back: of a person's handles or of everybody, of one
    /// event or of any. Each fact is told once, and it makes no difference whether it is in the lake or still in the log.
    ///
    /// # Errors
    /// [`LakeError`] when lake, log or records cannot be read.
    pub async fn timeline(&self, ask: Ask) -> Result<Vec<Row>, LakeError> {
        // No fact has a NUL in its name, and PostgreSQL does not even take the question.
        if ask.event.as_ref().is_some_and(|event| event.contains('\0')) {
            return Ok(Vec::new());
        }
        let shared = &self.shared;
        Timelines::new(shared.lake.clone(), Arc::clone(&shared.log), Arc::new(self.booked())).page(ask).await
    }

    /// What this river has booked so far.
    #[must_use]
    pub fn booked(&self) -> Booked {
        let Wiring { workspace, records, .. } = &*self.shared;
        Booked { workspace: *workspace, records: records.clone(), position: self.position.clone() }
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
