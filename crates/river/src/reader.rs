//! The reader itself: restore, catch up, then follow the log.
//!
//! Where it stands is one number, the next offset that is not folded. Whatever goes wrong with the records, it begins again
//! from there: what the records digested meanwhile is recalled, the rest is digested. So a database that is away for a
//! while costs time, and a commit that was stored although it was reported as failed is not digested twice.

use std::{panic::resume_unwind, sync::Arc, time::Duration};

use kernel::{Offset, Timestamp};
use tokio::sync::watch;

use crate::{
    RiverError, Wiring,
    batch::{Batch, Entry, Record, decode},
    digest::{Digested, Slice},
    error::chain,
    lives::Lives,
    repeats, store,
    taken::take_over,
    window::{Kept, Window},
};

/// Where the reader stands.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    /// The next offset live state has not folded.
    pub(crate) next: Offset,
    /// Whether live state has folded all that was digested before the reader started. Before that it is half a state, and
    /// nobody should be told of it.
    pub(crate) restored: bool,
    /// How it goes.
    pub(crate) standing: Standing,
}

/// How it goes.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    /// It restores live state, then follows the log.
    Flowing,
    /// Records or disk are out of reach; it tries again.
    Waiting(Arc<str>),
    /// It stands still for good.
    Halted(Arc<str>),
}

/// How many records and bytes a read of the log takes at most.
const READ_RECORDS_MAX: usize = 16_384;
const READ_BYTES_MAX: usize = 16 << 20;
/// How many facts are read from the lake at once: every time, all files they may be in are looked through.
const LAKE_ROWS_MAX: usize = 200_000;
/// How many facts are digested together at first, and at least.
const SLICE_LEN_FIRST: usize = 256;
const SLICE_LEN_MIN: usize = 32;
/// A transaction of the reader should not hold the writer longer than this.
const SLICE: Duration = Duration::from_millis(20);
/// Nor longer than this while so many facts wait: half of a short slice's time goes into its commit and into pages that the
/// next one writes again, and the reader catches up with longer ones. Commands wait a third of a second then, and what they
/// tell is seen sooner all the same.
const SLICE_BEHIND: Duration = Duration::from_millis(300);
const BEHIND_FACTS: u64 = 8192;
/// How long to leave records alone that are out of reach: doubled from the first to the last.
const PAUSE_FIRST: Duration = Duration::from_millis(100);
const PAUSE_LAST: Duration = Duration::from_secs(5);

pub(crate) struct Reader {
    shared: Arc<Wiring>,
    moved: watch::Sender<Position>,
    stopped: watch::Receiver<bool>,
    /// Where the records stand as far as this reader knows; `None` until live state is restored.
    digested: Option<Offset>,
    /// Whether this reader has not digested anything yet.
    first: bool,
    /// The end of a slice that was reported as failed but may be stored.
    in_doubt: Option<Offset>,
    /// What was digested lately.
    window: Window,
    /// When the last slice was digested.
    at: Timestamp,
    slice_len: usize,
    lives: Lives,
    pause: Duration,
}

impl Reader {
    pub(crate) fn new(shared: Arc<Wiring>, moved: watch::Sender<Position>, stopped: watch::Receiver<bool>) -> Self {
        Self {
            window: Window::new(shared.reach),
            lives: Lives::new(&shared),
            at: Timestamp(i64::MIN),
            shared,
            moved,
            stopped,
            digested: None,
            first: true,
            in_doubt: None,
            slice_len: SLICE_LEN_FIRST,
            pause: PAUSE_FIRST,
        }
    }

    /// Flows until it is told to stop, or cannot.
    pub(crate) async fn run(mut self) {
        let ended = match self.flow_patiently().await {
            Ok(()) => self.lives.save(self.next()).await,
            halted => halted,
        };
        if let Err(error) = ended {
            let reason = chain(&error);
            tracing::error!(workspace = %self.shared.workspace, reason, "the reader has stopped");
            self.stand(Standing::Halted(reason.into()));
        }
    }

    /// Flows, and begins again when the records or the disk were out of reach.
    async fn flow_patiently(&mut self) -> Result<(), RiverError> {
        while !self.stopping() {
            match self.flow().await {
                Err(error) if error.is_passing() => self.rest(&error).await,
                // A server that was killed may have left a commit that arrived after this reader asked where records stand.
                Err(RiverError::Elsewhere { reader, records }) if self.first && reader < records => {
                    self.first = false;
                    self.digested = Some(records);
                }
                ended => return ended,
            }
        }
        Ok(())
    }

