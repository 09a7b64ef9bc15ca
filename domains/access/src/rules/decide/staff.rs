//! Staff, how they join, and their passwords.

use std::collections::BTreeSet;

use kernel::{StaffId, UnitId, WorkspaceId};

use super::{Desk, Done, Known, Rejection, StaffChange, Which, trail};
use crate::{
    model::{Email, Invitation, Role, RoleId, SecretHash, Staff},
    rules::grants,
};

impl Desk<'_> {
    pub(super) fn add_staff(&mut self, staff: Staff) -> Result<Done, Rejection> {
        check_staff(self.known, std::slice::from_ref(&staff), &BTreeSet::new())?;
        self.check_grant(staff.workspace, &staff.role)?;
        self.put_staff(staff);
        Ok(Done::Stored)
    }

    pub(super) fn change_staff(
        &mut self,
        workspace: WorkspaceId,
        id: StaffId,
        change: StaffChange,
    ) -> Result<Done, Rejection> {
        let Some(before) = self.known.staff.get(&(workspace, id.clone())).cloned() else {
            return Err(Rejection::StaffMissing(id));
        };
        let mut staff = before.clone();
        let StaffChange { name, role, unit, active } = change;
        staff.name = name.unwrap_or(staff.name);
        staff.role = role.unwrap_or(staff.role);
        staff.unit = unit.unwrap_or(staff.unit);
        staff.active = active.unwrap_or(staff.active);
        if let Some(unit) = staff.unit.as_ref().filter(|unit| before.unit.as_ref() != Some(*unit)) {
            check_unit(self.known, workspace, unit, &BTreeSet::new())?;
        }
        if staff.role != before.role {
            self.check_grant(workspace, &staff.role)?;
        }
        // Who could take from somebody what they do not hold could not give it back.
        grants::check(self.held(workspace), grants::power_of(self.known, &before).permissions)?;
        let owners = self.known.owners.iter().filter(|(of, _)| *of == workspace).count();
        if is_owner(&before) && !is_owner(&staff) && owners <= 1 {
            return Err(Rejection::LastOwner(id));
        }
        let action = match (before.active, staff.active) {
            (true, false) => "staff.deactivated",
            (false, true) => "staff.reactivated",
            _ => "staff.changed",
        };
        self.tell(workspace, action, subject(&id), trail::staff(&before), trail::staff(&staff));
        if !staff.active {
            self.effects.ended.push((workspace, id, Which::AllBut(None)));
        }
        self.replace_staff(staff);
        Ok(Done::Stored)
    }

    pub(super) fn set_password(
        &mut self,
        workspace: WorkspaceId,
        id: StaffId,
        hash: String,
        must_change: bool,
        keep: Option<SecretHash>,
    ) -> Result<Done, Rejection> {
        let there = self.known.staff.get(&(workspace, id.clone())).filter(|staff| staff.active).cloned();
        let mut staff = there.ok_or_else(|| Rejection::StaffMissing(id.clone()))?;
        // Whoever knows a password is its owner: nobody makes one for somebody who may more.
        if self.by.actor != subject(&id) {
            grants::check(self.held(workspace), grants::power_of(self.known, &staff).permissions)?;
        }
        staff.password_hash = hash;
        staff.must_change_password = must_change;
        let action = if must_change { "staff.password_reset" } else { "staff.password_changed" };
        self.tell(workspace, action, subject(&id), None, None);
        self.effects.ended.push((workspace, id, Which::AllBut(keep)));
        self.replace_staff(staff);
        Ok(Done::Stored)
    }

    pub(super) fn invite(&mut self, invitation: Invitation) -> Result<Done, Rejection> {
        let Invitation { workspace, .. } = invitation;
        let email = Email::key_of(&invitation.email);
        if self.known.emails.contains(&email) {
            return Err(Rejection::EmailTaken(invitation.email));
        }
        if let Some(unit) = &invitation.unit {
            check_unit(self.known, workspace, unit, &BTreeSet::new())?;
            self.known.at_unit.entry((workspace, unit.clone())).or_default().invitations += 1;
        }
        self.check_grant(workspace, &invitation.role)?;
        let earlier: Vec<Invitation> = self
            .known
            .invitations
            .values()
            .filter(|other| other.workspace == workspace && Email::key_of(&other.email) == email)
            .cloned()
            .collect();
        for other in earlier {
            self.close_invitation(&other, "invitation.replaced");
        }
        let after = trail::invitation(&invitation);
        self.tell(workspace, "invitation.created", format!("invitation:{}", invitation.id), None, after);
        self.known.role_uses.entry((workspace, invitation.role.clone())).or_default().invitations += 1;
        self.known.invitations.insert((workspace, invitation.id.clone()), invitation.clone());
        self.effects.invitations.push(invitation);
        Ok(Done::Stored)
    }

    pub(super) fn revoke_invitation(&mut self, workspace: WorkspaceId, id: String) -> Result<Done, Rejection> {
        let open = self.known.invitations.get(&(workspace, id)).cloned();
        self.close_invitation(&open.ok_or(Rejection::InvitationOver)?, "invitation.revoked");
        Ok(Done::Stored)
    }

    pub(super) fn accept_invitation(&mut self, token: SecretHash, mut staff: Staff) -> Result<Done, Rejection> {
        let open = self.known.invitations.values().find(|each| each.token == token && each.expires_at > self.at);
        let open = open.cloned().ok_or(Rejection::InvitationOver)?;
        staff.workspace = open.workspace;
        staff.email = open.email.clone();
        staff.role = open.role.clone();
        staff.unit = open.unit.clone();
        check_staff(self.known, std::slice::from_ref(&staff), &BTreeSet::new())?;
        self.close_invitation(&open, "invitation.accepted");
        self.put_staff(staff);
        Ok(Done::Stored)
    }

    fn close_invitation(&mut self, open: &Invitation, action: &str) {
        let Invitation { workspace, id, .. } = open;
        self.known.invitations.remove(&(*workspace, id.clone()));
        let uses = self.known.role_uses.entry((*workspace, open.role.clone())).or_default();
        uses.invitations = uses.invitations.saturating_sub(1);
        self.tell(*workspace, action, format!("invitation:{id}"), trail::invitation(open), None);
        self.effects.invitations_closed.push((*workspace, id.clone(), self.at));
    }

    pub(super) fn put_staff(&mut self, staff: Staff) {
        self.tell(staff.workspace, "staff.created", subject(&staff.id), None, trail::staff(&staff));
        self.known.emails.insert(Email::key_of(&staff.email));
        if let Some(unit) = &staff.unit {
            self.known.at_unit.entry((staff.workspace, unit.clone())).or_default().staff += 1;
        }
        self.note(&staff);
        self.effects.staff.push((staff, self.at));
    }

    fn replace_staff(&mut self, staff: Staff) {
        if let Some(unit) = &staff.unit {
            // Who moves in may be counted twice; that only ever refuses the deletion of a unit somebody just moved to.
            self.known.at_unit.entry((staff.workspace, unit.clone())).or_default().staff += 1;
        }
        self.note(&staff);
        self.effects.staff_changed.push((staff, self.at));
    }

    fn note(&mut self, staff: &Staff) {
        let key = (staff.workspace, staff.id.clone());
        if is_owner(staff) {
            self.known.owners.insert(key.clone());
        } else {
            self.known.owners.remove(&key);
        }
        self.known.role_uses.entry((staff.workspace, staff.role.clone())).or_default().staff += 1;
        if let Some(before) = self.known.staff.insert(key, staff.clone()) {
            let uses = self.known.role_uses.entry((before.workspace, before.role)).or_default();
            uses.staff = uses.staff.saturating_sub(1);
        }
    }
}

