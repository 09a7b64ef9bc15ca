//! `POST /api/v1/providers`

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageSignIn, Json, Problem};

use super::{list_providers::ProviderItem, origin::Origin};
use crate::{
    Access, Name,
    model::{ClientSecret, Issuer},
    ops::NewProvider,
};

/// A provider to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewProvider)]
pub(super) struct AddProvider {
    /// What the button of the sign-in page says.
    #[schema(value_type = String, example = "公司账号")]
    name: Name,
    /// Its address, exactly as it calls itself; `https://`.
    #[schema(example = "https://login.example.com")]
    issuer: String,
    /// What it calls us.
    client_id: String,
    /// What it gave us to prove who we are. Stored to be shown to it, and never shown again.
    #[schema(format = Password)]
    client_secret: String,
    /// Whether whoever it knows by a verified e-mail address of our staff, or of somebody invited, is that person. Otherwise
    /// everybody has to link their account themselves first.
    #[serde(default)]
    match_email: bool,
}

/// What a provider gave us: something, and not endlessly long.
pub(super) fn given(field: &'static str, text: String) -> Result<String, Problem> {
    let text = text.trim().to_owned();
    match (1..=500).contains(&text.len()) && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(Problem::invalid(field, "1 to 500 characters on one line")),
    }
}

pub(super) fn issuer(text: String) -> Result<Issuer, Problem> {
    Issuer::try_from(text.trim().to_owned()).map_err(|wrong| Problem::invalid("issuer", wrong))
}

/// Lets people sign in by way of a provider (OpenID Connect)
///
/// Register `https://<this site>/api/v1/sign-in/callback` there. The provider is asked at once whether it is what it is said to
/// be. Nobody is let in whom the brand does not know. Whoever decides how people sign in can become anybody, so only whoever
/// holds every permission may.
#[utoipa::path(
    post, path = "/api/v1/providers", tag = "access", operation_id = "access.provider.create",
    request_body = AddProvider,
    responses(
        (status = 201, body = ProviderItem),
        (status = 422, description = "A field is not valid, or there is no such provider at this address"),
    ),
    extensions(("x-permission" = json!("manage_sign_in"))),
)]
pub(super) async fn add_provider(
    caller: CanManageSignIn,
    State(access): State<Access>,
    origin: Origin,
    Json(body): Json<AddProvider>,
) -> Result<(StatusCode, Json<ProviderItem>), Problem> {
    let new = NewProvider {
        name: body.name,
        issuer: issuer(body.issuer)?,
        client_id: given("client_id", body.client_id)?,
        client_secret: ClientSecret(given("client_secret", body.client_secret)?),
        match_email: body.match_email,
    };
    let provider = access.add_provider(origin.by(&caller), caller.workspace, new).await?;
    Ok((StatusCode::CREATED, Json(provider.into())))
}
