//! `DELETE /api/v1/invitations/{invitation}`

use axum::{extract::State, http::StatusCode};
use web::{CanManageStaff, Path, Problem};

use super::origin::Origin;
use crate::Access;

/// Takes an invitation back
#[utoipa::path(
    delete, path = "/api/v1/invitations/{invitation}", tag = "access", operation_id = "access.invitation.delete",
    params(("invitation" = String, Path, description = "Its id, not its token")),
    responses((status = 204), (status = 404, description = "No such invitation, or it is over")),
    extensions(("x-permission" = json!("manage_staff"))),
)]
pub(super) async fn revoke_invitation(
    caller: CanManageStaff,
    State(access): State<Access>,
    origin: Origin,
    Path(invitation): Path<String>,
) -> Result<StatusCode, Problem> {
    access.revoke_invitation(origin.by(&caller), caller.workspace, invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}
