//! What the slice does with facts: it keeps the live network of each workspace.

use std::{collections::BTreeMap, sync::Arc};

use facts::Typed;
use kernel::{Offset, WorkspaceId};
use parking_lot::RwLock;
use river::{Batch, Change, Entry, Live};

use crate::{
    model::{Event, Network},
    ops::{build_graph::Built, draw_picture::Pictures, find_rings::Searches, rank_people::Boards, survey::Surveys},
    rules::{marks, people::Contact},
};

/// The live network of one workspace: the state, and what was drawn and built of it.
pub struct LiveNetwork {
    network: RwLock<Network>,
    pub(crate) pictures: Pictures,
    pub(crate) built: Built,
    pub(crate) searches: Searches,
    pub(crate) boards: Boards,
    pub(crate) surveys: Surveys,
}

impl Default for LiveNetwork {
    fn default() -> Self {
        Self {
            network: RwLock::new(Network::new()),
            pictures: Pictures::default(),
            built: Built::default(),
            searches: Searches::default(),
            boards: Boards::default(),
            surveys: Surveys::default(),
        }
    }
}

impl LiveNetwork {
    /// Reads the state after the last batch. Keep it short: the reader waits meanwhile.
    pub fn read<T>(&self, read: impl FnOnce(&Network) -> T) -> T {
        read(&self.network.read())
    }

    /// Folds events that came from facts before `next`.
    pub(crate) fn apply(&self, events: impl IntoIterator<Item = Event>, next: Offset) {
        self.network.write().apply(events, next);
    }
}

/// The live networks of all workspaces.
#[derive(Default)]
pub struct Networks(RwLock<BTreeMap<WorkspaceId, Arc<LiveNetwork>>>);

impl Networks {
    /// The network of a workspace, empty when there was none.
    #[must_use]
    pub fn open(&self, workspace: WorkspaceId) -> Arc<LiveNetwork> {
        Arc::clone(self.0.write().entry(workspace).or_default())
    }

    /// The networks of all workspaces.
    #[must_use]
    pub fn all(&self) -> Vec<(WorkspaceId, Arc<LiveNetwork>)> {
        self.0.read().iter().map(|(workspace, live)| (*workspace, Arc::clone(live))).collect()
    }

    /// The network of a workspace.
    #[must_use]
    pub fn get(&self, workspace: WorkspaceId) -> Option<Arc<LiveNetwork>> {
        self.0.read().get(&workspace).cloned()
    }
}

impl Live for LiveNetwork {
    fn name(&self) -> &'static str {
        "network"
    }

    fn version(&self) -> u32 {
        3
    }

    fn fold(&self, batch: &Batch) {
        self.apply(events(batch), batch.next);
    }

    fn save(&self) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.network.read().save()?)
    }

    fn restore(&self, body: &[u8]) -> bool {
        match Network::restore(body) {
            Ok(network) => {
                *self.network.write() = network;
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the snapshot of the network is not used");
                false
            }
        }
    }

    fn clear(&self) {
        *self.network.write() = Network::new();
    }
}

/// What the network learns from a batch, in the order of offsets. A link comes before the fact that is its evidence, so
/// that the fact is already booked to the whole person.
fn events(batch: &Batch) -> Vec<Event> {
    let mut events = Vec::with_capacity(batch.entries.len() + batch.links.len());
    let mut changes = batch.changes().peekable();
    for entry in &batch.entries {
        while let Some(change) = changes.next_if(|change| change.offset() <= entry.record.offset) {
            events.push(who_is_who(&change));
        }
        events.extend(event(entry));
        events.extend(marked(entry));
    }
    events.extend(changes.map(|change| who_is_who(&change)));
    events
}

fn who_is_who(change: &Change<'_>) -> Event {
    let offset = change.offset();
    match change {
        Change::Link(link) => Event::Linked { offset, handle: link.handle, into: link.into },
        Change::Moves(moves) => {
            Event::Regrouped { offset, moves: moves.iter().map(|to| (to.handle, to.person)).collect() }
        }
    }
}

/// What whoever a fact is about left behind beside it.
fn marked(entry: &Entry) -> impl Iterator<Item = Event> {
    let (handle, offset) = (entry.subject, entry.record.offset);
    let marks = handle.map_or_else(Vec::new, |_| marks::left_by(&entry.record.fact));
    marks.into_iter().filter_map(move |mark| Some(Event::Marked { offset, handle: handle?, mark }))
}

