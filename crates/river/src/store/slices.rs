//! Slices: what was digested together is one row.

use std::ops::Range;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};
use lake::Order;
use rustc_hash::FxHashSet;

use super::{
    lists::{self, Lists},
    offset_value,
};
use crate::{
    batch::{DedupKey, Entry},
    window::Kept,
};

/// Slices read at once.
const SLICES_READ: usize = 64;

fn id(workspace: WorkspaceId) -> Value {
    Value::from(i64::from(workspace.0))
}

fn offset_at(row: &QueryResult, index: usize) -> Result<Offset, DbError> {
    Ok(Offset(row.at::<i64>(index)?.unsigned_abs()))
}

/// Books the facts of a slice that are no repeats; a slice of repeats alone leaves nothing.
pub async fn book<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    slice: Range<Offset>,
    digested_at: Timestamp,
    entries: &[Entry],
) -> Result<(), DbError> {
    book_lists(conn, workspace, slice.clone(), digested_at, Lists::of(slice.start, entries)).await
}

pub(super) async fn book_lists<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    slice: Range<Offset>,
    digested_at: Timestamp,
    lists: Lists,
) -> Result<(), DbError> {
    if lists.at_offsets.is_empty() {
        return Ok(());
    }
    let events = serde_json::to_string(&lists.names).map_err(|error| DbError::corrupt(error.to_string()))?;
    let sql = "insert into river_slice \
               (workspace_id, first_offset, next_offset, digested_at, at_offset, handle, event, events, dedup_key) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        id(workspace),
        offset_value(slice.start),
        offset_value(slice.end),
        Value::from(digested_at.0),
        Value::from(lists.at_offsets),
        Value::from(lists.handles),
        Value::from(lists.events),
        Value::from(events),
        Value::from(lists.keys),
    ];
    conn.run(sql, values).await?;
    Ok(())
}

/// The first slices of a range of offsets, with their keys.
pub async fn kept<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    range: Range<Offset>,
) -> Result<Vec<(Kept, Vec<DedupKey>)>, DbError> {
    let sql = format!(
        "select first_offset, next_offset, digested_at, dedup_key from river_slice \
         where workspace_id = $1 and first_offset >= $2 and first_offset < $3 order by first_offset limit {SLICES_READ}"
    );
    let rows = conn.all(&sql, [id(workspace), offset_value(range.start), offset_value(range.end)]).await?;
    rows.iter()
        .map(|row| {
            let keys = lists::keys(&row.at::<Vec<u8>>(3)?)?;
            let (first, next) = (offset_at(row, 0)?, offset_at(row, 1)?);
            Ok((Kept { first, next, digested_at: Timestamp(row.at(2)?), ids: keys.len() }, keys))
        })
        .collect()
}

/// The keys of the slices before an offset.
pub async fn gone_keys<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    before: Offset,
) -> Result<Vec<DedupKey>, DbError> {
    let sql = "select dedup_key from river_slice where workspace_id = $1 and first_offset < $2";
    let mut keys = Vec::new();
    for row in conn.all(sql, [id(workspace), offset_value(before)]).await? {
        keys.append(&mut lists::keys(&row.at::<Vec<u8>>(0)?)?);
    }
    Ok(keys)
}

/// Lets the slices before an offset go.
pub async fn drop_slices<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, before: Offset) -> Result<u64, DbError> {
    let sql = "delete from river_slice where workspace_id = $1 and first_offset < $2";
    conn.run(sql, [id(workspace), offset_value(before)]).await
}

/// Which offsets from `from` up to and without `to` hold facts that are no repeats, in order.
pub async fn booked<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    from: Offset,
    to: Offset,
) -> Result<Vec<Offset>, DbError> {
    let booked = bookings(conn, workspace, from..to).await?;
    Ok(booked.into_iter().map(|(offset, _)| offset).collect())
}

/// What is booked from `range.start` up to and without `range.end`, in order, with whom it is about; 0 is nobody.
pub async fn bookings<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    range: Range<Offset>,
) -> Result<Vec<(Offset, Handle)>, DbError> {
    bookings_under(conn, workspace, None, None, range, Order::OldestFirst, usize::MAX).await
}

