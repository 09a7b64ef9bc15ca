//! The fact log: everything that happens is appended here once, durably, and read from here by everybody else.
//!
//! One log per workspace folder. Its offsets are dense from 1. A log is a row of segment files named after their first
//! offset. A single writer thread takes whatever appends have queued up, writes them as one *group*, syncs the file once,
//! publishes the new end and only then says yes. So the cost of a sync is shared by everybody who waited for it, and a yes
//! means: survives `kill -9` and power loss.
//!
//! What makes recovery certain rather than a guess: a group is written only after the group before it was synced. After a
//! crash at most the last group can be torn. It was never acknowledged, and it is dropped whole, so an append is there
//! entirely or not at all. A bad record *followed by a later group* can therefore not come from a crash: it is damage, and
//! is reported, never skipped.
//!
//! A failed sync stops the log until it is opened again: what the operating system kept of the group is unknown, and
//! asking a second time would only be told "fine". A full or read-only disk refuses the group and goes on when it can.
//!
//! What all consumers have digested and keep themselves is trimmed from the front, in whole segments; see `trim`.
//!
//! The caller makes sure that a folder is open once (the data folder's lock). Reading blocks on file IO: async callers use
//! `spawn_blocking`.

mod disk;
mod error;
mod format;
mod inspect;
mod log;
mod options;
mod queue;
mod read;
mod recover;
mod segment;
pub mod sim;
#[cfg(test)]
mod simulation;
mod trim;
mod writer;

pub use disk::{Disk, DiskFile, RealDisk};
pub use error::{AppendError, OpenError, ReadError};
pub use inspect::{Inspection, inspect};
pub use log::FactLog;
pub use options::Options;
pub use recover::Repair;
