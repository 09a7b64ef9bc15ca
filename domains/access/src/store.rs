//! All SQL of the slice. Nothing reaches a row of another brand: a query names its workspace, except for those by which
//! a caller is recognised before the workspace is known (an e-mail address, a session's token, a key's secret, an
//! invitation's token, a provider's id, the state of a sign-in), each unique over the installation.

mod apply;
mod elsewhere;
mod known;
mod roles;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, values};
use kernel::{StaffId, Timestamp, UnitId, WorkspaceId};

pub(crate) use self::{
    apply::apply,
    elsewhere::{attempt, invitation_by_email, link, links, provider_by_id, providers},
    known::known,
    roles::{role_named, roles},
};
use crate::model::{Invitation, Key, KeyFor, RoleId, SecretHash, Session, Staff, Unit, UnitKind, Workspace};

const STAFF: &str =
    "staff.workspace_id, staff.id, staff.name, staff.email, staff.password_hash, staff.role, staff.unit,
    staff.deactivated_at, staff.must_change_password";
const KEY: &str = "workspace_id, id, kind, name, prefix, created_at, last_used_at, old_ends_at";
const INVITATION: &str = "workspace_id, id, email, role, unit, token, created_at, expires_at";
const SESSION: &str = "session.token, session.agent, session.created_at as session_created_at, session.seen_at,
    session.expires_at";

pub(crate) async fn workspaces(reads: &impl ConnectionTrait) -> Result<Vec<Workspace>, DbError> {
    let rows = reads.all("select id, name from workspace order by id", []).await?;
    rows.iter().map(|row| Ok(Workspace { id: workspace_id(row, "id")?, name: row.get("name")? })).collect()
}

pub(crate) async fn workspace(reads: &impl ConnectionTrait, id: WorkspaceId) -> Result<Option<Workspace>, DbError> {
    let row = reads.one("select name from workspace where id = $1", values![id.0]).await?;
    row.map(|row| Ok(Workspace { id, name: row.get("name")? })).transpose()
}

