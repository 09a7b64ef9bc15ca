//! Rings and what was decided about them.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Value, values};
use facts::Verdict;
use kernel::{Timestamp, WorkspaceId};

use crate::rules::fraud::Ring;

/// Longest list of rings read at once.
const RINGS_MAX: usize = 5_000;
const COLUMNS: &str = "id, verdict, body, found_at, seen_at, revision, decided_at, decided_by, why";

/// A ring in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Booked {
    /// Made by us.
    pub id: String,
    /// What was decided last.
    pub verdict: Verdict,
    /// As it was found last.
    pub ring: Ring,
    /// When it was found first.
    pub found_at: Timestamp,
    /// When it was found last.
    pub seen_at: Timestamp,
    /// How many decisions there were.
    pub revision: i64,
    /// When somebody decided last.
    pub decided_at: Option<Timestamp>,
    /// Who: `staff:<id>` or `key:<id>`.
    pub decided_by: Option<String>,
    /// Why, in their words.
    pub why: Option<String>,
}

fn booked_at(row: &QueryResult) -> Result<Booked, DbError> {
    let (verdict, body): (String, String) = (row.at(1)?, row.at(2)?);
    Ok(Booked {
        id: row.at(0)?,
        verdict: Verdict::parse(&verdict).ok_or_else(|| DbError::corrupt("the verdict of a ring"))?,
        ring: serde_json::from_str(&body).map_err(|error| DbError::corrupt(format!("a ring: {error}")))?,
        found_at: Timestamp(row.at(3)?),
        seen_at: Timestamp(row.at(4)?),
        revision: row.at(5)?,
        decided_at: row.at::<Option<i64>>(6)?.map(Timestamp),
        decided_by: row.at(7)?,
        why: row.at(8)?,
    })
}

/// Rings of a workspace, the newest first.
pub async fn rings_in_workspace<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId) -> Result<Vec<Booked>, DbError> {
    let sql = format!(
        "select {COLUMNS} from network_ring where workspace_id = $1 order by found_at desc, score desc, id limit {RINGS_MAX}"
    );
    conn.all(&sql, values![workspace.0]).await?.iter().map(booked_at).collect()
}

/// Some rings of a workspace, in no order; those that are not there are left out.
pub async fn some_rings_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    ids: &[String],
) -> Result<Vec<Booked>, DbError> {
    let list = ids.iter().map(|id| Value::from(id.as_str())).collect();
    let sql = format!("select {COLUMNS} from network_ring where workspace_id = $1 and id in ({{list}})");
    conn.all_in(&sql, values![workspace.0], 1, list).await?.iter().map(booked_at).collect()
}

/// Books rings; one that is there is written anew.
pub async fn put_rings<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, rings: &[Booked]) -> Result<(), DbError> {
    let mut rows: Vec<Value> = Vec::with_capacity(rings.len() * 13);
    for booked in rings {
        let body = serde_json::to_string(&booked.ring).map_err(|error| DbError::corrupt(format!("a ring: {error}")))?;
        rows.extend(values![
            workspace.0,
            booked.id.as_str(),
            booked.verdict.as_str(),
            booked.ring.kind.as_str(),
            booked.ring.score,
            i64::try_from(booked.ring.size).unwrap_or(i64::MAX),
            body,
            booked.found_at.0,
            booked.seen_at.0,
            booked.revision,
            booked.decided_at.map(|at| at.0),
            booked.decided_by.as_deref(),
            booked.why.as_deref(),
        ]);
    }
    let head = "insert into network_ring (workspace_id, id, verdict, kind, score, size, body, found_at, seen_at, \
                revision, decided_at, decided_by, why)";
    let tail = "on conflict (workspace_id, id) do update set verdict = excluded.verdict, kind = excluded.kind, \
                score = excluded.score, size = excluded.size, body = excluded.body, seen_at = excluded.seen_at, \
                revision = excluded.revision, decided_at = excluded.decided_at, decided_by = excluded.decided_by, \
                why = excluded.why";
    conn.insert_rows(head, 13, rows, tail).await?;
    Ok(())
}
