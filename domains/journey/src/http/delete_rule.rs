//! `DELETE /api/v1/reminders/rules/{rule}`

use axum::{extract::State as Wired, http::StatusCode};
use web::{CanManageReminders, Origin, Path, Problem};

use super::done;
use crate::{Slice, ops::Command};

/// Remove a rule of reminders
///
/// With what it has not told, and what nobody has answered.
#[utoipa::path(
    delete, path = "/api/v1/reminders/rules/{rule}", tag = "journey", operation_id = "journey.rule.delete",
    params(("rule" = String, Path)),
    responses((status = 204, description = "Removed"), (status = 404, description = "No such rule")),
    extensions(("x-permission" = json!("manage_reminders"))),
)]
pub(super) async fn delete(
    caller: CanManageReminders,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    slice.rule(&caller, &id).await?;
    done(&slice.submit(&caller, &origin, Command::Remove(id)).await?)?;
    Ok(StatusCode::NO_CONTENT)
}
