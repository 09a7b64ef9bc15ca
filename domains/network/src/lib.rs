//! Who brought whom, how far, who matters, and how to reach them: the share graph of a workspace. See the README for the
//! words and the invariants.

mod http;
pub mod model;
mod ops;
pub mod rules;
mod store;
mod subscribe;

use std::{collections::BTreeMap, error::Error, sync::Arc};

use async_trait::async_trait;
use db::{Group, Migration, Records};
use kernel::{Clock, Entropy, Handle, StaffId, UnitId, WorkspaceId};
use river::Rivers;
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, openapi::Tag};

use crate::ops::{
    bulk_reach::Bulks, command::Deciding, reach_tasks::ReachDeciding, review_rings::Reviewing,
    set_threshold::Thresholds, study::Studies,
};

pub use crate::{
    ops::{lab, recognise::Recognising, roots::Roots},
    subscribe::{LiveNetwork, Networks},
};

/// The slice's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "network_0001_campaigns", sql: include_str!("../migrations/0001_network.sql") },
    Migration { name: "network_0002_kocs", sql: include_str!("../migrations/0002_kocs.sql") },
    Migration { name: "network_0003_rings", sql: include_str!("../migrations/0003_rings.sql") },
    Migration { name: "network_0004_studies", sql: include_str!("../migrations/0004_studies.sql") },
    Migration { name: "network_0005_reach", sql: include_str!("../migrations/0005_reach.sql") },
];

/// The slice in the OpenAPI document.
pub const TAG: Tag =
    Tag { name: "network", zh: "企业社会网络", en: "Campaigns, cascades, key users, reach paths" };

/// What a person let us know under one of their handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Under which handle.
    pub handle: Handle,
    /// What they let us know.
    pub known: facts::Identified,
}

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

/// Why another slice could not answer.
pub type PortError = Box<dyn Error + Send + Sync>;

/// What other slices know: who people are, and what units are called.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The handle of an id, if it was ever seen.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn find(&self, workspace: WorkspaceId, key: facts::WhoKey<'_>) -> Result<Option<Handle>, PortError>;

    /// Profiles under these handles, where there are any.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn profiles(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Profile>, PortError>;

    /// Everybody who works for the brand and may come in.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn staff(&self, workspace: WorkspaceId) -> Result<Vec<Colleague>, PortError>;

    /// Names of all units.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn units(&self, workspace: WorkspaceId) -> Result<Arc<BTreeMap<UnitId, String>>, PortError>;

    /// The city each unit stands in, by name; units that stand in none are left out.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn cities(&self, workspace: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError>;

    /// Handles of everybody who let us know that they live in this city.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn who_lives_in(&self, workspace: WorkspaceId, city: &str) -> Result<Vec<Handle>, PortError>;
}

/// What the slice is wired to.
pub struct Wiring {
    /// Campaigns and the outbox.
    pub records: Records,
    /// Where reads wait for facts.
    pub rivers: Arc<Rivers>,
    /// Live state.
    pub networks: Arc<Networks>,
    /// What other slices know.
    pub directory: Arc<dyn Directory>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes tokens.
    pub entropy: Arc<dyn Entropy>,
    /// Notified when a command wrote to the outbox.
    pub signal: Arc<Notify>,
}

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slice {
    records: Records,
    commands: Group<Deciding>,
    reviews: Group<Reviewing>,
    thresholds: Group<Thresholds>,
    reaching: Group<ReachDeciding>,
    bulks: Arc<Bulks>,
    rivers: Arc<Rivers>,
    networks: Arc<Networks>,
    directory: Arc<dyn Directory>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    signal: Arc<Notify>,
    studies: Arc<Studies>,
}

impl Slice {
    fn new(wiring: Wiring) -> Self {
        let Wiring { records, rivers, networks, directory, clock, entropy, signal } = wiring;
        let (commands, reviews) = (records.group(Deciding), records.group(Reviewing));
        let (thresholds, reaching) = (records.group(Thresholds), records.group(ReachDeciding));
        Self {
            records,
            commands,
            reviews,
            thresholds,
            reaching,
            studies: Arc::default(),
            bulks: Arc::default(),
            rivers,
            networks,
            directory,
            clock,
            entropy,
            signal,
        }
    }
}

/// The slice's endpoints.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    http::router(Slice::new(wiring), gate)
}

/// Searches every brand for rings of people who may be cheating, now and then, until the future is dropped.
pub async fn watch(wiring: Wiring) {
    Slice::new(wiring).watch().await;
}
