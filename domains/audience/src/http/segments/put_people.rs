//! `POST /api/v1/segments/{segment}/people`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageSegments, Json, Origin, Path, Problem};

use crate::{
    http::view::SegmentView,
    model::kept::SegmentKind,
    ops::{Slice, define, look},
};

/// Who is put in and who is taken out: `p42`, `user:<id>` or `anonymous:<id>`, 10,000 each at most.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct SegmentPeopleChange {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// Put people into a manual segment and take them out
#[utoipa::path(
    post, path = "/api/v1/segments/{segment}/people", tag = "audience", operation_id = "audience.member.change",
    params(("segment" = String, Path)),
    request_body = SegmentPeopleChange,
    responses(
        (status = 200, body = SegmentView),
        (status = 404, description = "No such segment"),
        (status = 422, description = "Somebody is not there, or the segment is not a manual one"),
    ),
    extensions(("x-permission" = json!("manage_segments"))),
)]
pub(in crate::http) async fn put(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(change): Json<SegmentPeopleChange>,
) -> Result<Json<SegmentView>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let _changing = slice.changing.lock().await;
    let mut segment = slice.segment(caller.workspace, &id).await?;
    if segment.kind != SegmentKind::Manual {
        return Err(Problem::invalid("add", "only a manual segment takes people by hand"));
    }
    let add = slice.named(&caller, &live, "add", &change.add).await?;
    let remove = slice.named(&caller, &live, "remove", &change.remove).await?;
    let before = define::segment_told(&segment);
    let mut people = segment.people.take().unwrap_or_default();
    people.extend(add.into_iter().map(|handle| handle.0));
    // Whoever is taken out is taken out under every id of theirs.
    people = look(&live, move |engine| {
        for handle in remove.into_iter().flat_map(|person| engine.people().handles(person).collect::<Vec<_>>()) {
            people.remove(handle.0);
        }
        people
    })
    .await?;
    segment.people = Some(people);
    segment.changed_at = slice.clock.now();
    let order = Slice::order(caller.workspace, origin.by(&caller));
    slice.put_segment(&live, order, segment.clone(), Some(before)).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    slice.view(caller.workspace, &live, seen, segment).await.map(Json)
}
