//! A list of units from elsewhere, laid over the organisation there is: what is new, what changes, and what cannot be.

use std::collections::BTreeMap;

use kernel::UnitId;

use crate::model::Unit;

/// What a list would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// New units, parents before their children.
    pub(crate) created: Vec<Unit>,
    /// Units that are there and get another name, storey or place; as they will be.
    pub(crate) changed: Vec<Unit>,
    /// Units that are there just so.
    pub(crate) unchanged: usize,
}

/// One thing wrong with a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// Its entry, from 0.
    pub index: usize,
    /// The column.
    pub field: &'static str,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Lays the list over what is there. An entry's parent may stand anywhere in the list or be there already; units the list
/// does not name stay as they are.
pub(crate) fn plan(there: &BTreeMap<UnitId, Unit>, list: &[Unit]) -> Result<Plan, Vec<ImportError>> {
    let mut wrong = Vec::new();
    let mut after: BTreeMap<&UnitId, &Unit> = there.iter().collect();
    let mut places: BTreeMap<&UnitId, usize> = BTreeMap::new();
    for (index, unit) in list.iter().enumerate() {
        if let Some(first) = places.insert(&unit.id, index) {
            let message = format!("{} stands in the list twice, first as entry {}", unit.id, first + 1);
            wrong.push(ImportError { index, field: "id", message });
        }
        after.insert(&unit.id, unit);
    }
    for (index, unit) in list.iter().enumerate() {
        let Some(parent) = &unit.parent else { continue };
        let message = match after.get(parent) {
            None => format!("there is no unit {parent}, neither in the list nor in the organisation"),
            Some(parent) if parent.kind >= unit.kind => {
                format!("a {} cannot stand below a {}", unit.kind.as_str(), parent.kind.as_str())
            }
            Some(_) => continue,
        };
        wrong.push(ImportError { index, field: "parent", message });
    }
    // A unit whose storey changes may carry units that the list does not name.
    for child in there.values().filter(|unit| !places.contains_key(&unit.id)) {
        let parent = child.parent.as_ref().and_then(|parent| after.get(parent));
        if let Some(parent) = parent.filter(|parent| parent.kind >= child.kind)
            && let Some(index) = places.get(&parent.id)
        {
            let message = format!("{} stands below it and is a {}", child.id, child.kind.as_str());
            wrong.push(ImportError { index: *index, field: "kind", message });
        }
    }
    if !wrong.is_empty() {
        wrong.sort_by_key(|error| error.index);
        return Err(wrong);
    }
    let mut plan = Plan::default();
    for unit in list {
        match there.get(&unit.id) {
            None => plan.created.push(unit.clone()),
            Some(same) if same == unit => plan.unchanged += 1,
            Some(_) => plan.changed.push(unit.clone()),
        }
    }
    // Storeys only go down, so higher storeys first is parents first.
    plan.created.sort_by_key(|unit| unit.kind);
    Ok(plan)
}

/// Whether the tree holds: every parent is there, and storeys go down.
#[cfg(test)]
fn holds(units: &BTreeMap<UnitId, Unit>) -> bool {
    let stands = |unit: &Unit| match &unit.parent {
        None => true,
        Some(parent) => units.get(parent).is_some_and(|parent| parent.kind < unit.kind),
    };
    units.values().all(stands)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::UnitKind::{self, City, Group, Store};

    fn unit(id: &str, parent: Option<&str>, kind: UnitKind) -> Unit {
        let id: UnitId = id.parse().unwrap();
        Unit { name: id.to_string(), id, parent: parent.map(|parent| parent.parse().unwrap()), kind }
    }

    fn tree(units: Vec<Unit>) -> BTreeMap<UnitId, Unit> {
        units.into_iter().map(|unit| (unit.id.clone(), unit)).collect()
    }

    #[test]
    fn a_list_in_any_order_grows_the_tree() {
        let there = tree(vec![unit("g", None, Group), unit("c", Some("g"), City)]);
        let list = [unit("s", Some("c2"), Store), unit("c2", Some("g"), City), unit("c", Some("g"), City)];
        let plan = plan(&there, &list).unwrap();
        assert_eq!(plan.created.iter().map(|unit| unit.id.as_str()).collect::<Vec<_>>(), ["c2", "s"]);
        assert_eq!((plan.changed.len(), plan.unchanged), (0, 1));
    }

    #[test]
    fn every_wrong_entry_is_named() {
        let there = tree(vec![unit("g", None, Group), unit("c", Some("g"), City), unit("s", Some("c"), Store)]);
        let list = [
            unit("c", Some("nowhere"), City),
            unit("x", Some("x"), City),
            unit("y", None, Store),
            unit("y", None, Store),
            unit("g", None, Store),
        ];
        let wrong: Vec<_> = plan(&there, &list).unwrap_err().into_iter().map(|e| (e.index, e.field)).collect();
        assert_eq!(wrong, [(0, "parent"), (1, "parent"), (3, "id")]);
        let raised = [unit("c", None, Store)];
        let wrong: Vec<_> = plan(&there, &raised).unwrap_err().into_iter().map(|e| (e.index, e.field)).collect();
        assert_eq!(wrong, [(0, "kind")], "a store is left below it");
    }

    fn any_units(ids: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Unit>> {
        let kind = prop_oneof![Just(Group), Just(City), Just(Store)];
        let one = (ids, prop::option::of(0..8_usize), kind).prop_map(|(id, parent, kind)| {
            let parent = parent.map(|parent| format!("u{parent}"));
            unit(&format!("u{id}"), parent.as_deref(), kind)
        });
        prop::collection::vec(one, 0..8)
    }

    proptest! {
        /// Whatever is accepted leaves a tree that holds, and whatever holds is accepted.
        #[test]
        fn what_is_accepted_is_a_tree(first in any_units(0..8), second in any_units(0..8)) {
            let mut there = BTreeMap::new();
            for list in [first, second] {
                let mut after = there.clone();
                after.extend(tree(list.clone()));
                let unique = tree(list.clone()).len() == list.len();
                match plan(&there, &list) {
                    Ok(plan) => {
                        let counted = plan.created.len() + plan.changed.len() + plan.unchanged;
                        prop_assert_eq!(counted, list.len());
                        prop_assert!(holds(&after) && unique);
                        there = after;
                    }
                    Err(_) => prop_assert!(!(holds(&after) && unique)),
                }
            }
        }
    }
}
