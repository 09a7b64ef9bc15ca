//! `GET /api/v1/fan/{workspace}/forms/{form}`

use axum::extract::State;
use kernel::{ErrorCode, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Fan, Json, Path, Problem};

use crate::{
    model::form::{FormState, Question},
    ops::{Slice, forms::is_open},
    store::forms,
};

/// A form as customers see it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct OpenForm {
    form: String,
    version: u32,
    title: String,
    intro: String,
    thanks: String,
    /// What whoever answers agrees to; empty when nothing is needed.
    consent: String,
    /// What is asked, without the tags answers give; empty when it cannot be answered.
    questions: Vec<Question>,
    /// Whether it can be answered at the moment.
    open: bool,
    /// Whether the caller answered it.
    answered: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// A form to answer
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/forms/{form}", tag = "audience", operation_id = "audience.fan_form.read",
    params(("workspace" = i64, Path), ("form" = String, Path)),
    responses((status = 200, body = OpenForm), (status = 404, description = "No such form")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in crate::http) async fn read(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<OpenForm>, Problem> {
    let form = slice.form(fan.workspace, &id).await?;
    if form.state == FormState::Draft {
        return Err(ErrorCode::NotFound.into());
    }
    let subject = format!("{}:{}", fan.subject.namespace, fan.subject.value);
    let answered = forms::answered_in_workspace(slice.records.reads(), fan.workspace, &id, &subject).await;
    let open = is_open(&form, slice.clock.now());
    let questions = form.asked.questions.into_iter().filter(|_| open).map(Question::without_tags);
    Ok(Json(OpenForm {
        form: form.id,
        version: form.version,
        title: form.asked.title,
        intro: form.asked.intro,
        thanks: form.asked.thanks,
        consent: form.asked.consent,
        questions: questions.collect(),
        open,
        answered: answered.map_err(Problem::unavailable)?,
        until: form.asked.until,
    }))
}
