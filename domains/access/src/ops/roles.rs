//! Roles: the five that every brand has, and those it makes.

use std::collections::BTreeMap;

use db::audit::By;
use kernel::{WorkspaceId, token};
use web::PermissionSet;

use crate::{
    Access, AccessError, Name, Role,
    model::{OwnRole, Power, RoleId, Sight},
    rules::{
        decide::{Command, Rejection, RoleChange},
        roles,
    },
    store,
};

/// A role as it is shown.
pub(crate) struct RoleView {
    pub(crate) id: RoleId,
    /// What the brand calls it; the five have words in every language.
    pub(crate) name: Option<String>,
    pub(crate) power: Power,
    /// Staff who may come in with it.
    pub(crate) staff: usize,
}

impl Access {
    /// The five, then those the brand made, by name.
    pub(crate) async fn roles(&self, workspace: WorkspaceId) -> Result<Vec<RoleView>, AccessError> {
        let own = store::roles(self.reads(), workspace).await?;
        let mut staff: BTreeMap<RoleId, usize> = BTreeMap::new();
        for member in store::staff(self.reads(), workspace).await?.into_iter().filter(|member| member.active) {
            *staff.entry(member.role).or_default() += 1;
        }
        let count = |id: &RoleId| staff.get(id).copied().unwrap_or_default();
        let presets = Role::ALL.iter().map(|role| {
            let id = RoleId::Preset(*role);
            RoleView { staff: count(&id), id, name: None, power: roles::power(*role) }
        });
        let own = own.into_iter().map(|OwnRole { id, name, power, .. }| RoleView {
            staff: count(&id),
            id,
            name: Some(name),
            power,
        });
        Ok(presets.chain(own).collect())
    }

    pub(crate) async fn add_role(
        &self,
        by: By,
        workspace: WorkspaceId,
        name: Name,
        permissions: PermissionSet,
        sight: Sight,
    ) -> Result<RoleView, AccessError> {
        let id = RoleId::drawn(&token(self.entropy(), 12));
        let power = Power { permissions, sight };
        let role = OwnRole { workspace, id: id.clone(), name: name.into(), power };
        self.submit(by, Command::CreateRole(role)).await?;
        self.role(workspace, id).await
    }

    /// Whoever has the role may and sees what it says from the next request on.
    pub(crate) async fn change_role(
        &self,
        by: By,
        workspace: WorkspaceId,
        role: RoleId,
        change: RoleChange,
    ) -> Result<RoleView, AccessError> {
        self.submit(by, Command::ChangeRole { workspace, role: role.clone(), change }).await?;
        self.forget_callers();
        self.role(workspace, role).await
    }

    pub(crate) async fn delete_role(&self, by: By, workspace: WorkspaceId, role: RoleId) -> Result<(), AccessError> {
        self.submit(by, Command::DeleteRole { workspace, role }).await?;
        self.forget_callers();
        Ok(())
    }

    /// What the roles that a brand made are called.
    pub(crate) async fn role_names(&self, workspace: WorkspaceId) -> Result<BTreeMap<RoleId, String>, AccessError> {
        let own = store::roles(self.reads(), workspace).await?;
        Ok(own.into_iter().map(|role| (role.id, role.name)).collect())
    }

    /// What one role is called, if the brand made it.
    pub(crate) async fn role_name(&self, workspace: WorkspaceId, role: &RoleId) -> Result<Option<String>, AccessError> {
        match role {
            RoleId::Preset(_) => Ok(None),
            RoleId::Own(_) => Ok(store::role_named(self.reads(), workspace, role).await?.map(|role| role.name)),
        }
    }

    async fn role(&self, workspace: WorkspaceId, id: RoleId) -> Result<RoleView, AccessError> {
        let all = self.roles(workspace).await?;
        all.into_iter().find(|role| role.id == id).ok_or_else(|| Rejection::RoleMissing(id).into())
    }
}
