//! `DELETE /api/v1/traits/{name}`

use axum::{extract::State, http::StatusCode};
use kernel::ErrorCode;
use web::{CanManageSegments, Origin, Path, Problem};

use crate::{ops::Slice, store};

/// Forget a trait
#[utoipa::path(
    delete, path = "/api/v1/traits/{name}", tag = "audience", operation_id = "audience.trait.delete",
    params(("name" = String, Path)),
    responses(
        (status = 204),
        (status = 404, description = "No such trait"),
        (status = 409, description = "Segments or tags name it; `detail` says which"),
    ),
    extensions(("x-permission" = json!("manage_segments"))),
)]
pub(in crate::http) async fn remove(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let _changing = slice.changing.lock().await;
    let known = store::traits_in_workspace(slice.records.reads(), caller.workspace).await;
    let def = known.map_err(Problem::unavailable)?.into_iter().find(|def| def.name == name);
    let def = def.ok_or(ErrorCode::NotFound)?;
    slice.remove_trait(&live, Slice::order(caller.workspace, origin.by(&caller)), &def).await?;
    Ok(StatusCode::NO_CONTENT)
}
