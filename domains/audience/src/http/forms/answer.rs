//! `POST /api/v1/fan/{workspace}/forms/{form}/answers`

use axum::{extract::State, http::StatusCode};
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Fan, Json, Origin, Path, Problem};

use crate::{
    model::form::{Answer, Answers},
    ops::{
        Slice,
        forms::{Answering, is_open},
    },
};

/// An answer to a form.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "version": 1, "answers": { "name": "林晚", "taste": "poem" }, "agreed": true }))]
pub(in crate::http) struct FormAnswering {
    /// Of the form that was shown.
    version: u32,
    /// By the key of the question.
    #[schema(value_type = std::collections::BTreeMap<String, Answer>)]
    answers: Answers,
    /// Whether they agreed to what the form says their data is for.
    #[serde(default)]
    agreed: bool,
    /// Left empty by people, who do not see it.
    #[serde(default)]
    website: String,
}

/// Answer a form
///
/// Once each: who answered before is told so.
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/forms/{form}/answers", tag = "audience", operation_id = "audience.fan_form.answer",
    params(("workspace" = i64, Path), ("form" = String, Path)),
    request_body = FormAnswering,
    responses(
        (status = 204),
        (status = 404, description = "No such form"),
        (status = 409, description = "It is over, full, has changed, or was answered by them before"),
        (status = 422, description = "An answer is not one to the question"),
        (status = 429, description = "Too many answers came from one address"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in crate::http) async fn answer(
    fan: Fan,
    State(slice): State<Slice>,
    origin: Origin,
    Path((_, id)): Path<(String, String)>,
    Json(body): Json<FormAnswering>,
) -> Result<StatusCode, Problem> {
    let form = slice.form(fan.workspace, &id).await?;
    if !is_open(&form, slice.clock.now()) || form.version != body.version {
        return Err(Problem::new(ErrorCode::Conflict).detail("The form has changed or is over; open the page again"));
    }
    // A machine that fills in everything is thanked, so that it does not try again.
    if !body.website.is_empty() {
        return Ok(StatusCode::NO_CONTENT);
    }
    let by = origin.named(format!("{}:{}", fan.subject.namespace, fan.subject.value));
    let answering = Answering {
        subject: fan.subject,
        version: body.version,
        answers: body.answers,
        agreed: body.agreed,
        ip: by.ip.clone(),
    };
    slice.answer(Slice::order(fan.workspace, by), &form, answering).await?;
    Ok(StatusCode::NO_CONTENT)
}
