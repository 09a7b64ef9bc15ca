//! The people of each workspace in memory, kept up with what is digested.
//!
//! When a workspace is opened, everybody is read from the records, and what is digested meanwhile is kept aside and told
//! afterwards. Every change says how something is now, so it does no harm if the records already knew it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use db::{DbError, Records};
use facts::Namespace;
use kernel::WorkspaceId;
use parking_lot::RwLock;
use tokio::sync::watch;

use crate::{
    model::{Change, Index},
    store,
};

/// Handles read at once.
const CHUNK: u32 = 20_000;
/// How long to leave records alone that are out of reach.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a search waits for everybody to be read.
const PATIENCE: Duration = Duration::from_secs(10);

/// The people of all workspaces. Cheap to share.
#[derive(Default)]
pub(crate) struct Directories(RwLock<BTreeMap<WorkspaceId, Arc<Directory>>>);

impl Directories {
    pub(crate) fn get(&self, workspace: WorkspaceId) -> Option<Arc<Directory>> {
        self.0.read().get(&workspace).cloned()
    }

    /// Begins to listen, then reads everybody; the second time it does nothing.
    pub(crate) fn open(&self, records: &Records, workspace: WorkspaceId) {
        let mut directories = self.0.write();
        if directories.contains_key(&workspace) {
            return;
        }
        let directory = Arc::new(Directory::new());
        directories.insert(workspace, Arc::clone(&directory));
        let (records, directory) = (records.clone(), Arc::downgrade(&directory));
        tokio::spawn(async move {
            loop {
                match load(&records, workspace).await {
                    Ok(index) => {
                        if let Some(directory) = directory.upgrade() {
                            directory.take(index);
                            tracing::info!(%workspace, bytes = directory.bytes(), "everybody can be looked for");
                        }
                        return;
                    }
                    Err(error) => tracing::warn!(%workspace, %error, "people cannot be read yet"),
                }
                if directory.strong_count() == 0 {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
}

/// The people of one workspace.
pub(crate) struct Directory {
    state: RwLock<State>,
    ready: watch::Sender<bool>,
}

enum State {
    /// Everybody is being read; this was told meanwhile.
    Reading(Vec<Change>),
    Ready(Box<Index>),
}

/// Not everybody was read in time.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the people of this workspace are still being read")]
pub(crate) struct StillReading;

impl Directory {
    fn new() -> Self {
        Self { state: RwLock::new(State::Reading(Vec::new())), ready: watch::Sender::new(false) }
    }

    fn take(&self, mut index: Index) {
        let mut state = self.state.write();
        if let State::Reading(told) = &mut *state {
            told.drain(..).for_each(|change| index.apply(change));
            *state = State::Ready(Box::new(index));
        }
        drop(state);
        self.ready.send_replace(true);
    }

    /// Tells what was digested.
    pub(crate) fn apply(&self, changes: Vec<Change>) {
        match &mut *self.state.write() {
            State::Reading(told) => told.extend(changes),
            State::Ready(index) => changes.into_iter().for_each(|change| index.apply(change)),
        }
    }

    /// Reads when everybody is there. Off the request's own thread: looking at a million people takes a while.
    pub(crate) async fn read<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Index) -> T + Send + 'static,
    ) -> Result<T, StillReading> {
        let mut ready = self.ready.subscribe();
        let waited = tokio::time::timeout(PATIENCE, ready.wait_for(|ready| *ready)).await;
        waited.map_err(|_| StillReading)?.map_err(|_| StillReading)?;
        let reading = tokio::task::spawn_blocking(move || match &*self.state.read() {
            State::Ready(index) => Some(read(index)),
            State::Reading(_) => None,
        });
        match reading.await {
            Ok(found) => found.ok_or(StillReading),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(StillReading),
        }
    }

    fn bytes(&self) -> usize {
        match &*self.state.read() {
            State::Ready(index) => index.bytes(),
            State::Reading(_) => 0,
        }
    }
}

async fn load(records: &Records, workspace: WorkspaceId) -> Result<Index, DbError> {
    let (reads, mut index) = (records.reads(), Index::default());
    let end = store::next_handle(reads, workspace).await?.0;
    let mut from = 1;
    while from < end {
        let chunk = (from, from.saturating_add(CHUNK).min(end));
        for (handle, space, known) in store::handles_between(reads, workspace, chunk).await? {
            if space != Namespace::Spread.code() {
                index.apply(Change::IsId(handle));
            }
            index.apply(Change::Knows(handle, known));
        }
        for (handle, into) in store::evidence::persons_between(reads, workspace, chunk).await? {
            index.apply(Change::Joins(handle, into));
        }
        for (handle, at) in store::last_seen_between(reads, workspace, chunk).await? {
            index.apply(Change::Seen(handle, at));
        }
        from = chunk.1;
    }
    Ok(index)
}
