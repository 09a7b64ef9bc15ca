//! What staff make of a reminder.

use db::{
    DbError, Tx,
    audit::{self, Entry},
    outbox,
};
use facts::{ReminderAnswer, ReminderAnswered, names};
use kernel::{PersonId, StaffId};
use serde_json::json;

use super::{Order, Outcome, fact};
use crate::{
    model::{Reminder, State},
    store::reminders,
};

pub(super) async fn answer(
    tx: &Tx,
    order: &Order,
    id: &str,
    state: State,
    note: Option<&str>,
) -> Result<Outcome, DbError> {
    let found = reminders::reminders_by_id(tx, order.workspace, &[id.to_owned()]).await?;
    let Some(before) = found.into_iter().next() else { return Ok(Outcome::Missing) };
    let (answer, may) = match state {
        State::Done => (ReminderAnswer::Done, before.state == State::Due),
        State::Skipped => (ReminderAnswer::Skipped, before.state == State::Due),
        _ => (ReminderAnswer::Withdrawn, matches!(before.state, State::Done | State::Skipped)),
    };
    if !may {
        return Ok(Outcome::Closed);
    }
    let closed = state != State::Due;
    let after = Reminder {
        state,
        closed_at: closed.then_some(order.at),
        closed_by: closed.then(|| order.by.actor.clone()),
        note: note.map(str::to_owned).or_else(|| before.note.clone()),
        ..before.clone()
    };
    reminders::update(tx, order.workspace, std::slice::from_ref(&after)).await?;
    let staff = order.by.actor.strip_prefix("staff:").and_then(|staff| staff.parse::<StaffId>().ok());
    let told = ReminderAnswered {
        reminder: after.id(),
        rule: after.rule.clone(),
        person: PersonId(after.handle),
        answer,
        staff,
    };
    // The same one may be answered, taken back and answered again: each is a fact of its own.
    let message_id = format!("reminder-{}-{}-{}", after.id(), state.as_str(), tx.at().0);
    outbox::emit(tx, order.workspace, &[fact(names::REMINDER_ANSWERED, message_id, &told, order.at)?]).await?;
    let entry = Entry {
        workspace: order.workspace,
        at: order.at,
        by: order.by.clone(),
        action: "reminder.answered".to_owned(),
        subject: format!("reminder:{}", after.id()),
        before: Some(json!({"state": before.state})),
        after: Some(json!({"state": after.state})),
    };
    audit::write(tx, vec![entry]).await?;
    Ok(Outcome::Answered(Box::new(after)))
}
