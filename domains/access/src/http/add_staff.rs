//! `POST /api/v1/staff`

use axum::{extract::State, response::Response};
use kernel::{StaffId, UnitId};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Asked, CanManageStaff, Problem};

use super::{StaffItem, give_once, origin::Origin};
use crate::{Access, Email, Name, NewStaff, Password, RoleId};

/// A member of staff to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewStaff)]
pub(super) struct AddStaff {
    /// Chosen by the brand, for instance their number there; one is drawn otherwise.
    #[schema(value_type = Option<String>, example = "s-1024")]
    id: Option<StaffId>,
    #[schema(value_type = String, example = "李雷")]
    name: Name,
    /// What they sign in with.
    #[schema(value_type = String, example = "lilei@example.com")]
    email: Email,
    /// At least 10 characters; not the e-mail address, and not one that everybody tries.
    #[schema(value_type = String, format = Password)]
    password: Password,
    /// One of those of every brand, or one the brand made. Nobody may give what they do not hold themselves.
    #[schema(value_type = String, example = "store_manager")]
    role: RoleId,
    /// Where they work. A manager without a unit sees only people they brought themselves.
    #[schema(value_type = Option<String>, example = "store-66")]
    unit: Option<UnitId>,
}

/// Adds a member of staff
#[utoipa::path(
    post, path = "/api/v1/staff", tag = "access", operation_id = "access.staff.create",
    request_body = AddStaff,
    responses(
        (status = 201, body = StaffItem),
        (status = 409, description = "The id or the e-mail is taken"),
        (status = 422, description = "A field is not valid, or the unit is unknown"),
    ),
    extensions(("x-permission" = json!("manage_staff")), ("x-once" = json!(true))),
)]
pub(super) async fn add_staff(
    caller: CanManageStaff,
    State(access): State<Access>,
    origin: Origin,
    Asked { body, once }: Asked<AddStaff>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(access.reads(), &caller, access.now()).await? {
        return Ok(answer);
    }
    let AddStaff { id, name, email, password, role, unit } = body;
    let new = NewStaff { id, name, email, password, role, unit };
    let (member, command) = access.new_staff(caller.workspace, new).await?;
    give_once(&access, &caller, &once, origin.by(&caller), command, &StaffItem::new(member)).await
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, PASSWORD};

    fn han(email: &str, unit: &str) -> Value {
        json!({ "name": "韩梅梅", "email": email, "password": PASSWORD, "role": "store_manager", "unit": unit })
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn whoever_was_added_can_sign_in(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let answer = house.ask(Ask::post("/api/v1/staff").cookie(&boss).body(han("Han@one.example", "store-2"))).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.body["unit"], json!({ "id": "store-2", "name": "store-2 of one" }));
        assert!(answer.body.get("password").is_none());
        let han_cookie = house.sign_in("han@one.example").await;
        assert_eq!(house.ids(Ask::get("/api/v1/units").cookie(&han_cookie)).await, ["store-2"]);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn an_address_is_taken_in_any_letters_and_a_foreign_unit_is_unknown(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        for (body, status) in [
            (han("CITY@one.example", "store-2"), 409),
            (han("boss@TWO.example", "store-2"), 409),
            (han("han@one.example", "store-9"), 422),
            (json!({ "id": "city", "name": "x", "email": "x@x", "password": PASSWORD, "role": "analyst" }), 409),
            (json!({ "name": "x", "email": "x@x", "password": "short", "role": "analyst" }), 422),
            (json!({ "name": "x", "email": "x", "password": PASSWORD, "role": "analyst" }), 422),
            (json!({ "name": "x", "email": "x@x", "password": PASSWORD, "role": "king" }), 422),
        ] {
            let answer = house.ask(Ask::post("/api/v1/staff").cookie(&boss).body(body)).await;
            assert_eq!(answer.status, status, "{}", answer.body);
        }
        // store-2 is a unit of brand one only.
        let boss = house.sign_in("boss@two.example").await;
        let answer = house.ask(Ask::post("/api/v1/staff").cookie(&boss).body(han("han@two.example", "store-2"))).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["field"]), (422, &json!("unit")));
    }
}
