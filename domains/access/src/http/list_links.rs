//! `GET /api/v1/session/providers`

use axum::extract::State;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Page, Problem, SignedIn};

use crate::Access;

/// Who the caller is at a provider.
#[derive(Serialize, ToSchema)]
#[schema(as = SignInLink)]
pub(super) struct LinkItem {
    /// The provider's id.
    provider: String,
    /// What the provider is called.
    provider_name: String,
    /// The e-mail address there, as it was when it was linked.
    label: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    linked_at: Timestamp,
}

/// The providers by which the caller may sign in
///
/// All in one page, oldest first. An API key has none: 404.
#[utoipa::path(
    get, path = "/api/v1/session/providers", tag = "access", operation_id = "access.link.list",
    responses((status = 200, body = Page<LinkItem>), (status = 404, description = "The caller is an API key")),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn list_links(
    caller: SignedIn,
    State(access): State<Access>,
) -> Result<Json<Page<LinkItem>>, Problem> {
    let item = |(link, provider_name): (crate::model::Linked, String)| {
        let crate::model::Linked { provider, label, linked_at, .. } = link;
        LinkItem { provider, provider_name, label, linked_at }
    };
    Ok(Json(Page::whole(access.links(&caller).await?.into_iter().map(item).collect())))
}
