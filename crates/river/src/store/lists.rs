//! The lists of a slice as they are stored, each as long as the others.

use db::DbError;
use kernel::{Handle, Offset};

use crate::batch::{DedupKey, Entry};

/// What a slice has booked, list by list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Lists {
    pub(super) at_offsets: Vec<u8>,
    pub(super) handles: Vec<u8>,
    pub(super) events: Vec<u8>,
    pub(super) names: Vec<String>,
    pub(super) keys: Vec<u8>,
}

impl Lists {
    /// The lists of facts that are no repeats, at offsets from `first` on.
    pub(super) fn of(first: Offset, entries: &[Entry]) -> Self {
        let mut lists = Self {
            at_offsets: Vec::with_capacity(entries.len() * 4),
            handles: Vec::with_capacity(entries.len() * 4),
            events: Vec::with_capacity(entries.len() * 2),
            names: Vec::new(),
            keys: Vec::with_capacity(entries.len() * 16),
        };
        for entry in entries {
            let record = &entry.record;
            let handle = entry.subject.map_or(0, |handle| handle.0);
            lists.push(first, record.offset, handle, &record.fact.event, &record.key);
        }
        lists
    }

    /// Adds a fact. A slice has fewer facts than 2 bytes can count, so fewer names too.
    pub(super) fn push(&mut self, first: Offset, offset: Offset, handle: u32, event: &str, key: &DedupKey) {
        let at = u32::try_from(offset.0 - first.0).unwrap_or(u32::MAX);
        // Names are few in most slices, and the same ones come again and again.
        let name = self.names.iter().position(|name| name == event).unwrap_or_else(|| {
            self.names.push(event.to_owned());
            self.names.len() - 1
        });
        let name = u16::try_from(name).unwrap_or(u16::MAX);
        self.at_offsets.extend_from_slice(&at.to_le_bytes());
        self.handles.extend_from_slice(&handle.to_le_bytes());
        self.events.extend_from_slice(&name.to_le_bytes());
        self.keys.extend_from_slice(&key.0);
    }
}

/// The offsets of a slice.
pub(super) fn offsets(first: Offset, at_offsets: &[u8]) -> Result<Vec<Offset>, DbError> {
    Ok(numbers(at_offsets)?.map(|at| Offset(first.0 + u64::from(at))).collect())
}

/// The handles of a slice.
pub(super) fn handles(list: &[u8]) -> Result<Vec<Handle>, DbError> {
    Ok(numbers(list)?.map(Handle).collect())
}

/// The places of a slice's facts among its names.
pub(super) fn places(list: &[u8]) -> Result<Vec<usize>, DbError> {
    let (pairs, rest) = list.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(torn());
    }
    Ok(pairs.iter().map(|pair| usize::from(u16::from_le_bytes(*pair))).collect())
}

/// The keys of a slice.
pub(super) fn keys(list: &[u8]) -> Result<Vec<DedupKey>, DbError> {
    let (keys, rest) = list.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(torn());
    }
    Ok(keys.iter().map(|key| DedupKey(*key)).collect())
}

fn numbers(list: &[u8]) -> Result<impl Iterator<Item = u32>, DbError> {
    let (numbers, rest) = list.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(torn());
    }
    Ok(numbers.iter().map(|number| u32::from_le_bytes(*number)))
}

pub(super) fn torn() -> DbError {
    DbError::corrupt("the lists of a slice are not of one length")
}
