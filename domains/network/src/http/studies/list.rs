//! `GET /api/v1/network/studies`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadNetwork, Csv, Format, Json, Page, Problem, Query};

use super::StudyRow;
use crate::{
    Slice,
    ops::study::scope_key,
    store::studies::{self, Kind},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum StudyKind {
    /// Whom to start with.
    Seeds,
    /// What would happen.
    Forecast,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct StudyQuery {
    /// Only of this kind.
    #[param(inline)]
    kind: Option<StudyKind>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Seed plans and forecasts
///
/// Those of the caller's scope, the newest first; who sees everybody sees all. At most 500.
#[utoipa::path(
    get, path = "/api/v1/network/studies", tag = "network", operation_id = "network.study.list",
    params(StudyQuery),
    responses((status = 200, body = Page<StudyRow>)),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<StudyQuery>,
) -> Result<Response, Problem> {
    let scope = (!caller.scope.is_all()).then(|| scope_key(&caller.scope));
    let under_way = slice.studies.under_way(caller.workspace);
    let found = studies::studies_in_workspace(slice.records.reads(), caller.workspace, scope.as_deref()).await;
    let kind = query.kind.map(|kind| match kind {
        StudyKind::Seeds => Kind::Seeds,
        StudyKind::Forecast => Kind::Forecast,
    });
    let found =
        found.map_err(Problem::unavailable)?.into_iter().filter(|study| kind.is_none_or(|kind| study.kind == kind));
    let rows: Vec<StudyRow> = found.map(|study| StudyRow::of(&under_way, study)).collect();
    Ok(match query.format {
        Format::Json => Json(Page::whole(rows)).into_response(),
        Format::Csv => csv(&rows).into_response(),
    })
}

fn csv(rows: &[StudyRow]) -> Csv {
    let mut csv = Csv::new("studies", &["id", "kind", "name", "state", "created_at", "created_by", "finished_at"]);
    for row in rows {
        csv.line([
            row.id.clone().into(),
            row.kind.into(),
            row.name.clone().into(),
            row.state.into(),
            row.created_at.into(),
            row.created_by.clone().into(),
            row.finished_at.into(),
        ]);
    }
    csv
}
