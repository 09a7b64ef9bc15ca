//! In which campaigns somebody was heard of.

use kernel::Handle;

/// In which campaigns each handle was heard of first. Some handle of a person names every campaign the person is in.
#[derive(Clone, Debug, Default)]
pub(super) struct HeardIn {
    /// By handle: the only campaign, or (counted down from the top, [`HeardIn::NONE`] left out) the place of the latest entry.
    latest: Vec<u32>,
    entries: Vec<(u32, u32)>,
}

impl HeardIn {
    const NONE: u32 = u32::MAX;
    /// From here on a number counts down to an entry. Nobody runs two thousand million campaigns.
    const ENTRIES: u32 = 1 << 31;

    /// Notes that a handle was heard of in a campaign.
    pub fn add(&mut self, handle: Handle, campaign: u32) {
        let place = handle.0 as usize;
        if self.latest.len() <= place {
            self.latest.resize(place + 1, Self::NONE);
        }
        let latest = self.latest[place];
        if latest == Self::NONE {
            self.latest[place] = campaign;
        } else if self.campaigns(handle).next() != Some(campaign) {
            self.latest[place] = Self::NONE - 1 - self.entries.len() as u32;
            self.entries.push((campaign, latest));
        }
    }

    /// The campaigns noted of a handle, the latest first.
    pub fn campaigns(&self, handle: Handle) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.latest.get(handle.0 as usize).copied().unwrap_or(Self::NONE);
        std::iter::from_fn(move || {
            if at < Self::ENTRIES {
                return Some(std::mem::replace(&mut at, Self::NONE));
            }
            let (campaign, older) = *self.entries.get((Self::NONE - 1).checked_sub(at)? as usize)?;
            at = older;
            Some(campaign)
        })
    }
}
