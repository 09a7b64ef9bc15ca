//! `PATCH /api/v1/units/{unit}`

use axum::extract::State;
use kernel::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageOrganisation, Json, Path, Problem};

use super::{
    UnitItem,
    origin::{Origin, present},
};
use crate::{Access, Name, UnitKind, rules::decide::UnitChange};

/// What is to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = UnitChange)]
pub(super) struct ChangeUnit {
    #[schema(value_type = Option<String>, nullable = false, example = "朝阳门店")]
    name: Option<Name>,
    #[schema(nullable = false)]
    kind: Option<UnitKind>,
    /// Null for the top.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "beijing")]
    parent: Option<Option<UnitId>>,
}

/// Changes a unit, or moves it with all that hangs below
#[utoipa::path(
    patch, path = "/api/v1/units/{unit}", tag = "access", operation_id = "access.unit.update",
    params(("unit" = String, Path)),
    request_body = ChangeUnit,
    responses(
        (status = 200, body = UnitItem),
        (status = 404, description = "No such unit"),
        (status = 422, description = "A field is not valid, the parent is unknown, or the storeys do not fit"),
    ),
    extensions(("x-permission" = json!("manage_organisation"))),
)]
pub(super) async fn change_unit(
    caller: CanManageOrganisation,
    State(access): State<Access>,
    origin: Origin,
    Path(unit): Path<UnitId>,
    Json(ChangeUnit { name, kind, parent }): Json<ChangeUnit>,
) -> Result<Json<UnitItem>, Problem> {
    let change = UnitChange { name: name.map(String::from), kind, parent };
    Ok(Json(access.change_unit(origin.by(&caller), caller.workspace, unit, change).await?.into()))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House};

    fn change(cookie: &str, unit: &str, body: Value) -> Ask {
        Ask::patch(&format!("/api/v1/units/{unit}")).cookie(cookie).body(body)
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_store_that_moves_is_seen_by_its_new_city(records: Records) {
        let house = House::new(&records).await;
        let (boss, city) = (house.sign_in("boss@one.example").await, house.sign_in("city@one.example").await);
        let answer = house.ask(change(&boss, "store-3", json!({ "parent": "beijing", "name": "新店" }))).await;
        let expected = json!({ "id": "store-3", "name": "新店", "kind": "store", "parent": "beijing" });
        assert_eq!((answer.status, answer.body), (200, expected));
        assert_eq!(
            house.ids(Ask::get("/api/v1/units").cookie(&city)).await,
            ["beijing", "store-1", "store-2", "store-3"]
        );
        let answer = house.ask(change(&boss, "store-3", json!({ "parent": null }))).await;
        assert_eq!((&answer.body["parent"], &answer.body["name"]), (&json!(null), &json!("新店")));
        for (unit, body, status) in [
            ("beijing", json!({ "parent": "store-1" }), 422),
            ("beijing", json!({ "parent": "beijing" }), 422),
            ("beijing", json!({ "kind": "store" }), 422),
            ("beijing", json!({ "parent": "nowhere" }), 422),
            ("nowhere", json!({ "name": "x" }), 404),
        ] {
            assert_eq!(house.ask(change(&boss, unit, body.clone())).await.status, status, "{unit} {body}");
        }
        let other = house.sign_in("boss@two.example").await;
        assert_eq!(house.ask(change(&other, "store-3", json!({ "name": "x" }))).await.status, 404);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn only_what_nothing_hangs_below_goes_away(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let delete = async |unit: &str| house.ask(Ask::delete(&format!("/api/v1/units/{unit}")).cookie(&boss)).await;
        let invite = json!({ "email": "han@one.example", "role": "store_manager", "unit": "store-2" });
        let invited = house.ask(Ask::post("/api/v1/invitations").cookie(&boss).body(invite)).await;
        for unit in ["shanghai", "store-1", "store-2"] {
            let answer = delete(unit).await;
            assert_eq!((answer.status, &answer.body["code"]), (409, &json!("conflict")), "{unit} {}", answer.body);
        }
        let address = format!("/api/v1/invitations/{}", invited.body["id"].as_str().unwrap());
        assert_eq!(house.ask(Ask::delete(&address).cookie(&boss)).await.status, 204);
        for unit in ["store-3", "shanghai", "store-2"] {
            assert_eq!(delete(unit).await.status, 204, "{unit}");
        }
        assert_eq!(delete("shanghai").await.status, 404);
        assert_eq!(house.ids(Ask::get("/api/v1/units").cookie(&boss)).await, ["all", "beijing", "store-1"]);
        let other = house.sign_in("boss@two.example").await;
        assert_eq!(house.ask(Ask::delete("/api/v1/units/beijing").cookie(&other)).await.status, 404);
    }
}
