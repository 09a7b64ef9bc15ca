//! `POST /api/v1/reminders/rules`

use axum::{extract::State as Wired, http::StatusCode};
use web::{CanManageReminders, Json, Origin, Problem};

use super::{
    done,
    rules::{Draft, RuleView},
};
use crate::{Slice, ops::Command};

/// Set a rule of reminders
///
/// Facts told before count too: whoever bought two months ago is reminded of when the third is over. What fell due before the
/// rule was set is not told.
#[utoipa::path(
    post, path = "/api/v1/reminders/rules", tag = "journey", operation_id = "journey.rule.create",
    request_body = Draft,
    responses(
        (status = 201, body = RuleView),
        (status = 409, description = "There are too many rules"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_reminders"))),
)]
pub(super) async fn create(
    caller: CanManageReminders,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Json(draft): Json<Draft>,
) -> Result<(StatusCode, Json<RuleView>), Problem> {
    slice.has_room(&caller).await?;
    let rule = slice.drafted(&caller, draft).await?;
    done(&slice.submit(&caller, &origin, Command::Set(Box::new(rule.clone()))).await?)?;
    Ok((StatusCode::CREATED, Json(slice.told_one(&caller, &rule).await?)))
}