    /// Waits a moment before records and disk are asked again.
    async fn rest(&mut self, error: &RiverError) {
        let reason = chain(error);
        tracing::warn!(workspace = %self.shared.workspace, reason, "the reader waits, and tries again");
        self.stand(Standing::Waiting(reason.into()));
        tokio::select! {
            () = tokio::time::sleep(self.pause) => {}
            _ = self.stopped.changed() => {}
        }
        self.pause = (self.pause * 2).min(PAUSE_LAST);
    }

    /// Told to stop, or nobody holds the river any more.
    fn stopping(&self) -> bool {
        *self.stopped.borrow() || self.stopped.has_changed().is_err()
    }

    fn next(&self) -> Offset {
        self.moved.borrow().next
    }

    fn stand(&self, standing: Standing) {
        self.moved.send_modify(|position| position.standing = standing);
    }

    fn advance(&mut self, next: Offset) {
        let workspace = self.shared.workspace.to_string();
        let gauge = |name: &'static str, value: f64| {
            metrics::gauge!(name, "workspace" => workspace.clone()).set(value);
        };
        gauge("searchlight_river_lag_facts", (self.shared.log.end().0.saturating_sub(next.0)) as f64);
        gauge("searchlight_river_window_facts", self.window.ids() as f64);
        // Of a brand nothing of which is older than the window, all there ever was is known.
        let horizon = self.window.horizon().map_or(0.0, |horizon| horizon.0 as f64 / 1e6);
        gauge("searchlight_river_horizon_timestamp_seconds", horizon);
        self.pause = PAUSE_FIRST;
        self.moved.send_modify(|position| position.next = next);
    }

    /// Snapshot first, then every fact between it and the records' offset, then those the records have not seen.
    async fn flow(&mut self) -> Result<(), RiverError> {
        let records_next = store::next_offset(self.shared.records.reads(), self.shared.workspace).await?;
        let end = self.shared.log.end();
        if end < records_next {
            return Err(RiverError::LogBehind { records: records_next, end });
        }
        match self.digested {
            None => {
                let next = self.lives.restore(records_next).await?;
                self.advance(next);
            }
            Some(digested) if records_next != digested && Some(records_next) != self.in_doubt => {
                return Err(RiverError::Elsewhere { reader: digested, records: records_next });
            }
            Some(_) => {}
        }
        self.digested = Some(records_next);
        self.in_doubt = None;
        self.stand(Standing::Flowing);
        if self.window.next() != records_next {
            let shared = &self.shared;
            take_over(&shared.records, shared.workspace).await?;
            let reads = shared.records.reads();
            self.window = Window::load(reads, shared.workspace, shared.reach, records_next).await?;
        }
        while self.next() < records_next && !self.stopping() {
            self.refold(self.lives.bound(self.next(), records_next)).await?;
        }
        if !self.stopping() {
            self.moved.send_modify(|position| position.restored = true);
        }
        self.follow().await
    }

    /// Folds a run of facts that were digested before: from the lake what is in it, for the log may be trimmed there.
    async fn refold(&mut self, to: Offset) -> Result<(), RiverError> {
        let from = self.next();
        if from < self.shared.lake.manifest().next_offset {
            return self.refold_from_lake(from, to).await;
        }
        let run = self.read(from).await?;
        let shared = &self.shared;
        let Some(last) = run.last().map(|record| record.offset) else {
            return Err(RiverError::LogBehind { records: to, end: from });
        };
        let next = last.next().min(to);
        let booked = store::booked(shared.records.reads(), shared.workspace, from, next).await?;
        let records = run.into_iter().filter(|record| booked.binary_search(&record.offset).is_ok()).collect();
        self.refold_run(records, next).await
    }

    /// What is in the lake was booked.
    async fn refold_from_lake(&mut self, from: Offset, to: Offset) -> Result<(), RiverError> {
        let (mut rows, next) = self.shared.lake.facts_from(from, LAKE_ROWS_MAX).await?;
        rows.retain(|row| row.offset < to);
        let next = next.min(to);
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(READ_RECORDS_MAX));
            let run_next = rest.first().map_or(next, |row| row.offset);
            let records = rows.into_iter().map(|row| Arc::new(Record::new(row.offset, row.fact))).collect();
            self.refold_run(records, run_next).await?;
            rows = rest;
        }
        // The last of them may all have been repeats.
        self.advance(next);
        Ok(())
    }

    /// Folds facts that are no repeats and were digested before.
    async fn refold_run(&mut self, records: Vec<Arc<Record>>, next: Offset) -> Result<(), RiverError> {
        let shared = &self.shared;
        let entries = records.into_iter().map(Entry::new).collect();
        let mut batch = Batch { workspace: shared.workspace, entries, links: Vec::new(), moves: Vec::new(), next };
        for stage in &shared.stages {
            stage.recall(&shared.records, &mut batch).await?;
        }
        self.lives.fold(&batch);
        self.advance(next);
        Ok(())
    }

    /// What waits behind a run is read and understood while the run is digested: the one keeps this process busy, the other
    /// the records. The last slice of a run is folded beside the first of the next, or at once when nothing waits.
    async fn follow(&mut self) -> Result<(), RiverError> {
        let mut end = self.shared.log.watch();
        let mut next = self.next();
        let mut ahead = None;
        let mut unfolded = None;
        while !self.stopping() {
            if *end.borrow_and_update() <= next {
                tokio::select! {
                    changed = end.changed() => if changed.is_err() { break },
                    _ = self.stopped.changed() => {}
                }
                continue;
            }
            let run = match ahead.take() {
                Some(run) => run,
                None => self.read(next).await?,
            };
            next = run.last().map_or(next, |record| record.offset.next());
            let more = (*end.borrow() > next).then(|| self.read(next));
            let read_ahead = async {
                match more {
                    Some(more) => more.await.map(Some),
                    None => Ok(None),
                }
            };
            let (taken, read) = tokio::join!(self.take(&run, &mut unfolded), read_ahead);
            // Whatever became of this run, what is digested is stored.
            if !matches!((&taken, &read), (Ok(()), Ok(Some(_)))) {
                self.fold_left(&mut unfolded);
            }
            taken?;
            ahead = read?;
            self.lives.save_if_due(self.next()).await?;
        }
        self.fold_left(&mut unfolded);
        Ok(())
    }

    fn read(&self, from: Offset) -> impl Future<Output = Result<Vec<Arc<Record>>, RiverError>> + use<> {
        let log = Arc::clone(&self.shared.log);
        async move { blocking(move || decode(log.read(from, READ_RECORDS_MAX, READ_BYTES_MAX)?)).await? }
    }

    /// Digests and folds records in slices that keep the writer free for commands. A slice is folded while the next one is
    /// digested: the one keeps this process busy, the other the records. So the last one digested is left unfolded.
    async fn take(
        &mut self,
        mut records: &[Arc<Record>],
        unfolded: &mut Option<(Batch, usize)>,
    ) -> Result<(), RiverError> {
        while !records.is_empty() && !self.stopping() {
            let (slice, rest) = records.split_at(self.slice_len.min(records.len()));
            let digested = self.digest(slice, unfolded).await;
            // Whatever became of this slice, the one before is stored.
            self.fold_left(unfolded);
            *unfolded = Some((digested?, slice.len()));
            records = rest;
        }
        Ok(())
    }

    /// Digests a slice; beside it folds the one before, if it is given.
    async fn digest(
        &mut self,
        slice: &[Arc<Record>],
        unfolded: &mut Option<(Batch, usize)>,
    ) -> Result<Batch, RiverError> {
        let shared = Arc::clone(&self.shared);
        let (start, next) = (slice[0].offset, slice[slice.len() - 1].offset.next());
        let fresh = repeats::without(slice, &self.window, &shared).await?;
        let gone = self.going();
        let gone_keys = match gone {
            Offset::FIRST => Vec::new(),
            gone => store::gone_keys(shared.records.reads(), shared.workspace, gone).await?,
        };
        let command = Arc::new(Slice { workspace: shared.workspace, records: fresh, start, next, gone });
        self.in_doubt = Some(next);
        let fold = async {
            // The writer is woken on this very thread: it goes first.
            tokio::task::yield_now().await;
            self.fold_left(unfolded);
        };
        let (digested, ()) = tokio::join!(shared.digest.submit(command), fold);
        let (batch, at, spent) = match digested? {
            Digested::Now { batch, at, spent } => (batch, at, spent),
            // Two readers of one workspace: the second must not digest what the first has.
            Digested::Elsewhere(records) => return Err(RiverError::Elsewhere { reader: start, records }),
        };
        self.digested = Some(next);
        self.first = false;
        self.in_doubt = None;
        self.at = at;
        let kept = Kept { first: start, next, digested_at: at, ids: batch.entries.len() };
        self.window.take_in(kept, batch.entries.iter().map(|entry| entry.record.key));
        self.window.forget(gone, &gone_keys);
        let waiting = shared.log.end().0.saturating_sub(next.0);
        let most = if waiting > BEHIND_FACTS { SLICE_BEHIND } else { SLICE };
        self.slice_len = paced(self.slice_len, slice.len(), spent, most);
        Ok(batch)
    }

    /// Folds what was digested and not folded yet.
    fn fold_left(&mut self, unfolded: &mut Option<(Batch, usize)>) {
        if let Some((batch, taken)) = unfolded.take() {
            self.fold(&batch, taken);
        }
    }

    /// Folds a digested slice of so many records.
    fn fold(&mut self, batch: &Batch, taken: usize) {
        for stage in &self.shared.stages {
            stage.settled(batch);
        }
        self.lives.fold(batch);
        metrics::counter!("searchlight_river_facts_total").increment(batch.entries.len() as u64);
        metrics::counter!("searchlight_river_repeats_total").increment((taken - batch.entries.len()) as u64);
        self.advance(batch.next);
    }

    /// The offset before which slices are no longer needed: the lake has them, and the window does not reach them.
    fn going(&self) -> Offset {
        let in_lake = self.shared.lake.manifest().next_offset;
        self.window.due(self.at, in_lake).last().map_or(Offset::FIRST, |slice| slice.next)
    }
}

