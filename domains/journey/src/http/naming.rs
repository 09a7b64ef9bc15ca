//! How reminders are told: who, why now, what to say, and whose to do.

use std::collections::BTreeMap;

use chrono::Datelike;
use kernel::{Handle, PersonId, StaffId, Timestamp, UnitId, WorkspaceId};
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;

use crate::{
    Slice,
    model::{Festival, Occurrence, Reminder, Rule, State, Terms},
    rules::{
        script::{Known, days, words},
        zone,
    },
    store,
};

/// A unit by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct UnitBrief {
    #[schema(value_type = String)]
    pub(super) id: UnitId,
    /// The id again when the organisation does not know it.
    pub(super) name: String,
}

/// A member of staff by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StaffBrief {
    #[schema(value_type = String)]
    id: StaffId,
    /// The id again when they have gone.
    pub(super) name: String,
}

/// A sentence in the console's two languages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Sentence {
    pub(super) zh: String,
    pub(super) en: String,
}

/// A rule by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ReminderRuleBrief {
    id: String,
    /// The id again when the rule is gone.
    pub(super) name: String,
}

/// A reminder: a person somebody is to turn to, and why now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reminder)]
pub(super) struct ReminderView {
    pub(super) id: String,
    pub(super) state: State,
    pub(super) rule: ReminderRuleBrief,
    /// Such as `p42`.
    #[schema(value_type = String)]
    pub(super) person: PersonId,
    /// Null when they have told none.
    pub(super) name: Option<String>,
    /// Why now.
    pub(super) why: Sentence,
    /// What to say.
    pub(super) script: String,
    #[schema(value_type = String, format = DateTime)]
    pub(super) due_at: Timestamp,
    /// When staff were told; null while it waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    told_at: Option<Timestamp>,
    /// It could be told only an hour or more after it fell due.
    late: bool,
    /// It was put off: it is due after it was told.
    put_off: bool,
    /// The order it is about, when the rule counts by order.
    order: Option<String>,
    pub(super) unit: Option<UnitBrief>,
    pub(super) staff: Option<StaffBrief>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) closed_at: Option<Timestamp>,
    pub(super) note: Option<String>,
}

/// What is known for telling some reminders.
pub(super) struct Names {
    rules: BTreeMap<String, Rule>,
    persons: FxHashMap<Handle, Handle>,
    names: BTreeMap<Handle, String>,
    units: BTreeMap<UnitId, String>,
    staff: BTreeMap<StaffId, String>,
    now: Timestamp,
}

impl Names {
    /// A unit by id and name.
    pub(super) fn unit(&self, unit: Option<&UnitId>) -> Option<UnitBrief> {
        unit.map(|id| UnitBrief { id: id.clone(), name: self.units.get(id).cloned().unwrap_or_else(|| id.to_string()) })
    }

    fn staff(&self, staff: Option<&StaffId>) -> Option<StaffBrief> {
        let name = |id: &StaffId| self.staff.get(id).cloned().unwrap_or_else(|| id.to_string());
        staff.map(|id| StaffBrief { id: id.clone(), name: name(id) })
    }

    /// A reminder, as its own rule tells it.
    pub(super) fn reminder(&self, reminder: &Reminder) -> ReminderView {
        self.by_rule(self.rules.get(&reminder.rule), reminder)
    }

    /// A reminder as a rule tells it that may not be set yet.
    pub(super) fn by_rule(&self, rule: Option<&Rule>, reminder: &Reminder) -> ReminderView {
        let person = self.persons.get(&reminder.handle).copied().unwrap_or(reminder.handle);
        let (name, unit) = (self.names.get(&person).cloned(), self.unit(reminder.unit.as_ref()));
        let known = Known { name: name.as_deref(), store: unit.as_ref().map(|unit| unit.name.as_str()) };
        let late = reminder.told_at.is_some_and(|at| at.micros_since(reminder.due_at) >= 3_600_000_000);
        // What was told keeps the words of the day it was told: "90 days ago" does not grow.
        let then = reminder.told_at.unwrap_or(reminder.due_at.max(self.now));
        ReminderView {
            id: reminder.id(),
            state: reminder.state,
            rule: ReminderRuleBrief {
                id: reminder.rule.clone(),
                name: rule.map_or_else(|| reminder.rule.clone(), |rule| rule.name.clone()),
            },
            person: PersonId(person),
            why: why(rule, reminder, then),
            script: rule.map(|rule| words(rule, reminder, known, then)).unwrap_or_default(),
            name,
            due_at: reminder.due_at,
            told_at: reminder.told_at,
            late,
            put_off: reminder.told_at.is_some_and(|at| reminder.due_at > at),
            order: Some(reminder.key.clone()).filter(|order| !order.is_empty()),
            staff: self.staff(reminder.staff.as_ref()),
            unit,
            closed_at: reminder.closed_at,
            note: reminder.note.clone(),
        }
    }
}

