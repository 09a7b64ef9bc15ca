//! `GET /api/v1/reminders/calendar`

use std::collections::BTreeMap;

use axum::extract::State as Wired;
use kernel::Handle;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanManageReminders, Json, Problem, Query};

use crate::{
    Slice,
    model::{Festival, Terms},
    rules::{birthday, calendar::lunar, zone},
    store::{heard, reminders},
};

/// Days told when nobody says how many.
const DAYS: u16 = 60;
/// Most days.
const DAYS_MAX: u16 = 400;
/// Reminders that are counted day by day.
const REMINDERS_MAX: usize = 100_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CalendarQuery {
    /// How many days from today on; 60 when missing.
    #[param(minimum = 1, maximum = 400)]
    days: Option<u16>,
}

/// What the Chinese calendar calls a day.
#[derive(Serialize, ToSchema)]
pub(super) struct LunarDay {
    month: u8,
    day: u8,
    /// In a leap month.
    leap: bool,
}

/// How many reminders of a rule fall due on a day.
#[derive(Serialize, ToSchema)]
pub(super) struct RuleDay {
    rule: String,
    /// Null where it cannot be said before the day: a festival is of everybody who is there then.
    count: Option<u64>,
}

/// A day.
#[derive(Serialize, ToSchema)]
pub(super) struct CalendarDay {
    /// Such as `2026-09-25`.
    #[schema(format = Date)]
    date: String,
    #[schema(nullable)]
    lunar: Option<LunarDay>,
    festivals: Vec<Festival>,
    /// What falls due by which rule.
    rules: Vec<RuleDay>,
}

/// The coming days.
#[derive(Serialize, ToSchema)]
pub(super) struct ReminderCalendar {
    days: Vec<CalendarDay>,
    /// False when there are more reminders than were counted.
    is_exact: bool,
}

/// The coming days: festivals, and what falls due
#[utoipa::path(
    get, path = "/api/v1/reminders/calendar", tag = "journey", operation_id = "journey.calendar.read",
    params(CalendarQuery),
    responses((status = 200, body = ReminderCalendar), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("manage_reminders"))),
)]
pub(super) async fn read(
    caller: CanManageReminders,
    Wired(slice): Wired<Slice>,
    Query(query): Query<CalendarQuery>,
) -> Result<Json<ReminderCalendar>, Problem> {
    let count = query.days.unwrap_or(DAYS);
    if !(1..=DAYS_MAX).contains(&count) {
        return Err(Problem::invalid("days", format!("1 to {DAYS_MAX}")));
    }
    let (reads, now) = (slice.records.reads(), slice.clock.now());
    let today = zone::day_number(now);
    let until = zone::at(zone::date_of(today + i64::from(count)), 0);
    let rules = slice.rules(&caller).await?;

    let waiting = reminders::waiting_between(reads, caller.workspace, (now, until), None, REMINDERS_MAX).await;
    let waiting = waiting.map_err(Problem::unavailable)?;
    let is_exact = waiting.len() < REMINDERS_MAX;
    let people: Vec<Handle> = waiting.iter().map(|reminder| reminder.handle).collect();
    let owners = slice.directory.owners(caller.workspace, &people);
    let mut due: BTreeMap<(i64, &str), u64> = BTreeMap::new();
    for (reminder, owner) in waiting.iter().zip(&owners) {
        let rule = rules.iter().find(|rule| rule.id == reminder.rule && rule.on && rule.is_for(owner));
        if let Some(rule) = rule.filter(|_| caller.scope.covers(owner)) {
            *due.entry((zone::day_number(reminder.due_at), &rule.id)).or_default() += 1;
        }
    }
    // Birthdays of everybody; who sees a part of the brand is not told how many there are elsewhere.
    let births = match caller.scope.is_all() {
        true => heard::birthday_counts(reads, caller.workspace).await.map_err(Problem::unavailable)?,
        false => Vec::new(),
    };
    let births: BTreeMap<facts::Birthday, u64> = births.into_iter().collect();

    let days = (today..today + i64::from(count)).map(|day| {
        let date = zone::date_of(day);
        let of_rule = |rule: &crate::model::Rule| {
            let count = match rule.terms {
                Terms::After(_) => due.get(&(day, rule.id.as_str())).copied(),
                Terms::Birthday { days_before } => {
                    let kept = birthday::kept_on(zone::date_of(day + i64::from(days_before)));
                    let born: u64 = kept.iter().filter_map(|day| births.get(day)).sum();
                    (rule.on && born > 0 && rule.units.is_none()).then_some(born)
                }
                Terms::Festival { festival, days_before, .. } => {
                    let kept = festival.is_on(zone::date_of(day + i64::from(days_before)));
                    return (rule.on && kept).then(|| RuleDay { rule: rule.id.clone(), count: None });
                }
            };
            count.map(|count| RuleDay { rule: rule.id.clone(), count: Some(count) })
        };
        CalendarDay {
            date: date.to_string(),
            lunar: lunar(date).map(|day| LunarDay { month: day.month, day: day.day, leap: day.leap }),
            festivals: Festival::on(date),
            rules: rules.iter().filter_map(of_rule).collect(),
        }
    });
    Ok(Json(ReminderCalendar { days: days.collect(), is_exact }))
}