/// Whether somebody may let others in.
fn is_owner(staff: &Staff) -> bool {
    staff.active && staff.role == RoleId::Preset(Role::Owner)
}

pub(super) fn subject(staff: &StaffId) -> String {
    format!("staff:{staff}")
}

fn check_unit(
    known: &Known,
    workspace: WorkspaceId,
    unit: &UnitId,
    new_units: &BTreeSet<&UnitId>,
) -> Result<(), Rejection> {
    match new_units.contains(unit) || known.units.contains_key(&(workspace, unit.clone())) {
        true => Ok(()),
        false => Err(Rejection::UnitUnknown(unit.clone())),
    }
}

pub(super) fn check_staff(known: &Known, staff: &[Staff], new_units: &BTreeSet<&UnitId>) -> Result<(), Rejection> {
    let mut ids = BTreeSet::new();
    let mut emails = BTreeSet::new();
    for each in staff {
        if !ids.insert(&each.id) || known.staff.contains_key(&(each.workspace, each.id.clone())) {
            return Err(Rejection::StaffTaken(each.id.clone()));
        }
        let email = Email::key_of(&each.email);
        if known.emails.contains(&email) || !emails.insert(email) {
            return Err(Rejection::EmailTaken(each.email.clone()));
        }
        if let Some(unit) = &each.unit {
            check_unit(known, each.workspace, unit, new_units)?;
        }
    }
    Ok(())
}
