//! What can be asked of the network. Whoever asks sees what their scope covers.

use kernel::{CampaignId, Handle, Scope, Timestamp};

use super::{Campaign, Network, best};
use crate::rules::{
    bonds::BondKind,
    cascade::{Cascade, Columns, KeptOut, Standing, Totals, Tree},
    koc::{self, Koc, Past, Window},
    people::People,
    reach::memory::Memory,
    ties::Ties,
};

/// Where a person stands in one campaign.
#[derive(Clone, Debug)]
pub struct CampaignStanding<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// The place.
    pub standing: Standing<'a>,
}

/// A person and their places.
#[derive(Clone, Debug)]
pub struct PersonStandings<'a> {
    /// The person by name: the earliest handle.
    pub person: Handle,
    /// Left phone and WeChat id.
    pub is_fan: bool,
    /// Every campaign in which they are in scope, the one they joined last first; those where they wait last.
    pub campaigns: Vec<CampaignStanding<'a>>,
}

impl Network {
    /// Who is who.
    #[must_use]
    pub const fn people(&self) -> &People {
        &self.people
    }

    /// All ties.
    #[must_use]
    pub const fn ties(&self) -> &Ties {
        &self.ties
    }

    /// All campaigns in the order they were heard of; a tie names one by its place here.
    #[must_use]
    pub fn campaigns(&self) -> &[Campaign] {
        &self.campaigns
    }

    /// One campaign.
    #[must_use]
    pub fn campaign(&self, id: &CampaignId) -> Option<&Campaign> {
        Some(&self.campaigns[self.campaign_place(id)? as usize])
    }

    /// The place of a campaign in [`Network::campaigns`].
    #[must_use]
    pub fn campaign_place(&self, id: &CampaignId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// Sums over the roots in scope.
    #[must_use]
    pub fn totals(&self, id: &CampaignId, scope: &Scope) -> Option<Totals> {
        Some(self.campaign(id)?.cascade.totals(&self.people, scope))
    }

    /// The roots in scope with their sums and circles, in the order of their declaration.
    #[must_use]
    pub fn roots(&self, id: &CampaignId, scope: &Scope) -> Option<Vec<&Tree>> {
        Some(self.campaign(id)?.cascade.trees(scope).collect())
    }

    /// The people of the roots in scope (or of one of them), for a picture.
    #[must_use]
    pub fn columns(&self, id: &CampaignId, scope: &Scope, root: Option<Handle>) -> Option<Columns> {
        let root = root.map(|root| self.people.person(root));
        Some(self.campaign(id)?.cascade.columns(scope, root))
    }

    /// The best KOCs below the roots in scope (or below one of them), best first. Who is kept out is not counted.
    #[must_use]
    pub fn kocs(
        &self,
        id: &CampaignId,
        scope: &Scope,
        root: Option<Handle>,
        as_of: Timestamp,
        limit: usize,
    ) -> Option<Vec<Koc>> {
        self.kocs_without(id, scope, root, as_of, limit, |cascade, window| self.kept_out(cascade, window))
    }

    /// The same without those of a choice.
    pub(super) fn kocs_without(
        &self,
        id: &CampaignId,
        scope: &Scope,
        root: Option<Handle>,
        as_of: Timestamp,
        limit: usize,
        kept_out: impl Fn(&Cascade, Option<&Window>) -> KeptOut,
    ) -> Option<Vec<Koc>> {
        let place = self.campaign_place(id)?;
        let cascade = &self.campaigns[place as usize].cascade;
        let Some((first, last)) = cascade.span() else { return Some(Vec::new()) };
        let window = Window::new(first, last, as_of);
        let root = root.map(|root| self.people.person(root));
        let earlier = self.earlier_than(first, place);
        let any_earlier = earlier.contains(&true);
        // Who does not count in an earlier campaign is nobody's past there.
        let of_earlier = |(place, earlier): (u32, &bool)| earlier.then(|| kept_out(self.cascade(place), None));
        let earlier: Vec<Option<KeptOut>> = (0..).zip(&earlier).map(of_earlier).collect();
        let past = |person| if any_earlier { self.past(person, scope, &earlier) } else { Past::default() };
        let kept_out = kept_out(cascade, Some(&window));
        let wanted = best::Wanted {
            cascade,
            earlier: (0..)
                .zip(&earlier)
                .filter(|(_, earlier)| earlier.is_some())
                .map(|(place, _)| self.cascade(place))
                .collect(),
            window,
            limit,
            asked: |tree: &Tree| scope.covers(&tree.owner) && root.is_none_or(|root| tree.person == root),
            past,
            counts: |one| kept_out.without(one),
        };
        Some(match wanted.among_the_large() {
            Some(candidates) => koc::rank(candidates.into_iter(), &window, limit),
            None => {
                let counted = cascade.candidates(scope, root, &window, past).filter_map(|one| kept_out.without(one));
                koc::rank(counted, &window, limit)
            }
        })
    }

    /// Where a person stands in every campaign in which that is in scope. `brought_max` limits whom they brought, each.
    #[must_use]
    pub fn standings(&self, handle: Handle, scope: &Scope, brought_max: usize) -> PersonStandings<'_> {
        let person = self.people.person(handle);
        let places = self.campaigns_of(person).into_iter().map(|place| &self.campaigns[place as usize]);
        let mut campaigns: Vec<_> = places
            .filter_map(|campaign| {
                let standing = campaign.cascade.standing(person, scope, brought_max)?;
                Some(CampaignStanding { campaign, standing })
            })
            .collect();
        campaigns.sort_by(|a, b| {
            b.standing.joined_at.cmp(&a.standing.joined_at).then_with(|| a.campaign.id.cmp(&b.campaign.id))
        });
        PersonStandings { person, is_fan: self.people.is_fan(person), campaigns }
    }

