//! `POST /api/v1/tags/{tag}/people`

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Asked, CanTagPeople, Origin, Path, Problem};

use crate::{
    model::Day,
    ops::{Slice, command::Outcome, define, tags::Tagging},
};

/// Who is tagged, and how.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "people": ["p42", "user:b3"], "on": true, "until": "2026-12-31", "note": "到店试驾" }))]
pub(in crate::http) struct TaggingWanted {
    /// `p42`, `user:<id>` or `anonymous:<id>`; 10,000 at most.
    people: Vec<String>,
    /// Put on, or taken off.
    on: bool,
    /// The last day with it, such as `2026-12-31`; for ever when missing.
    until: Option<String>,
    /// Why.
    note: Option<String>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct TaggingDone {
    /// How many people it was put on, or taken off.
    changed: u64,
}

/// Put a tag on people, or take it off them
///
/// Of people the caller may see. It shows within a second.
#[utoipa::path(
    post, path = "/api/v1/tags/{tag}/people", tag = "audience", operation_id = "audience.tagging.change",
    params(("tag" = String, Path)),
    request_body = TaggingWanted,
    responses(
        (status = 200, body = TaggingDone),
        (status = 404, description = "No such tag"),
        (status = 422, description = "Somebody is not there, or the day is past"),
    ),
    extensions(("x-permission" = json!("tag_people")), ("x-once" = json!(true))),
)]
pub(in crate::http) async fn put(
    caller: CanTagPeople,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Asked { body: wanted, once }: Asked<TaggingWanted>,
) -> Result<Response, Problem> {
    if let Some(answer) = once.replay(slice.records.reads(), &caller, slice.clock.now()).await? {
        return Ok(answer);
    }
    let tag = slice.tag(caller.workspace, &id).await?;
    let live = slice.live(caller.workspace, None).await?;
    let until = wanted.until.as_deref().map(|day| until(day, slice.clock.now())).transpose()?;
    let note = Some(define::note(wanted.note.as_deref())?).filter(|note| !note.is_empty());
    if wanted.people.is_empty() {
        return Err(Problem::invalid("people", "somebody must be named"));
    }
    let people = slice.named(&caller, &live, "people", &wanted.people).await?;
    let mut persons = slice.persons(&live, people).await?;
    persons.sort_unstable();
    persons.dedup();
    let (answer, sticky) = once.answer(&caller, StatusCode::OK, &TaggingDone { changed: persons.len() as u64 })?;
    let mut order = Slice::order(caller.workspace, origin.by(&caller));
    order.sticky = sticky;
    let tagging = Tagging { tag: tag.id, people: persons, on: wanted.on, until, note };
    match slice.tag_people(order, tagging).await? {
        Outcome::Again => once.again(slice.records.reads(), &caller, slice.clock.now()).await,
        _ => Ok(answer),
    }
}

/// When the last day with a tag begins in China.
fn until(day: &str, now: Timestamp) -> Result<Timestamp, Problem> {
    let begins = Timestamp::parse(&format!("{day}T00:00:00+08:00"))
        .map_err(|_| Problem::invalid("until", "a day is written 2026-12-31"))?;
    if Day::of(begins) < Day::of(now) {
        return Err(Problem::invalid("until", "the day is past"));
    }
    Ok(begins)
}
