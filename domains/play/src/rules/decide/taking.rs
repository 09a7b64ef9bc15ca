//! Taking what was reached, and taking help back.

use super::{
    super::{
        scratch::{For, Kept, Scratch},
        words::Refusal,
        world::Done,
    },
    period,
};
use crate::model::{Finality, Grant, GrantState, InstanceState, Phase, Progress};

impl Scratch<'_> {
    pub(super) fn claim(&mut self, id: &str) -> Result<Done, Refusal> {
        let known = self.instance(id).ok_or(Refusal::Missing)?.clone();
        let by = &self.event.by;
        if !self.world.same(by, &known.owner) {
            return Err(Refusal::NotYours);
        }
        if matches!(self.play.progress, Progress::PaidSeats { .. }) {
            return Err(Refusal::NotSo);
        }
        match () {
            () if self.event.held => return Err(Refusal::UnderReview),
            // The kill switch stops what is given away as well; it is not lost.
            () if self.world.phase == Phase::Paused => return Err(Refusal::Paused),
            () if known.state == InstanceState::Cancelled => return Err(Refusal::Closed),
            () => {}
        }
        let owner = known.owner.clone();
        let is_given = |grant: &Grant| grant.instance == id && grant.state == GrantState::Given;
        // What ran out when it was reached, or went back because nobody took it, may be there again.
        let mut nothing_left = false;
        for threshold in self.play.thresholds.iter().take(known.reached) {
            let until = self.event.at.plus_secs(self.play.instance.claim_secs);
            let whose = For { subject: &owner, reward: &threshold.reward, period: &period(&known), instance: id };
            nothing_left |= self.hold(whose, Some(until)) == Kept::Nothing;
        }
        self.give(&owner, |grant| grant.instance == id);
        let mine: Vec<Grant> = self.merged(&owner).grants.into_iter().filter(|grant| is_given(grant)).collect();
        match mine.is_empty() {
            false => Ok(Done::Claimed(mine)),
            true if nothing_left => Err(Refusal::SoldOut),
            true => Err(Refusal::NotReached),
        }
    }

    pub(super) fn retract(&mut self, id: &str) -> Result<Done, Refusal> {
        let known = self.instance(id).ok_or(Refusal::Missing)?.clone();
        let by = self.event.by.clone();
        let person = self.merged(&by);
        let help = person.helps.iter().find(|help| help.instance == id).ok_or(Refusal::Missing)?;
        if !help.live {
            return Ok(Done::Retracted);
        }
        if self.play.progress != Progress::Count || !self.can_be_taken_back(id) {
            return Err(Refusal::Final);
        }
        for one in self.ids(&by) {
            for help in self.person_mut(&one).helps.iter_mut().filter(|help| help.instance == id) {
                help.live = false;
            }
        }
        let to_helpers = |grant: &Grant| grant.instance == id;
        self.take_back(&by, to_helpers);
        let progress = known.progress - 1;
        let mut reached = known.reached;
        if self.play.edge.final_at == Finality::Claimed {
            while let Some(last) = reached.checked_sub(1).and_then(|last| self.play.thresholds.get(last)) {
                if last.at <= progress {
                    break;
                }
                self.void(&known.owner, |grant| grant.instance == id && grant.reward == last.reward);
                reached -= 1;
            }
        }
        let is_complete = reached == self.play.thresholds.len();
        if let Some(instance) = self.instance_mut(id) {
            instance.progress = progress;
            instance.reached = reached;
            if !is_complete && instance.state == InstanceState::Complete {
                instance.state = InstanceState::Open;
            }
        }
        Ok(Done::Retracted)
    }

    /// Help counts for good once the try is complete, or, if the play says so, once anything of it was claimed.
    fn can_be_taken_back(&self, id: &str) -> bool {
        let Some(known) = self.instance(id) else { return false };
        let in_time = self.event.at < known.deadline;
        let claimed = || {
            let grants = self.merged(&known.owner).grants;
            grants.iter().any(|grant| grant.instance == id && grant.state == GrantState::Given)
        };
        match (known.state, self.play.edge.final_at) {
            (InstanceState::Open, Finality::Reached) => in_time,
            (InstanceState::Open | InstanceState::Complete, Finality::Claimed) => in_time && !claimed(),
            _ => false,
        }
    }
}
