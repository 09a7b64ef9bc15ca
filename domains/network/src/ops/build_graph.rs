//! The graph of a workspace, built once for all who walk it, and kept in step with what happens.
//!
//! What happened since a graph was built is folded into a few rows of it, which takes as long as there is news. When there is
//! much, a new one is built behind, and serves from then on. Ties are copied out a stretch at a time: facts never wait for it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use kernel::Offset;
use tokio::{
    sync::Mutex as TurnMutex,
    task::{JoinError, spawn_blocking},
};

use crate::{
    rules::{graph::Graph, people::People, ties::Ties},
    subscribe::LiveNetwork,
};

/// With so much news folded into it a graph is built again.
const NEWS_MAX: usize = 20_000;
/// So many touches are copied while facts wait: a millisecond or two.
const STRETCH: usize = 1 << 17;

/// The graph at hand and the version of the ties it shows. Whoever asks while it is built waits for the same one.
#[derive(Default)]
pub struct Built {
    latest: TurnMutex<Option<(Offset, Arc<Graph>)>>,
    /// Whether one is built behind.
    behind: AtomicBool,
}

impl LiveNetwork {
    /// The graph of the present ties, for whoever walks a small part of it: nodes may be left over that have no tie.
    ///
    /// # Errors
    /// When the building was cancelled: the server is stopping.
    pub async fn graph(self: &Arc<Self>) -> Result<Arc<Graph>, JoinError> {
        let mut latest = self.built.latest.lock().await;
        let known = latest.as_ref().and_then(|(of, graph)| {
            let since = self.read(|network| network.ties_since(*of));
            since.map(|since| (since, Arc::clone(graph)))
        });
        let Some(((version, news), graph)) = known else {
            let made = self.build().await?;
            return Ok(Arc::clone(&latest.insert(made).1));
        };
        if news.is_empty() {
            return Ok(graph);
        }
        let graph = spawn_blocking(move || Arc::new(graph.with(&news))).await?;
        *latest = Some((version, Arc::clone(&graph)));
        drop(latest);
        if graph.news() > NEWS_MAX {
            self.build_behind();
        }
        Ok(graph)
    }

    /// The graph of the present ties with nothing folded in: everybody in it has a tie, and nodes are in the order of
    /// handles. For whoever walks all of it.
    ///
    /// # Errors
    /// When the building was cancelled: the server is stopping.
    pub async fn whole_graph(self: &Arc<Self>) -> Result<Arc<Graph>, JoinError> {
        let mut latest = self.built.latest.lock().await;
        let version = self.read(|network| network.ties_version());
        if let Some((_, graph)) = latest.as_ref().filter(|(of, graph)| *of == version && graph.news() == 0) {
            return Ok(Arc::clone(graph));
        }
        let made = self.build().await?;
        Ok(Arc::clone(&latest.insert(made).1))
    }

    async fn build(self: &Arc<Self>) -> Result<(Offset, Arc<Graph>), JoinError> {
        let live = Arc::clone(self);
        let build = move || {
            let (people, ties, version) = copy(&live);
            (version, Arc::new(Graph::of(&people, &ties)))
        };
        spawn_blocking(build).await
    }

    fn build_behind(self: &Arc<Self>) {
        if self.built.behind.swap(true, Ordering::AcqRel) {
            return;
        }
        let live = Arc::clone(self);
        tokio::spawn(async move {
            match live.build().await {
                Ok(made) => *live.built.latest.lock().await = Some(made),
                Err(error) => tracing::warn!(%error, "the graph could not be built again"),
            }
            live.built.behind.store(false, Ordering::Release);
        });
    }
}

/// The ties of one moment and who is who in it.
fn copy(live: &LiveNetwork) -> (People, Ties, Offset) {
    let mut ties = Ties::default();
    ties.reserve(live.read(|network| network.ties().len()) + STRETCH);
    loop {
        let rest = live.read(|network| {
            let is_all = ties.copy_more(network.ties(), STRETCH);
            is_all.then(|| (network.people().clone(), network.ties_version()))
        });
        if let Some((people, version)) = rest {
            ties.find_rims();
            return (people, ties, version);
        }
    }
}

