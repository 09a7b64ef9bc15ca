//! Studies: whom to start with, and what would happen.

pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod start_forecast;
pub(super) mod start_seeds;
#[cfg(test)]
mod tests;

use axum::http::StatusCode;
use kernel::{ErrorCode, Scope, Timestamp, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;
use web::{CanReadNetwork, Json, Origin, Problem};

use crate::{
    Slice,
    ops::{
        command::{Command, Order},
        study::{
            Begun, Question, StudyChange, UnderWay, Work,
            answer::{ForecastAnswer, SeedsAnswer, Told},
            asked::{ForecastAsked, SeedsAsked, Wrong},
            scope_key,
        },
    },
    store::studies::{self, Kind, State, Study},
};

/// Characters of a study's id.
const ID_LENGTH: usize = 12;

/// A study in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StudyRow {
    id: String,
    /// `seeds` or `forecast`.
    kind: &'static str,
    name: String,
    /// `waiting`, `running`, `done`, `failed`, or `interrupted`: the server stopped meanwhile; begin it again.
    state: &'static str,
    /// How much is done, 0 to 1.
    progress: f64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    created_by: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

/// A study with what was asked and, once it is done, the answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StudyView {
    #[serde(flatten)]
    row: StudyRow,
    /// What was asked, of whom to start with.
    asked_seeds: Option<SeedsAsked>,
    /// What was asked, of what would happen.
    asked_forecast: Option<ForecastAsked>,
    /// Whom to start with.
    seeds: Option<SeedsAnswer>,
    /// What would happen.
    forecast: Option<ForecastAnswer>,
    /// Why there is no answer.
    failure: Option<Told>,
}

impl StudyRow {
    /// `under_way` as it was before the study was read.
    fn of(under_way: &UnderWay, study: Study) -> Self {
        let running = under_way.get(&study.id);
        let (state, progress) = match (study.state, running) {
            (State::Done, _) => ("done", 1.0),
            (State::Failed, _) => ("failed", 1.0),
            (State::Running, None) => ("interrupted", 0.0),
            (State::Running, Some(running)) if running.share() > 0.0 => ("running", running.share()),
            (State::Running, Some(_)) => ("waiting", 0.0),
        };
        let Study { id, kind, name, created_at, created_by, finished_at, .. } = study;
        Self { id, kind: kind.as_str(), name, state, progress, created_at, created_by, finished_at }
    }
}

fn invalid(wrongs: Vec<Wrong>) -> Result<(), Problem> {
    if wrongs.is_empty() {
        return Ok(());
    }
    let told = |problem: Problem, (field, message): Wrong| problem.field(field, message);
    Err(wrongs.into_iter().fold(Problem::new(ErrorCode::Invalid), told))
}

impl Slice {
    /// A study the caller may see: one of their own scope, or any if they see everybody.
    async fn study(&self, workspace: WorkspaceId, scope: &Scope, id: &str) -> Result<Study, Problem> {
        let found = studies::study_in_workspace(self.records.reads(), workspace, id).await;
        let study = found.map_err(Problem::unavailable)?;
        study
            .filter(|study| scope.is_all() || study.scope == scope_key(scope))
            .ok_or_else(|| Problem::new(ErrorCode::NotFound).detail("There is no such study; it may have been removed"))
    }

    /// Books a study and begins it. The same that is under way already is told instead.
    async fn begin(
        &self,
        caller: &CanReadNetwork,
        origin: &Origin,
        (kind, name, asked): (Kind, String, String),
        question: Question,
    ) -> Result<(StatusCode, Json<StudyRow>), Problem> {
        let live = self.live(caller.workspace, None).await?;
        let study = Study {
            id: kernel::token(&*self.entropy, ID_LENGTH),
            kind,
            name,
            scope: scope_key(&caller.scope),
            asked,
            state: State::Running,
            answer: None,
            created_at: self.clock.now(),
            created_by: caller.actor.to_string(),
            finished_at: None,
        };
        let running = match self.studies.begin(caller.workspace, &study) {
            Begun::New(running) => running,
            Begun::Same(id) => {
                let under_way = self.studies.under_way(caller.workspace);
                let study = self.study(caller.workspace, &caller.scope, &id).await?;
                return Ok((StatusCode::ACCEPTED, Json(StudyRow::of(&under_way, study))));
            }
            Begun::TooMany => {
                return Err(Problem::new(ErrorCode::TooMany)
                    .detail("Eight studies are under way already; wait until one is done, or remove one"));
            }
        };
        let command = Command::Study(caller.workspace, StudyChange::Begin(study.clone()));
        if let Err(error) = self.commands.submit(Order { by: origin.by(caller), command, sticky: None }).await {
            self.studies.stop(caller.workspace, &study.id);
            return Err(Problem::unavailable(error));
        }
        let work = Work {
            workspace: caller.workspace,
            id: study.id.clone(),
            scope: caller.scope.clone(),
            question,
            running,
            live,
            clock: self.clock.clone(),
            commands: self.commands.clone(),
        };
        let begun = StudyRow::of(&self.studies.under_way(caller.workspace), study);
        tokio::spawn(self.studies.clone().work(work));
        Ok((StatusCode::ACCEPTED, Json(begun)))
    }
}
