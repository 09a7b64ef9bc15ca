//! `PATCH /api/v1/providers/{provider}`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageSignIn, Json, Path, Problem};

use super::{
    add_provider::{given, issuer},
    list_providers::ProviderItem,
    origin::Origin,
};
use crate::{Access, Name, model::ClientSecret, ops::ProviderChange};

/// What is to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProviderChange)]
pub(super) struct ChangeProvider {
    #[schema(value_type = Option<String>, nullable = false)]
    name: Option<Name>,
    /// Another issuer needs its own secret beside it.
    #[schema(nullable = false)]
    issuer: Option<String>,
    #[schema(nullable = false)]
    client_id: Option<String>,
    #[schema(nullable = false, format = Password)]
    client_secret: Option<String>,
    #[schema(nullable = false)]
    match_email: Option<bool>,
}

/// Changes a provider
///
/// The secret that is stored is never sent to another issuer.
#[utoipa::path(
    patch, path = "/api/v1/providers/{provider}", tag = "access", operation_id = "access.provider.update",
    params(("provider" = String, Path)),
    request_body = ChangeProvider,
    responses(
        (status = 200, body = ProviderItem),
        (status = 404, description = "No such provider"),
        (status = 422, description = "A field is not valid, or there is no such provider at this address"),
    ),
    extensions(("x-permission" = json!("manage_sign_in"))),
)]
pub(super) async fn change_provider(
    caller: CanManageSignIn,
    State(access): State<Access>,
    origin: Origin,
    Path(provider): Path<String>,
    Json(body): Json<ChangeProvider>,
) -> Result<Json<ProviderItem>, Problem> {
    if body.issuer.is_some() && body.client_secret.is_none() {
        return Err(Problem::invalid("client_secret", "another issuer needs the secret that it gave you"));
    }
    let change = ProviderChange {
        name: body.name,
        issuer: body.issuer.map(issuer).transpose()?,
        client_id: body.client_id.map(|text| given("client_id", text)).transpose()?,
        client_secret: body.client_secret.map(|text| given("client_secret", text)).transpose()?.map(ClientSecret),
        match_email: body.match_email,
    };
    let provider = access.change_provider(origin.by(&caller), caller.workspace, &provider, change).await?;
    Ok(Json(provider.into()))
}
