//! `DELETE /api/v1/roles/{role}`

use axum::{extract::State, http::StatusCode};
use web::{CanManageRoles, Path, Problem};

use super::origin::Origin;
use crate::{Access, model::RoleId};

/// Deletes a role that nobody has
///
/// Its staff, and invitations to it, have to be given another one first.
#[utoipa::path(
    delete, path = "/api/v1/roles/{role}", tag = "access", operation_id = "access.role.delete",
    params(("role" = String, Path)),
    responses(
        (status = 204),
        (status = 404, description = "No such role"),
        (status = 409, description = "Somebody has it, or it is one that every brand has"),
    ),
    extensions(("x-permission" = json!("manage_roles"))),
)]
pub(super) async fn delete_role(
    caller: CanManageRoles,
    State(access): State<Access>,
    origin: Origin,
    Path(role): Path<RoleId>,
) -> Result<StatusCode, Problem> {
    access.delete_role(origin.by(&caller), caller.workspace, role).await?;
    Ok(StatusCode::NO_CONTENT)
}
