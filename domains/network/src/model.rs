//! The live network of one workspace: who is who, every campaign, and all ties.
//!
//! It is a fold of events in the order of their offsets, and nothing else: two networks that were given the same events
//! answer alike, whether they were fed one by one, in batches, or restored from a snapshot half-way. Reads are `&self` and
//! see the state after the last batch.

mod ahead;
mod best;
mod fraud;
mod heard;
mod news;
mod past;
pub mod reach;
mod read;
mod snapshot;

use facts::{ReachAnswered, ReachAsked};
use kernel::{CampaignId, Handle, Offset, RootOwner, Timestamp};
use rustc_hash::FxHashMap;

use crate::rules::{
    bonds::{Bond, BondKind, Gatherings},
    cascade::{Cascade, Touch},
    flags::Flags,
    graph::News,
    marks::{Mark, Marks},
    people::{Contact, People},
    reach::memory::Memory,
    ties::Ties,
};

use heard::HeardIn;
use news::TieNews;
pub use read::{CampaignStanding, PersonStandings};
pub use snapshot::SnapshotError;

/// What the network learns from the river.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody is a root of a campaign.
    RootDeclared {
        /// Of the fact.
        offset: Offset,
        /// When it happened.
        at: Timestamp,
        /// Where.
        campaign: CampaignId,
        /// Who.
        handle: Handle,
        /// Whom the root belongs to.
        owner: RootOwner,
    },
    /// Somebody opened what somebody else shared.
    Touched {
        /// Of the fact.
        offset: Offset,
        /// When it happened.
        at: Timestamp,
        /// Where.
        campaign: CampaignId,
        /// Who opened it.
        receiver: Handle,
        /// Who shared it.
        sharer: Handle,
    },
    /// Two people added each other as friends.
    Befriended {
        /// Of the fact.
        offset: Offset,
        /// When it happened.
        at: Timestamp,
        /// The one.
        one: Handle,
        /// The other.
        other: Handle,
    },
    /// Somebody came to a group, or bought with others.
    Gathered {
        /// Of the fact.
        offset: Offset,
        /// When it happened.
        at: Timestamp,
        /// Who.
        handle: Handle,
        /// Whether it is a group or a basket.
        kind: BondKind,
        /// The brand's id of it.
        id: String,
        /// What people call it.
        name: Option<String>,
    },
    /// An anonymous id or a spread token joins a person.
    Linked {
        /// Of the fact.
        offset: Offset,
        /// The id or token.
        handle: Handle,
        /// Any handle of the person.
        into: Handle,
    },
    /// Persons were put together anew: see [`kernel::Partition::regroup`].
    Regrouped {
        /// Of the fact.
        offset: Offset,
        /// Every handle of these persons, with the person it belongs to now.
        moves: Vec<(Handle, Handle)>,
    },
    /// Somebody left a phone number or a WeChat id.
    Contact {
        /// Of the fact.
        offset: Offset,
        /// Who.
        handle: Handle,
        /// Which of them.
        contact: Contact,
    },
    /// Somebody paid an order that is booked to a campaign.
    Paid {
        /// Of the fact.
        offset: Offset,
        /// Where.
        campaign: CampaignId,
        /// Who.
        handle: Handle,
        /// Smallest units of the currency.
        amount_minor: i64,
    },
    /// An order is taken back with the import that brought it.
    TakenBack {
        /// Of the fact.
        offset: Offset,
        /// Where.
        campaign: CampaignId,
        /// Who.
        handle: Handle,
        /// Smallest units of the currency.
        amount_minor: i64,
    },
    /// What somebody left under one id is only this, now that an import was taken back.
    ContactRestored {
        /// Of the fact.
        offset: Offset,
        /// Who.
        handle: Handle,
        /// What is left.
        contact: Contact,
    },
    /// An account left a mark: the device it came from, say.
    Marked {
        /// Of the fact.
        offset: Offset,
        /// Who.
        handle: Handle,
        /// What they left.
        mark: Mark,
    },
    /// Somebody decided about a ring.
    RingReviewed {
        /// Of the fact.
        offset: Offset,
        /// What was decided, about whom.
        review: facts::RingReviewed,
    },
    /// A member of staff is to reach somebody.
    ReachAsked {
        /// Of the fact.
        offset: Offset,
        /// When it was set.
        at: Timestamp,
        /// What the fact told.
        asked: ReachAsked,
    },
    /// What became of that.
    ReachAnswered {
        /// Of the fact.
        offset: Offset,
        /// When it was answered.
        at: Timestamp,
        /// What the fact told.
        answered: ReachAnswered,
    },
}

