//! `GET /api/v1/ledger/reconciliation`

use axum::extract::State;
use kernel::Timestamp;
use ledger::reconcile::{DIFFERENCES_MAX, Difference, reconcile};
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanSeeLedger, Json, Problem};

use super::view::AccountView;
use crate::Slice;

/// An account that does not have what its transfers say.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerDifference)]
struct DifferenceView {
    /// What is kept of it.
    kept: AccountView,
    /// What transfers and open holds add up to.
    told: AccountView,
}

impl From<Difference> for DifferenceView {
    fn from(Difference { key, kept, told }: Difference) -> Self {
        Self { kept: AccountView::of(&key, kept), told: AccountView::of(&key, told) }
    }
}

/// What came of adding everything up anew.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerReconciliation)]
pub(super) struct Reconciliation {
    /// Whether the books are right.
    right: bool,
    /// When it was added up.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Accounts that do not have what their transfers say.
    differences: Vec<DifferenceView>,
    /// Whether there may be more of them than are told.
    more: bool,
}

/// Reconcile the ledger
///
/// All transfers and open holds are added up anew and compared with what is kept of each account. Nothing is changed. It reads every
/// transfer there is.
#[utoipa::path(
    get, path = "/api/v1/ledger/reconciliation", tag = "ledger", operation_id = "ledger.reconciliation.read",
    responses((status = 200, body = Reconciliation)),
    extensions(("x-permission" = json!("see_ledger"))),
)]
pub(super) async fn read(caller: CanSeeLedger, State(slice): State<Slice>) -> Result<Json<Reconciliation>, Problem> {
    let found = reconcile(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    let more = found.len() >= DIFFERENCES_MAX as usize;
    let differences: Vec<DifferenceView> = found.into_iter().map(Into::into).collect();
    Ok(Json(Reconciliation { right: differences.is_empty(), at: slice.clock.now(), differences, more }))
}
