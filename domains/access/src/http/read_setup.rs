//! `GET /api/v1/setup`

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::Json;

use crate::Access;

/// Whether there is something to set up.
#[derive(Serialize, ToSchema)]
pub(super) struct SetupState {
    /// The installation has no brand yet; the server printed a token for the first one.
    needed: bool,
}

/// Whether the first brand is waited for
#[utoipa::path(
    get, path = "/api/v1/setup", tag = "access", operation_id = "access.setup.read",
    responses((status = 200, body = SetupState)),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn read_setup(State(access): State<Access>) -> Json<SetupState> {
    Json(SetupState { needed: access.awaits_setup() })
}
