//! Commands on reach tasks: set, answered, undone, changed, and recognised from the facts.
//!
//! Each is decided by the rules below and written with its facts and its line in the audit trail in one transaction.

use async_trait::async_trait;
use db::{
    DbError, Decider, Tx,
    audit::{self, By, Entry},
    outbox,
};
use facts::{Fact, ReachAnswered, ReachAsked, names};
use kernel::{Handle, PersonId, StaffId, Timestamp, WorkspaceId};
use serde_json::json;

use crate::{
    model::reach::{Task, TaskState},
    rules::words::Words,
    store::reach as store,
};

/// Who closes tasks that the facts show to be done.
pub const BY_ITSELF: &str = "network";

/// A command, and whose it is.
#[derive(Clone, Debug)]
pub struct ReachOrder {
    /// Who asks.
    pub by: By,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// When.
    pub at: Timestamp,
    /// For what.
    pub command: ReachCommand,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub enum ReachCommand {
    /// Set tasks. Whom the same root is to reach already is passed over.
    Create(Vec<Task>),
    /// Say what became of one.
    Answer {
        /// Which.
        task: String,
        /// Done, refused or failed.
        state: TaskState,
        /// Who said no.
        refused_by: Option<Handle>,
        /// What is noted.
        note: Option<String>,
        /// The task over the next route, when somebody said no.
        next: Option<Box<Task>>,
    },
    /// Take an answer back.
    Undo(String),
    /// Change what one is told, who does it, or until when.
    Change {
        /// Which.
        task: String,
        /// What is to change.
        change: TaskChange,
    },
    /// Change several at once; those that are answered already are passed over.
    ChangeMany(Vec<(String, TaskChange)>),
    /// These were reached, as the facts show.
    Came(Vec<(String, Timestamp)>),
}

/// What is to change; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct TaskChange {
    /// What the first one asked is told, in Chinese.
    pub script_zh: Option<String>,
    /// The same in English.
    pub script_en: Option<String>,
    /// Who does it.
    pub assignee: Option<StaffId>,
    /// Until when.
    pub due_at: Option<Timestamp>,
    /// What is noted.
    pub note: Option<String>,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum ReachOutcome {
    /// The tasks as they are now; those passed over are not among them.
    Done(Vec<Task>),
    /// There is no such task.
    Missing,
    /// It was answered already.
    Closed,
}

/// Decides commands on reach tasks.
pub struct ReachDeciding;

#[async_trait]
impl Decider for ReachDeciding {
    type Command = ReachOrder;
    type Outcome = ReachOutcome;

    fn name(&self) -> &'static str {
        "network_reach"
    }

    async fn decide(&self, tx: &Tx, orders: &[ReachOrder]) -> Result<Vec<ReachOutcome>, DbError> {
        let mut outcomes = Vec::with_capacity(orders.len());
        for order in orders {
            outcomes.push(one(tx, order).await?);
        }
        Ok(outcomes)
    }
}

async fn one(tx: &Tx, order: &ReachOrder) -> Result<ReachOutcome, DbError> {
    match &order.command {
        ReachCommand::Create(tasks) => create(tx, order, tasks).await,
        ReachCommand::Answer { task, state, refused_by, note, next } => {
            let Some(before) = store::task_in_workspace(tx, order.workspace, task).await? else {
                return Ok(ReachOutcome::Missing);
            };
            if before.state != TaskState::Open {
                return Ok(ReachOutcome::Closed);
            }
            let note = note.clone().or_else(|| before.note.clone());
            let closed = closed(&before, *state, *refused_by, order.at, &order.by.actor);
            let mut told = vec![answer(tx, order, &before, Task { note, ..closed }).await?];
            if let Some(next) = next
                && let ReachOutcome::Done(made) = create(tx, order, std::slice::from_ref(&**next)).await?
            {
                told.extend(made);
            }
            Ok(ReachOutcome::Done(told))
        }
        ReachCommand::Undo(task) => undo(tx, order, task).await,
        ReachCommand::Change { task, change } => {
            let Some(before) = store::task_in_workspace(tx, order.workspace, task).await? else {
                return Ok(ReachOutcome::Missing);
            };
            Ok(ReachOutcome::Done(vec![change_one(tx, order, &before, change).await?]))
        }
        ReachCommand::ChangeMany(changes) => {
            let mut done = Vec::with_capacity(changes.len());
            for (task, change) in changes {
                let Some(before) = store::task_in_workspace(tx, order.workspace, task).await? else { continue };
                if before.state == TaskState::Open {
                    done.push(change_one(tx, order, &before, change).await?);
                }
            }
            Ok(ReachOutcome::Done(done))
        }
        ReachCommand::Came(tasks) => {
            let mut done = Vec::new();
            for (task, at) in tasks {
                let found = store::task_in_workspace(tx, order.workspace, task).await?;
                let Some(before) = found.filter(|task| task.state == TaskState::Open) else { continue };
                let after = closed(&before, TaskState::Done, None, *at, BY_ITSELF);
                done.push(answer(tx, order, &before, after).await?);
            }
            Ok(ReachOutcome::Done(done))
        }
    }
}

