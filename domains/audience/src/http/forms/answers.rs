//! `GET /api/v1/forms/{form}/answers`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadFacts, Cell, Csv, Format, Json, Limit, Page, Path, Place, Problem, Query};

use crate::{
    model::form::{Answer, Answers, Form, Given, QuestionKind},
    ops::Slice,
    store::forms,
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct AnswerQuery {
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// One person's answer to a form.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct FormAnswer {
    /// By whom, as `namespace:id`.
    subject: String,
    /// To what was asked in this version.
    version: u32,
    /// By the key of the question; phone numbers are masked.
    #[schema(value_type = std::collections::BTreeMap<String, Answer>)]
    answers: Answers,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Answers to a form
///
/// The newest first. As a table, each question of the form as it is now is a column, and choices are written in words.
#[utoipa::path(
    get, path = "/api/v1/forms/{form}/answers", tag = "audience", operation_id = "audience.form_answer.list",
    params(("form" = String, Path), AnswerQuery),
    responses(
        (status = 200, body = Page<FormAnswer>),
        (status = 404, description = "No such form"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("read_facts"))),
)]
pub(in crate::http) async fn list(
    caller: CanReadFacts,
    State(slice): State<Slice>,
    Path(id): Path<String>,
    Query(query): Query<AnswerQuery>,
) -> Result<Response, Problem> {
    let form = slice.form(caller.workspace, &id).await?;
    let limit = query.limit.get();
    let (reads, after) = (slice.records.reads(), query.after.map(Into::into));
    let found = forms::answers_in_workspace(reads, caller.workspace, &id, after, limit as u32 + 1).await;
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, |given| {
        Place { at: given.at, id: given.subject.clone() }.to_string()
    });
    Ok(match query.format {
        Format::Csv => csv(&form, &page.items).into_response(),
        Format::Json => {
            let view = |given: Given| {
                let Given { subject, version, answers, at, .. } = given;
                FormAnswer { subject, version, answers, at }
            };
            Json(Page { items: page.items.into_iter().map(view).collect(), next: page.next }).into_response()
        }
    })
}

fn csv(form: &Form, given: &[Given]) -> Csv {
    let questions = &form.asked.questions;
    let labels = questions.iter().map(|question| question.label.as_str());
    let columns: Vec<&str> = ["subject", "at", "version"].into_iter().chain(labels).collect();
    let mut csv = Csv::new("form-answers", &columns);
    for one in given {
        let answer = |key: &str, kind: &QuestionKind| one.answers.get(key).map_or(Cell::from(""), |it| cell(kind, it));
        let head: [Cell; 3] = [one.subject.clone().into(), one.at.into(), one.version.into()];
        csv.cells(head.into_iter().chain(questions.iter().map(|question| answer(&question.key, &question.kind))));
    }
    csv
}

fn cell(kind: &QuestionKind, answer: &Answer) -> Cell {
    let word = |key: &str| match kind {
        QuestionKind::One { choices } | QuestionKind::Many { choices, .. } => {
            choices.iter().find(|choice| choice.key == key).map_or(key, |choice| choice.label.as_str()).to_owned()
        }
        _ => key.to_owned(),
    };
    match answer {
        Answer::Number(number) => (*number).into(),
        Answer::Text(text) => word(text).into(),
        Answer::Keys(keys) => keys.iter().map(|key| word(key)).collect::<Vec<_>>().join("；").into(),
    }
}
