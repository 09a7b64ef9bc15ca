//! `GET /api/v1/plays/{play}/rewards`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::{ErrorCode, Scope, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanManageCampaigns, Csv, Format, Json, Limit, Page, Path, Place, Problem, Query};

use crate::{
    Slice,
    model::{GrantState, Subject},
    store::taken::{self, Owned},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RewardQuery {
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A reward and how it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = PlayGrant)]
pub(super) struct GrantRow {
    /// Whose, by the end of the id they came with.
    who: String,
    reward: String,
    /// Empty unless the play gives anew every day, or for every order.
    period: String,
    /// Out of which try; empty for a draw.
    instance: String,
    cost_fen: i64,
    state: GrantState,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(skip)]
    place: String,
}

/// Enough of an id to tell people apart, and not to be them.
fn masked(subject: &Subject) -> String {
    let id = subject.id();
    let end: String = id.value.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{}:…{end}", id.namespace)
}

fn row((subject, grant): Owned) -> GrantRow {
    GrantRow {
        who: masked(&subject),
        place: format!("{subject}/{}/{}", grant.reward, grant.period),
        reward: grant.reward,
        period: grant.period,
        instance: grant.instance,
        cost_fen: grant.cost_fen,
        state: grant.state,
        at: grant.at,
    }
}

/// Who got what, the latest first
///
/// Only for callers who see everybody.
#[utoipa::path(
    get, path = "/api/v1/plays/{play}/rewards", tag = "play", operation_id = "play.reward.list",
    params(("play" = String, Path), RewardQuery),
    responses((status = 200, body = Page<GrantRow>), (status = 404, description = "No such play")),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn list(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    Path(play): Path<String>,
    Query(query): Query<RewardQuery>,
) -> Result<Response, Problem> {
    let play = slice.play(caller.workspace, &play).await?;
    if caller.scope != Scope::All {
        return Err(ErrorCode::NotFound.into());
    }
    let (reads, limit) = (slice.records.reads(), query.limit.get());
    let found = taken::grants_before(reads, caller.workspace, &play.id, query.after.map(Into::into), limit + 1);
    let rows: Vec<GrantRow> = found.await.map_err(Problem::unavailable)?.into_iter().map(row).collect();
    let page = Page::cut(rows, limit, |row| Place { at: row.at, id: row.place.clone() }.to_string());
    Ok(match query.format {
        Format::Json => Json(page).into_response(),
        Format::Csv => csv(&page.items).into_response(),
    })
}

fn csv(rows: &[GrantRow]) -> Csv {
    let mut csv = Csv::new("play-rewards", &["who", "reward", "period", "instance", "cost_fen", "state", "at"]);
    for row in rows {
        csv.line([
            row.who.clone().into(),
            row.reward.clone().into(),
            row.period.clone().into(),
            row.instance.clone().into(),
            row.cost_fen.into(),
            row.state.slug().into(),
            row.at.into(),
        ]);
    }
    csv
}
