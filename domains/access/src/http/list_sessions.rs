//! `GET /api/v1/sessions`

use axum::extract::State;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Page, Problem, SignedIn};

use super::origin::Origin;
use crate::{Access, model::SecretHash};

/// A sign-in of one's own.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionItem {
    /// Names the session; opens nothing.
    id: String,
    /// What it was opened with, as far as that is known.
    #[schema(example = "Chrome · Windows")]
    agent: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// To the hour.
    #[schema(value_type = String, format = DateTime)]
    seen_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// The one that asks.
    current: bool,
}

/// Where one is signed in
///
/// The caller's own sessions, the latest used first, all in one page. An API key has none: 404.
#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "access", operation_id = "access.sessions.list",
    responses((status = 200, body = Page<SessionItem>), (status = 404, description = "The caller is an API key")),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn list_sessions(
    caller: SignedIn,
    State(access): State<Access>,
    origin: Origin,
) -> Result<Json<Page<SessionItem>>, Problem> {
    let current = origin.session.as_deref().map(SecretHash::of);
    let sessions = access.sessions_of(&caller).await?;
    let item = |session: crate::model::Session| SessionItem {
        id: session.token.name(),
        agent: session.agent,
        created_at: session.created_at,
        seen_at: session.seen_at,
        expires_at: session.expires_at,
        current: Some(session.token) == current,
    };
    Ok(Json(Page::whole(sessions.into_iter().map(item).collect())))
}
