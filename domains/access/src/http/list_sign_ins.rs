//! `GET /api/v1/sign-in`

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Page, Problem};

use crate::{Access, model::Provider};

/// A button of the sign-in page.
#[derive(Serialize, ToSchema)]
#[schema(as = SignInDoor)]
pub(super) struct DoorItem {
    id: String,
    /// What the button says.
    #[schema(example = "企业微信")]
    name: String,
}

impl From<Provider> for DoorItem {
    fn from(provider: Provider) -> Self {
        Self { id: provider.id, name: provider.name.into() }
    }
}

/// The providers one may sign in by
///
/// Their names only. All in one page.
#[utoipa::path(
    get, path = "/api/v1/sign-in", tag = "access", operation_id = "access.sign_in.list",
    responses((status = 200, body = Page<DoorItem>)),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn list_sign_ins(State(access): State<Access>) -> Result<Json<Page<DoorItem>>, Problem> {
    Ok(Json(Page::whole(access.doors().await?.into_iter().map(DoorItem::from).collect())))
}
