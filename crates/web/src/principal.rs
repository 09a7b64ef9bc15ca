//! Who is asking, and what they may do and see.

use std::{fmt, sync::Arc};

use kernel::{Scope, StaffId, UnitId, WorkspaceId};

/// A caller whose credentials were good. Cheap to clone.
pub type Caller = Arc<Principal>;

/// Who is asking: always inside one workspace, with what they may do and whom they may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The brand; every query is bound to it.
    pub workspace: WorkspaceId,
    /// The person or the key.
    pub actor: Actor,
    /// What they may do.
    pub permissions: PermissionSet,
    /// Whose roots they may see, the subtree of units already spelled out.
    pub scope: Scope,
    /// The unit they work in, if they are staff of one.
    pub unit: Option<UnitId>,
}

impl Principal {
    /// The member of staff, if it is not a key that asks.
    #[must_use]
    pub fn staff(&self) -> Option<&StaffId> {
        match &self.actor {
            Actor::Staff(staff) => Some(staff),
            Actor::Key { .. } => None,
        }
    }
}

/// Who acts: for the audit and for what is written down as "by whom".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Somebody signed in.
    Staff(StaffId),
    /// A program holding an API key.
    Key {
        /// The key's id; never the key itself.
        id: String,
        /// What the key is for.
        kind: KeyKind,
    },
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staff(staff) => write!(f, "staff:{staff}"),
            Self::Key { id, .. } => write!(f, "key:{id}"),
        }
    }
}

/// The two kinds of API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Only hands in facts. It stands in web pages and apps, so everybody can read it.
    Write,
    /// For the brand's own servers.
    Secret,
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $slug:literal;)*) => {
        /// One thing a caller may do. Each has an extractor type of the same name after `Can`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// Every permission, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable word, in `x-permission` of the OpenAPI document and in the session.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }
        }
    };
}

permissions! {
    /// Hand in facts at the doors.
    CaptureFacts = "capture_facts";
    /// Read the facts of everybody, as they came in.
    ReadFacts = "read_facts";
    /// See cascades, key customers, paths and pictures, within the scope.
    ReadNetwork = "read_network";
    /// See campaigns.
    ReadCampaigns = "read_campaigns";
    /// Create and change campaigns.
    ManageCampaigns = "manage_campaigns";
    /// Issue spread links.
    StartSpreads = "start_spreads";
    /// See units and staff, within the scope.
    ReadOrganisation = "read_organisation";
    /// Create and change units.
    ManageOrganisation = "manage_organisation";
    /// Create and change staff.
    ManageStaff = "manage_staff";
    /// Create and revoke API keys.
    ManageKeys = "manage_keys";
}

/// A set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u32);

impl PermissionSet {
    /// Nothing is allowed.
    pub const NONE: Self = Self(0);

    /// Everything is allowed.
    pub const ALL: Self = Self::of(Permission::ALL);

    /// Exactly these.
    #[must_use]
    pub const fn of(permissions: &[Permission]) -> Self {
        let mut set = Self::NONE;
        let mut i = 0;
        while i < permissions.len() {
            set = set.with(permissions[i]);
            i += 1;
        }
        set
    }

    /// These and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u32)
    }

    /// These except one.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !(1 << permission as u32))
    }

    /// Whether it is allowed.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// The permissions in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_set_holds_what_it_was_given() {
        let set = PermissionSet::of(&[Permission::ReadNetwork, Permission::ManageKeys]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Permission::ReadNetwork, Permission::ManageKeys]);
        assert_eq!(set.without(Permission::ManageKeys), PermissionSet::of(&[Permission::ReadNetwork]));
        for permission in Permission::ALL {
            assert!(PermissionSet::ALL.contains(*permission) && !PermissionSet::NONE.contains(*permission));
            assert!(!PermissionSet::ALL.without(*permission).contains(*permission));
        }
    }

    #[test]
    fn slugs_are_unique() {
        let slugs: BTreeSet<_> = Permission::ALL.iter().map(|permission| permission.slug()).collect();
        assert_eq!(slugs.len(), Permission::ALL.len());
    }
}
