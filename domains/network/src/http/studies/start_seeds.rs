//! `POST /api/v1/network/seed-plans`

use axum::{extract::State, http::StatusCode};
use web::{CanReadNetwork, Json, Origin, Problem};

use super::{StudyRow, invalid};
use crate::{
    Slice,
    ops::study::{Question, asked::SeedsAsked},
    store::studies::Kind,
};

/// Find whom to start the next campaign with
///
/// Works in the background: ask for the study until it is `done`. The same question on the same network with the same seed of
/// chance has the same answer; the same question that is under way already is told instead of being asked twice.
#[utoipa::path(
    post, path = "/api/v1/network/seed-plans", tag = "network", operation_id = "network.seed.start",
    request_body = SeedsAsked,
    responses(
        (status = 202, body = StudyRow),
        (status = 422, description = "A field is not valid"),
        (status = 429, description = "Eight studies are under way already"),
    ),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn start(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    origin: Origin,
    Json(mut asked): Json<SeedsAsked>,
) -> Result<(StatusCode, Json<StudyRow>), Problem> {
    invalid(asked.wrongs())?;
    asked.name = asked.name.trim().to_owned();
    if asked.name.is_empty() {
        asked.name = format!("{} × 种子 seeds", asked.count);
    }
    let text = serde_json::to_string(&asked).map_err(Problem::unavailable)?;
    slice.begin(&caller, &origin, (Kind::Seeds, asked.name.clone(), text), Question::Seeds(asked)).await
}
