//! `GET /api/v1/fan/{workspace}/pages/{page}`

use axum::{
    extract::State as Wired,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{ErrorCode, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Path, Problem};

use crate::{Slice, model::page::PageDocument, store::pages};

/// A page as customers see it.
#[derive(Serialize, ToSchema)]
struct PublishedPage {
    #[schema(example = "spring")]
    page: String,
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    published_at: Timestamp,
    document: PageDocument,
}

/// A page, for customers
///
/// Only what is published. It may be kept for half a minute, and asked for again by its `ETag`.
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/pages/{page}", tag = "content", operation_id = "content.page.open",
    params(("workspace" = u32, Path), ("page" = String, Path)),
    responses(
        (status = 200, body = PublishedPage),
        (status = 304, description = "It is still the version of that `ETag`"),
        (status = 404, description = "There is no such page, or it is not published"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn open(
    Wired(slice): Wired<Slice>,
    Path((workspace, page)): Path<(u32, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = pages::published_in_workspace(slice.records.reads(), WorkspaceId(workspace), &page).await;
    let version = found.map_err(Problem::unavailable)?.ok_or(ErrorCode::NotFound)?;
    let tag = format!("\"{}-{}\"", version.version, version.published_at.0);
    let is_held = headers.get(header::IF_NONE_MATCH).is_some_and(|held| held.as_bytes() == tag.as_bytes());
    let mut response = if is_held {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (number, published_at, document) = (version.version, version.published_at, version.document);
        Json(PublishedPage { page, version: number, published_at, document }).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=30"));
    headers.insert(header::ETAG, HeaderValue::try_from(tag).map_err(Problem::internal)?);
    Ok(response)
}
