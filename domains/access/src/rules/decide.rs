//! Commands as data, and the pure decision about them.
//!
//! A batch is decided against [`Known`], which holds what the records say about everything the batch names; each accepted
//! command adds to it, so that the next sees it. What must be written gathers in [`Effects`].

use std::collections::{BTreeMap, BTreeSet};

use kernel::{StaffId, Timestamp, UnitId, WorkspaceId};

use crate::model::{Key, SecretHash, Session, Staff, Unit, UnitKind};

/// What is asked of the slice.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// A new brand. Its parts carry no workspace of their own yet: they get the new one.
    Found { at: Timestamp, name: String, units: Vec<Unit>, staff: Vec<Staff>, keys: Vec<(Key, SecretHash)> },
    /// Units, parents before their children.
    AddUnits { workspace: WorkspaceId, units: Vec<Unit> },
    /// Somebody new.
    AddStaff { at: Timestamp, staff: Staff },
    /// A new key.
    AddKey { key: Key, secret: SecretHash },
    /// The key stops working.
    RevokeKey { workspace: WorkspaceId, key: String, at: Timestamp },
    /// Somebody signed in.
    OpenSession(Session),
    /// A session is in use and lives longer.
    ExtendSession { token: SecretHash, seen_at: Timestamp, expires_at: Timestamp },
    /// Somebody signed out.
    CloseSession { token: SecretHash },
}

/// What became of a command that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// The brand has this number.
    Founded(WorkspaceId),
    /// It is stored.
    Stored,
}

/// Why a command was refused. The first that applies, in this order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The id is taken.
    #[error("there is a unit {0} already")]
    UnitTaken(UnitId),
    /// The parent is not there.
    #[error("there is no unit {0} to stand below")]
    ParentUnknown(UnitId),
    /// A store stands below a city or a group, a city below a group.
    #[error("a {child} cannot stand below a {parent}")]
    ParentTooLow {
        /// What was to stand below.
        child: &'static str,
        /// What it was to stand below of.
        parent: &'static str,
    },
    /// The id is taken.
    #[error("there is a member of staff {0} already")]
    StaffTaken(StaffId),
    /// The address signs in somebody else.
    #[error("{0} is in use already")]
    EmailTaken(String),
    /// The unit is not there.
    #[error("there is no unit {0}")]
    UnitUnknown(UnitId),
    /// No such key, or revoked already.
    #[error("there is no key {0}")]
    KeyUnknown(String),
}

/// What the records say about everything a batch names.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) last_workspace: u32,
    pub(crate) units: BTreeMap<(WorkspaceId, UnitId), UnitKind>,
    pub(crate) staff: BTreeSet<(WorkspaceId, StaffId)>,
    pub(crate) emails: BTreeSet<String>,
    /// Those that are not revoked.
    pub(crate) keys: BTreeSet<(WorkspaceId, String)>,
}

/// What a batch writes.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) workspaces: Vec<(WorkspaceId, String, Timestamp)>,
    pub(crate) units: Vec<(WorkspaceId, Unit)>,
    pub(crate) staff: Vec<(Staff, Timestamp)>,
    pub(crate) keys: Vec<(Key, SecretHash)>,
    pub(crate) revoked: Vec<(WorkspaceId, String, Timestamp)>,
    pub(crate) sessions: BTreeMap<SecretHash, Session>,
    pub(crate) extended: BTreeMap<SecretHash, (Timestamp, Timestamp)>,
    pub(crate) closed: BTreeSet<SecretHash>,
}

