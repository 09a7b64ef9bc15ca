//! `POST /api/v1/content/pages`

use axum::{extract::State as Wired, http::StatusCode};
use kernel::{ErrorCode, token};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Origin, Problem};

use super::{
    pages::{PageView, check_size},
    refused,
};
use crate::{
    Slice,
    model::{
        page::{Page, PageDocument},
        target::Slug,
    },
    ops::{Command, Outcome},
};

/// A page to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPage {
    /// 1 to 64 letters, digits, `-`, `_`, `.` or `:`; made by us when missing. Its address bears it.
    #[schema(value_type = Option<String>, example = "spring")]
    page: Option<Slug>,
    draft: PageDocument,
}

/// Make a page
///
/// Customers see nothing of it until it is published. Only for those who see the whole brand.
#[utoipa::path(
    post, path = "/api/v1/content/pages", tag = "content", operation_id = "content.page.create",
    request_body = NewPage,
    responses(
        (status = 201, body = PageView),
        (status = 409, description = "The id is taken"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn create(
    caller: CanManageCampaigns,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Json(new): Json<NewPage>,
) -> Result<(StatusCode, Json<PageView>), Problem> {
    if !caller.scope.is_all() {
        return Err(Problem::new(ErrorCode::Forbidden).detail("This concerns the whole brand"));
    }
    check_size(&new.draft)?;
    let id = match new.page {
        Some(id) => id,
        None => Slug::try_from(token(&*slice.entropy, 8)).map_err(Problem::internal)?,
    };
    let (now, by) = (slice.clock.now(), caller.actor.to_string());
    let page = Page {
        id,
        draft: new.draft,
        published: None,
        last_version: 0,
        created_at: now,
        created_by: by.clone(),
        changed_at: now,
        changed_by: by,
        revision: 1,
    };
    match slice.submit(&caller, &origin, Command::MakePage(Box::new(page))).await? {
        Outcome::Page(page) => Ok((StatusCode::CREATED, Json(slice.page_told(caller.workspace, &page).await?))),
        outcome => Err(refused(&outcome)),
    }
}
