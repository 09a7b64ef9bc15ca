//! `GET /api/v1/segments/{segment}`

use axum::extract::State;
use web::{CanReadNetwork, Json, Path, Problem};

use crate::{http::view::SegmentView, ops::Slice};

/// A segment
#[utoipa::path(
    get, path = "/api/v1/segments/{segment}", tag = "audience", operation_id = "audience.segment.read",
    params(("segment" = String, Path)),
    responses((status = 200, body = SegmentView), (status = 404, description = "No such segment")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(id): Path<String>,
) -> Result<Json<SegmentView>, Problem> {
    let segment = slice.segment(caller.workspace, &id).await?;
    let live = slice.live(caller.workspace, None).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    slice.view(caller.workspace, &live, seen, segment).await.map(Json)
}
