//! `PATCH /api/v1/keys/{key}`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageKeys, Json, Path, Problem};

use super::{KeyItem, origin::Origin};
use crate::{Access, Name};

/// What a key is to be called.
#[derive(Deserialize, ToSchema)]
#[schema(as = KeyChange)]
pub(super) struct ChangeKey {
    #[schema(value_type = String, example = "官网 SDK")]
    name: Name,
}

/// Renames an API key
#[utoipa::path(
    patch, path = "/api/v1/keys/{key}", tag = "access", operation_id = "access.key.update",
    params(("key" = String, Path, description = "The key's id, not the key itself")),
    request_body = ChangeKey,
    responses(
        (status = 200, body = KeyItem),
        (status = 404, description = "No such key, or revoked"),
        (status = 422, description = "The name is not valid"),
    ),
    extensions(("x-permission" = json!("manage_keys"))),
)]
pub(super) async fn change_key(
    caller: CanManageKeys,
    State(access): State<Access>,
    origin: Origin,
    Path(key): Path<String>,
    Json(ChangeKey { name }): Json<ChangeKey>,
) -> Result<Json<KeyItem>, Problem> {
    Ok(Json(access.rename_key(origin.by(&caller), caller.workspace, key, name).await?.into()))
}
