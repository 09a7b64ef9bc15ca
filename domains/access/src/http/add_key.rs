//! `POST /api/v1/keys`

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanManageKeys, Json, Problem};

use super::{KeyItem, origin::Origin};
use crate::{Access, IssuedKey, KeyFor, Name, NewKey};

/// A key to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewKey)]
pub(super) struct AddKey {
    kind: KeyFor,
    #[schema(value_type = String, example = "官网 SDK")]
    name: Name,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyIssued)]
pub(super) struct Issued {
    #[serde(flatten)]
    item: KeyItem,
    /// The key itself, shown this once.
    key: String,
}

impl From<IssuedKey> for Issued {
    fn from(issued: IssuedKey) -> Self {
        let IssuedKey { id, kind, name, prefix, created_at, key } = issued;
        let item = KeyItem { id, kind, name, prefix, created_at, last_used_at: None, old_ends_at: None };
        Self::new(item, key)
    }
}

impl Issued {
    pub(super) const fn new(item: KeyItem, key: String) -> Self {
        Self { item, key }
    }
}

/// Makes an API key
///
/// A write key (`slw_…`) only hands in facts and may stand in pages and apps; a secret key (`sls_…`) is for the brand's
/// own servers. The key is shown once; only its hash is stored.
#[utoipa::path(
    post, path = "/api/v1/keys", tag = "access", operation_id = "access.key.create",
    request_body = AddKey,
    responses((status = 201, body = Issued), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("manage_keys"))),
)]
pub(super) async fn add_key(
    caller: CanManageKeys,
    State(access): State<Access>,
    origin: Origin,
    Json(AddKey { kind, name }): Json<AddKey>,
) -> Result<(StatusCode, Json<Issued>), Problem> {
    let issued = access.add_key(origin.by(&caller), caller.workspace, NewKey { kind, name }).await?;
    Ok((StatusCode::CREATED, Json(issued.into())))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_key_works_for_what_it_is_for(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let make = async |kind: &str| {
            let new = json!({ "kind": kind, "name": "shop" });
            let answer = house.ask(Ask::post("/api/v1/keys").cookie(&boss).body(new)).await;
            assert_eq!(answer.status, 201, "{}", answer.body);
            answer.body["key"].as_str().unwrap().to_owned()
        };
        let (write, secret) = (make("write").await, make("secret").await);
        assert!(write.starts_with("slw_") && secret.starts_with("sls_") && write.len() == 36);
        // A secret key reads the organisation, a write key does not; neither makes new ways in.
        assert_eq!(house.ask(Ask::get("/api/v1/units").bearer(&secret)).await.status, 200);
        assert_eq!(house.ask(Ask::get("/api/v1/units").bearer(&write)).await.status, 403);
        for key in [&write, &secret] {
            assert_eq!(house.ask(Ask::get("/api/v1/keys").bearer(key)).await.status, 403);
        }
        let answer =
            house.ask(Ask::post("/api/v1/keys").cookie(&boss).body(json!({ "kind": "golden", "name": "x" }))).await;
        assert_eq!(answer.status, 422);
    }
}
