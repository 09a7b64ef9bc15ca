//! What the slice does with facts: it keeps the live network of each workspace.

use std::{collections::BTreeMap, sync::Arc};

use facts::Typed;
use kernel::WorkspaceId;
use parking_lot::RwLock;
use river::{Batch, Entry, Live};

use crate::{
    model::{Event, Network},
    ops::draw_picture::Pictures,
    rules::people::Contact,
};

/// The live network of one workspace: the state, and the pictures drawn of it.
pub struct LiveNetwork {
    network: RwLock<Network>,
    pub(crate) pictures: Pictures,
}

impl Default for LiveNetwork {
    fn default() -> Self {
        Self { network: RwLock::new(Network::new()), pictures: Pictures::default() }
    }
}

impl LiveNetwork {
    /// Reads the state after the last batch. Keep it short: the reader waits meanwhile.
    pub fn read<T>(&self, read: impl FnOnce(&Network) -> T) -> T {
        read(&self.network.read())
    }
}

/// The live networks of all workspaces.
#[derive(Default)]
pub struct Networks(RwLock<BTreeMap<WorkspaceId, Arc<LiveNetwork>>>);

impl Networks {
    /// The network of a workspace, empty when there was none.
    #[must_use]
    pub fn open(&self, workspace: WorkspaceId) -> Arc<LiveNetwork> {
        Arc::clone(self.0.write().entry(workspace).or_default())
    }

    /// The network of a workspace.
    #[must_use]
    pub fn get(&self, workspace: WorkspaceId) -> Option<Arc<LiveNetwork>> {
        self.0.read().get(&workspace).cloned()
    }
}

impl Live for LiveNetwork {
    fn name(&self) -> &'static str {
        "network"
    }

    fn version(&self) -> u32 {
        1
    }

    fn fold(&self, batch: &Batch) {
        self.network.write().apply(events(batch), batch.next);
    }

    fn save(&self) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.network.read().save()?)
    }

    fn restore(&self, body: &[u8]) -> bool {
        match Network::restore(body) {
            Ok(network) => {
                *self.network.write() = network;
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the snapshot of the network is not used");
                false
            }
        }
    }

    fn clear(&self) {
        *self.network.write() = Network::new();
    }
}

/// What the network learns from a batch, in the order of offsets. A link comes before the fact that is its evidence, so
/// that the fact is already booked to the whole person.
fn events(batch: &Batch) -> Vec<Event> {
    let mut events = Vec::with_capacity(batch.entries.len() + batch.links.len());
    let mut links = batch.links.iter().peekable();
    for entry in &batch.entries {
        while let Some(link) = links.next_if(|link| link.offset <= entry.record.offset) {
            events.push(Event::Linked { offset: link.offset, handle: link.handle, into: link.into });
        }
        events.extend(event(entry));
    }
    events.extend(links.map(|link| Event::Linked { offset: link.offset, handle: link.handle, into: link.into }));
    events
}

fn event(entry: &Entry) -> Option<Event> {
    let handle = entry.subject?;
    let record = &entry.record;
    let (offset, at) = (record.offset, record.fact.timestamp);
    match &record.typed {
        Typed::SpreadStarted(started) => Some(Event::RootDeclared {
            offset,
            at,
            campaign: started.campaign.clone(),
            handle,
            owner: started.owner.clone(),
        }),
        Typed::SpreadOpened(opened) => Some(Event::Touched {
            offset,
            at,
            campaign: opened.campaign.clone(),
            receiver: handle,
            sharer: entry.sharer?,
        }),
        Typed::Identified(known) => {
            let contact = Contact::new(known.phone.is_some(), known.wechat.is_some());
            (contact != Contact::default()).then_some(Event::Contact { offset, handle, contact })
        }
        Typed::OrderPaid(paid) => {
            Some(Event::Paid { offset, campaign: paid.campaign.clone()?, handle, amount_minor: paid.amount_minor })
        }
        // What a token stands for is a link, made by identity.
        Typed::SpreadShared(_) | Typed::Other => None,
    }
}