async fn change_one(tx: &Tx, order: &ReachOrder, before: &Task, change: &TaskChange) -> Result<Task, DbError> {
    let after = changed(before, change);
    store::update_task(tx, &after).await?;
    if after.due_at != before.due_at {
        let told = asked(&after, format!("reach-{}-due-{}", after.id, tx.at().0))?;
        outbox::emit(tx, order.workspace, &[told]).await?;
    }
    let told = |task: &Task| json!({"assignee": task.assignee, "due_at": task.due_at});
    trail(tx, order, "reach_task.changed", &after, Some(told(before)), Some(told(&after))).await?;
    Ok(after)
}

async fn create(tx: &Tx, order: &ReachOrder, tasks: &[Task]) -> Result<ReachOutcome, DbError> {
    let open = store::open_tasks(tx, order.workspace, order.at).await?;
    let mut taken: Vec<(Handle, Handle)> = open.into_iter().map(|(_, root, target)| (root, target)).collect();
    let mut new = Vec::new();
    for task in tasks {
        let pair = (task.root(), task.target());
        if !taken.contains(&pair) {
            taken.push(pair);
            new.push(task.clone());
        }
    }
    store::insert_tasks(tx, &new).await?;
    let told = |task: &Task| asked(task, format!("reach-{}", task.id));
    let facts: Vec<Vec<u8>> = new.iter().map(told).collect::<Result<_, _>>()?;
    outbox::emit(tx, order.workspace, &facts).await?;
    for task in &new {
        let after = json!({"assignee": task.assignee, "hops": task.route.len() - 1, "due_at": task.due_at});
        trail(tx, order, "reach_task.set", task, None, Some(after)).await?;
    }
    Ok(ReachOutcome::Done(new))
}

async fn answer(tx: &Tx, order: &ReachOrder, before: &Task, after: Task) -> Result<Task, DbError> {
    store::update_task(tx, &after).await?;
    outbox::emit(tx, order.workspace, &[answered(tx, &after, order.at)?]).await?;
    let state = |task: &Task| Some(json!({"state": task.state}));
    trail(tx, order, "reach_task.answered", &after, state(before), state(&after)).await?;
    Ok(after)
}

/// An answer is taken back, and with a refusal the task it led to, unless somebody began it.
async fn undo(tx: &Tx, order: &ReachOrder, task: &str) -> Result<ReachOutcome, DbError> {
    let Some(before) = store::task_in_workspace(tx, order.workspace, task).await? else {
        return Ok(ReachOutcome::Missing);
    };
    if before.state == TaskState::Open {
        return Ok(ReachOutcome::Done(vec![before]));
    }
    let next = store::task_that_follows(tx, order.workspace, task).await?;
    if let Some(next) = &next {
        if next.state != TaskState::Open {
            return Ok(ReachOutcome::Closed);
        }
        store::delete_task(tx, next).await?;
        outbox::emit(tx, order.workspace, &[answered(tx, next, order.at)?]).await?;
        trail(tx, order, "reach_task.withdrawn", next, None, None).await?;
    }
    let after = Task { state: TaskState::Open, refused_by: None, closed_at: None, closed_by: None, ..before.clone() };
    Ok(ReachOutcome::Done(vec![answer(tx, order, &before, after).await?]))
}

async fn trail(
    tx: &Tx,
    order: &ReachOrder,
    action: &str,
    task: &Task,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
) -> Result<(), DbError> {
    let (action, subject) = (action.to_owned(), format!("reach_task:{}", task.id));
    let entry =
        Entry { workspace: order.workspace, at: order.at, by: order.by.clone(), action, subject, before, after };
    audit::write(tx, vec![entry]).await
}

/// Pure: the task once it is answered.
fn closed(task: &Task, state: TaskState, refused_by: Option<Handle>, at: Timestamp, by: &str) -> Task {
    let refused_by = refused_by.filter(|_| state == TaskState::Refused);
    Task { state, refused_by, closed_at: Some(at), closed_by: Some(by.to_owned()), ..task.clone() }
}

/// Pure: the task once it is changed.
fn changed(task: &Task, change: &TaskChange) -> Task {
    let TaskChange { script_zh, script_en, assignee, due_at, note } = change.clone();
    let Words { zh, en } = task.script.clone();
    Task {
        script: Words { zh: script_zh.unwrap_or(zh), en: script_en.unwrap_or(en) },
        assignee: assignee.unwrap_or_else(|| task.assignee.clone()),
        due_at: due_at.unwrap_or(task.due_at),
        note: note.or_else(|| task.note.clone()),
        ..task.clone()
    }
}

fn asked(task: &Task, message_id: String) -> Result<Vec<u8>, DbError> {
    let route = task.route.iter().map(|hop| hop.person).collect();
    let told = ReachAsked { task: task.id.clone(), route, due_at: task.due_at };
    fact(names::REACH_ASKED, message_id, &told, task.created_at)
}

fn answered(tx: &Tx, task: &Task, at: Timestamp) -> Result<Vec<u8>, DbError> {
    let by = task.refused_by.map(PersonId);
    let told = ReachAnswered { task: task.id.clone(), answer: task.state.answer(), by };
    // The same task may be answered, undone and answered again: each is a fact of its own.
    fact(names::REACH_ANSWERED, format!("reach-{}-{}-{}", task.id, task.state.as_str(), tx.at().0), &told, at)
}

fn fact(event: &str, message_id: String, told: &impl serde::Serialize, at: Timestamp) -> Result<Vec<u8>, DbError> {
    Ok(Fact::ours(facts::NETWORK, event, message_id, told, at)?.to_log()?)
}
