//! `GET /api/v1/segments/{segment}/people`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Handle, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Format, Json, Limit, Path, Problem, Query};

use crate::{
    http::view::{PersonRow, people_csv},
    ops::{Slice, look},
};

/// Lines of an export at most.
const EXPORT_MAX: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct MemberQuery {
    /// The `next` of the page before.
    after: Option<String>,
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 200>,
    /// `csv` gives the first 10,000, whatever the limit.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Who belongs to a segment.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentPeople)]
pub(in crate::http) struct Members {
    items: Vec<PersonRow>,
    /// How many there are in all of those the caller may see.
    total: u64,
    /// Send this as `after` to get the next page; null when this was the last.
    next: Option<String>,
}

/// Who belongs to a segment
///
/// Those of them the caller may see, in the order in which they were first heard of.
#[utoipa::path(
    get, path = "/api/v1/segments/{segment}/people", tag = "audience", operation_id = "audience.member.list",
    params(("segment" = String, Path), MemberQuery),
    responses((status = 200, body = Members), (status = 404, description = "No such segment")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(id): Path<String>,
    Query(query): Query<MemberQuery>,
) -> Result<Response, Problem> {
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    slice.segment(caller.workspace, &id).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let as_csv = query.format == Format::Csv;
    let after = query.after.as_deref().filter(|_| !as_csv).map(cursor).transpose()?;
    let limit = if as_csv { EXPORT_MAX } else { query.limit.get() };
    let (total, mut persons) = look(&live, move |engine| {
        let Some(members) = engine.members(&id) else { return (0, Vec::new()) };
        let cut = seen.map(|seen| members & seen);
        let members = cut.as_ref().unwrap_or(members);
        let mut behind = members.iter();
        if let Some(after) = after {
            behind.advance_to(after.saturating_add(1));
        }
        (members.len(), behind.take(limit + 1).map(Handle).collect::<Vec<_>>())
    })
    .await?;
    let more = persons.len() > limit;
    persons.truncate(limit);
    let next = persons.last().filter(|_| more).map(|last| PersonId(*last).to_string());
    let items = slice.people(caller.workspace, &live, persons).await?;
    Ok(match query.format {
        Format::Json => Json(Members { items, total, next }).into_response(),
        Format::Csv => people_csv(&items).into_response(),
    })
}

fn cursor(text: &str) -> Result<u32, Problem> {
    let person: Result<PersonId, _> = text.parse();
    person.map(|person| person.0.0).map_err(|_| Problem::invalid("after", "is the next of another page"))
}
