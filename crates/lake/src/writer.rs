//! The lake's writer: what the records have booked becomes files, small files become large ones, replaced ones go.
//!
//! Every step ends with one new manifest, which names the files *and* how far the lake has come. So a crash anywhere leaves
//! the lake before a step or after it, and the files of a step that did not end are removed when the lake is opened.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use factlog::FactLog;
use facts::Fact;
use kernel::{Handle, Offset, Timestamp};

use crate::{Bookings, Day, Lake, LakeError, LakeFile, Options, Row, compact, file::files_of, lake::blocking};

/// How many records and bytes a read of the log takes at most.
const READ_RECORDS_MAX: usize = 8192;
const READ_BYTES_MAX: usize = 8 << 20;

/// Changes a lake, one step at a time. There is one for a lake.
pub struct LakeWriter {
    lake: Lake,
    options: Options,
    /// Since when facts have been waiting, if any are.
    waiting_since: Option<Timestamp>,
    /// Whether the last step failed, so that it is not known which manifest is in the store.
    in_doubt: bool,
}

impl LakeWriter {
    /// The writer of a lake.
    #[must_use]
    pub const fn new(lake: Lake, options: Options) -> Self {
        Self { lake, options, waiting_since: None, in_doubt: false }
    }

    /// Puts booked facts into the lake if enough of them wait, or if they have waited long enough; at most one file's worth.
    /// `true` when it did.
    ///
    /// # Errors
    /// [`LakeError`]; the next call goes on from what is in the store.
    pub async fn follow(
        &mut self,
        log: &Arc<FactLog>,
        bookings: &dyn Bookings,
        now: Timestamp,
    ) -> Result<bool, LakeError> {
        self.settle().await?;
        let from = self.lake.manifest().next_offset;
        let end = log.end();
        if end < from {
            return Err(LakeError::LogBehind { lake: from, end });
        }
        // Right after a start the records may not know yet how far they are.
        let waiting = bookings.end().min(end).0.saturating_sub(from.0);
        if waiting == 0 {
            self.waiting_since = None;
            return Ok(false);
        }
        let since = *self.waiting_since.get_or_insert(now);
        let patience_micros = i64::try_from(self.options.file_secs_max * 1_000_000).unwrap_or(i64::MAX);
        if waiting < self.options.file_rows_max && now.micros_since(since) < patience_micros {
            return Ok(false);
        }
        let to = Offset(from.0 + waiting.min(self.options.file_rows_max));
        let (rows, next) = self.read(log, bookings, from..to).await?;
        self.append(rows, next).await?;
        if self.lake.manifest().next_offset == bookings.end() {
            self.waiting_since = None;
        }
        Ok(true)
    }

    /// Puts rows into the lake, and says that all booked facts below `next` are in it now.
    ///
    /// # Errors
    /// [`LakeError`]; it is then unknown whether they are in the lake, and the next step finds out.
    pub async fn append(&mut self, rows: Vec<Row>, next: Offset) -> Result<(), LakeError> {
        self.settle().await?;
        let workspace = self.lake.workspace;
        let made = blocking(move || files_of(workspace, rows)).await??;
        self.in_doubt = true;
        let mut files = Vec::with_capacity(made.len());
        for (file, bytes) in made {
            self.lake.put(&file.path, bytes).await?;
            files.push(file);
        }
        self.lake.commit(self.lake.manifest().extended(files, next)).await?;
        self.in_doubt = false;
        metrics::counter!("searchlight_lake_appends_total").increment(1);
        Ok(())
    }

    /// Merges one run of small files, if one is due. `true` when it did.
    ///
    /// # Errors
    /// [`LakeError`]; nothing is lost, and the next call tries again.
    pub async fn compact(&mut self, now: Timestamp) -> Result<bool, LakeError> {
        self.settle().await?;
        let Some(due) = compact::due(&self.lake.manifest(), Day::of(now), &self.options) else { return Ok(false) };
        let mut sources: Vec<(LakeFile, Bytes)> = Vec::with_capacity(due.len());
        for file in &due {
            sources.push((file.clone(), self.lake.whole(file).await?));
        }
        let (file, bytes) = blocking(move || compact::merge(&sources)).await??;
        self.in_doubt = true;
        self.lake.put(&file.path, bytes).await?;
        self.lake.commit(self.lake.manifest().compacted(&due, file, now)).await?;
        self.in_doubt = false;
        metrics::counter!("searchlight_lake_compactions_total").increment(1);
        Ok(true)
    }

    /// Removes files that were replaced so long ago that nobody can be reading them. `true` when there were any.
    ///
    /// # Errors
    /// [`LakeError`]; the next call tries again.
    pub async fn sweep(&mut self, now: Timestamp) -> Result<bool, LakeError> {
        self.settle().await?;
        let grace_micros = i64::try_from(self.options.grace_secs * 1_000_000).unwrap_or(i64::MAX);
        let manifest = self.lake.manifest();
        let old = manifest.retired.iter().filter(|retired| now.0.saturating_sub(retired.at) >= grace_micros);
        let old: Vec<String> = old.map(|retired| retired.path.clone()).collect();
        if old.is_empty() || self.lake.is_held() {
            return Ok(false);
        }
        for path in &old {
            self.lake.remove(path).await?;
        }
        self.in_doubt = true;
        self.lake.commit(manifest.swept(&old)).await?;
        self.in_doubt = false;
        Ok(true)
    }

    /// After a failure the store may hold the manifest from before it or the one that was being put.
    async fn settle(&mut self) -> Result<(), LakeError> {
        if self.in_doubt {
            self.lake.reload().await?;
            self.in_doubt = false;
        }
        Ok(())
    }

    /// The booked facts of a range, up to as many bytes as a file may be made of, and the offset after the last.
    async fn read(
        &self,
        log: &Arc<FactLog>,
        bookings: &dyn Bookings,
        range: Range<Offset>,
    ) -> Result<(Vec<Row>, Offset), LakeError> {
        let mut rows = Vec::new();
        let mut bytes = 0;
        let mut next = range.start;
        while next < range.end && bytes < self.options.file_bytes_max {
            let log = Arc::clone(log);
            let from = next;
            let records_max = READ_RECORDS_MAX.min(usize::try_from(range.end.0 - from.0).unwrap_or(usize::MAX));
            let records = blocking(move || log.read(from, records_max, READ_BYTES_MAX)).await??;
            let Some((last, _)) = records.last() else { break };
            next = last.next();
            let booked = bookings.booked(from..next).await.map_err(LakeError::Records)?;
            bytes += records.iter().map(|(_, record)| record.len()).sum::<usize>();
            rows.extend(blocking(move || rows_of(&records, &booked)).await??);
        }
        Ok((rows, next))
    }
}

/// The records that were booked, with their handles. Both come in the order of their offsets.
fn rows_of(records: &[(Offset, Bytes)], booked: &[(Offset, Handle)]) -> Result<Vec<Row>, LakeError> {
    let mut booked = booked.iter().peekable();
    let mut rows = Vec::with_capacity(booked.len());
    for (offset, record) in records {
        let Some((_, handle)) = booked.next_if(|(next, _)| next == offset) else { continue };
        rows.push(Row { offset: *offset, handle: *handle, fact: understand(*offset, record)? });
    }
    Ok(rows)
}

/// Reads the bytes of a record.
pub(crate) fn understand(offset: Offset, record: &[u8]) -> Result<Fact, LakeError> {
    Fact::from_log(record).map_err(|source| LakeError::Record { offset, source })
}
