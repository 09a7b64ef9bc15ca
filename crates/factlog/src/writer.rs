//! The one who writes: takes a group, writes it, syncs once, publishes the end, says yes to all.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use kernel::Offset;
use metrics::{counter, histogram};

use crate::{
    AppendError,
    disk::{Disk, DiskFile},
    format::{GROUP_HEAD_BYTES, GroupHead, SEGMENT_HEAD_BYTES, encode_group_head, encode_record, encode_segment_head},
    log::Shared,
    queue::{Group, refuse},
    recover::Tip,
    segment::Segment,
};

pub(crate) struct Writer {
    shared: Arc<Shared>,
    segment: Arc<Segment>,
    file: Box<dyn DiskFile>,
    /// Everything before it is durable; the file ends here.
    position: u64,
    next: Offset,
    /// A new segment was decided on and must exist before anything else is written: its file may be there already, and
    /// records of the old segment must not overlap it.
    rolling: bool,
    buffer: Vec<u8>,
    places: Vec<(Offset, u64)>,
}

/// Why a group was not stored.
enum Trouble {
    /// It is certainly not in the log, and the log goes on.
    Refused(AppendError),
    /// The state on disk is unknown.
    Fatal(io::Error),
}

impl Trouble {
    fn refused(error: io::Error) -> Self {
        Self::Refused(match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => AppendError::NoSpace,
            _ => AppendError::Unwritable(Arc::new(error)),
        })
    }
}

impl Writer {
    /// Goes on where the last segment ends.
    pub fn new(shared: Arc<Shared>, Tip { segment, file, end: next }: Tip) -> Self {
        let position = segment.durable_bytes();
        Self { shared, segment, file, position, next, rolling: false, buffer: Vec::new(), places: Vec::new() }
    }

    /// Writes until the queue is closed and empty, or the disk fails.
    pub fn run(mut self) {
        while let Some(group) = self.shared.queue.take() {
            self.commit(group);
        }
    }

    /// Writes one group, if anything waits: what a simulation calls instead of `run`, to decide itself what happens when.
    #[cfg(test)]
    pub fn step(&mut self) -> bool {
        let group = self.shared.queue.try_take();
        group.map(|group| self.commit(group)).is_some()
    }

    fn commit(&mut self, group: Group) {
        let (stored, took) = timed(|| self.store(&group));
        let refusal = match stored {
            Ok(()) => return self.acknowledge(group, took),
            Err(Trouble::Refused(error)) => {
                tracing::warn!(%error, segment = %self.segment.path.display(), "a group was refused");
                error
            }
            Err(Trouble::Fatal(error)) => {
                tracing::error!(%error, segment = %self.segment.path.display(), "the log stops: a sync failed");
                let reason: Arc<str> = error.to_string().into();
                self.shared.queue.fail(&reason);
                AppendError::Failed { reason }
            }
        };
        self.shared.queue.release(&group, took);
        for append in group.appends {
            refuse(append, refusal.clone());
        }
    }

    fn acknowledge(&mut self, group: Group, took: Duration) {
        let first = Offset(self.next.0 - self.places.len() as u64);
        counter!("searchlight_log_appended_records_total").increment(self.places.len() as u64);
        counter!("searchlight_log_appended_bytes_total").increment(group.bytes as u64);
        self.segment.note(self.places.drain(..));
        self.segment.set_durable_bytes(self.position);
        self.shared.end.send_replace(self.next);
        self.shared.queue.release(&group, took);

        let mut from = first;
        for append in group.appends {
            let to = Offset(from.0 + append.records.len() as u64);
            // Its caller may have gone; it is stored all the same.
            let _gone = append.answer.send(Ok(from..to));
            from = to;
        }
    }

    fn store(&mut self, group: &Group) -> Result<(), Trouble> {
        let bytes = (GROUP_HEAD_BYTES + group.bytes) as u64;
        let is_empty = self.position == SEGMENT_HEAD_BYTES as u64;
        self.rolling |= !is_empty && self.position + bytes > self.shared.options.segment_bytes_max;
        if self.rolling {
            self.roll()?;
        }
        let next = self.encode(group);
        if let Err(error) = self.file.write_all_at(&self.buffer, self.position) {
            return Err(self.retreat(error));
        }
        let (synced, took) = timed(|| self.file.sync_data());
        histogram!("searchlight_log_sync_seconds").record(took.as_secs_f64());
        if let Err(error) = synced {
            // Readers must not meet, after a restart, what only the page cache holds. Opening makes sure of it in any
            // case; cutting the file now spares it the work.
            let _best_effort = self.file.set_size(self.position);
            return Err(Trouble::Fatal(error));
        }
        self.position += bytes;
        self.next = next;
        Ok(())
    }

