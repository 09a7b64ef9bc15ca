//! Which names and values the protocol allows.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::value::RawValue;

use crate::rules::{accept::read_object, rejection::Rejection};

/// Longest name.
const NAME_MAX: usize = 100;
/// Words that stand for columns of their own there.
const RESERVED: &[&str] = &[
    "distinct_id",
    "original_id",
    "time",
    "properties",
    "id",
    "first_id",
    "second_id",
    "users",
    "events",
    "event",
    "user_id",
    "date",
    "datetime",
];
/// Beginnings of such words.
const RESERVED_PREFIXES: &[&str] = &["user_tag", "user_group"];

/// The members of an object, each once.
pub(super) type Members<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// Whether something may be called so.
pub(super) fn is_name(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    let begins_well = name.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    if !begins_well || name.len() > NAME_MAX || !name.bytes().all(word) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    !RESERVED.contains(&&*lower) && !RESERVED_PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
}

/// The properties of a record, with names and values that are allowed.
pub(super) fn properties(json: Option<&RawValue>) -> Result<Members<'_>, Rejection> {
    let Some(json) = json.filter(|json| json.get() != "null") else { return Ok(Members::new()) };
    let members: Members<'_> = read_object(json).ok_or(Rejection::Object("properties"))?;
    for (name, value) in &members {
        if !is_name(name) {
            return Err(Rejection::Name("a property"));
        }
        if !is_value(value) {
            return Err(Rejection::Value);
        }
    }
    Ok(members)
}

fn is_value(json: &RawValue) -> bool {
    match json.get().as_bytes().first() {
        Some(b'{') => false,
        Some(b'[') => serde_json::from_str::<Vec<Cow<'_, str>>>(json.get()).is_ok(),
        _ => true,
    }
}

/// A property that is a text and not empty.
pub(super) fn told<'a>(members: &Members<'a>, name: &str) -> Option<Cow<'a, str>> {
    let json: &'a RawValue = members.get(name).copied()?;
    let text: Written<'a> = serde_json::from_str(json.get()).ok()?;
    Some(text.0).filter(|text| !text.is_empty())
}

/// A text that is borrowed when nothing in it is escaped.
#[derive(serde::Deserialize)]
struct Written<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_held_to_the_rules_of_the_protocol() {
        for good in ["$MPShow", "_a", "A1", "event_duration", "timer", "users_2", &"x".repeat(100)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "1a", "a b", "长", "a-b", "time", "TIME", "user_tag_vip", "User_Group7", &"x".repeat(101)] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn values_are_flat() {
        let read =
            |json: &'static str| properties(Some(serde_json::from_str(json).unwrap())).map(|members| members.len());
        assert_eq!(read(r#"{"a":"x","b":1.5,"c":true,"d":null,"e":["x","y"],"f":[]}"#), Ok(6));
        for nested in [r#"{"a":{}}"#, r#"{"a":[1]}"#, r#"{"a":["x",["y"]]}"#, r#"{"a":[null]}"#] {
            assert_eq!(read(nested), Err(Rejection::Value), "{nested}");
        }
        assert_eq!(read(r#"{"a b":1}"#), Err(Rejection::Name("a property")));
        assert_eq!(read("[]"), Err(Rejection::Object("properties")));
        assert_eq!((read("null"), properties(None).map(|members| members.len())), (Ok(0), Ok(0)));
    }

    proptest! {
        #[test]
        fn names_are_those_of_the_pattern(name in "[A-Za-z0-9_$ é-]{0,12}") {
            let pattern = name.chars().enumerate().all(|(at, c)| c == '_' || c == '$' || c.is_ascii_alphabetic() || (at > 0 && c.is_ascii_digit()));
            prop_assert_eq!(is_name(&name), pattern && !name.is_empty() && !RESERVED.contains(&&*name.to_ascii_lowercase()));
        }
    }
}
