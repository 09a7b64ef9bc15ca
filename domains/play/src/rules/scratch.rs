//! The sheet a decision is worked out on: the world stays as it is, what is changed is copied first.

use kernel::Timestamp;

use super::{
    chance::Dice,
    words::Refusal,
    world::{Change, Event, World},
};
use crate::model::{
    Chance, Declaration, Grant, GrantState, Instance, InstanceState, Op, Person, SeatState, Subject, Told, Transfer,
};

/// A reward, for somebody, out of a try.
#[derive(Clone, Copy)]
pub(super) struct For<'a> {
    pub(super) subject: &'a Subject,
    pub(super) reward: &'a str,
    pub(super) period: &'a str,
    pub(super) instance: &'a str,
}

/// What became of keeping a reward for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is kept, at this cost.
    Now(i64),
    /// They have it, or had it.
    Before,
    /// Nothing is left, or no money for it.
    Nothing,
}

pub(super) struct Scratch<'a> {
    pub(super) play: &'a Declaration,
    pub(super) world: &'a World,
    pub(super) event: &'a Event,
    pub(super) dice: Dice,
    pub(super) change: Change,
}

impl<'a> Scratch<'a> {
    pub(super) fn new(play: &'a Declaration, world: &'a World, event: &'a Event) -> Self {
        let change = Change {
            instances: rustc_hash::FxHashMap::default(),
            people: rustc_hash::FxHashMap::default(),
            pools: world.pools.clone(),
            transfers: Vec::new(),
            told: Vec::new(),
            outcome: Err(Refusal::NotSo),
        };
        Self { play, world, event, dice: Dice::new(event.seed), change }
    }

    pub(super) fn instance(&self, id: &str) -> Option<&Instance> {
        self.change.instances.get(id).or_else(|| self.world.instances.get(id))
    }

    /// A try to be changed.
    pub(super) fn instance_mut(&mut self, id: &str) -> Option<&mut Instance> {
        if !self.change.instances.contains_key(id) {
            let known = self.world.instances.get(id)?.clone();
            self.change.instances.insert(id.to_owned(), known);
        }
        self.change.instances.get_mut(id)
    }

    fn under(&self, subject: &Subject) -> Option<&Person> {
        self.change.people.get(subject).or_else(|| self.world.people.get(subject))
    }

    /// What was done under one id, to be changed.
    pub(super) fn person_mut(&mut self, subject: &Subject) -> &mut Person {
        let known = || self.world.people.get(subject).cloned().unwrap_or_default();
        self.change.people.entry(subject.clone()).or_insert_with(known)
    }

    /// All ids of a person, this one first.
    pub(super) fn ids(&self, subject: &Subject) -> Vec<Subject> {
        let kin = self.world.kin.get(subject).into_iter().flatten().filter(|other| *other != subject);
        std::iter::once(subject).chain(kin).cloned().collect()
    }

    /// What a person did under all their ids.
    pub(super) fn merged(&self, subject: &Subject) -> Person {
        let mut all = Person::default();
        for id in self.ids(subject) {
            if let Some(person) = self.under(&id) {
                all.owns.extend_from_slice(&person.owns);
                all.helps.extend_from_slice(&person.helps);
                all.draws.extend_from_slice(&person.draws);
                all.grants.extend_from_slice(&person.grants);
            }
        }
        all
    }

    fn transfer(&mut self, op: Op, subject: &Subject, grant: &Grant) {
        let id = format!("{}/{}/{subject}/{}/{}", op.slug(), grant.reward, grant.period, grant.round);
        let (reward, subject) = (grant.reward.clone(), subject.clone());
        self.change.transfers.push(Transfer { id, op, reward, subject, fen: grant.cost_fen });
    }

    /// What one of a reward costs now.
    fn price(&mut self, reward: &str) -> Option<i64> {
        let declared = self.play.reward(reward)?.cost_fen;
        let Some(Chance::Packet { total_fen, count, min_fen, even, .. }) = self.play.packet_of(reward) else {
            return Some(declared);
        };
        let left = count - self.change.pools.packed;
        let left_fen = total_fen - self.change.pools.packed_fen;
        (left > 0).then(|| declared + self.dice.packet(left_fen, left, *min_fen, *even))
    }

