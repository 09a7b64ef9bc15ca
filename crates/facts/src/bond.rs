//! What people are to one another besides what they share: friends, in the same group, buyers of the same basket.

use serde::Deserialize;

use crate::{
    envelope::{Namespace, Text, WhoKey},
    typed::{Invalid, Typed, fields, short},
};

/// The subject and somebody else added each other as friends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendAdded {
    /// Who the other one is.
    pub friend: Friend,
}

/// The other one: by an id of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Friend {
    /// `friend_id`.
    User(String),
    /// `friend_anonymous_id`.
    Anonymous(String),
}

impl Friend {
    /// As a key that identity can intern.
    #[must_use]
    pub fn key(&self) -> WhoKey<'_> {
        let (namespace, value) = match self {
            Self::User(value) => (Namespace::User, value),
            Self::Anonymous(value) => (Namespace::Anonymous, value),
        };
        WhoKey { namespace, value }
    }
}

/// The subject is one of several who have something in common: a group they chat in, a basket they bought together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The brand's id of it.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
}

#[derive(Deserialize)]
struct FriendFields<'a> {
    #[serde(borrow)]
    friend_id: Option<Text<'a>>,
    #[serde(borrow)]
    friend_anonymous_id: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct GatheredFields<'a> {
    #[serde(borrow)]
    group: Option<Text<'a>>,
    #[serde(borrow)]
    group_name: Option<Text<'a>>,
    #[serde(borrow)]
    basket: Option<Text<'a>>,
}

pub(crate) fn friend_added(json: &str) -> Result<Typed, Invalid> {
    let told: FriendFields<'_> = fields(json)?;
    let friend = if let Some(user) = short(told.friend_id, "friend_id")? {
        Friend::User(user)
    } else if let Some(anonymous) = short(told.friend_anonymous_id, "friend_anonymous_id")? {
        Friend::Anonymous(anonymous)
    } else {
        return Err(Invalid::FriendMissing);
    };
    Ok(Typed::FriendAdded(FriendAdded { friend }))
}

pub(crate) fn group_joined(json: &str) -> Result<Typed, Invalid> {
    let told: GatheredFields<'_> = fields(json)?;
    let id = short(told.group, "group")?.ok_or(Invalid::GroupMissing)?;
    Ok(Typed::GroupJoined(Gathered { id, name: short(told.group_name, "group_name")? }))
}

pub(crate) fn bought_together(json: &str) -> Result<Typed, Invalid> {
    let told: GatheredFields<'_> = fields(json)?;
    let id = short(told.basket, "basket")?.ok_or(Invalid::BasketMissing)?;
    Ok(Typed::BoughtTogether(Gathered { id, name: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_meant_must_be_named() {
        assert_eq!(friend_added(r#"{"friend_id": " u2 "}"#).map(|typed| format!("{typed:?}")), {
            Ok(format!("{:?}", Typed::FriendAdded(FriendAdded { friend: Friend::User("u2".to_owned()) })))
        });
        assert_eq!(friend_added(r#"{"friend_id": ""}"#), Err(Invalid::FriendMissing));
        assert_eq!(group_joined(r#"{"group_name": "书友3群"}"#), Err(Invalid::GroupMissing));
        assert_eq!(group_joined(r#"{"group": 3}"#), Err(Invalid::Shape));
        let joined = Gathered { id: "g3".to_owned(), name: Some("书友3群".to_owned()) };
        assert_eq!(group_joined(r#"{"group": "g3", "group_name": "书友3群"}"#), Ok(Typed::GroupJoined(joined)));
        assert_eq!(bought_together(r#"{"group": "g3"}"#), Err(Invalid::BasketMissing));
        assert_eq!(
            bought_together(&format!(r#"{{"basket": "{}"}}"#, "b".repeat(257))),
            Err(Invalid::TooLong("basket"))
        );
    }
}
