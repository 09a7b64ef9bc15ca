//! One-ID: handles, evidence, persons and profiles, and finding people by them. See the README for the words and the
//! invariants.

mod http;
mod model;
mod ops;
mod rules;
mod store;
mod subscribe;

use std::{collections::BTreeMap, error::Error, sync::Arc};

use async_trait::async_trait;
use db::{ConnectionTrait, DbError, Migration, Records};
use facts::{Fact, NamedId};
use kernel::{CampaignId, Clock, Entropy, Handle, Offset, Scope, UnitId, WorkspaceId};
use river::Rivers;
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, openapi::Tag};

use crate::subscribe::directory::Directories;

pub use model::{Profile, fan::WeChatPerson};
pub use ops::{
    fans::{Customers, WeChatSignIn},
    stand_in::StandIn,
};
pub use subscribe::Interning;

/// The slice's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "identity_0001_handles", sql: include_str!("../migrations/0001_identity.sql") },
    Migration { name: "identity_0002_search", sql: include_str!("../migrations/0002_search.sql") },
    Migration { name: "identity_0003_activity", sql: include_str!("../migrations/0003_activity.sql") },
    Migration { name: "identity_0004_privacy", sql: include_str!("../migrations/0004_privacy.sql") },
    Migration { name: "identity_0005_evidence", sql: include_str!("../migrations/0005_evidence.sql") },
    Migration { name: "identity_0006_decisions", sql: include_str!("../migrations/0006_decisions.sql") },
    Migration { name: "identity_0007_fans", sql: include_str!("../migrations/0007_fans.sql") },
];

/// The slice in the OpenAPI document.
pub const TAG: Tag = Tag { name: "identity", zh: "用户", en: "People: finding them, and what is known of one" };

/// Why another slice could not answer.
pub type PortError = Box<dyn Error + Send + Sync>;

/// A unit by id and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitBrief {
    /// Its id.
    pub id: UnitId,
    /// Its name; the id again when nobody knows it.
    pub name: String,
}

/// Where a person stands, over the campaigns in which a scope covers them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// In how many campaigns they are seen.
    pub campaigns: u32,
    /// Most people they brought in one of them, directly or not.
    pub reach: u32,
    /// Whom their root belongs to, in the campaign they joined last.
    pub unit: Option<UnitBrief>,
}

/// Who may see whom, and where people stand in the network.
#[async_trait]
pub trait Circles: Send + Sync {
    /// Everybody, by name, who has a place under a root in scope; in no order, some of them more than once.
    fn within(&self, workspace: WorkspaceId, scope: &Scope) -> Vec<Handle>;

    /// Where each of these people stands.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn standings(
        &self,
        workspace: WorkspaceId,
        scope: &Scope,
        persons: &[Handle],
    ) -> Result<Vec<Standing>, PortError>;

    /// The campaigns in which one of these people has a place, each once.
    fn campaigns(&self, workspace: WorkspaceId, persons: &[Handle]) -> Vec<CampaignId>;

    /// What staff and keys are called, by `staff:<id>` and `key:<id>`.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn actors(&self, workspace: WorkspaceId) -> Result<BTreeMap<String, String>, PortError>;
}

/// A page of what a person did.
#[derive(Clone, Debug)]
pub struct TimelinePage {
    /// All handles of the person.
    pub handles: Vec<Handle>,
    /// Only facts of this name.
    pub event: Option<String>,
    /// Only facts before this one.
    pub before: Option<Offset>,
    /// So many at most.
    pub limit: usize,
}

/// What people did.
#[async_trait]
pub trait Timelines: Send + Sync {
    /// The facts of a page, the latest first.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn page(&self, workspace: WorkspaceId, page: TimelinePage) -> Result<Vec<(Offset, Fact)>, PortError>;
}

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
    /// Customers at the brand's own pages.
    pub customers: Customers,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids of new facts come from.
    pub entropy: Arc<dyn Entropy>,
    /// Notified when facts wait in the outbox.
    pub signal: Arc<Notify>,
}

/// The slice's endpoints.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    http::router(wiring, gate)
}

