//! The ledger as staff see it, and points they give by hand. See the README for the words and what always holds.

mod http;
mod ops;
#[cfg(test)]
mod testing;

use std::{error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use db::{Group, Records};
use facts::NamedId;
use kernel::{Clock, Entropy, Handle, WorkspaceId};
use ledger::Ledger;
use utoipa_axum::router::OpenApiRouter;
use web::{Authenticate, openapi::Tag};

use crate::ops::Giving;

/// The slice in the OpenAPI document.
pub const TAG: Tag = Tag { name: "ledger", zh: "账本", en: "Ledger: who has what, and how it came about" };

/// How often it is looked for holds and lots that ended.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Why another slice could not answer.
pub type PortError = Box<dyn Error + Send + Sync>;

/// Who is who.
#[async_trait]
pub trait Persons: Send + Sync {
    /// The id that speaks for a person on the brand's own pages, and whose accounts are theirs; nothing when there is no such person, or
    /// they have no id that may own anything.
    ///
    /// # Errors
    /// Whatever keeps the answer away at the moment.
    async fn speaking(&self, workspace: WorkspaceId, person: Handle) -> Result<Option<NamedId>, PortError>;
}

/// What the slice is wired to.
pub struct Wiring {
    /// Where the ledger is.
    pub records: Records,
    /// Who is who.
    pub persons: Arc<dyn Persons>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
}

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Slice {
    records: Records,
    giving: Group<Giving>,
    persons: Arc<dyn Persons>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// The slice's endpoints.
#[must_use]
pub fn router(wiring: Wiring, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    let Wiring { records, persons, clock, entropy } = wiring;
    let giving = records.group(Giving);
    http::router(Slice { records, giving, persons, clock, entropy }, gate)
}

/// Settles holds and lots that ended, until the future is dropped. What could not be settled is seen again the next time.
pub async fn keep(records: Records, clock: Arc<dyn Clock>) {
    let ledger = Ledger::new(&records);
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        if let Err(error) = ledger.sweep(clock.now()).await {
            tracing::warn!(%error, "what ended in the ledger could not be settled");
        }
    }
}
