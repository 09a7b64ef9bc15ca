//! `GET /api/v1/reminders/rules`

use axum::{
    extract::State as Wired,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanManageReminders, Csv, Format, Json, Page, Path, Problem, Query};

use super::rules::RuleView;
use crate::Slice;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RuleQuery {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Rules of reminders
///
/// Those that remind of nobody out of scope, by name; all in one page.
#[utoipa::path(
    get, path = "/api/v1/reminders/rules", tag = "journey", operation_id = "journey.rule.list",
    params(RuleQuery),
    responses((status = 200, body = Page<RuleView>)),
    extensions(("x-permission" = json!("manage_reminders"))),
)]
pub(super) async fn list(
    caller: CanManageReminders,
    Wired(slice): Wired<Slice>,
    Query(query): Query<RuleQuery>,
) -> Result<Response, Problem> {
    let rules = slice.rules(&caller).await?;
    let told = slice.told(&caller, &rules).await?;
    Ok(match query.format {
        Format::Json => Json(Page::whole(told)).into_response(),
        Format::Csv => csv(&told).into_response(),
    })
}

/// A rule of reminders
#[utoipa::path(
    get, path = "/api/v1/reminders/rules/{rule}", tag = "journey", operation_id = "journey.rule.read",
    params(("rule" = String, Path)),
    responses((status = 200, body = RuleView), (status = 404, description = "No such rule")),
    extensions(("x-permission" = json!("manage_reminders"))),
)]
pub(super) async fn read(
    caller: CanManageReminders,
    Wired(slice): Wired<Slice>,
    Path(rule): Path<String>,
) -> Result<Json<RuleView>, Problem> {
    let rule = slice.rule(&caller, &rule).await?;
    Ok(Json(slice.told_one(&caller, &rule).await?))
}

fn csv(rules: &[RuleView]) -> Csv {
    let columns = ["rule", "name", "kind", "on", "at", "script", "waiting", "due", "done", "skipped", "missed"];
    let mut csv = Csv::new("reminder-rules", &columns);
    for rule in rules {
        csv.line([
            rule.id.clone().into(),
            rule.name.clone().into(),
            rule.terms.kind().into(),
            rule.on.into(),
            rule.at.clone().into(),
            rule.script.clone().into(),
            rule.counts.waiting.into(),
            rule.counts.due.into(),
            rule.counts.done.into(),
            rule.counts.skipped.into(),
            rule.counts.missed.into(),
        ]);
    }
    csv
}
