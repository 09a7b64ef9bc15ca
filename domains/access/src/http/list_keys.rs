//! `GET /api/v1/keys`

use axum::extract::State;
use web::{CanManageKeys, Json, Page, Problem};

use super::KeyItem;
use crate::Access;

/// The API keys that work, without their secrets
///
/// All in one page, oldest first.
#[utoipa::path(
    get, path = "/api/v1/keys", tag = "access", operation_id = "access.key.list",
    responses((status = 200, body = Page<KeyItem>)),
    extensions(("x-permission" = json!("manage_keys"))),
)]
pub(super) async fn list_keys(
    caller: CanManageKeys,
    State(access): State<Access>,
) -> Result<Json<Page<KeyItem>>, Problem> {
    let keys = access.keys(caller.workspace).await?;
    Ok(Json(Page::whole(keys.into_iter().map(KeyItem::from).collect())))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn keys_are_listed_by_their_beginning_and_per_brand(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let answer = house.ask(Ask::get("/api/v1/keys").cookie(&boss)).await;
        let mut prefixes: Vec<_> =
            answer.body["items"].as_array().unwrap().iter().map(|key| key["prefix"].as_str().unwrap()).collect();
        prefixes.sort_unstable();
        assert_eq!(prefixes, [&house.secret_key[..8], &house.write_key[..8]]);
        let text = answer.body.to_string();
        assert!(!text.contains(&house.secret_key) && !text.contains(&house.write_key));

        let other = house.sign_in("boss@two.example").await;
        assert_eq!(house.ids(Ask::get("/api/v1/keys").cookie(&other)).await, [""; 0]);
    }
}
