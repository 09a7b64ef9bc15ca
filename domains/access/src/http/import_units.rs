//! `POST /api/v1/units/import`

use axum::{body::Bytes, extract::State};
use kernel::{ErrorCode, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanManageOrganisation, Json, Problem, ProblemItem, Query};

use super::origin::Origin;
use crate::{Access, Name, Unit, UnitKind};

/// Largest table taken, in bytes: some 400,000 units.
pub(super) const BYTES_MAX: usize = 32 << 20;
/// Mistakes told at once.
const ERRORS_MAX: usize = 1000;
const COLUMNS: [&str; 4] = ["id", "name", "kind", "parent"];

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuery {
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// What an import did, or would do.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportDone {
    /// Nothing was stored.
    dry_run: bool,
    /// New units.
    created: usize,
    /// Units that got another name, kind or parent.
    changed: usize,
    /// Units that were just so.
    unchanged: usize,
}

/// Imports an organisation
///
/// A table as CSV in UTF-8 with the columns id, name, kind (group, city, store, or 集团, 城市, 门店) and parent (an id, empty
/// at the top), in any order of lines: what `GET /api/v1/units?format=csv` gives is taken. Units that are there are changed,
/// others are added, none is deleted. All or nothing: if any entry is wrong, all that are wrong are named (`index` counts
/// entries from 0, the heading not among them) and nothing is stored.
#[utoipa::path(
    post, path = "/api/v1/units/import", tag = "access", operation_id = "access.unit.import",
    params(ImportQuery),
    request_body(content = String, content_type = "text/csv", example = "id,name,kind,parent\nstore-66,朝阳门店,store,\n"),
    responses(
        (status = 200, body = ImportDone),
        (status = 400, description = "This is no table"),
        (status = 413, description = "More than 32 MiB"),
        (status = 422, description = "Some entries are wrong; nothing was stored"),
    ),
    extensions(("x-permission" = json!("manage_organisation"))),
)]
pub(super) async fn import_units(
    caller: CanManageOrganisation,
    State(access): State<Access>,
    origin: Origin,
    Query(ImportQuery { dry_run }): Query<ImportQuery>,
    body: Bytes,
) -> Result<Json<ImportDone>, Problem> {
    let units = read(&body)?;
    let done = access.import_units(origin.by(&caller), caller.workspace, units, dry_run).await?;
    let (created, changed, unchanged) = done;
    Ok(Json(ImportDone { dry_run, created, changed, unchanged }))
}

/// The entries of a table, or everything that is wrong with their fields.
fn read(table: &[u8]) -> Result<Vec<Unit>, Problem> {
    let malformed = |said: String| Problem::new(ErrorCode::Malformed).detail(said);
    let table = std::str::from_utf8(table).map_err(|_| malformed("Save the table as CSV in UTF-8".to_owned()))?;
    let table = table.strip_prefix('\u{feff}').unwrap_or(table);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(table.as_bytes());
    let heading = reader.headers().map_err(|error| malformed(error.to_string()))?.clone();
    let place = |column: &str| heading.iter().position(|each| each.eq_ignore_ascii_case(column));
    let Some(places) = COLUMNS.iter().map(|column| place(column)).collect::<Option<Vec<usize>>>() else {
        return Err(malformed(format!("The first line must name the columns {}", COLUMNS.join(", "))));
    };
    let (mut units, mut wrong) = (Vec::new(), Vec::new());
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| malformed(error.to_string()))?;
        let fields = places.iter().map(|place| record.get(*place).unwrap_or_default());
        match entry(&fields.collect::<Vec<_>>()) {
            Ok(unit) => units.push(unit),
            Err((field, message)) => {
                wrong.push(ProblemItem { index: Some(index), field: Some(field.to_owned()), message });
            }
        }
    }
    if wrong.is_empty() {
        return Ok(units);
    }
    let said = format!("the list cannot be taken over: {} entries are wrong", wrong.len());
    let problem = Problem::new(ErrorCode::Invalid).detail(said);
    Err(wrong.into_iter().take(ERRORS_MAX).fold(problem, Problem::item))
}

