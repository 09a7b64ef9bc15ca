//! The lakes of all brands: each follows its river.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use anyhow::Context;
use factlog::RealDisk;
use kernel::{Clock, WorkspaceId};
use lake::{DiskStore, Keeper, Lake, Options};
use river::River;
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
};

/// Keeps a lake for every brand in one folder.
pub struct Lakes {
    folder: PathBuf,
    options: Options,
    clock: Arc<dyn Clock>,
    stop: watch::Sender<bool>,
    keepers: Mutex<BTreeMap<WorkspaceId, JoinHandle<()>>>,
}

impl Lakes {
    /// Lakes in this folder.
    pub fn new(folder: PathBuf, options: Options, clock: Arc<dyn Clock>) -> Self {
        Self { folder, options, clock, stop: watch::Sender::new(false), keepers: Mutex::default() }
    }

    /// Opens a brand's lake.
    pub async fn open(&self, workspace: WorkspaceId) -> anyhow::Result<Lake> {
        let store = DiskStore::new(Arc::new(RealDisk), self.folder.clone());
        let lake = Lake::open(Arc::new(store), workspace).await;
        lake.with_context(|| format!("the lake of workspace {workspace} cannot be opened"))
    }

    /// Lets a brand's lake follow the brand's river.
    pub async fn keep(&self, workspace: WorkspaceId, lake: Lake, river: &River) {
        let (log, bookings) = (Arc::clone(river.log()), Arc::new(river.booked()));
        let keeper = Keeper::new(lake, self.options, log, bookings, Arc::clone(&self.clock));
        let task = tokio::spawn(keeper.run(self.stop.subscribe()));
        self.keepers.lock().await.insert(workspace, task);
    }

    /// Stops after the file in hand.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        for (workspace, keeper) in std::mem::take(&mut *self.keepers.lock().await) {
            if keeper.await.is_err() {
                tracing::error!(%workspace, "the lake's keeper ended in a panic");
            }
        }
    }
}
