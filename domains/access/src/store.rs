//! All SQL of the slice. Nothing reaches a row of another brand: a query names its workspace, except for the three by which
//! a caller is recognised before the workspace is known (an e-mail address, a session's token, a key's secret), each unique
//! over the installation.

use std::collections::BTreeSet;

use db::{ConnectionTrait, DbError, QueryResult, Row, Sql, Tx, Value, values};
use kernel::{StaffId, Timestamp, UnitId, WorkspaceId};

use crate::{
    model::{Email, Key, KeyFor, Role, SecretHash, Session, Staff, Unit, UnitKind, Workspace},
    rules::decide::{Command, Effects, Known},
};

const STAFF: &str =
    "staff.workspace_id, staff.id, staff.name, staff.email, staff.password_hash, staff.role, staff.unit";
const KEY: &str = "workspace_id, id, kind, name, prefix, created_at";

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
        "select {STAFF}, session.seen_at, session.expires_at from session
         join staff on staff.workspace_id = session.workspace_id and staff.id = session.staff
         where session.token = $1 and session.expires_at > $2"
    );
    let Some(row) = reads.one(&sql, values![token.0.to_vec(), now.0]).await? else { return Ok(None) };
    let staff = member(&row)?;
    let session = Session {
        workspace: staff.workspace,
        token,
        staff: staff.id.clone(),
        seen_at: Timestamp(row.get("seen_at")?),
        expires_at: Timestamp(row.get("expires_at")?),
    };
    Ok(Some((session, staff)))
}

