//! `POST /api/v1/reminders/rules/preview`

use axum::extract::State as Wired;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanManageReminders, Json, Problem};

use super::{naming::ReminderView, rules::Draft};
use crate::{Slice, ops::preview::AHEAD_DAYS};

/// Reminders shown of those that would be told.
const SAMPLE: usize = 10;

/// What a rule would tell.
#[derive(Serialize, ToSchema)]
pub(super) struct ReminderPreview {
    /// How many reminders would fall due.
    count: usize,
    /// In so many days from now.
    days: i64,
    /// False when only the latest of very many facts or people were looked at: there may be more.
    is_exact: bool,
    /// How many fall due on each of these days, from today on.
    by_day: Vec<u32>,
    /// The first of them.
    sample: Vec<ReminderView>,
}

/// What a rule would tell in the coming 30 days
///
/// Of people in scope, as if it were set now. Nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/reminders/rules/preview", tag = "journey", operation_id = "journey.rule.preview",
    request_body = Draft,
    responses((status = 200, body = ReminderPreview), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("manage_reminders"))),
)]
pub(super) async fn preview(
    caller: CanManageReminders,
    Wired(slice): Wired<Slice>,
    Json(draft): Json<Draft>,
) -> Result<Json<ReminderPreview>, Problem> {
    let rule = slice.drafted(&caller, draft).await?;
    let foreseen = slice.foresee(caller.workspace, &rule, &caller.scope).await?;
    let today = crate::rules::zone::day_number(slice.clock.now());
    let mut by_day = vec![0; usize::try_from(AHEAD_DAYS).unwrap_or(0) + 1];
    for reminder in &foreseen.reminders {
        let day = crate::rules::zone::day_number(reminder.due_at) - today;
        if let Some(count) = usize::try_from(day).ok().and_then(|day| by_day.get_mut(day)) {
            *count += 1;
        }
    }
    let first = &foreseen.reminders[..foreseen.reminders.len().min(SAMPLE)];
    let names = slice.names(caller.workspace, first).await?;
    Ok(Json(ReminderPreview {
        count: foreseen.reminders.len(),
        days: AHEAD_DAYS,
        is_exact: foreseen.is_exact,
        by_day,
        sample: first.iter().map(|reminder| names.by_rule(Some(&rule), reminder)).collect(),
    }))
}
