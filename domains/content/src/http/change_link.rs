//! `PATCH /api/v1/content/links/{link}`

use axum::extract::State as Wired;
use kernel::Timestamp;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use web::{CanStartSpreads, Json, Origin, Path, Problem};

use super::{
    line,
    links::{LinkView, NAME_MAX},
    refused,
};
use crate::{
    Slice,
    model::{
        link::{Kind, Link},
        target::Target,
    },
    ops::{Command, Outcome},
};

/// What is to be changed; what is not named stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SpreadLinkChange)]
pub(super) struct Change {
    /// The revision that was read.
    revision: i64,
    name: Option<String>,
    /// A fixed code keeps its own.
    target: Option<Target>,
    on: Option<bool>,
    /// `null` for no end.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Option<Timestamp>>,
}

/// What is named, `null` included, is told from what is not.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::<Timestamp>::deserialize(deserializer).map(Some)
}

/// Change a spread link or a code
///
/// Whoever opens it from now on sees the change. To whom it belongs stays as it is: what it brought is counted to them.
#[utoipa::path(
    patch, path = "/api/v1/content/links/{link}", tag = "content", operation_id = "content.link.update",
    params(("link" = String, Path)),
    request_body = Change,
    responses(
        (status = 200, body = LinkView),
        (status = 404, description = "No such link"),
        (status = 409, description = "It has changed meanwhile"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("start_spreads"))),
)]
pub(super) async fn change(
    caller: CanStartSpreads,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(code): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<LinkView>, Problem> {
    let before = slice.link(&caller, &code).await?;
    let mut link = Link { changed_at: slice.clock.now(), revision: change.revision.saturating_add(1), ..before };
    if let Some(name) = change.name {
        link.name = line(&name, "name", NAME_MAX)?;
    }
    if let Some(target) = change.target.filter(|target| *target != link.target) {
        if link.kind == Kind::Fixed {
            return Err(Problem::invalid("target", "a fixed code leads to the same place for ever: make another code"));
        }
        slice.check_target(caller.workspace, &target).await?;
        link.target = target;
    }
    link.on = change.on.unwrap_or(link.on);
    if let Some(expires_at) = change.expires_at.filter(|at| *at != link.expires_at) {
        link.expires_at = slice.expiry(expires_at)?;
    }
    match slice.submit(&caller, &origin, Command::ChangeLink(Box::new(link.clone()))).await? {
        Outcome::Done => {}
        outcome => return Err(refused(&outcome)),
    }
    slice.shelf.changed(&link.code);
    Ok(Json(slice.told(&link).await?))
}
