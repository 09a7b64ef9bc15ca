//! `GET /api/v1/persons/{person}/identities`

use std::collections::BTreeSet;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Handle, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Path, Problem, Query};

use super::{namespaces::list_namespaces::NamespaceLevel, reads_ids};
use crate::{
    model::{Activity, Known},
    ops::Slice,
    rules::{self, Namespaces, masked},
    store::{
        self,
        evidence::{self, Source, Standing, Stored},
        queue,
    },
};

/// Pieces of evidence told at most.
const EVIDENCE_MAX: usize = 1000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct IdentityQuery {
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
    /// `csv` gives the evidence as a table.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The ids of a person, and why they are one person.
#[derive(Serialize, ToSchema)]
pub(super) struct IdentityEvidenceView {
    /// The person's name today.
    #[schema(value_type = String)]
    person: PersonId,
    /// The earliest first.
    ids: Vec<IdentityRow>,
    /// Everything that was ever said of these ids, in the order of its facts: also what was refused or taken back.
    evidence: Vec<EvidenceRow>,
    /// Whether there is more evidence than is told here.
    more: bool,
}

/// One of their ids.
#[derive(Serialize, ToSchema)]
pub(super) struct IdentityRow {
    /// The id as a person of its own.
    #[schema(value_type = String)]
    id: PersonId,
    /// Key of the namespace it comes from.
    namespace: String,
    /// What the brand calls the namespace.
    namespace_name: String,
    level: Option<NamespaceLevel>,
    /// The id itself, its middle hidden from those who may not read facts.
    value: String,
    is_masked: bool,
    /// Since when it is theirs; null for who has one id only.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// When they first did something under it.
    #[schema(value_type = Option<String>, format = DateTime)]
    first_seen: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Facts booked under it.
    facts: u64,
}

/// A piece of evidence: these two ids are of one person.
#[derive(Serialize, ToSchema)]
pub(super) struct EvidenceRow {
    #[schema(value_type = String)]
    id: PersonId,
    /// The other; null when it is the id of somebody out of the caller's sight.
    #[schema(value_type = Option<String>)]
    into: Option<PersonId>,
    /// The other id's person, when it is somebody else.
    #[schema(value_type = Option<String>)]
    other_person: Option<PersonId>,
    source: EvidenceSource,
    state: EvidenceState,
    /// The fact it comes from; of a decision the fact that carried it out.
    offset: u64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// From 0 to 1.
    confidence: f64,
    /// The decision that is its reason.
    decision: Option<String>,
    /// The reason that was given with that decision, for those who may decide.
    reason: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    taken_back_at: Option<Timestamp>,
}

/// Where a piece of evidence comes from.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EvidenceSource {
    Fact,
    Staff,
    Suggestion,
}

impl EvidenceSource {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Staff => "staff",
            Self::Suggestion => "suggestion",
        }
    }
}

/// What a piece of evidence does.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EvidenceState {
    /// It made two persons one.
    Joins,
    /// It says again what was known.
    Confirms,
    /// A rule speaks against it.
    Refused,
    /// A fact or a decision took it back.
    TakenBack,
}

impl EvidenceState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Joins => "joins",
            Self::Confirms => "confirms",
            Self::Refused => "refused",
            Self::TakenBack => "taken_back",
        }
    }

    const fn of(piece: &Stored) -> Self {
        match (piece.retracted_by.is_some(), piece.standing) {
            (true, _) => Self::TakenBack,
            (false, Standing::Joins) => Self::Joins,
            (false, Standing::Confirms) => Self::Confirms,
            (false, Standing::Refused) => Self::Refused,
        }
    }
}

