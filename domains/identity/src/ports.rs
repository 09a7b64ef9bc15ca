//! What the slice asks of others; the app fills it in.

use std::error::Error;

use async_trait::async_trait;
use facts::Fact;
use kernel::{Handle, Offset, Scope, UnitId, WorkspaceId};

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