    /// Keeps a reward for somebody, if there is one left, money for it, and they never had it.
    pub(super) fn hold(&mut self, whose: For<'_>, until: Option<Timestamp>) -> Kept {
        let For { subject, reward, period, instance } = whose;
        let is_this = |grant: &&Grant| grant.reward == reward && grant.period == period;
        if self.merged(subject).grants.iter().filter(is_this).any(|grant| grant.state != GrantState::Void) {
            return Kept::Before;
        }
        let Some(stock) = self.play.reward(reward).map(|reward| reward.stock) else { return Kept::Nothing };
        let pool = self.change.pools.rewards.get(reward).copied().unwrap_or_default();
        if pool.held + pool.given >= stock {
            return Kept::Nothing;
        }
        let Some(cost) = self.price(reward) else { return Kept::Nothing };
        let pools = &mut self.change.pools;
        if pools.held_fen + pools.spent_fen + cost > self.play.budget_fen {
            return Kept::Nothing;
        }
        pools.rewards.entry(reward.to_owned()).or_default().held += 1;
        pools.held_fen += cost;
        if self.play.packet_of(reward).is_some() {
            pools.packed += 1;
            pools.packed_fen += cost - self.play.reward(reward).map_or(0, |reward| reward.cost_fen);
        }
        let at = self.event.at;
        let grants = &mut self.person_mut(subject).grants;
        let earlier = grants.iter().position(|grant| grant.reward == reward && grant.period == period);
        let round = earlier.map_or(1, |place| grants[place].round + 1);
        let grant = Grant {
            reward: reward.to_owned(),
            period: period.to_owned(),
            instance: instance.to_owned(),
            cost_fen: cost,
            state: GrantState::Held,
            until,
            round,
            at,
        };
        match earlier {
            Some(place) => grants[place] = grant.clone(),
            None => grants.push(grant.clone()),
        }
        self.transfer(Op::Hold, subject, &grant);
        Kept::Now(cost)
    }

    /// Moves grants of a person that came out of a try and stand in one state to another. Gives those that were moved.
    fn turn(&mut self, subject: &Subject, which: impl Fn(&Grant) -> bool, op: Op) -> Vec<Grant> {
        let (from, to) = match op {
            Op::Hold => return Vec::new(),
            Op::Give => (GrantState::Held, GrantState::Given),
            Op::Void => (GrantState::Held, GrantState::Void),
            Op::Back => (GrantState::Given, GrantState::Back),
        };
        let mut turned = Vec::new();
        for id in self.ids(subject) {
            let is_one = |grant: &Grant| grant.state == from && which(grant);
            if !self.under(&id).is_some_and(|person| person.grants.iter().any(is_one)) {
                continue;
            }
            let at = self.event.at;
            let mut moved = Vec::new();
            for grant in self.person_mut(&id).grants.iter_mut().filter(|grant| is_one(grant)) {
                (grant.state, grant.at, grant.until) = (to, at, None);
                moved.push(grant.clone());
            }
            for grant in moved {
                self.book(op, &grant);
                self.transfer(op, &id, &grant);
                let told = (id.clone(), grant.instance.clone(), grant.reward.clone(), grant.cost_fen);
                match op {
                    Op::Give => self.change.told.push(Told::Given(told.0, told.1, told.2, told.3)),
                    Op::Back => self.change.told.push(Told::TakenBack(told.0, told.1, told.2, told.3)),
                    Op::Hold | Op::Void => {}
                }
                turned.push(grant);
            }
        }
        turned
    }

