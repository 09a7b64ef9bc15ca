//! One-ID, first form: handles, links and profiles, and finding people by them. See the README for the words and the
//! invariants.

mod directory;
mod http;
mod model;
mod ops;
mod ports;
mod rules;
mod store;
mod subscribe;

use std::sync::Arc;

use db::{DbError, Migration, Records};
use kernel::{Handle, WorkspaceId};
use river::Rivers;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, openapi::Tag};

use crate::directory::Directories;

pub use model::Profile;
pub use ports::{Circles, PortError, Standing, TimelinePage, Timelines, UnitBrief};
pub use subscribe::Interning;

/// The slice's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "identity_0001_handles", sql: include_str!("../migrations/0001_identity.sql") },
    Migration { name: "identity_0002_search", sql: include_str!("../migrations/0002_search.sql") },
];

/// The slice in the OpenAPI document.
pub const TAG: Tag = Tag { name: "identity", zh: "用户", en: "People: finding them, and what is known of one" };

/// What the slice's endpoints are wired to.
pub struct Wiring {
    /// Who is who.
    pub people: People,
    /// Where reads wait for facts.
    pub rivers: Arc<Rivers>,
    /// Who may see whom, and where people stand.
    pub circles: Arc<dyn Circles>,
    /// What people did.
    pub timelines: Arc<dyn Timelines>,
}

/// The slice's endpoints.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    http::router(wiring, gate)
}

/// What other slices may ask, through ports they declare themselves.
#[derive(Clone)]
pub struct People {
    records: Records,
    directories: Arc<Directories>,
}

impl People {
    /// Answers from these records.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self { records, directories: Arc::default() }
    }

    /// The stage that digests facts into handles, links and profiles.
    #[must_use]
    pub fn stage(&self) -> Arc<Interning> {
        Arc::new(Interning::new(Arc::clone(&self.directories)))
    }

    /// Begins to keep a workspace's people at hand, so that they can be looked for. To be called before its river flows;
    /// returns at once.
    pub fn open(&self, workspace: WorkspaceId) {
        self.directories.open(&self.records, workspace);
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
