//! `GET /api/v1/fan/{workspace}/sign-in/callback`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use kernel::WorkspaceId;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Origin, Path, Query};

use super::{go_to, told};
use crate::{Customers, ops::fans::SignInError};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FinishFanSignIn {
    /// What the attempt is found by.
    #[serde(default)]
    state: String,
    /// What WeChat gives for who it is. Nothing when the customer said no.
    #[serde(default)]
    code: String,
}

/// Comes back from WeChat
///
/// The browser goes on to the page it came from, signed in and with another token, or to the brand's first page, which says why it is not
/// (`sign_in=`). What was begun in another browser, has been used, or is older than ten minutes is over.
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/sign-in/callback", tag = "identity", operation_id = "identity.fan_sign_in.finish",
    params(("workspace" = u32, Path, description = "The brand"), FinishFanSignIn),
    responses((status = 303, description = "To a page of the brand")),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn finish(
    State(customers): State<Customers>,
    origin: Origin,
    Path(workspace): Path<u32>,
    sent: HeaderMap,
    Query(FinishFanSignIn { state, code }): Query<FinishFanSignIn>,
) -> (StatusCode, HeaderMap) {
    let workspace = WorkspaceId(workspace);
    let finished = match web::fan_token(&sent, workspace) {
        Some(held) => customers.finish(workspace, held, &state, &code).await,
        None => Err(SignInError::Over),
    };
    let headers = match finished {
        Ok(finished) => go_to(workspace, &finished.return_to, Some(&finished.token), &origin),
        Err(error) => {
            let why = match &error {
                SignInError::Off => "off",
                SignInError::Over => "over",
                SignInError::Unknown => "refused",
                SignInError::Elsewhere(_) | SignInError::Store(_) => "unavailable",
            };
            tracing::info!(error = &error as &dyn std::error::Error, "a customer could not be signed in");
            go_to(workspace, &told(&format!("/f/{workspace}/"), why), None, &origin)
        }
    };
    (StatusCode::SEE_OTHER, headers)
}
