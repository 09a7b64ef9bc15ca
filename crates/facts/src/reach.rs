//! Reaching people through others: who was asked, and what they said.

use kernel::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};

/// A member of staff is to reach somebody through others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachAsked {
    /// The task's id.
    pub task: String,
    /// Everybody on the way by their permanent handles: the root first, whoever is to be reached last; at least two.
    pub route: Vec<PersonId>,
    /// Until when.
    pub due_at: Timestamp,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReachAnswer {
    /// Everybody on the way passed it on, and whoever was to be reached came.
    Accepted,
    /// Somebody said no.
    Refused,
    /// Nobody answered.
    Failed,
    /// What was told before is not so: it is open again.
    Withdrawn,
}

/// What became of a task. The latest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachAnswered {
    /// The task's id.
    pub task: String,
    /// What became of it.
    pub answer: ReachAnswer,
    /// Who said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}

#[cfg(test)]
mod tests {
    use kernel::Handle;

    use super::*;

    #[test]
    fn their_shape_is_frozen() {
        let asked = r#"{"task":"t1","route":["p1","p7"],"due_at":"2026-11-20T00:00:00Z"}"#;
        let read: ReachAsked = serde_json::from_str(asked).unwrap();
        assert_eq!(read.route, [PersonId(Handle(1)), PersonId(Handle(7))]);
        assert_eq!(serde_json::to_string(&read).unwrap(), asked);
        let answered = r#"{"task":"t1","answer":"refused","by":"p7"}"#;
        let read: ReachAnswered = serde_json::from_str(answered).unwrap();
        assert_eq!((read.answer, read.by), (ReachAnswer::Refused, Some(PersonId(Handle(7)))));
        assert_eq!(serde_json::to_string(&read).unwrap(), answered);
        for answer in ["accepted", "failed", "withdrawn"] {
            let told = format!(r#"{{"task":"t1","answer":"{answer}"}}"#);
            assert_eq!(serde_json::to_string(&serde_json::from_str::<ReachAnswered>(&told).unwrap()).unwrap(), told);
        }
    }
}
