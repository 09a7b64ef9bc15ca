//! The outbox: facts other slices must hear of, stored in the transaction of the command that caused them, and taken from
//! here into the fact log. Nothing is told that was rolled back, and nothing is stored that goes untold.

use kernel::WorkspaceId;
use sea_orm::{ConnectionTrait, Value};

use crate::{DbError, Migration, Row, Sql, Tx, values};

/// The tables of this module; [`crate::Records::open`] runs them before those it is given.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "records_0001_outbox",
    sql: "create table outbox (
    id {serial},
    workspace_id {bigint} not null,
    payload {blob} not null,
    created_at {bigint} not null
)",
}];

/// A fact on its way to the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Rising, never used twice: the fact's id at the log's gate.
    pub id: i64,
    /// Whose log it goes to.
    pub workspace: WorkspaceId,
    /// The fact, encoded.
    pub payload: Vec<u8>,
}

/// Stores encoded facts with the command that is being decided.
///
/// # Errors
/// [`DbError`] by class.
pub async fn emit(tx: &Tx, workspace: WorkspaceId, facts: &[Vec<u8>]) -> Result<(), DbError> {
    let rows = facts.iter().flat_map(|fact| values![workspace.0, fact.clone(), tx.at().0]).collect();
    tx.insert_rows("insert into outbox (workspace_id, payload, created_at)", 3, rows, "").await?;
    Ok(())
}

/// The oldest facts behind an id (0 for all) that have not been settled, in order.
///
/// # Errors
/// [`DbError`] by class.
pub async fn pending(connection: &impl ConnectionTrait, after: i64, limit: u32) -> Result<Vec<Item>, DbError> {
    let sql = "select id, workspace_id, payload from outbox where id > $1 order by id limit $2";
    let rows = connection.all(sql, values![after, limit]).await?;
    rows.iter()
        .map(|row| {
            let workspace = row.get::<i64>("workspace_id")?;
            let workspace = u32::try_from(workspace)
                .map_err(|_| DbError::corrupt(format!("outbox: {workspace} is no workspace")))?;
            Ok(Item { id: row.get("id")?, workspace: WorkspaceId(workspace), payload: row.get("payload")? })
        })
        .collect()
}

/// Forgets facts that are in the log, durably.
///
/// # Errors
/// [`DbError`] by class.
pub async fn settle(tx: &Tx, ids: &[i64]) -> Result<(), DbError> {
    let ids: Vec<Value> = ids.iter().copied().map(Value::from).collect();
    tx.run_in("delete from outbox where id in ({list})", [], 1, ids).await?;
    Ok(())
}
