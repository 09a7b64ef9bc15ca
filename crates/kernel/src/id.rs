//! Typed ids. Numbers are handed out by us and dense; texts are chosen by the brand and checked once, here.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One brand: the unit of isolation and of sharding. Dense from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkspaceId(pub u32);

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Position of a fact in its workspace's log: dense, from 1, never reused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset(pub u64);

impl Offset {
    /// The first offset a log hands out.
    pub const FIRST: Self = Self(1);

    /// The offset right after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One (namespace, value) a customer was seen under, interned for ever. Dense per workspace, from 1.
///
/// Touches and evidence hold handles, never persons: a person is a set of handles and may be taken apart again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handle(pub u32);

/// One human as known to the brand, named after the earliest handle of their set. Written `p42`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub Handle);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0.0)
    }
}

impl FromStr for PersonId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix('p').ok_or(IdError::NotAPerson)?;
        // A leading plus or zero would give one person two spellings.
        if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdError::NotAPerson);
        }
        digits.parse().map(|handle| Self(Handle(handle))).map_err(|_| IdError::NotAPerson)
    }
}

impl Serialize for PersonId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PersonId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not of the form `p42`.
    #[error("a person id is the letter p and a number, like p42")]
    NotAPerson,
    /// Empty, too long, or with a character that would not survive a URL.
    #[error("an id is 1 to 64 letters, digits, '-', '_', '.' or ':'")]
    NotAnId,
}

/// Longest id a brand may choose, in bytes.
const ID_BYTES_MAX: usize = 64;

fn check_id(text: &str) -> Result<(), IdError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
    if text.is_empty() || text.len() > ID_BYTES_MAX || !text.bytes().all(allowed) {
        return Err(IdError::NotAnId);
    }
    Ok(())
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check_id(&text)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A node of the organisation tree (集团 → 城市 → 门店).
    UnitId
);
text_id!(
    /// A person who works for the brand.
    StaffId
);
text_id!(
    /// A period with goals; what is spread is spread in one.
    CampaignId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_id_has_one_spelling() {
        assert_eq!("p42".parse(), Ok(PersonId(Handle(42))));
        assert_eq!(PersonId(Handle(42)).to_string(), "p42");
        for wrong in ["", "p", "42", "p042", "p+4", "p-1", "p4294967296", "P4"] {
            assert_eq!(wrong.parse::<PersonId>(), Err(IdError::NotAPerson), "{wrong}");
        }
    }

    #[test]
    fn a_text_id_survives_a_url() {
        assert!("spring-2026".parse::<CampaignId>().is_ok());
        for wrong in ["", "a b", "a/b", "春", &"x".repeat(65)] {
            assert_eq!(wrong.parse::<CampaignId>(), Err(IdError::NotAnId), "{wrong}");
        }
    }
}
