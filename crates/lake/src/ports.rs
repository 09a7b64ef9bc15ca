//! What the lake asks of the records, and how large its files become.

use std::ops::Range;

use async_trait::async_trait;
use kernel::{Handle, Offset};

use crate::PortError;

/// What the records know of the facts: which are no repeats, and whom they are about.
#[async_trait]
pub trait Bookings: Send + Sync {
    /// An offset below which everything is booked. It may lag behind the truth, and never goes back while the lake is open.
    fn end(&self) -> Offset;

    /// The facts booked in a range, in the order of their offsets.
    async fn booked(&self, range: Range<Offset>) -> Result<Vec<(Offset, Handle)>, PortError>;

    /// Facts booked in a range under some handles (under any when `None`), of one event or of any: the first so many in this
    /// order.
    async fn under(
        &self,
        handles: Option<&[Handle]>,
        event: Option<&str>,
        range: Range<Offset>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(Offset, Handle)>, PortError>;
}

/// From which end a timeline is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By growing offset.
    OldestFirst,
    /// By falling offset.
    NewestFirst,
}

/// Bounds of a lake. The default suits a workspace of a busy brand on one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// A file is written when so many facts wait.
    pub file_rows_max: u64,
    /// Or so many bytes of the log; what is in memory while a file is made is a few times this.
    pub file_bytes_max: usize,
    /// Or when the first of those that wait has waited so long.
    pub file_secs_max: u64,
    /// So many small files of a day that is not over are merged.
    pub compact_files_min: usize,
    /// A merged file has at most so many rows.
    pub compact_rows_max: u64,
    /// The files that are merged have at most so many bytes.
    pub compact_bytes_max: u64,
    /// How long a replaced file stays for those who read an older manifest.
    pub grace_secs: u64,
    /// How often the keeper looks whether there is something to do.
    pub pause_millis: u64,
    /// The keeper reads all files through again and again, at so many bytes a second, and compares them with their checksums.
    pub verify_bytes_per_sec: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            file_rows_max: 200_000,
            file_bytes_max: 64 << 20,
            file_secs_max: 300,
            compact_files_min: 8,
            compact_rows_max: 2_000_000,
            compact_bytes_max: 128 << 20,
            grace_secs: 900,
            pause_millis: 1000,
            verify_bytes_per_sec: 4 << 20,
        }
    }
}
