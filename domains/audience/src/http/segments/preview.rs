//! `POST /api/v1/segments/preview`

use std::sync::Arc;

use axum::extract::State;
use kernel::Handle;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanReadNetwork, Json, Problem};

use crate::{
    http::view::PersonRow,
    model::Rule,
    ops::{Slice, count, look},
};

/// People shown at most.
const SAMPLE_MAX: usize = 100;

/// A rule to be asked.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "rule": { "kind": "standing", "standing": "fan" }, "sample": 5 }))]
pub(in crate::http) struct PreviewWanted {
    rule: Rule,
    /// How many people are to be shown; 20 when missing, 100 at most.
    sample: Option<usize>,
}

/// Whom a rule holds for now.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Preview {
    /// How many of those the caller may see.
    count: u64,
    /// Of how many.
    everybody: u64,
    /// Some of them, spread over all.
    sample: Vec<PersonRow>,
    /// How long it took to find them, in microseconds.
    took_us: u64,
}

/// Ask a rule
///
/// Counts whom it holds for now; nothing is kept.
#[utoipa::path(
    post, path = "/api/v1/segments/preview", tag = "audience", operation_id = "audience.segment.preview",
    request_body = PreviewWanted,
    responses((status = 200, body = Preview), (status = 422, description = "The rule is not valid")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn preview(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Json(PreviewWanted { rule, sample }): Json<PreviewWanted>,
) -> Result<Json<Preview>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    slice.check_rule(caller.workspace, &live, "", &rule).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let wanted = sample.unwrap_or(20).min(SAMPLE_MAX);
    let clock = Arc::clone(&slice.clock);
    let (count, everybody, persons, took_us) = look(&live, move |engine| {
        let begun = clock.now();
        let found = engine.preview(&rule);
        let took_us = clock.now().micros_since(begun).unsigned_abs();
        let found = seen.as_ref().map_or_else(|| found.clone(), |seen| &found & seen);
        let step = (found.len() / (wanted.max(1) as u64)).max(1);
        let spread = (0..wanted as u64).filter_map(|place| found.select(u32::try_from(place * step).ok()?));
        (found.len(), count(engine.people().everyone(), seen.as_ref()), spread.map(Handle).collect::<Vec<_>>(), took_us)
    })
    .await?;
    let sample = slice.people(caller.workspace, &live, persons).await?;
    Ok(Json(Preview { count, everybody, sample, took_us }))
}
