//! Opening a log: check what is there, drop what a crash left unfinished, make the rest durable anew.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use kernel::Offset;

use crate::{
    OpenError,
    disk::{Disk, DiskFile},
    format::{
        GROUP_BYTES_CEILING, GROUP_HEAD_BYTES, GROUP_MARK, SEGMENT_HEAD_BYTES, SegmentHead, VERSION, decode_group_head,
        decode_segment_head, looks_like_segment, segment_base, segment_name,
    },
    segment::{Segment, Stop, Walker},
    trim::{Found, START, read_start, remove_below, write_start},
    writer::{BeginError, begin_segment},
};

/// What opening dropped: the end of the last group, which a crash tore and nobody was told yes for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The segment file that was cut or, when its head was unfinished, removed.
    pub segment: PathBuf,
    /// Where it was cut.
    pub position: u64,
    /// How many bytes were dropped.
    pub bytes: u64,
    /// The next offset the log hands out.
    pub end: Offset,
}

/// A log ready to be read and written.
pub(crate) struct Recovered {
    pub segments: Vec<Arc<Segment>>,
    pub tip: Tip,
    pub repair: Option<Repair>,
}

/// Where the writer goes on: the last segment, its file open for writing, everything in it durable.
pub(crate) struct Tip {
    pub segment: Arc<Segment>,
    pub file: Box<dyn DiskFile>,
    pub end: Offset,
}

const SCAN_CHUNK_BYTES: usize = 256 << 10;

pub(crate) fn recover(disk: &dyn Disk, dir: &Path) -> Result<Recovered, OpenError> {
    disk.create_dir(dir).map_err(|error| trouble("make the folder", dir, error))?;
    let bases = list_segments(disk, dir)?;
    let start = match read_start(disk, dir).map_err(|error| trouble("read", &dir.join(START), error))? {
        Found::Start(start) => start,
        Found::Damaged => return Err(OpenError::Damaged { segment: dir.join(START), position: 0 }),
    };
    let (old, bases) = bases.split_at(bases.partition_point(|base| *base < start));
    let is_new = bases.is_empty() && start == Offset::FIRST;
    if !is_new && bases.first() != Some(&start) {
        return Err(OpenError::Missing { segment: dir.join(segment_name(start)) });
    }
    let mut segments = Vec::with_capacity(bases.len());
    let mut unfinished = None;
    for (index, base) in bases.iter().enumerate() {
        let segment = Segment::new(dir, *base, 0);
        match check_head(disk, &segment)? {
            Some(bytes) => segment.set_durable_bytes(bytes),
            None if index + 1 == bases.len() && (*base > start || *base == Offset::FIRST) => {
                unfinished = Some(remove_unfinished(disk, &segment)?);
                break;
            }
            None => return Err(OpenError::Damaged { segment: segment.path, position: 0 }),
        }
        segments.push(Arc::new(segment));
    }

    let (tip, mut repair) = match segments.last() {
        Some(last) => repair_tail(disk, last)?,
        None => {
            let tip = begin(disk, dir, Offset::FIRST)?;
            segments.push(Arc::clone(&tip.segment));
            (tip, None)
        }
    };
    // The last segment's name may not be durable yet: the process may have ended right after making it.
    disk.sync_dir(dir).map_err(|error| trouble("sync the folder", dir, error))?;
    if !old.is_empty() {
        // The start is durable for certain only now.
        remove_below(disk, dir, start).map_err(|error| trouble("trim", dir, error))?;
    }
    if let Some((segment, bytes)) = unfinished {
        repair.get_or_insert(Repair { segment, position: 0, bytes, end: tip.end });
    }
    if let Some(Repair { segment, position, bytes, end }) = &repair {
        tracing::warn!(segment = %segment.display(), position, bytes, %end, "dropped an unfinished write");
    }
    Ok(Recovered { segments, tip, repair })
}

