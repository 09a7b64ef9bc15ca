//! `GET /api/v1/segments/{segment}/sizes`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Limit, Page, Path, Problem, Query};

use crate::{model::Day, ops::Slice, store};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct SizeQuery {
    /// So many days, today included.
    #[serde(default)]
    #[param(inline)]
    days: Limit<30, 366>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// How large a segment was on a day.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SegmentSize {
    /// In China, such as `2026-11-01`.
    day: String,
    /// Members when it ended, or now.
    size: u64,
    /// Who came that day.
    entered: u64,
    /// Who left that day.
    left: u64,
}

/// How large a segment was day by day
///
/// Days before it was made are missing. Of all people: to whoever sees only some of them nothing is told.
#[utoipa::path(
    get, path = "/api/v1/segments/{segment}/sizes", tag = "audience", operation_id = "audience.size.list",
    params(("segment" = String, Path), SizeQuery),
    responses(
        (status = 200, body = Page<SegmentSize>),
        (status = 404, description = "No such segment"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(id): Path<String>,
    Query(query): Query<SizeQuery>,
) -> Result<Response, Problem> {
    slice.segment(caller.workspace, &id).await?;
    let days = i32::try_from(query.days.get()).unwrap_or(366);
    let since = Day::of(slice.clock.now()).plus(1 - days).0;
    let sizes = store::sizes_in_workspace(slice.records.reads(), caller.workspace, &id, since).await;
    let sees_all = matches!(caller.scope, Scope::All);
    let sizes: Vec<SegmentSize> = sizes
        .map_err(Problem::unavailable)?
        .into_iter()
        .filter(|_| sees_all)
        .map(|size| SegmentSize {
            day: Day(size.day).to_string(),
            size: size.size,
            entered: size.entered,
            left: size.gone,
        })
        .collect();
    Ok(match query.format {
        Format::Json => Json(Page::whole(sizes)).into_response(),
        Format::Csv => {
            let mut csv = Csv::new("segment-sizes", &["day", "size", "entered", "left"]);
            for size in sizes {
                csv.line([size.day.into(), size.size.into(), size.entered.into(), size.left.into()]);
            }
            csv.into_response()
        }
    })
}
