//! `GET /api/v1/invitations`

use axum::extract::State;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanManageStaff, Json, Page, Problem};

use super::UnitName;
use crate::{Access, RoleId, ops::Invited};

/// An invitation without its token.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationItem {
    id: String,
    email: String,
    #[schema(value_type = String, example = "store_manager")]
    role: RoleId,
    /// What the brand calls its role; null for those of every brand.
    role_name: Option<String>,
    unit: Option<UnitName>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl From<Invited> for InvitationItem {
    fn from(Invited { invitation, unit, role_name }: Invited) -> Self {
        let crate::model::Invitation { id, email, role, created_at, expires_at, .. } = invitation;
        Self { id, email, role, role_name, unit: unit.map(UnitName::from), created_at, expires_at }
    }
}

/// The invitations that are open
///
/// All in one page, oldest first.
#[utoipa::path(
    get, path = "/api/v1/invitations", tag = "access", operation_id = "access.invitation.list",
    responses((status = 200, body = Page<InvitationItem>)),
    extensions(("x-permission" = json!("manage_staff"))),
)]
pub(super) async fn list_invitations(
    caller: CanManageStaff,
    State(access): State<Access>,
) -> Result<Json<Page<InvitationItem>>, Problem> {
    let invited = access.invitations(caller.workspace).await?;
    Ok(Json(Page::whole(invited.into_iter().map(InvitationItem::from).collect())))
}
