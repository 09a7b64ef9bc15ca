//! One file per endpoint.

mod create_play;
mod customers;
mod list_plays;
mod list_rewards;
mod orders;
mod read_ledger;
mod switch_play;
#[cfg(test)]
mod tests;
mod update_play;
mod view;

use std::sync::Arc;

use axum::extract::FromRef;
use db::sticky::Sticky;
use kernel::{ErrorCode, WorkspaceId};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, Fans, Origin, Principal, Problem};

use crate::{
    Slice,
    model::Declaration,
    ops::{Command, Manage, Order, Outcome},
    rules::{check, guard},
    store::plays::{self, Play},
};

/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 100;

#[derive(Clone, FromRef)]
pub(crate) struct Http {
    slice: Slice,
    gate: Arc<dyn Authenticate>,
    fans: Arc<dyn Fans>,
}

pub(crate) fn router(slice: Slice, gate: Arc<dyn Authenticate>, fans: Arc<dyn Fans>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(list_plays::list, create_play::create))
        .routes(routes!(create_play::check))
        .routes(routes!(list_plays::read, update_play::update))
        .routes(routes!(switch_play::launch))
        .routes(routes!(switch_play::switch))
        .routes(routes!(list_rewards::list))
        .routes(routes!(read_ledger::read))
        .routes(routes!(orders::paid))
        .routes(routes!(orders::refunded))
        .routes(routes!(customers::read))
        .routes(routes!(customers::join))
        .routes(routes!(customers::check_in))
        .routes(routes!(customers::read_instance))
        .routes(routes!(customers::help, customers::retract))
        .routes(routes!(customers::claim))
        .with_state(Http { slice, gate, fans })
}

impl Slice {
    async fn play(&self, workspace: WorkspaceId, id: &str) -> Result<Play, Problem> {
        let found =
            plays::plays_by_id(self.records.reads(), workspace, [id]).await.map_err(Problem::unavailable)?.pop();
        found.ok_or_else(|| Problem::new(ErrorCode::NotFound).detail("There is no such play"))
    }

    /// Hands in what staff do with a play.
    async fn manage(
        &self,
        caller: &Principal,
        origin: &Origin,
        play: &str,
        change: Manage,
        sticky: Option<Sticky>,
    ) -> Result<Outcome, Problem> {
        let command = Command::Manage { by: origin.by(caller), play: play.to_owned(), change: Box::new(change) };
        let order = Order { workspace: caller.workspace, command, sticky };
        let outcome = self.commands.submit(order).await.map_err(Problem::unavailable)?;
        self.signal.notify_one();
        Ok(outcome)
    }
}

/// The play as it is after a change; anything else is told.
fn managed(outcome: Outcome) -> Result<Play, Problem> {
    match outcome {
        Outcome::Managed(play) => Ok(*play),
        Outcome::Refused(report) => Err(refused(&report)),
        Outcome::Stale => Err(Problem::new(ErrorCode::Conflict)
            .detail("It has changed meanwhile, or is past that: load it again. A play that ran is never changed")),
        Outcome::Missing | Outcome::Acted(_) | Outcome::Again => Err(ErrorCode::NotFound.into()),
    }
}

/// Which rules do not allow it, each with what would be.
fn refused(report: &guard::Report) -> Problem {
    let refused = report.rulings.iter().filter(|ruling| ruling.verdict == guard::Verdict::Refused);
    let problem = Problem::new(ErrorCode::Invalid).detail("Law or channel do not allow it as it is");
    refused.fold(problem, |problem, ruling| {
        problem.field(ruling.code, format!("{} · {}: {}", ruling.name.zh, ruling.name.en, ruling.lawful.en))
    })
}

/// A name and a declaration that can be kept.
fn proper(name: &str, declaration: &Declaration) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Problem::invalid("name", format!("a name has 1 to {NAME_CHARS_MAX} characters")));
    }
    let flaws = check::flaws(declaration);
    if flaws.is_empty() {
        return Ok(name.to_owned());
    }
    let problem = Problem::new(ErrorCode::Invalid);
    Err(flaws
        .iter()
        .fold(problem, |problem, flaw| problem.field(format!("declaration.{}", flaw.field()), flaw.to_string())))
}
