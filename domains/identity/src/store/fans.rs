//! Sessions of customers, and sign-ins under way.

use db::{ConnectionTrait, DbError, Row, Sql, Tx, values};
use facts::NamedId;
use kernel::{Timestamp, WorkspaceId};

use crate::{
    model::fan::{Attempt, Session},
    rules::visitor::Hash,
};

/// The session with this token, if it has not ended.
pub async fn session(
    conn: &impl ConnectionTrait,
    workspace: WorkspaceId,
    token: Hash,
    now: Timestamp,
) -> Result<Option<Session>, DbError> {
    let sql = "select namespace, value, created_at, expires_at from identity_fan_session \
               where workspace_id = $1 and token = $2 and expires_at > $3";
    let row = conn.one(sql, values![workspace.0, token.to_vec(), now.0]).await?;
    let session = |row: db::QueryResult| {
        let subject = NamedId::new(row.get::<String>("namespace")?, row.get::<String>("value")?);
        let (began, ends) = (Timestamp(row.get("created_at")?), Timestamp(row.get("expires_at")?));
        Ok(Session { workspace, token, subject, began, ends })
    };
    row.map(session).transpose()
}

/// Books a session, and forgets those of the same person that have ended.
pub async fn open_session(tx: &Tx, session: &Session) -> Result<(), DbError> {
    let Session { workspace, token, subject, began, ends } = session;
    let (namespace, value) = (subject.namespace.as_str(), subject.value.as_str());
    tx.run(
        "delete from identity_fan_session where workspace_id = $1 and namespace = $2 and value = $3 and expires_at <= $4",
        values![workspace.0, namespace, value, began.0],
    )
    .await?;
    let row = values![workspace.0, token.to_vec(), namespace, value, began.0, ends.0];
    let head = "insert into identity_fan_session (workspace_id, token, namespace, value, created_at, expires_at)";
    tx.insert_rows(head, 6, row.into_iter().collect(), "").await?;
    Ok(())
}

/// Ends a session.
pub async fn end_session(tx: &Tx, workspace: WorkspaceId, token: Hash) -> Result<(), DbError> {
    let sql = "delete from identity_fan_session where workspace_id = $1 and token = $2";
    tx.run(sql, values![workspace.0, token.to_vec()]).await?;
    Ok(())
}

/// Books a sign-in that begins, and forgets those that were never finished.
pub async fn begin(tx: &Tx, attempt: &Attempt) -> Result<(), DbError> {
    let Attempt { workspace, state, token, return_to, began, ends } = attempt;
    tx.run("delete from identity_fan_attempt where expires_at <= $1", values![began.0]).await?;
    let row = values![workspace.0, state.to_vec(), token.to_vec(), return_to.as_str(), ends.0];
    let head = "insert into identity_fan_attempt (workspace_id, state, token, return_to, expires_at)";
    tx.insert_rows(head, 5, row.into_iter().collect(), "").await?;
    Ok(())
}

/// Takes the sign-in with this state away, if this browser began it: where to come back to.
pub async fn take(
    tx: &Tx,
    workspace: WorkspaceId,
    (state, token): (Hash, Hash),
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    let sql = "select return_to from identity_fan_attempt \
               where workspace_id = $1 and state = $2 and token = $3 and expires_at > $4";
    let found = tx.one(sql, values![workspace.0, state.to_vec(), token.to_vec(), now.0]).await?;
    let Some(row) = found else { return Ok(None) };
    let sql = "delete from identity_fan_attempt where workspace_id = $1 and state = $2";
    tx.run(sql, values![workspace.0, state.to_vec()]).await?;
    Ok(Some(row.get("return_to")?))
}
