//! Plays, and what they declared.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, values};
use kernel::{Timestamp, WorkspaceId};
use serde_json::Value as Json;

use super::{read, texts, workspace_value, written};
use crate::model::{Declaration, Phase, Pools};

/// A play as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// Made by us.
    pub id: String,
    /// For staff and customers.
    pub name: String,
    /// Whether people can take part.
    pub phase: Phase,
    /// Rises with every change of what it declares.
    pub revision: i64,
    /// What it declares.
    pub declaration: Declaration,
    /// What is left.
    pub pools: Pools,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was changed.
    pub changed_at: Timestamp,
    /// When it began to run.
    pub launched_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, name, phase, revision, declaration, pools, created_at, created_by, changed_at, launched_at";

fn play(row: &QueryResult) -> Result<Play, DbError> {
    Ok(Play {
        id: row.get("id")?,
        name: row.get("name")?,
        phase: serde_json::from_value(Json::String(row.get("phase")?)).map_err(|_| DbError::corrupt("a phase"))?,
        revision: row.get("revision")?,
        declaration: read("a play", &row.get::<String>("declaration")?)?,
        pools: read("what is left of a play", &row.get::<String>("pools")?)?,
        created_at: Timestamp(row.get("created_at")?),
        created_by: row.get("created_by")?,
        changed_at: Timestamp(row.get("changed_at")?),
        launched_at: row.get::<Option<i64>>("launched_at")?.map(Timestamp),
    })
}

/// Plays of a workspace by their ids.
pub async fn plays_by_id<'a, C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Play>, DbError> {
    let sql = format!("select {COLUMNS} from play_play where workspace_id = $1 and id in ({{list}})");
    let rows = conn.all_in(&sql, [workspace_value(workspace)], 1, texts(ids)).await?;
    rows.iter().map(play).collect()
}

/// The newest plays of a workspace behind one of this instant and id.
pub async fn plays_before<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    before: Option<(Timestamp, String)>,
    limit: usize,
) -> Result<Vec<Play>, DbError> {
    let (at, id) = before.unwrap_or((Timestamp(i64::MAX), String::new()));
    let sql = format!(
        "select {COLUMNS} from play_play where workspace_id = $1 and (created_at < $2 or (created_at = $2 and id < $3))
         order by created_at desc, id desc limit $4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = conn.all(&sql, values![i64::from(workspace.0), at.0, id, limit]).await?;
    rows.iter().map(play).collect()
}

/// Writes plays, new or changed.
pub async fn put_plays<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, plays: &[&Play]) -> Result<(), DbError> {
    let mut rows = Vec::with_capacity(plays.len() * 11);
    for play in plays {
        rows.extend(values![
            i64::from(workspace.0),
            play.id.as_str(),
            play.name.as_str(),
            play.phase.slug(),
            play.revision,
            written("a play", &play.declaration)?,
            written("what is left of a play", &play.pools)?,
            play.created_at.0,
            play.created_by.as_str(),
            play.changed_at.0,
            play.launched_at.map(|at| at.0),
        ]);
    }
    let head = format!("insert into play_play (workspace_id, {COLUMNS})");
    let tail = "on conflict (workspace_id, id) do update set name = excluded.name, phase = excluded.phase,
        revision = excluded.revision, declaration = excluded.declaration, pools = excluded.pools,
        changed_at = excluded.changed_at, launched_at = excluded.launched_at";
    conn.insert_rows(&head, 11, rows, tail).await?;
    Ok(())
}

/// Writes down what a play declares from now on.
pub async fn add_revision<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    play: &Play,
    by: &str,
) -> Result<(), DbError> {
    let declaration = written("a play", &play.declaration)?;
    let row = values![i64::from(workspace.0), play.id.as_str(), play.revision, declaration, play.changed_at.0, by];
    let head = "insert into play_revision (workspace_id, play, revision, declaration, made_at, made_by)";
    conn.insert_rows(head, 6, row.into(), "").await?;
    Ok(())
}

/// Tries in which something falls due by itself by now, the earliest first: workspace, play, try, owner.
pub async fn due<C: ConnectionTrait>(
    conn: &C,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(WorkspaceId, String, String, String)>, DbError> {
    let sql = "select workspace_id, play, id, owner from play_instance where next_at <= $1 order by next_at limit $2";
    let rows = conn.all(sql, values![now.0, limit]).await?;
    rows.iter()
        .map(|row| {
            let workspace =
                u32::try_from(row.get::<i64>("workspace_id")?).map_err(|_| DbError::corrupt("a workspace"))?;
            Ok((WorkspaceId(workspace), row.get("play")?, row.get("id")?, row.get("owner")?))
        })
        .collect()
}
