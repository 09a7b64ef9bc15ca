//! `DELETE /api/v1/keys/{key}`

use axum::{extract::State, http::StatusCode};
use web::{CanManageKeys, Path, Problem};

use super::origin::Origin;
use crate::Access;

/// Revokes an API key
///
/// It stops working at once on this node, within ten seconds on others, and for good.
#[utoipa::path(
    delete, path = "/api/v1/keys/{key}", tag = "access", operation_id = "access.key.delete",
    params(("key" = String, Path, description = "The key's id, not the key itself")),
    responses((status = 204), (status = 404, description = "No such key, or revoked already")),
    extensions(("x-permission" = json!("manage_keys"))),
)]
pub(super) async fn revoke_key(
    caller: CanManageKeys,
    State(access): State<Access>,
    origin: Origin,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    access.revoke_key(origin.by(&caller), caller.workspace, key).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_revoked_key_opens_nothing_any_more(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        assert_eq!(house.ask(Ask::get("/api/v1/units").bearer(&house.secret_key)).await.status, 200);
        let address = format!("/api/v1/keys/{}", house.secret_key_id);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 204);
        assert_eq!(house.ask(Ask::get("/api/v1/units").bearer(&house.secret_key)).await.status, 401);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 404);
        assert_eq!(house.ids(Ask::get("/api/v1/keys").cookie(&boss)).await.len(), 1);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn another_brands_key_does_not_exist(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@two.example").await;
        let address = format!("/api/v1/keys/{}", house.secret_key_id);
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 404);
        assert_eq!(house.ask(Ask::get("/api/v1/units").bearer(&house.secret_key)).await.status, 200);
    }
}
