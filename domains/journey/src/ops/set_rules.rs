//! Setting, changing and removing rules.

use db::{
    DbError, Tx,
    audit::{self, Entry},
};
use serde_json::{Value, json};

use super::{Order, Outcome};
use crate::{
    model::Rule,
    store::{heard, reminders, rules},
};

/// Sets a rule. When what it reminds of has changed, what waited by the old one is forgotten, and the facts of the past are
/// counted anew; what was told stays told.
pub(super) async fn set(tx: &Tx, order: &Order, new: &Rule) -> Result<Outcome, DbError> {
    let known = rules::rules_in_workspace(tx, order.workspace).await?;
    let before = known.iter().find(|rule| rule.id == new.id);
    let is_new_revision = before.is_none_or(|before| before.revision != new.revision);
    if before.is_some_and(|before| new.revision > before.revision + 1 || new.revision < before.revision) {
        return Ok(Outcome::Closed);
    }
    let mut rule = new.clone();
    match before {
        Some(before) if !is_new_revision => {
            // What went on in the background meanwhile.
            (rule.filled, rule.swept) = (before.filled, before.swept);
        }
        Some(_) => {
            heard::delete_anchors(tx, order.workspace, &rule.id).await?;
            reminders::delete_of_rule(tx, order.workspace, &rule.id, false).await?;
        }
        None => {}
    }
    rules::put_rule(tx, order.workspace, &rule).await?;
    let action = if before.is_some() { "reminder_rule.changed" } else { "reminder_rule.set" };
    audit::write(tx, vec![entry(order, action, &rule.id, before.map(told), Some(told(&rule)))]).await?;
    Ok(Outcome::Done)
}

/// Removes a rule, what it has heard, and what it has told and nobody has answered.
pub(super) async fn remove(tx: &Tx, order: &Order, id: &str) -> Result<Outcome, DbError> {
    let known = rules::rules_in_workspace(tx, order.workspace).await?;
    let Some(before) = known.iter().find(|rule| rule.id == id) else { return Ok(Outcome::Missing) };
    heard::delete_anchors(tx, order.workspace, id).await?;
    reminders::delete_of_rule(tx, order.workspace, id, true).await?;
    rules::delete_rule(tx, order.workspace, id).await?;
    audit::write(tx, vec![entry(order, "reminder_rule.removed", id, Some(told(before)), None)]).await?;
    Ok(Outcome::Done)
}

fn entry(order: &Order, action: &str, id: &str, before: Option<Value>, after: Option<Value>) -> Entry {
    let (action, subject) = (action.to_owned(), format!("reminder_rule:{id}"));
    Entry { workspace: order.workspace, at: order.at, by: order.by.clone(), action, subject, before, after }
}

fn told(rule: &Rule) -> Value {
    json!({"name": rule.name, "terms": rule.terms, "script": rule.script, "at_minute": rule.at_minute,
        "quiet": rule.quiet, "on": rule.on, "units": rule.units, "fallback": rule.fallback})
}
