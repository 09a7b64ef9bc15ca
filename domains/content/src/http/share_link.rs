//! `POST /api/v1/fan/{workspace}/links/{link}/shares`

use axum::{extract::State as Wired, http::StatusCode};
use factlog::AppendError;
use kernel::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Fan, Json, Path, Problem};

use crate::{
    Slice,
    ops::{open::NotAppended, share::ShareError},
};

/// A customer's own address of a link.
#[derive(Serialize, ToSchema)]
pub(super) struct SharedLink {
    /// On this server.
    #[schema(example = "/s/k7m2p9qw?by=0f3c9a1b2d4e5f60")]
    path: String,
    /// The token that stands for the customer in the link's campaign; nothing when it is counted to none.
    spread: Option<String>,
}

/// Pass a link on as oneself
///
/// Whoever opens that address was brought by this customer. The same customer always gets the same one.
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/links/{link}/shares", tag = "content", operation_id = "content.share.create",
    params(("workspace" = u32, Path), ("link" = String, Path)),
    responses((status = 201, body = SharedLink), (status = 404, description = "There is no such link, or it leads nowhere now")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn share(
    fan: Fan,
    Wired(slice): Wired<Slice>,
    Path((_, code)): Path<(u32, String)>,
) -> Result<(StatusCode, Json<SharedLink>), Problem> {
    let shared = slice.share(fan.workspace, &fan.subject, &code).await.map_err(|error| match error {
        ShareError::Missing | ShareError::Append(NotAppended::NoRiver) => ErrorCode::NotFound.into(),
        ShareError::Shelf(error) => Problem::unavailable(error),
        ShareError::Fact(error) => Problem::internal(error),
        ShareError::Append(NotAppended::Log(AppendError::Full { retry_after_secs })) => {
            Problem::new(ErrorCode::Overloaded).retry_after(retry_after_secs)
        }
        ShareError::Append(NotAppended::Log(error)) => Problem::new(error.code()).because(error),
    })?;
    let path = match &shared {
        Some(spread) => format!("/s/{code}?by={spread}"),
        None => format!("/s/{code}"),
    };
    Ok((StatusCode::CREATED, Json(SharedLink { path, spread: shared })))
}
