//! `POST /v1/batch`: the door of Segment's server SDKs.

use axum::{
    body::Bytes,
    extract::State,
    http::{Request, header},
};
use kernel::{ErrorCode, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use web::{Caller, Credentials, Json, Permission, Problem};

use super::{
    Http,
    append::{append, source_of},
};
use crate::rules::{Accepting, ITEM_BYTES_MAX, SegmentBatch, accept_segment, read_segment};

/// Largest request, in bytes.
const REQUEST_BYTES_MAX: usize = 500 * 1024;
/// Most items of a request.
const ITEMS_MAX: usize = 2500;
/// Most bytes the context of a batch may take in all its items together: each fact is kept with its own.
const CONTEXTS_BYTES_MAX: usize = 4 << 20;
/// Characters of a message id we make.
const MESSAGE_ID_LENGTH: usize = 24;

/// What the SDKs expect.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {
    success: bool,
}

/// Hand in a batch of the Segment protocol
///
/// For `@segment/analytics-node` with `host` set to this server. The write key comes as the Basic user name, as a Bearer
/// token or as `writeKey` in the body. A malformed or oversize request is 400; a malformed item is dropped and counted, as
/// the protocol wants it.
#[utoipa::path(
    post, path = "/v1/batch", tag = "capture", operation_id = "capture.segment.batch",
    request_body(content = Object, description = "batch, sentAt, context, writeKey"),
    responses(
        (status = 200, body = Done),
        (status = 400, description = "Not a Segment batch, or larger than 500 KiB"),
        (status = 429, description = "The log is full; nothing was taken"),
        (status = 503, description = "The log cannot be written; nothing was taken"),
    ),
    extensions(("x-permission" = json!("capture_facts"))),
)]
pub(super) async fn post(State(http): State<Http>, request: Request<axum::body::Body>) -> Result<Json<Done>, Problem> {
    let (parts, body) = request.into_parts();
    let named = if parts.headers.contains_key(header::AUTHORIZATION) { Credentials::of(&parts)? } else { None };
    // Who is unknown by header is told so before the body is judged; the key may still stand inside it.
    let bytes = axum::body::to_bytes(body, REQUEST_BYTES_MAX)
        .await
        .map_err(|_| Problem::new(ErrorCode::Malformed).detail("A request has at most 500 KiB"))?;
    let read = read(&bytes);
    let in_body = read.as_ref().ok().and_then(|batch| batch.write_key.as_deref().map(str::to_owned));
    let credentials = named.or(in_body.map(Credentials::Key));
    let caller = web::caller_of(&*http.gate, credentials).await?;
    if !caller.permissions.contains(Permission::CaptureFacts) {
        return Err(ErrorCode::Forbidden.into());
    }
    take(&http, &caller, &read?).await?;
    Ok(Json(Done { success: true }))
}

fn read(bytes: &Bytes) -> Result<SegmentBatch<'_>, Problem> {
    let malformed = |detail: &str| Problem::new(ErrorCode::Malformed).detail(detail);
    let batch = read_segment(bytes).ok_or_else(|| malformed("The body must be a Segment batch: {\"batch\": […]}"))?;
    if batch.batch.len() > ITEMS_MAX {
        return Err(malformed("A batch has at most 2,500 items"));
    }
    let context = batch.context.map_or("{}", RawValue::get);
    if !context.starts_with('{') {
        return Err(malformed("The context of the batch must be an object"));
    }
    if context.len() > ITEM_BYTES_MAX {
        return Err(malformed("The context of the batch is larger than 32 KiB"));
    }
    if context.len() * batch.batch.len() > CONTEXTS_BYTES_MAX {
        return Err(malformed("The context of the batch, kept with each of its items, takes more than 4 MiB"));
    }
    Ok(batch)
}

async fn take(http: &Http, caller: &Caller, batch: &SegmentBatch<'_>) -> Result<(), Problem> {
    let source = source_of(caller);
    let accepting = Accepting {
        source: &source,
        received_at: http.doors.clock.now(),
        sent_at: batch.sent_at.as_deref().and_then(|sent| Timestamp::parse(sent).ok()),
    };
    let mut facts = Vec::with_capacity(batch.batch.len());
    for (index, item) in batch.batch.iter().enumerate() {
        let fresh_id = || kernel::token(&*http.doors.entropy, MESSAGE_ID_LENGTH);
        match accept_segment(&accepting, item, batch.context, fresh_id) {
            Ok(fact) => facts.push(fact),
            Err(rejection) => {
                metrics::counter!("searchlight_capture_rejected_total", "door" => "segment").increment(1);
                tracing::warn!(capture.index = index, capture.reason = %rejection, "an item of a batch was rejected");
            }
        }
    }
    append(&http.doors, caller.workspace, &facts).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use db::{Records, db_test};
    use factlog::Options;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use serde_json::{Value, json};

    use super::{
        super::tests::{Ask, House},
        REQUEST_BYTES_MAX,
    };

    fn batch(body: &Value) -> Ask {
        Ask::raw("/v1/batch", body.to_string())
    }

    fn page_seen() -> Value {
        json!({ "type": "track", "event": "Page Seen", "userId": "u1" })
    }

    #[db_test(migrations = river::MIGRATIONS)]
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

    #[db_test(migrations = river::MIGRATIONS)]
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
                { "type": "group", "userId": "u1", "traits": { "plan": "gold" }, "messageId": "m-5" },
            ],
        });
        assert_eq!(house.ask(batch(&body).by("write")).await.status, 200);
        let facts = house.facts("wait_offset=5").await;
        let column = |name: &str| facts.iter().map(|fact| fact[name].clone()).collect::<Vec<_>>();
        assert_eq!(column("type"), ["track", "identify", "page", "screen", "group"]);
        assert_eq!(column("event"), ["Order Paid", "identify", "Home", "screen", "group"]);
        assert_eq!(facts[1]["properties"], json!({ "name": "林" }));
        assert_eq!(facts[4]["properties"], json!({ "plan": "gold" }));
        let (now, batch_sent, item_sent) = ("2026-11-22T08:00:00Z", "2026-11-22T07:00:00Z", "2026-11-22T07:30:00Z");
        assert_eq!(column("timestamp"), ["2026-11-22T07:59:30Z", now, now, "2026-11-22T07:59:00Z", now]);
        assert_eq!(column("sent_at"), [batch_sent, batch_sent, batch_sent, item_sent, batch_sent]);
        assert_eq!(facts[0]["original_timestamp"], "2026-11-22T06:59:30Z");
        assert_eq!(facts[0]["context"], body["context"]);
        assert_eq!(facts[1]["context"], json!({ "library": { "name": "item" }, "app": { "n": 1 } }));
        assert_eq!(facts[2]["context"], body["context"]);
    }

    #[db_test(migrations = river::MIGRATIONS)]
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

    #[db_test(migrations = river::MIGRATIONS)]
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
    #[db_test(migrations = river::MIGRATIONS)]
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

    #[db_test(migrations = river::MIGRATIONS)]
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
