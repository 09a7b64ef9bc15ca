//! Who may hand out what: nobody gives what they do not hold.
//!
//! What an actor holds is taken from the records in the transaction that decides, so that power that was just taken away
//! cannot be handed on by a request that is still on its way.

use kernel::WorkspaceId;
use web::PermissionSet;

use super::{
    decide::{Known, Rejection},
    roles,
};
use crate::model::{KeyFor, OwnRole, Power, RoleId, Sight, Staff};

/// What an actor of the audit trail may hand out in a workspace. Whoever runs the server, and whoever founds the brand, may
/// hand out everything; keys nothing.
pub(crate) fn held(known: &Known, workspace: WorkspaceId, actor: &str) -> PermissionSet {
    match actor.split_once(':') {
        None if matches!(actor, "command_line" | "setup") => PermissionSet::ALL,
        Some(("staff", id)) => id
            .parse()
            .ok()
            .and_then(|id| known.staff.get(&(workspace, id)))
            .filter(|staff| staff.active)
            .map_or(PermissionSet::NONE, |staff| power_of(known, staff).permissions),
        _ => PermissionSet::NONE,
    }
}

/// What a member of staff may do and how far they see.
pub(crate) fn power_of(known: &Known, staff: &Staff) -> Power {
    power(&staff.role, known.roles.get(&(staff.workspace, staff.role.clone())))
}

/// What a role means. One that is not there means nothing.
pub(crate) fn power(role: &RoleId, own: Option<&OwnRole>) -> Power {
    match (role, own) {
        (RoleId::Preset(role), _) => roles::power(*role),
        (RoleId::Own(_), Some(own)) => own.power,
        (RoleId::Own(_), None) => Power { permissions: PermissionSet::NONE, sight: Sight::Own },
    }
}

/// `Ok` when everything of `given` is held.
pub(crate) fn check(held: PermissionSet, given: PermissionSet) -> Result<(), Rejection> {
    if held.covers(given) { Ok(()) } else { Err(Rejection::BeyondYou(given.except(held))) }
}

