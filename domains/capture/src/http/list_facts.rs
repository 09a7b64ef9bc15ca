//! `GET /api/v1/facts`: what has been digested, in order.

use axum::extract::State;
use facts::{Fact, Kind};
use kernel::{ErrorCode, Offset, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadFacts, Json, Limit, Page, Problem, Query};

use crate::{Doors, Whose};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only facts of the person with this user id, under whatever id they were sent.
    user_id: Option<String>,
    /// Only facts of the person with this anonymous id.
    anonymous_id: Option<String>,
    /// Only facts of this person, such as `p42`.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// Only facts of this name.
    event: Option<String>,
    /// Only facts behind this offset: `next` of the page before.
    after: Option<u64>,
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<100, 1000>,
}

/// A fact as it was kept.
#[derive(Serialize, ToSchema)]
pub(super) struct FactRow {
    /// Its place in the workspace's log, from 1.
    offset: u64,
    /// Tells a repeat from a new fact, together with the source.
    message_id: String,
    /// The key or module it was heard from.
    source: String,
    /// What kind of fact.
    #[schema(value_type = String)]
    r#type: Kind,
    /// What happened.
    event: String,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    /// When it happened, corrected for the sender's clock.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// When the sender says it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    original_timestamp: Option<Timestamp>,
    /// When the sender says it was sent.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When the door heard it.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// For `identify` and `group` the traits.
    #[schema(value_type = Object)]
    properties: Box<RawValue>,
    #[schema(value_type = Option<Object>)]
    context: Option<Box<RawValue>>,
}

impl FactRow {
    fn of(offset: Offset, fact: Fact) -> Self {
        Self {
            offset: offset.0,
            message_id: fact.message_id,
            source: fact.source,
            r#type: fact.kind,
            event: fact.event,
            user_id: fact.user_id,
            anonymous_id: fact.anonymous_id,
            timestamp: fact.timestamp,
            original_timestamp: fact.original_timestamp,
            sent_at: fact.sent_at,
            received_at: fact.received_at,
            properties: fact.properties,
            context: fact.context,
        }
    }
}

/// Read facts
///
/// In the order they were digested, each exactly once: repeats are gone.
#[utoipa::path(
    get, path = "/api/v1/facts", tag = "capture", operation_id = "capture.fact.list",
    params(ListQuery),
    responses(
        (status = 200, body = Page<FactRow>),
        (status = 503, description = "The offset to wait for did not arrive in time"),
    ),
    extensions(("x-permission" = json!("read_facts"))),
)]
pub(super) async fn list(
    caller: CanReadFacts,
    State(doors): State<Doors>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<FactRow>>, Problem> {
    let river = doors.rivers.get(caller.workspace).ok_or(ErrorCode::NotFound)?;
    doors
        .rivers
        .wait_for(caller.workspace, query.wait_offset.map(Offset))
        .await
        .map_err(|error| Problem::new(ErrorCode::NotCaughtUp).because(error))?;
    let whose =
        query.user_id.map(Whose::User).or(query.anonymous_id.map(Whose::Anonymous)).or(query.person.map(Whose::Person));
    let handles = match whose {
        None => None,
        Some(whose) => Some(doors.people.handles(caller.workspace, &whose).await.map_err(Problem::unavailable)?),
    };
    let limit = query.limit.get();
    let found = river
        .timeline(handles.as_deref(), query.event.as_deref(), Offset(query.after.unwrap_or(0)), limit as u64 + 1)
        .await
        .map_err(Problem::unavailable)?;
    let rows = found.into_iter().map(|(offset, fact)| FactRow::of(offset, fact)).collect();
    Ok(Json(Page::cut(rows, limit, |row: &FactRow| row.offset.to_string())))
}
