//! `GET /api/v1/persons/{person}/timeline`

use axum::extract::State;
use facts::{Fact, Kind, Typed};
use kernel::{Offset, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Json, Limit, Page, Path, Problem, Query};

use super::reads_ids;
use crate::{TimelinePage, ops::Slice, ops::tell_sharers::SharerKnown, rules};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TimelineQuery {
    /// Only facts of this name.
    event: Option<String>,
    /// Only facts before this offset: `next` of the page before.
    after: Option<u64>,
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 200>,
}

/// Something a person did.
#[derive(Serialize, ToSchema)]
pub(super) struct TimelineItem {
    /// Its place in the workspace's log.
    offset: u64,
    /// When it happened, corrected for the sender's clock.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What kind of fact.
    #[schema(value_type = String)]
    r#type: Kind,
    event: String,
    /// The campaign it belongs to.
    campaign: Option<String>,
    /// What was looked at, shared or bought, as the fact calls it.
    title: Option<String>,
    /// Who shared what they opened.
    sharer: Option<TimelineSharer>,
    /// What they paid, in the smallest unit of the currency.
    amount_minor: Option<i64>,
    /// Of `amount_minor`, ISO 4217.
    currency: Option<String>,
    /// The fact as it was kept, for those who may read facts.
    fact: Option<RawFact>,
}

/// Who shared. Both are null when the caller may not see them, or nobody knows.
#[derive(Serialize, ToSchema)]
pub(super) struct TimelineSharer {
    #[schema(value_type = Option<String>)]
    person: Option<PersonId>,
    name: Option<String>,
}

/// A fact as it was kept.
#[derive(Serialize, ToSchema)]
pub(super) struct RawFact {
    /// The key or module it was heard from.
    source: String,
    message_id: String,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    /// When the door heard it.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    #[schema(value_type = Object)]
    properties: Box<RawValue>,
    #[schema(value_type = Option<Object>)]
    context: Option<Box<RawValue>>,
}

/// What a person did
///
/// Under whatever id, the latest first.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/timeline", tag = "identity", operation_id = "identity.timeline.list",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`"), TimelineQuery),
    responses(
        (status = 200, body = Page<TimelineItem>),
        (status = 404, description = "No such person in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(person): Path<String>,
    Query(query): Query<TimelineQuery>,
) -> Result<Json<Page<TimelineItem>>, Problem> {
    slice.caught_up(caller.workspace, query.wait_offset).await?;
    let handles = slice.handles_of(&caller, &person).await?;
    let limit = query.limit.get();
    let page = TimelinePage { handles, event: query.event, before: query.after.map(Offset), limit: limit + 1 };
    let facts = slice.timelines.page(caller.workspace, page).await.map_err(Problem::unavailable)?;
    let facts: Vec<_> =
        facts.into_iter().map(|(offset, fact)| (offset, fact.typed().unwrap_or(Typed::Other), fact)).collect();
    let typed = facts.iter().map(|(_, typed, _)| typed);
    let sharers = slice.sharers(caller.workspace, &caller.scope, typed).await.map_err(Problem::unavailable)?;
    let raw = reads_ids(&caller);
    let items = facts.into_iter().map(|(offset, typed, fact)| {
        let sharer = rules::sharer(&typed).map(|key| sharers.get(key));
        item(offset, &typed, sharer, fact, raw)
    });
    Ok(Json(Page::cut(items.collect(), limit, |item: &TimelineItem| item.offset.to_string())))
}

fn item(offset: Offset, typed: &Typed, sharer: Option<SharerKnown>, fact: Fact, raw: bool) -> TimelineItem {
    let told = rules::told(fact.properties.get());
    let paid = match typed {
        Typed::OrderPaid(paid) => Some(paid),
        _ => None,
    };
    TimelineItem {
        offset: offset.0,
        at: fact.timestamp,
        r#type: fact.kind,
        campaign: told.campaign,
        // What an identify calls a name is the person's own.
        title: told.title.filter(|_| fact.kind != Kind::Identify),
        sharer: sharer.map(|sharer| TimelineSharer { person: sharer.person.map(PersonId), name: sharer.name }),
        amount_minor: paid.map(|paid| paid.amount_minor),
        currency: paid.map(|paid| paid.currency.clone()),
        event: fact.event,
        fact: raw.then_some(RawFact {
            source: fact.source,
            message_id: fact.message_id,
            user_id: fact.user_id,
            anonymous_id: fact.anonymous_id,
            received_at: fact.received_at,
            properties: fact.properties,
            context: fact.context,
        }),
    }
}
