//! The organisation: its units, and listing what is in a caller's scope.

use std::collections::{BTreeMap, BTreeSet};

use db::audit::By;
use kernel::{Scope, UnitId, WorkspaceId};
use serde::Deserialize;
use utoipa::ToSchema;
use web::Principal;

use crate::{
    Access, AccessError, NewUnit, RoleId, Unit, Workspace,
    model::Staff,
    rules::{
        decide::{Command, Done, Rejection, UnitChange},
        import, roles,
    },
    store,
};

/// Which of the staff are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct StaffFilter {
    /// In the name, the e-mail or the id, however cased.
    pub(crate) text: Option<String>,
    pub(crate) role: Option<RoleId>,
    /// There or below.
    pub(crate) unit: Option<UnitId>,
    pub(crate) state: StaffState,
}

/// Who may come in, who may not any more, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StaffState {
    /// Those who may come in.
    #[default]
    Active,
    /// Those who may not any more.
    Deactivated,
    /// Everybody.
    All,
}

/// Somebody as the staff list shows them.
pub(crate) struct Member {
    pub(crate) staff: Staff,
    /// Where they work.
    pub(crate) unit: Option<Unit>,
    /// What their role is called, if the brand made it.
    pub(crate) role_name: Option<String>,
}

impl StaffFilter {
    fn takes(&self, staff: &Staff, below: Option<&BTreeSet<UnitId>>) -> bool {
        let state = match self.state {
            StaffState::Active => staff.active,
            StaffState::Deactivated => !staff.active,
            StaffState::All => true,
        };
        let text = self.text.as_ref().is_none_or(|text| {
            let text = text.trim().to_lowercase();
            [staff.name.as_str(), staff.email.as_str(), staff.id.as_str()]
                .iter()
                .any(|part| part.to_lowercase().contains(&text))
        });
        let unit = below.is_none_or(|below| staff.unit.as_ref().is_some_and(|unit| below.contains(unit)));
        state && text && unit && self.role.as_ref().is_none_or(|role| *role == staff.role)
    }
}

impl Access {
    /// Every brand of the installation, by number.
    ///
    /// # Errors
    /// [`AccessError::Read`].
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, AccessError> {
        Ok(store::workspaces(self.reads()).await?)
    }

    /// One brand, if there is one of this number.
    ///
    /// # Errors
    /// [`AccessError::Read`].
    pub async fn workspace(&self, workspace: WorkspaceId) -> Result<Option<Workspace>, AccessError> {
        Ok(store::workspace(self.reads(), workspace).await?)
    }

    /// The whole organisation of a brand, by id. For those who put names to ids; what a caller may see is cut by
    /// [`Principal::scope`].
    ///
    /// # Errors
    /// [`AccessError::Read`].
    pub async fn units(&self, workspace: WorkspaceId) -> Result<Vec<Unit>, AccessError> {
        Ok(store::units(self.reads(), workspace).await?)
    }

    /// The units a caller may see.
    pub(crate) async fn units_in_scope(&self, caller: &Principal) -> Result<Vec<Unit>, AccessError> {
        let mut units = store::units(self.reads(), caller.workspace).await?;
        match &caller.scope {
            Scope::All => {}
            Scope::Units(seen) => units.retain(|unit| seen.contains(&unit.id)),
            Scope::Own(_) => units.retain(|unit| Some(&unit.id) == caller.unit.as_ref()),
        }
        Ok(units)
    }

    /// The staff a caller may see and asked for, each with their unit and what their role is called.
    pub(crate) async fn staff_in_scope(
        &self,
        caller: &Principal,
        filter: &StaffFilter,
    ) -> Result<Vec<Member>, AccessError> {
        let mut staff = store::staff(self.reads(), caller.workspace).await?;
        match &caller.scope {
            Scope::All => {}
            Scope::Units(seen) => staff.retain(|each| each.unit.as_ref().is_some_and(|unit| seen.contains(unit))),
            Scope::Own(own) => staff.retain(|each| each.id == *own),
        }
        let units = store::units(self.reads(), caller.workspace).await?;
        let below = filter.unit.as_ref().map(|top| roles::subtree(&units, top));
        staff.retain(|each| filter.takes(each, below.as_ref()));
        let units: BTreeMap<_, _> = units.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
        let names = self.role_names(caller.workspace).await?;
        let member = |staff: Staff| Member {
            unit: staff.unit.as_ref().and_then(|unit| units.get(unit)).cloned(),
            role_name: names.get(&staff.role).cloned(),
            staff,
        };
        Ok(staff.into_iter().map(member).collect())
    }

    /// Somebody with their unit and what their role is called.
    pub(crate) async fn member(&self, staff: Staff) -> Result<Member, AccessError> {
        let unit = self.unit_where(&staff).await?;
        let role_name = self.role_name(staff.workspace, &staff.role).await?;
        Ok(Member { staff, unit, role_name })
    }

    pub(crate) async fn add_unit(&self, by: By, workspace: WorkspaceId, new: NewUnit) -> Result<Unit, AccessError> {
        let unit = self.unit_of(new);
        self.submit(by, Command::AddUnits { workspace, units: vec![unit.clone()] }).await?;
        // Whoever stands above it sees more now.
        self.forget_callers();
        Ok(unit)
    }

    pub(crate) async fn change_unit(
        &self,
        by: By,
        workspace: WorkspaceId,
        unit: UnitId,
        change: UnitChange,
    ) -> Result<Unit, AccessError> {
        self.submit(by, Command::ChangeUnit { workspace, unit: unit.clone(), change }).await?;
        self.forget_callers();
        store::unit_named(self.reads(), workspace, &unit).await?.ok_or(AccessError::NotFound)
    }

    pub(crate) async fn delete_unit(&self, by: By, workspace: WorkspaceId, unit: UnitId) -> Result<(), AccessError> {
        self.submit(by, Command::DeleteUnit { workspace, unit }).await?;
        self.forget_callers();
        Ok(())
    }

    /// Lays a list of units over the organisation, all or nothing: how many are new, changed and as they were. When it is
    /// only tried, nothing is stored.
    pub(crate) async fn import_units(
        &self,
        by: By,
        workspace: WorkspaceId,
        units: Vec<Unit>,
        dry_run: bool,
    ) -> Result<(usize, usize, usize), AccessError> {
        if dry_run {
            let there = store::units(self.reads(), workspace).await?;
            let there = there.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
            let plan = import::plan(&there, &units).map_err(Rejection::Import)?;
            return Ok((plan.created.len(), plan.changed.len(), plan.unchanged));
        }
        let done = self.submit(by, Command::ImportUnits { workspace, units }).await?;
        self.forget_callers();
        match done {
            Done::Imported { created, changed, unchanged } => Ok((created, changed, unchanged)),
            Done::Stored | Done::Founded(_) => unreachable!("an import counts what it did"),
        }
    }

    /// Where somebody works.
    pub(crate) async fn unit_where(&self, staff: &Staff) -> Result<Option<Unit>, AccessError> {
        let Some(unit) = &staff.unit else { return Ok(None) };
        Ok(store::unit_named(self.reads(), staff.workspace, unit).await?)
    }
}
