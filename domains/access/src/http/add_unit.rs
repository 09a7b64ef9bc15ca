//! `POST /api/v1/units`

use axum::{extract::State, http::StatusCode};
use kernel::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageOrganisation, Json, Problem};

use super::{UnitItem, origin::Origin};
use crate::{Access, Name, NewUnit, UnitKind};

/// A unit to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewUnit)]
pub(super) struct AddUnit {
    /// Chosen by the brand, for instance its own number for the store; one is drawn otherwise.
    #[schema(value_type = Option<String>, example = "store-66")]
    id: Option<UnitId>,
    #[schema(value_type = String, example = "朝阳门店")]
    name: Name,
    kind: UnitKind,
    /// The unit it stands below: a city below a group, a store below either.
    #[schema(value_type = Option<String>, example = "beijing")]
    parent: Option<UnitId>,
}

/// Adds a unit
#[utoipa::path(
    post, path = "/api/v1/units", tag = "access", operation_id = "access.unit.create",
    request_body = AddUnit,
    responses(
        (status = 201, body = UnitItem),
        (status = 409, description = "The id is taken"),
        (status = 422, description = "A field is not valid, or the parent is unknown"),
    ),
    extensions(("x-permission" = json!("manage_organisation"))),
)]
pub(super) async fn add_unit(
    caller: CanManageOrganisation,
    State(access): State<Access>,
    origin: Origin,
    Json(AddUnit { id, name, kind, parent }): Json<AddUnit>,
) -> Result<(StatusCode, Json<UnitItem>), Problem> {
    let unit = access.add_unit(origin.by(&caller), caller.workspace, NewUnit { id, parent, kind, name }).await?;
    Ok((StatusCode::CREATED, Json(unit.into())))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_new_store_is_seen_by_its_city_at_once(records: Records) {
        let house = House::new(&records).await;
        let (boss, city) = (house.sign_in("boss@one.example").await, house.sign_in("city@one.example").await);
        assert_eq!(house.ids(Ask::get("/api/v1/units").cookie(&city)).await.len(), 3);
        let new = json!({ "id": "store-4", "name": " 望京门店 ", "kind": "store", "parent": "beijing" });
        let answer = house.ask(Ask::post("/api/v1/units").cookie(&boss).body(new.clone())).await;
        let stored = json!({ "id": "store-4", "name": "望京门店", "kind": "store", "parent": "beijing" });
        assert_eq!((answer.status, answer.body), (201, stored));
        assert_eq!(
            house.ids(Ask::get("/api/v1/units").cookie(&city)).await,
            ["beijing", "store-1", "store-2", "store-4"]
        );
        assert_eq!(house.ask(Ask::post("/api/v1/units").cookie(&boss).body(new)).await.status, 409);
        let drawn = json!({ "name": "x", "kind": "city" });
        let answer = house.ask(Ask::post("/api/v1/units").cookie(&boss).body(drawn)).await;
        assert!(answer.body["id"].as_str().unwrap().starts_with("u-"), "{}", answer.body);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn another_brands_units_do_not_exist(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@two.example").await;
        let below_foreign = json!({ "name": "x", "kind": "store", "parent": "beijing" });
        let answer = house.ask(Ask::post("/api/v1/units").cookie(&boss).body(below_foreign)).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["field"]), (422, &json!("parent")));
        // An id another brand uses is free.
        let same_id = json!({ "id": "store-2", "name": "x", "kind": "store" });
        assert_eq!(house.ask(Ask::post("/api/v1/units").cookie(&boss).body(same_id)).await.status, 201);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn what_cannot_be_a_unit_is_told_by_field(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        for (body, field) in [
            (json!({ "id": "a b", "name": "x", "kind": "store" }), "id"),
            (json!({ "name": "", "kind": "store" }), "name"),
            (json!({ "name": "x", "kind": "castle" }), "kind"),
            (json!({ "name": "x", "kind": "city", "parent": "store-1" }), "parent"),
        ] {
            let answer = house.ask(Ask::post("/api/v1/units").cookie(&boss).body(body)).await;
            assert_eq!((answer.status, &answer.body["errors"][0]["field"]), (422, &json!(field)), "{}", answer.body);
        }
    }
}