#[cfg(test)]
mod tests {
    use facts::{ReachAnswer, ReachAnswered, ReachAsked};
    use kernel::{CampaignId, Handle, PersonId, RootOwner, Timestamp};

    use super::*;
    use crate::model::Event;

    fn touch(offset: u64, receiver: u32, sharer: u32) -> Event {
        Event::Touched {
            offset: Offset(offset),
            at: Timestamp(offset as i64),
            campaign: "c".parse().unwrap(),
            receiver: Handle(receiver),
            sharer: Handle(sharer),
        }
    }

    async fn agrees(live: &Arc<LiveNetwork>, news: usize) {
        let graph = live.graph().await.unwrap();
        assert_eq!(graph.news(), news);
        let (people, ties, _) = copy(live);
        assert!(live.read(|network| network.ties() == &ties), "the copy is one");
        let again = Graph::of(&people, &ties);
        assert_eq!(graph.ties_len(), again.ties_len());
        for one in (0..9).map(Handle) {
            assert_eq!(graph.node(one).is_some(), again.node(one).is_some(), "{one:?}");
            for other in (0..9).map(Handle) {
                let tie = |graph: &Graph| graph.tie(graph.node(one)?, graph.node(other)?);
                assert_eq!(tie(&graph), tie(&again), "{one:?} {other:?}");
            }
        }
    }

    #[tokio::test]
    async fn what_happens_is_folded_in_and_only_what_is_not_told_builds_again() {
        let live = Arc::new(LiveNetwork::default());
        let campaign: CampaignId = "c".parse().unwrap();
        assert!(live.graph().await.unwrap().is_empty());

        live.apply([touch(1, 2, 1), touch(2, 3, 1)], Offset(3));
        agrees(&live, 2).await;
        let first = live.graph().await.unwrap();
        let (at, owner) = (Timestamp(0), RootOwner::default());
        live.apply([Event::RootDeclared { offset: Offset(3), at, campaign, handle: Handle(1), owner }], Offset(4));
        assert!(Arc::ptr_eq(&first, &live.graph().await.unwrap()), "no tie changed");

        live.apply(
            [Event::Linked { offset: Offset(4), handle: Handle(3), into: Handle(2) }, touch(4, 5, 3)],
            Offset(5),
        );
        agrees(&live, 4).await;
        assert_eq!((first.len(), first.ties_len()), (3, 2), "who has a graph keeps it");
        let whole = live.whole_graph().await.unwrap();
        assert_eq!((whole.len(), whole.news()), (3, 0));
        assert!(Arc::ptr_eq(&whole, &live.whole_graph().await.unwrap()));
        agrees(&live, 0).await;

        let route = [1, 2, 5].map(|handle| PersonId(Handle(handle))).to_vec();
        let asked = ReachAsked { task: "t".to_owned(), route, due_at: Timestamp(50) };
        let answered = ReachAnswered { task: "t".to_owned(), answer: ReachAnswer::Accepted, by: None };
        let asked = Event::ReachAsked { offset: Offset(5), at, asked };
        live.apply([asked, Event::ReachAnswered { offset: Offset(6), at, answered }, touch(7, 6, 5)], Offset(8));
        agrees(&live, 0).await;
        live.apply([touch(8, 7, 1)], Offset(9));
        agrees(&live, 1).await;
    }

    #[tokio::test]
    async fn after_much_news_a_new_one_is_built_behind() {
        let live = Arc::new(LiveNetwork::default());
        assert!(live.graph().await.unwrap().is_empty());
        let many = NEWS_MAX as u64 + 1;
        live.apply((1..=many).map(|offset| touch(offset, 2 + offset as u32 % 5, 1)), Offset(many + 1));
        assert_eq!(live.graph().await.unwrap().news(), NEWS_MAX + 1);
        while live.built.behind.load(Ordering::Acquire) {
            tokio::task::yield_now().await;
        }
        agrees(&live, 0).await;
        live.apply([touch(many + 1, 8, 1)], Offset(many + 2));
        agrees(&live, 1).await;
    }
}
