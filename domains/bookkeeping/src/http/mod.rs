//! One file per endpoint.

mod give_points;
mod list_accounts;
mod list_transfers;
mod reconcile;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use axum::extract::FromRef;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Authenticate;

use crate::Slice;

#[derive(Clone, FromRef)]
struct Http {
    slice: Slice,
    gate: Arc<dyn Authenticate>,
}

pub(crate) fn router(slice: Slice, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(list_accounts::units))
        .routes(routes!(list_accounts::list))
        .routes(routes!(list_transfers::list))
        .routes(routes!(list_transfers::chain))
        .routes(routes!(reconcile::read))
        .routes(routes!(give_points::give))
        .with_state(Http { slice, gate })
}
