//! `GET /api/v1/forms`, `GET /api/v1/forms/{form}`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{CanReadNetwork, Csv, Format, Json, Page, Path, Problem, Query};

use super::FormView;
use crate::{ops::Slice, store::forms};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct FormQuery {
    /// Part of the title.
    q: Option<String>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Forms
///
/// All of them, the newest first.
#[utoipa::path(
    get, path = "/api/v1/forms", tag = "audience", operation_id = "audience.form.list",
    params(FormQuery),
    responses((status = 200, body = Page<FormView>)),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Query(query): Query<FormQuery>,
) -> Result<Response, Problem> {
    let found = forms::forms_in_workspace(slice.records.reads(), caller.workspace).await;
    let mut found = found.map_err(Problem::unavailable)?;
    if let Some(wanted) = query.q.map(|text| text.trim().to_lowercase()) {
        found.retain(|form| form.asked.title.to_lowercase().contains(&wanted));
    }
    let views: Vec<FormView> = found.into_iter().map(|form| FormView::of(caller.workspace, form)).collect();
    Ok(match query.format {
        Format::Json => Json(Page::whole(views)).into_response(),
        Format::Csv => {
            let columns =
                ["form", "title", "state", "questions", "answers", "places", "created_at", "changed_at", "by"];
            let mut csv = Csv::new("forms", &columns);
            for view in views {
                csv.line([
                    view.form.into(),
                    view.asked.title.into(),
                    view.state.as_str().into(),
                    view.asked.questions.len().into(),
                    view.answers.into(),
                    view.asked.places.into(),
                    view.created_at.into(),
                    view.changed_at.into(),
                    view.by.into(),
                ]);
            }
            csv.into_response()
        }
    })
}

/// A form
#[utoipa::path(
    get, path = "/api/v1/forms/{form}", tag = "audience", operation_id = "audience.form.read",
    params(("form" = String, Path)),
    responses((status = 200, body = FormView), (status = 404, description = "No such form")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(id): Path<String>,
) -> Result<Json<FormView>, Problem> {
    let form = slice.form(caller.workspace, &id).await?;
    Ok(Json(FormView::of(caller.workspace, form)))
}
