//! The entries of the audit trail: how things look there, without their secrets.

use kernel::WorkspaceId;
use serde_json::{Value, json};

use super::Desk;
use crate::model::{Entry, Invitation, Key, OwnRole, Provider, Staff, Unit};

impl Desk<'_> {
    /// Writes down that something was done. What looks the same before and after is no change and leaves no entry.
    pub(super) fn tell(
        &mut self,
        workspace: WorkspaceId,
        action: &str,
        subject: String,
        before: Option<Value>,
        after: Option<Value>,
    ) {
        if before.is_some() && before == after {
            return;
        }
        self.effects.audit.push(Entry {
            workspace,
            at: self.at,
            by: self.by.clone(),
            action: action.to_owned(),
            subject,
            before,
            after,
        });
    }
}

pub(super) fn unit(unit: &Unit) -> Option<Value> {
    let parent = unit.parent.as_ref().map(kernel::UnitId::as_str);
    Some(json!({ "name": unit.name, "kind": unit.kind, "parent": parent }))
}

pub(super) fn staff(staff: &Staff) -> Option<Value> {
    let Staff { name, email, role, active, .. } = staff;
    let unit = staff.unit.as_ref().map(kernel::UnitId::as_str);
    Some(json!({ "name": name, "email": email, "role": role, "unit": unit, "active": active }))
}

pub(super) fn role(role: &OwnRole) -> Option<Value> {
    let permissions: Vec<_> = role.power.permissions.iter().map(web::Permission::slug).collect();
    Some(json!({ "name": role.name, "permissions": permissions, "scope": role.power.sight }))
}

pub(super) fn provider(provider: &Provider) -> Option<Value> {
    let Provider { name, issuer, client_id, match_email, .. } = provider;
    Some(json!({ "name": name, "issuer": issuer.as_str(), "client_id": client_id, "match_email": match_email }))
}

pub(super) fn key(key: &Key) -> Option<Value> {
    let Key { kind, name, prefix, .. } = key;
    Some(json!({ "kind": kind, "name": name, "prefix": prefix }))
}

pub(super) fn invitation(invitation: &Invitation) -> Option<Value> {
    let Invitation { email, role, expires_at, .. } = invitation;
    let unit = invitation.unit.as_ref().map(kernel::UnitId::as_str);
    Some(json!({ "email": email, "role": role, "unit": unit, "expires_at": expires_at }))
}
