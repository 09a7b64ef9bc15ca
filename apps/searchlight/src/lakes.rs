//! The lakes of all brands: each follows its river.

use std::{collections::BTreeMap, ops::Range, path::PathBuf, sync::Arc};

use anyhow::Context;
use async_trait::async_trait;
use factlog::RealDisk;
use kernel::{Clock, Handle, Offset, WorkspaceId};
use lake::{Bookings, DiskStore, Keeper, Lake, Options, Order, PortError};
use river::{Pick, River};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
};

/// Keeps a lake for every brand in one folder.
pub struct Lakes {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    stop: watch::Sender<bool>,
    keepers: Mutex<BTreeMap<WorkspaceId, JoinHandle<()>>>,
}

impl Lakes {
    /// Lakes in this folder.
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self { folder, clock, stop: watch::Sender::new(false), keepers: Mutex::default() }
    }

    /// Opens a brand's lake and lets it follow the brand's river.
    pub async fn open(&self, workspace: WorkspaceId, river: Arc<River>) -> anyhow::Result<()> {
        let store = DiskStore::new(Arc::new(RealDisk), self.folder.clone());
        let lake = Lake::open(Arc::new(store), workspace).await;
        let lake = lake.with_context(|| format!("the lake of workspace {workspace} cannot be opened"))?;
        let log = Arc::clone(river.log());
        let bookings = Arc::new(Booked(river));
        let keeper = Keeper::new(lake, Options::default(), log, bookings, Arc::clone(&self.clock));
        let task = tokio::spawn(keeper.run(self.stop.subscribe()));
        self.keepers.lock().await.insert(workspace, task);
        Ok(())
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

/// What a river has booked, as its lake asks for it.
struct Booked(Arc<River>);

#[async_trait]
impl Bookings for Booked {
    fn end(&self) -> Offset {
        self.0.next_offset()
    }

    async fn booked(&self, range: Range<Offset>) -> Result<Vec<(Offset, Handle)>, PortError> {
        Ok(self.0.booked(range).await?)
    }

    async fn under(
        &self,
        handles: &[Handle],
        event: Option<&str>,
        range: Range<Offset>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(Offset, Handle)>, PortError> {
        let pick = match order {
            Order::OldestFirst => Pick::First(limit),
            Order::NewestFirst => Pick::Last(limit),
        };
        Ok(self.0.booked_under(handles, event, range, pick).await?)
    }
}
