//! What is kept of people, tags on them, and live segments over them. See the README for the words and the invariants.

mod http;
pub mod model;
mod ops;
pub mod rules;
mod store;
mod subscribe;

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use db::{Migration, Records};
use facts::Identified;
use kernel::{Clock, Entropy, Handle, Scope, WorkspaceId};
use river::Rivers;
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, Fans, openapi::Tag};

use crate::ops::Slice;

pub use subscribe::{Audiences, LiveAudience};

/// The slice's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "audience_0001_segments", sql: include_str!("../migrations/0001_audience.sql") },
    Migration { name: "audience_0002_forms", sql: include_str!("../migrations/0002_forms.sql") },
];

/// The slice in the OpenAPI document.
pub const TAG: Tag =
    Tag { name: "audience", zh: "人群", en: "Segments, traits and tags: who people are to the brand" };

/// Why another slice could not answer.
pub type PortError = Box<dyn Error + Send + Sync>;

/// What other slices know: who people are, and who may see them.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Everybody, by name, who has a place under a root in scope; in no order, some of them more than once. It may take a
    /// moment.
    fn within(&self, workspace: WorkspaceId, scope: &Scope) -> Vec<Handle>;

    /// The handle of an id, if it was ever seen.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn find(&self, workspace: WorkspaceId, key: facts::WhoKey<'_>) -> Result<Option<Handle>, PortError>;

    /// What people let us know, under those of these handles where there is anything.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn profiles(
        &self,
        workspace: WorkspaceId,
        handles: &[Handle],
    ) -> Result<Vec<(Handle, Identified)>, PortError>;
}

/// What the slice is wired to.
#[derive(Clone)]
pub struct Wiring {
    /// Definitions and the outbox.
    pub records: Records,
    /// Where reads wait for facts.
    pub rivers: Arc<Rivers>,
    /// Live state.
    pub audiences: Arc<Audiences>,
    /// What other slices know.
    pub directory: Arc<dyn Directory>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
    /// Notified when facts wait in the outbox.
    pub signal: Arc<Notify>,
}

/// The slice's endpoints.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>, fans: Arc<dyn Fans>) -> OpenApiRouter {
    http::router(Slice::new(wiring), gate, fans)
}

/// Lets days pass in every brand, tells who came into a segment and who left it, and keeps its sizes, until the future is dropped.
pub async fn keep(wiring: Wiring) {
    Slice::new(wiring).keep().await;
}
