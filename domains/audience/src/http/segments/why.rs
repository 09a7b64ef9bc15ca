//! `GET /api/v1/segments/{segment}/people/{person}/why`

use axum::extract::State;
use kernel::ErrorCode;
use web::{CanReadNetwork, Json, Path, Problem};

use crate::{
    http::view::ReasonView,
    model::kept::SegmentKind,
    ops::{Slice, look},
};

/// Why somebody belongs to a segment, or does not
///
/// Each condition with what it saw.
#[utoipa::path(
    get, path = "/api/v1/segments/{segment}/people/{person}/why", tag = "audience",
    operation_id = "audience.reason.read",
    params(("segment" = String, Path), ("person" = String, Path, description = "`p42`, `user:<id>` or `anonymous:<id>`")),
    responses((status = 200, body = ReasonView), (status = 404, description = "No such segment, or nobody the caller may see")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path((id, person)): Path<(String, String)>,
) -> Result<Json<ReasonView>, Problem> {
    let segment = slice.segment(caller.workspace, &id).await?;
    let live = slice.live(caller.workspace, None).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let handle = slice.handle(caller.workspace, &live, seen.as_ref(), &person).await?;
    let reason = look(&live, move |engine| {
        let person = engine.people().person(handle);
        if segment.kind != SegmentKind::Live {
            return engine.members(&id).map(|members| ReasonView::listed(members.contains(person.0)));
        }
        let reason = engine.explain(segment.rule.as_ref()?, person);
        Some(ReasonView::of(reason, engine.standing(person), engine.people().city_name(person)))
    })
    .await?;
    reason.map(Json).ok_or_else(|| ErrorCode::NotFound.into())
}