/// Why now, in a few words.
fn why(rule: Option<&Rule>, reminder: &Reminder, now: Timestamp) -> Sentence {
    let count = days(reminder, now);
    let date = zone::date(reminder.from);
    let day = format!("{}月{}日", date.month(), date.day());
    let (in_zh, in_en) = match count {
        0 => ("就在今天".to_owned(), "today".to_owned()),
        1 => ("还有 1 天".to_owned(), "in 1 day".to_owned()),
        _ => (format!("还有 {count} 天"), format!("in {count} days")),
    };
    match (&reminder.occurrence, rule.map(|rule| &rule.terms)) {
        (Occurrence::Birthday(_), _) => {
            Sentence { zh: format!("{day}生日，{in_zh}"), en: format!("Birthday on {date}, {in_en}") }
        }
        (Occurrence::Festival(_), Some(Terms::Festival { festival, .. })) => Sentence {
            zh: format!("{day}{}，{in_zh}", festival.zh()),
            en: format!("{} on {date}, {in_en}", festival.en()),
        },
        (Occurrence::Festival(kept), _) => {
            let festivals = Festival::on(*kept);
            let first = festivals.first();
            Sentence {
                zh: first.map_or_else(|| day.clone(), |festival| festival.zh().to_owned()),
                en: first.map_or_else(|| date.to_string(), |festival| festival.en().to_owned()),
            }
        }
        (Occurrence::Fact(_, number), terms) => {
            let event = match terms {
                Some(Terms::After(after)) => after.fact.event.as_str(),
                _ => "",
            };
            // What the house itself knows has words of its own; a brand calls its facts what staff know them by.
            let (event_zh, event_en) = match event {
                facts::names::ORDER_PAID => ("支付订单", "order paid"),
                own => (own, own),
            };
            let (again_zh, again_en) = match number {
                0 => (String::new(), String::new()),
                number => (format!("，第 {} 次提醒", number + 1), format!(", reminder {}", number + 1)),
            };
            let en_days = if count == 1 { "1 day".to_owned() } else { format!("{count} days") };
            Sentence {
                zh: format!("{count} 天前（{day}）{event_zh}{again_zh}"),
                en: format!("{en_days} ago ({date}) {event_en}{again_en}"),
            }
        }
    }
}

impl Slice {
    /// Everything that is needed to tell these reminders.
    pub(super) async fn names(&self, workspace: WorkspaceId, reminders: &[Reminder]) -> Result<Names, Problem> {
        let mut handles: Vec<Handle> = reminders.iter().map(|reminder| reminder.handle).collect();
        handles.sort_unstable();
        handles.dedup();
        let groups = self.directory.persons(workspace, &handles).await.map_err(Problem::unavailable)?;
        let all: Vec<Handle> = groups.iter().flatten().copied().collect();
        let told = self.directory.names(workspace, &all).await.map_err(Problem::unavailable)?;
        let (mut persons, mut names) = (FxHashMap::default(), BTreeMap::new());
        for group in groups {
            let Some(person) = group.first().copied() else { continue };
            // A later handle is the signed-in one: what it says counts more.
            if let Some(name) = group.iter().rev().find_map(|handle| told.get(handle)) {
                names.insert(person, name.clone());
            }
            persons.extend(group.into_iter().map(|handle| (handle, person)));
        }
        let rules = store::rules::rules_in_workspace(self.records.reads(), workspace).await;
        let rules = rules.map_err(Problem::unavailable)?;
        let staff = self.directory.staff(workspace).await.map_err(Problem::unavailable)?;
        Ok(Names {
            rules: rules.into_iter().map(|rule| (rule.id.clone(), rule)).collect(),
            persons,
            names,
            units: self.directory.units(workspace).await.map_err(Problem::unavailable)?,
            staff: staff.into_iter().map(|colleague| (colleague.id, colleague.name)).collect(),
            now: self.clock.now(),
        })
    }
}
