//! `GET /api/v1/content/pages/{page}` and its versions

use axum::extract::State as Wired;
use kernel::ErrorCode;
use web::{CanReadCampaigns, Json, Path, Problem};

use super::pages::PageView;
use crate::{Slice, model::page::PageDocument, store::pages};

/// A page, its draft and its versions
#[utoipa::path(
    get, path = "/api/v1/content/pages/{page}", tag = "content", operation_id = "content.page.read",
    params(("page" = String, Path)),
    responses((status = 200, body = PageView), (status = 404, description = "No such page")),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn read(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    Path(page): Path<String>,
) -> Result<Json<PageView>, Problem> {
    let page = slice.page(&caller, &page).await?;
    Ok(Json(slice.page_told(caller.workspace, &page).await?))
}

/// What a version of a page said
#[utoipa::path(
    get, path = "/api/v1/content/pages/{page}/versions/{version}", tag = "content",
    operation_id = "content.version.read",
    params(("page" = String, Path), ("version" = i64, Path)),
    responses((status = 200, body = PageDocument), (status = 404, description = "No such version")),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn read_version(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    Path((page, version)): Path<(String, i64)>,
) -> Result<Json<PageDocument>, Problem> {
    let found = pages::version_in_workspace(slice.records.reads(), caller.workspace, &page, version).await;
    let found = found.map_err(Problem::unavailable)?.ok_or(ErrorCode::NotFound)?;
    Ok(Json(found.document))
}
