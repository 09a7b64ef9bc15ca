//! `GET /api/v1/facts/volume`: how much comes in, minute by minute.

use axum::extract::State;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadFacts, Json, Page, Problem, Query};

use crate::{Doors, model::Volume};

/// Minutes told when not asked, and at most.
const MINUTES: u32 = 60;
const MINUTES_MAX: u32 = 24 * 60;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VolumeQuery {
    /// How many minutes back, this one included: 60 when not asked, 1,440 at most.
    minutes: Option<u32>,
}

/// What one source handed in within one minute.
#[derive(Serialize, ToSchema)]
pub(super) struct VolumeRow {
    /// The beginning of the minute.
    #[schema(value_type = String, format = DateTime)]
    minute: Timestamp,
    /// The key or person.
    #[schema(example = "key:k-7pm")]
    source: String,
    /// What that key or person is called now, if it is there.
    source_name: Option<String>,
    /// Items taken, repeats included.
    accepted: i64,
    /// Items not taken.
    rejected: i64,
}

/// How much comes in, minute by minute
///
/// By source, in the order of time; a minute without anything is left out. Counted when it is received, repeats included.
#[utoipa::path(
    get, path = "/api/v1/facts/volume", tag = "capture", operation_id = "capture.volume.read",
    params(VolumeQuery),
    responses((status = 200, body = Page<VolumeRow>)),
    extensions(("x-permission" = json!("read_facts"))),
)]
pub(super) async fn read(
    caller: CanReadFacts,
    State(doors): State<Doors>,
    Query(asked): Query<VolumeQuery>,
) -> Result<Json<Page<VolumeRow>>, Problem> {
    let minutes = asked.minutes.unwrap_or(MINUTES).clamp(1, MINUTES_MAX);
    let volumes = doors.register.volumes(caller.workspace, minutes).await.map_err(Problem::unavailable)?;
    let names = doors.sources.names(caller.workspace).await.map_err(Problem::unavailable)?;
    let rows = volumes.into_iter().map(|Volume { minute, source, accepted, rejected }| {
        let source_name = names.get(&source).cloned();
        VolumeRow { minute, source, source_name, accepted, rejected }
    });
    Ok(Json(Page::whole(rows.collect())))
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::json;

    use crate::http::tests::{Ask, House, migrations};

    #[db_test(migrations = migrations())]
    async fn each_source_is_counted_minute_by_minute(records: Records) {
        let house = House::new(&records);
        let items = json!([{ "event": "E", "user_id": "u1", "message_id": "m-1" }, 7]);
        let read = async |query: &str| {
            house.ask(Ask::get(&format!("/api/v1/facts/volume{query}")).by("analyst")).await.body["items"].clone()
        };
        house.ask(Ask::facts(&items).by("write")).await;
        house.ask(Ask::facts(&items).by("write")).await;
        let row = |minute: &str, source: &str, name: Option<&str>, counts: [u32; 2]| json!({ "minute": minute, "source": source, "source_name": name, "accepted": counts[0], "rejected": counts[1] });
        let first = row("2026-11-22T08:00:00Z", "key:k1", Some("小程序"), [2, 2]);
        assert_eq!(read("").await, json!([first]), "a repeat counts");
        house.clock.advance_secs(61);
        house.ask(Ask::facts(&items).by("secret")).await;
        let second = row("2026-11-22T08:01:00Z", "key:k2", None, [1, 1]);
        assert_eq!(read("").await, json!([first, second]));
        assert_eq!(read("?minutes=1").await, json!([second]));
        assert_eq!(read("?minutes=0").await, json!([second]));
        house.clock.advance_secs(8 * 24 * 3600);
        assert_eq!(read("?minutes=100000").await, json!([]));
        house.ask(Ask::facts(&items).by("write")).await;
        let rejected = house.ask(Ask::get("/api/v1/facts/rejected").by("analyst")).await;
        assert_eq!(rejected.body["items"].as_array().unwrap().len(), 1, "those of last week are gone");
    }
}
