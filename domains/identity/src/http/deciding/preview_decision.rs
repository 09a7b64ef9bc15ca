//! `POST /api/v1/identity/preview`

use std::collections::BTreeSet;

use axum::extract::State;
use facts::names::ORDER_PAID;
use kernel::{Handle, PersonId, Timestamp, WorkspaceId};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanManageIdentity, Json, Problem};

use super::{DecisionAsked, What};
use crate::{
    model::{Activity, Known, Profile},
    ops::{
        Slice,
        decide::Choice,
        foresee::{Change, Foreseen, foresee},
    },
    rules::{self, Namespaces, masked},
    store,
};

/// People told of at most, before and after.
const PERSONS_MAX: usize = 50;
/// Ids told of each.
const IDS_SHOWN: usize = 12;

/// What could be decided.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"decide": {"what": "conflict", "conflict": "3-7", "answer": "merge"}}))]
pub(in crate::http) struct PreviewAsked {
    decide: DecisionAsked,
}

/// What a decision would do. Nothing is changed by asking.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct DecisionPreview {
    /// The people it is about as they are.
    before: Vec<PreviewPerson>,
    /// The same as they would be.
    after: Vec<PreviewPerson>,
    /// People it is about who are not told here, because there are too many.
    more: usize,
    /// Whether anybody would change.
    changes: bool,
    /// Campaigns that would be folded anew: those in which one of them has a place.
    campaigns: Vec<String>,
}

/// A person as they are or would be.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PreviewPerson {
    #[schema(value_type = String)]
    person: PersonId,
    name: Option<String>,
    /// Phone with its middle hidden.
    phone_masked: Option<String>,
    city: Option<String>,
    /// Facts about them.
    facts: u64,
    /// Orders they paid.
    orders: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Their first ids.
    ids: Vec<PreviewId>,
    /// How many they have in all.
    ids_total: usize,
}

/// An id of theirs.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct PreviewId {
    #[schema(value_type = String)]
    id: PersonId,
    namespace: String,
    /// Its middle hidden.
    value: String,
}

/// What a decision would do
///
/// The same replay that carries a decision out, with nothing written.
#[utoipa::path(
    post, path = "/api/v1/identity/preview", tag = "identity", operation_id = "identity.decision.preview",
    request_body = PreviewAsked,
    responses(
        (status = 200, body = DecisionPreview),
        (status = 404, description = "No such person, conflict, evidence or decision"),
        (status = 409, description = "The conflict was decided meanwhile, or the decision was taken back before"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_identity"))),
)]
pub(in crate::http) async fn preview(
    caller: CanManageIdentity,
    State(slice): State<Slice>,
    Json(asked): Json<PreviewAsked>,
) -> Result<Json<DecisionPreview>, Problem> {
    let workspace = caller.workspace;
    let choice = slice.choice(workspace, &asked.decide).await?;
    let change = match choice {
        Choice::Make { what: What::Merge, one, other, .. } => {
            let (Some(one), Some(other)) = (one.first(), other.first()) else {
                return Err(Problem::internal("a merge of nobody"));
            };
            Change::Merge(*one, *other)
        }
        Choice::Make { one, other, .. } => Change::Apart(one, other),
        Choice::TakeBack { decision } => Change::TakeBack(decision),
    };
    let namespaces = slice.namespaces(workspace).await?;
    let reads = slice.people.records.reads();
    let foreseen = foresee(reads, workspace, &namespaces, &change).await.map_err(Problem::unavailable)?;
    let Foreseen { mut before, mut after } = foreseen;
    let changes = before != after;
    let more = before.len().max(after.len()).saturating_sub(PERSONS_MAX);
    before.truncate(PERSONS_MAX);
    after.truncate(PERSONS_MAX);
    let names: Vec<Handle> = before.iter().filter_map(|handles| handles.first().copied()).collect();
    let campaigns = slice.circles.campaigns(workspace, &names);
    let sketches = slice.sketches(workspace, &namespaces, &[before.as_slice(), &after].concat()).await?;
    let told = |persons: &[Vec<Handle>]| persons.iter().map(|handles| sketches.person(handles)).collect();
    Ok(Json(DecisionPreview {
        before: told(&before),
        after: told(&after),
        more,
        changes,
        campaigns: campaigns.into_iter().map(|campaign| campaign.to_string()).collect(),
    }))
}

/// What is stored under some handles, to tell of persons that are not there yet.
struct Sketches<'a> {
    namespaces: &'a Namespaces,
    ids: FxHashMap<Handle, Known>,
    profiles: FxHashMap<Handle, Profile>,
    activity: FxHashMap<Handle, Vec<Activity>>,
}

impl Slice {
    async fn sketches<'a>(
        &self,
        workspace: WorkspaceId,
        namespaces: &'a Namespaces,
        persons: &[Vec<Handle>],
    ) -> Result<Sketches<'a>, Problem> {
        let all: BTreeSet<Handle> = persons.iter().flatten().copied().collect();
        let all: Vec<Handle> = all.into_iter().collect();
        let reads = self.people.records.reads();
        let shown: Vec<Handle> = persons.iter().flat_map(|handles| handles.iter().take(IDS_SHOWN)).copied().collect();
        let ids = store::ids(reads, workspace, &shown).await.map_err(Problem::unavailable)?;
        let profiles = store::profiles_in_workspace(reads, workspace, &all).await.map_err(Problem::unavailable)?;
        let mut activity: FxHashMap<Handle, Vec<Activity>> = FxHashMap::default();
        for one in store::activity(reads, workspace, &all).await.map_err(Problem::unavailable)? {
            activity.entry(one.handle).or_default().push(one);
        }
        Ok(Sketches {
            namespaces,
            ids: ids.into_iter().map(|known| (known.handle, known)).collect(),
            profiles: profiles.into_iter().map(|profile| (profile.handle, profile)).collect(),
            activity,
        })
    }
}

impl Sketches<'_> {
    fn person(&self, handles: &[Handle]) -> PreviewPerson {
        let known =
            Profile::of_person(handles.iter().filter_map(|handle| self.profiles.get(handle).cloned()).collect());
        let activity = || handles.iter().filter_map(|handle| self.activity.get(handle)).flatten();
        let seen = rules::span(activity().map(|one| (one.first_at, one.last_at)));
        let id = |known: &Known| PreviewId {
            id: PersonId(known.handle),
            namespace: self.namespaces.key_of(known.space),
            value: masked(&known.value),
        };
        PreviewPerson {
            person: PersonId(handles.first().copied().unwrap_or(Handle(0))),
            phone_masked: known.phone_masked(),
            name: known.name,
            city: known.city,
            facts: activity().map(|one| one.facts).sum(),
            orders: activity().filter(|one| one.event == ORDER_PAID).map(|one| one.facts).sum(),
            first_seen: seen.map(|(first, _)| first),
            last_seen: seen.map(|(_, last)| last),
            ids: handles.iter().take(IDS_SHOWN).filter_map(|handle| self.ids.get(handle)).map(id).collect(),
            ids_total: handles.len(),
        }
    }
}
