//! What follows from what happened. So far: reminders for staff, "so long after a fact unless another", birthdays and festivals, at
//! the right local time. See the README for the words and the invariants.

mod http;
pub mod model;
mod ops;
mod rules;
mod store;
mod subscribe;
#[cfg(test)]
mod testing;

use std::{collections::BTreeMap, error::Error, sync::Arc};

use async_trait::async_trait;
use db::{DbError, Group, Migration, Records, Tx};
use kernel::{Clock, Entropy, Handle, RootOwner, StaffId, UnitId, WorkspaceId};
use river::Rivers;
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, openapi::Tag};

use crate::ops::Deciding;

pub use crate::subscribe::Hearing;

/// The slice's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "journey_0001_reminders", sql: include_str!("../migrations/0001_reminders.sql") }];

/// The slice in the OpenAPI document.
pub const TAG: Tag = Tag { name: "journey", zh: "提醒", en: "Reminders: whom staff should turn to, and why now" };

/// Why another slice could not answer.
pub type PortError = Box<dyn Error + Send + Sync>;

/// Somebody who works for the brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Their id.
    pub id: StaffId,
    /// For people.
    pub name: String,
    /// Where they work, if anywhere in particular.
    pub unit: Option<UnitId>,
}

/// Who is who, as a transaction sees it.
#[async_trait]
pub trait Persons: Send + Sync {
    /// The persons these handles belong to, each once, with all their handles, the earliest first; as far as the transaction has
    /// come.
    ///
    /// # Errors
    /// [`DbError`] by class.
    async fn within(&self, tx: &Tx, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, DbError>;
}

/// What other slices know of people and of those who work for the brand.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The persons these handles belong to, each once, with all their handles, the earliest first.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn persons(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, PortError>;

    /// Whom the root of each of these people belongs to, in the campaign they joined last; in the order asked.
    fn owners(&self, workspace: WorkspaceId, people: &[Handle]) -> Vec<RootOwner>;

    /// What is told as a name under these handles.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn names(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<BTreeMap<Handle, String>, PortError>;

    /// The next handles behind `after` of an audience, at most so many, some person perhaps under several; fewer than `limit`
    /// may fit. With the handle to go on behind, if there are more.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn audience(
        &self,
        workspace: WorkspaceId,
        audience: model::Audience,
        after: Handle,
        limit: usize,
    ) -> Result<(Vec<Handle>, Option<Handle>), PortError>;

    /// Everybody who works for the brand and may come in.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn staff(&self, workspace: WorkspaceId) -> Result<Vec<Colleague>, PortError>;

    /// Names of all units.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn units(&self, workspace: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError>;
}

/// What the slice is wired to.
pub struct Wiring {
    /// Rules, reminders and the outbox.
    pub records: Records,
    /// Where facts of the past are read.
    pub rivers: Arc<Rivers>,
    /// Who is who.
    pub persons: Arc<dyn Persons>,
    /// What other slices know.
    pub directory: Arc<dyn Directory>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
    /// Notified when a command wrote to the outbox.
    pub signal: Arc<Notify>,
}

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slice {
    records: Records,
    commands: Group<Deciding>,
    rivers: Arc<Rivers>,
    directory: Arc<dyn Directory>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    signal: Arc<Notify>,
}

impl Slice {
    pub(crate) fn new(wiring: Wiring) -> Self {
        let Wiring { records, rivers, persons, directory, clock, entropy, signal } = wiring;
        let commands = records.group(Deciding { persons });
        Self { records, commands, rivers, directory, clock, entropy, signal }
    }
}

/// The slice's endpoints.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    http::router(Slice::new(wiring), gate)
}

/// Tells what falls due, and counts what new rules have missed, until the future is dropped.
pub async fn keep(wiring: Wiring) {
    Slice::new(wiring).keep().await;
}
