//! One file per endpoint.

mod append;
mod list_facts;
mod post_facts;
mod segment_batch;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRef};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Authenticate;

use crate::Doors;

#[derive(Clone, FromRef)]
pub(crate) struct Http {
    doors: Doors,
    gate: Arc<dyn Authenticate>,
}

pub(crate) fn router(doors: Doors, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(post_facts::post, list_facts::list))
        .routes(routes!(segment_batch::post))
        .layer(DefaultBodyLimit::max(post_facts::REQUEST_BYTES_MAX))
        .with_state(Http { doors, gate })
}
