//! One file per endpoint.

mod any_origin;
mod append;
mod body;
mod imports;
mod list_facts;
mod list_health;
mod list_rejections;
mod list_shapes;
mod post_facts;
mod read_volume;
mod sa;
mod segment;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::FromRef;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Authenticate;

use self::sa::Patience;
use crate::Doors;

#[derive(Clone, FromRef)]
pub(crate) struct Http {
    doors: Doors,
    gate: Arc<dyn Authenticate>,
    patience: Patience,
}

pub(crate) fn router(doors: Doors, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    patient_router(doors, gate, Patience::default())
}

/// The same, with another patience with a log that refuses.
pub(crate) fn patient_router(doors: Doors, gate: Arc<dyn Authenticate>, patience: Patience) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(post_facts::post, list_facts::list))
        .routes(routes!(list_rejections::list))
        .routes(routes!(read_volume::read))
        .routes(routes!(list_health::list))
        .routes(routes!(list_shapes::list))
        .merge(segment::router())
        .merge(sa::router())
        .merge(imports::router())
        .with_state(Http { doors, gate, patience })
}
