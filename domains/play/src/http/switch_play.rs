//! `POST /api/v1/plays/{play}/launch` and `PUT /api/v1/plays/{play}/phase`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Origin, Path, Problem};

use super::{managed, view::View};
use crate::{Slice, model::Phase, ops::Manage};

/// A play to be launched.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlayLaunch)]
pub(super) struct Launch {
    /// Its name, typed: what runs cannot be changed.
    name: String,
    /// The revision that was read.
    revision: i64,
}

/// Launch a play
///
/// Checked against law and channel once more. From then on what it declares is never changed.
#[utoipa::path(
    post, path = "/api/v1/plays/{play}/launch", tag = "play", operation_id = "play.launch.create",
    params(("play" = String, Path)),
    request_body = Launch,
    responses(
        (status = 200, body = View),
        (status = 404, description = "No such play"),
        (status = 409, description = "It has changed meanwhile, or runs already"),
        (status = 422, description = "The name is another, or law or channel do not allow it: each rule is named"),
    ),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn launch(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    origin: Origin,
    Path(play): Path<String>,
    Json(launch): Json<Launch>,
) -> Result<Json<View>, Problem> {
    let known = slice.play(caller.workspace, &play).await?;
    if known.name != launch.name.trim() {
        return Err(Problem::invalid("name", "type the name of the play as it is written"));
    }
    let change = Manage::Launch { revision: launch.revision };
    let play = managed(slice.manage(&caller, &origin, &play, change, None).await?)?;
    Ok(Json(View::of(&play, &caller.scope)))
}

/// What a play that runs can be switched to.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlaySwitchTo)]
enum To {
    /// Go on.
    Live,
    /// Stop everything at once; nothing is lost.
    Paused,
    /// Nobody begins or helps any more. What was reached can be claimed.
    Ended,
}

/// How a play is to stand.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlaySwitch)]
pub(super) struct Switch {
    phase: To,
}

/// Stop, go on with, or end a play
#[utoipa::path(
    put, path = "/api/v1/plays/{play}/phase", tag = "play", operation_id = "play.phase.update",
    params(("play" = String, Path)),
    request_body = Switch,
    responses(
        (status = 200, body = View),
        (status = 404, description = "No such play"),
        (status = 409, description = "It does not stand so that this could be done"),
    ),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn switch(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    origin: Origin,
    Path(play): Path<String>,
    Json(switch): Json<Switch>,
) -> Result<Json<View>, Problem> {
    let phase = match switch.phase {
        To::Live => Phase::Live,
        To::Paused => Phase::Paused,
        To::Ended => Phase::Ended,
    };
    let play = managed(slice.manage(&caller, &origin, &play, Manage::Turn(phase), None).await?)?;
    Ok(Json(View::of(&play, &caller.scope)))
}
