//! What the endpoints of orders share.

pub(super) mod cancel;
pub(super) mod create;
pub(super) mod draft;
pub(super) mod give;
pub(super) mod list;
pub(super) mod read;
pub(super) mod refund;
pub(super) mod view;

use kernel::{ErrorCode, WorkspaceId};
use web::Problem;

use crate::{Slice, model::order::Order, store};

impl Slice {
    /// An order of the brand.
    pub(super) async fn order(&self, workspace: WorkspaceId, id: &str) -> Result<Order, Problem> {
        let found = store::orders::order_in_workspace(self.records.reads(), workspace, id).await;
        found.map_err(Problem::unavailable)?.ok_or_else(|| ErrorCode::NotFound.into())
    }
}