/// A person's ids, and why they are one person
///
/// Every id with the evidence that joins it: from which fact or decision, since when, how sure. Evidence is never deleted; what
/// was taken back is told too.
#[utoipa::path(
    get, path = "/api/v1/persons/{person}/identities", tag = "identity", operation_id = "identity.evidence.list",
    params(("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`"), IdentityQuery),
    responses(
        (status = 200, body = IdentityEvidenceView),
        (status = 404, description = "No such person in the caller's scope"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(super) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(person): Path<String>,
    Query(query): Query<IdentityQuery>,
) -> Result<Response, Problem> {
    slice.caught_up(caller.workspace, query.wait_offset).await?;
    let handles = slice.handles_of(&caller, &person).await?;
    let (reads, workspace) = (slice.people.records.reads(), caller.workspace);
    let namespaces = slice.namespaces(workspace).await?;
    let mut ids = store::ids(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
    ids.sort_unstable_by_key(|known| known.handle);
    let activity = store::activity(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
    let persons = evidence::persons_of(reads, workspace, &handles[..1]).await.map_err(Problem::unavailable)?;
    let since = |handle: Handle| {
        let member = persons.iter().flatten().find(|member| member.handle == handle)?;
        member.joined_at.map(Timestamp)
    };
    let reads_ids = reads_ids(&caller);
    let row = |known: Known| identity(&known, &namespaces, &activity, since(known.handle), reads_ids);
    let ids: Vec<IdentityRow> = ids.into_iter().map(row).collect();

    let mut pieces = evidence::touching(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
    let more = pieces.len() > EVIDENCE_MAX;
    pieces.truncate(EVIDENCE_MAX);
    let evidence = slice.told(&caller, &handles, pieces).await?;
    let view = IdentityEvidenceView { person: PersonId(handles[0]), ids, evidence, more };
    Ok(match query.format {
        Format::Json => Json(view).into_response(),
        Format::Csv => table(&view).into_response(),
    })
}

fn identity(
    known: &Known,
    namespaces: &Namespaces,
    activity: &[Activity],
    since: Option<Timestamp>,
    reads_ids: bool,
) -> IdentityRow {
    let under = || activity.iter().filter(|activity| activity.handle == known.handle);
    let seen = rules::span(under().map(|activity| (activity.first_at, activity.last_at)));
    let declared = namespaces.of(known.space);
    let key = namespaces.key_of(known.space);
    IdentityRow {
        id: PersonId(known.handle),
        namespace_name: declared.map_or_else(|| key.clone(), |declared| declared.name.clone()),
        namespace: key,
        level: declared.map(|declared| declared.level.into()),
        value: if reads_ids { known.value.clone() } else { masked(&known.value) },
        is_masked: !reads_ids,
        since,
        first_seen: seen.map(|(first, _)| first),
        last_seen: seen.map(|(_, last)| last),
        facts: under().map(|activity| activity.facts).sum(),
    }
}

impl Slice {
    /// Evidence as it may be told: who stands out of the caller's sight is not named.
    async fn told(
        &self,
        caller: &web::Principal,
        own: &[Handle],
        pieces: Vec<Stored>,
    ) -> Result<Vec<EvidenceRow>, Problem> {
        let (reads, workspace) = (self.people.records.reads(), caller.workspace);
        let foreign = pieces.iter().flat_map(|piece| [piece.handle, piece.into]);
        let foreign: BTreeSet<Handle> = foreign.filter(|handle| own.binary_search(handle).is_err()).collect();
        let foreign: Vec<Handle> = foreign.into_iter().collect();
        let others = evidence::persons_of(reads, workspace, &foreign).await.map_err(Problem::unavailable)?;
        let names: Vec<Handle> =
            others.iter().filter_map(|members| members.iter().map(|member| member.handle).min()).collect();
        let standings = self.circles.standings(workspace, &caller.scope, &names).await.map_err(Problem::unavailable)?;
        let visible = |position: usize| {
            caller.scope.is_all() || standings.get(position).is_some_and(|standing| standing.campaigns > 0)
        };
        let person_of = |handle: Handle| {
            let position = others.iter().position(|members| members.iter().any(|member| member.handle == handle))?;
            visible(position).then(|| PersonId(names[position]))
        };
        let reasons = if caller.permissions.contains(web::Permission::ManageIdentity) {
            let mut decisions: Vec<String> = pieces.iter().filter_map(|piece| piece.decision.clone()).collect();
            decisions.sort_unstable();
            decisions.dedup();
            queue::decisions_by_id(reads, workspace, decisions).await.map_err(Problem::unavailable)?
        } else {
            Vec::new()
        };
        let row = |piece: Stored| {
            let is_own = |handle: Handle| own.binary_search(&handle).is_ok();
            // The person's own id is told first.
            let (id, into) = if is_own(piece.handle) { (piece.handle, piece.into) } else { (piece.into, piece.handle) };
            let other_person = if is_own(into) { None } else { person_of(into) };
            let decision = piece.decision.as_deref();
            let reason = reasons.iter().find(|known| Some(known.id.as_str()) == decision);
            EvidenceRow {
                id: PersonId(id),
                into: Some(PersonId(into)).filter(|_| is_own(into) || other_person.is_some()),
                other_person,
                source: match piece.source {
                    Source::Fact => EvidenceSource::Fact,
                    Source::Staff => EvidenceSource::Staff,
                    Source::Suggestion => EvidenceSource::Suggestion,
                },
                state: EvidenceState::of(&piece),
                offset: piece.offset.0,
                at: piece.at,
                confidence: piece.confidence,
                reason: reason.map(|known| known.reason.clone()),
                taken_back_at: piece.retracted_at,
                decision: piece.decision,
            }
        };
        Ok(pieces.into_iter().map(row).collect())
    }
}

fn table(view: &IdentityEvidenceView) -> Csv {
    let columns = [
        "id",
        "namespace",
        "value",
        "into",
        "source",
        "state",
        "offset",
        "at",
        "confidence",
        "decision",
        "taken_back_at",
    ];
    let mut csv = Csv::new("identities", &columns);
    for piece in &view.evidence {
        let known = view.ids.iter().find(|known| known.id == piece.id);
        csv.line([
            piece.id.to_string().into(),
            known.map(|known| known.namespace.clone()).into(),
            known.map(|known| known.value.clone()).into(),
            piece.into.map(|into| into.to_string()).into(),
            piece.source.as_str().into(),
            piece.state.as_str().into(),
            piece.offset.into(),
            piece.at.into(),
            piece.confidence.into(),
            piece.decision.clone().into(),
            piece.taken_back_at.into(),
        ]);
    }
    csv
}