pub(crate) async fn units(reads: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Vec<Unit>, DbError> {
    let sql = "select id, parent, kind, name from unit where workspace_id = $1 order by id";
    reads.all(sql, values![workspace.0]).await?.iter().map(unit).collect()
}

pub(crate) async fn unit_named(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    id: &UnitId,
) -> Result<Option<Unit>, DbError> {
    let sql = "select id, parent, kind, name from unit where workspace_id = $1 and id = $2";
    reads.one(sql, values![workspace.0, id.as_str()]).await?.as_ref().map(unit).transpose()
}

pub(crate) async fn staff(reads: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Vec<Staff>, DbError> {
    let sql = format!("select {STAFF} from staff where workspace_id = $1 order by id");
    reads.all(&sql, values![workspace.0]).await?.iter().map(member).collect()
}

pub(crate) async fn staff_member(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    id: &StaffId,
) -> Result<Option<Staff>, DbError> {
    let sql = format!("select {STAFF} from staff where workspace_id = $1 and id = $2");
    reads.one(&sql, values![workspace.0, id.as_str()]).await?.as_ref().map(member).transpose()
}

pub(crate) async fn staff_by_email(reads: &impl ConnectionTrait, email_key: &str) -> Result<Option<Staff>, DbError> {
    let sql = format!("select {STAFF} from staff where email_key = $1");
    reads.one(&sql, values![email_key]).await?.as_ref().map(member).transpose()
}

/// A session that is not over, and whose it is.
pub(crate) async fn session(
    reads: &impl ConnectionTrait,
    token: SecretHash,
    now: Timestamp,
) -> Result<Option<(Session, Staff)>, DbError> {
    let sql = format!(
        "select {STAFF}, {SESSION} from session
         join staff on staff.workspace_id = session.workspace_id and staff.id = session.staff
         where session.token = $1 and session.expires_at > $2 and staff.deactivated_at is null"
    );
    let Some(row) = reads.one(&sql, values![token.0.to_vec(), now.0]).await? else { return Ok(None) };
    let staff = member(&row)?;
    Ok(Some((session_of(&row, staff.workspace, &staff.id)?, staff)))
}

/// Somebody's sessions that are not over, the latest used first.
pub(crate) async fn sessions(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    staff: &StaffId,
    now: Timestamp,
) -> Result<Vec<Session>, DbError> {
    let sql = format!(
        "select {SESSION} from session where workspace_id = $1 and staff = $2 and expires_at > $3
         order by seen_at desc, token"
    );
    let rows = reads.all(&sql, values![workspace.0, staff.as_str(), now.0]).await?;
    rows.iter().map(|row| session_of(row, workspace, staff)).collect()
}

/// The invitations that are open.
pub(crate) async fn invitations(
    reads: &impl ConnectionTrait,
    workspace: WorkspaceId,
    now: Timestamp,
) -> Result<Vec<Invitation>, DbError> {
    let sql = format!(
        "select {INVITATION} from invitation where workspace_id = $1 and closed_at is null and expires_at > $2
         order by created_at, id"
    );
    reads.all(&sql, values![workspace.0, now.0]).await?.iter().map(invitation).collect()
}

/// The open invitation with this token.
pub(crate) async fn invitation_by_token(
    reads: &impl ConnectionTrait,
    token: SecretHash,
    now: Timestamp,
) -> Result<Option<Invitation>, DbError> {
    let sql = format!("select {INVITATION} from invitation where token = $1 and closed_at is null and expires_at > $2");
    reads.one(&sql, values![token.0.to_vec(), now.0]).await?.as_ref().map(invitation).transpose()
}

/// The keys that are not revoked.
pub(crate) async fn keys(reads: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Vec<Key>, DbError> {
    let sql =
        format!("select {KEY} from api_key where workspace_id = $1 and revoked_at is null order by created_at, id");
    reads.all(&sql, values![workspace.0]).await?.iter().map(key).collect()
}

/// The key with this secret, unless it is revoked, and until when this secret works if it was replaced by another.
pub(crate) async fn key_by_secret(
    reads: &impl ConnectionTrait,
    secret: SecretHash,
    now: Timestamp,
) -> Result<Option<(Key, Option<Timestamp>)>, DbError> {
    let sql = format!(
        "select {KEY}, secret from api_key
         where (secret = $1 or (old_secret = $1 and old_ends_at > $2)) and revoked_at is null"
    );
    let Some(row) = reads.one(&sql, values![secret.0.to_vec(), now.0]).await? else { return Ok(None) };
    let key = key(&row)?;
    let ends = if secret_hash(&row, "secret")? == secret { None } else { key.old_ends_at };
    Ok(Some((key, ends)))
}

fn unit(row: &QueryResult) -> Result<Unit, DbError> {
    Ok(Unit {
        id: unit_id(row.get("id")?)?,
        parent: row.get::<Option<String>>("parent")?.map(unit_id).transpose()?,
        kind: word(row, "kind", UnitKind::parse)?,
        name: row.get("name")?,
    })
}

fn member(row: &QueryResult) -> Result<Staff, DbError> {
    Ok(Staff {
        workspace: workspace_id(row, "workspace_id")?,
        id: staff_id(row, "id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        password_hash: row.get("password_hash")?,
        role: role_id(row.get("role")?)?,
        unit: row.get::<Option<String>>("unit")?.map(unit_id).transpose()?,
        active: row.get::<Option<i64>>("deactivated_at")?.is_none(),
        must_change_password: row.get::<Option<i64>>("must_change_password")?.is_some(),
    })
}

fn session_of(row: &QueryResult, workspace: WorkspaceId, staff: &StaffId) -> Result<Session, DbError> {
    Ok(Session {
        workspace,
        token: secret_hash(row, "token")?,
        staff: staff.clone(),
        agent: row.get("agent")?,
        created_at: Timestamp(row.get("session_created_at")?),
        seen_at: Timestamp(row.get("seen_at")?),
        expires_at: Timestamp(row.get("expires_at")?),
    })
}

fn invitation(row: &QueryResult) -> Result<Invitation, DbError> {
    Ok(Invitation {
        workspace: workspace_id(row, "workspace_id")?,
        id: row.get("id")?,
        email: row.get("email")?,
        role: role_id(row.get("role")?)?,
        unit: row.get::<Option<String>>("unit")?.map(unit_id).transpose()?,
        token: secret_hash(row, "token")?,
        created_at: Timestamp(row.get("created_at")?),
        expires_at: Timestamp(row.get("expires_at")?),
    })
}

fn key(row: &QueryResult) -> Result<Key, DbError> {
    Ok(Key {
        workspace: workspace_id(row, "workspace_id")?,
        id: row.get("id")?,
        kind: word(row, "kind", KeyFor::parse)?,
        name: row.get("name")?,
        prefix: row.get("prefix")?,
        created_at: Timestamp(row.get("created_at")?),
        last_used_at: row.get::<Option<i64>>("last_used_at")?.map(Timestamp),
        old_ends_at: row.get::<Option<i64>>("old_ends_at")?.map(Timestamp),
    })
}

fn secret_hash(row: &QueryResult, column: &str) -> Result<SecretHash, DbError> {
    let bytes: Vec<u8> = row.get(column)?;
    <[u8; 32]>::try_from(bytes).map(SecretHash).map_err(|_| DbError::corrupt(format!("{column} is no hash")))
}

fn workspace_id(row: &QueryResult, column: &str) -> Result<WorkspaceId, DbError> {
    let number: i64 = row.get(column)?;
    u32::try_from(number).map(WorkspaceId).map_err(|_| DbError::corrupt(format!("{number} is no workspace")))
}

fn staff_id(row: &QueryResult, column: &str) -> Result<StaffId, DbError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| DbError::corrupt(format!("staff {text:?}: {error}")))
}

fn role_id(text: String) -> Result<RoleId, DbError> {
    RoleId::try_from(text).map_err(|error| DbError::corrupt(error.to_string()))
}

fn unit_id(text: String) -> Result<UnitId, DbError> {
    text.parse().map_err(|error| DbError::corrupt(format!("unit {text:?}: {error}")))
}

fn word<T>(row: &QueryResult, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, DbError> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| DbError::corrupt(format!("{text:?} is no {column}")))
}
