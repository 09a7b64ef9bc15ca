//! `PATCH /api/v1/reminders/rules/{rule}`

use axum::extract::State as Wired;
use web::{CanManageReminders, Json, Origin, Path, Problem};

use super::{
    done,
    rules::{Change, RuleView, checked, minute},
};
use crate::{
    Slice,
    model::{Rule, Terms},
    ops::Command,
    rules::zone,
};

/// Change a rule of reminders
///
/// When it reminds of something else, or at another time, what waited is planned anew; what was told stays told.
#[utoipa::path(
    patch, path = "/api/v1/reminders/rules/{rule}", tag = "journey", operation_id = "journey.rule.update",
    params(("rule" = String, Path)),
    request_body = Change,
    responses(
        (status = 200, body = RuleView),
        (status = 404, description = "No such rule"),
        (status = 409, description = "It was changed meanwhile"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_reminders"))),
)]
pub(super) async fn change(
    caller: CanManageReminders,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<RuleView>, Problem> {
    let before = slice.rule(&caller, &id).await?;
    let now = slice.clock.now();
    let mut rule = Rule { changed_at: now, ..before.clone() };
    if let Some(units) = change.units {
        rule.units = slice.units_for(&caller, Some(units)).await?;
    }
    if let Some(unit) = change.fallback {
        slice.fallback_for(&caller, Some(&unit)).await?;
        rule.fallback = Some(unit);
    }
    if let Some(at) = change.at {
        rule.at_minute = minute(&at, "at")?;
    }
    if let Some(from) = change.quiet_from {
        rule.quiet.from = minute(&from, "quiet_from")?;
    }
    if let Some(to) = change.quiet_to {
        rule.quiet.to = minute(&to, "quiet_to")?;
    }
    rule.name = change.name.unwrap_or(rule.name);
    rule.script = change.script.unwrap_or(rule.script);
    rule.terms = change.terms.unwrap_or(rule.terms);
    rule.on = change.on.unwrap_or(rule.on);
    let is_other = rule.terms != before.terms || rule.at_minute != before.at_minute || rule.quiet != before.quiet;
    if is_other {
        rule.revision += 1;
        rule.filled = !matches!(rule.terms, Terms::After(_));
        rule.swept = rule.swept.min(zone::day_number(now) - 1);
    }
    if is_other || (rule.on && !before.on) {
        rule.on_since = now;
    }
    let rule = checked(rule)?;
    done(&slice.submit(&caller, &origin, Command::Set(Box::new(rule.clone()))).await?)?;
    Ok(Json(slice.told_one(&caller, &rule).await?))
}
