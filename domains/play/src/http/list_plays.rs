//! `GET /api/v1/plays` and `GET /api/v1/plays/{play}`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadCampaigns, Csv, Format, Json, Limit, Page, Path, Place, Problem, Query};

use super::view::{Row, View};
use crate::{Slice, store::plays};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
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

/// Plays, the newest first
///
/// Numbers are those of the whole brand, for callers who see everybody.
#[utoipa::path(
    get, path = "/api/v1/plays", tag = "play", operation_id = "play.play.list",
    params(ListQuery),
    responses((status = 200, body = Page<Row>)),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn list(
    caller: CanReadCampaigns,
    State(slice): State<Slice>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let limit = query.limit.get();
    let found = plays::plays_before(slice.records.reads(), caller.workspace, query.after.map(Into::into), limit + 1)
        .await
        .map_err(Problem::unavailable)?;
    let rows: Vec<Row> = found.iter().map(|play| Row::of(play, &caller.scope)).collect();
    let page = Page::cut(rows, limit, |row| Place { at: row.created_at, id: row.id.clone() }.to_string());
    Ok(match query.format {
        Format::Json => Json(page).into_response(),
        Format::Csv => csv(&page.items).into_response(),
    })
}

/// A play
#[utoipa::path(
    get, path = "/api/v1/plays/{play}", tag = "play", operation_id = "play.play.read",
    params(("play" = String, Path)),
    responses((status = 200, body = View), (status = 404, description = "No such play")),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn read(
    caller: CanReadCampaigns,
    State(slice): State<Slice>,
    Path(play): Path<String>,
) -> Result<Json<View>, Problem> {
    let play = slice.play(caller.workspace, &play).await?;
    Ok(Json(View::of(&play, &caller.scope)))
}

fn csv(rows: &[Row]) -> Csv {
    let columns = [
        "play",
        "name",
        "kind",
        "channel",
        "phase",
        "starts_at",
        "ends_at",
        "budget_fen",
        "spent_fen",
        "held_fen",
        "begun",
        "completed",
        "helped",
        "newcomers",
    ];
    let mut csv = Csv::new("plays", &columns);
    for row in rows {
        let number = |read: fn(&super::view::Numbers) -> i64| row.numbers.as_ref().map(read).into();
        csv.line([
            row.id.clone().into(),
            row.name.clone().into(),
            row.kind.slug().into(),
            serde_json::to_value(row.channel).ok().and_then(|word| word.as_str().map(str::to_owned)).into(),
            row.phase.slug().into(),
            row.starts_at.into(),
            row.ends_at.into(),
            row.budget_fen.into(),
            number(|numbers| numbers.spent_fen),
            number(|numbers| numbers.held_fen),
            number(|numbers| numbers.begun),
            number(|numbers| numbers.completed),
            number(|numbers| numbers.helped),
            number(|numbers| numbers.newcomers),
        ]);
    }
    csv
}
