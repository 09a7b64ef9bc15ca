//! `GET /api/v1/content/links/{link}/ways`

use axum::extract::State as Wired;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanReadCampaigns, Json, Page, Path, Problem};

use crate::{Slice, rules::day::day_of, store::ways};

/// How many new customers were led a way today.
#[derive(Serialize, ToSchema)]
#[schema(as = CodeWayLoad)]
pub(super) struct LoadView {
    /// The way's id.
    way: String,
    /// New customers since midnight, by the brand's own time.
    people: u32,
}

/// How many a live code has led each way today
///
/// Ways that are not there any more are left out, and so is whatever is no live code.
#[utoipa::path(
    get, path = "/api/v1/content/links/{link}/ways", tag = "content", operation_id = "content.way.list",
    params(("link" = String, Path)),
    responses((status = 200, body = Page<LoadView>), (status = 404, description = "No such link")),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn list(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    Path(code): Path<String>,
) -> Result<Json<Page<LoadView>>, Problem> {
    let link = slice.link(&caller, &code).await?;
    let today = day_of(slice.clock.now());
    let load = ways::load_of(slice.records.reads(), caller.workspace, &link.code, today).await;
    let load = load.map_err(Problem::unavailable)?;
    let of = |way: &str| load.get(way).copied().unwrap_or(0);
    let all = link.routing.iter().flat_map(|routing| &routing.ways);
    let views = all.map(|way| LoadView { way: way.way.to_string(), people: of(way.way.as_str()) });
    Ok(Json(Page::whole(views.collect())))
}
