//! Reading the audit trail.

use std::collections::BTreeMap;

use db::audit::{self, Query, Stored};
use kernel::WorkspaceId;

use crate::{Access, AccessError, store};

/// An entry, and what its actor is called now.
pub(crate) struct Told {
    pub(crate) stored: Stored,
    pub(crate) actor_name: Option<String>,
}

impl Access {
    /// The latest entries that fit, at most `limit`.
    pub(crate) async fn audit(
        &self,
        workspace: WorkspaceId,
        query: &Query,
        limit: usize,
    ) -> Result<Vec<Told>, AccessError> {
        let entries = audit::entries(self.reads(), workspace, query, limit).await?;
        let names = self.actor_names(workspace).await?;
        let told = |stored: Stored| Told { actor_name: names.get(&stored.entry.by.actor).cloned(), stored };
        Ok(entries.into_iter().map(told).collect())
    }

    /// What the staff of a brand and its keys that work are called, by the word they act under: `staff:…`, `key:…`.
    ///
    /// # Errors
    /// [`AccessError`] when the records cannot be read.
    pub async fn actor_names(&self, workspace: WorkspaceId) -> Result<BTreeMap<String, String>, AccessError> {
        let mut names = BTreeMap::new();
        for staff in store::staff(self.reads(), workspace).await? {
            names.insert(format!("staff:{}", staff.id), staff.name);
        }
        for key in store::keys(self.reads(), workspace).await? {
            names.insert(format!("key:{}", key.id), key.name);
        }
        Ok(names)
    }
}
