//! Roles that brands make.

use kernel::WorkspaceId;
use web::{PermissionSet, Reach};

use super::{Desk, Done, Rejection, RoleChange, trail};
use crate::{
    model::{OwnRole, Power, RoleId, Sight},
    rules::grants,
};

/// Roles a brand may make.
const ROLES_MAX: usize = 100;

impl Desk<'_> {
    /// What whoever gave the command may hand out.
    pub(super) fn held(&self, workspace: WorkspaceId) -> PermissionSet {
        grants::held(self.known, workspace, &self.by.actor)
    }

    /// `Ok` when the role is there and holds nothing that whoever gives it does not.
    pub(super) fn check_grant(&self, workspace: WorkspaceId, role: &RoleId) -> Result<(), Rejection> {
        let own = self.known.roles.get(&(workspace, role.clone()));
        if own.is_none() && matches!(role, RoleId::Own(_)) {
            return Err(Rejection::RoleUnknown(role.clone()));
        }
        grants::check(self.held(workspace), grants::power(role, own).permissions)
    }

    pub(super) fn create_role(&mut self, role: OwnRole) -> Result<Done, Rejection> {
        self.check_role(&role)?;
        // Ids are drawn by lot; should one come again, making must not become changing.
        if self.known.roles.contains_key(&(role.workspace, role.id.clone())) {
            return Err(Rejection::RoleNameTaken(role.name));
        }
        if self.known.roles.keys().filter(|(workspace, _)| *workspace == role.workspace).count() >= ROLES_MAX {
            return Err(Rejection::TooManyRoles(ROLES_MAX));
        }
        self.tell(role.workspace, "role.created", subject(&role.id), None, trail::role(&role));
        self.known.roles.insert((role.workspace, role.id.clone()), role.clone());
        self.effects.roles.insert((role.workspace, role.id.clone()), Some((role, self.at)));
        Ok(Done::Stored)
    }

    pub(super) fn change_role(
        &mut self,
        workspace: WorkspaceId,
        id: RoleId,
        change: RoleChange,
    ) -> Result<Done, Rejection> {
        let before = self.role_to_change(workspace, &id)?;
        let RoleChange { name, permissions, sight } = change;
        let power = Power {
            permissions: permissions.unwrap_or(before.power.permissions),
            sight: sight.unwrap_or(before.power.sight),
        };
        let role = OwnRole { name: name.unwrap_or_else(|| before.name.clone()), power, ..before.clone() };
        self.check_role(&role)?;
        self.tell(workspace, "role.changed", subject(&id), trail::role(&before), trail::role(&role));
        self.known.roles.insert((workspace, id.clone()), role.clone());
        self.effects.roles.insert((workspace, id), Some((role, self.at)));
        Ok(Done::Stored)
    }

    pub(super) fn delete_role(&mut self, workspace: WorkspaceId, id: RoleId) -> Result<Done, Rejection> {
        let before = self.role_to_change(workspace, &id)?;
        let uses = self.known.role_uses.get(&(workspace, id.clone())).copied().unwrap_or_default();
        if uses.staff + uses.invitations > 0 {
            return Err(Rejection::RoleInUse { name: before.name, staff: uses.staff, invitations: uses.invitations });
        }
        self.known.roles.remove(&(workspace, id.clone()));
        self.tell(workspace, "role.deleted", subject(&id), trail::role(&before), None);
        self.effects.roles.insert((workspace, id), None);
        Ok(Done::Stored)
    }

    /// A role the brand made, all of which whoever asks holds: who could take from it what they do not hold could not give it
    /// back.
    fn role_to_change(&self, workspace: WorkspaceId, id: &RoleId) -> Result<OwnRole, Rejection> {
        let there = self.known.roles.get(&(workspace, id.clone())).cloned();
        let role = there.ok_or_else(|| match id {
            RoleId::Preset(_) => Rejection::PresetRole,
            RoleId::Own(_) => Rejection::RoleMissing(id.clone()),
        })?;
        grants::check(self.held(workspace), role.power.permissions)?;
        Ok(role)
    }

    fn check_role(&self, role: &OwnRole) -> Result<(), Rejection> {
        let Power { permissions, sight } = role.power;
        let far: Vec<_> = permissions.iter().filter(|permission| permission.reach() == Reach::Whole).collect();
        if sight != Sight::All && !far.is_empty() {
            return Err(Rejection::NeedsEverybody(PermissionSet::of(&far)));
        }
        let name = role.name.to_lowercase();
        let others = self.known.roles.values().filter(|other| other.workspace == role.workspace && other.id != role.id);
        if others.into_iter().any(|other| other.name.to_lowercase() == name) {
            return Err(Rejection::RoleNameTaken(role.name.clone()));
        }
        grants::check(self.held(role.workspace), permissions)
    }
}

fn subject(role: &RoleId) -> String {
    format!("role:{role}")
}
