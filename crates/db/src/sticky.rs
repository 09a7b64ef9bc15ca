//! Outcomes that stick: a command that was done once under a key is not done again under it, and answers the same.
//!
//! The outcome is stored in the transaction of the command, so there is no moment at which the command is done and its
//! outcome is not known: two of one key at once, a crash between, and two servers on one database all end with one effect. A
//! refused command leaves nothing, and may be tried again.

use std::collections::BTreeSet;

use kernel::{Timestamp, WorkspaceId};
use sea_orm::{ConnectionTrait, Value};

use crate::{DbError, Migration, Row, Sql, Tx, values};

/// The tables of this module; [`crate::Records::open`] runs them before those it is given.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "records_0003_sticky",
    sql: "create table sticky_outcome (
    workspace_id {bigint} not null,
    place {blob} not null,
    request {blob} not null,
    answer {blob} not null,
    created_at {bigint} not null,
    primary key (workspace_id, place)
);
create index sticky_outcome_created on sticky_outcome (created_at)",
}];

/// How long an outcome sticks.
pub const STICKS_SECS: i64 = 24 * 3600;

/// A command's outcome, and what it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sticky {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The hash of operation, caller and key.
    pub place: [u8; 32],
    /// The hash of what was asked.
    pub request: [u8; 32],
    /// What was answered, sealed.
    pub answer: Vec<u8>,
}

/// The outcomes that a batch must not repeat, and those it adds.
#[derive(Debug, Default)]
pub struct Stuck {
    taken: BTreeSet<(WorkspaceId, [u8; 32])>,
    kept: Vec<Sticky>,
}

impl Stuck {
    /// What is stored already of what a batch asks for.
    ///
    /// # Errors
    /// [`DbError`] by class.
    pub async fn load(tx: &Tx, asked: impl IntoIterator<Item = &Sticky>) -> Result<Self, DbError> {
        let places: Vec<Value> =
            asked.into_iter().flat_map(|sticky| values![sticky.workspace.0, sticky.place.to_vec()]).collect();
        let sql = "select workspace_id, place from sticky_outcome
            where created_at > $1 and (workspace_id, place) in (values {rows})";
        let mut stuck = Self::default();
        for row in tx.all_in(sql, values![since(tx.at()).0], 2, places).await? {
            let workspace =
                u32::try_from(row.get::<i64>("workspace_id")?).map_err(|_| DbError::corrupt("a workspace"))?;
            stuck.taken.insert((WorkspaceId(workspace), hash(row.get("place")?)?));
        }
        Ok(stuck)
    }

    /// Whether it was done already; the command is then not to be decided.
    #[must_use]
    pub fn is_taken(&self, sticky: &Sticky) -> bool {
        self.taken.contains(&(sticky.workspace, sticky.place))
    }

    /// The command is done.
    pub fn keep(&mut self, sticky: Sticky) {
        self.taken.insert((sticky.workspace, sticky.place));
        self.kept.push(sticky);
    }

    /// Stores what was kept, and forgets what has stuck long enough.
    ///
    /// # Errors
    /// [`DbError`] by class.
    pub async fn store(self, tx: &Tx) -> Result<(), DbError> {
        if self.kept.is_empty() {
            return Ok(());
        }
        tx.run("delete from sticky_outcome where created_at <= $1", values![since(tx.at()).0]).await?;
        let rows = self.kept.into_iter().flat_map(|sticky| {
            let Sticky { workspace, place, request, answer } = sticky;
            values![workspace.0, place.to_vec(), request.to_vec(), answer, tx.at().0]
        });
        let head = "insert into sticky_outcome (workspace_id, place, request, answer, created_at)";
        tx.insert_rows(head, 5, rows.collect(), "").await?;
        Ok(())
    }
}

/// The outcome at a place, if one sticks there.
///
/// # Errors
/// [`DbError`] by class.
pub async fn earlier(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    place: [u8; 32],
    now: Timestamp,
) -> Result<Option<Sticky>, DbError> {
    let sql = "select request, answer from sticky_outcome where workspace_id = $1 and place = $2 and created_at > $3";
    let row = reads.one(sql, values![workspace.0, place.to_vec(), since(now).0]).await?;
    row.map(|row| Ok(Sticky { workspace, place, request: hash(row.get("request")?)?, answer: row.get("answer")? }))
        .transpose()
}

fn since(now: Timestamp) -> Timestamp {
    now.plus_secs(-STICKS_SECS)
}

fn hash(bytes: Vec<u8>) -> Result<[u8; 32], DbError> {
    bytes.try_into().map_err(|_| DbError::corrupt("a hash of another length"))
}