    /// Everybody who has a place in a tree in scope, in whatever campaign; who has several is told as often.
    #[must_use]
    pub fn within(&self, scope: &Scope) -> Vec<Handle> {
        self.campaigns.iter().flat_map(|campaign| campaign.cascade.people(scope)).collect()
    }

    /// What the smallest group, or basket, is called that two people are in.
    #[must_use]
    pub fn gathering(&self, kind: BondKind, one: Handle, other: Handle) -> Option<&str> {
        let handles = |person: Handle| -> Vec<Handle> { self.people.handles(person).collect() };
        self.gatherings.shared(kind, &handles(one), &handles(other))
    }

    /// What is remembered of reaching people.
    #[must_use]
    pub const fn reaches(&self) -> &Memory {
        &self.reaches
    }

    /// Per campaign whether its first joining is earlier than `first`, the one at `place`'s.
    fn earlier_than(&self, first: Timestamp, place: u32) -> Vec<bool> {
        let key = |place: u32| (self.campaigns[place as usize].cascade.span().map(|span| span.0), place);
        (0..self.campaigns.len() as u32)
            .map(|other| matches!(key(other), (Some(joined), other) if (joined, other) < (first, place)))
            .collect()
    }

    fn cascade(&self, place: u32) -> &Cascade {
        &self.campaigns[place as usize].cascade
    }

    /// What a person did in the earlier campaigns, which are those that say who is kept out of them.
    fn past(&self, person: Handle, scope: &Scope, earlier: &[Option<KeptOut>]) -> Past {
        let mut past = Past::default();
        for place in self.campaigns_of(person) {
            let Some(kept_out) = &earlier[place as usize] else { continue };
            let reach = self.campaigns[place as usize].cascade.reach(person, scope);
            if let Some(reach) = reach.filter(|_| !kept_out.contains(person)) {
                past.reach += u64::from(kept_out.reach_without(person, reach));
                past.shares += 1;
            }
        }
        past
    }
}
