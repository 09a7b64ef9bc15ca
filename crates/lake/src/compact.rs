//! Compaction: many small files of a day become one. Which, is decided here without looking at a file.

use std::{cmp::Reverse, collections::BinaryHeap};

use arrow_array::RecordBatch;
use arrow_select::interleave::interleave_record_batch;
use bytes::Bytes;
use kernel::Timestamp;
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use crate::{
    Day, LakeError, LakeFile, Manifest, Options,
    file::{FileWriter, batches, keys},
    row::{Key, with_all_columns},
};

/// Rows that are merged between two writes.
const MERGE_ROWS: usize = 4096;

/// Neighbouring files of one day that should become one; the oldest day first. A day that is over is brought down to as
/// few files as their bounds allow; one that is not waits until there are enough small files to be worth it.
pub(crate) fn due(manifest: &Manifest, today: Day, options: &Options) -> Option<Vec<LakeFile>> {
    manifest.files.chunk_by(|a, b| a.day == b.day).find_map(|day| {
        let enough = if day[0].day < today { 2 } else { options.compact_files_min.max(2) };
        runs(day, options).find(|run| run.len() >= enough).map(<[LakeFile]>::to_vec)
    })
}

/// The files of a day in runs that together stay within the bounds of one file. A file that is large already is alone.
fn runs<'a>(day: &'a [LakeFile], options: &'a Options) -> impl Iterator<Item = &'a [LakeFile]> {
    let mut rest = day;
    std::iter::from_fn(move || {
        let mut rows = 0;
        let mut bytes = 0;
        let fit = rest.iter().take_while(|file| {
            rows += file.rows;
            bytes += file.bytes;
            rows <= options.compact_rows_max && bytes <= options.compact_bytes_max
        });
        let (run, later) = rest.split_at(fit.count().max(1.min(rest.len())));
        rest = later;
        (!run.is_empty()).then_some(run)
    })
}

/// One file of a day made of several, whose bytes were checked.
pub(crate) fn merge(sources: &[(LakeFile, Bytes)]) -> Result<(LakeFile, Bytes), LakeError> {
    let mut merge = Merge { out: FileWriter::new()?, batches: Vec::new(), picked: Vec::new(), heap: BinaryHeap::new() };
    let mut cursors = Vec::with_capacity(sources.len());
    for (file, bytes) in sources {
        cursors.push(Cursor::open(&file.path, bytes.clone())?);
    }
    for source in 0..cursors.len() {
        merge.admit(&mut cursors, source)?;
    }
    merge.run(&mut cursors)?;
    let generation = sources.iter().map(|(file, _)| file.generation).max().unwrap_or_default() + 1;
    let day = sources.first().map_or(Day::of(Timestamp(0)), |(file, _)| file.day);
    let (file, bytes) = merge.out.finish(day, generation)?;
    let rows: u64 = sources.iter().map(|(file, _)| file.rows).sum();
    if file.rows != rows {
        return Err(LakeError::damaged(&file.path, format!("its sources have {} rows instead of {rows}", file.rows)));
    }
    Ok((file, bytes))
}

/// A place in one of the sources.
struct Cursor<'a> {
    path: &'a str,
    reader: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    keys: Vec<Key>,
    row: usize,
    /// Which of [`Merge::batches`] it stands in.
    slot: usize,
}

impl<'a> Cursor<'a> {
    fn open(path: &'a str, bytes: Bytes) -> Result<Self, LakeError> {
        Ok(Self { path, reader: batches(bytes)?, batch: None, keys: Vec::new(), row: 0, slot: 0 })
    }

    /// Goes on to the next batch; `false` at the end of the file.
    fn refill(&mut self) -> Result<bool, LakeError> {
        self.batch = self.reader.next().transpose()?.map(with_all_columns).transpose()?;
        self.row = 0;
        self.keys = match &self.batch {
            Some(batch) => keys(self.path, batch)?,
            None => Vec::new(),
        };
        Ok(!self.keys.is_empty())
    }
}

/// Sorted files merged into one, some thousand rows at a time.
struct Merge {
    out: FileWriter,
    /// What the picked rows point into.
    batches: Vec<RecordBatch>,
    picked: Vec<(usize, usize)>,
    heap: BinaryHeap<Reverse<(Key, usize)>>,
}

