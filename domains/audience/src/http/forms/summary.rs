//! `GET /api/v1/forms/{form}/summary`

use std::collections::BTreeMap;

use axum::extract::State;
use kernel::WorkspaceId;
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanReadNetwork, Json, Path, Problem};

use crate::{
    model::form::{Answer, Form, QuestionKind},
    ops::Slice,
    store::forms,
};

/// Answers read at once.
const READ_AT_ONCE: u32 = 1000;

/// What was answered to a form, in numbers. Nobody's own words are among them.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct FormSummary {
    /// How many people answered.
    answers: u64,
    /// In the order of the form.
    questions: Vec<QuestionSummary>,
}

/// What was answered to one question.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct QuestionSummary {
    key: String,
    label: String,
    /// How many answered it.
    answered: u64,
    /// How often each choice was taken, or each number of stars was given, in their order; empty for other questions.
    counts: Vec<AnswerCount>,
    /// The mean of numbers and stars.
    mean: Option<f64>,
}

/// How often something was answered.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AnswerCount {
    /// The choice's key, or the number of stars.
    key: String,
    label: String,
    count: u64,
}

/// What was answered to a form, in numbers
#[utoipa::path(
    get, path = "/api/v1/forms/{form}/summary", tag = "audience", operation_id = "audience.form.summary",
    params(("form" = String, Path)),
    responses((status = 200, body = FormSummary), (status = 404, description = "No such form")),
    extensions(("x-permission" = json!("read_network"))),
)]
pub(in crate::http) async fn read(
    caller: CanReadNetwork,
    State(slice): State<Slice>,
    Path(id): Path<String>,
) -> Result<Json<FormSummary>, Problem> {
    let form = slice.form(caller.workspace, &id).await?;
    let counted = slice.count_answers(caller.workspace, &form).await?;
    let questions =
        form.asked.questions.iter().map(|question| counted.of(&question.key, &question.label, &question.kind));
    Ok(Json(FormSummary { answers: form.answers, questions: questions.collect() }))
}

#[derive(Default)]
struct Counted {
    /// By question, then by what was answered.
    choices: BTreeMap<(String, String), u64>,
    /// By question: how many answered it, and numbers together.
    answered: BTreeMap<String, (u64, i128)>,
}

impl Counted {
    fn add(&mut self, question: &str, answer: &Answer) {
        let mut count = |key: String| *self.choices.entry((question.to_owned(), key)).or_default() += 1;
        let mut sum = 0;
        match answer {
            Answer::Number(number) => {
                sum = i128::from(*number);
                count(number.to_string());
            }
            Answer::Text(key) => count(key.clone()),
            Answer::Keys(keys) => keys.iter().for_each(|key| count(key.clone())),
        }
        let (answered, total) = self.answered.entry(question.to_owned()).or_default();
        (*answered, *total) = (*answered + 1, *total + sum);
    }

    fn of(&self, key: &str, label: &str, kind: &QuestionKind) -> QuestionSummary {
        let (answered, sum) = self.answered.get(key).copied().unwrap_or_default();
        let count = |answer: &str, label: &str| AnswerCount {
            key: answer.to_owned(),
            label: label.to_owned(),
            count: self.choices.get(&(key.to_owned(), answer.to_owned())).copied().unwrap_or_default(),
        };
        let counts = match kind {
            QuestionKind::One { choices } | QuestionKind::Many { choices, .. } => {
                choices.iter().map(|choice| count(&choice.key, &choice.label)).collect()
            }
            QuestionKind::Score { max } => {
                (1..=*max).map(|stars| count(&stars.to_string(), &stars.to_string())).collect()
            }
            _ => Vec::new(),
        };
        let is_number = matches!(kind, QuestionKind::Number { .. } | QuestionKind::Score { .. });
        let mean = (is_number && answered > 0).then(|| sum as f64 / answered as f64);
        QuestionSummary { key: key.to_owned(), label: label.to_owned(), answered, counts, mean }
    }
}

impl Slice {
    /// Counts answers to what is still asked; nobody's own words are kept.
    async fn count_answers(&self, workspace: WorkspaceId, form: &Form) -> Result<Counted, Problem> {
        let counts = |kind: &QuestionKind| {
            matches!(
                kind,
                QuestionKind::One { .. }
                    | QuestionKind::Many { .. }
                    | QuestionKind::Number { .. }
                    | QuestionKind::Score { .. }
            )
        };
        let mut counted = Counted::default();
        let mut after = None;
        loop {
            let page =
                forms::answers_in_workspace(self.records.reads(), workspace, &form.id, after, READ_AT_ONCE).await;
            let page = page.map_err(Problem::unavailable)?;
            for given in &page {
                for question in &form.asked.questions {
                    match given.answers.get(&question.key) {
                        Some(answer) if counts(&question.kind) => counted.add(&question.key, answer),
                        Some(_) => counted.answered.entry(question.key.clone()).or_default().0 += 1,
                        None => {}
                    }
                }
            }
            match page.last() {
                Some(last) if page.len() == READ_AT_ONCE as usize => after = Some((last.at, last.subject.clone())),
                _ => return Ok(counted),
            }
        }
    }
}
