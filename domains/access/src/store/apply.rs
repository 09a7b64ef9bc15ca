//! What a batch decided, written.

use std::collections::BTreeMap;

use db::{DbError, Sql, Tx, audit, values};
use kernel::{StaffId, Timestamp, WorkspaceId};

use super::{elsewhere, roles::slugs};
use crate::{
    model::{Email, Invitation, Key, OwnRole, RoleId, SecretHash, Session, Staff},
    rules::decide::{Effects, KeyChange, KeyEffect, Which},
};

/// Writes what a batch decided: what is new before what is changed, since a batch may do both to one thing.
pub(crate) async fn apply(tx: &Tx, mut effects: Effects) -> Result<(), DbError> {
    let rows = effects.workspaces.iter().flat_map(|(id, name, at)| values![id.0, name.as_str(), at.0]);
    tx.insert_rows("insert into workspace (id, name, created_at)", 3, rows.collect(), "").await?;
    units(tx, &effects).await?;
    staff(tx, &effects).await?;
    elsewhere::write(tx, &mut effects).await?;
    roles(tx, effects.roles).await?;
    keys(tx, effects.keys, effects.keys_changed).await?;
    invitations(tx, effects.invitations, effects.invitations_closed).await?;
    sessions(tx, effects.sessions.into_values().collect(), &effects.extended, effects.ended).await?;
    audit::write(tx, effects.audit).await
}

async fn units(tx: &Tx, effects: &Effects) -> Result<(), DbError> {
    let rows = effects.units.iter().flat_map(|(workspace, unit)| {
        let parent = unit.parent.clone().map(String::from);
        values![workspace.0, unit.id.as_str(), parent, unit.kind.as_str(), unit.name.as_str()]
    });
    tx.insert_rows("insert into unit (workspace_id, id, parent, kind, name)", 5, rows.collect(), "").await?;
    for (workspace, unit) in &effects.units_changed {
        let parent = unit.parent.clone().map(String::from);
        let sql = "update unit set parent = $1, kind = $2, name = $3 where workspace_id = $4 and id = $5";
        tx.run(sql, values![parent, unit.kind.as_str(), unit.name.as_str(), workspace.0, unit.id.as_str()]).await?;
    }
    for (workspace, unit) in &effects.units_deleted {
        let sql = "delete from unit where workspace_id = $1 and id = $2";
        tx.run(sql, values![workspace.0, unit.as_str()]).await?;
    }
    Ok(())
}

async fn staff(tx: &Tx, effects: &Effects) -> Result<(), DbError> {
    let rows = effects.staff.iter().flat_map(|(staff, at)| {
        let Staff { workspace, id, name, email, password_hash, role, unit, .. } = staff.clone();
        let (email_key, unit) = (Email::key_of(&email), unit.map(String::from));
        values![workspace.0, id.as_str(), name, email, email_key, password_hash, role.as_str(), unit, at.0]
    });
    let head = "insert into staff (workspace_id, id, name, email, email_key, password_hash, role, unit, created_at)";
    tx.insert_rows(head, 9, rows.collect(), "").await?;
    for (staff, at) in &effects.staff_changed {
        let Staff { workspace, id, name, password_hash, role, unit, active, must_change_password, .. } = staff.clone();
        let since = |flag: bool| flag.then_some(at.0);
        let sql = "update staff set name = $1, password_hash = $2, role = $3, unit = $4, deactivated_at = $5,
            must_change_password = $6 where workspace_id = $7 and id = $8";
        let unit = unit.map(String::from);
        let (gone, must_change) = (since(!active), since(must_change_password));
        let row = values![name, password_hash, role.as_str(), unit, gone, must_change, workspace.0, id.as_str()];
        tx.run(sql, row).await?;
    }
    Ok(())
}

async fn roles(tx: &Tx, roles: BTreeMap<(WorkspaceId, RoleId), Option<(OwnRole, Timestamp)>>) -> Result<(), DbError> {
    let mut rows = Vec::new();
    for ((workspace, id), role) in roles {
        match role {
            None => {
                let sql = "delete from role where workspace_id = $1 and id = $2";
                tx.run(sql, values![workspace.0, id.as_str()]).await?;
            }
            Some((OwnRole { name, power, .. }, at)) => {
                let held = slugs(power.permissions);
                rows.extend(values![workspace.0, id.as_str(), name, held, power.sight.as_str(), at.0]);
            }
        }
    }
    let head = "insert into role (workspace_id, id, name, permissions, sight, created_at)";
    let tail = "on conflict (workspace_id, id) do update
        set name = excluded.name, permissions = excluded.permissions, sight = excluded.sight";
    tx.insert_rows(head, 6, rows, tail).await?;
    Ok(())
}

