//! What a batch of commands has to know, loaded with few statements.

use std::collections::BTreeSet;

use db::{DbError, Row, Sql, Tx, Value, values};
use kernel::{StaffId, Timestamp, UnitId, WorkspaceId};

use super::{
    INVITATION, KEY, STAFF,
    elsewhere::{LINK, PROVIDER, linked, provider},
    invitation, key, member, role_id,
    roles::{ROLE, role},
    secret_hash, staff_id, unit, unit_id, workspace_id,
};
use crate::{
    model::{Email, RoleId, SecretHash, Staff},
    rules::decide::{Command, Known, Order},
};

/// Loads what the records say about everything these commands name.
pub(crate) async fn known(tx: &Tx, orders: &[Order]) -> Result<Known, DbError> {
    let asked = Asked::of(orders);
    let mut known = Known::default();
    if asked.founding {
        let row = tx.one("select coalesce(max(id), 0) as last from workspace", []).await?;
        known.last_workspace = row.map_or(Ok(WorkspaceId(0)), |row| workspace_id(&row, "last"))?.0;
    }
    let sql = "select workspace_id, id, parent, kind, name from unit where workspace_id in ({list})";
    for row in tx.all_in(sql, [], 1, numbers(&asked.units_of)).await? {
        let unit = unit(&row)?;
        known.units.insert((workspace_id(&row, "workspace_id")?, unit.id.clone()), unit);
    }
    people(tx, &asked, &mut known).await?;
    at_units(tx, &asked, &mut known).await?;
    roles(tx, &asked, &mut known).await?;
    elsewhere(tx, &asked, &mut known).await?;
    let keys: Vec<Value> = asked.keys.into_iter().flat_map(|(w, id)| values![w.0, id]).collect();
    let sql = format!("select {KEY} from api_key where revoked_at is null and (workspace_id, id) in (values {{rows}})");
    for row in tx.all_in(&sql, [], 2, keys).await? {
        let key = key(&row)?;
        known.keys.insert((key.workspace, key.id.clone()), key);
    }
    Ok(known)
}

/// Staff, addresses and invitations.
async fn people(tx: &Tx, asked: &Asked, known: &mut Known) -> Result<(), DbError> {
    let emails: Vec<Value> = asked.emails.iter().map(|email| email.as_str().into()).collect();
    for row in tx.all_in("select email_key from staff where email_key in ({list})", [], 1, emails.clone()).await? {
        known.emails.insert(row.get("email_key")?);
    }
    let staff: Vec<Value> = asked.staff.iter().flat_map(|(w, id)| values![w.0, id.as_str()]).collect();
    let sql = format!("select {STAFF} from staff where (workspace_id, id) in (values {{rows}})");
    for row in tx.all_in(&sql, [], 2, staff).await? {
        let staff = member(&row)?;
        known.staff.insert((staff.workspace, staff.id.clone()), staff);
    }
    let sql = "select workspace_id, id from staff
        where role = 'owner' and deactivated_at is null and workspace_id in ({list})";
    for row in tx.all_in(sql, [], 1, numbers(&asked.owners_of)).await? {
        known.owners.insert((workspace_id(&row, "workspace_id")?, staff_id(&row, "id")?));
    }
    let ids: Vec<Value> = asked.invitations.iter().flat_map(|(w, id)| values![w.0, id.as_str()]).collect();
    let tokens: Vec<Value> = asked.tokens.iter().map(|token| token.0.to_vec().into()).collect();
    for (by, width, list) in [
        ("(workspace_id, id) in (values {rows})", 2, ids),
        ("token in ({list})", 1, tokens),
        ("email_key in ({list})", 1, emails),
    ] {
        let sql = format!("select {INVITATION} from invitation where closed_at is null and {by}");
        for row in tx.all_in(&sql, [], width, list).await? {
            let invitation = invitation(&row)?;
            known.invitations.insert((invitation.workspace, invitation.id.clone()), invitation);
        }
    }
    Ok(())
}