/// The keys that are not revoked.
pub(crate) async fn keys(reads: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Vec<Key>, DbError> {
    let sql =
        format!("select {KEY} from api_key where workspace_id = $1 and revoked_at is null order by created_at, id");
    reads.all(&sql, values![workspace.0]).await?.iter().map(key).collect()
}

/// The key with this secret, unless it is revoked.
pub(crate) async fn key_by_secret(reads: &impl ConnectionTrait, secret: SecretHash) -> Result<Option<Key>, DbError> {
    let sql = format!("select {KEY} from api_key where secret = $1 and revoked_at is null");
    reads.one(&sql, values![secret.0.to_vec()]).await?.as_ref().map(key).transpose()
}

/// Loads what the records say about everything these commands name.
pub(crate) async fn known(tx: &Tx, commands: &[Command]) -> Result<Known, DbError> {
    let asked = Asked::of(commands);
    let mut known = Known::default();
    if asked.founding {
        let row = tx.one("select coalesce(max(id), 0) as last from workspace", []).await?;
        known.last_workspace = row.map_or(Ok(WorkspaceId(0)), |row| workspace_id(&row, "last"))?.0;
    }
    let workspaces: Vec<Value> = asked.workspaces.iter().map(|workspace| workspace.0.into()).collect();
    let sql = "select workspace_id, id, parent, kind, name from unit where workspace_id in ({list})";
    for row in tx.all_in(sql, [], 1, workspaces).await? {
        let unit = unit(&row)?;
        known.units.insert((workspace_id(&row, "workspace_id")?, unit.id), unit.kind);
    }
    let emails: Vec<Value> = asked.emails.into_iter().map(Value::from).collect();
    for row in tx.all_in("select email_key from staff where email_key in ({list})", [], 1, emails).await? {
        known.emails.insert(row.get("email_key")?);
    }
    let staff: Vec<Value> = asked.staff.iter().flat_map(|(w, id)| values![w.0, id.as_str()]).collect();
    let sql = "select workspace_id, id from staff where (workspace_id, id) in (values {rows})";
    for row in tx.all_in(sql, [], 2, staff).await? {
        known.staff.insert((workspace_id(&row, "workspace_id")?, staff_id(&row, "id")?));
    }
    let keys: Vec<Value> = asked.keys.into_iter().flat_map(|(w, id)| values![w.0, id]).collect();
    let sql = "select workspace_id, id from api_key where revoked_at is null and (workspace_id, id) in (values {rows})";
    for row in tx.all_in(sql, [], 2, keys).await? {
        known.keys.insert((workspace_id(&row, "workspace_id")?, row.get("id")?));
    }
    Ok(known)
}

/// What a batch names.
#[derive(Default)]
struct Asked {
    founding: bool,
    workspaces: BTreeSet<WorkspaceId>,
    emails: BTreeSet<String>,
    staff: BTreeSet<(WorkspaceId, StaffId)>,
    keys: BTreeSet<(WorkspaceId, String)>,
}

impl Asked {
    fn of(commands: &[Command]) -> Self {
        let mut asked = Self::default();
        for command in commands {
            match command {
                Command::Found { staff, .. } => {
                    asked.founding = true;
                    asked.emails.extend(staff.iter().map(|each| Email::key_of(&each.email)));
                }
                Command::AddUnits { workspace, .. } => {
                    asked.workspaces.insert(*workspace);
                }
                Command::AddStaff { staff, .. } => {
                    asked.workspaces.insert(staff.workspace);
                    asked.emails.insert(Email::key_of(&staff.email));
                    asked.staff.insert((staff.workspace, staff.id.clone()));
                }
                Command::RevokeKey { workspace, key, .. } => {
                    asked.keys.insert((*workspace, key.clone()));
                }
                Command::AddKey { .. }
                | Command::OpenSession(_)
                | Command::ExtendSession { .. }
                | Command::CloseSession { .. } => {}
            }
        }
        asked
    }
}

/// Writes what a batch decided.
pub(crate) async fn apply(tx: &Tx, effects: Effects) -> Result<(), DbError> {
    apply_organisation(tx, &effects).await?;
    let rows = effects.keys.iter().flat_map(|(key, secret)| {
        let Key { workspace, id, kind, name, prefix, created_at } = key.clone();
        values![workspace.0, id, kind.as_str(), name, prefix, secret.0.to_vec(), created_at.0]
    });
    let head = "insert into api_key (workspace_id, id, kind, name, prefix, secret, created_at)";
    tx.insert_rows(head, 7, rows.collect(), "").await?;
    for (workspace, key, at) in effects.revoked {
        let sql = "update api_key set revoked_at = $1 where workspace_id = $2 and id = $3";
        tx.run(sql, values![at.0, workspace.0, key]).await?;
    }
    apply_sessions(tx, effects.sessions.into_values().collect(), &effects.extended, &effects.closed).await
}

async fn apply_organisation(tx: &Tx, effects: &Effects) -> Result<(), DbError> {
    let rows = effects.workspaces.iter().flat_map(|(id, name, at)| values![id.0, name.as_str(), at.0]);
    tx.insert_rows("insert into workspace (id, name, created_at)", 3, rows.collect(), "").await?;

    let rows = effects.units.iter().flat_map(|(workspace, unit)| {
        let parent = unit.parent.clone().map(String::from);
        values![workspace.0, unit.id.as_str(), parent, unit.kind.as_str(), unit.name.as_str()]
    });
    tx.insert_rows("insert into unit (workspace_id, id, parent, kind, name)", 5, rows.collect(), "").await?;

    let rows = effects.staff.iter().flat_map(|(staff, at)| {
        let Staff { workspace, id, name, email, password_hash, role, unit } = staff.clone();
        let (email_key, unit) = (Email::key_of(&email), unit.map(String::from));
        values![workspace.0, id.as_str(), name, email, email_key, password_hash, role.as_str(), unit, at.0]
    });
    let head = "insert into staff (workspace_id, id, name, email, email_key, password_hash, role, unit, created_at)";
    tx.insert_rows(head, 9, rows.collect(), "").await?;
    Ok(())
}

async fn apply_sessions(
    tx: &Tx,
    opened: Vec<Session>,
    extended: &std::collections::BTreeMap<SecretHash, (Timestamp, Timestamp)>,
    closed: &BTreeSet<SecretHash>,
) -> Result<(), DbError> {
    if let Some(now) = opened.iter().map(|session| session.seen_at.0).max() {
        // Whoever comes in sweeps out those who are long gone.
        tx.run("delete from session where expires_at <= $1", values![now]).await?;
    }
    let rows = opened.iter().flat_map(|session| {
        let Session { workspace, token, staff, seen_at, expires_at } = session;
        values![workspace.0, token.0.to_vec(), staff.as_str(), seen_at.0, seen_at.0, expires_at.0]
    });
    let head = "insert into session (workspace_id, token, staff, created_at, seen_at, expires_at)";
    tx.insert_rows(head, 6, rows.collect(), "").await?;
    for (token, (seen_at, expires_at)) in extended {
        let sql = "update session set seen_at = $1, expires_at = $2 where token = $3";
        tx.run(sql, values![seen_at.0, expires_at.0, token.0.to_vec()]).await?;
    }
    let tokens = closed.iter().map(|token| token.0.to_vec().into()).collect();
    tx.run_in("delete from session where token in ({list})", [], 1, tokens).await?;
    Ok(())
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
        role: word(row, "role", Role::parse)?,
        unit: row.get::<Option<String>>("unit")?.map(unit_id).transpose()?,
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
    })
}

fn workspace_id(row: &QueryResult, column: &str) -> Result<WorkspaceId, DbError> {
    let number: i64 = row.get(column)?;
    u32::try_from(number).map(WorkspaceId).map_err(|_| DbError::corrupt(format!("{number} is no workspace")))
}

fn staff_id(row: &QueryResult, column: &str) -> Result<StaffId, DbError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| DbError::corrupt(format!("staff {text:?}: {error}")))
}

fn unit_id(text: String) -> Result<UnitId, DbError> {
    text.parse().map_err(|error| DbError::corrupt(format!("unit {text:?}: {error}")))
}

fn word<T>(row: &QueryResult, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, DbError> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| DbError::corrupt(format!("{text:?} is no {column}")))
}
