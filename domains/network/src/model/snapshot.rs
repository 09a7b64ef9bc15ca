//! The network as bytes.
//!
//! A snapshot holds what the state is a fold of (kept touches, declared roots, orders, who is who), not the state: it stays
//! readable when the fold gets cleverer, and a restored network cannot disagree with one that was rebuilt.

use kernel::{CampaignId, Offset};
use serde::{Deserialize, Serialize};

use super::{Campaign, Network};
use crate::rules::{
    cascade::{Cascade, Inputs},
    flags::Flags,
    marks::Marks,
    people::People,
    reach::memory::Memory,
    ties::Ties,
};

/// First byte: the version of what follows.
const VERSION: u8 = 4;

/// Why bytes are no snapshot. The state can always be rebuilt from the facts instead.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Written by another version.
    #[error("the snapshot of the network has version {0}, which this version of Searchlight cannot read; rebuild it")]
    Version(u8),
    /// Nothing at all.
    #[error("the snapshot of the network is empty; rebuild it")]
    Empty,
    /// Damaged.
    #[error("the snapshot of the network is damaged; rebuild it")]
    Damaged(#[source] postcard::Error),
}

#[derive(Serialize, Deserialize)]
struct SavedCampaign {
    id: CampaignId,
    version: Offset,
    inputs: Inputs,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    next_offset: Offset,
    people: People,
    campaigns: Vec<SavedCampaign>,
    marks: Marks,
    flags: Flags,
    reaches: Memory,
    /// In which order the touches of the campaigns came: so many of this one, by index, then so many of that.
    order: Vec<(u32, u32)>,
}

impl Network {
    /// The network as bytes, up to [`Network::next_offset`].
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`] only if there is no memory for the bytes.
    pub fn save(&self) -> Result<Vec<u8>, SnapshotError> {
        let campaigns = self.campaigns.iter().map(|campaign| SavedCampaign {
            id: campaign.id.clone(),
            version: campaign.version,
            inputs: campaign.cascade.inputs(),
        });
        let order = self.ties.campaigns().chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32));
        let saved = Saved {
            next_offset: self.next_offset,
            people: self.people.clone(),
            campaigns: campaigns.collect(),
            marks: self.marks.clone(),
            flags: self.flags.clone(),
            reaches: self.reaches.clone(),
            order: order.collect(),
        };
        postcard::to_extend(&saved, vec![VERSION]).map_err(SnapshotError::Damaged)
    }

    /// Reads what [`Network::save`] wrote.
    ///
    /// # Errors
    /// [`SnapshotError`] when the bytes are of another version or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let saved: Saved = match bytes.split_first() {
            None => return Err(SnapshotError::Empty),
            Some((&VERSION, body)) => postcard::from_bytes(body).map_err(SnapshotError::Damaged)?,
            Some((&version, _)) => return Err(SnapshotError::Version(version)),
        };
        let Saved { next_offset, people, campaigns, order, marks, mut flags, reaches } = saved;
        flags.index();
        let mut network = Self { people, marks, flags, next_offset, ties_version: next_offset, ..Self::new() };
        // Neither needs the other: both are folds of the touches.
        let (ties, cascades) = std::thread::scope(|scope| {
            let ties = scope.spawn(|| ties(&campaigns, &order));
            let fold = |campaign: &SavedCampaign| Cascade::from_inputs(&network.people, &campaign.inputs);
            let cascades: Vec<Cascade> = campaigns.iter().map(fold).collect();
            (ties.join().unwrap_or(None), cascades)
        });
        network.ties = ties.ok_or(SnapshotError::Damaged(postcard::Error::DeserializeBadEncoding))?;
        for ((index, campaign), cascade) in (0..).zip(campaigns).zip(cascades) {
            network.by_id.insert(campaign.id.clone(), index);
            for person in cascade.persons() {
                network.heard_in.add(person, index);
            }
            let (id, version) = (campaign.id, campaign.version);
            network.campaigns.push(Campaign { id, version, cascade, changed: false });
        }
        network.reaches = reaches;
        network.reaches.restore(&network.people, &mut network.ties);
        Ok(network)
    }
}

/// The ties of all campaigns in the order of their touches; nothing when the order names others than there are.
fn ties(campaigns: &[SavedCampaign], order: &[(u32, u32)]) -> Option<Ties> {
    let mut touches: Vec<_> = campaigns.iter().map(|campaign| campaign.inputs.touches()).collect();
    let mut ties = Ties::default();
    ties.reserve(touches.iter().map(ExactSizeIterator::len).sum());
    for (index, count) in order {
        let of_campaign = touches.get_mut(*index as usize)?;
        for _ in 0..*count {
            let touch = of_campaign.next()?;
            ties.push(touch.receiver, touch.sharer, touch.at, *index);
        }
    }
    touches.iter().all(|rest| rest.len() == 0).then_some(ties)
}