/// Who belongs to the units that are to go.
async fn at_units(tx: &Tx, asked: &Asked, known: &mut Known) -> Result<(), DbError> {
    let units: Vec<Value> = asked.leaving.iter().flat_map(|(w, id)| values![w.0, id.as_str()]).collect();
    let sql = "select workspace_id, unit from staff where (workspace_id, unit) in (values {rows})";
    for row in tx.all_in(sql, [], 2, units.clone()).await? {
        let place = (workspace_id(&row, "workspace_id")?, unit_id(row.get("unit")?)?);
        known.at_unit.entry(place).or_default().staff += 1;
    }
    let sql = "select workspace_id, unit from invitation
        where closed_at is null and expires_at > $1 and (workspace_id, unit) in (values {rows})";
    for row in tx.all_in(sql, values![asked.at.0], 2, units).await? {
        let place = (workspace_id(&row, "workspace_id")?, unit_id(row.get("unit")?)?);
        known.at_unit.entry(place).or_default().invitations += 1;
    }
    Ok(())
}

/// The roles of the brands in question, and who has those that are to go.
async fn roles(tx: &Tx, asked: &Asked, known: &mut Known) -> Result<(), DbError> {
    let sql = format!("select {ROLE} from role where workspace_id in ({{list}})");
    for row in tx.all_in(&sql, [], 1, numbers(&asked.roles_of)).await? {
        let role = role(&row)?;
        known.roles.insert((role.workspace, role.id.clone()), role);
    }
    let leaving: Vec<Value> = asked.roles_leaving.iter().flat_map(|(w, id)| values![w.0, id.as_str()]).collect();
    let sql = "select workspace_id, role from staff where (workspace_id, role) in (values {rows})";
    for row in tx.all_in(sql, [], 2, leaving.clone()).await? {
        let role = (workspace_id(&row, "workspace_id")?, role_id(row.get("role")?)?);
        known.role_uses.entry(role).or_default().staff += 1;
    }
    let sql = "select workspace_id, role from invitation
        where closed_at is null and expires_at > $1 and (workspace_id, role) in (values {rows})";
    for row in tx.all_in(sql, values![asked.at.0], 2, leaving).await? {
        let role = (workspace_id(&row, "workspace_id")?, role_id(row.get("role")?)?);
        known.role_uses.entry(role).or_default().invitations += 1;
    }
    Ok(())
}

/// Providers, who is who there, and who is on their way.
async fn elsewhere(tx: &Tx, asked: &Asked, known: &mut Known) -> Result<(), DbError> {
    let sql = format!("select {PROVIDER} from identity_provider where workspace_id in ({{list}})");
    for row in tx.all_in(&sql, [], 1, numbers(&asked.providers_of)).await? {
        let provider = provider(&row)?;
        known.providers.insert((provider.workspace, provider.id.clone()), provider);
    }
    let places: Vec<Value> = asked.links_at.iter().flat_map(|(w, id)| values![w.0, id.as_str()]).collect();
    let sql = format!("select {LINK} from sign_in_link where (workspace_id, provider) in (values {{rows}})");
    for row in tx.all_in(&sql, [], 2, places).await? {
        let link = linked(&row)?;
        let links = known.links.entry((link.workspace, link.provider.clone())).or_default();
        // A list is asked for in pieces, which may repeat a row.
        if !links.contains(&link) {
            links.push(link);
        }
    }
    let states: Vec<Value> = asked.states.iter().map(|state| state.0.to_vec().into()).collect();
    for row in tx.all_in("select state from sign_in_attempt where state in ({list})", [], 1, states).await? {
        known.attempts.insert(secret_hash(&row, "state")?);
    }
    Ok(())
}

fn numbers(workspaces: &BTreeSet<WorkspaceId>) -> Vec<Value> {
    workspaces.iter().map(|workspace| workspace.0.into()).collect()
}

