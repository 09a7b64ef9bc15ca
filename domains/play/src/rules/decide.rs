//! `decide(state, event)`: the one place where it is decided what becomes of anything in a play.

mod acts;
mod money;
mod taking;

pub(crate) use money::of_order;

use kernel::Timestamp;

use super::{
    scratch::{For, Kept, Scratch},
    words::Refusal,
    world::{Act, Change, Done, Event, World},
};
use crate::model::{Declaration, GrantState, Instance, InstanceState, Phase, Progress, Told};

/// What follows from an event. Pure: nothing is changed until [`World::apply`].
///
/// What time alone has changed is so even when the act is refused.
#[must_use]
pub fn decide(play: &Declaration, world: &World, event: &Event) -> Change {
    let mut scratch = Scratch::new(play, world, event);
    let of_event = match &event.act {
        Act::Help(id) | Act::Claim(id) | Act::Retract(id) | Act::Tick(id) => Some(id),
        Act::Refunded { instance, .. } | Act::Paid { instance: Some(instance), .. } => Some(instance),
        Act::Join | Act::CheckIn | Act::Paid { instance: None, .. } => None,
    };
    if let Some(id) = of_event {
        scratch.settle(id);
    }
    let settled = scratch.change.clone();
    match scratch.act() {
        Ok(done) => {
            let touched: Vec<String> = scratch.change.instances.keys().cloned().collect();
            touched.iter().for_each(|id| scratch.due(id));
            Change { outcome: Ok(done), ..scratch.change }
        }
        Err(refusal) => Change { outcome: Err(refusal), ..settled },
    }
}

impl Scratch<'_> {
    fn act(&mut self) -> Result<Done, Refusal> {
        match &self.event.act {
            Act::Join => self.join(),
            Act::Help(id) => self.help(id),
            Act::CheckIn => self.check_in(),
            Act::Claim(id) => self.claim(id),
            Act::Retract(id) => self.retract(id),
            Act::Paid { instance: Some(id), order } => self.paid(id, order),
            Act::Paid { instance: None, order } => self.begun_by(order),
            Act::Refunded { instance, order } => self.refunded(instance, order),
            Act::Tick(_) => Ok(Done::Ticked),
        }
    }

    /// Whether anybody can begin or help at the moment.
    fn is_running(&self) -> Result<(), Refusal> {
        match self.world.phase {
            Phase::Draft => Err(Refusal::NotYet),
            Phase::Paused => Err(Refusal::Paused),
            Phase::Ended => Err(Refusal::Over),
            Phase::Live if self.event.at < self.play.starts_at => Err(Refusal::NotYet),
            Phase::Live if self.event.at >= self.play.ends_at => Err(Refusal::Over),
            Phase::Live => Ok(()),
        }
    }

    /// Whether this person may begin.
    fn may_begin(&self) -> Result<(), Refusal> {
        self.is_running()?;
        let gates = &self.play.gates;
        match () {
            () if self.event.held => Err(Refusal::UnderReview),
            () if gates.signed_in && !self.event.signed_in => Err(Refusal::SignInFirst),
            () if gates.newcomers_only && !self.event.newcomer => Err(Refusal::NewcomersOnly),
            () => Ok(()),
        }
    }

    /// Begins a try for whoever asks.
    fn begin(&mut self, id: &str, order: Option<&str>) {
        let cuts = match &self.play.progress {
            Progress::Sum { start_fen, floor_fen, helpers, .. } => self.dice.cuts(start_fen - floor_fen, *helpers),
            _ => Vec::new(),
        };
        let (at, owner) = (self.event.at, self.event.by.clone());
        let deadline = Timestamp(at.plus_secs(self.play.instance.open_secs).0.min(self.play.ends_at.0));
        let instance = Instance {
            id: id.to_owned(),
            owner: owner.clone(),
            order: order.map(str::to_owned),
            state: InstanceState::Open,
            progress: 0,
            helpers: 0,
            reached: 0,
            opened_at: at,
            deadline,
            completed_at: None,
            cuts,
            seats: Vec::new(),
            cards: std::collections::BTreeMap::new(),
            last_day: None,
            next_at: Some(deadline),
        };
        self.change.instances.insert(id.to_owned(), instance);
        self.person_mut(&owner).owns.push(id.to_owned());
        self.change.pools.begun += 1;
        self.change.told.push(Told::Joined(owner, id.to_owned()));
    }

    /// Keeps for the owner whatever was reached by now; when that was everything, the try is complete.
    fn reach(&mut self, id: &str) {
        let Some(known) = self.instance(id).cloned() else { return };
        let mut reached = known.reached;
        while let Some(threshold) = self.play.thresholds.get(reached).filter(|one| one.at <= known.progress) {
            let until = self.event.at.plus_secs(self.play.instance.claim_secs);
            let whose = For { subject: &known.owner, reward: &threshold.reward, period: &period(&known), instance: id };
            // When nothing is left it may still come back before they claim.
            let _ = self.hold(whose, Some(until));
            reached += 1;
        }
        let all = reached == self.play.thresholds.len();
        let at = self.event.at;
        let Some(instance) = self.instance_mut(id) else { return };
        instance.reached = reached;
        if all && instance.state == InstanceState::Open {
            instance.state = InstanceState::Complete;
            self.completed(id, at);
        }
    }

    /// Tells once that everything was reached.
    fn completed(&mut self, id: &str, at: Timestamp) {
        let Some(instance) = self.instance_mut(id) else { return };
        if instance.completed_at.is_none() {
            instance.completed_at = Some(at);
            let owner = instance.owner.clone();
            self.change.pools.completed += 1;
            self.change.told.push(Told::Completed(owner, id.to_owned()));
        }
    }

    /// What helpers get, at once.
    fn thank(&mut self, id: &str) {
        let Some(reward) = self.play.rewards.iter().find(|reward| reward.to == crate::model::To::Helper) else {
            return;
        };
        let by = &self.event.by;
        let whose = For { subject: by, reward: &reward.id, period: "", instance: id };
        if let Kept::Now(_) = self.hold(whose, None) {
            self.give(by, |grant| grant.instance == id && grant.reward == reward.id && grant.state == GrantState::Held);
        }
    }
}

/// An order begins a try of its own, and earns of its own; otherwise a person earns once.
fn period(instance: &Instance) -> String {
    instance.order.clone().unwrap_or_default()
}
