//! `GET /api/v1/identity/conflicts`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Handle, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanManageIdentity, Csv, Format, Json, Limit, Place, Problem, Query};

use super::{Side, conflict_id, pair_of};
use crate::{
    ops::Slice,
    store::{
        decisions::Conflict,
        queue::{self, ConflictQuery, Pair},
    },
};

/// Lines of an export at most.
const EXPORT_MAX: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ConflictListQuery {
    /// `open` ones when missing.
    #[serde(default)]
    #[param(inline)]
    state: ConflictFilter,
    /// Only for this reason: `two_logins` or `limit`.
    reason: Option<String>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
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

/// Which conflicts.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ConflictFilter {
    /// Those that wait for a decision.
    #[default]
    Open,
    /// Those that somebody decided.
    Decided,
    /// Those whose evidence no longer speaks for it.
    Gone,
    All,
}

impl ConflictFilter {
    fn states(self) -> Vec<&'static str> {
        match self {
            Self::Open => vec!["open"],
            Self::Decided => vec!["merged", "apart", "moved"],
            Self::Gone => vec!["gone"],
            Self::All => Vec::new(),
        }
    }
}

/// Conflicts, the latest first.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ConflictList {
    items: Vec<ConflictRow>,
    /// Send this as `after` to get the next page; null when this was the last.
    next: Option<String>,
    /// How many there are, whatever was asked for.
    counts: ConflictCounts,
}

/// Conflicts by state.
#[derive(Default, Serialize, ToSchema)]
pub(in crate::http) struct ConflictCounts {
    open: u64,
    decided: u64,
    gone: u64,
}

/// Evidence that two people are one, which does not join them by itself.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ConflictRow {
    id: String,
    /// `two_logins`: they sign in by different ids. `limit`: more ids of a namespace than a person may have.
    reason: String,
    /// `open`; `merged`, `apart` or `moved` as it was decided; `gone` when its evidence no longer speaks for it.
    state: String,
    /// Whether a decision is on its way.
    is_pending: bool,
    /// The id that was seen with the other, and whose it is today.
    one: Side,
    /// The other.
    other: Side,
    /// How likely they are one person, from 0 to 1.
    confidence: f64,
    /// The fact that named both ids.
    offset: u64,
    #[schema(value_type = String, format = DateTime)]
    found_at: Timestamp,
    /// The decision, when somebody decided.
    decision: Option<String>,
}

/// Conflicts about who is who
///
/// A fact said that two ids are of one person, and a rule speaks against it: nobody is merged silently, somebody decides.
#[utoipa::path(
    get, path = "/api/v1/identity/conflicts", tag = "identity", operation_id = "identity.conflict.list",
    params(ConflictListQuery),
    responses((status = 200, body = ConflictList)),
    extensions(("x-permission" = json!("manage_identity"))),
)]
pub(in crate::http) async fn list(
    caller: CanManageIdentity,
    State(slice): State<Slice>,
    Query(asked): Query<ConflictListQuery>,
) -> Result<Response, Problem> {
    slice.caught_up(caller.workspace, asked.wait_offset).await?;
    let after = asked.after.map(place).transpose()?;
    let as_csv = asked.format == Format::Csv;
    let limit = if as_csv { EXPORT_MAX } else { asked.limit.get() };
    let query = ConflictQuery { states: asked.state.states(), reason: asked.reason, after };
    let (reads, workspace) = (slice.people.records.reads(), caller.workspace);
    let mut found = queue::conflicts(reads, workspace, &query, limit + 1).await.map_err(Problem::unavailable)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more);
    let next = next.map(|last| Place { at: last.at, id: conflict_id((last.handle, last.into)) }.to_string());
    let handles: Vec<Handle> = found.iter().flat_map(|conflict| [conflict.handle, conflict.into]).collect();
    let sides = slice.sides(workspace, &handles).await?;
    let pending = queue::on_their_way(reads, workspace, &handles).await.map_err(Problem::unavailable)?;
    let row = |conflict: Conflict| {
        let pair = (conflict.handle, conflict.into);
        Some(ConflictRow {
            id: conflict_id(pair),
            is_pending: pending.contains(&pair),
            one: sides.of(conflict.handle)?,
            other: sides.of(conflict.into)?,
            confidence: conflict.confidence,
            offset: conflict.offset.0,
            reason: conflict.reason,
            state: conflict.state,
            found_at: conflict.at,
            decision: conflict.decision,
        })
    };
    let items: Vec<ConflictRow> = found.into_iter().filter_map(row).collect();
    if as_csv {
        return Ok(table(&items).into_response());
    }
    let counts = queue::conflict_counts(reads, workspace).await.map_err(Problem::unavailable)?;
    Ok(Json(ConflictList { items, next, counts: counted(counts) }).into_response())
}

/// Where the page before ended.
fn place(Place { at, id }: Place) -> Result<(Timestamp, Pair), Problem> {
    let pair = pair_of(&id).ok_or_else(|| Problem::invalid("after", "send what was given as next"))?;
    Ok((at, pair))
}

fn counted(counts: Vec<(String, u64)>) -> ConflictCounts {
    let mut counted = ConflictCounts::default();
    for (state, count) in counts {
        *match state.as_str() {
            "open" => &mut counted.open,
            "gone" => &mut counted.gone,
            _ => &mut counted.decided,
        } += count;
    }
    counted
}

fn table(items: &[ConflictRow]) -> Csv {
    let columns = [
        "id",
        "state",
        "reason",
        "confidence",
        "found_at",
        "one_person",
        "one_name",
        "one_namespace",
        "one_id",
        "other_person",
        "other_name",
        "other_namespace",
        "other_id",
        "decision",
    ];
    let mut csv = Csv::new("identity-conflicts", &columns);
    for item in items {
        let (one, other) = (item.one.clone(), item.other.clone());
        csv.line([
            item.id.clone().into(),
            item.state.clone().into(),
            item.reason.clone().into(),
            item.confidence.into(),
            item.found_at.into(),
            one.person.to_string().into(),
            one.name.into(),
            one.namespace.into(),
            one.value.into(),
            other.person.to_string().into(),
            other.name.into(),
            other.namespace.into(),
            other.value.into(),
            item.decision.clone().into(),
        ]);
    }
    csv
}
