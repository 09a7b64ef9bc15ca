//! All SQL of the river.

use std::collections::BTreeMap;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use kernel::{Offset, WorkspaceId};

mod lists;
mod singles;
mod slices;

pub use singles::{into_slice, singles};
pub use slices::{book, booked, bookings, bookings_under, drop_slices, gone_keys, kept};

/// The consumer that digests into records.
const RECORDS: &str = "records";

fn offset_value(offset: Offset) -> Value {
    Value::from(i64::try_from(offset.0).unwrap_or(i64::MAX))
}

/// The next offset the records of a workspace have not yet digested.
pub async fn next_offset<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Offset, DbError> {
    let row = conn
        .one(
            "select next_offset from river_offset where workspace_id = $1 and consumer = $2",
            values![i64::from(workspace.0), RECORDS],
        )
        .await?;
    match row {
        None => Ok(Offset::FIRST),
        Some(row) => Ok(Offset(row.at::<i64>(0)?.unsigned_abs())),
    }
}

/// The next offset of every workspace whose records have digested anything.
///
/// # Errors
/// [`DbError`] by class.
pub async fn standing<C: ConnectionTrait>(conn: &C) -> Result<BTreeMap<WorkspaceId, Offset>, DbError> {
    let sql = "select workspace_id, next_offset from river_offset where consumer = $1";
    let rows = conn.all(sql, values![RECORDS]).await?;
    let pair = |row: &QueryResult| {
        let workspace = u32::try_from(row.at::<i64>(0)?).map_err(|_| DbError::corrupt("a workspace is not 32 bits"))?;
        Ok((WorkspaceId(workspace), Offset(row.at::<i64>(1)?.unsigned_abs())))
    };
    rows.iter().map(pair).collect()
}

/// Moves the records of a workspace on from `start` to `next`; `false` when they do not stand at `start`.
///
/// It comes first in a transaction. A server that was killed may have left one whose commit is still on its way: PostgreSQL
/// then waits here until it is known what became of it, instead of running into its rows later.
pub async fn claim<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    start: Offset,
    next: Offset,
) -> Result<bool, DbError> {
    let sql = if start == Offset::FIRST {
        "insert into river_offset (workspace_id, consumer, next_offset) values ($1, $2, $3) \
         on conflict (workspace_id, consumer) do update set next_offset = excluded.next_offset \
         where river_offset.next_offset = $4"
    } else {
        "update river_offset set next_offset = $3 where workspace_id = $1 and consumer = $2 and next_offset = $4"
    };
    let values = [Value::from(i64::from(workspace.0)), Value::from(RECORDS), offset_value(next), offset_value(start)];
    Ok(conn.run(sql, values).await? == 1)
}
