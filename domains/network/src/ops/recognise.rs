//! A task whose target came by themselves is done: the facts say so, nobody has to.

use std::{sync::Arc, time::Duration};

use db::{Group, Records, audit::By};
use kernel::{Clock, WorkspaceId};
use tokio::sync::Notify;

use super::reach_tasks::{BY_ITSELF, ReachCommand, ReachDeciding, ReachOrder};
use crate::subscribe::{LiveNetwork, Networks};

/// How often the live networks are asked.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Tasks closed at once.
const TASKS_MAX: usize = 500;

/// Looks at all live networks for targets who came.
pub struct Recognising {
    networks: Arc<Networks>,
    reaching: Group<ReachDeciding>,
    signal: Arc<Notify>,
    clock: Arc<dyn Clock>,
}

impl Recognising {
    /// Over these networks; `signal` is notified when facts wait in the outbox.
    #[must_use]
    pub fn new(records: &Records, networks: Arc<Networks>, signal: Arc<Notify>, clock: Arc<dyn Clock>) -> Self {
        Self { networks, reaching: records.group(ReachDeciding), signal, clock }
    }

    /// Looks until the future is dropped. What could not be written is seen again the next time.
    pub async fn run(self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            for (workspace, live) in self.networks.all() {
                self.look(workspace, &live).await;
            }
        }
    }

    /// Closes the tasks of one workspace that are done.
    pub async fn look(&self, workspace: WorkspaceId, live: &LiveNetwork) {
        let came: Vec<_> = live.read(|network| {
            let came = network.reaches().came().take(TASKS_MAX);
            came.map(|(task, at)| (task.to_owned(), at)).collect()
        });
        if came.is_empty() {
            return;
        }
        let (by, at) = (By::named(BY_ITSELF), self.clock.now());
        let order = ReachOrder { by, workspace, at, command: ReachCommand::Came(came) };
        match self.reaching.submit(order).await {
            Ok(_) => self.signal.notify_one(),
            Err(error) => tracing::warn!(%error, %workspace, "reach tasks that are done could not be closed"),
        }
    }
}
