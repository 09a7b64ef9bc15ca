//! What is for sale, and what became of it. See the README for the words and the invariants.

mod http;
pub mod model;
mod ops;
pub mod rules;
mod store;

use std::sync::Arc;

use db::{Group, Migration, Records};
use kernel::{Clock, Entropy};
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, Fans, openapi::Tag};

use crate::ops::Deciding;

pub use crate::ops::{
    pay::{AskBack, Begin, Begun, Callback, Known, PaymentError, Payments},
    sandbox::Sandbox,
};

/// The slice's tables.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "commerce_0001_products", sql: include_str!("../migrations/0001_products.sql") }];

/// The slice in the OpenAPI document.
pub const TAG: Tag = Tag { name: "commerce", zh: "商品与订单", en: "Products, stock, prices, orders and refunds" };

/// What the slice is wired to.
#[derive(Clone)]
pub struct Wiring {
    /// Products, orders, the ledger and the outbox.
    pub records: Records,
    /// Who customers are.
    pub fans: Arc<dyn Fans>,
    /// Who takes money and gives it back; nobody when none is set up.
    pub payments: Option<Arc<dyn Payments>>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
    /// Notified when a command wrote to the outbox.
    pub signal: Arc<Notify>,
}

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slice {
    records: Records,
    commands: Group<Deciding>,
    payments: Option<Arc<dyn Payments>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    signal: Arc<Notify>,
}

impl Slice {
    pub(crate) fn new(wiring: Wiring) -> Self {
        let Wiring { records, fans: _, payments, clock, entropy, signal } = wiring;
        let commands = records.group(Deciding);
        Self { records, commands, payments, clock, entropy, signal }
    }
}

/// The slice's endpoints.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    let fans = Arc::clone(&wiring.fans);
    http::router(Slice::new(wiring), gate, fans)
}

/// Looks after orders that wait for something, until the future is dropped.
pub async fn keep(wiring: Wiring) {
    Slice::new(wiring).keep().await;
}
