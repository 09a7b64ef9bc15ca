//! The network as bytes.
//!
//! A snapshot holds the folded state as columns, so that it is copied in and not folded again; a few things that one pass
//! tells (the ties, who is where) are told again. What is read by another version is rebuilt from the facts instead.
//!
//! Layout: version u8, crc32 of all that follows u32, then columns: see `rules/columns.rs`.

use kernel::{CampaignId, Handle, Offset, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Campaign, Network, TieNews};
use crate::rules::{
    bonds::{Bond, Gatherings},
    cascade::{Cascade, Saved as SavedCascade},
    columns::{Reader, put_rest},
    flags::Flags,
    marks::Marks,
    people::People,
    reach::memory::Memory,
    ties::{IS_BOND, Ties},
};

/// First byte: the version of what follows. It grows whenever the state is folded or written in another way.
const VERSION: u8 = 6;
/// Bytes before the columns.
const HEAD: usize = 5;

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
    Damaged,
    /// There is no memory to write it.
    #[error("the network could not be written to a snapshot")]
    Unwritten(#[source] postcard::Error),
}

/// What has no columns.
#[derive(Serialize, Deserialize)]
struct Rest<P, M, F, R, G> {
    next_offset: Offset,
    ties_version: Offset,
    people: P,
    campaigns: Vec<(CampaignId, Offset)>,
    marks: M,
    flags: F,
    reaches: R,
    gatherings: G,
    /// Who is bound to whom since when, in the order they came; what binds them stands in `order`.
    bonds: Vec<(Handle, Handle, i64)>,
    /// In which order the touches of the campaigns came: so many of this one, by index, then so many of that. Bonds of one kind
    /// among them, as the ties mark them.
    order: Vec<(u32, u32)>,
}

impl Network {
    /// The network as bytes, up to [`Network::next_offset`].
    ///
    /// # Errors
    /// [`SnapshotError::Unwritten`] only if there is no memory for the bytes.
    pub fn save(&self) -> Result<Vec<u8>, SnapshotError> {
        let order = self.ties.campaigns().chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32));
        let rest = Rest {
            next_offset: self.next_offset,
            ties_version: self.ties_version,
            people: &self.people,
            campaigns: self.campaigns.iter().map(|campaign| (campaign.id.clone(), campaign.version)).collect(),
            marks: &self.marks,
            flags: &self.flags,
            reaches: &self.reaches,
            gatherings: &self.gatherings,
            bonds: self.ties.bonds().map(|(one, other, at)| (one, other, at.0)).collect(),
            order: order.collect(),
        };
        let mut bytes = vec![VERSION, 0, 0, 0, 0];
        put_rest(&mut bytes, &rest).map_err(SnapshotError::Unwritten)?;
        for campaign in &self.campaigns {
            campaign.cascade.save(&mut bytes).map_err(SnapshotError::Unwritten)?;
        }
        let sum = crc32fast::hash(&bytes[HEAD..]);
        bytes[1..HEAD].copy_from_slice(&sum.to_le_bytes());
        Ok(bytes)
    }

    /// Reads what [`Network::save`] wrote.
    ///
    /// # Errors
    /// [`SnapshotError`] when the bytes are of another version or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        match bytes.first() {
            None => return Err(SnapshotError::Empty),
            Some(&VERSION) => {}
            Some(&version) => return Err(SnapshotError::Version(version)),
        }
        Self::load(&bytes[1..]).ok_or(SnapshotError::Damaged)
    }

    fn load(bytes: &[u8]) -> Option<Self> {
        let (sum, columns) = bytes.split_first_chunk()?;
        if crc32fast::hash(columns) != u32::from_le_bytes(*sum) {
            return None;
        }
        let mut reader = Reader(columns);
        let rest: Rest<People, Marks, Flags, Memory, Gatherings> = reader.rest()?;
        let Rest {
            next_offset,
            ties_version,
            people,
            campaigns,
            order,
            marks,
            mut flags,
            reaches,
            mut gatherings,
            bonds,
        } = rest;
        flags.index();
        gatherings.index();
        let saved: Vec<SavedCascade<'_>> =
            campaigns.iter().map(|_| SavedCascade::read(&mut reader)).collect::<Option<_>>()?;
        let tie_news = TieNews::new(ties_version);
        let mut network = Self { people, marks, flags, gatherings, next_offset, ties_version, tie_news, ..Self::new() };
        // Neither needs the other.
        let (ties, cascades) = std::thread::scope(|scope| {
            let ties = scope.spawn(|| ties(&saved, &bonds, &order));
            let cascades: Option<Vec<Cascade>> = saved.iter().map(|saved| saved.load(&network.people)).collect();
            (ties.join().unwrap_or(None), cascades)
        });
        network.ties = ties?;
        for ((index, (id, version)), cascade) in (0..).zip(campaigns).zip(cascades?) {
            network.by_id.insert(id.clone(), index);
            for person in cascade.persons() {
                network.heard_in.add(person, index);
            }
            network.campaigns.push(Campaign { id, version, cascade, changed: false });
        }
        network.reaches = reaches;
        network.reaches.restore(&network.people, &mut network.ties);
        Some(network)
    }
}

/// The ties of all campaigns and all bonds in the order they came; nothing when the order names others than there are.
fn ties(saved: &[SavedCascade<'_>], bonds: &[(Handle, Handle, i64)], order: &[(u32, u32)]) -> Option<Ties> {
    let mut touches: Vec<_> = saved.iter().map(SavedCascade::touches).collect();
    let mut ties = Ties::default();
    let mut bonds = bonds.iter();
    ties.reserve(touches.iter().map(ExactSizeIterator::len).sum::<usize>() + bonds.len());
    for (index, count) in order {
        if index & IS_BOND != 0 {
            for _ in 0..*count {
                let (one, other, at) = bonds.next()?;
                ties.bind(*one, *other, Timestamp(*at), Bond::from_bits(index & !IS_BOND));
            }
            continue;
        }
        let of_campaign = touches.get_mut(*index as usize)?;
        for _ in 0..*count {
            let touch = of_campaign.next()?;
            ties.push(touch.receiver, touch.sharer, touch.at, *index);
        }
    }
    (bonds.len() == 0 && touches.iter().all(|rest| rest.len() == 0)).then_some(ties)
}
