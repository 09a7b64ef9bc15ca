//! What is spread: short links that are counted, codes, and pages made of blocks. See the README for the words and the invariants.

mod http;
mod model;
mod ops;
mod rules;
mod store;
mod subscribe;

use std::{collections::BTreeMap, error::Error, sync::Arc};

use async_trait::async_trait;
use db::{DbError, Group, Migration, Records, Tx};
use facts::NamedId;
use kernel::{CampaignId, Clock, Entropy, Handle, RootOwner, StaffId, UnitId, WorkspaceId};
use river::Rivers;
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, Fans, openapi::Tag};

use crate::ops::{Deciding, shelf::Shelf};

pub use crate::subscribe::Counting;

/// The slice's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "content_0001_links_and_pages", sql: include_str!("../migrations/0001_content.sql") }];

/// The slice in the OpenAPI document.
pub const TAG: Tag = Tag { name: "content", zh: "内容与传播链接", en: "What is spread: links, codes, pages" };

/// Why another slice could not answer.
pub type PortError = Box<dyn Error + Send + Sync>;

/// Who is who, as a transaction sees it.
#[async_trait]
pub trait Persons: Send + Sync {
    /// The persons these handles belong to, each once, with all their handles; as far as the transaction has come.
    ///
    /// # Errors
    /// [`DbError`] by class.
    async fn within(&self, tx: &Tx, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, DbError>;
}

/// Another slice knows customers by the tokens of their browsers.
#[async_trait]
pub trait Visitors: Send + Sync {
    /// A token for a browser that was never here, and the id it stands for.
    fn newcomer(&self, workspace: WorkspaceId) -> (String, NamedId);

    /// The id a token stands for; nothing when it could not have come from us.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn known(&self, workspace: WorkspaceId, token: &str) -> Result<Option<NamedId>, PortError>;
}

/// Another slice knows campaigns, and who brings whom in them.
#[async_trait]
pub trait Campaigns: Send + Sync {
    /// What a campaign is called; nothing when nobody set it up.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn name(&self, workspace: WorkspaceId, campaign: &CampaignId) -> Result<Option<String>, PortError>;

    /// A token that stands for this owner in the campaign, and the fact that declares them a root, as the log holds it; nothing for
    /// nobody.
    fn root(&self, workspace: WorkspaceId, campaign: &CampaignId, owner: &RootOwner) -> Option<(String, Vec<u8>)>;
}

/// What units and staff are called.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Names of all units.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn units(&self, workspace: WorkspaceId) -> Result<BTreeMap<UnitId, String>, PortError>;

    /// Everybody who works for the brand and may come in, with the unit they work in.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn staff(&self, workspace: WorkspaceId) -> Result<BTreeMap<StaffId, (String, Option<UnitId>)>, PortError>;
}

/// What the slice is wired to.
pub struct Wiring {
    /// Links, pages and the outbox.
    pub records: Records,
    /// Where facts go.
    pub rivers: Arc<Rivers>,
    /// Who opens links.
    pub visitors: Arc<dyn Visitors>,
    /// What links are counted to.
    pub campaigns: Arc<dyn Campaigns>,
    /// Whose they are.
    pub directory: Arc<dyn Directory>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes codes.
    pub entropy: Arc<dyn Entropy>,
    /// Notified when a command wrote to the outbox.
    pub signal: Arc<Notify>,
}

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slice {
    records: Records,
    commands: Group<Deciding>,
    shelf: Arc<Shelf>,
    rivers: Arc<Rivers>,
    visitors: Arc<dyn Visitors>,
    campaigns: Arc<dyn Campaigns>,
    directory: Arc<dyn Directory>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    signal: Arc<Notify>,
}

impl Slice {
    pub(crate) fn new(wiring: Wiring) -> Self {
        let Wiring { records, rivers, visitors, campaigns, directory, clock, entropy, signal } = wiring;
        let (commands, shelf) = (records.group(Deciding), Arc::new(Shelf::new(records.clone())));
        Self { records, commands, shelf, rivers, visitors, campaigns, directory, clock, entropy, signal }
    }
}

/// The slice's endpoints. Links at hand are kept here, so there is one router of a house.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>, fans: Arc<dyn Fans>) -> OpenApiRouter {
    http::router(Slice::new(wiring), gate, fans)
}
