//! The river: one ordered reader per workspace that carries facts from the log to everybody who lives on them.
//!
//! A record of the log goes through the same steps exactly once. *Digesting*: repeats are dropped, the stages (identity)
//! give ids their handles, and all rows are committed together with the next offset, in one transaction of the grouped
//! writer. *Folding*: the digested batch is folded into live state (the network). Records are the truth; live state is
//! rebuilt from a snapshot plus the log, where *recalling* looks up what digesting once wrote.
//!
//! The river knows no clock: instants come with the facts. It knows no business either: stages and live state are ports
//! that slices fill and the app wires.

mod batch;
mod booked;
mod digest;
mod error;
mod lives;
mod ports;
mod reader;
mod relay;
mod repeats;
mod river;
mod rivers;
mod snapshot;
mod store;
mod taken;
mod window;

use db::Migration;

pub use batch::{Batch, DedupKey, Entry, Link, Record};
pub use booked::Booked;
pub use digest::{Digest, Digested, Slice};
pub use error::{CatchUpError, RiverError};
pub use lake::{Ask, Lake, LakeError, Order, Row};
pub use ports::{Live, SNAPSHOT_EVERY, Stage, StageError, Wiring};
pub use relay::Relay;
pub use river::River;
pub use rivers::Rivers;
pub use snapshot::SnapshotError;
pub use store::standing;
pub use window::Reach;

/// The river's own tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "river_0001_facts", sql: include_str!("../migrations/0001_river.sql") },
    Migration { name: "river_0002_events", sql: include_str!("../migrations/0002_events.sql") },
    Migration { name: "river_0003_slices", sql: include_str!("../migrations/0003_slices.sql") },
];
