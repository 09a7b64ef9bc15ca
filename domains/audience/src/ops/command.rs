//! The slice's commands, and how a batch of them is decided: what they may do was looked at before, under the lock on definitions.

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
    outbox,
    sticky::{Sticky, Stuck},
};
use facts::Fact;
use kernel::{Timestamp, WorkspaceId};
use serde_json::Value;

use crate::{
    model::{
        TraitDef,
        kept::{Segment, Size, Tag, Worn},
    },
    store,
};

/// A command, and whose it is.
#[derive(Clone, Debug)]
pub struct Order {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Who asks.
    pub by: By,
    /// For what.
    pub command: Command,
    /// What the audit trail tells of it; nothing for what is nobody's doing.
    pub told: Option<Told>,
    /// What is answered, when it was sent under a key.
    pub sticky: Option<Sticky>,
}

/// A line of the audit trail.
#[derive(Clone, Debug)]
pub struct Told {
    /// What was done: `segment.created`.
    pub action: &'static str,
    /// To what: `segment:sg_1`.
    pub subject: String,
    /// How it was.
    pub before: Option<Value>,
    /// How it is.
    pub after: Option<Value>,
}

/// What the slice is asked to change.
#[derive(Clone, Debug)]
pub enum Command {
    /// Keep a segment.
    PutSegment(Box<Segment>),
    /// Forget one.
    RemoveSegment(String),
    /// Declare a trait.
    AddTrait(TraitDef),
    /// Forget one.
    RemoveTrait(String),
    /// Keep a tag.
    PutTag(Box<Tag>),
    /// Forget one.
    RemoveTag(String),
    /// Put a tag on people, or take it off them.
    TagPeople {
        /// Who put it on whom; whoever is not among them wears it no longer.
        worn: Vec<Worn>,
        /// What the river is told.
        fact: Vec<u8>,
    },
    /// Tell who came and who left.
    Tell {
        /// What the river is told.
        facts: Vec<Vec<u8>>,
        /// How large segments are now.
        sizes: Vec<Size>,
        /// Up to which fact and day that is; nothing when more follows.
        told: Option<(u64, i32)>,
    },
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It was done already, under the same key.
    Again,
}

/// Decides the slice's commands.
pub struct Deciding;

#[async_trait]
impl Decider for Deciding {
    type Command = Order;
    type Outcome = Outcome;

    fn name(&self) -> &'static str {
        "audience"
    }

    async fn decide(&self, tx: &Tx, orders: &[Order]) -> Result<Vec<Outcome>, DbError> {
        let mut stuck = Stuck::load(tx, orders.iter().filter_map(|order| order.sticky.as_ref())).await?;
        let mut outcomes = Vec::with_capacity(orders.len());
        let mut entries = Vec::new();
        for order in orders {
            if order.sticky.as_ref().is_some_and(|sticky| stuck.is_taken(sticky)) {
                outcomes.push(Outcome::Again);
                continue;
            }
            book(tx, order.workspace, &order.command).await?;
            if let Some(sticky) = &order.sticky {
                stuck.keep(sticky.clone());
            }
            entries.extend(entry(tx.at(), order));
            outcomes.push(Outcome::Done);
        }
        stuck.store(tx).await?;
        audit::write(tx, entries).await?;
        Ok(outcomes)
    }
}

async fn book(tx: &Tx, workspace: WorkspaceId, command: &Command) -> Result<(), DbError> {
    match command {
        Command::PutSegment(segment) => store::put_segment(tx, workspace, segment).await,
        Command::RemoveSegment(id) => store::remove_segment(tx, workspace, id).await,
        Command::AddTrait(def) => store::insert_trait(tx, workspace, def, tx.at()).await,
        Command::RemoveTrait(name) => store::remove_trait(tx, workspace, name).await,
        Command::PutTag(tag) => store::put_tag(tx, workspace, tag).await,
        Command::RemoveTag(id) => store::remove_tag(tx, workspace, id).await,
        Command::TagPeople { worn, fact } => {
            store::put_worn(tx, workspace, worn).await?;
            outbox::emit(tx, workspace, std::slice::from_ref(fact)).await
        }
        Command::Tell { facts, sizes, told } => {
            outbox::emit(tx, workspace, facts).await?;
            store::add_sizes(tx, workspace, sizes).await?;
            match told {
                Some(told) => store::put_told(tx, workspace, *told).await,
                None => Ok(()),
            }
        }
    }
}

fn entry(at: Timestamp, order: &Order) -> Option<Entry> {
    let Told { action, subject, before, after } = order.told.clone()?;
    let (workspace, by) = (order.workspace, order.by.clone());
    Some(Entry { workspace, at, by, action: action.to_owned(), subject, before, after })
}

/// A fact of our own, encoded.
///
/// # Errors
/// [`DbError`] when it cannot be written, which its shape rules out.
pub fn fact(event: &str, message_id: String, told: &impl serde::Serialize, at: Timestamp) -> Result<Vec<u8>, DbError> {
    Ok(Fact::ours(facts::AUDIENCE, event, message_id, told, at)?.to_log()?)
}
