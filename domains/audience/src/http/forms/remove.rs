//! `DELETE /api/v1/forms/{form}`

use axum::{extract::State, http::StatusCode};
use web::{CanManageSegments, Origin, Path, Problem};

use crate::ops::Slice;

/// Delete a form and its answers
///
/// The tags they gave and what people told of themselves stay.
#[utoipa::path(
    delete, path = "/api/v1/forms/{form}", tag = "audience", operation_id = "audience.form.delete",
    params(("form" = String, Path)),
    responses((status = 204), (status = 404, description = "No such form")),
    extensions(("x-permission" = json!("manage_segments"))),
)]
pub(in crate::http) async fn remove(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let form = slice.form(caller.workspace, &id).await?;
    slice.remove_form(Slice::order(caller.workspace, origin.by(&caller)), &form).await?;
    Ok(StatusCode::NO_CONTENT)
}
