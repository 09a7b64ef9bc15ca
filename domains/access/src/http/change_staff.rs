//! `PATCH /api/v1/staff/{staff}`

use axum::extract::State;
use kernel::{StaffId, UnitId};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageStaff, Json, Path, Problem};

use super::{
    StaffItem,
    origin::{Origin, present},
};
use crate::{Access, Name, RoleId, rules::decide::StaffChange};

/// What is to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = StaffChange)]
pub(super) struct ChangeStaff {
    #[schema(value_type = Option<String>, nullable = false, example = "李雷")]
    name: Option<Name>,
    /// Nobody may give, or take away, what they do not hold themselves.
    #[schema(value_type = Option<String>, nullable = false, example = "store_manager")]
    role: Option<RoleId>,
    /// Null for nowhere in particular.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "store-66")]
    unit: Option<Option<UnitId>>,
    /// False shuts them out at once, everywhere; true lets them in again.
    #[schema(nullable = false)]
    active: Option<bool>,
}

/// Changes a member of staff
///
/// Name, role, unit, and whether they may come in. Whoever is deactivated is signed out everywhere at once on this node,
/// within ten seconds on others. The last owner stays one.
#[utoipa::path(
    patch, path = "/api/v1/staff/{staff}", tag = "access", operation_id = "access.staff.update",
    params(("staff" = String, Path)),
    request_body = ChangeStaff,
    responses(
        (status = 200, body = StaffItem),
        (status = 404, description = "No such member of staff"),
        (status = 409, description = "They are the last owner"),
        (status = 422, description = "A field is not valid, or the unit is unknown"),
    ),
    extensions(("x-permission" = json!("manage_staff"))),
)]
pub(super) async fn change_staff(
    caller: CanManageStaff,
    State(access): State<Access>,
    origin: Origin,
    Path(staff): Path<StaffId>,
    Json(body): Json<ChangeStaff>,
) -> Result<Json<StaffItem>, Problem> {
    let ChangeStaff { name, role, unit, active } = body;
    let change = StaffChange { name: name.map(String::from), role, unit, active };
    let member = access.change_staff(origin.by(&caller), caller.workspace, staff, change).await?;
    Ok(Json(StaffItem::new(member)))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, PASSWORD};

    fn change(cookie: &str, staff: &str, body: Value) -> Ask {
        Ask::patch(&format!("/api/v1/staff/{staff}")).cookie(cookie).body(body)
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn who_moves_sees_the_new_place_at_once(records: Records) {
        let house = House::new(&records).await;
        let (boss, store) = (house.sign_in("boss@one.example").await, house.sign_in("store@one.example").await);
        assert_eq!(house.ids(Ask::get("/api/v1/units").cookie(&store)).await, ["store-1"]);
        let body = json!({ "name": "韩梅梅", "role": "city_manager", "unit": "shanghai" });
        let answer = house.ask(change(&boss, "store", body)).await;
        assert_eq!((answer.status, &answer.body["name"]), (200, &json!("韩梅梅")), "{}", answer.body);
        assert_eq!(house.ids(Ask::get("/api/v1/units").cookie(&store)).await, ["shanghai", "store-3"]);
        let answer = house.ask(change(&boss, "store", json!({ "unit": null }))).await;
        assert_eq!((&answer.body["unit"], &answer.body["role"]), (&json!(null), &json!("city_manager")));
        for (staff, body, status) in [
            ("store", json!({ "unit": "nowhere" }), 422),
            ("store", json!({ "role": "king" }), 422),
            ("nobody", json!({ "name": "x" }), 404),
        ] {
            assert_eq!(house.ask(change(&boss, staff, body)).await.status, status, "{staff}");
        }
        let other = house.sign_in("boss@two.example").await;
        assert_eq!(house.ask(change(&other, "store", json!({ "name": "x" }))).await.status, 404);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn whoever_is_deactivated_is_out_everywhere_at_once_until_let_in_again(records: Records) {
        let house = House::new(&records).await;
        let (boss, store) = (house.sign_in("boss@one.example").await, house.sign_in("store@one.example").await);
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&store)).await.status, 200);
        let answer = house.ask(change(&boss, "store", json!({ "active": false }))).await;
        assert_eq!((answer.status, &answer.body["active"]), (200, &json!(false)));
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&store)).await.status, 401);
        let sign_in =
            || Ask::post("/api/v1/session").body(json!({ "email": "store@one.example", "password": PASSWORD }));
        assert_eq!(house.ask(sign_in()).await.body["code"], "wrong_credentials");
        let listed = async |state: &str| house.ids(Ask::get(&format!("/api/v1/staff{state}")).cookie(&boss)).await;
        assert_eq!(listed("").await, ["analyst", "boss", "city", "rover"]);
        assert_eq!(listed("?state=deactivated").await, ["store"]);
        assert_eq!(listed("?state=all").await.len(), 5);
        assert_eq!(house.ask(Ask::post("/api/v1/staff/store/reset-password").cookie(&boss)).await.status, 404);

        assert_eq!(house.ask(change(&boss, "store", json!({ "active": true }))).await.status, 200);
        assert_eq!(house.ask(sign_in()).await.status, 200);
        assert_eq!(house.ask(Ask::get("/api/v1/session").cookie(&store)).await.status, 401, "old sessions stay ended");
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn the_last_owner_stays_one(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        for body in [json!({ "role": "analyst" }), json!({ "active": false })] {
            assert_eq!(house.ask(change(&boss, "boss", body)).await.status, 409);
        }
        assert_eq!(house.ask(change(&boss, "analyst", json!({ "role": "owner" }))).await.status, 200);
        assert_eq!(house.ask(change(&boss, "boss", json!({ "role": "analyst" }))).await.status, 200);
        assert_eq!(house.ask(change(&boss, "boss", json!({ "role": "owner" }))).await.status, 403);
    }
}
