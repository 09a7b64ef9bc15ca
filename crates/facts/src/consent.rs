//! What a person agreed to, and took back: one fact each, never overwritten.

use serde::{Deserialize, Serialize};

/// What somebody's data may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Being called or written to by a person of the brand.
    Contact,
    /// Messages to many.
    Marketing,
    /// Being looked at one by one: tags, scores, recommendations.
    Profiling,
    /// Being handed to somebody outside of the brand.
    Sharing,
}

impl Purpose {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 4] = [Self::Contact, Self::Marketing, Self::Profiling, Self::Sharing];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Marketing => "marketing",
            Self::Profiling => "profiling",
            Self::Sharing => "sharing",
        }
    }

    /// The purpose of a stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// The subject agreed, or took it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentSaid {
    /// To what.
    pub purpose: Purpose,
    /// Whether they agreed.
    pub given: bool,
    /// Which text they were shown: its version or address.
    pub notice: Option<String>,
    /// Where they said so: a page, a shop, on the phone.
    pub channel: Option<String>,
}

/// Properties of both facts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ConsentFields {
    /// See [`Purpose`].
    #[serde(default)]
    pub purpose: Option<String>,
    /// See [`ConsentSaid::notice`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// See [`ConsentSaid::channel`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_each_other() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
            assert_eq!(serde_json::to_string(&purpose).expect("JSON"), format!("\"{}\"", purpose.as_str()));
        }
        assert_eq!(Purpose::parse("everything"), None);
    }
}
