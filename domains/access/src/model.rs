//! Types that cannot be wrong: what has one of these has been checked.

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

mod elsewhere;
mod role;
mod visit;

use std::{collections::BTreeSet, fmt};

use kernel::{StaffId, Timestamp, UnitId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::KeyKind;

/// Who asks for a change, and what the trail tells of it: plain data that every slice shares.
pub(crate) use db::{
    audit::{By, Entry},
    sticky::Sticky,
};

pub use self::role::RoleId;
pub(crate) use self::{
    elsewhere::{Attempt, ClientSecret, Issuer, Linked, Provider, is_safe_address},
    role::{OwnRole, Power, Sight},
    visit::{Visit, command_line},
};

words! {
    /// The roles that every brand has; what their holders may do and see is fixed.
    Role {
        /// Everything.
        Owner = "owner",
        /// Runs campaigns over all units; no staff, no keys, no units.
        Operator = "operator",
        /// Sees the units below their own.
        CityManager = "city_manager",
        /// Sees their store.
        StoreManager = "store_manager",
        /// Sees whom they brought themselves, and does the reach tasks they were given.
        Guide = "guide",
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
    /// Not a role.
    #[error("a role is owner, operator, city_manager, store_manager, analyst, or the id of one the brand made")]
    NotARole,
    /// Not an e-mail address.
    #[error("an e-mail address is like lilei@example.com, at most 254 bytes")]
    NotAnEmail,
    /// Too short or too long a password.
    #[error("a password is at least 10 characters and at most 128 bytes long")]
    NotAPassword,
    /// A password everybody tries first.
    #[error("this is one of the passwords everybody tries first; choose one that only you would think of")]
    CommonPassword,
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

/// Shortest password, in characters.
const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password, in bytes.
const PASSWORD_BYTES_MAX: usize = 128;
/// The commonest passwords of leaked lists that are long enough to be taken, in lower case, one a line.
const COMMON_PASSWORDS: &str = include_str!("model/common_passwords.txt");

/// A new password on its way to being hashed. Never shown, not even to a log.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Password(String);

impl Password {
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// Whether somebody with this address may have it: their address is the second thing everybody tries.
    pub(crate) fn suits(&self, email: &str) -> bool {
        let (password, email) = (self.0.to_lowercase(), Email::key_of(email));
        password != email && email.split_once('@').is_none_or(|(local, _)| password != local)
    }
}

impl TryFrom<String> for Password {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        if text.chars().count() < PASSWORD_CHARS_MIN || text.len() > PASSWORD_BYTES_MAX {
            return Err(ModelError::NotAPassword);
        }
        let low = text.to_lowercase();
        let letters: BTreeSet<char> = low.chars().collect();
        if letters.len() < 4 || COMMON_PASSWORDS.lines().any(|common| common == low) {
            return Err(ModelError::CommonPassword);
        }
        Ok(Self(text))
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
    /// A name for the session with this token: tells nothing about the token.
    pub(crate) fn name(self) -> String {
        self.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

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
    pub(crate) role: RoleId,
    pub(crate) unit: Option<UnitId>,
    /// Whether they may come in at all.
    pub(crate) active: bool,
    /// Whether they have to choose a password before anything else.
    pub(crate) must_change_password: bool,
}

/// Somebody asked to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) workspace: WorkspaceId,
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) role: RoleId,
    pub(crate) unit: Option<UnitId>,
    pub(crate) token: SecretHash,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
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
    /// Not more than a minute before it was last used in truth.
    pub(crate) last_used_at: Option<Timestamp>,
    /// Until when the secret it had before it was rotated works too.
    pub(crate) old_ends_at: Option<Timestamp>,
}

/// Somebody's sign-in, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) workspace: WorkspaceId,
    pub(crate) token: SecretHash,
    pub(crate) staff: StaffId,
    /// What it came with, in two words: see [`crate::rules::agent`].
    pub(crate) agent: Option<String>,
    pub(crate) created_at: Timestamp,
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
    }

    #[test]
    fn a_password_is_long_and_not_what_everybody_tries() {
        let tried = |text: &str| Password::try_from(text).err();
        assert_eq!(tried("ninechars"), Some(ModelError::NotAPassword));
        assert_eq!(tried(&"long ".repeat(26)), Some(ModelError::NotAPassword));
        for common in ["1234567890", "Password123", "qwertyuiop", "aaaaaaaaaaaa", "abababababab"] {
            assert_eq!(tried(common), Some(ModelError::CommonPassword), "{common}");
        }
        assert_eq!(tried("芝麻开门芝麻开门吧啦"), None, "ten characters of any script");
        let password = Password::try_from("LiLei.Example").unwrap();
        assert!(!password.suits("lilei.example@x.example") && password.suits("han@x.example"));
        assert!(!Password::try_from("han@X.example").unwrap().suits("Han@x.example"));
        assert!(COMMON_PASSWORDS.lines().all(|line| line.len() >= 10 && line == line.to_lowercase()));
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
