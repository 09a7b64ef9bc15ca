//! Use cases: load, decide, store and emit in one transaction.

pub(crate) mod absorb;
pub(crate) mod answer;
pub(crate) mod fill;
pub(crate) mod preview;
pub(crate) mod set_rules;
pub(crate) mod sweep;
pub(crate) mod tell;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use db::{DbError, Decider, Tx, audit::By};
use facts::Fact;
use kernel::{Handle, Timestamp, WorkspaceId};

use crate::{
    Persons, Slice,
    model::{Reminder, Rule, State},
    rules::matching::Heard,
};

/// How often it is looked for what fell due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A command, and whose it is.
#[derive(Clone, Debug)]
pub struct Order {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Who asks.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// For what.
    pub command: Command,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Command {
    /// Sets a rule, new or changed.
    Set(Box<Rule>),
    /// Removes a rule with what it has not told.
    Remove(String),
    /// Tells what fell due to these.
    Tell(Vec<tell::Telling>),
    /// Books the reminders of a day that is kept.
    Sweep(sweep::Swept),
    /// Counts facts told before a rule was set.
    Fill {
        /// Which rule, as it was then.
        rule: String,
        /// Its revision; another one has begun anew.
        revision: i64,
        /// What it heard.
        heard: Vec<Heard>,
        /// These were the last.
        done: bool,
    },
    /// Says what became of a reminder; [`State::Due`] takes that back.
    Answer {
        /// Which.
        reminder: String,
        /// Done, skipped, or due again.
        state: State,
        /// What is noted.
        note: Option<String>,
    },
    /// Puts a reminder that is to be done off.
    PutOff {
        /// Which.
        reminder: String,
        /// Until when; quiet hours are waited for.
        until: Timestamp,
        /// What is noted.
        note: Option<String>,
    },
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// So many were told.
    Told(usize),
    /// The reminder as it is now.
    Answered(Box<Reminder>),
    /// There is no such thing.
    Missing,
    /// It was answered already, or changed meanwhile.
    Closed,
}

/// Decides the commands of the slice.
pub struct Deciding {
    /// Who is who.
    pub persons: Arc<dyn Persons>,
}

#[async_trait]
impl Decider for Deciding {
    type Command = Order;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "journey"
    }

    async fn decide(&self, tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome>, DbError> {
        let mut outcomes = Vec::with_capacity(orders.len());
        for order in orders {
            outcomes.push(match &order.command {
                Command::Set(rule) => set_rules::set(tx, order, rule).await?,
                Command::Remove(rule) => set_rules::remove(tx, order, rule).await?,
                Command::Tell(told) => tell::tell(tx, order, told).await?,
                Command::Sweep(swept) => sweep::sweep(tx, &*self.persons, order, swept).await?,
                Command::Fill { rule, revision, heard, done } => {
                    fill::fill(tx, &*self.persons, order, (rule, *revision), heard, *done).await?
                }
                Command::Answer { reminder, state, note } => {
                    answer::answer(tx, order, reminder, *state, note.as_deref()).await?
                }
                Command::PutOff { reminder, until, note } => {
                    answer::put_off(tx, order, reminder, *until, note.as_deref()).await?
                }
            });
        }
        Ok(outcomes)
    }
}

/// A fact of the slice's own as the log holds it. It is about nobody alone: who is meant stands in it as a handle.
fn fact(event: &str, message_id: String, told: &impl serde::Serialize, at: Timestamp) -> Result<Vec<u8>, DbError> {
    Ok(Fact::ours(facts::JOURNEY, event, message_id, told, at)?.to_log()?)
}

/// What keeps the work of the background from being done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The records cannot be read.
    #[error(transparent)]
    Records(#[from] DbError),
    /// A command was not stored.
    #[error(transparent)]
    Write(#[from] db::WriteError),
    /// Another slice could not answer.
    #[error("{0}")]
    Port(crate::PortError),
    /// The facts of the past cannot be read.
    #[error(transparent)]
    Lake(#[from] river::LakeError),
}

impl Slice {
    /// Hands in a command of the house's own.
    async fn order(&self, workspace: WorkspaceId, command: Command) -> Result<Outcome, Trouble> {
        let (by, at) = (By::named(absorb::BY_ITSELF), self.clock.now());
        Ok(self.commands.submit(Order { workspace, by, at, command }).await?)
    }

    /// Looks until the future is dropped. What could not be done is seen again the next time.
    pub(crate) async fn keep(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            for river in self.rivers.all() {
                let workspace = river.workspace();
                if let Err(error) = self.look(workspace).await {
                    tracing::warn!(%error, %workspace, "reminders could not be told");
                }
            }
        }
    }

    /// Does what is to be done in one workspace by now.
    ///
    /// # Errors
    /// [`Trouble`]; what was done until then is done.
    pub(crate) async fn look(&self, workspace: WorkspaceId) -> Result<usize, Trouble> {
        let rules = crate::store::rules::rules_in_workspace(self.records.reads(), workspace).await?;
        if rules.is_empty() {
            return Ok(0);
        }
        self.fill_all(workspace, &rules).await?;
        self.sweep_all(workspace, &rules).await?;
        self.tell_all(workspace).await
    }
}

/// The earliest handle of each person by any of theirs.
fn by_handle(persons: &[Vec<Handle>]) -> rustc_hash::FxHashMap<Handle, Handle> {
    let of = |handles: &Vec<Handle>| handles.first().copied();
    persons.iter().flat_map(|handles| handles.iter().filter_map(move |handle| Some((*handle, of(handles)?)))).collect()
}
