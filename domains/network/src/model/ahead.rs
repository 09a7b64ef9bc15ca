//! A look at what the next events will need.
//!
//! Who shares is anybody among millions, so nearly every hop waits for memory several times. Asked for one after the other
//! these waits add up; asked for together, for the next few events at once, they pass at the same time.

use super::{Event, Network};

/// So many events are looked at together: what they need fits the nearest cache.
pub(super) const AHEAD: usize = 32;

impl Network {
    /// Fetches what the next events will read. Changes nothing.
    pub(super) fn look_ahead(&self, events: &[Event]) {
        let mut of_campaign = self.latest;
        let mut pairs = [(0, [None; 2]); AHEAD];
        let touches = events.iter().take(AHEAD).filter_map(|event| match event {
            Event::Touched { campaign, receiver, sharer, .. } => Some((campaign, [*receiver, *sharer])),
            _ => None,
        });
        let mut seen = 0;
        for (place, (campaign, handles)) in pairs.iter_mut().zip(touches) {
            if self.campaigns.get(of_campaign as usize).is_none_or(|known| known.id != *campaign) {
                let Some(known) = self.by_id.get(campaign) else { continue };
                of_campaign = *known;
            }
            let forest = &self.campaigns[of_campaign as usize].cascade;
            *place = (of_campaign, handles.map(|handle| forest.place_of(&self.people, handle)));
            seen ^= handles.map(|handle| self.ties.touched(handle)).iter().fold(0, |all, one| all ^ one);
        }
        // By now the places are known, so the nodes can be asked for together too.
        let nodes = pairs.iter().flat_map(|(campaign, places)| places.iter().flatten().map(move |at| (campaign, *at)));
        for (campaign, at) in nodes {
            seen ^= self.campaigns[*campaign as usize].cascade.glance(at);
        }
        std::hint::black_box(seen);
    }
}
