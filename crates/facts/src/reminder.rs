//! Reminders: that one fell due, and what a member of staff made of it. No personal data: who it is about is a handle.

use kernel::{PersonId, StaffId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

/// A member of staff is reminded of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderDue {
    /// The reminder's id: told once.
    pub reminder: String,
    /// The rule it is of.
    pub rule: String,
    /// Whom it is about, by a permanent handle of theirs.
    pub person: PersonId,
    /// For what: the fact it counts from, or the day that is kept. The same of one rule and person is told once.
    pub occurrence: String,
    /// When it fell due.
    pub due_at: Timestamp,
    /// It could be told only an hour or more after that.
    pub late: bool,
    /// The unit that is to do it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The member of staff who is to do it, if anybody in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
}

/// What became of a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderAnswer {
    /// They were written to, or called.
    Done,
    /// It was left, on purpose.
    Skipped,
    /// What was told before is not so: it is open again.
    Withdrawn,
}

/// What a member of staff made of a reminder. The latest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderAnswered {
    /// The reminder's id.
    pub reminder: String,
    /// The rule it is of.
    pub rule: String,
    /// Whom it is about, by a permanent handle of theirs.
    pub person: PersonId,
    /// What became of it.
    pub answer: ReminderAnswer,
    /// Who says so, when it is a member of staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
}

#[cfg(test)]
mod tests {
    use kernel::Handle;

    use super::*;

    #[test]
    fn their_shape_is_frozen() {
        let due = r#"{"reminder":"r.7.12.0","rule":"r","person":"p7","occurrence":"12.0","due_at":"2026-11-20T02:00:00Z","late":false,"unit":"store-1","staff":"s-1"}"#;
        let read: ReminderDue = serde_json::from_str(due).unwrap();
        assert_eq!((read.person, read.late), (PersonId(Handle(7)), false));
        assert_eq!(serde_json::to_string(&read).unwrap(), due);
        for answer in ["done", "skipped", "withdrawn"] {
            let told =
                format!(r#"{{"reminder":"r.7.12.0","rule":"r","person":"p7","answer":"{answer}","staff":"s-1"}}"#);
            assert_eq!(serde_json::to_string(&serde_json::from_str::<ReminderAnswered>(&told).unwrap()).unwrap(), told);
        }
    }
}
