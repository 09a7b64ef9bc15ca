//! What can go wrong, and what to do about it.

use std::{io, path::PathBuf, sync::Arc};

use kernel::{ErrorCode, Offset};

/// Why an append was refused. Unless it says otherwise, nothing of it was stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// As much waits for the disk as may.
    #[error("the log's queue is full: send again in {retry_after_secs} s")]
    Full {
        /// When the queue should have room again, at the pace of the last group. From 1 to 60.
        retry_after_secs: u64,
    },
    /// More than one group may carry.
    #[error("these records take {bytes} bytes, the log takes {bytes_max} at once: send fewer records together")]
    TooLarge {
        /// What the records take in the log, framing included.
        bytes: usize,
        /// What an append may take.
        bytes_max: usize,
    },
    /// No space left on the disk.
    #[error("the disk is full and nothing was stored: free some space, then send again")]
    NoSpace,
    /// The disk refused the write, for instance because it is mounted read-only.
    #[error("the log cannot be written and nothing was stored: make its folder writable, then send again")]
    Unwritable(#[source] Arc<io::Error>),
    /// A sync failed, now or earlier; the log takes no more until it is opened again. The records of *this* append may
    /// or may not be found in the log then: send them again.
    #[error("the log has stopped because the disk failed ({reason}): check the disk, then restart")]
    Failed {
        /// What the disk said.
        reason: Arc<str>,
    },
    /// The log is being closed.
    #[error("the log is closing: send again after the restart")]
    Closed,
}

impl AppendError {
    /// The code a client is answered with.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Full { .. } => ErrorCode::Overloaded,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::NoSpace => ErrorCode::StorageFull,
            Self::Unwritable(_) | Self::Failed { .. } | Self::Closed => ErrorCode::Unavailable,
        }
    }

    /// The word by which refusals are counted.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Full { .. } => "full",
            Self::TooLarge { .. } => "too_large",
            Self::NoSpace => "no_space",
            Self::Unwritable(_) => "unwritable",
            Self::Failed { .. } => "failed",
            Self::Closed => "closed",
        }
    }
}

/// Why a log cannot be opened. Its files are left as they are.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Bounds that contradict each other.
    #[error("the log's options cannot be: {0}")]
    Options(&'static str),
    /// Something durable cannot be read back.
    #[error("{} is damaged at byte {position}: restore it from a backup", segment.display())]
    Damaged {
        /// The segment file.
        segment: PathBuf,
        /// Where the first unreadable byte range begins.
        position: u64,
    },
    /// Written by a later release.
    #[error("{} has format {version}, this release reads up to {}: start the later release", segment.display(), crate::format::VERSION)]
    Newer {
        /// The segment file.
        segment: PathBuf,
        /// The format it has.
        version: u32,
    },
    /// The log does not begin where it should: at offset 1, or where it was trimmed to.
    #[error("the segment {} is missing: restore it from a backup", segment.display())]
    Missing {
        /// The segment file that should be there.
        segment: PathBuf,
    },
    /// A new log was to be begun where there is one.
    #[error("the segment {} is there already: name a folder without a log", segment.display())]
    Taken {
        /// The segment file that is there.
        segment: PathBuf,
    },
    /// A file that looks like a segment but is not named like one.
    #[error("{} is not the name of a segment: move the file out of the log's folder", path.display())]
    NotASegment {
        /// The file.
        path: PathBuf,
    },
    /// The disk refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Disk {
        /// What was tried.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

impl ReadError {
    /// Whether the disk refused: the same again may succeed.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Disk { .. })
    }
}

/// Why records cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Offset 0, or one the log has not reached. A consumer that gets this has digested more than the log holds: the log
    /// is older than the consumer's own store.
    #[error("the log ends before offset {end}, so {offset} cannot be read: was an older log restored?")]
    Outside {
        /// What was asked for.
        offset: Offset,
        /// The next offset the log will hand out.
        end: Offset,
    },
    /// Everybody had digested what was asked for, and it was trimmed. The lake has it.
    #[error("the log begins at offset {start}, so {offset} is no longer in it: were older records restored?")]
    Trimmed {
        /// What was asked for.
        offset: Offset,
        /// Where the log begins.
        start: Offset,
    },
    /// Something durable cannot be read back.
    #[error("{} is damaged at byte {position}: restore it from a backup", segment.display())]
    Damaged {
        /// The segment file.
        segment: PathBuf,
        /// Where the first unreadable byte range begins.
        position: u64,
    },
    /// The disk refused.
    #[error("cannot read {}: {source}", segment.display())]
    Disk {
        /// The segment file.
        segment: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}