    /// Lays a group out in the buffer and its records' places beside it; the offset after it.
    fn encode(&mut self, group: &Group) -> Offset {
        self.buffer.clear();
        self.places.clear();
        let records = group.appends.iter().map(|append| append.records.len()).sum::<usize>() as u32;
        let head = GroupHead { first: self.next, records, bytes: group.bytes as u32 };
        self.buffer.extend_from_slice(&encode_group_head(self.segment.base, head));
        let mut offset = self.next;
        for record in group.appends.iter().flat_map(|append| &append.records) {
            self.places.push((offset, self.position + self.buffer.len() as u64));
            encode_record(offset, record, &mut self.buffer);
            offset = offset.next();
        }
        offset
    }

    /// Begins the next segment. Everything before it is durable.
    fn roll(&mut self) -> Result<(), Trouble> {
        let segment = Arc::new(Segment::new(&self.shared.dir, self.next, SEGMENT_HEAD_BYTES as u64));
        self.file = begin_segment(&*self.shared.disk, &segment).map_err(|failure| match failure {
            BeginError::Write(error) => Trouble::refused(error),
            BeginError::Sync(error) => Trouble::Fatal(error),
        })?;
        self.shared.segments.write().push(Arc::clone(&segment));
        self.segment = segment;
        self.position = SEGMENT_HEAD_BYTES as u64;
        self.rolling = false;
        Ok(())
    }

    /// Takes back what a failed write may have left, durably, so that "nothing was stored" is true.
    fn retreat(&mut self, cause: io::Error) -> Trouble {
        let cut = || {
            if self.file.size()? == self.position {
                return Ok(());
            }
            self.file.set_size(self.position)?;
            self.file.sync_data()
        };
        match cut() {
            Ok(()) => Trouble::refused(cause),
            Err(error) => Trouble::Fatal(error),
        }
    }
}

impl Drop for Writer {
    /// Whatever ended the writer, a panic included: nobody may wait for it any longer.
    fn drop(&mut self) {
        self.shared.queue.fail(&"the log's writer has ended".into());
    }
}

pub(crate) enum BeginError {
    Write(io::Error),
    Sync(io::Error),
}

/// Makes a segment's file with its head, durable with its name. A file of that name can only be left over from an attempt
/// that failed: no record from this offset on was ever durable.
pub(crate) fn begin_segment(disk: &dyn Disk, segment: &Segment) -> Result<Box<dyn DiskFile>, BeginError> {
    let file = disk.create(&segment.path).map_err(BeginError::Write)?;
    file.write_all_at(&encode_segment_head(segment.base), 0).map_err(BeginError::Write)?;
    file.sync_data().map_err(BeginError::Sync)?;
    if let Some(dir) = segment.path.parent() {
        disk.sync_dir(dir).map_err(BeginError::Sync)?;
    }
    Ok(file)
}

#[expect(
    clippy::disallowed_methods,
    reason = "only the duration of the disk's work is measured; nothing depends on it"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let result = work();
    (result, begun.elapsed())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use bytes::Bytes;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use crate::{FactLog, Options, sim::SimDisk};

    #[test]
    fn what_the_log_does_can_be_watched() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let told = |line: &str| {
            let page = recorder.handle().render();
            assert!(page.lines().any(|told| told == line), "{line} is not in\n{page}");
        };
        metrics::with_local_recorder(&recorder, || {
            let disk = std::sync::Arc::new(SimDisk::new(1));
            let (log, mut writer) =
                FactLog::open_without_thread(disk.clone(), Path::new("log"), Options::default()).expect("opens");
            let append = || log.enqueue(vec![Bytes::from_static(b"twelve bytes"); 2]);
            let _answers = (append(), append());
            told("searchlight_log_queue_appends 2");
            told("searchlight_log_queue_bytes 80");
            writer.step();
            told("searchlight_log_queue_appends 0");
            told("searchlight_log_queue_bytes 0");
            told("searchlight_log_appended_records_total 4");
            told("searchlight_log_appended_bytes_total 80");
            told("searchlight_log_sync_seconds_count 1");

            disk.set_read_only(true);
            let _answer = append();
            writer.step();
            told("searchlight_log_refused_appends_total{reason=\"unwritable\"} 1");
            let _answer = log.enqueue(vec![Bytes::from(vec![0; 9 << 20])]);
            told("searchlight_log_refused_appends_total{reason=\"too_large\"} 1");
        });
    }
}
