//! `GET /api/v1/identity/decisions`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{Handle, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanManageIdentity, Csv, Format, Json, Limit, Page, Place, Problem, Query};

use super::{Side, Sides, conflict_id};
use crate::{
    ops::Slice,
    store::queue::{self, Decision},
};

/// Lines of an export at most.
const EXPORT_MAX: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct DecisionListQuery {
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

/// What somebody decided about who is who.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct DecisionRow {
    id: String,
    /// `merge`, `apart` (two people stay two) or `split` (ids left a person).
    what: &'static str,
    /// `pending` until it is carried out, `done`, or `taken_back`.
    state: &'static str,
    /// The person today of the first id on either side; null when nothing is known of it.
    one: Option<Side>,
    other: Option<Side>,
    /// How many ids the decision names on the first side.
    ids: usize,
    /// The conflict it answered.
    conflict: Option<String>,
    reason: String,
    /// Who decided: `staff:boss`.
    by: String,
    /// What they are called now.
    by_name: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The fact that carried it out.
    offset: Option<u64>,
    /// By whom it was taken back, when and why.
    taken_back: Option<TakenBackRow>,
}

/// A decision that was taken back.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct TakenBackRow {
    by: String,
    by_name: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    reason: String,
}

/// What was decided about who is who
///
/// The latest first. A decision can be taken back at any time, with all it did.
#[utoipa::path(
    get, path = "/api/v1/identity/decisions", tag = "identity", operation_id = "identity.decision.list",
    params(DecisionListQuery),
    responses((status = 200, body = Page<DecisionRow>)),
    extensions(("x-permission" = json!("manage_identity"))),
)]
pub(in crate::http) async fn list(
    caller: CanManageIdentity,
    State(slice): State<Slice>,
    Query(asked): Query<DecisionListQuery>,
) -> Result<Response, Problem> {
    slice.caught_up(caller.workspace, asked.wait_offset).await?;
    let as_csv = asked.format == Format::Csv;
    let limit = if as_csv { EXPORT_MAX } else { asked.limit.get() };
    let (reads, workspace) = (slice.people.records.reads(), caller.workspace);
    let found = queue::decisions(reads, workspace, asked.after.map(Into::into), limit + 1)
        .await
        .map_err(Problem::unavailable)?;
    let rows = slice.decision_rows(workspace, found).await?;
    let page = Page::cut(rows, limit, |row| Place { at: row.at, id: row.id.clone() }.to_string());
    Ok(if as_csv { table(&page.items).into_response() } else { Json(page).into_response() })
}

impl Slice {
    /// Decisions with the names of whom they are about and of who decided.
    pub(in crate::http) async fn decision_rows(
        &self,
        workspace: kernel::WorkspaceId,
        decisions: Vec<Decision>,
    ) -> Result<Vec<DecisionRow>, Problem> {
        let ends = |decision: &Decision| -> [Option<Handle>; 2] {
            [decision.one.first().copied(), decision.other.first().copied()]
        };
        let handles: Vec<Handle> = decisions.iter().flat_map(ends).flatten().collect();
        let sides: Sides = self.sides(workspace, &handles).await?;
        let names = self.actors(workspace).await?;
        let row = |decision: Decision| {
            let [one, other] = ends(&decision).map(|end| end.and_then(|handle| sides.of(handle)));
            let state = match (&decision.taken_back, decision.fact) {
                (Some(_), _) => "taken_back",
                (None, None) => "pending",
                (None, Some(_)) => "done",
            };
            DecisionRow {
                what: decision.what.as_str(),
                state,
                one,
                other,
                ids: decision.one.len(),
                conflict: decision.conflict.map(conflict_id),
                by_name: names.get(&decision.by).cloned(),
                taken_back: decision.taken_back.map(|back| TakenBackRow {
                    by_name: names.get(&back.by).cloned(),
                    by: back.by,
                    at: back.at,
                    reason: back.reason,
                }),
                id: decision.id,
                reason: decision.reason,
                by: decision.by,
                at: decision.at,
                offset: decision.fact.map(|offset| offset.0),
            }
        };
        Ok(decisions.into_iter().map(row).collect())
    }
}

fn table(items: &[DecisionRow]) -> Csv {
    let columns = [
        "id",
        "what",
        "state",
        "at",
        "by",
        "reason",
        "one_person",
        "other_person",
        "taken_back_at",
        "taken_back_by",
        "taken_back_reason",
    ];
    let mut csv = Csv::new("identity-decisions", &columns);
    for item in items {
        let person = |side: &Option<Side>| side.as_ref().map(|side| PersonId(side.person.0).to_string());
        let back = item.taken_back.as_ref();
        csv.line([
            item.id.clone().into(),
            item.what.into(),
            item.state.into(),
            item.at.into(),
            item.by_name.clone().unwrap_or_else(|| item.by.clone()).into(),
            item.reason.clone().into(),
            person(&item.one).into(),
            person(&item.other).into(),
            back.map(|back| back.at).into(),
            back.map(|back| back.by_name.clone().unwrap_or_else(|| back.by.clone())).into(),
            back.map(|back| back.reason.clone()).into(),
        ]);
    }
    csv
}
