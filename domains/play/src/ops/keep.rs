//! What falls due by itself: seats nobody paid for, tries whose time is over, rewards nobody took.

use std::time::Duration;

use futures::future::try_join_all;

use crate::{
    Slice,
    model::Subject,
    ops::{Asked, Command, Order},
    rules::world::Act,
    store::plays,
};

/// How often it is looked for what fell due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So many at a time: customers are not kept waiting.
const AT_ONCE: i64 = 500;

/// What keeps the work of the background from being done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The records cannot be read.
    #[error(transparent)]
    Records(#[from] db::DbError),
    /// A command was not stored.
    #[error(transparent)]
    Write(#[from] db::WriteError),
}

impl Slice {
    /// Looks until the future is dropped. What could not be done is seen again the next time.
    pub(crate) async fn keep(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "what fell due in plays could not be settled");
            }
        }
    }

    /// Settles what fell due by now. How many tries that were.
    ///
    /// # Errors
    /// [`Trouble`]; what was done until then is done.
    pub(crate) async fn look(&self) -> Result<usize, Trouble> {
        let due = plays::due(self.records.reads(), self.clock.now(), AT_ONCE).await?;
        let count = due.len();
        let ticks = due.into_iter().map(|(workspace, play, instance, owner)| {
            let (by, act) = (Subject(owner).id(), Act::Tick(instance));
            let asked = Asked { play, by, signed_in: false, id: String::new(), seed: 0, act };
            self.commands.submit(Order { workspace, command: Command::Act(Box::new(asked)), sticky: None })
        });
        // All at once, so that they share a commit.
        try_join_all(ticks).await?;
        if count > 0 {
            self.signal.notify_one();
        }
        Ok(count)
    }
}
