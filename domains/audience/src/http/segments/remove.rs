//! `DELETE /api/v1/segments/{segment}`

use axum::{extract::State, http::StatusCode};
use web::{CanManageSegments, Origin, Path, Problem};

use crate::ops::Slice;

/// Delete a segment
#[utoipa::path(
    delete, path = "/api/v1/segments/{segment}", tag = "audience", operation_id = "audience.segment.delete",
    params(("segment" = String, Path)),
    responses(
        (status = 204),
        (status = 404, description = "No such segment"),
        (status = 409, description = "Other segments or tags name it; `detail` says which"),
    ),
    extensions(("x-permission" = json!("manage_segments"))),
)]
pub(in crate::http) async fn remove(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let _changing = slice.changing.lock().await;
    let segment = slice.segment(caller.workspace, &id).await?;
    slice.remove_segment(&live, Slice::order(caller.workspace, origin.by(&caller)), &segment).await?;
    Ok(StatusCode::NO_CONTENT)
}
