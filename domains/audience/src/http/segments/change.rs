//! `PATCH /api/v1/segments/{segment}`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageSegments, Json, Origin, Path, Problem};

use crate::{
    http::view::SegmentView,
    model::{Rule, kept::SegmentKind},
    ops::{Slice, define},
};

/// What is to change; what is missing stays.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct SegmentChange {
    name: Option<String>,
    note: Option<String>,
    /// Of a live segment alone.
    rule: Option<Rule>,
}

/// Change a segment
///
/// Another rule has its members at once; those who come and leave by it are not told one by one.
#[utoipa::path(
    patch, path = "/api/v1/segments/{segment}", tag = "audience", operation_id = "audience.segment.change",
    params(("segment" = String, Path)),
    request_body = SegmentChange,
    responses(
        (status = 200, body = SegmentView),
        (status = 404, description = "No such segment"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_segments"))),
)]
pub(in crate::http) async fn change(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(change): Json<SegmentChange>,
) -> Result<Json<SegmentView>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let _changing = slice.changing.lock().await;
    let mut segment = slice.segment(caller.workspace, &id).await?;
    let before = define::segment_told(&segment);
    if let Some(name) = change.name {
        segment.name = define::name("name", &name)?;
    }
    if let Some(note) = change.note {
        segment.note = define::note(Some(&note))?;
    }
    if let Some(rule) = change.rule {
        if segment.kind != SegmentKind::Live {
            return Err(Problem::invalid("rule", "only a live segment goes by a rule"));
        }
        slice.check_rule(caller.workspace, &live, &id, &rule).await?;
        segment.rule = Some(rule);
    }
    segment.changed_at = slice.clock.now();
    let order = Slice::order(caller.workspace, origin.by(&caller));
    slice.put_segment(&live, order, segment.clone(), Some(before)).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    slice.view(caller.workspace, &live, seen, segment).await.map(Json)
}
