//! `GET /api/v1/providers`

use axum::extract::State;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanManageSignIn, Json, Page, Problem};

use crate::{Access, model::Provider};

/// A provider one may sign in by. Its secret is never told.
#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
pub(super) struct ProviderItem {
    id: String,
    #[schema(example = "公司账号")]
    name: String,
    #[schema(example = "https://login.example.com")]
    issuer: String,
    client_id: String,
    match_email: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Provider> for ProviderItem {
    fn from(provider: Provider) -> Self {
        let Provider { id, name, issuer, client_id, match_email, created_at, .. } = provider;
        Self { id, name: name.into(), issuer: issuer.as_str().to_owned(), client_id, match_email, created_at }
    }
}

/// The providers one may sign in by, for whoever sets them up
///
/// All in one page, oldest first.
#[utoipa::path(
    get, path = "/api/v1/providers", tag = "access", operation_id = "access.provider.list",
    responses((status = 200, body = Page<ProviderItem>)),
    extensions(("x-permission" = json!("manage_sign_in"))),
)]
pub(super) async fn list_providers(
    caller: CanManageSignIn,
    State(access): State<Access>,
) -> Result<Json<Page<ProviderItem>>, Problem> {
    let providers = access.providers(caller.workspace).await?;
    Ok(Json(Page::whole(providers.into_iter().map(ProviderItem::from).collect())))
}
