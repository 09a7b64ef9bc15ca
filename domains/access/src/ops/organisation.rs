//! Units and staff: adding, and listing what is in a caller's scope.

use std::collections::BTreeMap;

use kernel::{Scope, WorkspaceId};
use web::Principal;

use crate::{Access, AccessError, NewStaff, NewUnit, Unit, Workspace, model::Staff, rules::decide::Command, store};

impl Access {
    /// Every brand of the installation, by number.
    ///
    /// # Errors
    /// [`AccessError::Read`].
    pub async fn workspaces(&self) -> Result<Vec<Workspace>, AccessError> {
        Ok(store::workspaces(self.reads()).await?)
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

    /// The staff a caller may see, each with their unit.
    pub(crate) async fn staff_in_scope(&self, caller: &Principal) -> Result<Vec<(Staff, Option<Unit>)>, AccessError> {
        let mut staff = store::staff(self.reads(), caller.workspace).await?;
        match &caller.scope {
            Scope::All => {}
            Scope::Units(seen) => staff.retain(|each| each.unit.as_ref().is_some_and(|unit| seen.contains(unit))),
            Scope::Own(own) => staff.retain(|each| each.id == *own),
        }
        let units = store::units(self.reads(), caller.workspace).await?;
        let units: BTreeMap<_, _> = units.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
        Ok(staff
            .into_iter()
            .map(|each| {
                let unit = each.unit.as_ref().and_then(|unit| units.get(unit)).cloned();
                (each, unit)
            })
            .collect())
    }

    pub(crate) async fn add_unit(&self, workspace: WorkspaceId, new: NewUnit) -> Result<Unit, AccessError> {
        let unit = self.unit_of(new);
        self.submit(Command::AddUnits { workspace, units: vec![unit.clone()] }).await?;
        // Whoever stands above it sees more now.
        self.forget_callers();
        Ok(unit)
    }

    pub(crate) async fn add_staff(
        &self,
        workspace: WorkspaceId,
        new: NewStaff,
    ) -> Result<(Staff, Option<Unit>), AccessError> {
        let staff = self.staff_of(workspace, new).await?;
        self.submit(Command::AddStaff { at: self.now(), staff: staff.clone() }).await?;
        let unit = self.unit_where(&staff).await?;
        Ok((staff, unit))
    }

    /// Where somebody works.
    pub(crate) async fn unit_where(&self, staff: &Staff) -> Result<Option<Unit>, AccessError> {
        let Some(unit) = &staff.unit else { return Ok(None) };
        Ok(store::unit_named(self.reads(), staff.workspace, unit).await?)
    }
}
