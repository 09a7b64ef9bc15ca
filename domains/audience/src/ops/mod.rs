//! One file per use case.

pub mod command;
pub mod define;
pub mod forms;
pub mod person;
pub mod rows;
pub mod tags;
pub mod tell;

use std::sync::Arc;

use db::{Group, Records};
use kernel::{Clock, Entropy, Handle, Scope, WorkspaceId};
use river::Rivers;
use roaring::RoaringBitmap;
use tokio::sync::{Mutex, Notify};
use web::Problem;

use crate::{
    Audiences, Directory, LiveAudience, Wiring,
    ops::command::{Deciding, Order, Outcome},
    rules::engine::Engine,
};

/// The slice, wired. Cheap to clone.
#[derive(Clone)]
pub struct Slice {
    pub(crate) records: Records,
    pub(crate) commands: Group<Deciding>,
    pub(crate) rivers: Arc<Rivers>,
    pub(crate) audiences: Arc<Audiences>,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) signal: Arc<Notify>,
    /// One definition changes at a time: what it names must still be there when it is stored.
    pub(crate) changing: Arc<Mutex<()>>,
}

impl Slice {
    pub(crate) fn new(wiring: Wiring) -> Self {
        let Wiring { records, rivers, audiences, directory, clock, entropy, signal } = wiring;
        Self {
            commands: records.group(Deciding),
            records,
            rivers,
            audiences,
            directory,
            clock,
            entropy,
            signal,
            changing: Arc::default(),
        }
    }

    /// Hands in a command.
    pub(crate) async fn submit(&self, order: Order) -> Result<Outcome, Problem> {
        let outcome = self.commands.submit(order).await.map_err(Problem::unavailable)?;
        self.signal.notify_one();
        Ok(outcome)
    }

    /// People a scope covers, by name; nothing for everybody.
    pub(crate) async fn seen(
        &self,
        workspace: WorkspaceId,
        scope: &Scope,
        live: &Arc<LiveAudience>,
    ) -> Result<Option<RoaringBitmap>, Problem> {
        if matches!(scope, Scope::All) {
            return Ok(None);
        }
        let (directory, scope, live) = (Arc::clone(&self.directory), scope.clone(), Arc::clone(live));
        let seen = move || {
            let within = directory.within(workspace, &scope);
            live.read(|engine| within.into_iter().map(|handle| engine.people().person(handle).0).collect())
        };
        tokio::task::spawn_blocking(seen).await.map(Some).map_err(Problem::internal)
    }
}

/// Reads the live state away from the async workers.
pub async fn look<T: Send + 'static>(
    live: &Arc<LiveAudience>,
    read: impl FnOnce(&Engine) -> T + Send + 'static,
) -> Result<T, Problem> {
    let live = Arc::clone(live);
    tokio::task::spawn_blocking(move || live.read(read)).await.map_err(Problem::internal)
}

/// Changes the live state away from the async workers.
pub async fn change<T: Send + 'static>(
    live: &Arc<LiveAudience>,
    change: impl FnOnce(&mut Engine) -> T + Send + 'static,
) -> Result<T, Problem> {
    let live = Arc::clone(live);
    tokio::task::spawn_blocking(move || live.change(change)).await.map_err(Problem::internal)
}

/// How many of some people are seen.
#[must_use]
pub fn count(members: &RoaringBitmap, seen: Option<&RoaringBitmap>) -> u64 {
    seen.map_or_else(|| members.len(), |seen| members.intersection_len(seen))
}

/// Whether somebody is seen.
#[must_use]
pub fn sees(seen: Option<&RoaringBitmap>, person: Handle) -> bool {
    seen.is_none_or(|seen| seen.contains(person.0))
}
