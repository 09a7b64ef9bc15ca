//! Tags that people were given, and segments they came into and left.

use kernel::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// A tag was put on people, or taken off them, by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tagged {
    /// The tag's id.
    pub tag: String,
    /// Whom, by their permanent handles.
    pub people: Vec<PersonId>,
    /// Who did it: `staff:<id>` or `key:<id>`.
    pub by: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The tag falls off at the end of the day this lies in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Somebody came into a segment, or left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentTurn {
    /// The segment's id.
    pub segment: String,
    /// Who.
    pub person: PersonId,
}

#[cfg(test)]
mod tests {
    use kernel::Handle;

    use super::*;

    #[test]
    fn their_shape_is_frozen() {
        let tagged = r#"{"tag":"tg_1","people":["p1","p7"],"by":"staff:a","until":"2026-12-31T00:00:00Z"}"#;
        let read: Tagged = serde_json::from_str(tagged).unwrap();
        assert_eq!(read.people, [PersonId(Handle(1)), PersonId(Handle(7))]);
        assert_eq!(serde_json::to_string(&read).unwrap(), tagged);
        let turn = r#"{"segment":"sg_1","person":"p7"}"#;
        let read: SegmentTurn = serde_json::from_str(turn).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), turn);
    }
}
