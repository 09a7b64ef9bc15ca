//! Where a log begins. Segments that everybody has digested are removed from its front, whole.
//!
//! The file `start` says where the log begins, so that a segment that was trimmed and one that got lost are told apart. It
//! is written beside, synced, renamed, and its folder synced *before* a segment is removed: whatever a crash leaves below
//! the start is removed when the log is opened, and nothing at or above it ever was.

use std::{io, path::Path};

use kernel::Offset;

use crate::{
    disk::Disk,
    format::{START_BYTES, decode_start, encode_start, looks_like_segment, segment_base},
    log::Shared,
};

/// Says where a log begins; a log that has none begins at 1.
pub(crate) const START: &str = "start";
const START_BESIDE: &str = "start.new";

/// What a log's folder says of its beginning.
pub(crate) enum Found {
    Start(Offset),
    Damaged,
}

pub(crate) fn read_start(disk: &dyn Disk, dir: &Path) -> io::Result<Found> {
    let file = match disk.open_read(&dir.join(START)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Start(Offset::FIRST)),
        opened => opened?,
    };
    // One byte more than there should be is damage, too.
    let mut bytes = [0; START_BYTES + 1];
    let read = file.read_full_at(&mut bytes, 0)?;
    Ok(decode_start(&bytes[..read]).map_or(Found::Damaged, Found::Start))
}

/// Says durably where a log begins.
pub(crate) fn write_start(disk: &dyn Disk, dir: &Path, start: Offset) -> io::Result<()> {
    let beside = dir.join(START_BESIDE);
    let file = disk.create(&beside)?;
    file.write_all_at(&encode_start(start), 0)?;
    file.sync_data()?;
    disk.rename(&beside, &dir.join(START))?;
    disk.sync_dir(dir)
}

/// Removes the segments below a durable start.
pub(crate) fn remove_below(disk: &dyn Disk, dir: &Path, start: Offset) -> io::Result<()> {
    let names = disk.list(dir)?;
    let old = names.iter().filter(|name| looks_like_segment(name));
    let old = old.filter(|name| segment_base(name).is_some_and(|base| base < start));
    let mut removed = false;
    for name in old {
        disk.remove(&dir.join(name))?;
        removed = true;
    }
    if removed { disk.sync_dir(dir) } else { Ok(()) }
}

impl Shared {
    /// Where the log begins.
    pub fn start(&self) -> Offset {
        self.segments.read().first().map_or(Offset::FIRST, |first| first.base)
    }

    pub fn trim_below(&self, offset: Offset) -> io::Result<Offset> {
        let _one_at_a_time = self.trimming.lock();
        let start = {
            let segments = self.segments.read();
            let past = segments.partition_point(|segment| segment.base <= offset);
            segments[past.saturating_sub(1)].base
        };
        if start > self.start() {
            write_start(&*self.disk, &self.dir, start)?;
            self.segments.write().retain(|segment| segment.base >= start);
            metrics::counter!("searchlight_log_trims_total").increment(1);
            remove_below(&*self.disk, &self.dir, start)?;
        }
        Ok(self.start())
    }
}
