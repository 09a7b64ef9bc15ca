//! One segment file, as readers see it: its durable length, and positions known from walking over it.

use std::{
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use kernel::Offset;
use parking_lot::Mutex;

use crate::{
    disk::{Disk, DiskFile},
    format::{
        GROUP_HEAD_BYTES, GROUP_MARK, GroupHead, RECORD_HEAD_BYTES, SEGMENT_HEAD_BYTES, decode_group_head,
        record_bytes, record_is_sound, record_length, segment_name,
    },
};

/// A position is remembered about every so many bytes.
const INDEX_STEP_BYTES: u64 = 4096;

pub(crate) struct Segment {
    pub base: Offset,
    pub path: PathBuf,
    /// Readers stop here; the writer moves it after each sync.
    durable_bytes: AtomicU64,
    /// Sorted (offset − base, position), beginning with the first. Grows as records are written or walked over, so an old
    /// segment costs nothing until it is read.
    index: Mutex<Vec<(u32, u32)>>,
}

impl Segment {
    pub fn new(dir: &Path, base: Offset, durable_bytes: u64) -> Self {
        Self {
            base,
            path: dir.join(segment_name(base)),
            durable_bytes: AtomicU64::new(durable_bytes),
            index: Mutex::new(vec![(0, SEGMENT_HEAD_BYTES as u32)]),
        }
    }

    pub fn durable_bytes(&self) -> u64 {
        self.durable_bytes.load(Ordering::Acquire)
    }

    pub fn set_durable_bytes(&self, bytes: u64) {
        self.durable_bytes.store(bytes, Ordering::Release);
    }

    /// Remembers positions that lie far enough apart and behind those known. Segments stay below 2 GiB, so 32 bits do.
    pub fn note(&self, known: impl IntoIterator<Item = (Offset, u64)>) {
        let mut index = self.index.lock();
        for (offset, position) in known {
            let last = index.last().map_or(0, |(_, position)| u64::from(*position));
            if position >= last + INDEX_STEP_BYTES {
                index.push(((offset.0 - self.base.0) as u32, position as u32));
            }
        }
    }

    /// Forgets positions from `end` on: a repair cut the file there.
    pub fn forget_from(&self, end: u64) {
        self.index.lock().retain(|(_, position)| u64::from(*position) < end.max(SEGMENT_HEAD_BYTES as u64 + 1));
    }

    /// The nearest known position at or before an offset of this segment.
    pub fn nearest(&self, offset: Offset) -> (Offset, u64) {
        let index = self.index.lock();
        let past = index.partition_point(|(relative, _)| self.base.0 + u64::from(*relative) <= offset.0);
        let (relative, position) = index[past.saturating_sub(1)];
        (Offset(self.base.0 + u64::from(relative)), u64::from(position))
    }

    fn note_next_from(&self) -> u64 {
        self.index.lock().last().map_or(0, |(_, position)| u64::from(*position) + INDEX_STEP_BYTES)
    }
}

/// Why a walk cannot go on.
#[derive(Debug)]
pub(crate) enum Stop {
    /// What is at this position is no record.
    Bad(u64),
    Disk(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Walks over a segment from a known position, record by record, checking each.
pub(crate) struct Walker<'a> {
    pub segment: &'a Segment,
    file: Box<dyn DiskFile>,
    offset: Offset,
    position: u64,
    limit: u64,
    /// Bytes of the file from `buffered_at` on.
    buffer: Vec<u8>,
    buffered_at: u64,
    chunk_bytes: usize,
    note_from: u64,
}

impl<'a> Walker<'a> {
    /// Stands at the nearest known position at or before `offset`; reads the file in pieces of `chunk_bytes`.
    pub fn open(disk: &dyn Disk, segment: &'a Segment, offset: Offset, chunk_bytes: usize) -> io::Result<Self> {
        let file = disk.open_read(&segment.path)?;
        let (offset, position) = segment.nearest(offset);
        Ok(Self {
            segment,
            file,
            offset,
            position,
            limit: segment.durable_bytes(),
            buffer: Vec::new(),
            buffered_at: position,
            chunk_bytes,
            note_from: segment.note_next_from(),
        })
    }

    /// Goes to a place the index knows.
    pub const fn jump(&mut self, (offset, position): (Offset, u64)) {
        self.offset = offset;
        self.position = position;
    }

    /// The offset of the next record and where it, or its group's head, begins.
    pub const fn place(&self) -> (Offset, u64) {
        (self.offset, self.position)
    }

    /// Whether everything was walked over.
    pub const fn is_at_end(&self) -> bool {
        self.position == self.limit
    }

    /// The next record, wherever in a group it stands.
    pub fn next(&mut self) -> Result<(Offset, &[u8]), Stop> {
        while self.peek(GROUP_MARK.len())? == GROUP_MARK {
            self.group_head()?;
        }
        self.record()
    }

    /// The head of the group that begins here.
    pub fn group_head(&mut self) -> Result<GroupHead, Stop> {
        let (base, limit, position) = (self.segment.base, self.limit, self.position);
        let head = decode_group_head(base, self.peek(GROUP_HEAD_BYTES)?).ok_or(Stop::Bad(position))?;
        let end = position + GROUP_HEAD_BYTES as u64 + u64::from(head.bytes);
        if head.first != self.offset || head.records == 0 || end > limit {
            return Err(Stop::Bad(position));
        }
        self.position += GROUP_HEAD_BYTES as u64;
        Ok(head)
    }

    /// The record that begins here.
    pub fn record(&mut self) -> Result<(Offset, &[u8]), Stop> {
        let (offset, position) = (self.offset, self.position);
        let bad = || Stop::Bad(position);
        let head = *self.peek(RECORD_HEAD_BYTES)?.first_chunk().ok_or_else(bad)?;
        let length = record_length(&head).ok_or_else(bad)?;
        self.peek(record_bytes(length))?;
        let start = (position - self.buffered_at) as usize + RECORD_HEAD_BYTES;
        let payload = &self.buffer[start..start + length];
        if !record_is_sound(&head, offset, payload) {
            return Err(bad());
        }
        if position >= self.note_from {
            self.segment.note([(offset, position)]);
            self.note_from = position + INDEX_STEP_BYTES;
        }
        self.position += record_bytes(length) as u64;
        self.offset = offset.next();
        Ok((offset, payload))
    }

    /// The next `bytes` of the file; bad when it does not have so many.
    fn peek(&mut self, bytes: usize) -> Result<&[u8], Stop> {
        if self.position + bytes as u64 > self.limit {
            return Err(Stop::Bad(self.position));
        }
        let buffered = self.buffered_at..self.buffered_at + self.buffer.len() as u64;
        if self.position < buffered.start || self.position + bytes as u64 > buffered.end {
            let wanted = (bytes.max(self.chunk_bytes) as u64).min(self.limit - self.position);
            self.buffer.resize(wanted as usize, 0);
            let read = self.file.read_full_at(&mut self.buffer, self.position)?;
            self.buffer.truncate(read);
            self.buffered_at = self.position;
            if read < bytes {
                return Err(Stop::Bad(self.position));
            }
        }
        let start = (self.position - self.buffered_at) as usize;
        Ok(&self.buffer[start..start + bytes])
    }
}
