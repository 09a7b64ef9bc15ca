//! A short way to tell the network what happened: each call is a fact with an offset and a batch of its own.

#![allow(dead_code, reason = "each test binary uses its part")]

use kernel::{CampaignId, Handle, Offset, RootOwner, Scope, Timestamp};
use network::{
    model::{Event, Network},
    rules::{
        cascade::{Standing, Totals},
        people::Contact,
    },
};

/// A campaign's id.
pub fn campaign(name: &str) -> CampaignId {
    name.parse().expect("an id")
}

/// A root that belongs to a store.
pub fn store(name: &str) -> RootOwner {
    RootOwner { unit: Some(name.parse().expect("an id")), ..RootOwner::default() }
}

/// The scope of one store.
pub fn store_scope(name: &str) -> Scope {
    Scope::Units([name.parse().expect("an id")].into())
}

/// A network that is told one fact after the other.
pub struct Told {
    pub network: Network,
    pub campaign: CampaignId,
}

impl Told {
    pub fn new() -> Self {
        Self { network: Network::new(), campaign: campaign("spring") }
    }

    fn tell(&mut self, event: impl FnOnce(Offset, CampaignId) -> Event) {
        let offset = self.network.next_offset();
        self.network.apply([event(offset, self.campaign.clone())], offset.next());
    }

    pub fn root(&mut self, handle: u32, owner: RootOwner, at: i64) {
        let (at, handle) = (Timestamp::from_secs(at), Handle(handle));
        self.tell(|offset, campaign| Event::RootDeclared { offset, at, campaign, handle, owner });
    }

    /// `receiver` opens what `sharer` shared.
    pub fn touch(&mut self, receiver: u32, sharer: u32, at: i64) {
        let (at, receiver, sharer) = (Timestamp::from_secs(at), Handle(receiver), Handle(sharer));
        self.tell(|offset, campaign| Event::Touched { offset, at, campaign, receiver, sharer });
    }

    pub fn link(&mut self, handle: u32, into: u32) {
        self.tell(|offset, _| Event::Linked { offset, handle: Handle(handle), into: Handle(into) });
    }

    pub fn contact(&mut self, handle: u32, phone: bool, wechat: bool) {
        let contact = Contact::new(phone, wechat);
        self.tell(|offset, _| Event::Contact { offset, handle: Handle(handle), contact });
    }

    pub fn paid(&mut self, handle: u32, amount_minor: i64) {
        self.tell(|offset, campaign| Event::Paid { offset, campaign, handle: Handle(handle), amount_minor });
    }

    pub fn totals(&self) -> Totals {
        self.totals_for(&Scope::All)
    }

    pub fn totals_for(&self, scope: &Scope) -> Totals {
        self.network.totals(&self.campaign, scope).expect("the campaign is known")
    }

    pub fn standing(&self, handle: u32) -> Standing<'_> {
        let person = self.network.people().person(Handle(handle));
        let cascade = &self.network.campaign(&self.campaign).expect("the campaign is known").cascade;
        cascade.standing(person, &Scope::All, usize::MAX).expect("the person is known")
    }

    /// The numbers of the people from the root down to the person.
    pub fn chain(&self, handle: u32) -> Vec<u32> {
        self.standing(handle).chain.iter().map(|brought| brought.person.0).collect()
    }
}
