//! `PUT /api/v1/plays/{play}`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Origin, Path, Problem};

use super::{managed, proper, view::View};
use crate::{Slice, model::Declaration, ops::Manage};

/// A play written anew.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlayEdit)]
pub(super) struct Edit {
    /// The revision that was read.
    revision: i64,
    /// 1 to 100 characters; customers read it.
    name: String,
    /// What it declares.
    declaration: Declaration,
}

/// Write a play anew
///
/// As long as it has not run. Every revision is kept.
#[utoipa::path(
    put, path = "/api/v1/plays/{play}", tag = "play", operation_id = "play.play.update",
    params(("play" = String, Path)),
    request_body = Edit,
    responses(
        (status = 200, body = View),
        (status = 404, description = "No such play"),
        (status = 409, description = "It has changed meanwhile, or it runs"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn update(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    origin: Origin,
    Path(play): Path<String>,
    Json(edit): Json<Edit>,
) -> Result<Json<View>, Problem> {
    slice.play(caller.workspace, &play).await?;
    let name = proper(&edit.name, &edit.declaration)?;
    let change = Manage::Edit { revision: edit.revision, name, declaration: edit.declaration };
    let play = managed(slice.manage(&caller, &origin, &play, change, None).await?)?;
    Ok(Json(View::of(&play, &caller.scope)))
}
