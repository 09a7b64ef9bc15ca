//! `GET /api/v1/units`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadOrganisation, Csv, Format, Json, Page, Problem, Query};

use super::UnitItem;
use crate::Access;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListUnits {
    /// `csv` gives what the import takes.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The organisation, as far as the caller sees it
///
/// All in one page, by id. A parent may lie outside what the caller sees.
#[utoipa::path(
    get, path = "/api/v1/units", tag = "access", operation_id = "access.unit.list",
    params(ListUnits),
    responses((status = 200, body = Page<UnitItem>)),
    extensions(("x-permission" = json!("read_organisation"))),
)]
pub(super) async fn list_units(
    caller: CanReadOrganisation,
    State(access): State<Access>,
    Query(ListUnits { format }): Query<ListUnits>,
) -> Result<Response, Problem> {
    let units = access.units_in_scope(&caller).await?;
    match format {
        Format::Json => Ok(Json(Page::whole(units.into_iter().map(UnitItem::from).collect())).into_response()),
        Format::Csv => {
            let mut csv = Csv::new("units", &["id", "name", "kind", "parent"]);
            for UnitItem { id, name, kind, parent } in units.into_iter().map(UnitItem::from) {
                csv.line([id.into(), name.into(), kind.as_str().into(), parent.into()]);
            }
            Ok(csv.into_response())
        }
    }
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
