//! Parquet files of the lake: how they are laid out so that one person's rows lie in few pages.
//!
//! Rows are sorted by (handle, timestamp, offset) and pages are short, so a person's rows in a file are in one page, seldom
//! in two. The page index, at the file's end, says which: it has the least and greatest handle of every page, and where
//! the page lies. Texts nobody searches by have no statistics.

use arrow_array::{RecordBatch, cast::AsArray, types::TimestampMicrosecondType};
use bytes::Bytes;
use kernel::{Offset, WorkspaceId};
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
    },
    basic::{Compression, Encoding, ZstdLevel},
    file::{
        metadata::SortingColumn,
        properties::{EnabledStatistics, WriterProperties},
    },
    schema::types::ColumnPath,
};

use crate::{
    Day, LakeError, LakeFile, Row,
    row::{self, HANDLE, Key, OFFSET, TIMESTAMP},
};

/// Rows of a page: what has to be decoded for one row.
const PAGE_ROWS: usize = 512;
/// Rows of a row group: what another engine gives to one of its threads.
const GROUP_ROWS: usize = 131_072;
/// Rows that are read together when a file is read whole.
const BATCH_ROWS: usize = 4096;

fn properties() -> WriterProperties {
    let column = |name: &str| ColumnPath::from(name);
    let sorting = [HANDLE, TIMESTAMP, OFFSET];
    let sorting = sorting.map(|at| SortingColumn { column_idx: at as i32, descending: false, nulls_first: false });
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("Searchlight".into())
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_sorting_columns(Some(sorting.to_vec()))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_column_dictionary_enabled(column("handle"), false)
        .set_column_encoding(column("handle"), Encoding::DELTA_BINARY_PACKED);
    for name in row::UNIQUE {
        properties = properties
            .set_column_dictionary_enabled(column(name), false)
            .set_column_statistics_enabled(column(name), EnabledStatistics::None);
    }
    for name in row::GROWING {
        properties = properties
            .set_column_dictionary_enabled(column(name), false)
            .set_column_encoding(column(name), Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}

/// A file being made of batches that come sorted.
pub(crate) struct FileWriter {
    writer: ArrowWriter<Vec<u8>>,
    offsets: Option<(u64, u64)>,
    handles: Option<(u32, u32)>,
    rows: u64,
}

impl FileWriter {
    pub(crate) fn new() -> Result<Self, LakeError> {
        let writer = ArrowWriter::try_new(Vec::new(), row::schema(), Some(properties()))?;
        Ok(Self { writer, offsets: None, handles: None, rows: 0 })
    }

    pub(crate) fn write(&mut self, columns: &RecordBatch) -> Result<(), LakeError> {
        self.writer.write(columns)?;
        self.rows += columns.num_rows() as u64;
        for offset in row::offsets("", columns)?.values() {
            let (least, greatest) = self.offsets.unwrap_or((*offset, *offset));
            self.offsets = Some((least.min(*offset), greatest.max(*offset)));
        }
        let handles = row::handles("", columns)?.values();
        if let (Some(first), Some(last)) = (handles.first(), handles.last()) {
            self.handles = Some((self.handles.map_or(*first, |handles| handles.0), *last));
        }
        Ok(())
    }

    /// The file, and its line in the manifest.
    pub(crate) fn finish(self, day: Day, generation: u32) -> Result<(LakeFile, Bytes), LakeError> {
        let bytes = Bytes::from(self.writer.into_inner()?);
        let (first, last) = self.offsets.map_or((Offset(0), Offset(0)), |(first, last)| (Offset(first), Offset(last)));
        let (min_handle, max_handle) = self.handles.unwrap_or_default();
        let file = LakeFile {
            path: LakeFile::path_of(day, first, last, generation),
            day,
            rows: self.rows,
            bytes: bytes.len() as u64,
            first_offset: first,
            last_offset: last,
            min_handle,
            max_handle,
            generation,
            checksum: blake3::hash(&bytes).to_string(),
        };
        Ok((file, bytes))
    }
}

/// One new file for each day on which some of the rows were received.
pub(crate) fn files_of(workspace: WorkspaceId, mut rows: Vec<Row>) -> Result<Vec<(LakeFile, Bytes)>, LakeError> {
    rows.sort_unstable_by_key(|row| (Day::of(row.fact.received_at), row.key()));
    let days = rows.chunk_by(|a, b| Day::of(a.fact.received_at) == Day::of(b.fact.received_at));
    days.map(|rows| {
        let mut file = FileWriter::new()?;
        for rows in rows.chunks(BATCH_ROWS) {
            file.write(&row::to_columns(workspace, rows)?)?;
        }
        file.finish(Day::of(rows[0].fact.received_at), 0)
    })
    .collect()
}

/// Whether the bytes are those of the file.
pub(crate) fn check(file: &LakeFile, bytes: &[u8]) -> Result<(), LakeError> {
    if bytes.len() as u64 != file.bytes {
        return Err(LakeError::damaged(&file.path, format!("{} bytes instead of {}", bytes.len(), file.bytes)));
    }
    if blake3::hash(bytes).to_string() != file.checksum {
        return Err(LakeError::damaged(&file.path, "its checksum does not fit"));
    }
    Ok(())
}

/// All rows of a file that was checked, batch by batch.
pub(crate) fn batches(bytes: Bytes) -> Result<ParquetRecordBatchReader, LakeError> {
    Ok(ParquetRecordBatchReaderBuilder::try_new(bytes)?.with_batch_size(BATCH_ROWS).build()?)
}

/// What the rows of a batch are sorted by.
pub(crate) fn keys(path: &str, columns: &RecordBatch) -> Result<Vec<Key>, LakeError> {
    let times = columns.column(TIMESTAMP).as_primitive_opt::<TimestampMicrosecondType>();
    let times = times.ok_or_else(|| LakeError::damaged(path, "no column of timestamps"))?;
    let keys = row::handles(path, columns)?.values().iter().zip(times.values());
    let keys = keys.zip(row::offsets(path, columns)?.values());
    Ok(keys.map(|((handle, time), offset)| (*handle, *time, *offset)).collect())
}
