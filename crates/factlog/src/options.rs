//! How much a log holds in memory and in one file.

use crate::format::{GROUP_BYTES_CEILING, GROUP_HEAD_BYTES, RECORD_HEAD_BYTES};

/// Bounds of one log. The default suits a workspace of a busy brand on one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// A segment file is closed and the next begun before it would grow past this. At most 1 GiB.
    pub segment_bytes_max: u64,
    /// The most that is written between two syncs, and so the most one append may carry. At most 16 MiB.
    pub group_bytes_max: usize,
    /// Bytes that may wait for the disk (those being written included) before appends are refused as full.
    pub queue_bytes_max: usize,
    /// Appends that may wait for the disk (those being written included) before more are refused as full.
    pub queue_appends_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes_max: 64 << 20,
            group_bytes_max: 8 << 20,
            queue_bytes_max: 64 << 20,
            queue_appends_max: 16_384,
        }
    }
}

impl Options {
    /// Why these bounds cannot be, if they cannot.
    pub(crate) fn complaint(&self) -> Option<&'static str> {
        if self.segment_bytes_max > 1 << 30 {
            Some("segment_bytes_max is more than 1 GiB")
        } else if self.group_bytes_max > GROUP_BYTES_CEILING {
            Some("group_bytes_max is more than 16 MiB")
        } else if self.group_bytes_max <= GROUP_HEAD_BYTES + RECORD_HEAD_BYTES {
            Some("group_bytes_max leaves no room for a record")
        } else if self.queue_bytes_max < self.group_bytes_max {
            Some("queue_bytes_max is less than group_bytes_max, so a large append would never fit")
        } else if self.queue_appends_max == 0 {
            Some("queue_appends_max is 0, so nothing could ever be appended")
        } else {
            None
        }
    }
}