/// What a batch names.
#[derive(Default)]
struct Asked {
    /// The latest order's time.
    at: Timestamp,
    founding: bool,
    units_of: BTreeSet<WorkspaceId>,
    owners_of: BTreeSet<WorkspaceId>,
    emails: BTreeSet<String>,
    staff: BTreeSet<(WorkspaceId, StaffId)>,
    leaving: BTreeSet<(WorkspaceId, UnitId)>,
    providers_of: BTreeSet<WorkspaceId>,
    links_at: BTreeSet<(WorkspaceId, String)>,
    states: BTreeSet<SecretHash>,
    roles_of: BTreeSet<WorkspaceId>,
    roles_leaving: BTreeSet<(WorkspaceId, RoleId)>,
    keys: BTreeSet<(WorkspaceId, String)>,
    invitations: BTreeSet<(WorkspaceId, String)>,
    tokens: BTreeSet<SecretHash>,
}

impl Asked {
    fn of(orders: &[Order]) -> Self {
        let mut asked = Self::default();
        for order in orders {
            asked.at = asked.at.max(order.at);
            asked.add(&order.command);
            // Whoever asks may hand out what they hold, as the records say now.
            if let (Some(workspace), Some(("staff", id))) =
                (order.command.hands_out_in(), order.by.actor.split_once(':'))
            {
                asked.roles_of.insert(workspace);
                asked.staff.extend(id.parse().ok().map(|id| (workspace, id)));
            }
        }
        asked
    }

    fn add(&mut self, command: &Command) {
        match command {
            Command::Found { staff, .. } => {
                self.founding = true;
                self.emails.extend(staff.iter().map(|each| Email::key_of(&each.email)));
            }
            Command::AddUnits { workspace, .. }
            | Command::ImportUnits { workspace, .. }
            | Command::ChangeUnit { workspace, .. } => {
                self.units_of.insert(*workspace);
            }
            Command::DeleteUnit { workspace, unit } => {
                self.units_of.insert(*workspace);
                self.leaving.insert((*workspace, unit.clone()));
            }
            Command::AddStaff { staff } => self.joins(staff),
            Command::AcceptInvitation { token, staff } => {
                self.joins(staff);
                self.tokens.insert(*token);
            }
            Command::ChangeStaff { workspace, staff, .. } => {
                self.units_of.insert(*workspace);
                self.owners_of.insert(*workspace);
                self.staff.insert((*workspace, staff.clone()));
            }
            Command::SetPassword { workspace, staff, .. } => {
                self.staff.insert((*workspace, staff.clone()));
            }
            Command::OpenSession(session) => {
                self.staff.insert((session.workspace, session.staff.clone()));
            }
            Command::Invite(invitation) => {
                self.roles_of.insert(invitation.workspace);
                self.units_of.insert(invitation.workspace);
                self.emails.insert(Email::key_of(&invitation.email));
            }
            Command::RevokeInvitation { workspace, invitation } => {
                self.invitations.insert((*workspace, invitation.clone()));
            }
            Command::RenameKey { workspace, key, .. }
            | Command::RotateKey { workspace, key, .. }
            | Command::RevokeKey { workspace, key } => {
                self.keys.insert((*workspace, key.clone()));
            }
            other => self.add_more(other),
        }
    }

    /// Roles and providers; the rest names nothing.
    fn add_more(&mut self, command: &Command) {
        match command {
            Command::CreateRole(role) => {
                self.roles_of.insert(role.workspace);
            }
            Command::ChangeRole { workspace, .. } => {
                self.roles_of.insert(*workspace);
            }
            Command::DeleteRole { workspace, role } => {
                self.roles_of.insert(*workspace);
                self.roles_leaving.insert((*workspace, role.clone()));
            }
            Command::SetProvider(provider) => {
                self.providers_of.insert(provider.workspace);
            }
            Command::DeleteProvider { workspace, .. } => {
                self.providers_of.insert(*workspace);
            }
            Command::EndAttempt(state) => {
                self.states.insert(*state);
            }
            Command::Link(link) => {
                self.staff.insert((link.workspace, link.staff.clone()));
                self.links_at.insert((link.workspace, link.provider.clone()));
            }
            Command::Unlink { workspace, provider, .. } => {
                self.links_at.insert((*workspace, provider.clone()));
            }
            _ => {}
        }
    }

    fn joins(&mut self, staff: &Staff) {
        self.units_of.insert(staff.workspace);
        self.emails.insert(Email::key_of(&staff.email));
        self.staff.insert((staff.workspace, staff.id.clone()));
    }
}
