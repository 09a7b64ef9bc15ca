//! `POST /api/v1/fan/{workspace}/pages/{page}/forms/{form}`

use std::collections::BTreeMap;

use axum::{extract::State as Wired, http::StatusCode};
use factlog::AppendError;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Fan, Json, Path, Problem};

use crate::{
    Slice,
    ops::{answer::AnswerError, open::NotAppended},
};

/// Answers to a form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FormAnswers {
    /// By the name of the field.
    #[schema(example = json!({"phone": "13800138000"}))]
    answers: BTreeMap<String, String>,
}

/// They were taken.
#[derive(Serialize, ToSchema)]
pub(super) struct FormTaken {
    /// What the customer is told then.
    thanks: String,
}

/// Answer a form
///
/// What was said is durable before the answer. The same answers of the same customer count once, so they may be sent again.
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/pages/{page}/forms/{form}", tag = "content",
    operation_id = "content.form.submit",
    params(("workspace" = u32, Path), ("page" = String, Path), ("form" = String, Path)),
    request_body = FormAnswers,
    responses(
        (status = 201, body = FormTaken),
        (status = 404, description = "There is no such page or form, or it is not published"),
        (status = 422, description = "Some answers are not right: `errors` names them as `answers.<name>`"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn submit(
    fan: Fan,
    Wired(slice): Wired<Slice>,
    Path((_, page, form)): Path<(u32, String, String)>,
    Json(sent): Json<FormAnswers>,
) -> Result<(StatusCode, Json<FormTaken>), Problem> {
    let taken = slice.answer(fan.workspace, &fan.subject, (&page, &form), &sent.answers).await;
    let thanks = taken.map_err(|error| match error {
        AnswerError::Missing => ErrorCode::NotFound.into(),
        AnswerError::Faults(faults) => {
            faults.into_iter().fold(Problem::new(ErrorCode::Invalid), |problem, (name, said)| {
                problem.field(format!("answers.{name}"), said)
            })
        }
        AnswerError::Records(error) => Problem::unavailable(error),
        AnswerError::Fact(error) => Problem::internal(error),
        AnswerError::Append(NotAppended::NoRiver) => ErrorCode::NotFound.into(),
        AnswerError::Append(NotAppended::Log(AppendError::Full { retry_after_secs })) => {
            Problem::new(ErrorCode::Overloaded).retry_after(retry_after_secs)
        }
        AnswerError::Append(NotAppended::Log(error)) => Problem::new(error.code()).because(error),
    })?;
    Ok((StatusCode::CREATED, Json(FormTaken { thanks })))
}
