//! Backups of a data folder, taken while the server runs, and what is restored from them.
//!
//! A backup is one moment of the whole house. First each brand's lake is held: what its manifest names stays. Then the records
//! are copied as they are at one instant. What the copy has digested decides how much of the log belongs to it: from where the
//! held lake ends to where the copied records stand, and at least as far as the log reached when the backup began. So the
//! records are never ahead of the log, lake and log have no gap between them, and every fact that was acknowledged before the
//! backup began is in it. Facts and commands that come later are in the next one.
//!
//! The records are a file of SQLite in a backup, whichever engine keeps them, and are restored into either.
//!
//! `backup.json` is written last: a backup without it is not finished, and is not restored.

mod book;
mod control;
mod files;
mod last;
mod restore;
mod take;
#[cfg(test)]
mod tests;

pub use book::Book;
pub use control::{Refused, ask, serve};
pub use last::Last;
pub use restore::restore;
pub use take::take;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedSender;

/// The records in a backup.
const RECORDS: &str = "records.sqlite";

/// What a backup or a restore is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The records are copied.
    Records,
    /// The log is copied; counted in facts.
    Log,
    /// The lake is copied; counted in bytes.
    Lake,
    /// Files are read back and their checksums are written down or compared; counted in bytes.
    Check,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Told {
    /// What it is doing.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// Of how much; 0 when that is not known.
    pub total: u64,
}

/// Where it is told how far it is. Nobody has to listen.
#[derive(Clone)]
pub struct Teller(pub UnboundedSender<Told>);

impl Teller {
    fn tell(&self, stage: Stage, done: u64, total: u64) {
        let _nobody_listens = self.0.send(Told { stage, done, total });
    }
}