impl Merge {
    /// Puts the next batch of a source into play.
    fn admit(&mut self, cursors: &mut [Cursor<'_>], source: usize) -> Result<(), LakeError> {
        let cursor = &mut cursors[source];
        if cursor.refill()? {
            cursor.slot = self.batches.len();
            self.batches.extend(cursor.batch.clone());
            self.heap.push(Reverse((cursor.keys[0], source)));
        }
        Ok(())
    }

    fn run(&mut self, cursors: &mut [Cursor<'_>]) -> Result<(), LakeError> {
        while let Some(Reverse((_, source))) = self.heap.pop() {
            let cursor = &mut cursors[source];
            self.picked.push((cursor.slot, cursor.row));
            cursor.row += 1;
            match cursor.keys.get(cursor.row) {
                Some(key) => self.heap.push(Reverse((*key, source))),
                None => self.admit(cursors, source)?,
            }
            if self.picked.len() == MERGE_ROWS {
                self.flush(cursors)?;
            }
        }
        self.flush(cursors)
    }

    /// Writes what was picked and lets go of batches nobody stands in.
    fn flush(&mut self, cursors: &mut [Cursor<'_>]) -> Result<(), LakeError> {
        if !self.picked.is_empty() {
            let batches: Vec<&RecordBatch> = self.batches.iter().collect();
            self.out.write(&interleave_record_batch(&batches, &self.picked)?)?;
        }
        self.picked.clear();
        self.batches.clear();
        for cursor in cursors {
            cursor.slot = self.batches.len();
            self.batches.extend(cursor.batch.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Offset, WorkspaceId};

    use super::*;

    const DAY_SECS: i64 = 86_400;

    fn day(number: i64) -> Day {
        Day::of(Timestamp::from_secs(number * DAY_SECS))
    }

    fn manifest(files: &[(i64, u64)]) -> Manifest {
        let mut first = 1;
        let files = files.iter().map(|(on, rows)| {
            let file = LakeFile {
                path: LakeFile::path_of(day(*on), Offset(first), Offset(first + rows - 1), 0),
                day: day(*on),
                rows: *rows,
                bytes: rows * 10,
                first_offset: Offset(first),
                last_offset: Offset(first + rows - 1),
                min_handle: 1,
                max_handle: 9,
                generation: 0,
                checksum: String::new(),
            };
            first += rows;
            file
        });
        Manifest::empty(WorkspaceId(1)).extended(files.collect(), Offset(first))
    }

    fn rows(run: Option<Vec<LakeFile>>) -> Vec<u64> {
        run.into_iter().flatten().map(|file| file.rows).collect()
    }

    #[test]
    fn a_day_that_is_over_needs_two_files_and_today_needs_some_more() {
        let options = Options { compact_files_min: 3, compact_rows_max: 100, ..Options::default() };
        let two = manifest(&[(5, 10), (5, 20)]);
        assert_eq!(rows(due(&two, day(5), &options)), [0_u64; 0]);
        assert_eq!(rows(due(&two, day(6), &options)), [10, 20]);
        assert_eq!(rows(due(&manifest(&[(5, 10), (5, 20), (5, 30)]), day(5), &options)), [10, 20, 30]);
        assert_eq!(rows(due(&manifest(&[(5, 10), (6, 20), (7, 30)]), day(8), &options)), [0_u64; 0], "days stay apart");
    }

    #[test]
    fn files_are_merged_up_to_the_bounds_and_large_ones_left_alone() {
        let options = Options { compact_files_min: 2, compact_rows_max: 100, ..Options::default() };
        assert_eq!(rows(due(&manifest(&[(1, 90), (1, 60), (1, 30), (1, 20)]), day(1), &options)), [60, 30]);
        assert_eq!(rows(due(&manifest(&[(1, 90), (1, 500), (1, 100)]), day(2), &options)), [0_u64; 0]);
        let options = Options { compact_bytes_max: 1000, ..options };
        assert_eq!(rows(due(&manifest(&[(1, 50), (1, 50), (1, 50)]), day(2), &options)), [50, 50]);
    }
}
