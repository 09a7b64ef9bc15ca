//! `GET /api/v1/facts/health/shapes`: what the facts of a source look like.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadFacts, Csv, Format, Json, Page, Problem, Query};

use crate::{
    Doors,
    model::ShapeSpan,
    rules::health::{Seen, drifts},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ShapeQuery {
    /// Only of this source, such as `key:k-…`.
    source: Option<String>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// An event of a source, or a property of it with a value of a kind.
#[derive(Serialize, ToSchema)]
pub(super) struct ShapeRow {
    #[schema(example = "key:k-7pm")]
    source: String,
    event: String,
    /// Null for the event itself.
    property: Option<String>,
    /// `text`, `number`, `bool`, `list` or `object`; null for the event itself.
    kind: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
    /// How often, among the facts that were looked into: up to 200 a second of a brand.
    times: i64,
    /// `new`, `gone` or `other_kind` when that happened within the last day; null when nothing changed.
    change: Option<&'static str>,
}

/// What the facts of a source look like
///
/// Events, and the names and kinds of their properties, in the order of names. Kept for 90 days after they were last seen, up to
/// 4,000 of a source.
#[utoipa::path(
    get, path = "/api/v1/facts/health/shapes", tag = "capture", operation_id = "capture.health.shapes",
    params(ShapeQuery),
    responses((status = 200, body = Page<ShapeRow>)),
    extensions(("x-permission" = json!("read_facts"))),
)]
pub(super) async fn list(
    caller: CanReadFacts,
    State(doors): State<Doors>,
    Query(asked): Query<ShapeQuery>,
) -> Result<Response, Problem> {
    let shapes = doors.register.pulse.shapes(caller.workspace, asked.source.as_deref()).await;
    let rows = rows(shapes.map_err(Problem::unavailable)?, doors.clock.now());
    match asked.format {
        Format::Json => Ok(Json(Page::whole(rows)).into_response()),
        Format::Csv => Ok(table(rows).into_response()),
    }
}

fn rows(shapes: Vec<ShapeSpan>, now: Timestamp) -> Vec<ShapeRow> {
    let mut by_source: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for ShapeSpan { source, seen } in shapes {
        by_source.entry(source).or_default().push(seen);
    }
    let mut rows = Vec::new();
    for (source, seen) in by_source {
        let drifts = drifts(&seen, now);
        rows.extend(seen.into_iter().map(|seen| {
            let same = drifts.iter().find(|drift| {
                drift.event == seen.event
                    && drift.property == seen.property
                    && (drift.kind.is_empty() || drift.kind == seen.kind)
            });
            let change = same.map(|drift| drift.change.as_str());
            let Seen { event, property, kind, first_at, last_at, times } = seen;
            let [property, kind] = [property, kind].map(|text| Some(text).filter(|text| !text.is_empty()));
            ShapeRow { source: source.clone(), event, property, kind, first_at, last_at, times, change }
        }));
    }
    rows
}

fn table(rows: Vec<ShapeRow>) -> Csv {
    let columns = ["source", "event", "property", "kind", "first_at", "last_at", "times", "change"];
    let mut csv = Csv::new("shapes", &columns);
    for row in rows {
        csv.line([
            row.source.into(),
            row.event.into(),
            row.property.into(),
            row.kind.into(),
            row.first_at.into(),
            row.last_at.into(),
            row.times.into(),
            row.change.map(str::to_owned).into(),
        ]);
    }
    csv
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use crate::http::tests::{Ask, House, NOW, migrations};

    #[db_test(migrations = migrations())]
    async fn what_came_by_every_door_is_taken_apart(records: Records) {
        let house = House::new(&records);
        let item = json!({ "event": "Seen", "user_id": "u1", "properties": { "n": 1, "t": "x" } });
        house.ask(Ask::facts(&json!([item, { "event": "Refused" }])).by("write")).await;
        let call = json!({ "event": "Called", "userId": "u1", "properties": { "ok": true } });
        house.ask(Ask::raw("/v1/t", call.to_string()).by("secret")).await;
        let read = async |query: &str| {
            house.ask(Ask::get(&format!("/api/v1/facts/health/shapes?{query}")).by("analyst")).await.body
        };
        let row = |source: &str, event: &str, property: Value, kind: Value| {
            json!({ "source": source, "event": event, "property": property, "kind": kind, "first_at": NOW, "last_at": NOW,
                "times": 1, "change": null })
        };
        let of_k1 = [
            row("key:k1", "Seen", json!(null), json!(null)),
            row("key:k1", "Seen", json!("n"), json!("number")),
            row("key:k1", "Seen", json!("t"), json!("text")),
        ];
        assert_eq!(read("source=key:k1").await["items"], json!(of_k1));
        assert_eq!(read("").await["items"].as_array().unwrap().len(), 5);
        assert_eq!(read("source=key:k9").await["items"], json!([]));
        assert_eq!(read("format=csv").await.as_str().unwrap().lines().count(), 6);
    }
}
