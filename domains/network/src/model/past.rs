//! Past campaigns, taken out of live state for whoever learns from them.

use kernel::Scope;

use super::Network;
use crate::rules::forecast::past::{self, Campaign};

impl Network {
    /// Every campaign under the roots in scope, in the order of their beginning. Touches between people out of sight are
    /// left out. It copies what it gives: work on it after the network has been let go.
    #[must_use]
    pub fn past_campaigns(&self, scope: &Scope) -> Vec<Campaign> {
        let mut campaigns: Vec<Campaign> = self
            .campaigns
            .iter()
            .map(|campaign| {
                let cascade = &campaign.cascade;
                let columns = cascade.columns(scope, None);
                let begins = columns.parent.iter().enumerate().filter(|(_, parent)| **parent == u32::MAX);
                let roots =
                    begins.map(|(place, _)| place).zip(cascade.trees(scope).map(|tree| tree.owner.unit.clone()));
                let person = |handle| self.people.person(handle);
                let touches = cascade.touches().map(|touch| (person(touch.receiver), person(touch.sharer), touch.at));
                let in_sight = |sharer| cascade.owner_of(sharer).is_some_and(|owner| scope.covers(owner));
                let touches = touches.filter(|(_, sharer, _)| scope.is_all() || in_sight(*sharer));
                Campaign { id: campaign.id.clone(), roots: roots.collect(), touches: touches.collect(), columns }
            })
            .collect();
        campaigns.retain(|campaign| !campaign.roots.is_empty());
        past::sort(&mut campaigns);
        campaigns
    }
}
