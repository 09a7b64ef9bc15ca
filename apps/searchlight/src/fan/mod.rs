//! Pages for customers, served from the binary.

mod stand_in;

use std::sync::Arc;

use axum::Router;
use identity::StandIn;

/// Everything under `/f/`.
pub fn router(stand_in: Option<Arc<StandIn>>) -> Router {
    stand_in.map_or_else(Router::new, stand_in::router)
}
