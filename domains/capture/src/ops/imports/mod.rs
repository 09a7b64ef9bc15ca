//! Imports of people and orders: a table is uploaded, its columns are named, it is checked, imported, and may be taken back.
//!
//! Whatever takes long is a state in the records with how far it has come, so it goes on after a crash, and whoever left the
//! page finds it again. Facts have the same message id each time their row is read: what was appended before a crash and
//! comes again is dropped by the reader.

mod command;
mod judge;
mod rows;
mod undo;
mod upload;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use db::{Group, Records};
use kernel::WorkspaceId;
use parking_lot::Mutex;
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinSet,
};

use crate::{Doors, store::imports as store};

pub(crate) use command::{Done, ImportCommand, ImportDeciding, ImportOrder, Refusal};
pub(crate) use judge::{Judged, Verdict};
pub(crate) use rows::preview;
pub(crate) use upload::{NotKept, upload};

/// A scan finds what a crash or a lost signal left behind.
const SCAN_EVERY: Duration = Duration::from_secs(1);
/// How long one step waits for the reader before it is tried again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why an import does not go on at the moment.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// The imports of every brand.
pub struct Imports {
    pub(crate) records: Records,
    pub(crate) orders: Group<ImportDeciding>,
    pub(crate) signal: Notify,
    /// Tables are read one at a time: that bounds the memory of all uploads together.
    pub(crate) reading: Semaphore,
    /// Brands somebody works for.
    busy: Mutex<BTreeSet<WorkspaceId>>,
}

impl Imports {
    /// The imports in these records.
    #[must_use]
    pub fn new(records: &Records) -> Self {
        Self {
            records: records.clone(),
            orders: records.group(ImportDeciding),
            signal: Notify::new(),
            reading: Semaphore::new(1),
            busy: Mutex::default(),
        }
    }
}

/// Works on the imports that wait until the future is dropped: those of one brand one after the other, brands beside one
/// another.
pub async fn run(doors: Doors) {
    let mut working = JoinSet::new();
    loop {
        match store::working(doors.imports.records.reads()).await {
            Ok(waiting) => {
                for (workspace, id) in waiting {
                    if doors.rivers.get(workspace).is_some() && doors.imports.busy.lock().insert(workspace) {
                        working.spawn(work(doors.clone(), workspace, id));
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "imports that wait cannot be looked for"),
        }
        while working.try_join_next().is_some() {}
        let _ = tokio::time::timeout(SCAN_EVERY, doors.imports.signal.notified()).await;
    }
}

/// Brings one import to its end, or as far as it goes at the moment.
async fn work(doors: Doors, workspace: WorkspaceId, id: String) {
    let busy = Busy { imports: Arc::clone(&doors.imports), workspace };
    if let Err(error) = step(&doors, workspace, &id).await {
        tracing::warn!(%workspace, import = id, error = &*error, "an import waits and is tried again");
    }
    drop(busy);
}

pub(crate) async fn step(doors: &Doors, workspace: WorkspaceId, id: &str) -> Result<(), Trouble> {
    use crate::model::import::State;
    let Some(import) = store::one(doors.imports.records.reads(), workspace, id).await? else { return Ok(()) };
    match import.state {
        State::Checking | State::Running => rows::read_all(doors, workspace, import).await,
        State::Undoing => undo::take_back(doors, workspace, import).await,
        State::Draft | State::Checked | State::Done | State::Undone => Ok(()),
    }
}

/// A brand is worked for as long as this lives, also when the work ends in a panic.
struct Busy {
    imports: Arc<Imports>,
    workspace: WorkspaceId,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.imports.busy.lock().remove(&self.workspace);
    }
}
