//! The lake: all facts for ever, in Parquet files anyone can read.
//!
//! Below a store's folder of a workspace lie `manifest.json` and `facts/day=…/<first>-<last>-<generation>.parquet`. The
//! manifest is the only word on which files exist, and says how far the lake has come: the first offset that is not in it.
//! It is replaced whole, so *which files* and *how far* can never disagree, and every booked fact is in the lake exactly
//! once, whatever was interrupted. What a crash leaves behind is in no manifest, and is removed when the lake is opened.
//!
//! The lake follows the *records*, not the log: a row is a fact the records have booked, with the handle they gave it. It is
//! never ahead of them, and repeats never reach it. Until a fact is in the lake the log has it, so stopping needs no flush,
//! and nothing below the lake's next offset has to stay in the log for the lake's sake.
//!
//! Files come in as they are written, every few minutes, and are compacted day by day. A replaced file stays for a grace, so
//! whoever reads an older manifest reads the same rows as before. How files are laid out is told in `file`, how a person's
//! rows are found in `search`, how a page of a timeline is put together from files and log in `timeline`.
//!
//! All goes through `object_store`; the folder that stands in for one here syncs what it is given.

mod compact;
mod day;
mod error;
mod file;
mod keeper;
mod known;
mod lake;
mod manifest;
mod ports;
mod proof;
mod reader;
mod row;
mod search;
mod store;
mod timeline;
mod writer;

pub use day::Day;
pub use error::{LakeError, PortError};
pub use keeper::Keeper;
pub use known::Told;
pub use lake::{Held, Lake};
pub use manifest::{FORMAT, LakeFile, MANIFEST, Manifest, Retired};
pub use ports::{Bookings, Options, Order};
pub use proof::Health;
pub use row::{Row, schema};
pub use store::DiskStore;
pub use timeline::{Ask, Timelines};
pub use writer::LakeWriter;