/// Decides one command. A refused one leaves no trace.
pub(crate) fn decide(known: &mut Known, effects: &mut Effects, command: Command) -> Result<Done, Rejection> {
    match command {
        Command::Found { at, name, units, mut staff, mut keys } => {
            let id = WorkspaceId(known.last_workspace + 1);
            staff.iter_mut().for_each(|each| each.workspace = id);
            keys.iter_mut().for_each(|(key, _)| key.workspace = id);
            check_units(known, id, &units)?;
            let new_units: BTreeSet<_> = units.iter().map(|unit| &unit.id).collect();
            check_staff(known, &staff, &new_units)?;
            known.last_workspace = id.0;
            effects.workspaces.push((id, name, at));
            add_units(known, effects, id, units);
            add_staff(known, effects, staff, at);
            effects.keys.append(&mut keys);
            Ok(Done::Founded(id))
        }
        Command::AddUnits { workspace, units } => {
            check_units(known, workspace, &units)?;
            add_units(known, effects, workspace, units);
            Ok(Done::Stored)
        }
        Command::AddStaff { at, staff } => {
            let staff = vec![staff];
            check_staff(known, &staff, &BTreeSet::new())?;
            add_staff(known, effects, staff, at);
            Ok(Done::Stored)
        }
        Command::AddKey { key, secret } => {
            known.keys.insert((key.workspace, key.id.clone()));
            effects.keys.push((key, secret));
            Ok(Done::Stored)
        }
        Command::RevokeKey { workspace, key, at } => {
            if !known.keys.remove(&(workspace, key.clone())) {
                return Err(Rejection::KeyUnknown(key));
            }
            effects.revoked.push((workspace, key, at));
            Ok(Done::Stored)
        }
        Command::OpenSession(session) => {
            effects.sessions.insert(session.token, session);
            Ok(Done::Stored)
        }
        Command::ExtendSession { token, seen_at, expires_at } => {
            effects.extended.insert(token, (seen_at, expires_at));
            Ok(Done::Stored)
        }
        Command::CloseSession { token } => {
            effects.sessions.remove(&token);
            effects.closed.insert(token);
            Ok(Done::Stored)
        }
    }
}

fn check_units(known: &Known, workspace: WorkspaceId, units: &[Unit]) -> Result<(), Rejection> {
    let mut new = BTreeMap::new();
    for unit in units {
        let kind = |id: &UnitId| new.get(id).or_else(|| known.units.get(&(workspace, id.clone()))).copied();
        if kind(&unit.id).is_some() {
            return Err(Rejection::UnitTaken(unit.id.clone()));
        }
        if let Some(parent) = &unit.parent {
            let parent = kind(parent).ok_or_else(|| Rejection::ParentUnknown(parent.clone()))?;
            if parent >= unit.kind {
                return Err(Rejection::ParentTooLow { child: unit.kind.as_str(), parent: parent.as_str() });
            }
        }
        new.insert(&unit.id, unit.kind);
    }
    Ok(())
}

fn check_staff(known: &Known, staff: &[Staff], new_units: &BTreeSet<&UnitId>) -> Result<(), Rejection> {
    let mut ids = BTreeSet::new();
    let mut emails = BTreeSet::new();
    for each in staff {
        if !ids.insert(&each.id) || known.staff.contains(&(each.workspace, each.id.clone())) {
            return Err(Rejection::StaffTaken(each.id.clone()));
        }
        let email = crate::model::Email::key_of(&each.email);
        if known.emails.contains(&email) || !emails.insert(email) {
            return Err(Rejection::EmailTaken(each.email.clone()));
        }
        if let Some(unit) = &each.unit
            && !new_units.contains(unit)
            && !known.units.contains_key(&(each.workspace, unit.clone()))
        {
            return Err(Rejection::UnitUnknown(unit.clone()));
        }
    }
    Ok(())
}

fn add_units(known: &mut Known, effects: &mut Effects, workspace: WorkspaceId, units: Vec<Unit>) {
    for unit in units {
        known.units.insert((workspace, unit.id.clone()), unit.kind);
        effects.units.push((workspace, unit));
    }
}