pub(crate) fn trouble(doing: &'static str, path: &Path, source: io::Error) -> OpenError {
    OpenError::Disk { doing, path: path.to_owned(), source }
}

/// First offsets of the segments, ascending. Other files are none of the log's business.
pub(crate) fn list_segments(disk: &dyn Disk, dir: &Path) -> Result<Vec<Offset>, OpenError> {
    let names = disk.list(dir).map_err(|error| trouble("list the folder", dir, error))?;
    let mut bases = names
        .iter()
        .filter(|name| looks_like_segment(name))
        .map(|name| segment_base(name).ok_or_else(|| OpenError::NotASegment { path: dir.join(name) }))
        .collect::<Result<Vec<_>, _>>()?;
    bases.sort_unstable();
    Ok(bases)
}

/// The size of a segment whose head is sound; `None` when the head is not.
pub(crate) fn check_head(disk: &dyn Disk, segment: &Segment) -> Result<Option<u64>, OpenError> {
    let read = || {
        let file = disk.open_read(&segment.path)?;
        let mut head = [0; SEGMENT_HEAD_BYTES];
        let read = file.read_full_at(&mut head, 0)?;
        Ok((decode_segment_head(&head[..read]), file.size()?))
    };
    let (head, bytes) = read().map_err(|error| trouble("read", &segment.path, error))?;
    match head {
        None => Ok(None),
        Some(SegmentHead { version, .. }) if version > VERSION => {
            Err(OpenError::Newer { segment: segment.path.clone(), version })
        }
        Some(SegmentHead { base, .. }) if base != segment.base => {
            Err(OpenError::Damaged { segment: segment.path.clone(), position: 0 })
        }
        Some(_) => Ok(Some(bytes)),
    }
}

/// Removes a last segment whose head a crash left unfinished, unless a group follows: then the head was once durable.
fn remove_unfinished(disk: &dyn Disk, segment: &Segment) -> Result<(PathBuf, u64), OpenError> {
    let path = &segment.path;
    let file = disk.open_write(path).map_err(|error| trouble("open", path, error))?;
    let bytes = file.size().map_err(|error| trouble("read", path, error))?;
    if later_group(&*file, segment.base, 0, Offset(segment.base.0 - 1)).map_err(|error| trouble("read", path, error))? {
        return Err(OpenError::Damaged { segment: path.clone(), position: 0 });
    }
    disk.remove(path).map_err(|error| trouble("remove", path, error))?;
    Ok((path.clone(), bytes))
}

/// Makes the folder of an empty log whose first record will have the offset `start`.
pub(crate) fn found(disk: &dyn Disk, dir: &Path, start: Offset) -> Result<(), OpenError> {
    disk.create_dir(dir).map_err(|error| trouble("make the folder", dir, error))?;
    if let Some(base) = list_segments(disk, dir)?.first() {
        return Err(OpenError::Taken { segment: dir.join(segment_name(*base)) });
    }
    let start = start.max(Offset::FIRST);
    if start > Offset::FIRST {
        write_start(disk, dir, start).map_err(|error| trouble("write", &dir.join(START), error))?;
    }
    begin(disk, dir, start).map(drop)
}

/// Begins an empty log.
fn begin(disk: &dyn Disk, dir: &Path, start: Offset) -> Result<Tip, OpenError> {
    let segment = Arc::new(Segment::new(dir, start, SEGMENT_HEAD_BYTES as u64));
    let file = begin_segment(disk, &segment).map_err(|error| match error {
        BeginError::Write(error) => trouble("make", &segment.path, error),
        BeginError::Sync(error) => trouble("sync", &segment.path, error),
    })?;
    Ok(Tip { segment, file, end: start })
}

