//! `POST` and `DELETE /api/v1/content/pages/{page}/publication`

use axum::extract::State as Wired;
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Origin, Path, Principal, Problem};

use super::{
    pages::{PageView, refused_faults},
    refused,
};
use crate::{
    Slice,
    ops::{Command, Outcome},
    rules::page::faults,
};

/// Which draft is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PagePublication)]
pub(super) struct Publication {
    /// The revision that was read, so that nobody publishes what they have not seen.
    revision: i64,
}

/// Publish a page's draft
///
/// Customers see it from now on, as a new version.
#[utoipa::path(
    post, path = "/api/v1/content/pages/{page}/publication", tag = "content", operation_id = "content.page.publish",
    params(("page" = String, Path)),
    request_body = Publication,
    responses(
        (status = 200, body = PageView),
        (status = 404, description = "No such page"),
        (status = 409, description = "It has changed meanwhile"),
        (status = 422, description = "The draft cannot be published as it is"),
    ),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn publish(
    caller: CanManageCampaigns,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(page): Path<String>,
    Json(Publication { revision }): Json<Publication>,
) -> Result<Json<PageView>, Problem> {
    let page = slice.page(&caller, &page).await?;
    refuse_part_of_brand(&caller)?;
    let faults = faults(&page.draft, &slice.hosts(caller.workspace).await?);
    if page.revision == revision && !faults.is_empty() {
        return Err(refused_faults(faults));
    }
    done(&slice, &caller, &origin, Command::Publish { page: page.id, revision }).await
}

/// Withdraw a page
///
/// Customers see it no longer; the draft and the versions stay.
#[utoipa::path(
    delete, path = "/api/v1/content/pages/{page}/publication", tag = "content",
    operation_id = "content.page.withdraw",
    params(("page" = String, Path)),
    responses((status = 200, body = PageView), (status = 404, description = "No such page")),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn withdraw(
    caller: CanManageCampaigns,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(page): Path<String>,
) -> Result<Json<PageView>, Problem> {
    let page = slice.page(&caller, &page).await?.id;
    refuse_part_of_brand(&caller)?;
    done(&slice, &caller, &origin, Command::Withdraw { page }).await
}

fn refuse_part_of_brand(caller: &Principal) -> Result<(), Problem> {
    if caller.scope.is_all() {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Forbidden).detail("This concerns the whole brand"))
}

async fn done(slice: &Slice, caller: &Principal, origin: &Origin, command: Command) -> Result<Json<PageView>, Problem> {
    match slice.submit(caller, origin, command).await? {
        Outcome::Page(page) => Ok(Json(slice.page_told(caller.workspace, &page).await?)),
        outcome => Err(refused(&outcome)),
    }
}
