//! `DELETE /api/v1/units/{unit}`

use axum::{extract::State, http::StatusCode};
use kernel::UnitId;
use web::{CanManageOrganisation, Path, Problem};

use super::origin::Origin;
use crate::Access;

/// Deletes a unit under which nothing hangs
///
/// Units below it, its staff and invitations to it have to be moved first. Roots it has lit stay as they are; only owners,
/// operators and analysts see them from then on.
#[utoipa::path(
    delete, path = "/api/v1/units/{unit}", tag = "access", operation_id = "access.unit.delete",
    params(("unit" = String, Path)),
    responses(
        (status = 204),
        (status = 404, description = "No such unit"),
        (status = 409, description = "Something hangs below it"),
    ),
    extensions(("x-permission" = json!("manage_organisation"))),
)]
pub(super) async fn delete_unit(
    caller: CanManageOrganisation,
    State(access): State<Access>,
    origin: Origin,
    Path(unit): Path<UnitId>,
) -> Result<StatusCode, Problem> {
    access.delete_unit(origin.by(&caller), caller.workspace, unit).await?;
    Ok(StatusCode::NO_CONTENT)
}
