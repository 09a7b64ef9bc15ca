//! Types that cannot be wrong: what has one of these has been checked.

use std::fmt;

use kernel::{StaffId, Timestamp, UnitId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::KeyKind;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its word in the API and in the records.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.as_str() == word)
            }
        }
    };
}

words! {
    /// What a member of staff is for the brand; what they may do and see follows from it.
    Role {
        /// Everything.
        Owner = "owner",
        /// Runs campaigns over all units; no staff, no keys, no units.
        Operator = "operator",
        /// Sees the units below their own.
        CityManager = "city_manager",
        /// Sees their store.
        StoreManager = "store_manager",
        /// Sees everything, changes nothing.
        Analyst = "analyst",
    }
}

words! {
    /// The three storeys of the organisation. A unit stands below one of a higher storey.
    UnitKind {
        /// 集团
        Group = "group",
        /// 城市
        City = "city",
        /// 门店
        Store = "store",
    }
}

words! {
    /// What a key is for.
    KeyFor {
        /// Hands in facts, from pages and apps; everybody can read it there.
        Write = "write",
        /// For the brand's own servers.
        Secret = "secret",
    }
}

impl KeyFor {
    /// How keys of this kind begin.
    pub(crate) const fn mark(self) -> &'static str {
        match self {
            Self::Write => "slw_",
            Self::Secret => "sls_",
        }
    }
}

impl From<KeyFor> for KeyKind {
    fn from(kind: KeyFor) -> Self {
        match kind {
            KeyFor::Write => Self::Write,
            KeyFor::Secret => Self::Secret,
        }
    }
}

/// Why a text cannot be what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not a name.
    #[error("a name is 1 to 100 characters on one line")]
    NotAName,
    /// Not an e-mail address.
    #[error("an e-mail address is like lilei@example.com, at most 254 bytes")]
    NotAnEmail,
    /// Not a password worth having.
    #[error("a password is 8 to 128 bytes long")]
    NotAPassword,
}

macro_rules! checked_text {
    ($name:ident) => {
        impl TryFrom<&str> for $name {
            type Error = ModelError;

            fn try_from(text: &str) -> Result<Self, ModelError> {
                Self::try_from(text.to_owned())
            }
        }
    };
}

/// What something or somebody is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        let name = text.trim();
        let length = name.chars().count();
        if !(1..=100).contains(&length) || name.chars().any(char::is_control) {
            return Err(ModelError::NotAName);
        }
        Ok(Self(name.to_owned()))
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

checked_text!(Name);

/// An e-mail address as it was written; two that differ in upper and lower case are one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is found by.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// What an address is found by, also one that was never checked.
    pub(crate) fn key_of(text: &str) -> String {
        text.trim().to_lowercase()
    }
}

impl TryFrom<String> for Email {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        let email = text.trim();
        let parts = email.split_once('@');
        let proper = |part: &str| {
            !part.is_empty() && !part.contains('@') && !part.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        if email.len() > 254 || !parts.is_some_and(|(local, host)| proper(local) && proper(host)) {
            return Err(ModelError::NotAnEmail);
        }
        Ok(Self(email.to_owned()))
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

checked_text!(Email);

/// A new password on its way to being hashed. Never shown, not even to a log.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Password(String);

impl Password {
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl TryFrom<String> for Password {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        if (8..=128).contains(&text.len()) { Ok(Self(text)) } else { Err(ModelError::NotAPassword) }
    }
}

checked_text!(Password);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The hash of a token or a key: all that is stored of it. Tokens carry 160 bits of chance, so one quick hash is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SecretHash(pub(crate) [u8; 32]);

impl SecretHash {
    pub(crate) fn of(secret: &str) -> Self {
        Self(*blake3::hash(secret.as_bytes()).as_bytes())
    }
}

/// A brand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its number.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
}

/// A node of the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Chosen by the brand, or drawn.
    pub id: UnitId,
    /// The unit it stands below; none for the top.
    pub parent: Option<UnitId>,
    /// Its storey.
    pub kind: UnitKind,
    /// Its name.
    pub name: String,
}

/// Somebody who works for the brand, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Staff {
    pub(crate) workspace: WorkspaceId,
    pub(crate) id: StaffId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password_hash: String,
    pub(crate) role: Role,
    pub(crate) unit: Option<UnitId>,
}

/// An API key as it is shown after it was created: without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) workspace: WorkspaceId,
    pub(crate) id: String,
    pub(crate) kind: KeyFor,
    pub(crate) name: String,
    pub(crate) prefix: String,
    pub(crate) created_at: Timestamp,
}

/// Somebody's sign-in, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) workspace: WorkspaceId,
    pub(crate) token: SecretHash,
    pub(crate) staff: StaffId,
    pub(crate) seen_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_key_however_it_is_written() {
        let email = |text: &str| Email::try_from(text);
        assert_eq!(email(" LiLei@Example.com ").unwrap().key(), "lilei@example.com");
        assert_eq!(email("LiLei@Example.com").unwrap().as_str(), "LiLei@Example.com");
        for wrong in ["", "lilei", "@x", "a@", "a@b@c", "a b@c", &format!("{}@x", "a".repeat(254))] {
            assert_eq!(email(wrong).unwrap_err(), ModelError::NotAnEmail, "{wrong}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let password = Password::try_from("open sesame").unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert!(Password::try_from("1234567").is_err());
    }

    #[test]
    fn words_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(*role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        for kind in UnitKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
