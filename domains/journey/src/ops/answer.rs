//! What staff make of a reminder.

use db::{
    DbError, Tx,
    audit::{self, Entry},
    outbox,
};
use facts::{ReminderAnswer, ReminderAnswered, names};
use kernel::{PersonId, StaffId, Timestamp};
use serde_json::{Value, json};

use super::{Order, Outcome, fact};
use crate::{
    model::{Reminder, State},
    store::{reminders, rules},
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
    let (was, is) = (json!({"state": before.state}), json!({"state": after.state}));
    write_down(tx, order, "reminder.answered", &after, (was, is)).await?;
    Ok(Outcome::Answered(Box::new(after)))
}

/// It stays to be done, at another time; that is no answer, so no fact tells of it.
pub(super) async fn put_off(
    tx: &Tx,
    order: &Order,
    id: &str,
    until: Timestamp,
    note: Option<&str>,
) -> Result<Outcome, DbError> {
    let found = reminders::reminders_by_id(tx, order.workspace, &[id.to_owned()]).await?;
    let Some(before) = found.into_iter().next() else { return Ok(Outcome::Missing) };
    if before.state != State::Due {
        return Ok(Outcome::Closed);
    }
    let rules = rules::rules_in_workspace(tx, order.workspace).await?;
    let quiet = rules.iter().find(|rule| rule.id == before.rule).map(|rule| rule.quiet);
    let after = Reminder {
        due_at: quiet.map_or(until, |quiet| quiet.allowed(until)),
        note: note.map(str::to_owned).or_else(|| before.note.clone()),
        ..before.clone()
    };
    reminders::update(tx, order.workspace, std::slice::from_ref(&after)).await?;
    let (was, is) = (json!({"due_at": before.due_at}), json!({"due_at": after.due_at}));
    write_down(tx, order, "reminder.put_off", &after, (was, is)).await?;
    Ok(Outcome::Answered(Box::new(after)))
}

async fn write_down(
    tx: &Tx,
    order: &Order,
    action: &str,
    reminder: &Reminder,
    (before, after): (Value, Value),
) -> Result<(), DbError> {
    let entry = Entry {
        workspace: order.workspace,
        at: order.at,
        by: order.by.clone(),
        action: action.to_owned(),
        subject: format!("reminder:{}", reminder.id()),
        before: Some(before),
        after: Some(after),
    };
    audit::write(tx, vec![entry]).await
}
