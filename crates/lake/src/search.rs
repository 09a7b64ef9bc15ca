//! Finding rows in a file by reading few of its pages: first who and where, then the rows themselves.

use std::{ops::Range, sync::Arc};

use arrow_array::cast::AsArray;
use futures::TryStreamExt;
use kernel::{Handle, Offset};
use parquet::{
    arrow::{
        ParquetRecordBatchStreamBuilder, ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, RowSelection},
    },
    errors::ParquetError,
    file::{metadata::PageIndexPolicy, page_index::column_index::ColumnIndexMetaData},
};
use quick_cache::{Weighter, sync::Cache};

use crate::{
    Lake, LakeError, LakeFile, Row,
    reader::ObjectReader,
    row::{self, EVENT, HANDLE, MESSAGE_ID, OFFSET, SOURCE},
};

/// What the page indexes of all files may take in memory.
const INDEX_BYTES_MAX: u64 = 64 << 20;

/// The page indexes of files read lately, by path. A path never names two contents.
pub(crate) type Indexes = Cache<String, ArrowReaderMetadata, Weight>;

#[derive(Clone)]
pub(crate) struct Weight;

impl Weighter<String, ArrowReaderMetadata> for Weight {
    fn weight(&self, path: &String, index: &ArrowReaderMetadata) -> u64 {
        (path.len() + index.metadata().memory_size()) as u64
    }
}

pub(crate) fn new_indexes() -> Indexes {
    Cache::with_weighter(1024, INDEX_BYTES_MAX, Weight)
}

/// A row that was found: where its fact stands in the log, and where it stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub offset: Offset,
    pub row: usize,
}

impl Lake {
    /// Rows of a file in a range of offsets, under any of some sorted handles (or of everybody), of one event or of any.
    pub(crate) async fn find(
        &self,
        file: &LakeFile,
        handles: Option<&[Handle]>,
        event: Option<&str>,
        range: &Range<Offset>,
    ) -> Result<Vec<Found>, LakeError> {
        let index = self.index(file).await?;
        let ranges = match handles {
            Some(handles) => {
                pages_of(&index, handles).ok_or_else(|| LakeError::damaged(&file.path, "no page index"))?
            }
            None => std::iter::once(0..rows_of(file)).collect(),
        };
        if ranges.is_empty() {
            return Ok(Vec::new());
        }
        let mut places = ranges.iter().cloned().flatten();
        let wanted = |handle: u32| handles.is_none_or(|handles| handles.binary_search(&Handle(handle)).is_ok());
        let columns = if event.is_some() { &[OFFSET, HANDLE, EVENT][..] } else { &[OFFSET, HANDLE] };
        let batches = self.read(file, index, &ranges, Some(columns)).await?;
        let mut found = Vec::new();
        for batch in &batches {
            let events = batch.column_by_name("event").and_then(|events| events.as_string_opt::<i32>());
            let offsets = row::offsets(&file.path, batch)?;
            for (at, handle) in row::handles(&file.path, batch)?.values().iter().enumerate() {
                let place = places.next().ok_or_else(|| LakeError::damaged(&file.path, "too many rows"))?;
                let offset = Offset(offsets.value(at));
                let is_it = range.contains(&offset)
                    && wanted(*handle)
                    && event.is_none_or(|event| events.is_some_and(|events| events.value(at) == event));
                if is_it {
                    found.push(Found { offset, row: place });
                }
            }
        }
        Ok(found)
    }

    /// Tells handle, source and message id of the rows of a file below an offset that are about any of some sorted handles.
    pub(crate) async fn ids_of(
        &self,
        file: &LakeFile,
        handles: &[Handle],
        below: Offset,
        mut tell: impl FnMut(Handle, &str, &str),
    ) -> Result<(), LakeError> {
        let index = self.index(file).await?;
        let ranges = pages_of(&index, handles).ok_or_else(|| LakeError::damaged(&file.path, "no page index"))?;
        if ranges.is_empty() {
            return Ok(());
        }
        for batch in self.read(file, index, &ranges, Some(&[OFFSET, HANDLE, SOURCE, MESSAGE_ID])).await? {
            let text = |column: &str| {
                let texts = batch.column_by_name(column).and_then(|column| column.as_string_opt::<i32>());
                texts.ok_or_else(|| LakeError::damaged(&file.path, column))
            };
            let (sources, message_ids) = (text("source")?, text("message_id")?);
            let of_rows =
                row::offsets(&file.path, &batch)?.values().iter().zip(row::handles(&file.path, &batch)?.values());
            for (at, (offset, handle)) in of_rows.enumerate() {
                if *offset < below.0 && handles.binary_search(&Handle(*handle)).is_ok() {
                    tell(Handle(*handle), sources.value(at), message_ids.value(at));
                }
            }
        }
        Ok(())
    }

