//! Who is kept out of rankings and rewards, and what a search for rings needs.

use facts::Verdict;
use kernel::{CampaignId, Handle, Scope, Timestamp};
use rustc_hash::FxHashSet;

use super::Network;
use crate::rules::{
    cascade::{Cascade, KeptOut},
    fraud::Trail,
    koc::{Koc, Window},
    marks::Mark,
};

impl Network {
    /// Whether a decision about a ring keeps the person out of rankings and rewards.
    #[must_use]
    pub fn is_flagged(&self, person: Handle) -> bool {
        self.verdict(person).is_some()
    }

    /// The ring that keeps a person out, and what was decided about it.
    #[must_use]
    pub fn verdict(&self, person: Handle) -> Option<(&str, Verdict)> {
        self.flags.of(&self.people, person)
    }

    /// Who does not count in a campaign: people who are kept out, and everybody below them.
    #[must_use]
    pub fn suspicious(&self, id: &CampaignId) -> KeptOut {
        self.campaign(id).map_or_else(KeptOut::default, |campaign| self.kept_out(&campaign.cascade, None))
    }

    /// Who counts nowhere: people who are kept out, and whoever has a place only below such. In any campaign's place of
    /// [`Network::campaigns`] stands who does not count there.
    #[must_use]
    pub fn not_counted(&self) -> (FxHashSet<Handle>, Vec<KeptOut>) {
        let kept: Vec<KeptOut> = self.campaigns.iter().map(|campaign| self.kept_out(&campaign.cascade, None)).collect();
        let mut nowhere: FxHashSet<Handle> = self.flags.people(&self.people).collect();
        nowhere.extend(kept.iter().flat_map(KeptOut::people));
        let counts = |person: Handle| {
            let mut places = self.campaigns.iter().zip(&kept);
            places.any(|(campaign, kept)| !kept.contains(person) && campaign.cascade.owner_of(person).is_some())
        };
        nowhere.retain(|person| !counts(*person));
        (nowhere, kept)
    }

    /// How many of those in scope do not count in a campaign.
    #[must_use]
    pub fn suspicious_count(&self, id: &CampaignId, scope: &Scope) -> u64 {
        let Some(campaign) = self.campaign(id) else { return 0 };
        let kept_out = self.kept_out(&campaign.cascade, None);
        let in_scope = |person: &Handle| campaign.cascade.owner_of(*person).is_some_and(|owner| scope.covers(owner));
        kept_out.people().filter(in_scope).count() as u64
    }

    /// The best KOCs of a campaign with a ring counted and with it kept out, whatever was decided about it; decisions about
    /// other rings hold.
    #[must_use]
    pub fn kocs_with_and_without(
        &self,
        id: &CampaignId,
        scope: &Scope,
        as_of: Timestamp,
        limit: usize,
        ring: (&str, &[Handle]),
    ) -> Option<[Vec<Koc>; 2]> {
        let (name, people) = ring;
        let others = || self.flags.people_but(&self.people, name);
        let ranked = |with: bool| {
            let kept: Vec<Handle> = if with { Vec::new() } else { people.to_vec() };
            self.kocs_without(id, scope, None, as_of, limit, |cascade, window| {
                let ring = kept.iter().map(|handle| self.people.person(*handle));
                cascade.keeping_out(others().chain(ring), window)
            })
        };
        Some([ranked(true)?, ranked(false)?])
    }

    /// How many people of a campaign a ring takes along when it is kept out.
    #[must_use]
    pub fn taken_along(&self, id: &CampaignId, people: &[Handle]) -> u64 {
        let ring = people.iter().map(|handle| self.people.person(*handle));
        self.campaign(id).map_or(0, |campaign| campaign.cascade.keeping_out(ring, None).len() as u64)
    }

    pub(super) fn kept_out(&self, cascade: &Cascade, window: Option<&Window>) -> KeptOut {
        if self.flags.is_empty() {
            return KeptOut::default();
        }
        cascade.keeping_out(self.flags.people(&self.people), window)
    }

    /// What happened in the campaign at `place` of [`Network::campaigns`].
    #[must_use]
    pub fn trail(&self, place: usize) -> Option<Trail> {
        let campaign = self.campaigns.get(place)?;
        let touches = campaign
            .cascade
            .touches()
            .map(|touch| (self.people.person(touch.receiver), self.people.person(touch.sharer), touch.at.0));
        Some(Trail {
            campaign: campaign.id.clone(),
            columns: campaign.cascade.columns(&Scope::All, None),
            touches: touches.collect(),
        })
    }

    /// Every mark with the person who left it, in order.
    #[must_use]
    pub fn marks(&self) -> Vec<(Handle, Mark)> {
        self.marks.by_person(&self.people)
    }

    /// Everybody who was declared a root somewhere: staff at work, who cheat nobody by bringing many.
    #[must_use]
    pub fn root_people(&self) -> FxHashSet<Handle> {
        let trees = self.campaigns.iter().flat_map(|campaign| campaign.cascade.trees(&Scope::All));
        trees.map(|tree| self.people.person(tree.person)).collect()
    }
}
