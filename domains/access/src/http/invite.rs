//! `POST /api/v1/invitations`

use axum::{extract::State, response::Response};
use kernel::UnitId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Asked, CanManageStaff, Problem};

use super::{give_once, list_invitations::InvitationItem, origin::Origin};
use crate::{Access, Email, RoleId, ops::NewInvitation};

/// Somebody to be asked to join.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewInvitation)]
pub(super) struct Invite {
    /// What they will sign in with.
    #[schema(value_type = String, example = "hanmeimei@example.com")]
    email: Email,
    /// One of those of every brand, or one the brand made. Nobody may give what they do not hold themselves.
    #[schema(value_type = String, example = "store_manager")]
    role: RoleId,
    /// Where they will work.
    #[schema(value_type = Option<String>, example = "store-66")]
    unit: Option<UnitId>,
}

/// An invitation with its link.
#[derive(Serialize, ToSchema)]
#[schema(as = InvitationIssued)]
pub(super) struct Issued {
    #[serde(flatten)]
    item: InvitationItem,
    /// Lets its holder join. Shown this once; only its hash is stored.
    token: String,
    /// The console's page that takes the token. It stands behind the #, so that no server and no proxy logs it.
    #[schema(example = "/invitation#k7pm…")]
    path: String,
}

/// Invites somebody to join the staff
///
/// Send the link yourself; nobody is mailed. It works once, within seven days. An earlier invitation of the same address
/// ends.
#[utoipa::path(
    post, path = "/api/v1/invitations", tag = "access", operation_id = "access.invitation.create",
    request_body = Invite,
    responses(
        (status = 201, body = Issued),
        (status = 409, description = "The e-mail signs in somebody already"),
        (status = 422, description = "A field is not valid, or the unit is unknown"),
    ),
    extensions(("x-permission" = json!("manage_staff")), ("x-once" = json!(true))),
)]
pub(super) async fn invite(
    caller: CanManageStaff,
    State(access): State<Access>,
    origin: Origin,
    Asked { body: Invite { email, role, unit }, once }: Asked<Invite>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(access.reads(), &caller, access.now()).await? {
        return Ok(answer);
    }
    let (invited, token, command) =
        access.new_invitation(caller.workspace, NewInvitation { email, role, unit }).await?;
    let path = format!("/invitation#{token}");
    let issued = Issued { item: invited.into(), token, path };
    give_once(&access, &caller, &once, origin.by(&caller), command, &issued).await
}
