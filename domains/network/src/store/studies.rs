//! SQL of the studies: seed plans and forecasts.

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, values};
use kernel::{Timestamp, WorkspaceId};

/// Longest list of studies read at once.
const STUDIES_MAX: usize = 500;

/// What a study is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whom to start with.
    Seeds,
    /// What would happen.
    Forecast,
}

impl Kind {
    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seeds => "seeds",
            Self::Forecast => "forecast",
        }
    }
}

/// What became of a study, as far as the records know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was begun.
    Running,
    /// It has an answer.
    Done,
    /// It has none, and will not get one.
    Failed,
}

impl State {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Study {
    /// Made by us.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// For people.
    pub name: String,
    /// Over which roots: only who may see just those, or all, may see it.
    pub scope: String,
    /// What was asked, as JSON.
    pub asked: String,
    /// What became of it.
    pub state: State,
    /// The answer, as JSON.
    pub answer: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

fn study_at(row: &QueryResult) -> Result<Study, DbError> {
    let kind = match row.at::<String>(1)?.as_str() {
        "seeds" => Kind::Seeds,
        "forecast" => Kind::Forecast,
        _ => return Err(DbError::corrupt("a study is of no known kind")),
    };
    let state = match row.at::<String>(5)?.as_str() {
        "running" => State::Running,
        "done" => State::Done,
        "failed" => State::Failed,
        _ => return Err(DbError::corrupt("a study is in no known state")),
    };
    Ok(Study {
        id: row.at(0)?,
        kind,
        name: row.at(2)?,
        scope: row.at(3)?,
        asked: row.at(4)?,
        state,
        answer: row.at(6)?,
        created_at: Timestamp(row.at(7)?),
        created_by: row.at(8)?,
        finished_at: row.at::<Option<i64>>(9)?.map(Timestamp),
    })
}

/// Studies of a workspace without their answers, the newest first; those of one scope, if one is named.
pub async fn studies_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    scope: Option<&str>,
) -> Result<Vec<Study>, DbError> {
    let sql = format!(
        "select id, kind, name, scope, asked, state, null, created_at, created_by, finished_at from network_study \
         where workspace_id = $1 and ($2 = '' or scope = $2) order by created_at desc, id limit {STUDIES_MAX}"
    );
    conn.all(&sql, values![i64::from(workspace.0), scope.unwrap_or_default()]).await?.iter().map(study_at).collect()
}

/// One study of a workspace, with its answer.
pub async fn study_in_workspace<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<Study>, DbError> {
    let sql = "select id, kind, name, scope, asked, state, answer, created_at, created_by, finished_at \
               from network_study where workspace_id = $1 and id = $2";
    conn.one(sql, values![i64::from(workspace.0), id]).await?.as_ref().map(study_at).transpose()
}

/// Books a study that begins.
pub async fn insert_study<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, study: &Study) -> Result<(), DbError> {
    let row = values![
        i64::from(workspace.0),
        study.id.as_str(),
        study.kind.as_str(),
        study.name.as_str(),
        study.scope.as_str(),
        study.asked.as_str(),
        study.state.as_str(),
        study.created_at.0,
        study.created_by.as_str(),
    ];
    let sql = "insert into network_study (workspace_id, id, kind, name, scope, asked, state, created_at, created_by)";
    conn.insert_rows(sql, 9, row.into_iter().collect(), "").await?;
    Ok(())
}

/// Books how a study ended. One that was removed meanwhile stays so.
pub async fn finish_study<C: ConnectionTrait>(
    conn: &C,
    workspace: WorkspaceId,
    id: &str,
    (state, answer, at): (State, &str, Timestamp),
) -> Result<(), DbError> {
    let sql = "update network_study set state = $3, answer = $4, finished_at = $5 where workspace_id = $1 and id = $2";
    conn.run(sql, values![i64::from(workspace.0), id, state.as_str(), answer, at.0]).await?;
    Ok(())
}

/// Removes a study. Answers whether there was one.
pub async fn remove_study<C: ConnectionTrait>(conn: &C, workspace: WorkspaceId, id: &str) -> Result<bool, DbError> {
    let sql = "delete from network_study where workspace_id = $1 and id = $2";
    Ok(conn.run(sql, values![i64::from(workspace.0), id]).await? > 0)
}
