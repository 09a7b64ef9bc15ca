//! `PATCH /api/v1/forms/{form}`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageSegments, Json, Origin, Path, Problem};

use super::FormView;
use crate::{
    model::form::{Asked, FormState},
    ops::Slice,
};

/// What is to change; what is missing stays.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "state": "open" }))]
pub(in crate::http) struct FormChange {
    /// Opened, closed, or taken back into a draft.
    state: Option<FormState>,
    /// What is asked from now on. Answers that were given stay under what they were given to.
    asked: Option<Asked>,
}

/// Change a form
///
/// Whoever has the page open while what is asked changes is told to open it again.
#[utoipa::path(
    patch, path = "/api/v1/forms/{form}", tag = "audience", operation_id = "audience.form.change",
    params(("form" = String, Path)),
    request_body = FormChange,
    responses(
        (status = 200, body = FormView),
        (status = 404, description = "No such form"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_segments"))),
)]
pub(in crate::http) async fn change(
    caller: CanManageSegments,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(change): Json<FormChange>,
) -> Result<Json<FormView>, Problem> {
    let _changing = slice.changing.lock().await;
    let before = slice.form(caller.workspace, &id).await?;
    let mut form = before.clone();
    form.state = change.state.unwrap_or(form.state);
    if let Some(asked) = change.asked.filter(|asked| *asked != before.asked) {
        slice.check_asked(caller.workspace, &asked).await?;
        form.asked = asked;
        form.version += 1;
    }
    if form != before {
        form.changed_at = slice.clock.now();
        slice.put_form(Slice::order(caller.workspace, origin.by(&caller)), form.clone(), Some(&before)).await?;
    }
    Ok(Json(FormView::of(caller.workspace, form)))
}
