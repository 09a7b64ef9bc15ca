//! `POST /v1/batch`: the door of the published Segment SDKs.

use axum::{
    body::Bytes,
    extract::State,
    http::{Request, header},
};
use kernel::{ErrorCode, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Caller, Credentials, Json, Permission, Problem};

use super::{
    Http,
    append::{append, source_of},
};
use crate::rules::{Accepting, SegmentBatch, accept_segment};

/// Largest request, in bytes.
const REQUEST_BYTES_MAX: usize = 500 * 1024;
/// Most items of a request.
const ITEMS_MAX: usize = 2500;
/// Characters of a message id we make.
const MESSAGE_ID_LENGTH: usize = 24;

/// What the SDKs expect.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {
    success: bool,
}

/// Hand in a batch of the Segment protocol
///
/// For the published Segment SDKs with `host` set to this server. The write key comes as the Basic user name, as a Bearer
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
    let batch: SegmentBatch<'_> =
        serde_json::from_slice(bytes).map_err(|_| malformed("The body must be a Segment batch: {\"batch\": […]}"))?;
    if batch.batch.len() > ITEMS_MAX {
        return Err(malformed("A batch has at most 2,500 items"));
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
