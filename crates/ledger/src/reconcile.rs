//! Reconciliation: what is kept of accounts against what the transfers say.

use db::{ConnectionTrait, DbError};
use kernel::WorkspaceId;

use crate::{
    model::{Account, AccountKey},
    store,
};

/// Differences that are told at most.
const DIFFERENCES_MAX: u32 = 100;

/// An account that does not have what its transfers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub key: AccountKey,
    /// What is kept of it.
    pub kept: Account,
    /// What transfers and open holds say.
    pub told: Account,
}

/// Adds up all transfers and open holds of a workspace anew and compares. Nothing is changed; nothing comes back when the books are
/// right. It reads every transfer there is.
///
/// # Errors
/// [`DbError`] by class.
pub async fn reconcile<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Vec<Difference>, DbError> {
    let found = store::differences(conn, workspace, DIFFERENCES_MAX).await?;
    Ok(found.into_iter().map(|(key, kept, told)| Difference { key, kept, told }).collect())
}
