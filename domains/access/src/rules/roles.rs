//! What a role may do, and whom it may see.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Scope, StaffId, UnitId};
use web::{Permission, PermissionSet};

use crate::model::{KeyFor, Power, Role, Sight, Unit};

const READS: PermissionSet =
    PermissionSet::of(&[Permission::ReadNetwork, Permission::ReadCampaigns, Permission::ReadOrganisation]);

/// What makes new ways in, or watches over them: for owners, and for roles that an owner made for it.
const ADMINISTRATION: PermissionSet = PermissionSet::of(&[
    Permission::ManageStaff,
    Permission::ManageKeys,
    Permission::ManageRoles,
    Permission::ManageSignIn,
    Permission::ReadAudit,
    Permission::ReadSystem,
]);

/// What a role may do.
///
/// Raw facts are not cut to a scope, so only roles that see everybody may read them.
const fn permissions(role: Role) -> PermissionSet {
    match role {
        Role::Owner => PermissionSet::ALL,
        Role::Operator => PermissionSet::ALL.except(ADMINISTRATION).without(Permission::ManageOrganisation),
        Role::CityManager | Role::StoreManager => READS
            .with(Permission::StartSpreads)
            .with(Permission::RevealPersonal)
            .with(Permission::TagPeople)
            .with(Permission::PlanReach)
            .with(Permission::DoReach)
            .with(Permission::ManageReminders),
        Role::Guide => PermissionSet::of(&[
            Permission::ReadNetwork,
            Permission::ReadCampaigns,
            Permission::StartSpreads,
            Permission::TagPeople,
            Permission::DoReach,
        ]),
        Role::Analyst => READS.with(Permission::ReadFacts).with(Permission::SeeLedger).with(Permission::ReadShop),
    }
}

/// What a key may do. A secret key stands for the brand's servers: everything but making new ways in.
pub(crate) const fn key_permissions(kind: KeyFor) -> PermissionSet {
    match kind {
        KeyFor::Write => PermissionSet::of(&[Permission::CaptureFacts]),
        KeyFor::Secret => PermissionSet::ALL.except(ADMINISTRATION),
    }
}

/// Whom a key may see. Deny first: a key that only writes sees nobody.
pub(crate) fn key_scope(kind: KeyFor) -> Scope {
    match kind {
        KeyFor::Write => Scope::Units(BTreeSet::new()),
        KeyFor::Secret => Scope::All,
    }
}

/// How far the holder of a role sees.
const fn sight(role: Role) -> Sight {
    match role {
        Role::Owner | Role::Operator | Role::Analyst => Sight::All,
        Role::CityManager => Sight::Subtree,
        Role::StoreManager => Sight::Unit,
        Role::Guide => Sight::Own,
    }
}

/// What a role that every brand has means.
pub(crate) const fn power(role: Role) -> Power {
    Power { permissions: permissions(role), sight: sight(role) }
}

/// Whether the organisation must be known to tell a scope.
pub(crate) fn needs_tree(sight: Sight, unit: Option<&UnitId>) -> bool {
    sight == Sight::Subtree && unit.is_some()
}

/// Whom a member of staff may see. Who sees a unit and works in none sees the roots that are their own.
pub(crate) fn scope(sight: Sight, staff: &StaffId, unit: Option<&UnitId>, units: &[Unit]) -> Scope {
    match (sight, unit) {
        (Sight::All, _) => Scope::All,
        (Sight::Subtree, Some(unit)) => Scope::Units(subtree(units, unit)),
        (Sight::Unit, Some(unit)) => Scope::Units([unit.clone()].into()),
        (Sight::Own, _) | (Sight::Subtree | Sight::Unit, None) => Scope::Own(staff.clone()),
    }
}