/// Whom an id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAs {
    /// All ids of the person, the one asked about first.
    pub ids: Vec<NamedId>,
    /// All their handles; none when nobody was heard of under the id.
    pub handles: Vec<Handle>,
    /// They paid an order.
    pub bought: bool,
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

    /// The stage that digests facts into handles, evidence and profiles.
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
        let found = store::handles_in_workspace(self.records.reads(), workspace, &[key.into()]).await?;
        Ok(found.into_iter().next().map(|(_, handle)| handle))
    }

    /// Which of these ids were ever seen.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn find_all<'a>(
        &self,
        workspace: WorkspaceId,
        keys: &[facts::WhoKey<'a>],
    ) -> Result<std::collections::BTreeSet<facts::WhoKey<'a>>, DbError> {
        let storable: Vec<rules::Key<'a>> = keys.iter().copied().filter(rules::storable).map(Into::into).collect();
        let found = store::handles_in_workspace(self.records.reads(), workspace, &storable).await?;
        let found: rustc_hash::FxHashSet<rules::Key<'a>> = found.into_iter().map(|(key, _)| key).collect();
        Ok(keys.iter().copied().filter(|key| found.contains(&(*key).into())).collect())
    }

    /// All handles of the person this handle belongs to, the earliest first.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn handles(&self, workspace: WorkspaceId, handle: Handle) -> Result<Vec<Handle>, DbError> {
        store::person_handles(self.records.reads(), workspace, handle).await
    }

    /// The persons these handles belong to, each once, with all their handles, the earliest first. In the transaction of the
    /// reader it says what facts have changed so far.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn persons_within(
        conn: &impl ConnectionTrait,
        workspace: WorkspaceId,
        handles: &[Handle],
    ) -> Result<Vec<Vec<Handle>>, DbError> {
        store::persons_in_workspace(conn, workspace, handles).await
    }

    /// Whom each of these ids stands for, in the order asked, as far as the transaction has come. An id that was never heard of stands
    /// for itself alone.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn known_within(
        conn: &impl ConnectionTrait,
        workspace: WorkspaceId,
        ids: &[NamedId],
    ) -> Result<Vec<KnownAs>, DbError> {
        ops::known::known(conn, workspace, ids).await
    }

    /// The same, as it is now.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn persons(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Vec<Handle>>, DbError> {
        store::persons_in_workspace(self.records.reads(), workspace, handles).await
    }

    /// Handles behind one under which somebody let us know anything, the first of them.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn known_after(
        &self,
        workspace: WorkspaceId,
        after: Handle,
        limit: usize,
    ) -> Result<Vec<Handle>, DbError> {
        store::profiled_after(self.records.reads(), workspace, after, limit).await
    }

    /// Handles behind one under which this event was booked, the first of them.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn who_did_after(
        &self,
        workspace: WorkspaceId,
        event: &str,
        after: Handle,
        limit: usize,
    ) -> Result<Vec<Handle>, DbError> {
        store::active_after(self.records.reads(), workspace, event, after, limit).await
    }

    /// Everybody who let us know that they live in this city, by the earliest handle of each.
    ///
    /// # Errors
    /// When everybody is still being read.
    pub async fn who_lives_in(&self, workspace: WorkspaceId, city: &str) -> Result<Vec<Handle>, PortError> {
        let Some(directory) = self.directories.get(workspace) else { return Ok(Vec::new()) };
        let filter = model::Filter { city: Some(city.to_owned()), ..model::Filter::default() };
        let ask = model::Ask { filter, limit: usize::MAX, ..model::Ask::default() };
        Ok(directory.read(move |index| index.search(&ask).hits.into_iter().map(|hit| hit.person).collect()).await?)
    }

    /// The id that speaks for a person on the brand's own pages, and owns what is theirs there; nothing when there is no such person, or
    /// they are known by ids of other kinds alone. A phone number or an address never owns anything.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn speaking(&self, workspace: WorkspaceId, person: Handle) -> Result<Option<NamedId>, DbError> {
        let reads = self.records.reads();
        let handles = store::person_handles(reads, workspace, person).await?;
        let namespaces = rules::Namespaces::with(store::evidence::namespaces(reads, workspace).await?);
        Ok(rules::speaking(store::ids(reads, workspace, &handles).await?, &namespaces))
    }

    /// What is known under these handles; handles without a profile are left out.
    ///
    /// # Errors
    /// [`DbError`] when the records cannot be read.
    pub async fn profiles(&self, workspace: WorkspaceId, handles: &[Handle]) -> Result<Vec<Profile>, DbError> {
        store::profiles_in_workspace(self.records.reads(), workspace, handles).await
    }
}