    fn book(&mut self, op: Op, grant: &Grant) {
        let declared = self.play.reward(&grant.reward).map_or(0, |reward| reward.cost_fen);
        let is_packet = self.play.packet_of(&grant.reward).is_some();
        let pools = &mut self.change.pools;
        let pool = pools.rewards.entry(grant.reward.clone()).or_default();
        match op {
            Op::Hold => {}
            Op::Give => {
                (pool.held, pool.given) = (pool.held - 1, pool.given + 1);
                pools.held_fen -= grant.cost_fen;
                pools.spent_fen += grant.cost_fen;
            }
            Op::Void => {
                pool.held -= 1;
                pools.held_fen -= grant.cost_fen;
            }
            Op::Back => {
                pool.given -= 1;
                pools.spent_fen -= grant.cost_fen;
            }
        }
        if is_packet && matches!(op, Op::Void | Op::Back) {
            pools.packed -= 1;
            pools.packed_fen -= grant.cost_fen - declared;
        }
    }

    /// What is kept for somebody is theirs.
    pub(super) fn give(&mut self, subject: &Subject, which: impl Fn(&Grant) -> bool) -> Vec<Grant> {
        self.turn(subject, which, Op::Give)
    }

    /// What is kept for somebody goes back into stock.
    pub(super) fn void(&mut self, subject: &Subject, which: impl Fn(&Grant) -> bool) -> Vec<Grant> {
        self.turn(subject, which, Op::Void)
    }

    /// What was given to somebody is taken back.
    pub(super) fn take_back(&mut self, subject: &Subject, which: impl Fn(&Grant) -> bool) -> Vec<Grant> {
        self.turn(subject, which, Op::Back)
    }

    /// What time alone has changed of a try: seats nobody paid for, its own end, rewards nobody took.
    pub(super) fn settle(&mut self, id: &str) {
        let Some(known) = self.instance(id).cloned() else { return };
        if known.next_at.is_none_or(|next| next > self.event.at) {
            return;
        }
        let at = self.event.at;
        let out_of = |grant: &Grant| grant.instance == id;
        for seat in &known.seats {
            if matches!(seat.state, SeatState::Locked(until) if until <= at) {
                self.void(&seat.subject, out_of);
            }
        }
        self.void(&known.owner, |grant| out_of(grant) && grant.until.is_some_and(|until| until <= at));
        if let Some(instance) = self.instance_mut(id) {
            instance.seats.retain(|seat| !matches!(seat.state, SeatState::Locked(until) if until <= at));
            if instance.state == InstanceState::Open && instance.deadline <= at {
                instance.state = InstanceState::Expired;
                self.disperse(id);
            }
        }
        self.due(id);
    }

    /// Everybody in a group that is not full in time gets their money back.
    pub(super) fn disperse(&mut self, id: &str) {
        let Some(seats) = self.instance(id).map(|instance| instance.seats.clone()) else { return };
        for seat in &seats {
            self.void(&seat.subject, |grant| grant.instance == id);
            if let SeatState::Paid(order) = &seat.state {
                let told = Told::RefundDue(seat.subject.clone(), id.to_owned(), order.clone());
                self.change.told.push(told);
            }
        }
        if let Some(instance) = self.instance_mut(id) {
            instance.seats.retain(|seat| !matches!(seat.state, SeatState::Locked(_)));
            for seat in &mut instance.seats {
                if let SeatState::Paid(order) = &seat.state {
                    seat.state = SeatState::Refunded(order.clone());
                }
            }
        }
    }

    /// Works out when something of a try falls due by itself.
    pub(super) fn due(&mut self, id: &str) {
        let Some(known) = self.instance(id).cloned() else { return };
        let seats = known.seats.iter().filter_map(|seat| match seat.state {
            SeatState::Locked(until) => Some(until),
            SeatState::Paid(_) | SeatState::Refunded(_) => None,
        });
        let grants = self.merged(&known.owner).grants.into_iter();
        let kept = grants.filter(|grant| grant.instance == id && grant.state == GrantState::Held);
        let end = (known.state == InstanceState::Open).then_some(known.deadline);
        let next = seats.chain(kept.filter_map(|grant| grant.until)).chain(end).min();
        if next != known.next_at
            && let Some(instance) = self.instance_mut(id)
        {
            instance.next_at = next;
        }
    }
}