impl Event {
    /// The offset of the fact it comes from; one fact may make several events.
    #[must_use]
    pub const fn offset(&self) -> Offset {
        match self {
            Self::RootDeclared { offset, .. }
            | Self::Touched { offset, .. }
            | Self::Befriended { offset, .. }
            | Self::Gathered { offset, .. }
            | Self::Linked { offset, .. }
            | Self::Regrouped { offset, .. }
            | Self::Contact { offset, .. }
            | Self::Paid { offset, .. }
            | Self::TakenBack { offset, .. }
            | Self::ContactRestored { offset, .. }
            | Self::Marked { offset, .. }
            | Self::RingReviewed { offset, .. }
            | Self::ReachAsked { offset, .. }
            | Self::ReachAnswered { offset, .. } => *offset,
        }
    }
}

/// One campaign of the workspace.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Offset of the last fact that may have changed anything one can read here. The same version is the same state; a
    /// fact that changes nothing moves it only when the campaign waits to be folded again in the same batch.
    pub version: Offset,
    /// Who brought whom.
    pub cascade: Cascade,
    changed: bool,
}

/// The live network of a workspace. See the module.
#[derive(Clone, Debug)]
pub struct Network {
    people: People,
    campaigns: Vec<Campaign>,
    by_id: FxHashMap<CampaignId, u32>,
    /// The campaign that was heard of last.
    latest: u32,
    ties: Ties,
    gatherings: Gatherings,
    reaches: Memory,
    heard_in: HeardIn,
    marks: Marks,
    flags: Flags,
    changed: Vec<u32>,
    ties_version: Offset,
    tie_news: TieNews,
    next_offset: Offset,
}

