//! The register of the doors: how much came from whom, and what was refused and why.
//!
//! It must never keep a door waiting, and a flood of refusals must not swell it. A door only notes in memory; a brand's
//! notes hold no more than the table does, so what they let go of would not have been kept anyway. Once a second, and before
//! anybody reads, the notes are handed to the grouped writer.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use db::{DbError, Decider, Group, Records, Tx, WriteError};
use kernel::{Clock, Timestamp, WorkspaceId};
use parking_lot::Mutex;
use tokio::{sync::watch, time::MissedTickBehavior};

use crate::{
    model::{Kept, Refusal, Volume},
    ops::Pulse,
    store::{self, RefusalQuery},
};

/// Refusals kept of a brand.
const REFUSALS_MAX: usize = 10_000;
/// Refusals written in one command, so that others do not wait for the writer.
const WRITTEN_MAX: usize = 1_000;
/// How long refusals and volumes are kept.
const KEPT_SECS: i64 = 7 * 24 * 3600;
/// How often the notes are written down.
const EVERY: Duration = Duration::from_secs(1);
const MINUTE_MICROS: i64 = 60_000_000;

/// What came to the doors of every brand.
pub struct Register {
    records: Records,
    group: Group<WriteDown>,
    clock: Arc<dyn Clock>,
    notes: Mutex<BTreeMap<WorkspaceId, Notes>>,
    /// How the sources are doing.
    pub(crate) pulse: Pulse,
}

/// What is not written down yet.
#[derive(Default)]
struct Notes {
    volumes: Volumes,
    refusals: VecDeque<Refusal>,
}

/// Accepted and rejected, by minute and source.
type Volumes = BTreeMap<(Timestamp, String), (u64, u64)>;

impl Register {
    /// The register in these records.
    #[must_use]
    pub fn new(records: &Records, clock: Arc<dyn Clock>) -> Self {
        let pulse = Pulse::new(records, Arc::clone(&clock));
        Self { records: records.clone(), group: records.group(WriteDown), clock, notes: Mutex::default(), pulse }
    }

    /// Notes what became of a request. Never waits.
    pub(crate) fn note(
        &self,
        workspace: WorkspaceId,
        source: &str,
        at: Timestamp,
        accepted: usize,
        refusals: Vec<Refusal>,
    ) {
        let minute = Timestamp(at.0.div_euclid(MINUTE_MICROS) * MINUTE_MICROS);
        let mut all = self.notes.lock();
        let notes = all.entry(workspace).or_default();
        let count = notes.volumes.entry((minute, source.to_owned())).or_default();
        count.0 += accepted as u64;
        count.1 += refusals.len() as u64;
        notes.add(refusals);
    }

    /// Writes down what was noted of a brand.
    ///
    /// # Errors
    /// [`WriteError`]: it stays noted.
    pub(crate) async fn write_down(&self, workspace: WorkspaceId) -> Result<(), WriteError> {
        let since = self.since();
        loop {
            let Some(taken) = self.take(workspace) else { return Ok(()) };
            let command = Arc::new(Page { workspace, since, volumes: taken.volumes, refusals: taken.refusals.into() });
            if let Err(error) = self.group.submit(Arc::clone(&command)).await {
                self.put_back(workspace, &command);
                return Err(error);
            }
        }
    }

    /// Writes down every second until it is told to stop, and once more then.
    pub async fn keep(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let stopped = tokio::select! {
                _ = every.tick() => false,
                _ = stop.wait_for(|stop| *stop) => true,
            };
            let noted: Vec<WorkspaceId> = self.notes.lock().keys().copied().collect();
            for workspace in noted {
                if let Err(error) = self.write_down(workspace).await {
                    tracing::warn!(%workspace, %error, "what came to the doors could not be written down");
                }
            }
            self.pulse.keep(stopped).await;
            if stopped {
                return;
            }
        }
    }

    pub(crate) async fn refusals(
        &self,
        workspace: WorkspaceId,
        mut query: RefusalQuery,
        limit: usize,
    ) -> Result<Vec<Kept>, WriteError> {
        self.write_down(workspace).await?;
        query.since = Some(self.since());
        store::refusals(self.records.reads(), workspace, &query, limit).await.map_err(failed)
    }

    /// The volumes of the last minutes, this one included.
    pub(crate) async fn volumes(&self, workspace: WorkspaceId, minutes: u32) -> Result<Vec<Volume>, WriteError> {
        self.write_down(workspace).await?;
        let since = Timestamp(self.clock.now().0 - i64::from(minutes) * MINUTE_MICROS + 1);
        store::volumes(self.records.reads(), workspace, since).await.map_err(failed)
    }

    fn since(&self) -> Timestamp {
        self.clock.now().plus_secs(-KEPT_SECS)
    }

    fn take(&self, workspace: WorkspaceId) -> Option<Notes> {
        let mut all = self.notes.lock();
        let notes = all.get_mut(&workspace)?;
        let refusals = notes.refusals.drain(..notes.refusals.len().min(WRITTEN_MAX)).collect();
        let taken = Notes { volumes: std::mem::take(&mut notes.volumes), refusals };
        if notes.refusals.is_empty() {
            all.remove(&workspace);
        }
        Some(taken)
    }

    fn put_back(&self, workspace: WorkspaceId, page: &Page) {
        let mut all = self.notes.lock();
        let notes = all.entry(workspace).or_default();
        for (of, (accepted, rejected)) in &page.volumes {
            let count = notes.volumes.entry(of.clone()).or_default();
            count.0 += accepted;
            count.1 += rejected;
        }
        let since = std::mem::replace(&mut notes.refusals, page.refusals.iter().cloned().collect());
        notes.add(since);
    }
}

impl Notes {
    /// Adds refusals; beyond what is kept the oldest go.
    fn add(&mut self, refusals: impl IntoIterator<Item = Refusal>) {
        self.refusals.extend(refusals);
        let beyond = self.refusals.len().saturating_sub(REFUSALS_MAX);
        self.refusals.drain(..beyond);
    }
}

/// What is written down together.
struct Page {
    workspace: WorkspaceId,
    /// What is older goes.
    since: Timestamp,
    volumes: Volumes,
    refusals: Vec<Refusal>,
}

struct WriteDown;

#[async_trait]
impl Decider for WriteDown {
    type Command = Arc<Page>;
    type Outcome = ();

    fn name(&self) -> &'static str {
        "capture"
    }

    async fn decide(&self, tx: &Tx, pages: &[Arc<Page>]) -> Result<Vec<()>, DbError> {
        for page in pages {
            let Page { workspace, since, volumes, refusals } = &**page;
            store::add_refusals(tx, *workspace, refusals, REFUSALS_MAX, *since).await?;
            store::add_volumes(tx, *workspace, volumes, *since).await?;
        }
        Ok(vec![(); pages.len()])
    }
}

fn failed(error: DbError) -> WriteError {
    WriteError::Failed(Arc::new(error))
}
