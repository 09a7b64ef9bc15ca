//! The addresses of the sa protocol. They know keys only, no cookie, so that a page of any origin may ask them.

mod debug;
mod image;
mod patience;
mod send;
#[cfg(test)]
mod tests;

use axum::{
    body::Body,
    extract::Request,
    http::{header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use facts::Fact;
use kernel::ErrorCode;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Caller, Credentials, Problem};

pub(crate) use self::patience::Patience;
use super::{
    Http,
    any_origin::any_origin,
    append::{ITEMS_MAX, Sender},
    body,
    segment::{REASONS_MAX, Reason, caller},
};
use crate::{
    model::{Door, Refusal},
    rules::{
        Accepting,
        sa::{Form, Reader, Unreadable, named_key, records},
    },
};

/// Largest body, in bytes: records in base64, escaped.
const BODY_BYTES_MAX: usize = 8 << 20;
/// Largest records of a request, in bytes of JSON.
const RECORDS_BYTES_MAX: usize = 4 << 20;

/// The web SDK asks for a picture at `/sa.gif` whatever address it was given.
pub(super) fn router() -> OpenApiRouter<Http> {
    OpenApiRouter::default()
        .routes(routes!(image::read, send::post))
        .route("/sa.gif", get(image::read).post(send::post))
        .routes(routes!(debug::post))
        .layer(any_origin())
}

/// What became of a request. The SDKs look at the status alone; this is for people.
#[derive(Serialize, ToSchema)]
#[schema(as = SaReceipt)]
pub(super) struct Receipt {
    /// Records that are durable now. It means durable, not new: repeats are dropped later.
    accepted: usize,
    /// Records that were not taken.
    rejected: usize,
    /// Why, for the first twenty of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    reasons: Vec<Reason>,
}

/// Whether what is good is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taking {
    Yes,
    /// Everything is checked and nothing is kept, refusals neither.
    DryRun,
}

/// Takes a request at any of the addresses, or lets it wait: see [`Patience`]. `respond` says what is answered.
async fn answer<R: IntoResponse>(
    http: &Http,
    request: Request<Body>,
    taking: Taking,
    respond: impl FnOnce(Receipt) -> R,
) -> Response {
    http.patience
        .answer(async { take(http, request, taking).await.map(|receipt| respond(receipt).into_response()) })
        .await
}

async fn take(http: &Http, request: Request<Body>, taking: Taking) -> Result<Receipt, Problem> {
    let (parts, body) = request.into_parts();
    // A key in the header is looked at before the body is.
    let caller = match parts.headers.contains_key(header::AUTHORIZATION) {
        true => Some(caller(http, Credentials::of(&parts)?).await?),
        false => None,
    };
    let bytes = body::read(&parts.headers, body, BODY_BYTES_MAX).await;
    let bytes = bytes.map_err(|unread| unread.problem(ErrorCode::TooLarge, BODY_BYTES_MAX));
    let form = Form::read(parts.uri.query().unwrap_or_default(), bytes.as_deref().unwrap_or_default());
    let json = form.open(RECORDS_BYTES_MAX);
    let caller = match caller {
        Some(caller) => caller,
        None => called(http, &form, json.as_deref().unwrap_or_default()).await?,
    };
    let sender = Sender::new(&http.doors, Door::Sa, &caller);
    let noting = taking == Taking::Yes;
    let bytes = bytes.inspect_err(|problem| {
        if noting {
            sender.refuse_request(&[], problem)
        }
    })?;
    let opened = json.as_deref().map_err(|unreadable| *unreadable).and_then(|json| records(json, ITEMS_MAX));
    let records = opened.map_err(|unreadable| {
        if noting {
            sender.refuse_whole(seen(&parts, &bytes), unreadable.code(), unreadable.to_string());
        }
        problem(unreadable)
    })?;
    let judged = judge(&sender, &form, &records);
    if noting {
        http.patience.append(&sender, &judged.facts).await?;
        sender.took(&judged.facts);
        sender.note(judged.accepted, judged.refusals);
    }
    Ok(Receipt { accepted: judged.accepted, rejected: records.len() - judged.accepted, reasons: judged.reasons })
}

/// The caller whose key stands in a parameter, or in the first record.
async fn called(http: &Http, form: &Form, json: &[u8]) -> Result<Caller, Problem> {
    let named = match form.key() {
        Some(key) => Some(key.to_owned()),
        None => records(json, ITEMS_MAX).ok().and_then(|records| named_key(records.first()?)),
    };
    let problem = |problem: Problem| match problem.code() {
        ErrorCode::Unauthenticated => problem.detail("Name the key of a source as project=… or token=… in server_url"),
        _ => problem,
    };
    caller(http, named.map(Credentials::Key)).await.map_err(problem)
}

/// What is kept of a request that cannot be read.
fn seen<'a>(parts: &'a Parts, body: &'a [u8]) -> &'a [u8] {
    if body.is_empty() { parts.uri.query().unwrap_or_default().as_bytes() } else { body }
}

fn problem(unreadable: Unreadable) -> Problem {
    let code = match unreadable {
        Unreadable::TooLarge => ErrorCode::TooLarge,
        _ => ErrorCode::Malformed,
    };
    Problem::new(code).detail(unreadable.to_string())
}

/// What was made of the records of a request.
#[derive(Default)]
struct Judged {
    /// What is appended: the records that are taken, and what they tell beside themselves.
    facts: Vec<Fact>,
    accepted: usize,
    refusals: Vec<Refusal>,
    reasons: Vec<Reason>,
}

fn judge(sender: &Sender<'_>, form: &Form, records: &[&RawValue]) -> Judged {
    let accepting = Accepting {
        source: &sender.source,
        received_at: sender.received_at,
        sent_at: None,
        by_the_brand: sender.by_the_brand,
    };
    let mut reader = Reader::new(accepting, form.project.as_deref(), form.token.as_deref());
    let mut judged = Judged { facts: Vec::with_capacity(records.len()), ..Judged::default() };
    for (index, record) in records.iter().enumerate() {
        match reader.read(record) {
            Ok(told) => {
                judged.accepted += 1;
                judged.facts.push(told.fact);
                judged.facts.extend(told.beside);
            }
            Err(rejection) => {
                judged.refusals.push(sender.refusal(record.get(), &rejection));
                if judged.reasons.len() < REASONS_MAX {
                    judged.reasons.push(Reason { index, reason: rejection.to_string() });
                }
            }
        }
    }
    judged
}
