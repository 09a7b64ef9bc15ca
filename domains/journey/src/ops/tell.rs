//! Telling what fell due: the row and its fact in one transaction, so that a crash leaves both or neither.

use std::collections::BTreeMap;

use db::{DbError, Tx, outbox};
use facts::{ReminderDue, names};
use kernel::{Handle, PersonId, RootOwner, StaffId, Timestamp, UnitId, WorkspaceId};

use super::{Command, Order, Outcome, Trouble, fact};
use crate::{
    Colleague, Slice,
    model::{Occurrence, Reminder, Rule, State, Terms},
    rules::{plan::following, zone},
    store::{reminders, rules},
};

/// Reminders told in one transaction.
const TELL_MAX: usize = 500;
/// A reminder that could not be told for so long is not told any more: two weeks.
pub(super) const LATE_SECS_MAX: i64 = 14 * 86_400;
/// From here on one that is told is told to be late.
const LATE_SECS: i64 = 3600;

/// A reminder to be told, and whom it concerns.
#[derive(Clone, Debug)]
pub struct Telling {
    /// Its id.
    pub reminder: String,
    /// Whom the root of the person belongs to.
    pub owner: RootOwner,
    /// The unit that is to do it.
    pub unit: Option<UnitId>,
    /// Who is to do it.
    pub staff: Option<StaffId>,
}

/// Who is to do it: whom the person's root belongs to, else the unit of that root, else the one the rule names.
fn doer(rule: &Rule, owner: &RootOwner, staff: &[Colleague]) -> (Option<UnitId>, Option<StaffId>) {
    let own = owner.staff.as_ref().and_then(|id| staff.iter().find(|colleague| colleague.id == *id));
    let unit = owner.unit.clone().or_else(|| own.and_then(|colleague| colleague.unit.clone()));
    match own {
        Some(colleague) => (unit, Some(colleague.id.clone())),
        None => (unit.or_else(|| rule.fallback.clone()), None),
    }
}

/// What becomes of a reminder now that it fell due.
fn falls(rule: &Rule, reminder: &Reminder, owner: &RootOwner, now: Timestamp) -> State {
    // Good wishes come on the day or before, never after it.
    let is_over = match rule.terms {
        Terms::After(_) => false,
        Terms::Birthday { .. } | Terms::Festival { .. } => zone::day_number(now) > zone::day_number(reminder.from),
    };
    let late = now.micros_since(reminder.due_at) > LATE_SECS_MAX * 1_000_000;
    if late || is_over || reminder.due_at < rule.on_since {
        State::Missed
    } else if rule.is_for(owner) {
        State::Due
    } else {
        State::Elsewhere
    }
}

pub(super) async fn tell(tx: &Tx, order: &Order, told: &[Telling]) -> Result<Outcome, DbError> {
    let now = order.at;
    let rules = rules::rules_in_workspace(tx, order.workspace).await?;
    let ids: Vec<String> = told.iter().map(|telling| telling.reminder.clone()).collect();
    let found = reminders::reminders_by_id(tx, order.workspace, &ids).await?;
    let mut found: BTreeMap<String, Reminder> = found.into_iter().map(|reminder| (reminder.id(), reminder)).collect();
    let (mut changed, mut next, mut facts) = (Vec::new(), Vec::new(), Vec::new());
    for telling in told {
        let Some(reminder) = found.remove(&telling.reminder) else { continue };
        let Some(rule) = rules.iter().find(|rule| rule.id == reminder.rule) else { continue };
        let is_due = reminder.state == State::Waiting && reminder.due_at <= now;
        if !is_due || !tells(rule, now) {
            continue;
        }
        let state = falls(rule, &reminder, &telling.owner, now);
        next.extend(following(rule, &reminder, now));
        let is_told = state == State::Due;
        let after = Reminder {
            state,
            told_at: is_told.then_some(now),
            unit: telling.unit.clone(),
            staff: telling.staff.clone(),
            ..reminder
        };
        if is_told {
            facts.push(due(&after, now)?);
        }
        changed.push(after);
    }
    reminders::update(tx, order.workspace, &changed).await?;
    reminders::insert(tx, order.workspace, &next).await?;
    outbox::emit(tx, order.workspace, &facts).await?;
    Ok(Outcome::Told(changed.len()))
}

/// Whether a rule tells anything at this moment.
fn tells(rule: &Rule, now: Timestamp) -> bool {
    rule.on && rule.filled && !rule.quiet.covers(now)
}

fn due(reminder: &Reminder, now: Timestamp) -> Result<Vec<u8>, DbError> {
    let told = ReminderDue {
        reminder: reminder.id(),
        rule: reminder.rule.clone(),
        person: PersonId(reminder.handle),
        occurrence: match &reminder.occurrence {
            Occurrence::Fact(..) => format!("fact:{}", reminder.occurrence),
            Occurrence::Birthday(year) => format!("birthday:{year}"),
            Occurrence::Festival(day) => format!("festival:{day}"),
        },
        due_at: reminder.due_at,
        late: now.micros_since(reminder.due_at) >= LATE_SECS * 1_000_000,
        unit: reminder.unit.clone(),
        staff: reminder.staff.clone(),
    };
    // The same reminder has the same id at the log's gate, whatever happens in between.
    fact(names::REMINDER_DUE, format!("reminder-{}", reminder.id()), &told, now)
}

impl Slice {
    /// Tells everything that fell due by now; how many were dealt with.
    pub(super) async fn tell_all(&self, workspace: WorkspaceId) -> Result<usize, Trouble> {
        let mut all = 0;
        loop {
            let now = self.clock.now();
            let rules = rules::rules_in_workspace(self.records.reads(), workspace).await?;
            let telling: Vec<&Rule> = rules.iter().filter(|rule| tells(rule, now)).collect();
            let ids: Vec<String> = telling.iter().map(|rule| rule.id.clone()).collect();
            let fallen = reminders::fallen_due(self.records.reads(), workspace, &ids, now, TELL_MAX).await?;
            if fallen.is_empty() {
                break;
            }
            let staff = self.directory.staff(workspace).await.map_err(Trouble::Port)?;
            let people: Vec<Handle> = fallen.iter().map(|reminder| reminder.handle).collect();
            let owners = self.directory.owners(workspace, &people);
            let told = fallen.iter().zip(owners).filter_map(|(reminder, owner)| {
                let rule = telling.iter().find(|rule| rule.id == reminder.rule)?;
                let (unit, staff) = doer(rule, &owner, &staff);
                Some(Telling { reminder: reminder.id(), owner, unit, staff })
            });
            let outcome = self.order(workspace, Command::Tell(told.collect())).await?;
            let Outcome::Told(count) = outcome else { break };
            self.signal.notify_one();
            all += count;
            // Something changed between reading and deciding; it is seen again the next time.
            if count == 0 {
                break;
            }
        }
        Ok(all)
    }
}
