//! The task that keeps a lake: it follows the records, compacts, and removes what was replaced.

use std::{sync::Arc, time::Duration};

use factlog::FactLog;
use kernel::Clock;
use tokio::sync::watch;

use crate::{Bookings, Lake, LakeError, LakeWriter, Options, error::chain};

/// How often it looks whether there is something to do.
const PAUSE: Duration = Duration::from_secs(1);
/// How long to leave the store alone after it refused: doubled from the pause up to this.
const PAUSE_LAST: Duration = Duration::from_secs(60);

/// Keeps one workspace's lake.
pub struct Keeper {
    lake: Lake,
    writer: LakeWriter,
    log: Arc<FactLog>,
    bookings: Arc<dyn Bookings>,
    clock: Arc<dyn Clock>,
}

impl Keeper {
    /// A keeper of a lake, the log it follows and the records that book it.
    #[must_use]
    pub fn new(
        lake: Lake,
        options: Options,
        log: Arc<FactLog>,
        bookings: Arc<dyn Bookings>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { writer: LakeWriter::new(lake.clone(), options), lake, log, bookings, clock }
    }

    /// Works until it is told to stop, or until something needs a person's hand; that is said in the log. There is nothing
    /// to write down at the end: what is not in the lake is in the log.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let workspace = self.lake.workspace;
        let mut pause = PAUSE;
        while !*stop.borrow() && stop.has_changed().is_ok() {
            match self.round().await {
                Ok(true) => {
                    pause = PAUSE;
                    continue;
                }
                Ok(false) => pause = PAUSE,
                Err(error) if error.is_final() => {
                    tracing::error!(%workspace, reason = chain(&error), "the lake is no longer written");
                    metrics::counter!("searchlight_lake_failures_total").increment(1);
                    return;
                }
                Err(error) => {
                    tracing::warn!(%workspace, reason = chain(&error), "the lake could not be written; trying again");
                    metrics::counter!("searchlight_lake_failures_total").increment(1);
                    pause = (pause * 2).min(PAUSE_LAST);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                changed = stop.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Does one of each thing that is due. `true` when more may be due at once.
    ///
    /// # Errors
    /// [`LakeError`]; the next round goes on from what is in the store.
    pub async fn round(&mut self) -> Result<bool, LakeError> {
        let now = self.clock.now();
        let followed = self.writer.follow(&self.log, &*self.bookings, now).await?;
        let compacted = self.writer.compact(now).await?;
        self.writer.sweep(now).await?;
        self.measure();
        Ok(followed || compacted)
    }

    fn measure(&self) {
        let manifest = self.lake.manifest();
        let workspace = self.lake.workspace.to_string();
        let gauge = |name: &'static str, value: u64| {
            metrics::gauge!(name, "workspace" => workspace.clone()).set(value as f64);
        };
        gauge("searchlight_lake_files", manifest.files.len() as u64);
        gauge("searchlight_lake_rows", manifest.rows());
        gauge("searchlight_lake_bytes", manifest.bytes());
        gauge("searchlight_lake_lag_facts", self.log.end().0.saturating_sub(manifest.next_offset.0));
    }
}
