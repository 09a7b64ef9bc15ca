//! `GET /api/v1/units`

use axum::extract::State;
use web::{CanReadOrganisation, Json, Page, Problem};

use super::UnitItem;
use crate::Access;

/// The organisation, as far as the caller sees it
///
/// All in one page, by id. A parent may lie outside what the caller sees.
#[utoipa::path(
    get, path = "/api/v1/units", tag = "access", operation_id = "access.unit.list",
    responses((status = 200, body = Page<UnitItem>)),
    extensions(("x-permission" = json!("read_organisation"))),
)]
pub(super) async fn list_units(
    caller: CanReadOrganisation,
    State(access): State<Access>,
) -> Result<Json<Page<UnitItem>>, Problem> {
    let units = access.units_in_scope(&caller).await?;
    Ok(Json(Page::whole(units.into_iter().map(UnitItem::from).collect())))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn each_sees_the_units_of_their_scope(records: Records) {
        let house = House::new(&records).await;
        let seen_by = async |email: &str| {
            let cookie = house.sign_in(email).await;
            house.ids(Ask::get("/api/v1/units").cookie(&cookie)).await
        };
        let all = ["all", "beijing", "shanghai", "store-1", "store-2", "store-3"];
        assert_eq!(seen_by("boss@one.example").await, all);
        assert_eq!(seen_by("analyst@one.example").await, all);
        assert_eq!(seen_by("city@one.example").await, ["beijing", "store-1", "store-2"]);
        assert_eq!(seen_by("store@one.example").await, ["store-1"]);
        assert_eq!(seen_by("rover@one.example").await, [""; 0]);
        // Another brand has a store of the same id; it is another store.
        assert_eq!(seen_by("boss@two.example").await, ["store-1"]);

        let cookie = house.sign_in("store@one.example").await;
        let answer = house.ask(Ask::get("/api/v1/units").cookie(&cookie)).await;
        let store = json!({ "id": "store-1", "name": "store-1 of one", "kind": "store", "parent": "beijing" });
        assert_eq!(answer.body, json!({ "items": [store], "next": null }));
    }
}
