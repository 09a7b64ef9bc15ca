//! One file per endpoint.

mod append;
mod body;
mod imports;
mod list_facts;
mod list_rejections;
mod post_facts;
mod read_volume;
mod segment;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::FromRef;
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
        .routes(routes!(list_rejections::list))
        .routes(routes!(read_volume::read))
        .merge(segment::router())
        .merge(imports::router())
        .with_state(Http { doors, gate })
}
