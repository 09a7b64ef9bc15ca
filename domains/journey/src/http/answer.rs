//! `POST` and `DELETE /api/v1/reminders/{reminder}/answer`

use axum::extract::State as Wired;
use kernel::ErrorCode;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanDoReach, Json, Origin, Path, Principal, Problem};

use super::naming::ReminderView;
use crate::{
    Slice,
    model::State,
    ops::{Command, Outcome},
};

/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 2000;

/// What became of a reminder.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderResult)]
pub(super) enum Became {
    /// They were written to, or called.
    Done,
    /// It was left, on purpose.
    Skipped,
}

/// An answer.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReminderAnswer, example = json!({"result": "done", "note": "下周来店"}))]
pub(super) struct Answer {
    result: Became,
    /// What is worth knowing the next time.
    note: Option<String>,
}

/// Say what became of a reminder
#[utoipa::path(
    post, path = "/api/v1/reminders/{reminder}/answer", tag = "journey", operation_id = "journey.answer.create",
    params(("reminder" = String, Path)),
    request_body = Answer,
    responses(
        (status = 200, body = ReminderView),
        (status = 404, description = "No such reminder"),
        (status = 409, description = "It was answered already, or is needless by now"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn answer(
    caller: CanDoReach,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(reminder): Path<String>,
    Json(answer): Json<Answer>,
) -> Result<Json<ReminderView>, Problem> {
    let note = answer.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX || note.contains('\0')) {
        return Err(Problem::invalid("note", format!("at most {NOTE_CHARS_MAX} characters")));
    }
    let state = match answer.result {
        Became::Done => State::Done,
        Became::Skipped => State::Skipped,
    };
    slice.answered(&caller, &origin, reminder, state, note).await
}

/// Take an answer back
///
/// The reminder is to be done again.
#[utoipa::path(
    delete, path = "/api/v1/reminders/{reminder}/answer", tag = "journey", operation_id = "journey.answer.delete",
    params(("reminder" = String, Path)),
    responses(
        (status = 200, body = ReminderView),
        (status = 404, description = "No such reminder"),
        (status = 409, description = "It was not answered"),
    ),
    extensions(("x-permission" = json!("do_reach"))),
)]
pub(super) async fn undo(
    caller: CanDoReach,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(reminder): Path<String>,
) -> Result<Json<ReminderView>, Problem> {
    slice.answered(&caller, &origin, reminder, State::Due, None).await
}

impl Slice {
    async fn answered(
        &self,
        caller: &Principal,
        origin: &Origin,
        id: String,
        state: State,
        note: Option<String>,
    ) -> Result<Json<ReminderView>, Problem> {
        self.reminder(caller, id.clone()).await?;
        match self.submit(caller, origin, Command::Answer { reminder: id, state, note }).await? {
            Outcome::Answered(reminder) => {
                let names = self.names(caller.workspace, std::slice::from_ref(&*reminder)).await?;
                Ok(Json(names.reminder(&reminder)))
            }
            Outcome::Missing => Err(ErrorCode::NotFound.into()),
            _ => Err(Problem::new(ErrorCode::Conflict).detail("It is not as you saw it any more: load it again")),
        }
    }
}
