//! All SQL of the river.

use std::{collections::BTreeMap, ops::Range};

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use kernel::{Handle, Offset, WorkspaceId};
use lake::Order;
use rustc_hash::FxHashSet;

use crate::batch::{DedupKey, Entry};

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

/// Which of these keys were seen before.
pub async fn seen<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    keys: &[DedupKey],
) -> Result<FxHashSet<DedupKey>, DbError> {
    let list = keys.iter().map(|key| Value::from(key.0.to_vec())).collect();
    let sql = "select dedup_key from river_fact where workspace_id = $1 and dedup_key in ({list})";
    let rows = conn.all_in(sql, values![i64::from(workspace.0)], 1, list).await?;
    rows.iter()
        .map(|row| {
            let bytes: Vec<u8> = row.at(0)?;
            let key =
                <[u8; 16]>::try_from(bytes).map_err(|_| DbError::corrupt("a deduplication key is not 16 bytes"))?;
            Ok(DedupKey(key))
        })
        .collect()
}

/// Books facts that are no repeats.
pub async fn book<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, entries: &[Entry]) -> Result<(), DbError> {
    let mut values = Vec::with_capacity(entries.len() * 5);
    for entry in entries {
        values.push(Value::from(i64::from(workspace.0)));
        values.push(offset_value(entry.record.offset));
        values.push(Value::from(entry.record.key.0.to_vec()));
        values.push(Value::from(entry.subject.map_or(0, |handle| i64::from(handle.0))));
        values.push(Value::from(entry.record.fact.event.as_str()));
    }
    conn.insert_rows("insert into river_fact (workspace_id, fact_offset, dedup_key, handle, event)", 5, values, "")
        .await?;
    Ok(())
}

/// Which offsets from `from` up to and without `to` hold facts that are no repeats, in order.
pub async fn booked<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    from: Offset,
    to: Offset,
) -> Result<Vec<Offset>, DbError> {
    let rows = conn
        .all(
            "select fact_offset from river_fact \
             where workspace_id = $1 and fact_offset >= $2 and fact_offset < $3 order by fact_offset",
            [Value::from(i64::from(workspace.0)), offset_value(from), offset_value(to)],
        )
        .await?;
    offsets(&rows)
}

/// A person's facts are few, those of an event may be most of all: with handles named the index by event is kept out of it. For
/// the same reason their order is one that no index gives (`fact_offset + 0`): without it SQLite walks all facts in the order
/// of offsets to find a person's few (measured among ten million: 4.5 s instead of 0.4 ms).
fn narrowing(handles: Option<&[Handle]>, event: Option<&str>) -> (&'static str, &'static str) {
    match (handles, event) {
        (None, None) => ("", "order by fact_offset"),
        (None, Some(_)) => ("and event = $4", "order by fact_offset"),
        (Some(_), None) => ("and handle in ({list})", "order by fact_offset + 0"),
        (Some(_), Some(_)) => ("and event || '' = $4 and handle in ({list})", "order by fact_offset + 0"),
    }
}

/// What is booked from `range.start` up to and without `range.end`, in order, with whom it is about; 0 is nobody.
pub async fn bookings<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    range: Range<Offset>,
) -> Result<Vec<(Offset, Handle)>, DbError> {
    let rows = conn
        .all(
            "select fact_offset, handle from river_fact \
             where workspace_id = $1 and fact_offset >= $2 and fact_offset < $3 order by fact_offset",
            [Value::from(i64::from(workspace.0)), offset_value(range.start), offset_value(range.end)],
        )
        .await?;
    with_handles(&rows)
}

/// The first so many facts of a range in an order: under some handles (any when `None`), of this event (any when `None`).
/// They come in no order, and there may be more of them when the handles are many.
pub async fn bookings_under<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: Option<&[Handle]>,
    event: Option<&str>,
    range: Range<Offset>,
    order: Order,
    limit: usize,
) -> Result<Vec<(Offset, Handle)>, DbError> {
    let (filter, sorted) = narrowing(handles, event);
    let direction = if order == Order::OldestFirst { "asc" } else { "desc" };
    let sql = format!(
        "select fact_offset, handle from river_fact \
         where workspace_id = $1 and fact_offset >= $2 and fact_offset < $3 {filter} {sorted} {direction} limit {limit}"
    );
    let fixed = [Value::from(i64::from(workspace.0)), offset_value(range.start), offset_value(range.end)];
    let fixed = fixed.into_iter().chain(event.map(Value::from));
    let rows = match handles {
        None => conn.all(&sql, fixed).await?,
        Some(handles) => {
            let list = handles.iter().map(|handle| Value::from(i64::from(handle.0))).collect();
            conn.all_in(&sql, fixed, 1, list).await?
        }
    };
    with_handles(&rows)
}

fn with_handles(rows: &[QueryResult]) -> Result<Vec<(Offset, Handle)>, DbError> {
    let pair = |row: &QueryResult| {
        let handle = u32::try_from(row.at::<i64>(1)?).map_err(|_| DbError::corrupt("a handle is not 32 bits"))?;
        Ok((Offset(row.at::<i64>(0)?.unsigned_abs()), Handle(handle)))
    };
    rows.iter().map(pair).collect()
}

fn offsets(rows: &[QueryResult]) -> Result<Vec<Offset>, DbError> {
    rows.iter().map(|row| Ok(Offset(row.at::<i64>(0)?.unsigned_abs()))).collect()
}
