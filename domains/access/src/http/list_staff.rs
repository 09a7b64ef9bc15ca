//! `GET /api/v1/staff`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::UnitId;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadOrganisation, Csv, Format, Json, Page, Problem, Query};

use super::StaffItem;
use crate::{
    Access, RoleId,
    ops::{StaffFilter, StaffState},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListStaff {
    /// In the name, the e-mail or the id.
    q: Option<String>,
    #[param(value_type = Option<String>)]
    role: Option<RoleId>,
    /// There or below.
    #[param(value_type = Option<String>)]
    unit: Option<UnitId>,
    /// Those who may come in, unless asked otherwise.
    #[serde(default)]
    #[param(inline)]
    state: StaffState,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The staff, as far as the caller sees it
///
/// All in one page, by id.
#[utoipa::path(
    get, path = "/api/v1/staff", tag = "access", operation_id = "access.staff.list",
    params(ListStaff),
    responses((status = 200, body = Page<StaffItem>)),
    extensions(("x-permission" = json!("read_organisation"))),
)]
pub(super) async fn list_staff(
    caller: CanReadOrganisation,
    State(access): State<Access>,
    Query(ListStaff { q, role, unit, state, format }): Query<ListStaff>,
) -> Result<Response, Problem> {
    let filter = StaffFilter { text: q, role, unit, state };
    let staff = access.staff_in_scope(&caller, &filter).await?;
    let items = staff.into_iter().map(StaffItem::new);
    Ok(match format {
        Format::Json => Json(Page::whole(items.collect())).into_response(),
        Format::Csv => table(items).into_response(),
    })
}

fn table(items: impl Iterator<Item = StaffItem>) -> Csv {
    let mut csv = Csv::new("staff", &["id", "name", "email", "role", "role_name", "unit", "unit_name", "active"]);
    for StaffItem { id, name, email, role, role_name, unit, active } in items {
        let (unit, unit_name) = unit.map(|unit| (unit.id, unit.name)).unzip();
        csv.line([
            id.into(),
            name.into(),
            email.into(),
            role.as_str().into(),
            role_name.into(),
            unit.into(),
            unit_name.into(),
            active.into(),
        ]);
    }
    csv
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
            "id": "store", "name": "store", "email": "Store@one.example", "role": "store_manager", "role_name": null,
            "unit": { "id": "store-1", "name": "store-1 of one" }, "active": true,
        });
        assert_eq!(answer.body["items"][0], expected);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn the_staff_is_filtered_and_exported(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        for (query, found) in [
            ("?q=ANALYST@", vec!["analyst"]),
            ("?role=store_manager", vec!["rover", "store"]),
            ("?unit=beijing", vec!["city", "store"]),
            ("?unit=beijing&role=city_manager", vec!["city"]),
            ("?unit=nowhere", vec![]),
        ] {
            assert_eq!(house.ids(Ask::get(&format!("/api/v1/staff{query}")).cookie(&boss)).await, found, "{query}");
        }
        let csv = house.ask(Ask::get("/api/v1/staff?format=csv&q=store").cookie(&boss)).await;
        let expected = "\u{feff}id,name,email,role,role_name,unit,unit_name,active\n\
            store,store,Store@one.example,store_manager,,store-1,store-1 of one,true\n";
        assert_eq!(csv.text, expected);
    }
}
