//! `PATCH /api/v1/roles/{role}`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageRoles, Json, Path, Problem};

use super::{add_role::set_of, list_roles::RoleItem, origin::Origin};
use crate::{
    Access, Name,
    model::{RoleId, Sight},
    rules::decide::RoleChange,
};

/// What is to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = RoleChange)]
pub(super) struct ChangeRole {
    #[schema(value_type = Option<String>, nullable = false, example = "区域督导")]
    name: Option<Name>,
    /// All that its holders may do from now on.
    #[schema(nullable = false)]
    permissions: Option<Vec<String>>,
    #[schema(nullable = false)]
    scope: Option<Sight>,
}

/// Changes a role that the brand made
///
/// Its holders may and see what it says from their next request on (on other nodes within ten seconds). Whoever changes a role
/// must hold all it holds before and after.
#[utoipa::path(
    patch, path = "/api/v1/roles/{role}", tag = "access", operation_id = "access.role.update",
    params(("role" = String, Path)),
    request_body = ChangeRole,
    responses(
        (status = 200, body = RoleItem),
        (status = 404, description = "No such role"),
        (status = 409, description = "There is a role of that name, or it is one that every brand has"),
        (status = 422, description = "A field is not valid, or a permission needs a role that sees everybody"),
    ),
    extensions(("x-permission" = json!("manage_roles"))),
)]
pub(super) async fn change_role(
    caller: CanManageRoles,
    State(access): State<Access>,
    origin: Origin,
    Path(role): Path<RoleId>,
    Json(ChangeRole { name, permissions, scope }): Json<ChangeRole>,
) -> Result<Json<RoleItem>, Problem> {
    let permissions = permissions.as_deref().map(set_of).transpose()?;
    let change = RoleChange { name: name.map(String::from), permissions, sight: scope };
    Ok(Json(access.change_role(origin.by(&caller), caller.workspace, role, change).await?.into()))
}
