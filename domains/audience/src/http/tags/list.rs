//! `GET /api/v1/tags`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadNetwork, Csv, Format, Json, Page, Problem, Query};

use crate::{http::view::TagView, ops::Slice, store};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct TagQuery {
    /// Answer only when the fact at this offset has been digested.
    wait_offset: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Tags
///
/// All of them by group and name, with how many of those the caller may see wear each.
#[utoipa::path(
    get, path = "/api/v1/tags", tag = "audience", operation_id = "audience.tag.list",
    params(TagQuery),
    responses((status = 200, body = Page<TagView>)),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<TagQuery>,
) -> Result<Response, Problem> {
    let live = slice.live(caller.workspace, query.wait_offset).await?;
    let seen = slice.seen_by(&caller, &live).await?;
    let tags = store::tags_in_workspace(slice.records.reads(), caller.workspace).await.map_err(Problem::unavailable)?;
    let views = slice.tag_views(&live, seen, tags).await?;
    Ok(match query.format {
        Format::Json => Json(Page::whole(views)).into_response(),
        Format::Csv => {
            let mut csv = Csv::new("tags", &["tag", "group", "name", "intent", "note", "people", "created_at", "by"]);
            for view in views {
                csv.line([
                    view.tag.into(),
                    view.group.into(),
                    view.name.into(),
                    view.intent.as_str().into(),
                    view.note.into(),
                    view.people.into(),
                    view.created_at.into(),
                    view.by.into(),
                ]);
            }
            csv.into_response()
        }
    })
}
