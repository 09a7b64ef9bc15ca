//! `PATCH /api/v1/tags/{tag}`

use axum::extract::State;
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageSegments, Json, Origin, Path, Problem};

use super::create::free;
use crate::{
    http::view::TagView,
    model::{Rule, kept::Intent},
    ops::{Slice, define},
    store,
};

/// What is to change; what is missing stays.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct TagChange {
    group: Option<String>,
    name: Option<String>,
    intent: Option<Intent>,
    note: Option<String>,
    rule: Option<Rule>,
    /// Whether it goes by a rule no longer.
    #[serde(default)]
    without_rule: bool,
}

/// Change a tag
#[utoipa::path(
    patch, path = "/api/v1/tags/{tag}", tag = "audience", operation_id = "audience.tag.change",
    params(("tag" = String, Path)),
    request_body = TagChange,
    responses(
        (status = 200, body = TagView),
        (status = 404, description = "No such tag"),
        (status = 409, description = "The group has a tag of this name"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_segments"))),
)]
pub(in crate::http) async fn change(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(change): Json<TagChange>,
) -> Result<Json<TagView>, Problem> {
    let live = slice.live(caller.workspace, None).await?;
    let _changing = slice.changing.lock().await;
    let mut tag = slice.tag(caller.workspace, &id).await?;
    let before = define::tag_told(&tag);
    if let Some(group) = change.group {
        tag.group = define::name("group", &group)?;
    }
    if let Some(name) = change.name {
        tag.name = define::name("name", &name)?;
    }
    tag.intent = change.intent.unwrap_or(tag.intent);
    if let Some(note) = change.note {
        tag.note = define::note(Some(&note))?;
    }
    if let Some(rule) = change.rule {
        slice.check_rule(caller.workspace, &live, &id, &rule).await?;
        tag.rule = Some(rule);
    } else if change.without_rule {
        tag.rule = None;
    }
    let known =
        store::tags_in_workspace(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    free(&known, &tag)?;
    let order = Slice::order(caller.workspace, origin.by(&caller));
    slice.put_tag(&live, order, tag.clone(), Some(before)).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let view = slice.tag_views(&live, seen, vec![tag]).await?.into_iter().next();
    view.map(Json).ok_or_else(|| ErrorCode::NotFound.into())
}
