//! `DELETE /api/v1/providers/{provider}`

use axum::{extract::State, http::StatusCode};
use web::{CanManageSignIn, Path, Problem};

use super::origin::Origin;
use crate::Access;

/// Lets nobody sign in by way of a provider any more
///
/// The identities linked there are forgotten. Sessions that were opened that way stay; end them by deactivating their holder.
#[utoipa::path(
    delete, path = "/api/v1/providers/{provider}", tag = "access", operation_id = "access.provider.delete",
    params(("provider" = String, Path)),
    responses((status = 204), (status = 404, description = "No such provider")),
    extensions(("x-permission" = json!("manage_sign_in"))),
)]
pub(super) async fn delete_provider(
    caller: CanManageSignIn,
    State(access): State<Access>,
    origin: Origin,
    Path(provider): Path<String>,
) -> Result<StatusCode, Problem> {
    access.delete_provider(origin.by(&caller), caller.workspace, provider).await?;
    Ok(StatusCode::NO_CONTENT)
}
