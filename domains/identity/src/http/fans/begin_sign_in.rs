//! `GET /api/v1/fan/{workspace}/sign-in`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use kernel::{ErrorCode, WorkspaceId};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Origin, Path, Problem, Query};

use super::{go_to, told};
use crate::{Customers, ops::fans::SignInError, rules::visitor};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BeginFanSignIn {
    /// The page to come back to, which is one of this brand's: `/f/1/…`.
    to: String,
}

/// Begin to sign a customer in
///
/// The browser goes to WeChat, comes back, and goes on to the page it came from. When the brand has no sign-in, it goes to that page at
/// once, with `sign_in=off`.
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/sign-in", tag = "identity", operation_id = "identity.fan_sign_in.begin",
    params(("workspace" = u32, Path, description = "The brand"), BeginFanSignIn),
    responses(
        (status = 303, description = "To WeChat"),
        (status = 404, description = "No such brand"),
        (status = 422, description = "The page is not one of this brand's"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn begin(
    State(customers): State<Customers>,
    origin: Origin,
    Path(workspace): Path<u32>,
    sent: HeaderMap,
    Query(BeginFanSignIn { to }): Query<BeginFanSignIn>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let workspace = WorkspaceId(workspace);
    if !visitor::is_own_page(workspace, &to) {
        return Err(Problem::invalid("to", format!("a page of this brand: /f/{workspace}/…")));
    }
    let back = back(workspace, &origin)
        .ok_or_else(|| Problem::new(ErrorCode::Malformed).detail("The request names no host to come back to"))?;
    match customers.begin(workspace, web::fan_token(&sent, workspace), &back, to.clone()).await {
        Ok(begun) => Ok((StatusCode::SEE_OTHER, go_to(workspace, &begun.go_to, begun.token.as_deref(), &origin))),
        Err(SignInError::Store(error)) => Err(Problem::unavailable(error)),
        Err(_) => Ok((StatusCode::SEE_OTHER, go_to(workspace, &told(&to, "off"), None, &origin))),
    }
}

/// Where WeChat sends the browser.
fn back(workspace: WorkspaceId, origin: &Origin) -> Option<String> {
    let scheme = if origin.came.https { "https" } else { "http" };
    Some(format!("{scheme}://{}/api/v1/fan/{workspace}/sign-in/callback", origin.came.host.as_deref()?))
}
