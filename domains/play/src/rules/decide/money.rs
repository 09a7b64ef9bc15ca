//! What the shop tells: an order was paid, an order was refunded. Both may come twice, late, and in any order.

use super::super::{scratch::Scratch, words::Refusal, world::Done};
use crate::model::{InstanceState, Progress, SeatState, Told};

impl Scratch<'_> {
    /// The money of a seat. Whoever has no seat any more gets one if there is one; else the money is to go back.
    pub(super) fn paid(&mut self, id: &str, order: &str) -> Result<Done, Refusal> {
        if !matches!(self.play.progress, Progress::PaidSeats { .. }) {
            return Err(Refusal::NotSo);
        }
        let by = self.event.by.clone();
        let known = self.instance(id).ok_or(Refusal::Missing)?;
        for seat in &known.seats {
            match &seat.state {
                SeatState::Paid(paid) if paid == order => return Ok(Done::Paid(id.to_owned())),
                SeatState::Refunded(refunded) if refunded == order => return Ok(Done::RefundDue),
                _ => {}
            }
        }
        let mine = known.seats.iter().find(|seat| self.world.same(&by, &seat.subject));
        let paid_before = mine.is_some_and(|seat| !matches!(seat.state, SeatState::Locked(_)));
        let lost = known.state != InstanceState::Open || paid_before || (mine.is_none() && self.seat_late(id).is_err());
        if lost {
            self.change.told.push(Told::RefundDue(by, id.to_owned(), order.to_owned()));
            return Ok(Done::RefundDue);
        }
        let (play, world) = (self.play, self.world);
        let Some(instance) = self.instance_mut(id) else { return Err(Refusal::Missing) };
        for seat in instance.seats.iter_mut().filter(|seat| world.same(&by, &seat.subject)) {
            seat.state = SeatState::Paid(order.to_owned());
        }
        instance.progress += 1;
        let full = play.thresholds.first().is_some_and(|full| instance.progress >= full.at);
        if full {
            instance.state = InstanceState::Complete;
            let members: Vec<_> = instance.seats.iter().map(|seat| seat.subject.clone()).collect();
            for member in &members {
                self.give(member, |grant| grant.instance == id);
            }
            self.completed(id, self.event.at);
        }
        Ok(Done::Paid(id.to_owned()))
    }

    /// A seat for money that came after its seat had gone.
    fn seat_late(&mut self, id: &str) -> Result<Done, Refusal> {
        self.is_running()?;
        self.seat(id)
    }

    /// An order begins a try of its own.
    pub(super) fn begun_by(&mut self, order: &str) -> Result<Done, Refusal> {
        if !self.play.gates.by_order {
            return Err(Refusal::NotSo);
        }
        let id = of_order(order);
        if self.instance(&id).is_some() {
            return Ok(Done::Paid(id));
        }
        self.may_begin()?;
        self.begin(&id, Some(order));
        Ok(Done::Paid(id))
    }

    /// What the order brought is taken back. A group that is complete stays so.
    pub(super) fn refunded(&mut self, id: &str, order: &str) -> Result<Done, Refusal> {
        let known = self.instance(id).ok_or(Refusal::Missing)?.clone();
        let of_this = |instance: &str| instance == id;
        if known.order.as_deref() == Some(order) {
            self.void(&known.owner, |grant| of_this(&grant.instance));
            self.take_back(&known.owner, |grant| of_this(&grant.instance));
            if let Some(instance) = self.instance_mut(id) {
                instance.state = InstanceState::Cancelled;
            }
            return Ok(Done::TakenBack);
        }
        let seat = known
            .seats
            .iter()
            .find(|seat| matches!(&seat.state, SeatState::Paid(paid) | SeatState::Refunded(paid) if paid == order));
        let seat = seat.ok_or(Refusal::Missing)?;
        if matches!(seat.state, SeatState::Refunded(_)) {
            return Ok(Done::TakenBack);
        }
        self.void(&seat.subject, |grant| of_this(&grant.instance));
        self.take_back(&seat.subject, |grant| of_this(&grant.instance));
        let owner = seat.subject.clone();
        if let Some(instance) = self.instance_mut(id) {
            for seat in instance.seats.iter_mut().filter(|seat| seat.subject == owner) {
                seat.state = SeatState::Refunded(order.to_owned());
            }
            if instance.state == InstanceState::Open {
                instance.progress -= 1;
            }
        }
        Ok(Done::TakenBack)
    }
}

/// The try an order begins.
pub(crate) fn of_order(order: &str) -> String {
    format!("o-{order}")
}
