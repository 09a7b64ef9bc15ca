//! A fold of the facts that knows nothing of how they were made: slow, plain, and written after the rules of the fact log
//! alone. Repeats go, ids become people, the first touch whose sharer has joined gives a place.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Kind, Namespace, Typed};
use simulator::SimFact;

type Handle = usize;

#[derive(Default)]
pub struct Fold {
    messages: BTreeSet<String>,
    pub duplicates: u32,
    pub facts: u64,
    handles: BTreeMap<(u8, String), Handle>,
    links: Vec<Handle>,
    user_of_browser: BTreeMap<String, String>,
    traits: BTreeMap<Handle, (bool, bool)>,
    events: Vec<Event>,
    orders: Vec<(String, Handle, i64)>,
}

enum Event {
    Root { who: Handle, unit: String, at: i64 },
    Touch { who: Handle, by: Handle, at: i64 },
}

/// What the facts say about the campaign.
#[derive(Default)]
pub struct Outcome {
    /// Person → (parent, or none for a root).
    pub parents: BTreeMap<Handle, Option<Handle>>,
    pub unit_of_root: BTreeMap<Handle, String>,
    pub fans: BTreeSet<Handle>,
    pub circle: BTreeMap<Handle, usize>,
    pub root: BTreeMap<Handle, Handle>,
    pub invites: BTreeMap<Handle, u32>,
    pub touches: u64,
    pub repeats: u32,
    pub repeats_across: u32,
    pub self_shares: u32,
    pub early_children: u32,
    pub early_by_clock: u32,
    pub lost: BTreeSet<Handle>,
    pub unknown_sharers: u32,
    pub rings: u32,
    /// Root → (orders, minor units).
    pub paid: BTreeMap<Handle, (u32, i64)>,
}

impl Fold {
    pub fn of(facts: impl Iterator<Item = SimFact>) -> Self {
        let mut fold = Self::default();
        for fact in facts {
            fold.hear(fact);
        }
        fold
    }

    pub fn hear(&mut self, fact: SimFact) {
        self.facts += 1;
        if !self.messages.insert(fact.message_id.clone()) {
            self.duplicates += 1;
            return;
        }
        let fact = fact.into_fact("test");
        let typed = fact.typed().unwrap_or_else(|invalid| panic!("{}: {invalid}", fact.properties));
        let user = fact.user_id.as_deref().map(|id| self.handle(Namespace::User, id));
        let browser = fact.anonymous_id.as_deref().map(|id| self.handle(Namespace::Anonymous, id));
        if let (Some(user), Some(browser), Some(user_id), Some(anonymous_id)) =
            (user, browser, &fact.user_id, &fact.anonymous_id)
        {
            let before = self.user_of_browser.insert(anonymous_id.clone(), user_id.clone());
            assert!(before.is_none_or(|before| before == *user_id), "{anonymous_id} has two users");
            self.link(user, browser);
        }
        let who = user.or(browser).expect("a fact has a subject");
        match typed {
            Typed::SpreadStarted(started) => {
                let unit = started.owner.unit.expect("a store").to_string();
                self.events.push(Event::Root { who, unit, at: fact.timestamp.0 });
                let token = self.handle(Namespace::Spread, &started.spread.expect("a token"));
                self.link(who, token);
            }
            Typed::SpreadShared(shared) => {
                let token = self.handle(Namespace::Spread, &shared.spread);
                self.link(who, token);
            }
            Typed::SpreadOpened(opened) => {
                let key = opened.sharer.key();
                let by = self.handle(key.namespace, key.value);
                self.events.push(Event::Touch { who, by, at: fact.timestamp.0 });
            }
            Typed::OrderPaid(order) => self.orders.push((order.order_id, who, order.amount_minor)),
            Typed::Identified(known) => {
                let left = self.traits.entry(who).or_default();
                left.0 |= known.phone.is_some();
                left.1 |= known.wechat.is_some();
            }
            Typed::RingReviewed(_) => panic!("a brand decides about no ring"),
            Typed::ReachAsked(_)
            | Typed::ReachAnswered(_)
            | Typed::ConsentSaid(_)
            | Typed::OrderTakenBack(_)
            | Typed::ProfileRestored(_)
            | Typed::Bound
            | Typed::Unbound
            | Typed::SignedUp
            | Typed::IdentityDecided(_)
            | Typed::TagPutOn(_)
            | Typed::TagTakenOff(_)
            | Typed::SegmentEntered(_)
            | Typed::SegmentLeft(_)
            | Typed::FormAnswered(_)
            | Typed::Other => assert_eq!(fact.kind, Kind::Page),
        }
    }

    fn handle(&mut self, namespace: Namespace, id: &str) -> Handle {
        let next = self.links.len();
        let handle = *self.handles.entry((namespace as u8, id.to_owned())).or_insert(next);
        if handle == next {
            self.links.push(next);
        }
        handle
    }

