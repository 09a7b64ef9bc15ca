//! Searching a workspace for rings, once for all who ask, and now and then without being asked.

use std::{sync::Arc, time::Duration};

use kernel::{Offset, Timestamp, WorkspaceId};
use tokio::sync::Mutex as TurnMutex;

use crate::{
    Slice,
    ops::review_rings::{Review, Reviewed},
    rules::fraud::{Ring, Search},
    subscribe::LiveNetwork,
};

/// How often everybody is searched without being asked.
const WATCH_EVERY: Duration = Duration::from_secs(600);
/// Characters of a ring's id.
const ID_LENGTH: usize = 10;

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Searched {
    /// When it ended.
    pub at: Timestamp,
    /// The first fact it did not see.
    pub offset: Offset,
    /// How long it took.
    pub ms: i64,
    /// Campaigns it looked at.
    pub campaigns: u64,
    /// Places in them.
    pub people: u64,
    /// Rings that are new.
    pub new: u64,
    /// Rings that were known.
    pub known: u64,
    /// False when there was too much to look at all of it.
    pub complete: bool,
}

/// The last search of a workspace. Whoever asks while one goes on waits for it.
#[derive(Default)]
pub struct Searches(TurnMutex<Option<Searched>>);

/// Why a search did not end.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// What it found was not stored.
    #[error("what the search found cannot be stored")]
    Write(#[from] db::WriteError),
    /// The server is stopping.
    #[error("the search was cancelled")]
    Cancelled(#[from] tokio::task::JoinError),
}

impl LiveNetwork {
    /// The last search, if there was one and none goes on.
    pub(crate) fn last_search(&self) -> Option<Searched> {
        self.searches.0.try_lock().ok().and_then(|searched| *searched)
    }

    /// Looks at one campaign after the other, each under the lock only as long as a copy of it takes.
    fn search(&self) -> (Vec<Ring>, u64, u64, bool) {
        let mut search = Search::new();
        let campaigns = self.read(|network| network.campaigns().len());
        let mut people = 0;
        for trail in (0..campaigns).filter_map(|place| self.read(|network| network.trail(place))) {
            people += trail.columns.parent.len() as u64;
            search.look_at(&trail);
        }
        let (marks, roots) = self.read(|network| (network.marks(), network.root_people()));
        let complete = search.is_complete();
        (search.finish(&marks, &roots), campaigns as u64, people, complete)
    }
}

impl Slice {
    /// Searches a workspace and books what is found. While nothing new was told, the last search stands for the next.
    ///
    /// # Errors
    /// [`SearchError`].
    pub async fn find_rings(&self, workspace: WorkspaceId, live: Arc<LiveNetwork>) -> Result<Searched, SearchError> {
        let mut last = live.searches.0.lock().await;
        let offset = live.read(|network| network.next_offset());
        if let Some(searched) = last.filter(|searched| searched.offset == offset) {
            return Ok(searched);
        }
        let started = self.clock.now();
        let looking = Arc::clone(&live);
        let (rings, campaigns, people, complete) = tokio::task::spawn_blocking(move || looking.search()).await?;
        let found = rings.into_iter().map(|ring| (format!("r-{}", kernel::token(&*self.entropy, ID_LENGTH)), ring));
        let reviewed = self.reviews.submit(Review::Book { workspace, found: found.collect() }).await?;
        let (new, known) = match reviewed {
            Reviewed::Found { new, known } => (new, known),
            Reviewed::Decided(_) | Reviewed::NoSuchRing => (0, 0),
        };
        let at = self.clock.now();
        let ms = at.micros_since(started) / 1_000;
        let searched = Searched { at, offset, ms, campaigns, people, new, known, complete };
        *last = Some(searched);
        Ok(searched)
    }

    /// Searches every workspace now and then, until the future is dropped.
    pub(crate) async fn watch(self) {
        loop {
            tokio::time::sleep(WATCH_EVERY).await;
            for (workspace, live) in self.networks.all() {
                if let Err(error) = self.find_rings(workspace, live).await {
                    tracing::warn!(%workspace, %error, "the search for rings did not end; it is tried again later");
                }
            }
        }
    }
}