/// `Ok` when a key of this kind can do nothing that its maker may not.
pub(crate) fn check_key(held: PermissionSet, kind: KeyFor) -> Result<(), Rejection> {
    check(held, roles::key_permissions(kind))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kernel::{StaffId, Timestamp};
    use proptest::prelude::*;
    use web::{Permission, Reach};

    use super::*;
    use crate::{
        Role,
        model::{By, Invitation, Key, SecretHash},
        rules::decide::{Command, Effects, Order, RoleChange, StaffChange, decide},
    };

    const WORKSPACE: WorkspaceId = WorkspaceId(1);

    fn staff(n: usize, role: RoleId) -> Staff {
        Staff {
            workspace: WORKSPACE,
            id: format!("s{n}").parse().unwrap(),
            name: format!("s{n}"),
            email: format!("s{n}@x"),
            password_hash: String::new(),
            role,
            unit: None,
            active: true,
            must_change_password: false,
        }
    }

    fn own(n: usize) -> RoleId {
        RoleId::drawn(&format!("{n}"))
    }

    fn any_role() -> impl Strategy<Value = RoleId> {
        prop_oneof![
            prop::sample::select(Role::ALL).prop_map(RoleId::from),
            (0..4_usize).prop_map(own),
            (0..4_usize).prop_map(own)
        ]
    }

    fn any_set() -> impl Strategy<Value = PermissionSet> {
        prop::sample::subsequence(Permission::ALL, 0..=Permission::ALL.len()).prop_map(|some| PermissionSet::of(&some))
    }

    fn any_sight() -> impl Strategy<Value = Sight> {
        prop_oneof![3 => Just(Sight::All), 1 => prop::sample::select(Sight::ALL)]
    }

    fn any_command() -> impl Strategy<Value = Command> {
        let id = || (0..5_usize).prop_map(|n| format!("s{n}").parse::<StaffId>().unwrap());
        prop_oneof![
            (0..4_usize, any_set(), any_sight()).prop_map(|(n, permissions, sight)| {
                let power = Power { permissions, sight };
                Command::CreateRole(OwnRole { workspace: WORKSPACE, id: own(n), name: format!("r{n}"), power })
            }),
            (0..4_usize, prop::option::of(any_set()), prop::option::of(any_sight())).prop_map(
                |(n, permissions, sight)| {
                    let change = RoleChange { name: None, permissions, sight };
                    Command::ChangeRole { workspace: WORKSPACE, role: own(n), change }
                }
            ),
            any_role().prop_map(|role| Command::DeleteRole { workspace: WORKSPACE, role }),
            (0..5_usize, any_role()).prop_map(|(n, role)| Command::AddStaff { staff: staff(n, role) }),
            (id(), prop::option::of(any_role()), prop::option::of(any::<bool>())).prop_map(|(staff, role, active)| {
                let change = StaffChange { name: None, role, unit: None, active };
                Command::ChangeStaff { workspace: WORKSPACE, staff, change }
            }),
            id().prop_map(|staff| {
                let (hash, must_change) = (String::new(), true);
                Command::SetPassword { workspace: WORKSPACE, staff, hash, must_change, keep: None }
            }),
            (0..5_usize, any_role()).prop_map(|(n, role)| Command::Invite(Invitation {
                workspace: WORKSPACE,
                id: format!("i{n}"),
                email: format!("s{n}@x"),
                role,
                unit: None,
                token: SecretHash::of(&format!("i{n}")),
                created_at: Timestamp(1),
                expires_at: Timestamp(1_000),
            })),
            (0..5_usize).prop_map(|n| Command::AcceptInvitation {
                token: SecretHash::of(&format!("i{n}")),
                staff: staff(n, Role::Owner.into()),
            }),
            prop::sample::select(KeyFor::ALL).prop_map(|kind| {
                let (id, name, prefix) = ("k".to_owned(), "k".to_owned(), "k".to_owned());
                let key = Key {
                    workspace: WORKSPACE,
                    id,
                    kind,
                    name,
                    prefix,
                    created_at: Timestamp(1),
                    last_used_at: None,
                    old_ends_at: None,
                };
                Command::AddKey { key, secret: SecretHash::of("k") }
            }),
        ]
    }

    /// What everybody who may come in, and every open invitation, is worth.
    fn powers(known: &Known) -> BTreeMap<String, PermissionSet> {
        let staff = known.staff.values().filter(|staff| staff.active);
        let staff = staff.map(|staff| (staff.email.clone(), power_of(known, staff).permissions));
        let worth = |role: &RoleId| power(role, known.roles.get(&(WORKSPACE, role.clone()))).permissions;
        let invited = known.invitations.values().map(|open| (format!("invited {}", open.email), worth(&open.role)));
        staff.chain(invited).collect()
    }

    proptest! {
        /// Whoever asks for whatever, in whatever order: nobody gains, and nobody loses, more than whoever asked held; a role
        /// that does not see everybody holds nothing that reaches everybody; and an owner stays.
        #[test]
        fn nobody_gives_or_takes_more_than_they_hold(
            orders in prop::collection::vec((0..5_usize, any_command()), 0..60)
        ) {
            let (mut known, mut effects) = (Known::default(), Effects::default());
            let mut give = |known: &mut Known, actor: &str, command: Command| {
                decide(known, &mut effects, Order { by: By::named(actor), at: Timestamp(1), command, sticky: None })
            };
            let founding = Command::Found {
                first: false,
                name: "x".to_owned(),
                units: Vec::new(),
                staff: vec![staff(0, Role::Owner.into())],
                keys: Vec::new(),
            };
            give(&mut known, "command_line", founding).unwrap();
            for (actor, command) in orders {
                let actor = format!("staff:s{actor}");
                let (held, before) = (held(&known, WORKSPACE, &actor), powers(&known));
                let (key, joining) = match &command {
                    Command::AddKey { key, .. } => (Some(key.kind), false),
                    Command::AcceptInvitation { .. } => (None, true),
                    _ => (None, false),
                };
                let done = give(&mut known, &actor, command).is_ok();
                let after = powers(&known);
                let none = PermissionSet::NONE;
                for who in before.keys().chain(after.keys()) {
                    let (was, is) = (before.get(who).copied().unwrap_or(none), after.get(who).copied().unwrap_or(none));
                    // Whoever joins gets what the invitation was worth, and it ends; a later one replaces an earlier one.
                    let promised = before.get(&format!("invited {who}")).copied().filter(|_| joining).unwrap_or(none);
                    prop_assert!(held.covers(is.except(was).except(promised)), "{who} gained {:?}", is.except(was));
                    prop_assert!(who.starts_with("invited ") || held.covers(was.except(is)), "{who} lost");
                }
                if let Some(kind) = key.filter(|_| done) {
                    prop_assert!(held.covers(roles::key_permissions(kind)));
                }
                for role in known.roles.values() {
                    let far = |permission: Permission| permission.reach() == Reach::Whole;
                    prop_assert!(role.power.sight == Sight::All || !role.power.permissions.iter().any(far));
                }
                let owner = |staff: &Staff| staff.active && staff.role == Role::Owner.into();
                prop_assert!(known.staff.values().any(owner));
            }
        }
    }
}
