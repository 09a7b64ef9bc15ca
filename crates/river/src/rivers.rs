//! All rivers of an installation, one per workspace.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use kernel::{Offset, WorkspaceId};
use parking_lot::RwLock;

use crate::{CatchUpError, River};

/// How long a read waits for an offset it named.
const PATIENCE: Duration = Duration::from_secs(10);

/// The river of each workspace. Cheap to share.
#[derive(Default)]
pub struct Rivers(RwLock<BTreeMap<WorkspaceId, Arc<River>>>);

impl Rivers {
    /// Adds a workspace's river.
    pub fn insert(&self, workspace: WorkspaceId, river: Arc<River>) {
        self.0.write().insert(workspace, river);
    }

    /// The river of a workspace.
    #[must_use]
    pub fn get(&self, workspace: WorkspaceId) -> Option<Arc<River>> {
        self.0.read().get(&workspace).cloned()
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<River>> {
        self.0.read().values().cloned().collect()
    }

    /// Waits until a workspace's live state is restored and has folded the fact at this offset, if one is named, so that
    /// one reads what one wrote.
    ///
    /// # Errors
    /// [`CatchUpError`] when it takes too long.
    pub async fn wait_for(&self, workspace: WorkspaceId, offset: Option<Offset>) -> Result<(), CatchUpError> {
        let river = self.get(workspace).ok_or(CatchUpError)?;
        river.wait_for(offset, PATIENCE).await
    }
}
