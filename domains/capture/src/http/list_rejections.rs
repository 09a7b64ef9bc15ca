//! `GET /api/v1/facts/rejected`: what the doors did not take, and why.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadFacts, Csv, Format, Json, Limit, Page, Problem, Query};

use crate::{
    Doors,
    model::{Door, Kept, Refusal},
    store::RefusalQuery,
};

/// Lines of an export at most: all that is kept.
const EXPORT_MAX: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only for this reason, as in the entries: `nobody_named`.
    reason: Option<String>,
    /// Only from this source, as in the entries: `key:k-…`.
    source: Option<String>,
    /// Where the page before ended.
    after: Option<i64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `csv` gives all that are kept and fit, whatever the limit.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Something that was not taken.
#[derive(Serialize, ToSchema)]
pub(super) struct Rejected {
    /// Rises with time.
    id: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    door: Door,
    /// The key or person it came from.
    #[schema(example = "key:k-7pm")]
    source: String,
    /// What that key or person is called now, if it is there.
    source_name: Option<String>,
    /// A stable word; `request` when nothing of a whole request was taken.
    #[schema(example = "nobody_named")]
    reason: String,
    /// The same in a sentence, as the sender was told it.
    message: String,
    /// What the item calls itself, as far as it could be read.
    event: Option<String>,
    message_id: Option<String>,
    /// How large it was.
    bytes: u64,
    /// How it begins, 512 bytes at most.
    excerpt: String,
}

impl Rejected {
    fn of(Kept { number, refusal }: Kept, source_name: Option<String>) -> Self {
        let Refusal { at, door, source, reason, message, event, message_id, bytes, excerpt } = refusal;
        Self { id: number, at, door, source, source_name, reason, message, event, message_id, bytes, excerpt }
    }
}

/// What the doors did not take, and why
///
/// The latest first. The newest 10,000 of a brand are kept, for seven days at most.
#[utoipa::path(
    get, path = "/api/v1/facts/rejected", tag = "capture", operation_id = "capture.rejection.list",
    params(ListQuery),
    responses((status = 200, body = Page<Rejected>)),
    extensions(("x-permission" = json!("read_facts"))),
)]
pub(super) async fn list(
    caller: CanReadFacts,
    State(doors): State<Doors>,
    Query(asked): Query<ListQuery>,
) -> Result<Response, Problem> {
    let ListQuery { reason, source, after, limit, format } = asked;
    let query = RefusalQuery { reason, source, below: after, since: None };
    let limit = limit.get();
    let most = if format == Format::Csv { EXPORT_MAX } else { limit + 1 };
    let kept = doors.register.refusals(caller.workspace, query, most).await.map_err(Problem::unavailable)?;
    let names = doors.sources.names(caller.workspace).await.map_err(Problem::unavailable)?;
    let rejected = kept.into_iter().map(|kept| {
        let name = names.get(&kept.refusal.source).cloned();
        Rejected::of(kept, name)
    });
    match format {
        Format::Json => {
            let page = Page::cut(rejected.collect(), limit, |item: &Rejected| item.id.to_string());
            Ok(Json(page).into_response())
        }
        Format::Csv => Ok(table(rejected).into_response()),
    }
}

fn table(rejected: impl Iterator<Item = Rejected>) -> Csv {
    let columns =
        ["id", "at", "door", "source", "source_name", "reason", "message", "event", "message_id", "bytes", "excerpt"];
    let mut csv = Csv::new("rejected", &columns);
    for item in rejected {
        csv.line([
            item.id.into(),
            item.at.into(),
            item.door.as_str().into(),
            item.source.into(),
            item.source_name.into(),
            item.reason.into(),
            item.message.into(),
            item.event.into(),
            item.message_id.into(),
            item.bytes.into(),
            item.excerpt.into(),
        ]);
    }
    csv
}

#[cfg(test)]
mod tests {
    use db::{Records, db_test};
    use serde_json::{Value, json};

    use super::EXPORT_MAX;
    use crate::http::tests::{Ask, House, NOW, migrations};

    async fn told(house: &House, query: &str) -> Value {
        let answer = house.ask(Ask::get(&format!("/api/v1/facts/rejected?{query}")).by("analyst")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    fn column(page: &Value, name: &str) -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|item| item[name].clone()).collect()
    }

