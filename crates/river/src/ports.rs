//! What the river is wired to: stages, live state, log and records.

use std::{error::Error, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use db::{DbError, Group, Records, Tx};
use factlog::FactLog;
use kernel::WorkspaceId;
use lake::Lake;

use crate::{Batch, Digest, Reach};

/// Why a stage could not do its part.
pub type StageError = DbError;

/// A slice of the house that has rows to write for every fact. Called in offset order, one batch at a time.
#[async_trait]
pub trait Stage: Send + Sync {
    /// Fills in what this stage knows of new facts, and writes its rows in the reader's transaction. It may be called again
    /// with the same facts when the transaction did not last, so it keeps nothing of its own.
    async fn digest(&self, tx: &Tx, batch: &mut Batch) -> Result<(), StageError>;

    /// Fills in the same for facts digested before. Reads only.
    async fn recall(&self, records: &Records, batch: &mut Batch) -> Result<(), StageError>;

    /// The batch is committed: what it interned may now be remembered.
    fn settled(&self, batch: &Batch);
}

/// State in memory that is a fold of the facts in offset order. Its snapshot is a file of its own: one that is missing, damaged or
/// of another version is folded anew from the first fact, and nothing else is.
pub trait Live: Send + Sync {
    /// Name of its snapshot file, unlike that of any other.
    fn name(&self) -> &'static str;

    /// Version of its snapshots; another version is rebuilt from the log.
    fn version(&self) -> u32;

    /// Folds a batch in.
    fn fold(&self, batch: &Batch);

    /// Everything, as bytes.
    ///
    /// # Errors
    /// When it cannot be written down; the log still has everything.
    fn save(&self) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>>;

    /// Takes over what [`Live::save`] wrote; `false` when it cannot.
    fn restore(&self, body: &[u8]) -> bool;

    /// Forgets everything.
    fn clear(&self);
}

/// After how many facts a snapshot is taken, when nothing speaks for another number.
pub const SNAPSHOT_EVERY: u64 = 200_000;

/// What a reader is wired to.
pub struct Wiring {
    /// Whose reader.
    pub workspace: WorkspaceId,
    /// The log it reads.
    pub log: Arc<FactLog>,
    /// The lake that follows this river: old facts are read there.
    pub lake: Lake,
    /// The records it digests into.
    pub records: Records,
    /// The reader's place at the grouped writer. One for each workspace, so that trouble of one stays its own: commands of
    /// one group succeed and fail together.
    pub digest: Group<Digest>,
    /// The same stages the digest has, in the same order.
    pub stages: Vec<Arc<dyn Stage>>,
    /// What lives on the facts, each under a name of its own. They fold one after the other.
    pub lives: Vec<Arc<dyn Live>>,
    /// Where snapshots are kept, one file for each that lives.
    pub snapshots: PathBuf,
    /// Snapshots are taken after so many facts: what has to be folded again after a crash. [`SNAPSHOT_EVERY`] suits most.
    /// A large state is written more rarely, so that writing it does not cost more than what it saves.
    pub snapshot_every: u64,
    /// How far back a repeat is told without asking the lake.
    pub reach: Reach,
}
