//! What staff decided about who is who, and what waits for a decision.

use db::{ConnectionTrait, DbError, Sql, Value, values};
use kernel::{Handle, Offset, Timestamp, WorkspaceId};

use super::{handle_at, id};

/// Pairs of handles that staff said are two persons.
pub async fn apart<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Vec<(Handle, Handle)>, DbError> {
    let sql = "select one, other from identity_apart where workspace_id = $1 and lifted_by is null order by one, other";
    let rows = conn.all(sql, [id(workspace)]).await?;
    rows.iter().map(|row| Ok((handle_at(row, 0)?, handle_at(row, 1)?))).collect()
}

/// Says that two handles are of two persons.
pub async fn put_apart<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    decision: &str,
    (one, other): (Handle, Handle),
) -> Result<(), DbError> {
    conn.run(
        "insert into identity_apart (workspace_id, decision, one, other) values ($1, $2, $3, $4) on conflict do nothing",
        values![workspace.0, decision, one.0, other.0],
    )
    .await?;
    Ok(())
}

/// A decision lifts what was said of two handles.
pub async fn lift_apart<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    decision: &str,
    (one, other): (Handle, Handle),
) -> Result<(), DbError> {
    conn.run(
        "update identity_apart set lifted_by = $2 \
         where workspace_id = $1 and one = $3 and other = $4 and lifted_by is null",
        values![workspace.0, decision, one.0, other.0],
    )
    .await?;
    Ok(())
}

/// The handles of whatever a decision did.
pub async fn touched_by<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    decision: &str,
) -> Result<Vec<Handle>, DbError> {
    let asked = || values![workspace.0, decision];
    let mut about = Vec::new();
    for sql in [
        "select handle, into_handle from identity_evidence where workspace_id = $1 and (decision = $2 or retracted_by = $2)",
        "select one, other from identity_apart where workspace_id = $1 and (decision = $2 or lifted_by = $2)",
    ] {
        for row in conn.all(sql, asked()).await? {
            about.extend([handle_at(&row, 0)?, handle_at(&row, 1)?]);
        }
    }
    about.sort_unstable();
    about.dedup();
    Ok(about)
}

/// The pairs that are two persons as soon as a decision is taken back.
pub async fn apart_without<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    decision: &str,
) -> Result<Vec<(Handle, Handle)>, DbError> {
    let sql = "select one, other from identity_apart \
               where workspace_id = $1 and decision <> $2 and (lifted_by is null or lifted_by = $2) order by one, other";
    let rows = conn.all(sql, values![workspace.0, decision]).await?;
    rows.iter().map(|row| Ok((handle_at(row, 0)?, handle_at(row, 1)?))).collect()
}

/// Takes back everything a decision did. Answers the handles it was about.
pub async fn take_back<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    decision: &str,
) -> Result<Vec<Handle>, DbError> {
    let about = touched_by(conn, workspace, decision).await?;
    for sql in [
        "update identity_evidence set retracted_by = null, retracted_at = null where workspace_id = $1 and retracted_by = $2",
        "delete from identity_evidence where workspace_id = $1 and decision = $2",
        "update identity_apart set lifted_by = null where workspace_id = $1 and lifted_by = $2",
        "delete from identity_apart where workspace_id = $1 and decision = $2",
        "update identity_conflict set state = 'open', decision = null where workspace_id = $1 and decision = $2",
    ] {
        conn.run(sql, values![workspace.0, decision]).await?;
    }
    Ok(about)
}

/// Evidence that waits for a decision, or waited.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub handle: Handle,
    pub into: Handle,
    /// `two_logins` or `limit`.
    pub reason: String,
    pub offset: Offset,
    pub at: Timestamp,
    pub confidence: f64,
    /// `open`; `merged`, `apart` or `moved` as it was decided; or `gone` when the evidence no longer speaks for it.
    pub state: String,
    pub decision: Option<String>,
}

const COLUMNS: &str = "handle, into_handle, reason, fact_offset, found_at, confidence, state, decision";

/// Books conflicts; one that is there stays as it is, unless it was settled by what holds no more.
pub async fn put_conflicts<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    conflicts: &[Conflict],
) -> Result<(), DbError> {
    let rows = conflicts.iter().flat_map(|conflict| {
        values![
            workspace.0,
            conflict.handle.0,
            conflict.into.0,
            conflict.reason.as_str(),
            i64::try_from(conflict.offset.0).unwrap_or(i64::MAX),
            conflict.at.0,
            conflict.confidence,
            conflict.state.as_str(),
            conflict.decision.as_deref(),
        ]
    });
    let head = format!("insert into identity_conflict (workspace_id, {COLUMNS})");
    let tail = "on conflict (workspace_id, handle, into_handle) do update set state = excluded.state, decision = null \
                where identity_conflict.state in ('gone', 'merged', 'moved')";
    conn.insert_rows(&head, 9, rows.collect(), tail).await?;
    Ok(())
}

/// Closes conflicts, or opens them again.
pub async fn settle_conflicts<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    pairs: &[(Handle, Handle)],
    (from, to): (&str, &str),
    decision: Option<&str>,
) -> Result<(), DbError> {
    for (handle, into) in pairs {
        conn.run(
            "update identity_conflict set state = $5, decision = $6 \
             where workspace_id = $1 and handle = $2 and into_handle = $3 and state = $4",
            [
                id(workspace),
                Value::from(i64::from(handle.0)),
                Value::from(i64::from(into.0)),
                Value::from(from),
                Value::from(to),
                Value::from(decision.map(str::to_owned)),
            ],
        )
        .await?;
    }
    Ok(())
}
