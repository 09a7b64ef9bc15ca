//! One-ID, first form: handles, links and profiles. See the README for the words and the invariants.

mod model;
mod rules;
mod store;
mod subscribe;

use std::sync::Arc;

use db::{DbError, Migration, Records};
use kernel::{Handle, WorkspaceId};

pub use model::Profile;
pub use subscribe::Interning;

/// The slice's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "identity_0001_handles", sql: include_str!("../migrations/0001_identity.sql") }];

/// What other slices may ask, through ports they declare themselves.
#[derive(Clone)]
pub struct People {
    records: Records,
}

impl People {
    /// Answers from these records.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self { records }
    }

    /// The stage that digests facts into handles, links and profiles.
    #[must_use]
    pub fn stage(&self) -> Arc<Interning> {
        Arc::new(Interning::default())
    }

    /// The handle of an id, if it was ever seen.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn find(&self, workspace: WorkspaceId, key: facts::WhoKey<'_>) -> Result<Option<Handle>, DbError> {
        if !rules::storable(&key) {
            return Ok(None);
        }
        let found = store::handles_in_workspace(self.records.reads(), workspace, &[key]).await?;
        Ok(found.into_iter().next().map(|(_, _, handle)| handle))
    }

    /// All handles of the person this handle belongs to, the earliest first.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn handles(&self, workspace: WorkspaceId, handle: Handle) -> Result<Vec<Handle>, DbError> {
        store::person_handles(self.records.reads(), workspace, handle).await
    }

    /// What is known under these handles; handles without a profile are left out.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn profiles(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Profile>, DbError> {
        store::profiles_in_workspace(self.records.reads(), workspace, handles).await
    }
}
