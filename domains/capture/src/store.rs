//! All SQL of the slice: the register of the doors. Every query names its brand.

pub(crate) mod health;
pub(crate) mod imports;

use std::collections::BTreeMap;

use db::{ConnectionTrait, DbError, Narrowed, QueryResult, Row, Sql, Tx, values};
use kernel::{Timestamp, WorkspaceId};

use crate::model::{Door, Kept, Refusal, Volume};

/// What refusals to look for; what is `None` is not looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct RefusalQuery {
    /// Exactly this reason.
    pub(crate) reason: Option<String>,
    /// Exactly this source.
    pub(crate) source: Option<String>,
    /// Below this number.
    pub(crate) below: Option<i64>,
    /// At or after this time.
    pub(crate) since: Option<Timestamp>,
}

/// Adds refusals behind those that are there, and lets go of all but the newest `keep` and of those before `since`.
pub(crate) async fn add_refusals(
    tx: &Tx,
    workspace: WorkspaceId,
    refusals: &[Refusal],
    keep: usize,
    since: Timestamp,
) -> Result<(), DbError> {
    let last = tx.one("select max(number) from capture_refusal where workspace_id = $1", values![workspace.0]).await?;
    let last = last.map(|row| row.at::<Option<i64>>(0)).transpose()?.flatten().unwrap_or(0);
    let rows = (last + 1..).zip(refusals).flat_map(|(number, refusal)| {
        let Refusal { at, door, source, reason, message, event, message_id, bytes, excerpt } = refusal.clone();
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        values![workspace.0, number, at.0, door.as_str(), source, reason, message, event, message_id, bytes, excerpt]
    });
    let head = "insert into capture_refusal
        (workspace_id, number, refused_at, door, source, reason, message, event, message_id, item_bytes, excerpt)";
    tx.insert_rows(head, 11, rows.collect(), "").await?;
    let newest = last + i64::try_from(refusals.len()).unwrap_or(0);
    let keep = i64::try_from(keep).unwrap_or(i64::MAX);
    let beyond = "delete from capture_refusal where workspace_id = $1 and number <= $2";
    tx.run(beyond, values![workspace.0, newest - keep]).await?;
    let old = "delete from capture_refusal where workspace_id = $1 and refused_at < $2";
    tx.run(old, values![workspace.0, since.0]).await?;
    Ok(())
}

/// Refusals of a brand, the newest first.
pub(crate) async fn refusals(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    query: &RefusalQuery,
    limit: usize,
) -> Result<Vec<Kept>, DbError> {
    let sql = "select number, refused_at, door, source, reason, message, event, message_id, item_bytes, excerpt
        from capture_refusal where workspace_id = $1";
    let rows = Narrowed::new(sql, values![workspace.0])
        .by(" and reason = $n", query.reason.as_deref())
        .by(" and source = $n", query.source.as_deref())
        .by(" and number < $n", query.below)
        .by(" and refused_at >= $n", query.since.map(|at| at.0));
    rows.first(reads, "number desc", limit).await?.iter().map(kept).collect()
}

fn kept(row: &QueryResult) -> Result<Kept, DbError> {
    let door: String = row.get("door")?;
    let refusal = Refusal {
        at: Timestamp(row.get("refused_at")?),
        door: Door::parse(&door).ok_or_else(|| DbError::corrupt(format!("there is no door {door}")))?,
        source: row.get("source")?,
        reason: row.get("reason")?,
        message: row.get("message")?,
        event: row.get("event")?,
        message_id: row.get("message_id")?,
        bytes: row.get::<i64>("item_bytes")?.unsigned_abs(),
        excerpt: row.get("excerpt")?,
    };
    Ok(Kept { number: row.get("number")?, refusal })
}

/// Adds what sources handed in, and forgets minutes before `since`.
pub(crate) async fn add_volumes(
    tx: &Tx,
    workspace: WorkspaceId,
    volumes: &BTreeMap<(Timestamp, String), (u64, u64)>,
    since: Timestamp,
) -> Result<(), DbError> {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let rows = volumes.iter().flat_map(|((minute, source), (accepted, rejected))| {
        values![workspace.0, minute.0, source.as_str(), count(*accepted), count(*rejected)]
    });
    let head = "insert into capture_minute (workspace_id, minute, source, accepted, rejected)";
    let tail = "on conflict (workspace_id, minute, source) do update set
        accepted = capture_minute.accepted + excluded.accepted, rejected = capture_minute.rejected + excluded.rejected";
    tx.insert_rows(head, 5, rows.collect(), tail).await?;
    tx.run("delete from capture_minute where workspace_id = $1 and minute < $2", values![workspace.0, since.0]).await?;
    Ok(())
}

/// What sources handed in since a minute, in the order of time.
pub(crate) async fn volumes(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    since: Timestamp,
) -> Result<Vec<Volume>, DbError> {
    let sql = "select minute, source, accepted, rejected from capture_minute
        where workspace_id = $1 and minute >= $2 order by minute, source";
    let rows = reads.all(sql, values![workspace.0, since.0]).await?;
    rows.iter()
        .map(|row| {
            Ok(Volume {
                minute: Timestamp(row.get("minute")?),
                source: row.get("source")?,
                accepted: row.get("accepted")?,
                rejected: row.get("rejected")?,
            })
        })
        .collect()
}