/// A unit and all below it.
pub(crate) fn subtree(units: &[Unit], top: &UnitId) -> BTreeSet<UnitId> {
    let mut below: BTreeMap<&UnitId, Vec<&UnitId>> = BTreeMap::new();
    for unit in units {
        if let Some(parent) = &unit.parent {
            below.entry(parent).or_default().push(&unit.id);
        }
    }
    let mut found = BTreeSet::from([top.clone()]);
    let mut open = vec![top];
    while let Some(unit) = open.pop() {
        for child in below.get(unit).into_iter().flatten() {
            if found.insert((*child).clone()) {
                open.push(child);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::UnitKind;

    fn unit(id: &str, parent: Option<&str>) -> Unit {
        let id: UnitId = id.parse().unwrap();
        Unit { name: id.to_string(), id, parent: parent.map(|parent| parent.parse().unwrap()), kind: UnitKind::Store }
    }

    fn ids(ids: &[&str]) -> BTreeSet<UnitId> {
        ids.iter().map(|id| id.parse().unwrap()).collect()
    }

    #[test]
    fn each_role_may_what_the_table_says() {
        let line = |set: PermissionSet| set.iter().map(Permission::slug).collect::<Vec<_>>().join(" ");
        let mut table = String::new();
        for role in Role::ALL {
            table += &format!("{}: {}\n", role.as_str(), line(permissions(*role)));
        }
        for kind in KeyFor::ALL {
            table += &format!("{} key: {}\n", kind.as_str(), line(key_permissions(*kind)));
        }
        let expected = "\
owner: capture_facts read_facts import_facts read_network read_campaigns manage_campaigns start_spreads reveal_personal manage_privacy manage_identity review_fraud manage_segments tag_people plan_reach do_reach manage_reminders see_ledger give_points read_shop manage_shop read_organisation manage_organisation manage_staff manage_keys manage_roles manage_sign_in read_audit read_system
operator: capture_facts read_facts import_facts read_network read_campaigns manage_campaigns start_spreads reveal_personal manage_privacy manage_identity review_fraud manage_segments tag_people plan_reach do_reach manage_reminders see_ledger give_points read_shop manage_shop read_organisation
city_manager: read_network read_campaigns start_spreads reveal_personal tag_people plan_reach do_reach manage_reminders read_organisation
store_manager: read_network read_campaigns start_spreads reveal_personal tag_people plan_reach do_reach manage_reminders read_organisation
guide: read_network read_campaigns start_spreads tag_people do_reach
analyst: read_facts read_network read_campaigns see_ledger read_shop read_organisation
write key: capture_facts
secret key: capture_facts read_facts import_facts read_network read_campaigns manage_campaigns start_spreads reveal_personal manage_privacy manage_identity review_fraud manage_segments tag_people plan_reach do_reach manage_reminders see_ledger give_points read_shop manage_shop read_organisation manage_organisation
";
        assert_eq!(table, expected);
    }

    #[test]
    fn a_manager_sees_what_is_below() {
        let units = [
            unit("all", None),
            unit("beijing", Some("all")),
            unit("shanghai", Some("all")),
            unit("store-1", Some("beijing")),
            unit("store-2", Some("beijing")),
            unit("store-3", Some("shanghai")),
        ];
        let staff: StaffId = "s-1".parse().unwrap();
        let scope = |role, at: Option<&str>| {
            let at = at.map(|at| at.parse().unwrap());
            scope(sight(role), &staff, at.as_ref(), &units)
        };
        assert_eq!(scope(Role::CityManager, Some("beijing")), Scope::Units(ids(&["beijing", "store-1", "store-2"])));
        assert_eq!(scope(Role::StoreManager, Some("store-2")), Scope::Units(ids(&["store-2"])));
        assert_eq!(scope(Role::CityManager, None), Scope::Own(staff.clone()));
        assert_eq!(scope(Role::StoreManager, None), Scope::Own(staff.clone()));
        assert_eq!(scope(Role::Guide, Some("store-2")), Scope::Own(staff.clone()));
        for role in [Role::Owner, Role::Operator, Role::Analyst] {
            assert_eq!(scope(role, Some("store-1")), Scope::All);
        }
    }

    proptest! {
        /// Whatever the rows say, even a ring, the subtree is found and is what reaches the top by its parents.
        #[test]
        fn a_subtree_is_what_reaches_its_top(parents in prop::collection::vec(prop::option::of(0..12_usize), 12)) {
            let name = |i: usize| format!("u{i}");
            let units: Vec<Unit> =
                parents.iter().enumerate().map(|(i, p)| unit(&name(i), p.map(name).as_deref())).collect();
            let found = subtree(&units, &name(0).parse().unwrap());
            for i in 0..12 {
                let mut at = Some(i);
                let reaches = (0..=12).any(|_| {
                    let here = at;
                    at = at.and_then(|at| parents[at]);
                    here == Some(0)
                });
                prop_assert_eq!(found.contains(&name(i).parse().unwrap()), reaches, "unit {}", i);
            }
        }
    }
}
