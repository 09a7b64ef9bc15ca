//! `POST /api/v1/invitations/read`

use axum::extract::State;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Problem, SameOrigin};

use super::UnitName;
use crate::{Access, RoleId, ops::Welcome};

/// What the link holds.
#[derive(Deserialize, ToSchema)]
pub(super) struct InvitationToken {
    token: String,
}

/// What whoever holds the link is asked to join as.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitationWelcome {
    /// The brand's name.
    brand: String,
    email: String,
    #[schema(value_type = String, example = "store_manager")]
    role: RoleId,
    /// What the brand calls its role; null for those of every brand.
    role_name: Option<String>,
    unit: Option<UnitName>,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// What an invitation says
///
/// A POST, so that the token stands in no address.
#[utoipa::path(
    post, path = "/api/v1/invitations/read", tag = "access", operation_id = "access.invitation.read",
    request_body = InvitationToken,
    responses((status = 200, body = InvitationWelcome), (status = 404, description = "It is over, or never was")),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn read_invitation(
    _: SameOrigin,
    State(access): State<Access>,
    Json(body): Json<InvitationToken>,
) -> Result<Json<InvitationWelcome>, Problem> {
    let Welcome { brand, invited } = access.welcome(&body.token).await?;
    let crate::model::Invitation { email, role, expires_at, .. } = invited.invitation;
    let role_name = invited.role_name;
    Ok(Json(InvitationWelcome { brand, email, role, role_name, unit: invited.unit.map(UnitName::from), expires_at }))
}