/// The first so many facts of a range in an order: under some handles (any when `None`), of this event (any when `None`).
pub async fn bookings_under<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    handles: Option<&[Handle]>,
    event: Option<&str>,
    range: Range<Offset>,
    order: Order,
    limit: usize,
) -> Result<Vec<(Offset, Handle)>, DbError> {
    let wanted: Option<FxHashSet<Handle>> = handles.map(|handles| handles.iter().copied().collect());
    let mut found = Vec::new();
    // Offsets of slices that are not looked at yet: the one the range begins in is the first of them.
    let mut rest = floor(conn, workspace, range.start).await?..range.end;
    while found.len() < limit && rest.start < rest.end {
        let slices = some(conn, workspace, rest.clone(), order).await?;
        let Some(last) = slices.last() else { break };
        match order {
            Order::OldestFirst => rest.start = last.first.next(),
            Order::NewestFirst => rest.end = last.first,
        }
        for slice in &slices {
            let mut of_slice = slice.bookings(wanted.as_ref(), event, &range);
            if order == Order::NewestFirst {
                of_slice.reverse();
            }
            found.append(&mut of_slice);
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// Where the last slice begins that begins at an offset or before it; the offset itself when there is none.
async fn floor<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, offset: Offset) -> Result<Offset, DbError> {
    let sql = "select max(first_offset) from river_slice where workspace_id = $1 and first_offset <= $2";
    let row = conn.one(sql, [id(workspace), offset_value(offset)]).await?;
    let first = row.map(|row| row.at::<Option<i64>>(0)).transpose()?.flatten();
    Ok(first.map_or(offset, |first| Offset(first.unsigned_abs())))
}

/// A slice as it was booked.
struct Booked {
    first: Offset,
    offsets: Vec<Offset>,
    handles: Vec<Handle>,
    /// For each fact its place in `names`.
    events: Vec<usize>,
    names: Vec<String>,
}

impl Booked {
    fn read(row: &QueryResult) -> Result<Self, DbError> {
        let first = offset_at(row, 0)?;
        let slice = Self {
            first,
            offsets: lists::offsets(first, &row.at::<Vec<u8>>(1)?)?,
            handles: lists::handles(&row.at::<Vec<u8>>(2)?)?,
            events: lists::places(&row.at::<Vec<u8>>(3)?)?,
            names: serde_json::from_str(&row.at::<String>(4)?).map_err(|error| DbError::corrupt(error.to_string()))?,
        };
        if slice.handles.len() != slice.offsets.len() || slice.events.len() != slice.offsets.len() {
            return Err(lists::torn());
        }
        Ok(slice)
    }

    fn bookings(
        &self,
        wanted: Option<&FxHashSet<Handle>>,
        event: Option<&str>,
        range: &Range<Offset>,
    ) -> Vec<(Offset, Handle)> {
        let place = event.map(|event| self.names.iter().position(|name| name == event));
        // Nothing of this name happened in this slice.
        if place == Some(None) {
            return Vec::new();
        }
        let place = place.flatten();
        let facts = self.offsets.iter().zip(&self.handles).zip(&self.events);
        let of_them = facts.filter(|((offset, handle), event)| {
            range.contains(offset)
                && wanted.is_none_or(|wanted| wanted.contains(handle))
                && place.is_none_or(|place| **event == place)
        });
        of_them.map(|((offset, handle), _)| (*offset, *handle)).collect()
    }
}

/// The first slices of a range in an order.
async fn some<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    range: Range<Offset>,
    order: Order,
) -> Result<Vec<Booked>, DbError> {
    let direction = if order == Order::OldestFirst { "asc" } else { "desc" };
    let sql = format!(
        "select first_offset, at_offset, handle, event, events from river_slice \
         where workspace_id = $1 and first_offset >= $2 and first_offset < $3 \
         order by first_offset {direction} limit {SLICES_READ}"
    );
    let rows = conn.all(&sql, [id(workspace), offset_value(range.start), offset_value(range.end)]).await?;
    rows.iter().map(Booked::read).collect()
}
