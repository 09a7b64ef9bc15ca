//! `GET /api/v1/staff`

use axum::extract::State;
use web::{CanReadOrganisation, Json, Page, Problem};

use super::StaffItem;
use crate::Access;

/// The staff, as far as the caller sees it
///
/// All in one page, by id.
#[utoipa::path(
    get, path = "/api/v1/staff", tag = "access", operation_id = "access.staff.list",
    responses((status = 200, body = Page<StaffItem>)),
    extensions(("x-permission" = json!("read_organisation"))),
)]
pub(super) async fn list_staff(
    caller: CanReadOrganisation,
    State(access): State<Access>,
) -> Result<Json<Page<StaffItem>>, Problem> {
    let staff = access.staff_in_scope(&caller).await?;
    Ok(Json(Page::whole(staff.into_iter().map(|(staff, unit)| StaffItem::new(staff, unit)).collect())))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn each_sees_the_staff_of_their_scope(records: Records) {
        let house = House::new(&records).await;
        let seen_by = async |email: &str| {
            let cookie = house.sign_in(email).await;
            house.ids(Ask::get("/api/v1/staff").cookie(&cookie)).await
        };
        assert_eq!(seen_by("boss@one.example").await, ["analyst", "boss", "city", "rover", "store"]);
        assert_eq!(seen_by("city@one.example").await, ["city", "store"]);
        assert_eq!(seen_by("store@one.example").await, ["store"]);
        assert_eq!(seen_by("rover@one.example").await, ["rover"]);
        assert_eq!(seen_by("boss@two.example").await, ["boss"]);

        let cookie = house.sign_in("store@one.example").await;
        let answer = house.ask(Ask::get("/api/v1/staff").cookie(&cookie)).await;
        let expected = json!({
            "id": "store", "name": "store", "email": "Store@one.example", "role": "store_manager",
            "unit": { "id": "store-1", "name": "store-1 of one" },
        });
        assert_eq!(answer.body["items"][0], expected);
    }
}
