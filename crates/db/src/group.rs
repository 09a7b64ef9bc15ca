//! One kind of command: how it is decided, and how commands of it get into a batch and their answers out.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use async_trait::async_trait;
use futures::FutureExt;
use tokio::sync::{mpsc, oneshot};

use crate::{DbError, Tx, Violation, WriteError};

/// Decides one kind of command, in batches: load what the batch needs with few statements, decide in memory, write
/// set-wise. Nothing else is waited for in here: no file, no network, no lock somebody holds across a submit.
///
/// A large piece of work, like a slice of the river, is a decider too: its command is the whole slice, and whatever waits
/// beside it shares its commit.
#[async_trait]
pub trait Decider: Send + Sync + 'static {
    /// What is asked for, as data.
    type Command: Clone + Send + Sync + 'static;
    /// What became of it. A refusal by the rules of the business is an outcome, not an error.
    type Outcome: Send + 'static;

    /// Its name in metrics and messages.
    fn name(&self) -> &'static str;

    /// Decides the commands in their order and returns exactly one outcome for each, in the same order. It may be called
    /// again with some of them when the transaction did not last, so it keeps nothing of its own between calls.
    ///
    /// # Errors
    /// A constraint error ([`DbError::refused`] included) makes the writer take the batch apart to find the command that
    /// causes it; any other error fails all commands of this call.
    async fn decide(&self, tx: &Tx, commands: &[Self::Command]) -> Result<Vec<Self::Outcome>, DbError>;
}

/// Where commands of one kind are handed in. Cheap to clone.
pub struct Group<D: Decider> {
    decider: Arc<D>,
    queue: mpsc::Sender<Box<dyn Job>>,
}

impl<D: Decider> Clone for Group<D> {
    fn clone(&self) -> Self {
        Self { decider: Arc::clone(&self.decider), queue: self.queue.clone() }
    }
}

impl<D: Decider> std::fmt::Debug for Group<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Group").field(&self.decider.name()).finish()
    }
}

impl<D: Decider> Group<D> {
    pub(crate) fn new(decider: D, queue: mpsc::Sender<Box<dyn Job>>) -> Self {
        Self { decider: Arc::new(decider), queue }
    }

    /// Hands in a command and waits until it is stored, durably. When the queue is full it waits for a place first. A
    /// command that has been queued is decided even if nobody waits for the answer any more.
    ///
    /// # Errors
    /// [`WriteError`]: this command was rejected, its batch failed, or the records are closed.
    pub async fn submit(&self, command: D::Command) -> Result<D::Outcome, WriteError> {
        let (answer, answered) = oneshot::channel();
        let job = Waiting::<D> { decider: Arc::clone(&self.decider), command, answer };
        self.queue.send(Box::new(job)).await.map_err(|_| WriteError::Closed)?;
        answered.await.unwrap_or(Err(WriteError::Closed))
    }
}

type Answer<D> = oneshot::Sender<Result<<D as Decider>::Outcome, WriteError>>;

/// A command in the queue, its kind forgotten.
pub(crate) trait Job: Any + Send {
    /// Equal for commands of one group.
    fn kind(&self) -> usize;
    /// A run of this command alone.
    fn start(self: Box<Self>) -> Box<dyn Run>;
}

struct Waiting<D: Decider> {
    decider: Arc<D>,
    command: D::Command,
    answer: Answer<D>,
}

impl<D: Decider> Job for Waiting<D> {
    fn kind(&self) -> usize {
        Arc::as_ptr(&self.decider).cast::<()>() as usize
    }

    fn start(self: Box<Self>) -> Box<dyn Run> {
        Box::new(Batch {
            decider: self.decider,
            commands: vec![self.command],
            answers: vec![self.answer],
            outcomes: Vec::new(),
        })
    }
}

/// Commands of one group that are decided together, their kind forgotten.
#[async_trait]
pub(crate) trait Run: Send {
    fn name(&self) -> &'static str;
    fn len(&self) -> usize;
    /// Adds a command of the same kind.
    fn push(&mut self, job: Box<dyn Job>);
    /// Decides all of them; the outcomes wait for the commit.
    async fn decide(&mut self, tx: &Tx) -> Result<(), DbError>;
    /// Two runs, in order. Only for runs of more than one command.
    fn halve(self: Box<Self>) -> [Box<dyn Run>; 2];
    /// Hands out the outcomes: the commit has happened.
    fn answer(self: Box<Self>);
    /// Tells every command why it was not stored.
    fn fail(self: Box<Self>, error: &WriteError);
}

struct Batch<D: Decider> {
    decider: Arc<D>,
    commands: Vec<D::Command>,
    answers: Vec<Answer<D>>,
    outcomes: Vec<D::Outcome>,
}

#[async_trait]
impl<D: Decider> Run for Batch<D> {
    fn name(&self) -> &'static str {
        self.decider.name()
    }

    fn len(&self) -> usize {
        self.commands.len()
    }

    fn push(&mut self, job: Box<dyn Job>) {
        let job: Box<dyn Any> = job;
        let job = job.downcast::<Waiting<D>>().expect("runs are gathered by kind, and a kind is one type");
        self.commands.push(job.command);
        self.answers.push(job.answer);
    }

    async fn decide(&mut self, tx: &Tx) -> Result<(), DbError> {
        let decider = self.decider.name();
        // The transaction is ours and rolled back, and a decider keeps nothing: no half-done state survives a panic.
        let decided = AssertUnwindSafe(self.decider.decide(tx, &self.commands)).catch_unwind().await;
        self.outcomes =
            decided.map_err(|panic| DbError::Decider { decider, reason: panic_words(panic.as_ref()) })??;
        if self.outcomes.len() != self.commands.len() {
            let reason = format!("{} outcomes for {} commands", self.outcomes.len(), self.commands.len());
            return Err(DbError::Decider { decider, reason });
        }
        Ok(())
    }

    fn halve(mut self: Box<Self>) -> [Box<dyn Run>; 2] {
        let half = self.commands.len() / 2;
        let rest = Self {
            decider: Arc::clone(&self.decider),
            commands: self.commands.split_off(half),
            answers: self.answers.split_off(half),
            outcomes: Vec::new(),
        };
        self.outcomes.clear();
        [self, Box::new(rest)]
    }

    fn answer(self: Box<Self>) {
        for (answer, outcome) in self.answers.into_iter().zip(self.outcomes) {
            // Whoever asked may have gone; the command is stored all the same.
            let _ = answer.send(Ok(outcome));
        }
    }

    fn fail(self: Box<Self>, error: &WriteError) {
        for answer in self.answers {
            let _ = answer.send(Err(error.clone()));
        }
    }
}

fn panic_words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", words.unwrap_or("without words"))
}

/// Lets a violation stand alone, for the answer.
pub(crate) fn rejected(violation: Violation) -> WriteError {
    WriteError::Rejected(Arc::new(violation))
}
