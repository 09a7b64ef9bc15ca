//! `PUT /api/v1/network/kocs/threshold`

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Origin, Problem};

use super::{asked::ThresholdBy, view::ThresholdView};
use crate::{Slice, ops::set_threshold::SetThreshold, store::kocs::BoardKind};

/// From where on somebody counts as a KOC.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"board": "across", "by": "percent", "value": 1.0}))]
pub(in crate::http) struct NewThreshold {
    board: BoardWord,
    by: ThresholdBy,
    /// The least score, or the percentage of the board.
    value: f64,
}

/// Which of the two kinds of boards.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum BoardWord {
    /// Across campaigns.
    Across,
    /// Inside one campaign.
    Inside,
}

/// The threshold as it is set.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ThresholdSet {
    /// `across` or `inside`.
    board: &'static str,
    /// `score` or `percent`.
    by: &'static str,
    value: f64,
}

/// Set from where on somebody counts as a KOC
#[utoipa::path(
    put, path = "/api/v1/network/kocs/threshold", tag = "network", operation_id = "network.threshold.set",
    request_body = NewThreshold,
    responses((status = 200, body = ThresholdSet), (status = 422, description = "The value is no threshold")),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(in crate::http) async fn set_threshold(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    origin: Origin,
    Json(new): Json<NewThreshold>,
) -> Result<Json<ThresholdSet>, Problem> {
    let threshold = new.by.of(new.value)?;
    let board = match new.board {
        BoardWord::Across => BoardKind::Across,
        BoardWord::Inside => BoardKind::Inside,
    };
    let command = SetThreshold { by: origin.by(&caller), workspace: caller.workspace, board, threshold };
    slice.thresholds.submit(command).await.map_err(Problem::unavailable)?;
    let (by, value) = ThresholdView::words(threshold);
    Ok(Json(ThresholdSet { board: board.as_str(), by, value }))
}