/// Cuts a torn group off the last segment and makes what remains durable.
fn repair_tail(disk: &dyn Disk, segment: &Arc<Segment>) -> Result<(Tip, Option<Repair>), OpenError> {
    let path = &segment.path;
    let bytes = segment.durable_bytes();
    let tail = walk_groups(disk, segment).map_err(|error| trouble("read", path, error))?;
    let file = disk.open_write(path).map_err(|error| trouble("open", path, error))?;
    let mut repair = None;
    if let Some(search_from) = tail.torn {
        let followed = later_group(&*file, segment.base, search_from, tail.end);
        if followed.map_err(|error| trouble("read", path, error))? {
            return Err(OpenError::Damaged { segment: path.clone(), position: tail.position });
        }
        file.set_size(tail.position).map_err(|error| trouble("cut", path, error))?;
        repair = Some(Repair {
            segment: path.clone(),
            position: tail.position,
            bytes: bytes - tail.position,
            end: tail.end,
        });
    }
    segment.forget_from(tail.position);
    segment.set_durable_bytes(tail.position);
    settle(&*file, tail.position).map_err(|error| trouble("sync", path, error))?;
    Ok((Tip { segment: Arc::clone(segment), file, end: tail.end }, repair))
}

/// How far the groups of a segment are whole.
pub(crate) struct Tail {
    pub end: Offset,
    pub position: u64,
    /// Bytes follow that are no whole group; a later group could begin from here on.
    pub torn: Option<u64>,
}

pub(crate) fn walk_groups(disk: &dyn Disk, segment: &Segment) -> io::Result<Tail> {
    let mut walker = Walker::open(disk, segment, segment.base, SCAN_CHUNK_BYTES)?;
    loop {
        let (end, position) = walker.place();
        if walker.is_at_end() {
            return Ok(Tail { end, position, torn: None });
        }
        let search_from = match walk_group(&mut walker) {
            Ok(None) => continue,
            Ok(Some(search_from)) => search_from,
            Err(Stop::Bad(_)) => position + 1,
            Err(Stop::Disk(error)) => return Err(error),
        };
        return Ok(Tail { end, position, torn: Some(search_from) });
    }
}

/// Walks over one group: `None` when it is whole, else where it should have ended.
fn walk_group(walker: &mut Walker<'_>) -> Result<Option<u64>, Stop> {
    let head = walker.group_head()?;
    let group_end = walker.place().1 + u64::from(head.bytes);
    for _ in 0..head.records {
        match walker.record() {
            Ok(_) => {}
            Err(Stop::Bad(_)) => return Ok(Some(group_end)),
            Err(error @ Stop::Disk(_)) => return Err(error),
        }
    }
    Ok((walker.place().1 != group_end).then_some(group_end))
}

/// Whether a group that begins after offset `end` is found from `position` on. It was written after everything before it
/// was synced, so what is bad before it was once good.
pub(crate) fn later_group(file: &dyn DiskFile, base: Offset, position: u64, end: Offset) -> io::Result<bool> {
    let mut rest = vec![0; file.size()?.saturating_sub(position) as usize];
    let read = file.read_full_at(&mut rest, position)?;
    let mut rest = &rest[..read];
    while let Some(found) = rest.windows(GROUP_HEAD_BYTES).position(|window| window.starts_with(&GROUP_MARK)) {
        if decode_group_head(base, &rest[found..]).is_some_and(|group| group.first > end) {
            return Ok(true);
        }
        rest = &rest[found + 1..];
    }
    Ok(false)
}

/// Makes everything before `end` durable. A group may be whole in the page cache only: its process was killed before the
/// sync, or the sync failed and the pages were marked clean. Writing the same bytes again makes the sync mean something.
/// Only the last group can be concerned, and none is larger than the ceiling.
fn settle(file: &dyn DiskFile, end: u64) -> io::Result<()> {
    let from = end.saturating_sub(GROUP_BYTES_CEILING as u64);
    let mut tail = vec![0; (end - from) as usize];
    let read = file.read_full_at(&mut tail, from)?;
    file.write_all_at(&tail[..read], from)?;
    file.sync_data()
}