/// Work that waits for files. A panic in it is one of the caller's.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RiverError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => Err(RiverError::Stopping),
    }
}

/// The next slice length: doubled while slices are cheap, halved when one held the writer longer than `most`.
fn paced(len: usize, taken: usize, spent: Duration, most: Duration) -> usize {
    if spent > most {
        (len / 2).max(SLICE_LEN_MIN)
    } else if taken == len && spent < most / 3 {
        (len * 2).min(READ_RECORDS_MAX)
    } else {
        len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Duration = Duration::from_millis(3);
    const FAIR: Duration = Duration::from_millis(12);
    const DEAR: Duration = Duration::from_millis(25);

    #[test]
    fn slices_grow_while_they_are_cheap_and_shrink_when_one_was_dear() {
        assert_eq!(paced(256, 256, CHEAP, SLICE), 512);
        assert_eq!(paced(256, 256, FAIR, SLICE), 256);
        assert_eq!(paced(256, 256, DEAR, SLICE), 128);
        assert_eq!(paced(256, 7, CHEAP, SLICE), 256, "a slice that was not full says nothing about full ones");
        assert_eq!(paced(256, 7, DEAR, SLICE), 128);
        assert_eq!(paced(READ_RECORDS_MAX, READ_RECORDS_MAX, CHEAP, SLICE), READ_RECORDS_MAX);
        assert_eq!(paced(SLICE_LEN_MIN, SLICE_LEN_MIN, DEAR, SLICE), SLICE_LEN_MIN);
        assert_eq!(paced(256, 256, DEAR, SLICE_BEHIND), 512, "while many facts wait");
    }

    #[test]
    fn a_slice_finds_its_length_on_slow_and_fast_machines() {
        for micros_per_fact in [2, 20, 200, 2_000] {
            let mut len = SLICE_LEN_FIRST;
            for _ in 0..20 {
                len = paced(len, len, Duration::from_micros(micros_per_fact * len as u64), SLICE);
            }
            let held = Duration::from_micros(micros_per_fact * len as u64);
            assert!(held <= SLICE || len == SLICE_LEN_MIN, "{micros_per_fact} µs a fact: {len} facts hold it {held:?}");
            assert!(held * 3 >= SLICE || len == READ_RECORDS_MAX, "{micros_per_fact} µs a fact: only {len} facts");
        }
    }
}
