//! One file per endpoint.

mod change_link;
mod change_page;
mod closed;
mod create_link;
mod create_page;
mod hosts;
mod links;
mod list_days;
mod list_links;
mod list_pages;
mod open_link;
mod open_page;
mod pages;
mod publish_page;
mod read_page;
mod read_qr;
mod submit_form;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::FromRef;
use kernel::ErrorCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Authenticate, Fans, Origin, Principal, Problem};

use crate::{
    Slice,
    ops::{Command, Order, Outcome},
};

#[derive(Clone, FromRef)]
pub(crate) struct Http {
    slice: Slice,
    gate: Arc<dyn Authenticate>,
    fans: Arc<dyn Fans>,
}

pub(crate) fn router(slice: Slice, gate: Arc<dyn Authenticate>, fans: Arc<dyn Fans>) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(open_link::open))
        .routes(routes!(list_links::list, create_link::create))
        .routes(routes!(list_links::read, change_link::change))
        .routes(routes!(read_qr::read))
        .routes(routes!(list_days::list))
        .routes(routes!(hosts::read, hosts::put))
        .routes(routes!(list_pages::list, create_page::create))
        .routes(routes!(read_page::read, change_page::change))
        .routes(routes!(read_page::read_version))
        .routes(routes!(publish_page::publish, publish_page::withdraw))
        .routes(routes!(open_page::open))
        .routes(routes!(submit_form::submit))
        .with_state(Http { slice, gate, fans })
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

/// What a command that is not done is answered with.
fn refused(outcome: &Outcome) -> Problem {
    match outcome {
        Outcome::Missing => ErrorCode::NotFound.into(),
        Outcome::Taken => Problem::new(ErrorCode::Conflict).detail("The id is taken: choose another"),
        Outcome::Changed => {
            Problem::new(ErrorCode::Conflict).detail("Somebody else has changed it meanwhile: load it again")
        }
        Outcome::Done | Outcome::Page(_) => Problem::internal("a refusal of what was done"),
    }
}

/// A text of one line as it is kept.
fn line(text: &str, field: &'static str, max: usize) -> Result<String, Problem> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > max || text.chars().any(char::is_control) {
        return Err(Problem::invalid(field, format!("is one line of 1 to {max} characters")));
    }
    Ok(text.to_owned())
}