    /// Whole rows at places that ascend.
    pub(crate) async fn fetch(&self, file: &LakeFile, places: &[usize]) -> Result<Vec<Row>, LakeError> {
        let index = self.index(file).await?;
        let ranges: Vec<Range<usize>> = places.iter().map(|place| *place..place + 1).collect();
        let mut rows = Vec::with_capacity(places.len());
        for batch in self.read(file, index, &ranges, None).await? {
            rows.extend(row::from_columns(&file.path, &batch)?);
        }
        Ok(rows)
    }

    fn reader(&self, file: &LakeFile) -> ObjectReader {
        ObjectReader { store: Arc::clone(&self.store), path: self.path(&file.path), bytes: file.bytes }
    }

    async fn index(&self, file: &LakeFile) -> Result<ArrowReaderMetadata, LakeError> {
        if let Some(index) = self.indexes.get(&file.path) {
            return Ok(index);
        }
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
        let index = ArrowReaderMetadata::load_async(&mut self.reader(file), options).await;
        let index = index.map_err(|error| unreadable(file, error))?;
        let rows = index.metadata().file_metadata().num_rows();
        if u64::try_from(rows) != Ok(file.rows) {
            return Err(LakeError::damaged(&file.path, format!("{rows} rows instead of {}", file.rows)));
        }
        self.indexes.insert(file.path.clone(), index.clone());
        Ok(index)
    }

    async fn read(
        &self,
        file: &LakeFile,
        index: ArrowReaderMetadata,
        ranges: &[Range<usize>],
        columns: Option<&[usize]>,
    ) -> Result<Vec<arrow_array::RecordBatch>, LakeError> {
        let mut builder = ParquetRecordBatchStreamBuilder::new_with_metadata(self.reader(file), index);
        if let Some(columns) = columns {
            let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        let selection = RowSelection::from_consecutive_ranges(ranges.iter().cloned(), rows_of(file));
        let stream = builder.with_row_selection(selection).build().map_err(|error| unreadable(file, error))?;
        stream.try_collect().await.map_err(|error| unreadable(file, error))
    }
}

fn rows_of(file: &LakeFile) -> usize {
    usize::try_from(file.rows).unwrap_or(usize::MAX)
}

/// The rows of the pages in which some of the sorted handles may be; `None` when the file has no page index.
fn pages_of(index: &ArrowReaderMetadata, handles: &[Handle]) -> Option<Vec<Range<usize>>> {
    let metadata = index.metadata();
    let (columns, offsets) = (metadata.column_index()?, metadata.offset_index()?);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut base = 0;
    for (group, in_group) in metadata.row_groups().iter().enumerate() {
        let ColumnIndexMetaData::INT32(bounds) = columns.get(group)?.get(HANDLE)? else { return None };
        let pages = offsets.get(group)?.get(HANDLE)?.page_locations();
        let end = base + usize::try_from(in_group.num_rows()).ok()?;
        for (page, (least, greatest)) in bounds.min_values().iter().zip(bounds.max_values()).enumerate() {
            // Parquet keeps unsigned numbers in the bits of signed ones.
            let (least, greatest) = (Handle(least.cast_unsigned()), Handle(greatest.cast_unsigned()));
            let first = handles.partition_point(|handle| *handle < least);
            if handles.get(first).is_some_and(|handle| *handle <= greatest) {
                let starts = |page: usize| {
                    let location = pages.get(page).and_then(|location| usize::try_from(location.first_row_index).ok());
                    location.map_or(end, |first| base + first)
                };
                ranges.push(starts(page)..starts(page + 1));
            }
        }
        base = end;
    }
    Some(ranges)
}

fn unreadable(file: &LakeFile, error: ParquetError) -> LakeError {
    let missing = |source: &(dyn std::error::Error + 'static)| {
        matches!(source.downcast_ref(), Some(object_store::Error::NotFound { .. }))
    };
    match error {
        ParquetError::External(source) if missing(&*source) => LakeError::Missing { path: file.path.clone() },
        // A store that refuses says nothing about the file.
        ParquetError::External(source) => match source.downcast() {
            Ok(refused) => LakeError::Store(*refused),
            Err(source) => LakeError::damaged(&file.path, source),
        },
        error => LakeError::damaged(&file.path, error),
    }
}
