//! One file per endpoint.

mod answer;
mod change_rule;
mod create_rule;
mod delete_rule;
mod list_reminders;
mod list_rules;
mod naming;
mod preview_rule;
mod read_calendar;
mod rules;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use axum::extract::FromRef;
use kernel::ErrorCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, Origin, Principal, Problem};

use crate::{
    Slice,
    ops::{Command, Order, Outcome, Trouble},
};

#[derive(Clone, FromRef)]
pub(crate) struct Http {
    slice: Slice,
    gate: Arc<dyn Authenticate>,
}

pub(crate) fn router(slice: Slice, gate: Arc<dyn Authenticate>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(list_rules::list, create_rule::create))
        .routes(routes!(preview_rule::preview))
        .routes(routes!(list_rules::read, change_rule::change, delete_rule::delete))
        .routes(routes!(read_calendar::read))
        .routes(routes!(list_reminders::list))
        .routes(routes!(list_reminders::read))
        .routes(routes!(answer::answer, answer::undo))
        .with_state(Http { slice, gate })
}

impl Slice {
    /// Hands in a caller's command, and lets what it told be carried.
    async fn submit(&self, caller: &Principal, origin: &Origin, command: Command) -> Result<Outcome, Problem> {
        let order = Order { workspace: caller.workspace, by: origin.by(caller), at: self.clock.now(), command };
        let outcome = self.commands.submit(order).await.map_err(Problem::unavailable)?;
        self.signal.notify_one();
        Ok(outcome)
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Port(error) => Self::unavailable(error),
            other => Self::unavailable(other),
        }
    }
}

/// What a command that is done comes to; anything else is told.
fn done(outcome: &Outcome) -> Result<(), Problem> {
    match outcome {
        Outcome::Missing => Err(ErrorCode::NotFound.into()),
        Outcome::Closed => Err(Problem::new(ErrorCode::Conflict).detail("It has changed meanwhile: load it again")),
        _ => Ok(()),
    }
}
