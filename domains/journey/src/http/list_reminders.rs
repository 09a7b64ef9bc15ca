//! `GET /api/v1/reminders`

use axum::{
    extract::State as Wired,
    response::{IntoResponse, Response},
};
use kernel::{ErrorCode, PersonId, UnitId};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanDoReach, Csv, Format, Json, Limit, Page, Path, Place, Principal, Problem, Query};

use super::naming::ReminderView;
use crate::{
    Slice,
    model::{Reminder, State},
    store::reminders::{ReminderFilter, reminders_by_id, told_in_workspace},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReminderQuery {
    /// `due`, `done`, `skipped` or `overtaken`; all that were told when missing.
    #[param(inline)]
    state: Option<State>,
    /// Only one's own: by name, or one's unit's and nobody's in particular.
    #[serde(default)]
    mine: bool,
    /// Of this rule.
    rule: Option<String>,
    /// Of this unit.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// About this person, as `p42`.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Reminders
///
/// One's own and those of all roots in scope. What is to be done comes first due first, anything else last due first.
#[utoipa::path(
    get, path = "/api/v1/reminders", tag = "journey", operation_id = "journey.reminder.list",
    params(ReminderQuery),
    responses((status = 200, body = Page<ReminderView>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn list(
    caller: CanDoReach,
    Wired(slice): Wired<Slice>,
    Query(query): Query<ReminderQuery>,
) -> Result<Response, Problem> {
    let doer = match (query.mine, caller.staff()) {
        (false, _) => None,
        (true, Some(staff)) => Some((staff.clone(), caller.unit.clone())),
        (true, None) => return Err(Problem::invalid("mine", "a key has no reminders of its own")),
    };
    let handles = match query.person {
        None => None,
        Some(person) => {
            let found = slice.directory.persons(caller.workspace, &[person.0]).await.map_err(Problem::unavailable)?;
            Some(found.into_iter().flatten().collect())
        }
    };
    let filter = ReminderFilter {
        state: query.state,
        rule: query.rule,
        unit: query.unit,
        doer,
        handles,
        after: query.after.map(Into::into),
    };
    let limit = query.limit.get();
    let who = (caller.staff(), caller.unit.as_ref(), &caller.scope);
    let found = told_in_workspace(slice.records.reads(), caller.workspace, who, &filter, limit + 1).await;
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, |one| {
        Place { at: one.due_at, id: one.id().to_string() }.to_string()
    });
    let names = slice.names(caller.workspace, &page.items).await?;
    let page = Page { items: page.items.iter().map(|one| names.reminder(one)).collect(), next: page.next };
    Ok(match query.format {
        Format::Json => Json(page).into_response(),
        Format::Csv => csv(&page.items).into_response(),
    })
}

/// A reminder
#[utoipa::path(
    get, path = "/api/v1/reminders/{reminder}", tag = "journey", operation_id = "journey.reminder.read",
    params(("reminder" = String, Path)),
    responses((status = 200, body = ReminderView), (status = 404, description = "No such reminder")),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn read(
    caller: CanDoReach,
    Wired(slice): Wired<Slice>,
    Path(reminder): Path<String>,
) -> Result<Json<ReminderView>, Problem> {
    let reminder = slice.reminder(&caller, reminder).await?;
    let names = slice.names(caller.workspace, std::slice::from_ref(&reminder)).await?;
    Ok(Json(names.reminder(&reminder)))
}

impl Slice {
    /// A reminder that was told and that the caller may see.
    pub(super) async fn reminder(&self, caller: &Principal, id: String) -> Result<Reminder, Problem> {
        let found = reminders_by_id(self.records.reads(), caller.workspace, &[id]).await;
        let found = found.map_err(Problem::unavailable)?.into_iter().next();
        let is_seen = |reminder: &Reminder| {
            let (unit, staff) = (reminder.unit.as_ref(), reminder.staff.as_ref());
            let owner = kernel::RootOwner { unit: unit.cloned(), staff: staff.cloned(), channel: None };
            let own = caller.staff().is_some() && staff == caller.staff();
            let of_unit = staff.is_none() && unit.is_some() && unit == caller.unit.as_ref();
            reminder.told_at.is_some() && (caller.scope.covers(&owner) || own || of_unit)
        };
        found.filter(is_seen).ok_or_else(|| ErrorCode::NotFound.into())
    }
}

fn csv(reminders: &[ReminderView]) -> Csv {
    let columns = [
        "reminder",
        "state",
        "rule",
        "person",
        "name",
        "why",
        "script",
        "due_at",
        "unit",
        "staff",
        "closed_at",
        "note",
    ];
    let mut csv = Csv::new("reminders", &columns);
    for one in reminders {
        csv.line([
            one.id.clone().into(),
            one.state.as_str().into(),
            one.rule.name.clone().into(),
            one.person.to_string().into(),
            one.name.clone().into(),
            one.why.zh.clone().into(),
            one.script.clone().into(),
            one.due_at.into(),
            one.unit.as_ref().map(|unit| unit.name.clone()).into(),
            one.staff.as_ref().map(|staff| staff.name.clone()).into(),
            one.closed_at.into(),
            one.note.clone().into(),
        ]);
    }
    csv
}
