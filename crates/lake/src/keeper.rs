//! The task that keeps a lake: it follows the records, compacts, removes what was replaced, and trims the log of what the
//! lake has.

use std::{sync::Arc, time::Duration};

use factlog::FactLog;
use kernel::{Clock, Offset};
use tokio::sync::watch;

use crate::{Bookings, Lake, LakeError, LakeWriter, Options, error::chain, lake::blocking, proof::Proof};

/// How long to leave the store alone after it refused: doubled from the pause up to this.
const PAUSE_LAST: Duration = Duration::from_secs(60);

/// Keeps one workspace's lake.
pub struct Keeper {
    lake: Lake,
    writer: LakeWriter,
    log: Arc<FactLog>,
    bookings: Arc<dyn Bookings>,
    clock: Arc<dyn Clock>,
    options: Options,
    /// Below this offset the log was trimmed as far as it can be.
    trimmed: Offset,
    proof: Proof,
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
        let (writer, proof) = (LakeWriter::new(lake.clone(), options), Proof::new(lake.clone(), options));
        Self { writer, lake, log, bookings, clock, options, trimmed: Offset::FIRST, proof }
    }

    /// Works until it is told to stop, or until something needs a person's hand; that is said in the log. There is nothing
    /// to write down at the end: what is not in the lake is in the log.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let workspace = self.lake.workspace;
        let usual = Duration::from_millis(self.options.pause_millis);
        let mut pause = usual;
        while !*stop.borrow() && stop.has_changed().is_ok() {
            match self.round().await {
                Ok(true) => {
                    pause = usual;
                    continue;
                }
                Ok(false) => pause = usual,
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
        self.trim().await?;
        self.proof.go_on(now).await?;
        self.measure();
        Ok(followed || compacted)
    }

    /// Trims the log below what both the records have digested and the lake has, durably.
    async fn trim(&mut self) -> Result<(), LakeError> {
        let below = self.lake.manifest().next_offset.min(self.bookings.end());
        if below <= self.trimmed || self.lake.is_held() {
            return Ok(());
        }
        let log = Arc::clone(&self.log);
        match blocking(move || log.trim_below(below)).await? {
            Ok(_) => self.trimmed = below,
            // It costs space, no fact.
            Err(error) => {
                tracing::warn!(workspace = %self.lake.workspace, %error, "the log could not be trimmed; trying again");
            }
        }
        Ok(())
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
        gauge("searchlight_log_start_offset", self.log.start().0);
        gauge("searchlight_lake_lag_facts", self.log.end().0.saturating_sub(manifest.next_offset.0));
    }
}
