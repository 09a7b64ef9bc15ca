//! Use cases: load, decide, store and emit in one transaction.

pub(crate) mod act;
pub(crate) mod keep;
pub(crate) mod manage;
mod tell;

use std::sync::Arc;

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::By,
    sticky::{Sticky, Stuck},
};
use facts::NamedId;
use kernel::WorkspaceId;

use crate::{
    Persons,
    model::{Declaration, Instance, Phase},
    rules::{
        guard::Report,
        words::Refusal,
        world::{Act, Done},
    },
    store::plays::Play,
};

/// A command, and whose it is.
#[derive(Clone, Debug)]
pub struct Order {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// For what.
    pub command: Command,
    /// What is answered, when it was sent under a key.
    pub sticky: Option<Sticky>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Command {
    /// Staff make, change or switch a play.
    Manage {
        /// Who.
        by: By,
        /// Which play.
        play: String,
        /// What.
        change: Box<Manage>,
    },
    /// A customer does something, or the shop tells of it, or time has passed.
    Act(Box<Asked>),
}

/// What staff do with a play.
#[derive(Clone, Debug)]
pub enum Manage {
    /// Write a new one.
    Create {
        /// What it is called.
        name: String,
        /// What it declares.
        declaration: Declaration,
    },
    /// Write it anew, as long as it has not run.
    Edit {
        /// The revision that was read.
        revision: i64,
        /// What it is called.
        name: String,
        /// What it declares.
        declaration: Declaration,
    },
    /// Let it run.
    Launch {
        /// The revision that was read.
        revision: i64,
    },
    /// Stop it, go on with it, or end it.
    Turn(Phase),
}

/// An act, and what it is about.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which play.
    pub play: String,
    /// Who.
    pub by: NamedId,
    /// They showed who they are.
    pub signed_in: bool,
    /// What a new try is called.
    pub id: String,
    /// Chance.
    pub seed: u64,
    /// What.
    pub act: Act,
}

/// What became of a command.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The play as it is now.
    Managed(Box<Play>),
    /// There is no such play.
    Missing,
    /// It has changed meanwhile, or is past that.
    Stale,
    /// Law or channel do not allow it.
    Refused(Box<Report>),
    /// What became of an act.
    Acted(Box<Acted>),
    /// It was done already, under the same key.
    Again,
}

/// What became of an act, and how things stand.
#[derive(Clone, Debug)]
pub struct Acted {
    /// What became of it.
    pub outcome: Result<Done, Refusal>,
    /// The try it was about, as it is now.
    pub instance: Option<Instance>,
    /// What the play declares.
    pub declaration: Arc<Declaration>,
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
        "play"
    }

    async fn decide(&self, tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome>, DbError> {
        let mut stuck = Stuck::load(tx, orders.iter().filter_map(|order| order.sticky.as_ref())).await?;
        let mut outcomes: Vec<Option<Outcome>> = vec![None; orders.len()];
        for (place, order) in orders.iter().enumerate() {
            let Command::Manage { by, play, change } = &order.command else { continue };
            if order.sticky.as_ref().is_some_and(|sticky| stuck.is_taken(sticky)) {
                outcomes[place] = Some(Outcome::Again);
                continue;
            }
            let outcome = manage::manage(tx, order.workspace, by, play, change).await?;
            if let (Outcome::Managed(_), Some(sticky)) = (&outcome, &order.sticky) {
                stuck.keep(sticky.clone());
            }
            outcomes[place] = Some(outcome);
        }
        for (workspace, play, places) in by_play(orders) {
            let asked: Vec<&Asked> = places.iter().filter_map(|place| asked(&orders[*place])).collect();
            let became = act::act_all(tx, &*self.persons, workspace, play, &asked).await?;
            for (place, outcome) in places.iter().zip(became) {
                outcomes[*place] = Some(outcome);
            }
        }
        stuck.store(tx).await?;
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Missing)).collect())
    }
}

fn asked(order: &Order) -> Option<&Asked> {
    match &order.command {
        Command::Act(asked) => Some(asked),
        Command::Manage { .. } => None,
    }
}

/// The places of acts on each play, in their order.
fn by_play(orders: &[Order]) -> Vec<(WorkspaceId, &str, Vec<usize>)> {
    let mut found: Vec<(WorkspaceId, &str, Vec<usize>)> = Vec::new();
    for (place, order) in orders.iter().enumerate() {
        let Some(asked) = asked(order) else { continue };
        match found
            .iter_mut()
            .find(|(workspace, play, _)| (*workspace, *play) == (order.workspace, asked.play.as_str()))
        {
            Some((.., places)) => places.push(place),
            None => found.push((order.workspace, &asked.play, vec![place])),
        }
    }
    found
}