    #[db_test(migrations = migrations())]
    async fn what_was_refused_is_told_with_its_reason_whichever_door_it_came_to(records: Records) {
        let house = House::new(&records);
        let nobody = json!({ "event": "Page Seen", "message_id": "m-1", "properties": { "长": "x".repeat(600) } });
        house.ask(Ask::facts(&json!([nobody, { "event": "E", "user_id": "u1" }, 7])).by("write")).await;
        let root = json!({ "event": "Spread Started", "user_id": "u1", "properties": { "campaign": "c" } });
        house.ask(Ask::facts(&json!([root])).by("write")).await;
        assert_eq!(house.ask(Ask::facts(&json!([root])).by("secret")).await.body["accepted"], 1);
        let batch = json!({ "batch": [{ "type": "dance", "userId": "u1", "messageId": "m-2" }] });
        house.ask(Ask::raw("/v1/b", batch.to_string()).by("secret")).await;
        house.ask(Ask::raw("/v1/t", "{").by("write")).await;
        house.ask(Ask::raw("/api/v1/facts", "{}").by("write")).await;
        house.ask(Ask::raw("/v1/t", "{}").by("nobody")).await;

        let page = told(&house, "").await;
        assert_eq!(
            column(&page, "reason"),
            ["request", "request", "type", "brand_only", "shape", "nobody_named"],
            "the latest first"
        );
        let first = &page["items"][5];
        let excerpt = first["excerpt"].as_str().unwrap();
        assert!(excerpt.len() <= 512 && nobody.to_string().starts_with(excerpt), "{excerpt}");
        assert_eq!(
            *first,
            json!({
                "id": 1, "at": NOW, "door": "facts", "source": "key:k1", "source_name": "小程序", "reason": "nobody_named",
                "message": "user_id or anonymous_id is needed", "event": "Page Seen", "message_id": "m-1",
                "bytes": nobody.to_string().len(), "excerpt": excerpt,
            })
        );
        assert_eq!(page["items"][1]["message"], "malformed: The body must be an object");
        let of_secret = told(&house, "source=key:k2").await;
        assert_eq!(
            (column(&of_secret, "door"), column(&of_secret, "source_name")),
            (vec!["segment".into()], vec![Value::Null])
        );
        assert_eq!(column(&told(&house, "reason=brand_only").await, "id"), [3]);

        let (two, next) = (told(&house, "limit=2").await, told(&house, "limit=4&after=5").await);
        assert_eq!((column(&two, "id"), &two["next"]), (vec![6.into(), 5.into()], &json!("5")));
        assert_eq!((column(&next, "id"), &next["next"]), (vec![4.into(), 3.into(), 2.into(), 1.into()], &Value::Null));
        let csv = house.ask(Ask::get("/api/v1/facts/rejected?format=csv&limit=1&reason=request").by("analyst")).await;
        let csv = csv.body.as_str().unwrap().to_owned();
        assert_eq!(csv.lines().count(), 3, "{csv}");
    }

    #[db_test(migrations = migrations())]
    async fn only_those_who_may_read_facts_see_it_and_only_their_own_brands(records: Records) {
        let house = House::new(&records);
        house.ask(Ask::facts(&json!([7])).by("write")).await;
        for path in ["/api/v1/facts/rejected", "/api/v1/facts/volume"] {
            assert_eq!(house.ask(Ask::get(path)).await.refusal(), (401, "unauthenticated"));
            assert_eq!(house.ask(Ask::get(path).by("write")).await.refusal(), (403, "forbidden"));
            let theirs = house.ask(Ask::get(path).by("other")).await;
            assert_eq!(theirs.body, json!({ "items": [], "next": null }));
            assert_eq!(house.ask(Ask::get(path).by("analyst")).await.body["items"].as_array().unwrap().len(), 1);
        }
    }

    /// A flood is counted whole, and only its newest is kept.
    #[db_test(migrations = migrations())]
    async fn a_flood_of_refusals_swells_nothing(records: Records) {
        let house = House::new(&records);
        let (flood, rounds) = (json!(vec![7; 2_500]), 5);
        for _ in 0..rounds {
            assert_eq!(house.ask(Ask::facts(&flood).by("write")).await.body["rejected"], 2_500);
        }
        let last = json!([{ "event": "The Last" }]);
        house.ask(Ask::facts(&last).by("write")).await;
        let csv = house.ask(Ask::get("/api/v1/facts/rejected?format=csv").by("analyst")).await;
        assert_eq!(csv.body.as_str().unwrap().lines().count(), 1 + EXPORT_MAX);
        assert_eq!(column(&told(&house, "limit=1").await, "event"), ["The Last"]);
        house.ask(Ask::facts(&last).by("write")).await;
        let csv = house.ask(Ask::get("/api/v1/facts/rejected?format=csv").by("analyst")).await;
        assert_eq!(csv.body.as_str().unwrap().lines().count(), 1 + EXPORT_MAX, "the oldest went");
        let volume = house.ask(Ask::get("/api/v1/facts/volume").by("analyst")).await;
        assert_eq!(volume.body["items"][0]["rejected"], 2_500 * rounds + 2);
    }
}
