//! Pages for customers, served from the binary under `/f/`.
//!
//! A phone that opens a link shows something after one answer: the server writes the head that chats read for their cards, asks the API
//! what the page would ask first, in the visitor's own name, and lays the answer into the page.

mod files;
mod head;
mod shell;
mod stand_in;

use std::sync::Arc;

use access::Access;
use axum::{Router, routing::get};
use identity::{Customers, StandIn};

/// What the pages are made from.
#[derive(Clone)]
pub struct Pages {
    /// The API, asked without a way through the network.
    pub inside: Router,
    /// Knows the brands.
    pub access: Access,
    /// Knows the visitors.
    pub customers: Customers,
    /// Where visitors sign in while things are tried out.
    pub stand_in: Option<Arc<StandIn>>,
}

/// Everything under `/f/`.
pub fn router(pages: Pages) -> Router {
    let stand_in = pages.stand_in.clone().map_or_else(Router::new, stand_in::router);
    let shells = Router::new()
        .route("/f/{workspace}/", get(shell::page))
        .route("/f/{workspace}/{*rest}", get(shell::page))
        .with_state(pages);
    Router::new().route("/f/-/{*file}", get(files::file)).merge(stand_in).merge(shells)
}
