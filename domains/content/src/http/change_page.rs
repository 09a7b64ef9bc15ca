//! `PUT /api/v1/content/pages/{page}`

use axum::extract::State as Wired;
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Origin, Path, Problem};

use super::{
    pages::{PageView, check_size},
    refused,
};
use crate::{
    Slice,
    model::page::PageDocument,
    ops::{Command, Outcome},
};

/// A draft to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PageChange)]
pub(super) struct Change {
    /// The revision that was read.
    revision: i64,
    draft: PageDocument,
}

/// Write a page's draft
///
/// What is not finished can be kept; `faults` says what has to be mended before it is published. Customers see no change.
#[utoipa::path(
    put, path = "/api/v1/content/pages/{page}", tag = "content", operation_id = "content.page.update",
    params(("page" = String, Path)),
    request_body = Change,
    responses(
        (status = 200, body = PageView),
        (status = 404, description = "No such page"),
        (status = 409, description = "It has changed meanwhile"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn change(
    caller: CanManageCampaigns,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(page): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<PageView>, Problem> {
    let page = slice.page(&caller, &page).await?.id;
    if !caller.scope.is_all() {
        return Err(Problem::new(ErrorCode::Forbidden).detail("This concerns the whole brand"));
    }
    check_size(&change.draft)?;
    let command = Command::Write { page, revision: change.revision, draft: Box::new(change.draft) };
    match slice.submit(&caller, &origin, command).await? {
        Outcome::Page(page) => Ok(Json(slice.page_told(caller.workspace, &page).await?)),
        outcome => Err(refused(&outcome)),
    }
}
