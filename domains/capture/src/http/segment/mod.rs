//! The addresses of the Segment protocol. They know keys only, no cookie, so that a page of any origin may ask them.

mod batch;
mod call;
mod metrics;
mod settings;

use axum::{
    body::Body,
    http::{Request, header},
    routing::post,
};
use bytes::Bytes;
use facts::{Fact, Kind};
use kernel::{ErrorCode, Timestamp};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Caller, Credentials, Permission, Problem};

use super::{
    Http,
    any_origin::any_origin,
    append::{ITEMS_MAX, MESSAGE_ID_LENGTH, Sender},
    body,
};
use crate::{
    model::{Door, Refusal},
    rules::{Accepting, ITEM_BYTES_MAX, SegmentBatch, accept_segment, read_segment, read_segment_call},
};

/// Largest request, in bytes.
const REQUEST_BYTES_MAX: usize = 500 * 1024;
/// Most bytes the context of a batch may take in all its items together: each fact is kept with its own.
const CONTEXTS_BYTES_MAX: usize = 4 << 20;
/// Reasons told to the sender; the rest is counted.
pub(super) const REASONS_MAX: usize = 20;

/// All of them: the words, the letters that browsers use, and what a browser asks before it sends anything.
pub(super) fn router() -> OpenApiRouter<Http> {
    OpenApiRouter::default()
        .routes(routes!(batch::post))
        .route("/v1/b", post(batch::post))
        .route("/v1/import", post(batch::post))
        .routes(routes!(call::identify))
        .route("/v1/i", post(call::identify))
        .routes(routes!(call::track))
        .route("/v1/t", post(call::track))
        .routes(routes!(call::page))
        .route("/v1/p", post(call::page))
        .routes(routes!(call::screen))
        .route("/v1/s", post(call::screen))
        .routes(routes!(call::group))
        .route("/v1/g", post(call::group))
        .routes(routes!(call::alias))
        .route("/v1/a", post(call::alias))
        .routes(routes!(metrics::post))
        .routes(routes!(settings::read))
        .layer(any_origin())
}

/// What the SDKs expect: they look at the status alone. The rest is for people.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentReceipt)]
struct Done {
    /// The request was read. Also true when items of it were rejected, as the protocol wants it.
    success: bool,
    /// Items that were not taken; missing when all were.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    rejected: usize,
    /// Why, for the first twenty of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    reasons: Vec<Reason>,
}

/// Why an item was not taken.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentReason)]
pub(super) struct Reason {
    /// Its place in the batch, from 0.
    pub(super) index: usize,
    pub(super) reason: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// What an address takes.
#[derive(Clone, Copy)]
enum Shape {
    Batch,
    /// One item, the kind of which the address says.
    Call(Kind),
}

/// Takes a request at any of the addresses.
async fn take(http: &Http, request: Request<Body>, shape: Shape) -> Result<Done, Problem> {
    let (parts, body) = request.into_parts();
    // A key in the header is looked at before the body is; else it stands inside.
    let caller = match parts.headers.contains_key(header::AUTHORIZATION) {
        true => Some(caller(http, Credentials::of(&parts)?).await?),
        false => None,
    };
    let bytes = body::read(&parts.headers, body, REQUEST_BYTES_MAX).await;
    let bytes = bytes.map_err(|unread| unread.problem(ErrorCode::Malformed, REQUEST_BYTES_MAX));
    let caller = match caller {
        Some(caller) => caller,
        None => {
            let batch = bytes.as_ref().ok().and_then(|bytes| open(bytes, shape));
            let key = batch.and_then(|batch| batch.write_key);
            self::caller(http, key.map(|key| Credentials::Key(key.into_owned()))).await?
        }
    };
    let sender = Sender::new(&http.doors, Door::Segment, &caller);
    let bytes = bytes.inspect_err(|problem| sender.refuse_request(&[], problem))?;
    let batch = read(&bytes, shape).inspect_err(|problem| sender.refuse_request(&bytes, problem))?;
    let (facts, refusals, reasons) = judge(&sender, &batch, shape);
    sender.append(&facts).await?;
    sender.took(&facts);
    let rejected = refusals.len();
    sender.note(facts.len(), refusals);
    Ok(Done { success: true, rejected, reasons })
}

pub(super) async fn caller(http: &Http, credentials: Option<Credentials>) -> Result<Caller, Problem> {
    let caller = web::caller_of(&*http.gate, credentials).await?;
    if caller.permissions.contains(Permission::CaptureFacts) { Ok(caller) } else { Err(ErrorCode::Forbidden.into()) }
}

fn open(bytes: &Bytes, shape: Shape) -> Option<SegmentBatch<'_>> {
    match shape {
        Shape::Batch => read_segment(bytes),
        Shape::Call(_) => read_segment_call(bytes),
    }
}

/// A request that is one, and not too large in any part.
fn read(bytes: &Bytes, shape: Shape) -> Result<SegmentBatch<'_>, Problem> {
    let malformed = |detail: &str| Problem::new(ErrorCode::Malformed).detail(detail);
    let batch = open(bytes, shape).ok_or_else(|| match shape {
        Shape::Batch => malformed("The body must be a Segment batch: {\"batch\": […]}"),
        Shape::Call(_) => malformed("The body must be an object"),
    })?;
    if let (Shape::Call(_), [item]) = (shape, &*batch.batch)
        && item.get().len() > ITEM_BYTES_MAX
    {
        return Err(malformed("A call has at most 32 KiB"));
    }
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

fn judge(sender: &Sender<'_>, batch: &SegmentBatch<'_>, shape: Shape) -> (Vec<Fact>, Vec<Refusal>, Vec<Reason>) {
    let accepting = Accepting {
        source: &sender.source,
        received_at: sender.received_at,
        sent_at: batch.sent_at.as_deref().and_then(|sent| Timestamp::parse(sent).ok()),
        by_the_brand: sender.by_the_brand,
    };
    let kind = match shape {
        Shape::Batch => None,
        Shape::Call(kind) => Some(kind),
    };
    let mut facts = Vec::with_capacity(batch.batch.len());
    let (mut refusals, mut reasons) = (Vec::new(), Vec::new());
    for (index, item) in batch.batch.iter().enumerate() {
        let fresh_id = || kernel::token(&*sender.doors.entropy, MESSAGE_ID_LENGTH);
        match accept_segment(&accepting, item, batch.context, kind, fresh_id) {
            Ok(fact) => facts.push(fact),
            Err(rejection) => {
                refusals.push(sender.refusal(item.get(), &rejection));
                if reasons.len() < REASONS_MAX {
                    reasons.push(Reason { index, reason: rejection.to_string() });
                }
            }
        }
    }
    (facts, refusals, reasons)
}
