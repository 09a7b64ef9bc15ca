//! Hours and shapes of sources.

use std::collections::BTreeSet;

use db::{ConnectionTrait, DbError, Narrowed, Row, Sql, Tx, values};
use kernel::{Timestamp, WorkspaceId};

use crate::{
    model::{HourCount, ShapeSpan},
    rules::health::Seen,
};

/// Shapes kept of one source; of more, those known longest stay.
pub(crate) const SHAPES_MAX: usize = 4_000;

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Adds what came, and forgets hours before `since`.
pub(crate) async fn add_hours(tx: &Tx, workspace: WorkspaceId, hours: &[HourCount], since: i64) -> Result<(), DbError> {
    let rows = hours.iter().flat_map(|hour| {
        let last_at = hour.last_at.map(|at| at.0);
        let counts = [hour.accepted, hour.rejected, hour.named].map(count);
        values![workspace.0, hour.source.as_str(), hour.hour, counts[0], counts[1], counts[2], last_at]
    });
    let head = "insert into capture_hour (workspace_id, source, hour, accepted, rejected, named, last_at)";
    let tail = "on conflict (workspace_id, source, hour) do update set
        accepted = capture_hour.accepted + excluded.accepted, rejected = capture_hour.rejected + excluded.rejected,
        named = capture_hour.named + excluded.named, last_at = coalesce(excluded.last_at, capture_hour.last_at)";
    tx.insert_rows(head, 7, rows.collect(), tail).await?;
    tx.run("delete from capture_hour where workspace_id = $1 and hour < $2", values![workspace.0, since]).await?;
    Ok(())
}

/// What came since an hour, by source and in the order of time.
pub(crate) async fn hours(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    since: i64,
) -> Result<Vec<HourCount>, DbError> {
    let sql = "select source, hour, accepted, rejected, named, last_at from capture_hour
        where workspace_id = $1 and hour >= $2 order by source, hour";
    let rows = reads.all(sql, values![workspace.0, since]).await?;
    rows.iter()
        .map(|row| {
            Ok(HourCount {
                source: row.get("source")?,
                hour: row.get("hour")?,
                accepted: row.get::<i64>("accepted")?.unsigned_abs(),
                rejected: row.get::<i64>("rejected")?.unsigned_abs(),
                named: row.get::<i64>("named")?.unsigned_abs(),
                last_at: row.get::<Option<i64>>("last_at")?.map(Timestamp),
            })
        })
        .collect()
}

/// Adds what facts looked like, forgets what was not seen since `since`, and what is newest of a source that has too much.
pub(crate) async fn add_shapes(
    tx: &Tx,
    workspace: WorkspaceId,
    shapes: &[ShapeSpan],
    since: Timestamp,
) -> Result<(), DbError> {
    let rows = shapes.iter().flat_map(|ShapeSpan { source, seen }| {
        let Seen { event, property, kind, first_at, last_at, times } = seen.clone();
        values![workspace.0, source.as_str(), event, property, kind, first_at.0, last_at.0, times]
    });
    let head = "insert into capture_shape (workspace_id, source, event, property, kind, first_at, last_at, times)";
    let tail = "on conflict (workspace_id, source, event, property, kind) do update set
        last_at = excluded.last_at, times = capture_shape.times + excluded.times";
    tx.insert_rows(head, 8, rows.collect(), tail).await?;
    let old = "delete from capture_shape where workspace_id = $1 and last_at < $2";
    tx.run(old, values![workspace.0, since.0]).await?;
    let beyond = "delete from capture_shape where workspace_id = $1 and source = $2 and first_at >= (
        select first_at from capture_shape where workspace_id = $1 and source = $2
        order by first_at limit 1 offset $3)";
    for source in shapes.iter().map(|span| span.source.as_str()).collect::<BTreeSet<_>>() {
        tx.run(beyond, values![workspace.0, source, count(SHAPES_MAX as u64)]).await?;
    }
    Ok(())
}

/// What facts look like, of one source or of all, in the order of names.
pub(crate) async fn shapes(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    source: Option<&str>,
) -> Result<Vec<ShapeSpan>, DbError> {
    let sql =
        "select source, event, property, kind, first_at, last_at, times from capture_shape where workspace_id = $1";
    let rows = Narrowed::new(sql, values![workspace.0]).by(" and source = $n", source);
    let rows = rows.first(reads, "source, event, property, kind", usize::MAX >> 1).await?;
    rows.iter()
        .map(|row| {
            let seen = Seen {
                event: row.get("event")?,
                property: row.get("property")?,
                kind: row.get("kind")?,
                first_at: Timestamp(row.get("first_at")?),
                last_at: Timestamp(row.get("last_at")?),
                times: row.get("times")?,
            };
            Ok(ShapeSpan { source: row.get("source")?, seen })
        })
        .collect()
}
