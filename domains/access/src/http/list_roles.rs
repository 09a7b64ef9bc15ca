//! `GET /api/v1/roles`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadOrganisation, Csv, Format, Json, Page, Permission, Problem, Query};

use crate::{
    Access,
    model::{RoleId, Sight},
    ops::RoleView,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListRoles {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What somebody is for the brand, what they may do, and how far they see.
#[derive(Serialize, ToSchema)]
#[schema(as = Role)]
pub(super) struct RoleItem {
    /// `owner`, `operator`, `city_manager`, `store_manager`, `guide` and `analyst` are in every brand and stay as they are.
    #[schema(value_type = String, example = "store_manager")]
    id: RoleId,
    /// What the brand calls it; null for those of every brand.
    #[schema(example = "区域督导")]
    name: Option<String>,
    /// What its holders may do, as in `x-permission` of each operation.
    permissions: Vec<&'static str>,
    /// How far its holders see, from the unit where they work.
    scope: Sight,
    /// Staff who may come in with it.
    staff: usize,
}

impl From<RoleView> for RoleItem {
    fn from(RoleView { id, name, power, staff }: RoleView) -> Self {
        let permissions = power.permissions.iter().map(Permission::slug).collect();
        Self { id, name, permissions, scope: power.sight, staff }
    }
}

/// The roles of the brand
///
/// Those of every brand first, then its own by name; all in one page.
#[utoipa::path(
    get, path = "/api/v1/roles", tag = "access", operation_id = "access.role.list",
    params(ListRoles),
    responses((status = 200, body = Page<RoleItem>)),
    extensions(("x-permission" = json!("read_organisation"))),
)]
pub(super) async fn list_roles(
    caller: CanReadOrganisation,
    State(access): State<Access>,
    Query(ListRoles { format }): Query<ListRoles>,
) -> Result<Response, Problem> {
    let roles = access.roles(caller.workspace).await?;
    Ok(match format {
        Format::Json => Json(Page::whole(roles.into_iter().map(RoleItem::from).collect::<Vec<_>>())).into_response(),
        Format::Csv => table(roles).into_response(),
    })
}

/// A line a role, a column a permission: 1 where it is held.
fn table(roles: Vec<RoleView>) -> Csv {
    let slugs = Permission::ALL.iter().map(|permission| permission.slug());
    let columns: Vec<_> = ["id", "name", "scope", "staff"].into_iter().chain(slugs).collect();
    let mut csv = Csv::new("roles", &columns);
    for RoleView { id, name, power, staff } in roles {
        let held = Permission::ALL.iter().map(|permission| u32::from(power.permissions.contains(*permission)).into());
        let start = [id.as_str().into(), name.into(), power.sight.as_str().into(), staff.into()];
        csv.cells(start.into_iter().chain(held));
    }
    csv
}
