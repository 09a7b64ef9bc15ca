//! `DELETE /api/v1/sessions`

use axum::{extract::State, http::StatusCode};
use web::{Problem, SignedIn};

use super::origin::Origin;
use crate::Access;

/// Ends all of one's own sessions but the one that asks
#[utoipa::path(
    delete, path = "/api/v1/sessions", tag = "access", operation_id = "access.sessions.clear",
    responses((status = 204), (status = 404, description = "The caller is an API key")),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn end_other_sessions(
    caller: SignedIn,
    State(access): State<Access>,
    origin: Origin,
) -> Result<StatusCode, Problem> {
    access.end_other_sessions(origin.by(&caller), &caller, origin.session.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
