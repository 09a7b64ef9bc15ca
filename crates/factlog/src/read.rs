//! Reading: only durable records, each checked.

use std::sync::Arc;

use bytes::Bytes;
use kernel::Offset;

use crate::{
    ReadError,
    log::Shared,
    segment::{Segment, Stop, Walker},
};

const POINT_CHUNK_BYTES: usize = 8 << 10;
const RANGE_CHUNK_BYTES: usize = 256 << 10;

impl Shared {
    pub fn read(&self, from: Offset, records_max: usize, bytes_max: usize) -> Result<Vec<(Offset, Bytes)>, ReadError> {
        let end = *self.end.borrow();
        if from < Offset::FIRST || from > end {
            return Err(ReadError::Outside { offset: from, end });
        }
        self.check_start(from)?;
        let mut records = Vec::new();
        match self.read_range(from..end, records_max, bytes_max, &mut records) {
            // What is sound before the damage is handed out; the next read begins at the damage and says so.
            Err(_) if !records.is_empty() => Ok(records),
            // It may have been trimmed while it was read.
            Err(error) => self.check_start(from).and(Err(error)),
            Ok(()) => Ok(records),
        }
    }

    fn read_range(
        &self,
        range: std::ops::Range<Offset>,
        records_max: usize,
        bytes_max: usize,
        records: &mut Vec<(Offset, Bytes)>,
    ) -> Result<(), ReadError> {
        let mut next = range.start;
        let mut bytes = 0;
        while next < range.end && records.len() < records_max {
            let (segment, segment_end) = self.segment_of(next)?;
            let chunk_bytes = bytes_max.clamp(POINT_CHUNK_BYTES, RANGE_CHUNK_BYTES);
            let mut walker = self.walker(&segment, next, chunk_bytes)?;
            let end = segment_end.map_or(range.end, |segment_end| segment_end.min(range.end));
            while next < end && records.len() < records_max {
                let (offset, payload) = walker.next().map_err(|stop| read_error(&segment, stop))?;
                if offset < next {
                    continue;
                }
                bytes += payload.len();
                if bytes > bytes_max && !records.is_empty() {
                    return Ok(());
                }
                records.push((offset, Bytes::copy_from_slice(payload)));
                next = offset.next();
            }
        }
        Ok(())
    }

    pub fn read_at(&self, offsets: &[Offset]) -> Result<Vec<(Offset, Bytes)>, ReadError> {
        let end = *self.end.borrow();
        let mut records = Vec::with_capacity(offsets.len());
        let mut rest = offsets;
        while let Some(first) = rest.first() {
            if *first < Offset::FIRST || *first >= end {
                return Err(ReadError::Outside { offset: *first, end });
            }
            let (segment, segment_end) = self.segment_of(*first)?;
            let segment_end = segment_end.unwrap_or(end);
            let here = rest.iter().take_while(|offset| (segment.base..segment_end).contains(offset)).count();
            let (wanted, later) = rest.split_at(here);
            let read = self.read_in(&segment, wanted, &mut records);
            read.or_else(|error| self.check_start(*first).and(Err(error)))?;
            rest = later;
        }
        Ok(records)
    }

    /// Reads records of one segment, walking on from one to the next where that is nearer than the index.
    fn read_in(
        &self,
        segment: &Segment,
        wanted: &[Offset],
        records: &mut Vec<(Offset, Bytes)>,
    ) -> Result<(), ReadError> {
        let mut walker: Option<Walker<'_>> = None;
        for offset in wanted {
            let near = segment.nearest(*offset);
            let at = match &mut walker {
                Some(at) => {
                    if at.place().0 > *offset || at.place().1 < near.1 {
                        at.jump(near);
                    }
                    at
                }
                None => walker.insert(self.walker(segment, *offset, POINT_CHUNK_BYTES)?),
            };
            loop {
                let (found, payload) = at.next().map_err(|stop| read_error(segment, stop))?;
                if found == *offset {
                    records.push((found, Bytes::copy_from_slice(payload)));
                    break;
                }
            }
        }
        Ok(())
    }

    fn check_start(&self, offset: Offset) -> Result<(), ReadError> {
        let start = self.start();
        if offset < start { Err(ReadError::Trimmed { offset, start }) } else { Ok(()) }
    }

    /// The segment that holds an offset, and where the next one begins.
    fn segment_of(&self, offset: Offset) -> Result<(Arc<Segment>, Option<Offset>), ReadError> {
        let segments = self.segments.read();
        let past = segments.partition_point(|segment| segment.base <= offset);
        match past.checked_sub(1) {
            Some(at) => Ok((Arc::clone(&segments[at]), segments.get(past).map(|next| next.base))),
            None => Err(ReadError::Trimmed { offset, start: segments[0].base }),
        }
    }

    fn walker<'a>(&self, segment: &'a Segment, offset: Offset, chunk_bytes: usize) -> Result<Walker<'a>, ReadError> {
        Walker::open(&*self.disk, segment, offset, chunk_bytes).map_err(|error| read_error(segment, Stop::Disk(error)))
    }
}

fn read_error(segment: &Segment, stop: Stop) -> ReadError {
    let segment = segment.path.clone();
    match stop {
        Stop::Bad(position) => ReadError::Damaged { segment, position },
        Stop::Disk(source) => ReadError::Disk { segment, source },
    }
}
