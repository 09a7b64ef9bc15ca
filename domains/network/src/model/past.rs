//! Past campaigns, taken out of live state for whoever learns from them.

use kernel::{Handle, Scope};

use super::Network;
use crate::rules::{
    cascade::{Columns, KeptOut},
    forecast::{
        habits::NONE,
        past::{self, Campaign},
    },
};

impl Network {
    /// Every campaign under the roots in scope, in the order of their beginning. Touches between people out of sight are
    /// left out, and so are people who are kept out as suspicious with everybody below them: nothing is learnt from fakes.
    /// It copies what it gives: work on it after the network has been let go.
    #[must_use]
    pub fn past_campaigns(&self, scope: &Scope) -> Vec<Campaign> {
        let mut campaigns: Vec<Campaign> = self
            .campaigns
            .iter()
            .map(|campaign| {
                let cascade = &campaign.cascade;
                let kept_out = self.kept_out(cascade, None);
                let (columns, kept_out_here) = counted(cascade.columns(scope, None), &kept_out);
                let begins = columns.parent.iter().enumerate().filter(|(_, parent)| **parent == NONE);
                let roots =
                    begins.map(|(place, _)| place).zip(cascade.trees(scope).map(|tree| tree.owner.unit.clone()));
                let person = |handle| self.people.person(handle);
                let touches = cascade.touches().map(|touch| (person(touch.receiver), person(touch.sharer), touch.at));
                let in_sight = |sharer| cascade.owner_of(sharer).is_some_and(|owner| scope.covers(owner));
                let touches = touches
                    .filter(|(_, sharer, _)| scope.is_all() || in_sight(*sharer))
                    .filter(|(receiver, sharer, _)| !kept_out.contains(*receiver) && !kept_out.contains(*sharer));
                let (id, roots, touches) = (campaign.id.clone(), roots.collect(), touches.collect());
                Campaign { id, roots, touches, columns, kept_out: kept_out_here }
            })
            .collect();
        campaigns.retain(|campaign| !campaign.roots.is_empty());
        past::sort(&mut campaigns);
        campaigns
    }
}

/// The columns of those who count, and who does not. Whoever is kept out takes all below along, so nobody loses a parent.
fn counted(columns: Columns, kept_out: &KeptOut) -> (Columns, Vec<Handle>) {
    if kept_out.is_empty() {
        return (columns, Vec::new());
    }
    let (mut counted, mut out) = (Columns::default(), Vec::new());
    let mut place = vec![NONE; columns.handle.len()];
    for (node, handle) in columns.handle.iter().enumerate() {
        if kept_out.contains(Handle(*handle)) {
            out.push(Handle(*handle));
            continue;
        }
        place[node] = counted.handle.len() as u32;
        counted.parent.push(place.get(columns.parent[node] as usize).copied().unwrap_or(NONE));
        counted.joined_at.push(columns.joined_at[node]);
        counted.fan.push(columns.fan[node]);
        counted.handle.push(*handle);
    }
    (counted, out)
}
