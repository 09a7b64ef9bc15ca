//! `DELETE /api/v1/session/providers/{provider}`

use axum::{extract::State, http::StatusCode};
use web::{Path, Problem, SignedIn};

use super::origin::Origin;
use crate::Access;

/// Unlinks one's own account from a provider
///
/// It opens the account no more. If the brand matches verified addresses, the next sign-in there links it again.
#[utoipa::path(
    delete, path = "/api/v1/session/providers/{provider}", tag = "access", operation_id = "access.link.delete",
    params(("provider" = String, Path)),
    responses((status = 204), (status = 404, description = "Not linked there, or the caller is an API key")),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn unlink(
    caller: SignedIn,
    State(access): State<Access>,
    origin: Origin,
    Path(provider): Path<String>,
) -> Result<StatusCode, Problem> {
    access.unlink(origin.by(&caller), &caller, provider).await?;
    Ok(StatusCode::NO_CONTENT)
}