fn add_staff(known: &mut Known, effects: &mut Effects, staff: Vec<Staff>, at: Timestamp) {
    for each in staff {
        known.staff.insert((each.workspace, each.id.clone()));
        known.emails.insert(crate::model::Email::key_of(&each.email));
        effects.staff.push((each, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;

    const AT: Timestamp = Timestamp(1);

    fn unit(id: &str, parent: Option<&str>, kind: UnitKind) -> Unit {
        let id: UnitId = id.parse().unwrap();
        Unit { name: id.to_string(), id, parent: parent.map(|parent| parent.parse().unwrap()), kind }
    }

    fn staff(id: &str, email: &str, unit: Option<&str>) -> Staff {
        Staff {
            workspace: WorkspaceId(0),
            id: id.parse().unwrap(),
            name: id.to_owned(),
            email: email.to_owned(),
            password_hash: String::new(),
            role: Role::Owner,
            unit: unit.map(|unit| unit.parse().unwrap()),
        }
    }

    fn found(units: Vec<Unit>, staff: Vec<Staff>) -> Command {
        Command::Found { at: AT, name: "brand".to_owned(), units, staff, keys: Vec::new() }
    }

    #[test]
    fn brands_of_one_batch_get_numbers_one_after_the_other_and_do_not_see_each_other() {
        let (mut known, mut effects) = (Known { last_workspace: 4, ..Known::default() }, Effects::default());
        let mut decide = |command| decide(&mut known, &mut effects, command);
        let group = || vec![unit("top", None, UnitKind::Group)];
        assert_eq!(decide(found(group(), vec![staff("o", "a@x", Some("top"))])), Ok(Done::Founded(WorkspaceId(5))));
        // The same address, in other letters, would sign in two people.
        let taken = found(group(), vec![staff("o", "A@X", None)]);
        assert_eq!(decide(taken), Err(Rejection::EmailTaken("A@X".to_owned())));
        assert_eq!(decide(found(group(), vec![staff("o", "b@x", None)])), Ok(Done::Founded(WorkspaceId(6))));
        let foreign = found(Vec::new(), vec![staff("o", "c@x", Some("top"))]);
        assert_eq!(decide(foreign), Err(Rejection::UnitUnknown("top".parse().unwrap())));
        assert_eq!((effects.workspaces.len(), effects.units.len(), effects.staff.len()), (2, 2, 2));
    }

    #[test]
    fn the_organisation_has_three_storeys() {
        let (mut known, mut effects) = (Known::default(), Effects::default());
        let workspace = WorkspaceId(1);
        let mut add = |units| decide(&mut known, &mut effects, Command::AddUnits { workspace, units });
        use UnitKind::{City, Group, Store};
        let tree = vec![unit("g", None, Group), unit("c", Some("g"), City), unit("s", Some("c"), Store)];
        assert_eq!(add(tree), Ok(Done::Stored));
        assert_eq!(add(vec![unit("s2", Some("g"), Store)]), Ok(Done::Stored));
        assert_eq!(add(vec![unit("c", None, City)]), Err(Rejection::UnitTaken("c".parse().unwrap())));
        assert_eq!(
            add(vec![unit("x", None, Store), unit("y", Some("nowhere"), Store)]),
            Err(Rejection::ParentUnknown("nowhere".parse().unwrap()))
        );
        assert_eq!(
            add(vec![unit("c2", Some("s"), City)]),
            Err(Rejection::ParentTooLow { child: "city", parent: "store" })
        );
        // Nothing of a refused list was kept.
        assert_eq!(add(vec![unit("x", None, Store)]), Ok(Done::Stored));
        assert_eq!(effects.units.len(), 5);
    }

    #[test]
    fn a_key_is_revoked_once_and_only_by_its_own_brand() {
        let mut known = Known { keys: [(WorkspaceId(1), "k".to_owned())].into(), ..Known::default() };
        let mut effects = Effects::default();
        let mut revoke = |workspace| {
            let command = Command::RevokeKey { workspace: WorkspaceId(workspace), key: "k".to_owned(), at: AT };
            decide(&mut known, &mut effects, command)
        };
        assert_eq!(revoke(2), Err(Rejection::KeyUnknown("k".to_owned())));
        assert_eq!(revoke(1), Ok(Done::Stored));
        assert_eq!(revoke(1), Err(Rejection::KeyUnknown("k".to_owned())));
    }
}
