//! `GET /api/v1/segments`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadNetwork, Csv, Format, Json, Page, Problem, Query};

use crate::{
    http::view::{SegmentView, segment_cells},
    ops::Slice,
    store,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct SegmentQuery {
    /// Part of the name.
    q: Option<String>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Segments
///
/// All of them, the newest first, with how many of those the caller may see belong.
#[utoipa::path(
    get, path = "/api/v1/segments", tag = "audience", operation_id = "audience.segment.list",
    params(SegmentQuery),
    responses((status = 200, body = Page<SegmentView>)),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<SegmentQuery>,
) -> Result<Response, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let reads = slice.records.reads();
    let mut segments = store::segments_in_workspace(reads, caller.workspace).await.map_err(Problem::unavailable)?;
    segments.reverse();
    if let Some(wanted) = query.q.map(|text| text.trim().to_lowercase()) {
        segments.retain(|segment| segment.name.to_lowercase().contains(&wanted));
    }
    let views = slice.views(caller.workspace, &live, seen, segments).await?;
    Ok(match query.format {
        Format::Json => Json(Page::whole(views)).into_response(),
        Format::Csv => {
            let columns = ["segment", "name", "kind", "size", "note", "created_at", "changed_at", "by"];
            let mut csv = Csv::new("segments", &columns);
            views.iter().for_each(|view| csv.line(segment_cells(view)));
            csv.into_response()
        }
    })
}