impl Network {
    /// A network that has heard nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            people: People::default(),
            campaigns: Vec::new(),
            by_id: FxHashMap::default(),
            latest: 0,
            ties: Ties::default(),
            gatherings: Gatherings::default(),
            reaches: Memory::default(),
            heard_in: HeardIn::default(),
            marks: Marks::default(),
            flags: Flags::default(),
            changed: Vec::new(),
            ties_version: Offset(0),
            tie_news: TieNews::new(Offset(0)),
            next_offset: Offset::FIRST,
        }
    }

    /// The first offset it has not digested.
    #[must_use]
    pub const fn next_offset(&self) -> Offset {
        self.next_offset
    }

    /// Offset of the last fact that changed who is tied to whom. The same version is the same ties.
    #[must_use]
    pub const fn ties_version(&self) -> Offset {
        self.ties_version
    }

    /// Digests a batch in the order of offsets. `next_offset` is the offset after the batch, also when its last facts
    /// made no events. Events that were digested before are passed over.
    pub fn apply(&mut self, events: impl IntoIterator<Item = Event>, next_offset: Offset) {
        let mut events = events.into_iter().collect::<Vec<_>>().into_iter();
        while !events.as_slice().is_empty() {
            self.look_ahead(events.as_slice());
            for event in events.by_ref().take(ahead::AHEAD) {
                if event.offset() >= self.next_offset {
                    self.digest(event);
                }
            }
        }
        self.settle();
        self.next_offset = self.next_offset.max(next_offset);
    }

    fn digest(&mut self, event: Event) {
        match event {
            Event::RootDeclared { offset, at, campaign, handle, owner } => {
                let index = self.campaign_index(campaign);
                self.change(index, offset, &[handle], |cascade, people| cascade.declare(people, handle, owner, at));
            }
            Event::Touched { offset, at, campaign, receiver, sharer } => {
                let index = self.campaign_index(campaign);
                let touch = Touch { receiver, sharer, at };
                self.change(index, offset, &[receiver, sharer], |cascade, people| cascade.touch(people, touch));
                self.ties.push(receiver, sharer, at, index);
                self.reaches.touch(&self.people, receiver, sharer, at);
                let (receiver, sharer) = (self.people.person(receiver), self.people.person(sharer));
                self.ties_changed(offset, News::Touch { receiver, sharer, at, campaign: index });
            }
            Event::Befriended { offset, at, one, other } => {
                self.bind(offset, one, other, at, Bond::new(BondKind::Friend, 2, at));
            }
            Event::Gathered { offset, at, handle, kind, id, name } => {
                let (tied, size) = self.gatherings.join(kind, id, name, handle);
                for other in tied {
                    self.bind(offset, handle, other, at, Bond::new(kind, size, at));
                }
            }
            Event::Paid { offset, campaign, handle, amount_minor } => {
                let index = self.campaign_index(campaign);
                self.change(index, offset, &[handle], |cascade, people| cascade.order(people, handle, amount_minor));
            }
            Event::TakenBack { offset, campaign, handle, amount_minor } => {
                let index = self.campaign_index(campaign);
                self.change(index, offset, &[handle], |cascade, people| {
                    cascade.take_back(people, handle, amount_minor)
                });
            }
            Event::ContactRestored { offset, handle, contact } => {
                let was_fan = self.people.is_fan(handle);
                self.people.restore(handle, contact);
                if was_fan != self.people.is_fan(handle) {
                    for index in self.campaigns_of(handle) {
                        self.set_fan(index, handle, offset);
                    }
                }
            }
            Event::Contact { offset, handle, contact } => {
                let was_fan = self.people.is_fan(handle);
                if self.people.mark(handle, contact) && !was_fan && self.people.is_fan(handle) {
                    for index in self.campaigns_of(handle) {
                        self.set_fan(index, handle, offset);
                    }
                }
            }
            Event::Linked { offset, handle, into } => self.link(handle, into, offset),
            Event::Regrouped { offset, moves } => self.regroup(&moves, offset),
            Event::Marked { handle, mark, .. } => self.marks.add(handle, mark),
            Event::ReachAsked { at, asked, .. } => self.reaches.ask(&self.people, asked, at),
            Event::ReachAnswered { offset, at, answered } => {
                if self.reaches.answer(&self.people, &mut self.ties, &answered, at) {
                    self.tie_news = TieNews::new(offset);
                    self.ties_version = offset;
                }
            }
            Event::RingReviewed { offset, review } => self.review(&review, offset),
        }
    }

    /// Whoever is kept out, or no longer, changes what is read in every campaign they are in.
    fn review(&mut self, review: &facts::RingReviewed, offset: Offset) {
        let changed = self.flags.decide(&review.ring, review.verdict, &review.people);
        let mut campaigns: Vec<u32> = changed.into_iter().flat_map(|handle| self.campaigns_of(handle)).collect();
        campaigns.sort_unstable();
        campaigns.dedup();
        for index in campaigns {
            self.note(index, offset);
        }
    }

    fn link(&mut self, handle: Handle, into: Handle, offset: Offset) {
        let Some(merge) = self.people.would_merge(handle, into) else { return };
        let (of_gone, of_kept) = (self.campaigns_of(merge.gone), self.campaigns_of(merge.kept));
        let kept_out = self.is_flagged(handle) != self.is_flagged(into);
        self.people.link(handle, into);
        if kept_out {
            for index in of_gone.iter().chain(&of_kept) {
                self.note(*index, offset);
            }
        }
        self.reaches.merge(merge);
        self.ties_changed(offset, News::Merge(merge));
        for index in of_gone {
            let campaign = &mut self.campaigns[index as usize];
            if campaign.cascade.merge(&self.people, merge) {
                self.note(index, offset);
            }
            self.set_fan(index, merge.kept, offset);
        }
        for index in of_kept {
            self.set_fan(index, merge.kept, offset);
        }
    }

    /// Folds again what these persons were heard of in, and nothing else.
    fn regroup(&mut self, moves: &[(Handle, Handle)], offset: Offset) {
        let mut campaigns: Vec<u32> = moves.iter().flat_map(|(handle, _)| self.campaigns_of(*handle)).collect();
        campaigns.sort_unstable();
        campaigns.dedup();
        self.people.regroup(moves);
        self.reaches.rename(&self.people);
        // The graph of these ties is built anew.
        (self.ties_version, self.tie_news) = (offset, TieNews::new(offset));
        for index in campaigns {
            // Whoever has a handle less may be known there by another one only.
            for (handle, _) in moves {
                if !self.heard_in.campaigns(*handle).any(|known| known == index) {
                    self.heard_in.add(*handle, index);
                }
            }
            self.campaigns[index as usize].cascade.unsettle();
            self.note(index, offset);
        }
    }

    fn bind(&mut self, offset: Offset, one: Handle, other: Handle, at: Timestamp, bond: Bond) {
        self.ties.bind(one, other, at, bond);
        let (one, other) = (self.people.person(one), self.people.person(other));
        self.ties_changed(offset, News::Bond { one, other, at, bond });
    }

    fn ties_changed(&mut self, offset: Offset, news: News) {
        self.tie_news.note(self.ties_version, offset, news);
        self.ties_version = offset;
    }

    fn set_fan(&mut self, index: u32, handle: Handle, offset: Offset) {
        let (person, fan) = (self.people.person(handle), self.people.is_fan(handle));
        if self.campaigns[index as usize].cascade.set_fan(person, fan) {
            self.note(index, offset);
        }
    }

    /// Changes one campaign, and books the handles that were heard of there for the first time.
    fn change(&mut self, index: u32, offset: Offset, handles: &[Handle], change: impl FnOnce(&mut Cascade, &People)) {
        let cascade = &mut self.campaigns[index as usize].cascade;
        let heard = cascade.heard();
        change(cascade, &self.people);
        for person in cascade.newcomers(heard) {
            self.heard_in.add(person, index);
        }
        if cascade.is_dirty() {
            for handle in handles {
                self.heard_in.add(*handle, index);
            }
        }
        self.note(index, offset);
    }

    fn note(&mut self, index: u32, offset: Offset) {
        let campaign = &mut self.campaigns[index as usize];
        campaign.version = offset;
        if !std::mem::replace(&mut campaign.changed, true) {
            self.changed.push(index);
        }
    }

    fn settle(&mut self) {
        for index in self.changed.drain(..) {
            let campaign = &mut self.campaigns[index as usize];
            campaign.cascade.settle(&self.people);
            campaign.changed = false;
        }
    }

    fn campaign_index(&mut self, id: CampaignId) -> u32 {
        // Mostly a fact is about the campaign of the one before.
        if self.campaigns.get(self.latest as usize).is_some_and(|campaign| campaign.id == id) {
            return self.latest;
        }
        let next = self.campaigns.len() as u32;
        self.latest = *self.by_id.entry(id).or_insert_with_key(|id| {
            let cascade = Cascade::default();
            self.campaigns.push(Campaign { id: id.clone(), version: Offset(0), cascade, changed: false });
            next
        });
        self.latest
    }

    /// The campaigns a person was heard of in, in any role, by index, each once.
    fn campaigns_of(&self, handle: Handle) -> Vec<u32> {
        let mut campaigns: Vec<u32> =
            self.people.handles(handle).flat_map(|handle| self.heard_in.campaigns(handle)).collect();
        campaigns.sort_unstable();
        campaigns.dedup();
        campaigns
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}
