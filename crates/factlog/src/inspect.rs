//! Reading a whole log without changing it, also while a server writes to it.

use std::path::Path;

use kernel::Offset;

use crate::{
    Disk, OpenError,
    recover::{check_head, later_group, list_segments, trouble, walk_groups},
    segment::Segment,
    trim::{Found, START, read_start},
};

/// What a log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Files.
    pub segments: usize,
    /// Records in whole groups.
    pub records: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// The offset after the last record in a whole group.
    pub end: Offset,
}

/// Reads every record of the log in a folder and compares it with its checksum. Blocks on file IO.
///
/// What follows the last whole group is no damage: a server may be writing it, or a crash tore it and opening drops it.
///
/// # Errors
/// [`OpenError`] for the first file that is damaged, missing, newer than this release, or that the disk refuses.
pub fn inspect(disk: &dyn Disk, dir: &Path) -> Result<Inspection, OpenError> {
    let start = match read_start(disk, dir).map_err(|error| trouble("read", &dir.join(START), error))? {
        Found::Start(start) => start,
        Found::Damaged => return Err(OpenError::Damaged { segment: dir.join(START), position: 0 }),
    };
    // What lies below the start is about to be removed.
    let bases: Vec<Offset> = list_segments(disk, dir)?.into_iter().filter(|base| *base >= start).collect();
    let mut found = Inspection { segments: bases.len(), records: 0, bytes: 0, end: start };
    for (index, base) in bases.iter().enumerate() {
        let last = index + 1 == bases.len();
        if *base != found.end {
            return Err(OpenError::Missing { segment: dir.join(crate::format::segment_name(found.end)) });
        }
        let segment = Segment::new(dir, *base, 0);
        let Some(bytes) = check_head(disk, &segment)? else {
            if last {
                break;
            }
            return Err(OpenError::Damaged { segment: segment.path, position: 0 });
        };
        segment.set_durable_bytes(bytes);
        let tail = walk_groups(disk, &segment).map_err(|error| trouble("read", &segment.path, error))?;
        let damaged = match tail.torn {
            None => false,
            Some(_) if !last => true,
            // A group was only written after the one before it was durable.
            Some(from) => disk
                .open_read(&segment.path)
                .and_then(|file| later_group(&*file, *base, from, tail.end))
                .map_err(|error| trouble("read", &segment.path, error))?,
        };
        if damaged {
            return Err(OpenError::Damaged { segment: segment.path, position: tail.position });
        }
        found.records += tail.end.0 - base.0;
        found.bytes += bytes;
        found.end = tail.end;
    }
    Ok(found)
}
