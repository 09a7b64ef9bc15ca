//! `GET /api/v1/permissions`

use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Page, Permission, Reach, SignedIn};

/// One thing that roles let people do.
#[derive(Serialize, ToSchema)]
#[schema(as = Permission)]
pub(super) struct PermissionItem {
    /// As in `x-permission` of each operation.
    #[schema(example = "manage_campaigns")]
    id: &'static str,
    /// What it lets one do.
    #[schema(example = "创建和修改活动")]
    zh: &'static str,
    /// What it lets one do.
    #[schema(example = "Create and change campaigns")]
    en: &'static str,
    /// It reaches the whole brand whatever the scope, so only roles that see everybody may hold it.
    whole: bool,
}

/// Everything that roles may allow
///
/// In the order of the table; all in one page.
#[utoipa::path(
    get, path = "/api/v1/permissions", tag = "access", operation_id = "access.permission.list",
    responses((status = 200, body = Page<PermissionItem>)),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn list_permissions(_: SignedIn) -> Json<Page<PermissionItem>> {
    let item = |permission: &Permission| PermissionItem {
        id: permission.slug(),
        zh: permission.zh(),
        en: permission.en(),
        whole: permission.reach() == Reach::Whole,
    };
    Json(Page::whole(Permission::ALL.iter().map(item).collect()))
}
