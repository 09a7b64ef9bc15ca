//! `DELETE /api/v1/tags/{tag}`

use axum::{extract::State, http::StatusCode};
use web::{CanManageSegments, Origin, Path, Problem};

use crate::ops::Slice;

/// Delete a tag
///
/// Nobody wears it from then on.
#[utoipa::path(
    delete, path = "/api/v1/tags/{tag}", tag = "audience", operation_id = "audience.tag.delete",
    params(("tag" = String, Path)),
    responses(
        (status = 204),
        (status = 404, description = "No such tag"),
        (status = 409, description = "Segments or tags name it; `detail` says which"),
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
    let tag = slice.tag(caller.workspace, &id).await?;
    slice.remove_tag(&live, Slice::order(caller.workspace, origin.by(&caller)), &tag).await?;
    Ok(StatusCode::NO_CONTENT)
}
