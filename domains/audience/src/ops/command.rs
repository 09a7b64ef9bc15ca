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
        form::{Form, FormState, Given},
        kept::{Segment, Size, Tag, Worn},
    },
    store::{self, forms},
};

/// Answers to one form from one address within an hour: a family at one table, not a machine.
const ANSWERS_OF_ORIGIN_MAX: u64 = 20;

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
    /// Keep a form.
    PutForm(Box<Form>),
    /// Forget one, and its answers.
    RemoveForm(String),
    /// Take an answer to a form.
    Answer(Box<Answered>),
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

/// An answer to a form.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What is kept of it.
    pub given: Given,
    /// Tells answers that came from one address within an hour.
    pub origin: String,
    /// What the river is told.
    pub facts: Vec<Vec<u8>>,
}

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It was done already, under the same key.
    Again,
    /// An answer was not taken.
    NotTaken(NotTaken),
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The form is gone, not open yet, over, or another one by now.
    Changed,
    /// They answered it before.
    Before,
    /// All places are taken.
    Full,
    /// Too many came from the same address.
    Flood,
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
            if let Some(why) = book(tx, order.workspace, &order.command).await? {
                outcomes.push(Outcome::NotTaken(why));
                continue;
            }
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

async fn book(tx: &Tx, workspace: WorkspaceId, command: &Command) -> Result<Option<NotTaken>, DbError> {
    match command {
        Command::PutSegment(segment) => store::put_segment(tx, workspace, segment).await?,
        Command::RemoveSegment(id) => store::remove_segment(tx, workspace, id).await?,
        Command::AddTrait(def) => store::insert_trait(tx, workspace, def, tx.at()).await?,
        Command::RemoveTrait(name) => store::remove_trait(tx, workspace, name).await?,
        Command::PutTag(tag) => store::put_tag(tx, workspace, tag).await?,
        Command::RemoveTag(id) => store::remove_tag(tx, workspace, id).await?,
        Command::TagPeople { worn, fact } => {
            store::put_worn(tx, workspace, worn).await?;
            outbox::emit(tx, workspace, std::slice::from_ref(fact)).await?;
        }
        Command::PutForm(form) => forms::put_form(tx, workspace, form).await?,
        Command::RemoveForm(id) => forms::remove_form(tx, workspace, id).await?,
        Command::Answer(answered) => return take_answer(tx, workspace, answered).await,
        Command::Tell { facts, sizes, told } => {
            outbox::emit(tx, workspace, facts).await?;
            store::add_sizes(tx, workspace, sizes).await?;
            if let Some(told) = told {
                store::put_told(tx, workspace, *told).await?;
            }
        }
    }
    Ok(None)
}

/// Takes an answer if the form is still the one that was answered, and nobody took the last place meanwhile.
async fn take_answer(tx: &Tx, workspace: WorkspaceId, answered: &Answered) -> Result<Option<NotTaken>, DbError> {
    let Answered { given, origin, facts } = answered;
    let form = forms::form_in_workspace(tx, workspace, &given.form).await?;
    let Some(form) = form.filter(|form| form.state == FormState::Open && form.version == given.version) else {
        return Ok(Some(NotTaken::Changed));
    };
    if form.asked.until.is_some_and(|until| until < tx.at()) {
        return Ok(Some(NotTaken::Changed));
    }
    if forms::answered_in_workspace(tx, workspace, &given.form, &given.subject).await? {
        return Ok(Some(NotTaken::Before));
    }
    if form.asked.places.is_some_and(|places| form.answers >= u64::from(places)) {
        return Ok(Some(NotTaken::Full));
    }
    if forms::answers_of_origin_in_workspace(tx, workspace, &given.form, origin).await? >= ANSWERS_OF_ORIGIN_MAX {
        return Ok(Some(NotTaken::Flood));
    }
    forms::add_answer(tx, workspace, given, origin).await?;
    outbox::emit(tx, workspace, facts).await?;
    Ok(None)
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
