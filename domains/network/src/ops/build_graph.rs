//! The graph of a workspace, built once for all who walk it.

use std::sync::Arc;

use kernel::Offset;
use tokio::{sync::Mutex as TurnMutex, task::JoinError};

use crate::{rules::graph::Graph, subscribe::LiveNetwork};

/// The graph at hand and the state it shows. Whoever asks while it is built waits for the same one.
#[derive(Default)]
pub struct Built(TurnMutex<Option<(Offset, Arc<Graph>)>>);

impl LiveNetwork {
    /// The graph of the present ties. Building it keeps the reader of facts no longer than a copy of them takes.
    ///
    /// # Errors
    /// When the building was cancelled: the server is stopping.
    pub async fn graph(self: &Arc<Self>) -> Result<Arc<Graph>, JoinError> {
        let mut built = self.built.0.lock().await;
        let version = self.read(|network| network.ties_version());
        if let Some((_, graph)) = built.as_ref().filter(|(of, _)| *of == version) {
            return Ok(Arc::clone(graph));
        }
        let live = Arc::clone(self);
        let build = move || {
            let (people, ties, version) =
                live.read(|network| (network.people().clone(), network.ties().clone(), network.ties_version()));
            (version, Arc::new(Graph::of(&people, &ties)))
        };
        let (version, graph) = tokio::task::spawn_blocking(build).await?;
        *built = Some((version, Arc::clone(&graph)));
        Ok(graph)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{CampaignId, Handle, RootOwner, Timestamp};

    use super::*;
    use crate::model::Event;

    #[tokio::test]
    async fn it_is_built_again_only_when_ties_changed() {
        let live = Arc::new(LiveNetwork::default());
        let campaign: CampaignId = "c".parse().unwrap();
        let touch = |offset: u64, receiver: u32| Event::Touched {
            offset: Offset(offset),
            at: Timestamp(0),
            campaign: campaign.clone(),
            receiver: Handle(receiver),
            sharer: Handle(1),
        };
        assert!(live.graph().await.unwrap().is_empty());

        live.apply([touch(1, 2), touch(2, 3)], Offset(3));
        let first = live.graph().await.unwrap();
        assert_eq!((first.len(), first.ties_len()), (3, 2));

        let root = Event::RootDeclared {
            offset: Offset(3),
            at: Timestamp(0),
            campaign: campaign.clone(),
            handle: Handle(1),
            owner: RootOwner::default(),
        };
        live.apply([root], Offset(4));
        assert!(Arc::ptr_eq(&first, &live.graph().await.unwrap()));

        live.apply([Event::Linked { offset: Offset(4), handle: Handle(3), into: Handle(2) }], Offset(5));
        assert_eq!(live.graph().await.unwrap().len(), 2);
    }
}