async fn keys(tx: &Tx, new: Vec<(Key, SecretHash)>, changed: Vec<KeyEffect>) -> Result<(), DbError> {
    let rows = new.into_iter().flat_map(|(key, secret)| {
        let Key { workspace, id, kind, name, prefix, created_at, .. } = key;
        values![workspace.0, id, kind.as_str(), name, prefix, secret.0.to_vec(), created_at.0]
    });
    let head = "insert into api_key (workspace_id, id, kind, name, prefix, secret, created_at)";
    tx.insert_rows(head, 7, rows.collect(), "").await?;
    for KeyEffect { workspace, key, what } in changed {
        let which = "where workspace_id = $1 and id = $2";
        let place = values![workspace.0, key];
        let (sql, values) = match what {
            KeyChange::Renamed(name) => ("set name = $3", values![name].to_vec()),
            KeyChange::Revoked(at) => ("set revoked_at = $3", values![at.0].to_vec()),
            KeyChange::Used(at) => ("set last_used_at = $3", values![at.0].to_vec()),
            KeyChange::Rotated { prefix, secret, old_ends_at: Some(ends) } => (
                "set old_secret = secret, old_ends_at = $3, secret = $4, prefix = $5",
                values![ends.0, secret.0.to_vec(), prefix].to_vec(),
            ),
            KeyChange::Rotated { prefix, secret, old_ends_at: None } => (
                "set old_secret = null, old_ends_at = null, secret = $3, prefix = $4",
                values![secret.0.to_vec(), prefix].to_vec(),
            ),
        };
        tx.run(&format!("update api_key {sql} {which}"), place.into_iter().chain(values)).await?;
    }
    Ok(())
}

async fn invitations(
    tx: &Tx,
    new: Vec<Invitation>,
    closed: Vec<(WorkspaceId, String, Timestamp)>,
) -> Result<(), DbError> {
    let rows = new.into_iter().flat_map(|invitation| {
        let Invitation { workspace, id, email, role, unit, token, created_at, expires_at } = invitation;
        let (email_key, unit) = (Email::key_of(&email), unit.map(String::from));
        values![workspace.0, id, email, email_key, role.as_str(), unit, token.0.to_vec(), created_at.0, expires_at.0]
    });
    let head = "insert into invitation (workspace_id, id, email, email_key, role, unit, token, created_at, expires_at)";
    tx.insert_rows(head, 9, rows.collect(), "").await?;
    for (workspace, invitation, at) in closed {
        let sql = "update invitation set closed_at = $1 where workspace_id = $2 and id = $3";
        tx.run(sql, values![at.0, workspace.0, invitation]).await?;
    }
    Ok(())
}

async fn sessions(
    tx: &Tx,
    opened: Vec<Session>,
    extended: &BTreeMap<SecretHash, (Timestamp, Timestamp)>,
    ended: Vec<(WorkspaceId, StaffId, Which)>,
) -> Result<(), DbError> {
    if let Some(now) = opened.iter().map(|session| session.seen_at.0).max() {
        // Whoever comes in sweeps out those who are long gone.
        tx.run("delete from session where expires_at <= $1", values![now]).await?;
    }
    let rows = opened.into_iter().flat_map(|session| {
        let Session { workspace, token, staff, agent, created_at, seen_at, expires_at } = session;
        values![workspace.0, token.0.to_vec(), staff.as_str(), agent, created_at.0, seen_at.0, expires_at.0]
    });
    let head = "insert into session (workspace_id, token, staff, agent, created_at, seen_at, expires_at)";
    tx.insert_rows(head, 7, rows.collect(), "").await?;
    for (token, (seen_at, expires_at)) in extended {
        let sql = "update session set seen_at = $1, expires_at = $2 where token = $3";
        tx.run(sql, values![seen_at.0, expires_at.0, token.0.to_vec()]).await?;
    }
    for (workspace, staff, which) in ended {
        let whose = "delete from session where workspace_id = $1 and staff = $2";
        let place = values![workspace.0, staff.as_str()];
        let (sql, token) = match which {
            Which::One(token) => (format!("{whose} and token = $3"), Some(token)),
            Which::AllBut(Some(kept)) => (format!("{whose} and token <> $3"), Some(kept)),
            Which::AllBut(None) => (whose.to_owned(), None),
        };
        tx.run(&sql, place.into_iter().chain(token.map(|token| token.0.to_vec().into()))).await?;
    }
    Ok(())
}
