//! `POST /v1/batch`: the door of Segment's server SDKs.

use axum::{body::Body, extract::State, http::Request};
use web::{Json, Problem};

use super::{Done, Http, Shape, take};

/// Hand in a batch of the Segment protocol
///
/// Also at `/v1/b` and `/v1/import`. The write key comes as the Basic user name, as a Bearer token or as `writeKey` in the
/// body; cookies are not looked at. The body may be gzip, and of any content type. At most 500 KiB and 2,500 items, 32 KiB an
/// item. A malformed or oversize request is 400; a malformed or oversize item is recorded as rejected and the rest is taken.
#[utoipa::path(
    post, path = "/v1/batch", tag = "capture", operation_id = "capture.segment.batch",
    request_body(content = Object, description = "batch, sentAt, context, writeKey"),
    responses(
        (status = 200, body = Done),
        (status = 400, description = "Not a Segment batch, or larger than 500 KiB"),
        (status = 429, description = "The log is full; nothing was taken"),
        (status = 503, description = "The log cannot be written; nothing was taken"),
    ),
    security(("bearer" = []), ("basic" = [])),
    extensions(("x-permission" = json!("capture_facts"))),
)]
pub(super) async fn post(State(http): State<Http>, request: Request<Body>) -> Result<Json<Done>, Problem> {
    take(&http, request, Shape::Batch).await.map(Json)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use db::{Records, db_test};
    use factlog::Options;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use serde_json::{Value, json};

    use super::super::REQUEST_BYTES_MAX;
    use crate::http::tests::{Ask, House, migrations};

    fn batch(body: &Value) -> Ask {
        Ask::raw("/v1/batch", body.to_string())
    }

    fn page_seen() -> Value {
        json!({ "type": "track", "event": "Page Seen", "userId": "u1" })
    }

    #[db_test(migrations = migrations())]
    async fn the_key_comes_in_any_of_three_ways(records: Records) {
        let house = House::new(&records);
        let body = json!({ "batch": [page_seen()] });
        let in_body = |word: &str| json!({ "batch": [page_seen()], "writeKey": word });
        // "write:" and "nobody:" in base64.
        let (basic, of_nobody) = ("Basic d3JpdGU6", "Basic bm9ib2R5Og==");
        for ask in [
            batch(&body).by("write"),
            batch(&body).header("authorization", basic),
            batch(&in_body("write")),
            batch(&in_body("nobody")).by("write"),
        ] {
            let answer = house.ask(ask).await;
            assert_eq!((answer.status, answer.body), (200, json!({ "success": true })));
        }
        for ask in [
            batch(&body),
            batch(&in_body("nobody")),
            batch(&body).by("nobody"),
            batch(&body).header("authorization", of_nobody),
            batch(&body).header("authorization", "Digest x"),
            batch(&in_body("write")).by("nobody"),
            batch(&body).header("cookie", "sl_session=write"),
        ] {
            assert_eq!(house.ask(ask).await.refusal(), (401, "unauthenticated"));
        }
        assert_eq!(house.ask(batch(&body).by("analyst")).await.refusal(), (403, "forbidden"));
        assert_eq!(house.ask(batch(&in_body("analyst"))).await.refusal(), (403, "forbidden"));
        let facts = house.facts("wait_offset=4").await;
        assert_eq!(facts.len(), 4);
        assert!(facts.iter().all(|fact| fact["source"] == "key:k1"));
    }

    #[db_test(migrations = migrations())]
    async fn the_items_of_all_kinds_are_understood(records: Records) {
        let house = House::new(&records);
        let body = json!({
            "sentAt": "2026-11-22T07:00:00Z",
            "context": { "library": { "name": "batch", "version": "1" }, "app": { "n": 1 } },
            "batch": [
                { "type": "track", "event": "Order Paid", "userId": "u1", "messageId": "m-1",
                  "timestamp": "2026-11-22T06:59:30Z", "properties": { "order_id": "7", "amount_minor": 990 } },
                { "type": "identify", "userId": "u1", "anonymousId": "a1", "traits": { "name": "林" }, "messageId": "m-2",
                  "context": { "library": { "name": "item" } } },
                { "type": "page", "name": "Home", "anonymousId": "a1", "messageId": "m-3", "context": null },
                { "type": "screen", "anonymousId": "a1", "messageId": "m-4", "sentAt": "2026-11-22T07:30:00Z",
                  "timestamp": "2026-11-22T07:29:00Z" },
                { "type": "group", "userId": "u1", "groupId": "g1", "traits": { "plan": "gold" }, "messageId": "m-5" },
                { "type": "alias", "userId": "u1", "previousId": "a1", "messageId": "m-6" },
            ],
        });
        assert_eq!(house.ask(batch(&body).by("secret")).await.status, 200);
        let facts = house.facts("wait_offset=6").await;
        let column = |name: &str| facts.iter().map(|fact| fact[name].clone()).collect::<Vec<_>>();
        assert_eq!(column("type"), ["track", "identify", "page", "screen", "group", "alias"]);
        assert_eq!(column("event"), ["Order Paid", "identify", "Home", "screen", "group", "alias"]);
        assert_eq!(facts[1]["properties"], json!({ "name": "林" }));
        assert_eq!(facts[4]["properties"], json!({ "group_id": "g1", "plan": "gold" }));
        assert_eq!(facts[5]["properties"], json!({ "previous_id": "a1" }));
        let (now, batch_sent, item_sent) = ("2026-11-22T08:00:00Z", "2026-11-22T07:00:00Z", "2026-11-22T07:30:00Z");
        assert_eq!(column("timestamp"), ["2026-11-22T07:59:30Z", now, now, "2026-11-22T07:59:00Z", now, now]);
        assert_eq!(column("sent_at"), [batch_sent, batch_sent, batch_sent, item_sent, batch_sent, batch_sent]);
        assert_eq!(facts[0]["original_timestamp"], "2026-11-22T06:59:30Z");
        assert_eq!(facts[0]["context"], body["context"]);
        assert_eq!(facts[1]["context"], json!({ "library": { "name": "item" }, "app": { "n": 1 } }));
        assert_eq!(facts[2]["context"], body["context"]);
    }

    #[db_test(migrations = migrations())]
    async fn a_malformed_item_is_dropped_and_counted(records: Records) {
        let recorder = PrometheusBuilder::new().build_recorder();
        let house = House::new(&records);
        let counted = metrics::set_default_local_recorder(&recorder);
        let body = json!({ "batch": [page_seen(), null, { "type": "track", "event": "E" }, 7, page_seen()] });
        assert_eq!(house.ask(batch(&body).by("write")).await.status, 200);
        drop(counted);
        assert_eq!(house.facts("wait_offset=2").await.len(), 2);
        let told = recorder.handle().render();
        assert!(told.contains("searchlight_capture_rejected_total{door=\"segment\"} 3"), "{told}");
        assert!(told.contains("searchlight_capture_facts_total 2"), "{told}");
    }

    #[db_test(migrations = migrations())]
    async fn a_malformed_batch_is_refused_as_a_whole(records: Records) {
        let house = House::new(&records);
        let send = async |body: String| house.ask(Ask::raw("/v1/batch", body).by("write")).await;
        for body in [
            String::new(),
            "[]".into(),
            r#"[[{"type":"track","event":"E","userId":"u1"}]]"#.into(),
            "{}".into(),
            r#"{"batch":{}}"#.into(),
            r#"{"batch":[]"#.into(),
            r#"{"batch":[],"writeKey":7}"#.into(),
            r#"{"batch":[{}],"context":"app"}"#.into(),
            json!({ "batch": vec![json!({}); 2501] }).to_string(),
            format!(r#"{{"batch":[]{}}}"#, " ".repeat(REQUEST_BYTES_MAX)),
        ] {
            let shown: String = body.chars().take(40).collect();
            assert_eq!(send(body).await.refusal(), (400, "malformed"), "{shown}");
        }
        for body in [
            r#"{"batch":[]}"#.into(),
            r#"{"batch":[],"context":null,"sentAt":"soon","writeKey":null}"#.into(),
            format!(r#"{{"batch":[]{}}}"#, " ".repeat(REQUEST_BYTES_MAX - 12)),
        ] {
            let shown: String = body.chars().take(40).collect();
            assert_eq!(send(body).await.status, 200, "{shown}");
        }
    }

    /// The context is kept with every item: a small request must not become a gigabyte.
    #[db_test(migrations = migrations())]
    async fn a_context_that_would_fill_the_log_is_refused(records: Records) {
        let house = House::new(&records);
        let with_context = |items: usize, bytes: usize| {
            batch(&json!({ "batch": vec![page_seen(); items], "context": { "x": "y".repeat(bytes) } })).by("write")
        };
        assert_eq!(house.ask(with_context(2_000, 3_000)).await.refusal(), (400, "malformed"));
        assert_eq!(house.ask(with_context(2_000, 2_000)).await.status, 200);
        assert_eq!(house.ask(with_context(1, 33_000)).await.refusal(), (400, "malformed"));
        assert_eq!(house.ask(with_context(10, 32_000)).await.status, 200);
        assert_eq!(house.facts("limit=1000&wait_offset=2010&after=2000").await.len(), 10);
    }

    #[db_test(migrations = migrations())]
    async fn a_log_that_refuses_is_said_so(records: Records) {
        let house = Arc::new(House::with_log(&records, Options { queue_appends_max: 1, ..Options::default() }));
        let body = json!({ "batch": [page_seen()] });
        house.disk.set_read_only(true);
        assert_eq!(house.ask(batch(&body).by("write")).await.refusal(), (503, "unavailable"));
        house.disk.set_read_only(false);

        let held = house.disk.hold_syncs();
        let send = || {
            let (house, ask) = (Arc::clone(&house), batch(&body).by("write"));
            tokio::spawn(async move { house.ask(ask).await })
        };
        let (mut one, mut other) = (send(), send());
        let (refused, waiting) = tokio::select! {
            refused = &mut one => (refused.unwrap(), other),
            refused = &mut other => (refused.unwrap(), one),
        };
        assert_eq!(refused.refusal(), (429, "overloaded"));
        assert!(refused.headers.contains_key("retry-after"));
        drop(held);
        assert_eq!(waiting.await.unwrap().status, 200);
        assert_eq!(house.facts("wait_offset=1").await.len(), 1);
    }
}
