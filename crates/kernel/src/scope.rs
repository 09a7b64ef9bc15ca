//! Who may see whom. A scope is a set of roots; a person is visible in a campaign if their root there is in scope.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{StaffId, UnitId};

/// Whom a root belongs to, as its `Spread Started` said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RootOwner {
    /// The unit (a store, a dealer) that lit it.
    pub unit: Option<UnitId>,
    /// The member of staff who lit it.
    pub staff: Option<StaffId>,
    /// The channel it was lit through.
    pub channel: Option<String>,
}

/// A set of roots, described by whom they belong to. Ordered so that it can key a cache.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Every root of the workspace, and people whose root is unknown.
    All,
    /// The roots of these units (a subtree is spelled out).
    Units(BTreeSet<UnitId>),
    /// The roots of one member of staff.
    Own(StaffId),
}

impl Scope {
    /// Whether a root of this owner is in scope. Deny first: a root without an owner is seen by [`Scope::All`] alone.
    #[must_use]
    pub fn covers(&self, owner: &RootOwner) -> bool {
        match self {
            Self::All => true,
            Self::Units(units) => owner.unit.as_ref().is_some_and(|unit| units.contains(unit)),
            Self::Own(staff) => owner.staff.as_ref() == Some(staff),
        }
    }

    /// Whether the whole workspace is in scope, the unknown root included.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_without_owner_is_only_seen_by_all() {
        let unit: UnitId = "store-66".parse().expect("an id");
        let staff: StaffId = "s-7".parse().expect("an id");
        let owned = RootOwner { unit: Some(unit.clone()), staff: Some(staff.clone()), channel: None };
        let nobody = RootOwner::default();

        let units = Scope::Units([unit].into());
        let own = Scope::Own(staff);
        for scope in [&Scope::All, &units, &own] {
            assert!(scope.covers(&owned));
            assert_eq!(scope.covers(&nobody), scope.is_all());
        }
        assert!(!Scope::Units(BTreeSet::new()).covers(&owned));
    }
}
