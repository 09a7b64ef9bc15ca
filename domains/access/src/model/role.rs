//! What somebody is for the brand.

use std::fmt;

use kernel::WorkspaceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::PermissionSet;

use super::{ModelError, Role};

/// How the id of a role that a brand made begins.
const OWN_MARK: &str = "r-";
/// Longest such id, in bytes.
const ID_BYTES_MAX: usize = 40;

words! {
    /// How far somebody sees, from the unit where they work.
    Sight {
        /// People they brought themselves.
        Own = "own",
        /// People their unit brought.
        Unit = "unit",
        /// People their unit and all below it brought.
        Subtree = "subtree",
        /// Everybody.
        All = "all",
    }
}

/// Which role: one that every brand has, or one the brand made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RoleId {
    /// One that every brand has.
    Preset(Role),
    /// One the brand made: `r-…`.
    Own(String),
}

impl RoleId {
    /// Its word in the API and in the records.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Preset(role) => role.as_str(),
            Self::Own(id) => id,
        }
    }

    /// The id of a role the brand makes, from a fresh token.
    pub(crate) fn drawn(token: &str) -> Self {
        Self::Own(format!("{OWN_MARK}{token}"))
    }
}

impl From<Role> for RoleId {
    fn from(role: Role) -> Self {
        Self::Preset(role)
    }
}

impl From<RoleId> for String {
    fn from(id: RoleId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for RoleId {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        if let Some(role) = Role::parse(&text) {
            return Ok(Self::Preset(role));
        }
        let proper = text.starts_with(OWN_MARK)
            && text.len() <= ID_BYTES_MAX
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if proper { Ok(Self::Own(text)) } else { Err(ModelError::NotARole) }
    }
}

/// A role the brand made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnRole {
    pub(crate) workspace: WorkspaceId,
    pub(crate) id: RoleId,
    pub(crate) name: String,
    pub(crate) power: Power,
}

/// What somebody may do, and how far they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Power {
    pub(crate) permissions: PermissionSet,
    pub(crate) sight: Sight,
}
