//! `POST /api/v1/keys/{key}/rotate`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageKeys, Json, Path, Problem};

use super::{KeyItem, add_key::Issued, origin::Origin};
use crate::Access;

/// What becomes of the secret a key has now.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OldSecret {
    /// It works for 24 hours more beside the new one.
    Grace,
    /// It ends at once.
    End,
}

/// How to rotate.
#[derive(Deserialize, ToSchema)]
pub(super) struct RotateKey {
    old: OldSecret,
}

/// Gives an API key a new secret
///
/// The new one is shown once. Of several rotations within a day only the last secret but one still works beside it.
#[utoipa::path(
    post, path = "/api/v1/keys/{key}/rotate", tag = "access", operation_id = "access.key.rotate",
    params(("key" = String, Path, description = "The key's id, not the key itself")),
    request_body = RotateKey,
    responses((status = 200, body = Issued), (status = 404, description = "No such key, or revoked")),
    extensions(("x-permission" = json!("manage_keys"))),
)]
pub(super) async fn rotate_key(
    caller: CanManageKeys,
    State(access): State<Access>,
    origin: Origin,
    Path(key): Path<String>,
    Json(RotateKey { old }): Json<RotateKey>,
) -> Result<Json<Issued>, Problem> {
    let grace = matches!(old, OldSecret::Grace);
    let (key, secret) = access.rotate_key(origin.by(&caller), caller.workspace, key, grace).await?;
    Ok(Json(Issued::new(KeyItem::from(key), secret)))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    async fn works(house: &House, key: &str) -> bool {
        house.ask(Ask::get("/api/v1/units").bearer(key)).await.status == 200
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn the_old_secret_works_for_a_day_or_ends_at_once(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let rotate = async |old: &str| {
            let address = format!("/api/v1/keys/{}/rotate", house.secret_key_id);
            let answer = house.ask(Ask::post(&address).cookie(&boss).body(json!({ "old": old }))).await;
            assert_eq!((answer.status, &answer.body["id"]), (200, &json!(house.secret_key_id)), "{}", answer.body);
            let key = answer.body["key"].as_str().unwrap().to_owned();
            assert_eq!(answer.body["prefix"], json!(key[..8]));
            key
        };
        let second = rotate("grace").await;
        assert!(works(&house, &house.secret_key).await && works(&house, &second).await);
        house.clock.advance_secs(24 * 3600 - 1);
        assert!(works(&house, &house.secret_key).await);
        house.clock.advance_secs(1);
        assert!(!works(&house, &house.secret_key).await && works(&house, &second).await, "to the second");

        let third = rotate("end").await;
        assert!(!works(&house, &second).await && works(&house, &third).await);
        let fourth = rotate("grace").await;
        let fifth = rotate("grace").await;
        assert!(!works(&house, &third).await && works(&house, &fourth).await && works(&house, &fifth).await);

        let address = format!("/api/v1/keys/{}", house.secret_key_id);
        let other = house.sign_in("boss@two.example").await;
        let foreign = Ask::post(&format!("{address}/rotate")).cookie(&other).body(json!({ "old": "end" }));
        assert_eq!(house.ask(foreign).await.status, 404);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 204);
        assert!(!works(&house, &fourth).await && !works(&house, &fifth).await, "a revoked key has no grace");
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_key_has_a_name_and_remembers_its_last_use_to_the_minute(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let listed = async || {
            let answer = house.ask(Ask::get("/api/v1/keys").cookie(&boss)).await;
            let items = answer.body["items"].as_array().unwrap().clone();
            items.into_iter().find(|key| key["id"] == json!(house.secret_key_id)).unwrap()
        };
        assert_eq!(listed().await["last_used_at"], json!(null));
        let mut seen = Vec::new();
        for secs in [0, 30, 31] {
            house.clock.advance_secs(secs);
            assert!(works(&house, &house.secret_key).await);
            seen.push(listed().await["last_used_at"].clone());
        }
        assert_eq!((&seen[0], seen[1] == seen[2]), (&seen[1], false), "{seen:?}");

        let rename = |cookie: &str, name: &str| {
            let address = format!("/api/v1/keys/{}", house.secret_key_id);
            Ask::patch(&address).cookie(cookie).body(json!({ "name": name }))
        };
        assert_eq!(house.ask(rename(&boss, "收银台")).await.body["name"], "收银台");
        assert_eq!(house.ask(rename(&boss, "")).await.status, 422);
        let other = house.sign_in("boss@two.example").await;
        assert_eq!(house.ask(rename(&other, "mine")).await.status, 404);
    }
}
