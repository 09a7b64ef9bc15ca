//! Brands and their units.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{UnitId, WorkspaceId};
use serde_json::json;

use super::{Desk, Done, Known, Rejection, UnitChange, staff::check_staff, trail};
use crate::{
    model::{Key, SecretHash, Staff, Unit, UnitKind},
    rules::import,
};

impl Desk<'_> {
    pub(super) fn found(
        &mut self,
        first: bool,
        name: String,
        units: Vec<Unit>,
        mut staff: Vec<Staff>,
        mut keys: Vec<(Key, SecretHash)>,
    ) -> Result<Done, Rejection> {
        if first && self.known.last_workspace > 0 {
            return Err(Rejection::FoundedAlready);
        }
        let id = WorkspaceId(self.known.last_workspace + 1);
        staff.iter_mut().for_each(|each| each.workspace = id);
        keys.iter_mut().for_each(|(key, _)| key.workspace = id);
        check_units(self.known, id, &units)?;
        let new_units: BTreeSet<_> = units.iter().map(|unit| &unit.id).collect();
        check_staff(self.known, &staff, &new_units)?;
        self.known.last_workspace = id.0;
        self.tell(id, "workspace.founded", format!("workspace:{id}"), None, Some(json!({ "name": name })));
        self.effects.workspaces.push((id, name, self.at));
        units.into_iter().for_each(|unit| self.put_unit(id, unit));
        staff.into_iter().for_each(|staff| self.put_staff(staff));
        keys.into_iter().for_each(|(key, secret)| self.put_key(key, secret));
        Ok(Done::Founded(id))
    }

    pub(super) fn add_units(&mut self, workspace: WorkspaceId, units: Vec<Unit>) -> Result<Done, Rejection> {
        check_units(self.known, workspace, &units)?;
        units.into_iter().for_each(|unit| self.put_unit(workspace, unit));
        Ok(Done::Stored)
    }

    pub(super) fn import_units(&mut self, workspace: WorkspaceId, units: &[Unit]) -> Result<Done, Rejection> {
        let there = self.known.units_of(workspace).map(|unit| (unit.id.clone(), unit.clone())).collect();
        let import::Plan { created, changed, unchanged } = import::plan(&there, units).map_err(Rejection::Import)?;
        let done = Done::Imported { created: created.len(), changed: changed.len(), unchanged };
        created.into_iter().for_each(|unit| self.put_unit(workspace, unit));
        for unit in changed {
            let before = there.get(&unit.id).and_then(trail::unit);
            self.tell(workspace, "unit.changed", subject(&unit.id), before, trail::unit(&unit));
            self.replace_unit(workspace, unit);
        }
        Ok(done)
    }

    pub(super) fn change_unit(
        &mut self,
        workspace: WorkspaceId,
        id: UnitId,
        change: UnitChange,
    ) -> Result<Done, Rejection> {
        let Some(before) = self.known.units.get(&(workspace, id.clone())) else {
            return Err(Rejection::UnitMissing(id));
        };
        let mut unit = before.clone();
        let UnitChange { name, kind, parent } = change;
        unit.name = name.unwrap_or(unit.name);
        unit.kind = kind.unwrap_or(unit.kind);
        unit.parent = parent.unwrap_or(unit.parent);
        if let Some(parent) = &unit.parent {
            let stands = self.known.units.get(&(workspace, parent.clone()));
            let above = stands.ok_or_else(|| Rejection::ParentUnknown(parent.clone()))?;
            // It may be about to get another storey, and never stands below itself.
            let above = if *parent == id { unit.kind } else { above.kind };
            check_storeys(unit.kind, above)?;
        }
        for child in self.known.units_of(workspace).filter(|child| child.parent.as_ref() == Some(&id)) {
            check_storeys(child.kind, unit.kind)?;
        }
        let before = trail::unit(before);
        self.tell(workspace, "unit.changed", subject(&id), before, trail::unit(&unit));
        self.replace_unit(workspace, unit);
        Ok(Done::Stored)
    }

    pub(super) fn delete_unit(&mut self, workspace: WorkspaceId, id: UnitId) -> Result<Done, Rejection> {
        let Some(before) = self.known.units.get(&(workspace, id.clone())).and_then(trail::unit) else {
            return Err(Rejection::UnitMissing(id));
        };
        let units = self.known.units_of(workspace).filter(|unit| unit.parent.as_ref() == Some(&id)).count();
        let at = self.known.at_unit.get(&(workspace, id.clone())).copied().unwrap_or_default();
        if units + at.staff + at.invitations > 0 {
            return Err(Rejection::UnitInUse { unit: id, units, staff: at.staff, invitations: at.invitations });
        }
        self.known.units.remove(&(workspace, id.clone()));
        self.tell(workspace, "unit.deleted", subject(&id), Some(before), None);
        self.effects.units_deleted.push((workspace, id));
        Ok(Done::Stored)
    }

    fn put_unit(&mut self, workspace: WorkspaceId, unit: Unit) {
        self.tell(workspace, "unit.created", subject(&unit.id), None, trail::unit(&unit));
        self.known.units.insert((workspace, unit.id.clone()), unit.clone());
        self.effects.units.push((workspace, unit));
    }

    fn replace_unit(&mut self, workspace: WorkspaceId, unit: Unit) {
        self.known.units.insert((workspace, unit.id.clone()), unit.clone());
        self.effects.units_changed.push((workspace, unit));
    }
}

impl Known {
    fn units_of(&self, workspace: WorkspaceId) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |((of, _), _)| *of == workspace).map(|(_, unit)| unit)
    }
}

fn subject(unit: &UnitId) -> String {
    format!("unit:{unit}")
}

fn check_units(known: &Known, workspace: WorkspaceId, units: &[Unit]) -> Result<(), Rejection> {
    let mut new = BTreeMap::new();
    for unit in units {
        let kind = |id: &UnitId| {
            let there = known.units.get(&(workspace, id.clone())).map(|unit| unit.kind);
            new.get(id).copied().or(there)
        };
        if kind(&unit.id).is_some() {
            return Err(Rejection::UnitTaken(unit.id.clone()));
        }
        if let Some(parent) = &unit.parent {
            let parent = kind(parent).ok_or_else(|| Rejection::ParentUnknown(parent.clone()))?;
            check_storeys(unit.kind, parent)?;
        }
        new.insert(&unit.id, unit.kind);
    }
    Ok(())
}

fn check_storeys(child: UnitKind, parent: UnitKind) -> Result<(), Rejection> {
    match parent < child {
        true => Ok(()),
        false => Err(Rejection::ParentTooLow { child: child.as_str(), parent: parent.as_str() }),
    }
}
