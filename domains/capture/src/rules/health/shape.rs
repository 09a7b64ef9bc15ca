//! What a fact looks like: its event, and the names and kinds of its properties.

use std::{borrow::Cow, collections::BTreeMap};

use facts::Fact;
use serde_json::value::RawValue;

/// The kinds a value can be of.
pub const KINDS: [&str; 5] = ["text", "number", "bool", "list", "object"];
/// Longest name that is kept, in bytes.
const NAME_BYTES_MAX: usize = 100;
/// Most properties of one fact that are looked at.
const PROPERTIES_MAX: usize = 100;

/// One thing that a fact has: the event itself, or a property with a value of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// The event's name.
    pub event: String,
    /// The property's name; empty for the event itself.
    pub property: String,
    /// The kind of its value, one of [`KINDS`]; empty for the event itself.
    pub kind: &'static str,
}

/// Everything a fact has, the event first. A property without a value is none.
#[must_use]
pub fn shapes(fact: &Fact) -> Vec<Shape> {
    let event: String = fact.event.chars().take(NAME_BYTES_MAX).collect();
    let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(fact.properties.get()).unwrap_or_default();
    let properties = members.iter().take(PROPERTIES_MAX).filter_map(|(name, value)| {
        let storable = name.len() <= NAME_BYTES_MAX && !name.is_empty() && !name.chars().any(char::is_control);
        let kind = kind(value)?;
        storable.then(|| Shape { event: event.clone(), property: name.clone().into_owned(), kind })
    });
    let itself = Shape { event: event.clone(), property: String::new(), kind: "" };
    std::iter::once(itself).chain(properties).collect()
}

fn kind(value: &RawValue) -> Option<&'static str> {
    Some(match value.get().as_bytes().first()? {
        b'"' => "text",
        b't' | b'f' => "bool",
        b'[' => "list",
        b'{' => "object",
        b'n' => return None,
        _ => "number",
    })
}

#[cfg(test)]
mod tests {
    use facts::Kind;
    use kernel::Timestamp;

    use super::*;

    #[test]
    fn a_fact_is_taken_apart_into_names_and_kinds() {
        let fact = |properties: &str| Fact {
            source: "key:1".into(),
            message_id: "m".into(),
            kind: Kind::Track,
            event: "Seen".into(),
            user_id: None,
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: Timestamp(0),
            original_timestamp: None,
            sent_at: None,
            received_at: Timestamp(0),
            properties: serde_json::from_str(properties).unwrap(),
            context: None,
        };
        let told = |properties: &str| {
            let shapes = shapes(&fact(properties)).into_iter().skip(1);
            shapes.map(|shape| format!("{}:{}", shape.property, shape.kind)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shapes(&fact("{}")), [Shape { event: "Seen".into(), property: String::new(), kind: "" }]);
        let each = r#"{"a":"x","b":-1.5,"c":true,"d":[1],"e":{},"f":null,"":1,"g\u0000":1}"#;
        assert_eq!(told(each), "a:text b:number c:bool d:list e:object");
        assert_eq!(told(r#"{"a":1,"a":"x"}"#), "a:text", "the last counts");
        let many: Vec<_> = (0..300).map(|n| format!("\"p{n}\":1")).collect();
        assert_eq!(shapes(&fact(&format!("{{{}}}", many.join(",")))).len(), 1 + PROPERTIES_MAX);
    }
}
