//! `GET /api/v1/invitations`

use axum::extract::State;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanManageStaff, Json, Page, Problem};

use super::UnitName;
use crate::{Access, Role, ops::Invited};

/// An invitation without its token.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationItem {
    id: String,
    email: String,
    role: Role,
    unit: Option<UnitName>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl From<Invited> for InvitationItem {
    fn from(Invited { invitation, unit }: Invited) -> Self {
        let crate::model::Invitation { id, email, role, created_at, expires_at, .. } = invitation;
        Self { id, email, role, unit: unit.map(UnitName::from), created_at, expires_at }
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