fn event(entry: &Entry) -> Option<Event> {
    let record = &entry.record;
    let (offset, at) = (record.offset, record.fact.timestamp);
    // What our own module tells is about nobody alone.
    match &record.typed {
        Typed::RingReviewed(review) => return Some(Event::RingReviewed { offset, review: review.clone() }),
        Typed::ReachAsked(asked) => return Some(Event::ReachAsked { offset, at, asked: asked.clone() }),
        Typed::ReachAnswered(answered) => {
            return Some(Event::ReachAnswered { offset, at, answered: answered.clone() });
        }
        _ => {}
    }
    let handle = entry.subject?;
    match &record.typed {
        Typed::SpreadStarted(started) => Some(Event::RootDeclared {
            offset,
            at,
            campaign: started.campaign.clone(),
            handle,
            owner: started.owner.clone(),
        }),
        Typed::SpreadOpened(opened) => Some(Event::Touched {
            offset,
            at,
            campaign: opened.campaign.clone(),
            receiver: handle,
            sharer: entry.sharer?,
        }),
        Typed::Identified(known) => {
            let contact = Contact::new(known.phone.is_some(), known.wechat.is_some());
            (contact != Contact::default()).then_some(Event::Contact { offset, handle, contact })
        }
        Typed::OrderPaid(paid) => {
            Some(Event::Paid { offset, campaign: paid.campaign.clone()?, handle, amount_minor: paid.amount_minor })
        }
        Typed::OrderTakenBack(paid) => {
            Some(Event::TakenBack { offset, campaign: paid.campaign.clone()?, handle, amount_minor: paid.amount_minor })
        }
        Typed::ProfileRestored(restored) => {
            let known = &restored.known;
            let contact = Contact::new(known.phone.is_some(), known.wechat.is_some());
            Some(Event::ContactRestored { offset, handle, contact })
        }
        // What a token stands for is a link, made by identity.
        Typed::SpreadShared(_)
        | Typed::RingReviewed(_)
        | Typed::ReachAsked(_)
        | Typed::ReachAnswered(_)
        | Typed::ConsentSaid(_)
        | Typed::Bound
        | Typed::Unbound
        | Typed::SignedUp
        | Typed::IdentityDecided(_)
        | Typed::TagPutOn(_)
        | Typed::TagTakenOff(_)
        | Typed::SegmentEntered(_)
        | Typed::SegmentLeft(_)
        | Typed::FormAnswered(_)
        | Typed::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use facts::{Fact, Kind};
    use kernel::{CampaignId, Handle, Offset, Scope, Timestamp};
    use river::{DedupKey, Link, Record};
    use serde_json::{Value, json};

    use super::*;

    fn entry(offset: u64, subject: u32, sharer: Option<u32>, kind: Kind, event: &str, told: &Value) -> Entry {
        let fact = Fact {
            source: "test".to_owned(),
            message_id: offset.to_string(),
            kind,
            event: event.to_owned(),
            user_id: Some(subject.to_string()),
            anonymous_id: None,
            ids: Vec::new(),
            timestamp: Timestamp::from_secs(1_790_000_000),
            original_timestamp: None,
            sent_at: None,
            received_at: Timestamp::from_secs(1_790_000_000),
            properties: serde_json::value::to_raw_value(told).unwrap(),
            context: None,
        };
        let (typed, key) = (fact.typed().unwrap(), DedupKey::of(&fact));
        let record = Arc::new(Record { offset: Offset(offset), fact, typed, key });
        Entry { record, subject: Some(Handle(subject)), sharer: sharer.map(Handle) }
    }

    fn started(offset: u64, subject: u32) -> Entry {
        entry(offset, subject, None, Kind::Track, "Spread Started", &json!({"campaign": "c", "unit": "u"}))
    }

    fn opened(offset: u64, subject: u32, sharer: u32) -> Entry {
        let told = json!({"campaign": "c", "sharer_id": sharer.to_string()});
        entry(offset, subject, Some(sharer), Kind::Track, "Spread Opened", &told)
    }

    fn batch(entries: Vec<Entry>, links: &[(u64, u32, u32)], next: u64) -> Batch {
        let link = |&(offset, handle, into): &(u64, u32, u32)| Link {
            offset: Offset(offset),
            handle: Handle(handle),
            into: Handle(into),
        };
        Batch {
            workspace: WorkspaceId(1),
            entries,
            links: links.iter().map(link).collect(),
            moves: Vec::new(),
            next: Offset(next),
        }
    }

    fn people(live: &LiveNetwork) -> u64 {
        let campaign: CampaignId = "c".parse().unwrap();
        live.read(|network| network.totals(&campaign, &Scope::All).map_or(0, |totals| totals.people))
    }

    #[test]
    fn a_link_comes_before_the_fact_that_is_its_evidence() {
        let told = batch(vec![opened(3, 1, 2), opened(5, 2, 1)], &[(3, 7, 1), (4, 8, 1), (9, 9, 1)], 10);
        let order: Vec<_> =
            events(&told).iter().map(|event| (event.offset().0, matches!(event, Event::Linked { .. }))).collect();
        assert_eq!(order, [(3, true), (3, false), (4, true), (5, false), (9, true)]);
    }

    #[test]
    fn who_was_merged_wrongly_is_two_people_again_with_their_reach_and_their_orders() {
        let paid = |offset: u64, subject: u32, amount: i64| {
            let told = json!({"campaign": "c", "order_id": offset.to_string(), "amount_minor": amount});
            entry(offset, subject, None, Kind::Track, "Order Paid", &told)
        };
        let told = |live: &LiveNetwork| {
            let id: CampaignId = "c".parse().unwrap();
            live.read(|network| {
                let totals = network.totals(&id, &Scope::All);
                let people: Vec<_> = (1..=6)
                    .map(|n| {
                        format!(
                            "{:?}",
                            network.standings(Handle(n), &Scope::All, 9).campaigns.first().map(|place| &place.standing)
                        )
                    })
                    .collect();
                format!("{totals:?} {:?} {people:?}", network.roots(&id, &Scope::All))
            })
        };
        let live = LiveNetwork::default();
        let hops =
            vec![started(1, 1), opened(2, 2, 1), opened(3, 3, 1), opened(4, 4, 2), opened(5, 5, 3), paid(6, 2, 990)];
        live.fold(&batch([hops, vec![paid(7, 3, 5000)]].concat(), &[], 8));
        let before = told(&live);
        let moved = |offset: u64, persons: [(u32, u32); 2]| {
            let to = |(handle, person)| river::Move {
                offset: Offset(offset),
                handle: Handle(handle),
                person: Handle(person),
            };
            Batch { moves: persons.map(to).to_vec(), ..batch(Vec::new(), &[], offset + 1) }
        };
        live.fold(&moved(8, [(2, 2), (3, 2)]));
        assert_eq!(people(&live), 4);
        let paid_by = |handle| {
            let id: CampaignId = "c".parse().unwrap();
            live.read(|network| {
                let standing =
                    network.campaign(&id)?.cascade.standing(network.people().person(Handle(handle)), &Scope::All, 9)?;
                Some((standing.orders.count, standing.orders.paid_minor, standing.reach))
            })
        };
        assert_eq!(paid_by(3), Some((2, 5990, 2)));
        live.fold(&moved(9, [(2, 2), (3, 3)]));
        assert_eq!((paid_by(2), paid_by(3)), (Some((1, 990, 1)), Some((1, 5000, 1))));
        assert_eq!(told(&live), before);
    }

    #[test]
    fn what_says_nothing_of_the_network_makes_no_event() {
        let identify = |told: Value| entry(1, 1, None, Kind::Identify, "identify", &told);
        let paid = |told: Value| entry(1, 1, None, Kind::Track, "Order Paid", &told);
        let shared = json!({"campaign": "c", "spread": "t"});
        for silent in [
            identify(json!({"name": "林"})),
            paid(json!({"order_id": "1", "amount_minor": 1})),
            entry(1, 1, None, Kind::Track, "Spread Shared", &shared),
            entry(1, 1, None, Kind::Page, "首页", &json!({})),
            Entry { subject: None, ..started(1, 1) },
            Entry { sharer: None, ..opened(1, 1, 2) },
        ] {
            assert_eq!(event(&silent), None, "{:?}", silent.record.typed);
        }
        for loud in [
            identify(json!({"mobile": "1"})),
            identify(json!({"openid": "o"})),
            paid(json!({"order_id": "1", "amount_minor": 1, "campaign": "c"})),
        ] {
            assert!(event(&loud).is_some(), "{:?}", loud.record.typed);
        }
    }

    /// A fact that takes an import back.
    fn taken_back(offset: u64, subject: u32, event: &str, told: &Value) -> Entry {
        let mut fact = entry(offset, subject, None, Kind::Track, event, told).record.fact.clone();
        fact.source = facts::IMPORT.to_owned();
        let (typed, key) = (fact.typed().unwrap(), DedupKey::of(&fact));
        let record = Arc::new(Record { offset: Offset(offset), fact, typed, key });
        Entry { record, subject: Some(Handle(subject)), sharer: None }
    }

    #[test]
    fn what_is_taken_back_was_never_there() {
        let known = json!({"phone": "17000001234", "wechat": "o"});
        let order = |id: &str, minor: i64| json!({"order_id": id, "amount_minor": minor, "campaign": "c"});
        let paid = |offset, subject, told: &Value| entry(offset, subject, None, Kind::Track, "Order Paid", told);
        let told = |live: &LiveNetwork| {
            let campaign: CampaignId = "c".parse().unwrap();
            live.read(|network| network.totals(&campaign, &Scope::All))
        };
        let without = LiveNetwork::default();
        without.fold(&batch(vec![started(1, 1), opened(2, 2, 1), paid(3, 2, &order("1", 500))], &[], 4));

        let live = LiveNetwork::default();
        live.fold(&batch(vec![started(1, 1), opened(2, 2, 1), paid(3, 2, &order("1", 500))], &[], 4));
        let identify = entry(4, 2, None, Kind::Identify, "identify", &known);
        live.fold(&batch(vec![identify, paid(5, 2, &order("2", 70)), paid(6, 9, &order("3", 9))], &[], 7));
        assert_ne!(told(&live), told(&without));
        let back = |offset, subject, told: &Value| taken_back(offset, subject, "Order Taken Back", told);
        let restored = taken_back(9, 2, "Profile Restored", &json!({"name": null, "phone": null}));
        live.fold(&batch(vec![back(7, 2, &order("2", 70)), back(8, 9, &order("3", 9)), restored], &[], 10));
        assert_eq!(told(&live), told(&without), "orders, sums, people and fans");

        let again = LiveNetwork::default();
        assert!(again.restore(&live.save().unwrap()));
        assert_eq!(told(&again), told(&without), "and after a restart too");
        let by_a_brand = entry(10, 2, None, Kind::Track, "Order Taken Back", &order("1", 500));
        live.fold(&batch(vec![by_a_brand], &[], 11));
        assert_eq!(told(&live), told(&without), "nobody from outside takes anything back");
    }

    #[test]
    fn live_state_is_saved_restored_and_forgotten() {
        let live = LiveNetwork::default();
        live.fold(&batch(vec![started(1, 1), opened(2, 2, 1)], &[], 3));
        let saved = live.save().unwrap();
        live.fold(&batch(vec![opened(3, 3, 2)], &[], 4));
        assert_eq!(people(&live), 3);

        let other = LiveNetwork::default();
        assert!(other.restore(&saved));
        assert_eq!(people(&other), 2);
        other.fold(&batch(vec![opened(3, 3, 2)], &[], 4));
        assert_eq!(other.save().unwrap(), live.save().unwrap());

        assert!(!other.restore(b"damaged"), "and what was there stays");
        assert_eq!(people(&other), 3);
        other.clear();
        assert_eq!(people(&other), 0);
    }

    #[test]
    fn a_workspace_has_one_network() {
        let networks = Networks::default();
        assert!(networks.get(WorkspaceId(1)).is_none());
        let one = networks.open(WorkspaceId(1));
        one.fold(&batch(vec![started(1, 1)], &[], 2));
        assert_eq!(people(&networks.open(WorkspaceId(1))), 1);
        assert_eq!(people(&networks.open(WorkspaceId(2))), 0);
    }
}
