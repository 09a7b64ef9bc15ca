use proptest::prelude::*;

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
        role: Role::Owner.into(),
        unit: unit.map(|unit| unit.parse().unwrap()),
        active: true,
        must_change_password: false,
    }
}

fn order(command: Command) -> Order {
    Order { by: crate::model::command_line(), at: AT, command, sticky: None }
}

fn found(units: Vec<Unit>, staff: Vec<Staff>) -> Command {
    Command::Found { first: false, name: "brand".to_owned(), units, staff, keys: Vec::new() }
}

#[test]
fn brands_of_one_batch_get_numbers_one_after_the_other_and_do_not_see_each_other() {
    let (mut known, mut effects) = (Known { last_workspace: 4, ..Known::default() }, Effects::default());
    let mut decide = |command| decide(&mut known, &mut effects, order(command));
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
    let mut add = |units| decide(&mut known, &mut effects, order(Command::AddUnits { workspace, units }));
    use UnitKind::{City, Group, Store};
    let tree = vec![unit("g", None, Group), unit("c", Some("g"), City), unit("s", Some("c"), Store)];
    assert_eq!(add(tree), Ok(Done::Stored));
    assert_eq!(add(vec![unit("s2", Some("g"), Store)]), Ok(Done::Stored));
    assert_eq!(add(vec![unit("c", None, City)]), Err(Rejection::UnitTaken("c".parse().unwrap())));
    assert_eq!(
        add(vec![unit("x", None, Store), unit("y", Some("nowhere"), Store)]),
        Err(Rejection::ParentUnknown("nowhere".parse().unwrap()))
    );
    assert_eq!(add(vec![unit("c2", Some("s"), City)]), Err(Rejection::ParentTooLow { child: "city", parent: "store" }));
    // Nothing of a refused list was kept.
    assert_eq!(add(vec![unit("x", None, Store)]), Ok(Done::Stored));
    assert_eq!(effects.units.len(), 5);
}

#[test]
fn a_key_is_revoked_once_and_only_by_its_own_brand() {
    let mut known = Known::default();
    let workspace = WorkspaceId(1);
    let (id, name, prefix) = ("k".to_owned(), "shop".to_owned(), "slw_abcd".to_owned());
    let kind = crate::KeyFor::Write;
    let key = Key { workspace, id, kind, name, prefix, created_at: AT, last_used_at: None, old_ends_at: None };
    known.keys.insert((workspace, key.id.clone()), key);
    let mut effects = Effects::default();
    let mut revoke = |workspace| {
        let command = Command::RevokeKey { workspace: WorkspaceId(workspace), key: "k".to_owned() };
        decide(&mut known, &mut effects, order(command))
    };
    assert_eq!(revoke(2), Err(Rejection::KeyUnknown("k".to_owned())));
    assert_eq!(revoke(1), Ok(Done::Stored));
    assert_eq!(revoke(1), Err(Rejection::KeyUnknown("k".to_owned())));
}

fn any_command() -> impl Strategy<Value = Command> {
    const WORKSPACE: WorkspaceId = WorkspaceId(1);
    let unit_id = || (0..4_usize).prop_map(|n| format!("u{n}").parse::<UnitId>().unwrap());
    let staff_id = || (0..4_usize).prop_map(|n| format!("s{n}").parse::<StaffId>().unwrap());
    let kind = || prop::sample::select(UnitKind::ALL);
    let role = || prop::sample::select(Role::ALL).prop_map(RoleId::from);
    let parent = || prop::option::of(unit_id());
    prop_oneof![
        (unit_id(), parent(), kind()).prop_map(|(id, parent, kind)| {
            let units = vec![Unit { name: id.to_string(), id, parent, kind }];
            Command::AddUnits { workspace: WORKSPACE, units }
        }),
        (unit_id(), prop::option::of(parent()), prop::option::of(kind())).prop_map(|(unit, parent, kind)| {
            Command::ChangeUnit { workspace: WORKSPACE, unit, change: UnitChange { name: None, kind, parent } }
        }),
        unit_id().prop_map(|unit| Command::DeleteUnit { workspace: WORKSPACE, unit }),
        (staff_id(), role(), parent()).prop_map(|(id, role, unit)| {
            let email = format!("{id}@x");
            let unit = unit.as_ref().map(UnitId::as_str);
            let staff = Staff { workspace: WORKSPACE, role, ..staff(id.as_str(), &email, unit) };
            Command::AddStaff { staff }
        }),
        (staff_id(), prop::option::of(role()), prop::option::of(parent()), prop::option::of(any::<bool>())).prop_map(
            |(staff, role, unit, active)| {
                let change = StaffChange { name: None, role, unit, active };
                Command::ChangeStaff { workspace: WORKSPACE, staff, change }
            }
        ),
    ]
}

proptest! {
    /// Whatever is asked in whatever order: somebody may let others in, storeys only go down, nobody works nowhere, what is
    /// refused leaves no trace, and what is changed is told.
    #[test]
    fn a_brand_stays_whole(commands in prop::collection::vec(any_command(), 0..40)) {
        let (mut known, mut effects) = (Known::default(), Effects::default());
        let owner = staff("s0", "s0@x", None);
        decide(&mut known, &mut effects, order(found(Vec::new(), vec![owner]))).unwrap();
        for command in commands {
            let (units, staff, told) = (known.units.clone(), known.staff.clone(), effects.audit.len());
            let done = decide(&mut known, &mut effects, order(command));
            let changed = known.units != units || known.staff != staff;
            prop_assert_eq!(changed, effects.audit.len() > told);
            prop_assert!(done.is_ok() || !changed);
            prop_assert!(known.staff.values().any(|staff| staff.active && staff.role == Role::Owner.into()));
            let stands = |unit: &UnitId| known.units.get(&(WorkspaceId(1), unit.clone()));
            for unit in known.units.values() {
                let below = unit.parent.as_ref().map(|parent| stands(parent).map(|parent| parent.kind < unit.kind));
                prop_assert!(below.is_none_or(|below| below == Some(true)), "{:?}", unit);
            }
            prop_assert!(known.staff.values().all(|staff| staff.unit.as_ref().is_none_or(|unit| stands(unit).is_some())));
        }
    }
}