    fn link(&mut self, a: Handle, b: Handle) {
        let (a, b) = (self.person(a), self.person(b));
        self.links[a.max(b)] = a.min(b);
    }

    fn person(&self, mut handle: Handle) -> Handle {
        while self.links[handle] != handle {
            handle = self.links[handle];
        }
        handle
    }

    /// The person of a user id.
    pub fn user(&self, id: &str) -> Handle {
        self.person(self.handles[&(Namespace::User as u8, id.to_owned())])
    }

    /// Places everybody by arrival: a touch whose sharer has not joined waits until they do.
    pub fn outcome(&self) -> Outcome {
        let mut out = Outcome::default();
        let mut waiting: BTreeMap<Handle, Vec<(Handle, i64)>> = BTreeMap::new();
        let mut clock: BTreeMap<Handle, i64> = BTreeMap::new();
        let mut again: Vec<(Handle, Handle)> = Vec::new();
        for event in &self.events {
            match event {
                Event::Root { who, unit, at } => {
                    let who = self.person(*who);
                    out.parents.insert(who, None);
                    clock.insert(who, *at);
                    out.unit_of_root.insert(who, unit.clone());
                    assert!(!waiting.contains_key(&who), "roots come first");
                }
                Event::Touch { who, by, at } => {
                    out.touches += 1;
                    let (who, by) = (self.person(*who), self.person(*by));
                    if who == by {
                        out.self_shares += 1;
                    } else if out.parents.contains_key(&who) {
                        out.repeats += 1;
                        again.push((who, by));
                    } else if out.parents.contains_key(&by) {
                        let mut joined = vec![(who, by, *at)];
                        while let Some((who, by, at)) = joined.pop() {
                            assert!(out.parents.insert(who, Some(by)).is_none());
                            out.early_by_clock += u32::from(clock.get(&by).is_some_and(|parent| at < *parent));
                            clock.insert(who, at);
                            let followers = waiting.remove(&who).unwrap_or_default();
                            out.early_children += followers.len() as u32;
                            joined.extend(followers.into_iter().map(|(follower, at)| (follower, who, at)));
                        }
                    } else {
                        waiting.entry(by).or_default().push((who, *at));
                    }
                }
            }
        }
        self.count_lost(&mut out, &waiting);
        self.count_trees(&mut out);
        out.repeats_across = again.iter().filter(|(who, by)| out.root[who] != out.root[by]).count() as u32;
        out
    }

    fn count_lost(&self, out: &mut Outcome, waiting: &BTreeMap<Handle, Vec<(Handle, i64)>>) {
        let waits_for: BTreeMap<Handle, Handle> =
            waiting.iter().flat_map(|(by, all)| all.iter().map(|(who, _)| (*who, *by))).collect();
        out.lost = waits_for.keys().copied().collect();
        out.unknown_sharers = waits_for.values().filter(|by| !waits_for.contains_key(by)).count() as u32;
        // Whoever comes back to themselves stands on a ring; count each ring at its least member.
        for start in waits_for.keys() {
            let mut at = *start;
            let mut least = true;
            for _ in 0..waits_for.len() {
                let Some(next) = waits_for.get(&at) else { break };
                at = *next;
                if at == *start {
                    out.rings += u32::from(least);
                    break;
                }
                least &= at > *start;
            }
        }
    }

    fn count_trees(&self, out: &mut Outcome) {
        for person in out.parents.keys() {
            let (mut at, mut circle) = (*person, 0);
            while let Some(parent) = out.parents[&at] {
                (at, circle) = (parent, circle + 1);
                assert!(circle < 100, "a ring among the placed");
            }
            out.circle.insert(*person, circle);
            out.root.insert(*person, at);
            if let Some(parent) = out.parents[person] {
                *out.invites.entry(parent).or_default() += 1;
            }
        }
        let mut left: BTreeMap<Handle, (bool, bool)> = BTreeMap::new();
        for (handle, (phone, wechat)) in &self.traits {
            let person = left.entry(self.person(*handle)).or_default();
            *person = (person.0 | phone, person.1 | wechat);
        }
        out.fans = left.into_iter().filter(|(_, both)| *both == (true, true)).map(|(person, _)| person).collect();
        let mut booked = BTreeSet::new();
        for (order, who, minor) in &self.orders {
            assert!(booked.insert(order), "order {order} twice");
            let sums = out.paid.entry(out.root[&self.person(*who)]).or_default();
            *sums = (sums.0 + 1, sums.1 + minor);
        }
    }

    /// Places everybody by the first touch that is not a self share, whenever its sharer joined: the other reading of the
    /// rule. Nobody may stand elsewhere under it.
    pub fn first_touches(&self) -> BTreeMap<Handle, Handle> {
        let mut first = BTreeMap::new();
        for event in &self.events {
            if let Event::Touch { who, by, .. } = event {
                let (who, by) = (self.person(*who), self.person(*by));
                if who != by {
                    first.entry(who).or_insert(by);
                }
            }
        }
        first
    }
}
