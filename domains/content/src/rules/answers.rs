//! Answers to a form.

use std::collections::BTreeMap;

use crate::model::page::{FieldKind, FormField};

/// Longest answer, in characters.
const ANSWER_MAX: usize = 500;

/// Answers as they are told: all of them, and what of it belongs to a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    /// By the name of the field.
    pub(crate) answers: BTreeMap<String, String>,
    /// By the name of the trait.
    pub(crate) traits: BTreeMap<&'static str, String>,
}

/// Reads answers; what is wrong with them is told by field.
pub(crate) fn read(fields: &[FormField], sent: &BTreeMap<String, String>) -> Result<Answered, Vec<(String, String)>> {
    let (mut answered, mut faults) = (Answered::default(), Vec::new());
    let known = |name: &String| fields.iter().any(|field| field.name.as_str() == name);
    faults.extend(sent.keys().filter(|name| !known(name)).map(|name| (name.clone(), "is not asked".to_owned())));
    for field in fields {
        let name = field.name.as_str();
        let answer = sent.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        match answer {
            None if field.required => faults.push((name.to_owned(), "must be answered".to_owned())),
            None => {}
            Some(answer) => match fault(field, answer) {
                Some(fault) => faults.push((name.to_owned(), fault.to_owned())),
                None => {
                    answered.answers.insert(name.to_owned(), answer.to_owned());
                    answered.traits.extend(trait_of(field.kind).map(|name| (name, answer.to_owned())));
                }
            },
        }
    }
    if faults.is_empty() { Ok(answered) } else { Err(faults) }
}

const fn trait_of(kind: FieldKind) -> Option<&'static str> {
    match kind {
        FieldKind::Name => Some("name"),
        FieldKind::Phone => Some("phone"),
        FieldKind::City => Some("city"),
        FieldKind::Text | FieldKind::Choice => None,
    }
}

fn fault(field: &FormField, answer: &str) -> Option<&'static str> {
    if answer.chars().count() > ANSWER_MAX || answer.chars().any(|c| c.is_control() && c != '\n') {
        return Some("has at most 500 characters, and no control characters");
    }
    match field.kind {
        FieldKind::Choice if !field.options.iter().any(|option| option == answer) => Some("is none of the options"),
        FieldKind::Phone if !is_phone(answer) => Some("is no phone number"),
        _ => None,
    }
}

/// Five to fifteen digits, as written by people: `+86 138-0013-8000`.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let allowed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b' ' | b'(' | b')');
    (5..=15).contains(&digits) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields() -> Vec<FormField> {
        serde_json::from_value(json!([
            {"name": "phone", "label": "手机号", "kind": "phone", "required": true},
            {"name": "age", "label": "年龄", "kind": "choice", "options": ["0–3", "3–6"]},
            {"name": "note", "label": "留言", "kind": "text"},
        ]))
        .unwrap()
    }

    fn of(pairs: &[(&str, &str)]) -> Result<Answered, Vec<String>> {
        let sent = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        read(&fields(), &sent).map_err(|faults| faults.into_iter().map(|(field, _)| field).collect())
    }

    #[test]
    fn what_belongs_to_a_profile_is_told_as_such() {
        let answered = of(&[("phone", " +86 138-0013-8000 "), ("age", "3–6"), ("note", " ")]).unwrap();
        assert_eq!(answered.traits, [("phone", "+86 138-0013-8000".to_owned())].into());
        assert_eq!(answered.answers.len(), 2);
    }

    #[test]
    fn each_wrong_answer_is_told() {
        assert_eq!(of(&[]).unwrap_err(), ["phone"]);
        assert_eq!(of(&[("phone", "call me"), ("age", "7"), ("more", "x")]).unwrap_err(), ["more", "phone", "age"]);
    }
}
