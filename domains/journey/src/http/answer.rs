//! `POST` and `DELETE /api/v1/reminders/{reminder}/answer`

use axum::extract::State as Wired;
use kernel::{ErrorCode, Timestamp};
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
/// A reminder is put off by 90 days at most.
const PUT_OFF_SECS_MAX: i64 = 90 * 86_400;

/// What became of a reminder.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReminderResult)]
pub(super) enum Became {
    /// They were written to, or called.
    Done,
    /// It was left, on purpose.
    Skipped,
    /// It is to be done at another time: `until`.
    Later,
}

/// An answer.
#[derive(Deserialize, ToSchema)]
#[schema(as = ReminderAnswer, example = json!({"result": "done", "note": "下周来店"}))]
pub(super) struct Answer {
    result: Became,
    /// What is worth knowing the next time.
    note: Option<String>,
    /// Until when it is put off, with `later`: at most 90 days from now. Quiet hours are waited for.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// Say what became of a reminder
///
/// With `later` it stays to be done, and falls due at another time.
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
    let command = match answer.result {
        Became::Done => Command::Answer { reminder: reminder.clone(), state: State::Done, note },
        Became::Skipped => Command::Answer { reminder: reminder.clone(), state: State::Skipped, note },
        Became::Later => {
            let now = slice.clock.now();
            let in_time = |until: &Timestamp| (now..now.plus_secs(PUT_OFF_SECS_MAX)).contains(until);
            let until = answer.until.filter(in_time);
            let until = until.ok_or_else(|| Problem::invalid("until", "a time within the coming 90 days"))?;
            Command::PutOff { reminder: reminder.clone(), until, note }
        }
    };
    slice.answered(&caller, &origin, reminder, command).await
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
    let command = Command::Answer { reminder: reminder.clone(), state: State::Due, note: None };
    slice.answered(&caller, &origin, reminder, command).await
}

impl Slice {
    async fn answered(
        &self,
        caller: &Principal,
        origin: &Origin,
        id: String,
        command: Command,
    ) -> Result<Json<ReminderView>, Problem> {
        self.reminder(caller, id).await?;
        match self.submit(caller, origin, command).await? {
            Outcome::Answered(reminder) => {
                let names = self.names(caller.workspace, std::slice::from_ref(&*reminder)).await?;
                Ok(Json(names.reminder(&reminder)))
            }
            Outcome::Missing => Err(ErrorCode::NotFound.into()),
            _ => Err(Problem::new(ErrorCode::Conflict).detail("It is not as you saw it any more: load it again")),
        }
    }
}
