//! `GET /api/v1/persons/{person}`

use axum::extract::State;
use facts::Namespace;
use kernel::{ErrorCode, Handle, Offset, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Json, Path, Problem, Query};

use super::reads_ids;
use crate::{
    model::{Activity, Evidence, Known, Profile},
    ops::Slice,
    rules::{self, masked},
    store,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PersonQuery {
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
}

/// What is known of a person.
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub(super) struct PersonDetail {
    /// The person's name today: an old id redirects.
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// Left phone and WeChat id.
    is_fan: bool,
    /// Phone with its middle hidden.
    phone_masked: Option<String>,
    /// WeChat id with its middle hidden.
    wechat_masked: Option<String>,
    city: Option<String>,
    /// When they first did something; null when they were only spoken of.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    /// When they did something last.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Facts about them, under whatever id.
    facts: u64,
    /// The same by event, the most frequent first.
    events: Vec<EventTotal>,
    /// The ids they are known by, the earliest first.
    identities: Vec<Identity>,
}

/// How often they did something.
#[derive(Serialize, ToSchema)]
pub(super) struct EventTotal {
    event: String,
    facts: u64,
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
}

/// One of their ids.
#[derive(Serialize, ToSchema)]
pub(super) struct Identity {
    /// The id as a person of its own; it redirects to the person.
    #[schema(value_type = String)]
    person: PersonId,
    /// Where the id comes from.
    namespace: IdentityNamespace,
    /// The id itself, its middle hidden from those who may not read facts.
    value: String,
    is_masked: bool,
    /// When they first did something under it.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Facts booked under it.
    facts: u64,
    /// What linked it to the others; null when it stands for itself.
    evidence: Option<IdentityEvidence>,
}

/// Where an id comes from.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum IdentityNamespace {
    /// The id after signing in.
    User,
    /// The id of a browser or device.
    Anonymous,
    /// A token in a link they passed on.
    Spread,
}

impl From<Namespace> for IdentityNamespace {
    fn from(namespace: Namespace) -> Self {
        match namespace {
            Namespace::User => Self::User,
            Namespace::Anonymous => Self::Anonymous,
            Namespace::Spread => Self::Spread,
        }
    }
}

/// The fact that linked an id to another.
#[derive(Serialize, ToSchema)]
pub(super) struct IdentityEvidence {
    /// The fact's place in the log.
    offset: u64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The id it belongs to since.
    #[schema(value_type = String)]
    into: PersonId,
}

/// What is known of a person
///
/// Who they are, the ids they are known by and why, and what they did how often. Where they stand in the network is told
/// beside it.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}", tag = "identity", operation_id = "identity.person.read",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`"), PersonQuery),
    responses(
        (status = 200, body = PersonDetail),
        (status = 404, description = "No such person in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(person): Path<String>,
    Query(query): Query<PersonQuery>,
) -> Result<Json<PersonDetail>, Problem> {
    slice.caught_up(caller.workspace, query.wait_offset).await?;
    let handles = slice.handles_of(&caller, &person).await?;
    let (reads, workspace) = (slice.people.records.reads(), caller.workspace);
    let mut ids = store::ids(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
    ids.sort_unstable_by_key(|id| id.handle);
    let person = ids.first().ok_or(ErrorCode::NotFound)?.handle;
    let evidence = store::evidence(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
    let activity = store::activity(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
    let profiles = store::profiles_in_workspace(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
    let known = Profile::of_person(profiles);
    let seen = rules::span(activity.iter().map(|activity| (activity.first_at, activity.last_at)));
    let identity = |known: Known| identity(known, &evidence, &activity, reads_ids(&caller));
    Ok(Json(PersonDetail {
        person: PersonId(person),
        is_fan: known.phone.is_some() && known.wechat.is_some(),
        phone_masked: known.phone_masked(),
        wechat_masked: known.wechat.as_deref().map(masked),
        name: known.name,
        city: known.city,
        first_seen: seen.map(|(first, _)| first),
        last_seen: seen.map(|(_, last)| last),
        facts: activity.iter().map(|activity| activity.facts).sum(),
        identities: ids.into_iter().map(identity).collect(),
        events: rules::by_event(&activity).into_iter().map(EventTotal::from).collect(),
    }))
}

impl From<Activity> for EventTotal {
    fn from(Activity { event, facts, first_at, last_at, .. }: Activity) -> Self {
        Self { event, facts, first_at, last_at }
    }
}

fn identity(id: Known, evidence: &[Evidence], activity: &[Activity], reads_ids: bool) -> Identity {
    let under = |handle: Handle| activity.iter().filter(move |activity| activity.handle == handle);
    let seen = rules::span(under(id.handle).map(|activity| (activity.first_at, activity.last_at)));
    let linked = evidence.iter().find(|evidence| evidence.handle == id.handle);
    Identity {
        person: PersonId(id.handle),
        namespace: id.namespace.into(),
        value: if reads_ids { id.value } else { masked(&id.value) },
        is_masked: !reads_ids,
        first_seen: seen.map(|(first, _)| first),
        last_seen: seen.map(|(_, last)| last),
        facts: under(id.handle).map(|activity| activity.facts).sum(),
        evidence: linked.map(|Evidence { into, offset: Offset(offset), at, .. }| IdentityEvidence {
            offset: *offset,
            at: *at,
            into: PersonId(*into),
        }),
    }
}