fn entry(fields: &[&str]) -> Result<Unit, (&'static str, String)> {
    let [id, name, kind, parent] = fields else { return Err(("id", "the entry is too short".to_owned())) };
    let id: UnitId = id.parse().map_err(|error: kernel::IdError| ("id", error.to_string()))?;
    // What our own export guards against spreadsheets.
    let name = name.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(name);
    let name = Name::try_from(name).map_err(|error| ("name", error.to_string()))?;
    let kind = match *kind {
        "集团" => Some(UnitKind::Group),
        "城市" => Some(UnitKind::City),
        "门店" => Some(UnitKind::Store),
        word => UnitKind::parse(word),
    };
    let kind = kind.ok_or_else(|| ("kind", "a kind is group, city or store (集团, 城市, 门店)".to_owned()))?;
    let parent = match *parent {
        "" => None,
        parent => Some(parent.parse().map_err(|error: kernel::IdError| ("parent", error.to_string()))?),
    };
    Ok(Unit { id, parent, kind, name: name.into() })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House};

    fn import(cookie: &str, query: &str, table: &str) -> Ask {
        Ask::post(&format!("/api/v1/units/import{query}")).cookie(cookie).text("text/csv", table)
    }

    const TABLE: &str = "\u{feff}name,id,parent,kind\n望京门店,store-4,tianjin,门店\n\"天津, 城\",tianjin,all,city\n\
        store-1 of one,store-1,beijing,store\n搬了,store-3,beijing,store\n";

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn a_list_in_any_order_is_tried_and_then_taken_over(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let before = house.ids(Ask::get("/api/v1/units").cookie(&boss)).await;
        for (query, dry_run) in [("?dry_run=true", true), ("", false)] {
            assert_eq!(house.ids(Ask::get("/api/v1/units").cookie(&boss)).await, before);
            let answer = house.ask(import(&boss, query, TABLE)).await;
            let expected = json!({ "dry_run": dry_run, "created": 2, "changed": 1, "unchanged": 1 });
            assert_eq!((answer.status, answer.body), (200, expected));
        }
        let city = house.sign_in("city@one.example").await;
        assert_eq!(
            house.ids(Ask::get("/api/v1/units").cookie(&city)).await,
            ["beijing", "store-1", "store-2", "store-3"]
        );

        // What is exported is imported without a change.
        let exported = house.ask(Ask::get("/api/v1/units?format=csv").cookie(&boss)).await;
        assert!(exported.text.contains("tianjin,\"天津, 城\",city,all"), "{}", exported.text);
        let again = house.ask(import(&boss, "", &exported.text)).await;
        assert_eq!(again.body, json!({ "dry_run": false, "created": 0, "changed": 0, "unchanged": 8 }));
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn one_wrong_entry_keeps_all_out_and_every_wrong_one_is_named(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@one.example").await;
        let before = house.ids(Ask::get("/api/v1/units").cookie(&boss)).await;
        let fields = "id,name,kind,parent\nnew-1,x,store,\na b,x,store,\nnew-2,,store,\nnew-3,x,castle,\n";
        let tree = "id,name,kind,parent\nnew-1,x,store,\nnew-2,x,store,nowhere\nnew-1,x,store,\n";
        for (table, places) in
            [(fields, json!([[1, "id"], [2, "name"], [3, "kind"]])), (tree, json!([[1, "parent"], [2, "id"]]))]
        {
            for query in ["?dry_run=true", ""] {
                let answer = house.ask(import(&boss, query, table)).await;
                let errors = answer.body["errors"].as_array().unwrap();
                let named: Vec<_> = errors.iter().map(|error| json!([error["index"], error["field"]])).collect();
                assert_eq!((answer.status, json!(named)), (422, places.clone()), "{}", answer.body);
            }
        }
        assert_eq!(house.ask(import(&boss, "", "id,name\nx,y\n")).await.status, 400);
        assert_eq!(house.ids(Ask::get("/api/v1/units").cookie(&boss)).await, before);
    }

    #[db_test(migrations = crate::MIGRATIONS)]
    async fn five_thousand_stores_come_in_at_once(records: Records) {
        let house = House::new(&records).await;
        let boss = house.sign_in("boss@two.example").await;
        let mut table = "id,name,kind,parent\n".to_owned();
        for n in 0..5000 {
            writeln!(table, "s{n},第{n}店,store,c{}", n % 50).unwrap();
        }
        for n in 0..50 {
            writeln!(table, "c{n},第{n}城,city,").unwrap();
        }
        let answer = house.ask(import(&boss, "", &table)).await;
        assert_eq!((answer.status, &answer.body["created"]), (200, &json!(5050)), "{}", answer.body);
    }
}
