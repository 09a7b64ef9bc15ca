//! A new brand with its owner, and, for those who set up everything at once, its organisation, staff and keys.

use db::audit::By;
use futures::future::try_join_all;
use kernel::{StaffId, Timestamp, UnitId, WorkspaceId, token};

use crate::{
    Access, AccessError, Email, IssuedKey, KeyFor, Name, Password, RoleId, Unit, UnitKind,
    model::{Staff, command_line},
    rules::decide::{Command, Done, Rejection},
};

/// What a brand begins with. Everything is stored in one transaction, or nothing is.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The brand's name.
    pub name: Name,
    /// The organisation, parents before their children.
    pub units: Vec<NewUnit>,
    /// The staff; at least one should be an owner.
    pub staff: Vec<NewStaff>,
    /// API keys.
    pub keys: Vec<NewKey>,
}

/// What a brand began with. Keys and staff in the order they were given in.
#[derive(Clone, Debug)]
pub struct Founded {
    /// The brand's number.
    pub workspace: WorkspaceId,
    /// The staff's ids.
    pub staff: Vec<StaffId>,
    /// The keys, to be shown once.
    pub keys: Vec<IssuedKey>,
}

/// A unit to be.
#[derive(Clone, Debug)]
pub struct NewUnit {
    /// Chosen by the brand; one is drawn otherwise.
    pub id: Option<UnitId>,
    /// The unit it stands below.
    pub parent: Option<UnitId>,
    /// Its storey.
    pub kind: UnitKind,
    /// Its name.
    pub name: Name,
}

/// A member of staff to be.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Chosen by the brand; one is drawn otherwise.
    pub id: Option<StaffId>,
    /// Their name.
    pub name: Name,
    /// What they sign in with; unique over all brands of the installation.
    pub email: Email,
    /// What else they sign in with.
    pub password: Password,
    /// What they are for the brand.
    pub role: RoleId,
    /// Where they work.
    pub unit: Option<UnitId>,
}

/// An API key to be.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is for.
    pub kind: KeyFor,
    /// What it is called.
    pub name: Name,
}

impl Access {
    /// Founds a brand.
    ///
    /// # Errors
    /// [`AccessError::Rejected`] when ids or addresses are taken or units are unknown; storage and hashing errors.
    pub async fn found(&self, founding: Founding) -> Result<Founded, AccessError> {
        self.found_by(command_line(), false, founding).await
    }

    /// Founds a brand on somebody's behalf; `first` when there must be none yet.
    pub(crate) async fn found_by(&self, by: By, first: bool, founding: Founding) -> Result<Founded, AccessError> {
        let at = self.now();
        let nowhere = WorkspaceId(0);
        let units = founding.units.into_iter().map(|unit| self.unit_of(unit)).collect();
        let staff = try_join_all(founding.staff.into_iter().map(|staff| self.staff_of(nowhere, staff))).await?;
        let ids = staff.iter().map(|staff| staff.id.clone()).collect();
        let (issued, keys): (Vec<_>, Vec<_>) =
            founding.keys.into_iter().map(|key| self.key_of(nowhere, key, at)).unzip();
        let command = Command::Found { first, name: founding.name.into(), units, staff, keys };
        match self.submit(by, command).await? {
            Done::Founded(workspace) => Ok(Founded { workspace, staff: ids, keys: issued }),
            Done::Stored | Done::Imported { .. } => unreachable!("founding a brand gives it a number"),
        }
    }

    /// Gives a unit an id if it has none.
    pub(crate) fn unit_of(&self, new: NewUnit) -> Unit {
        let id = new.id.unwrap_or_else(|| drawn("u-", &token(self.entropy(), 12)));
        Unit { id, parent: new.parent, kind: new.kind, name: new.name.into() }
    }

    /// Hashes the password and gives an id if there is none.
    pub(crate) async fn staff_of(&self, workspace: WorkspaceId, new: NewStaff) -> Result<Staff, AccessError> {
        let id = new.id.unwrap_or_else(|| drawn("s-", &token(self.entropy(), 12)));
        if !new.password.suits(new.email.as_str()) {
            return Err(Rejection::PasswordIsEmail.into());
        }
        let password_hash = self.passwords().hash(self.entropy(), new.password).await?;
        Ok(Staff {
            workspace,
            id,
            name: new.name.into(),
            email: new.email.into(),
            password_hash,
            role: new.role,
            unit: new.unit,
            active: true,
            must_change_password: false,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock().now()
    }
}

pub(crate) fn drawn<T: TryFrom<String>>(mark: &str, token: &str) -> T {
    T::try_from(format!("{mark}{token}")).ok().expect("a token is letters and digits")
}
