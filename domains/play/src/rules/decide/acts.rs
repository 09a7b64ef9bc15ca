//! Beginning, helping, coming by.

use super::super::{
    scratch::{For, Kept, Scratch},
    words::Refusal,
    world::Done,
};
use crate::model::{
    Card, CardsFrom, Chance, Draw, Help, Instance, InstanceState, Progress, Seat, SeatState, Subject, Told,
};

impl Scratch<'_> {
    pub(super) fn join(&mut self) -> Result<Done, Refusal> {
        if let Progress::Instant { daily } = self.play.progress {
            return self.draw(daily);
        }
        if self.play.gates.by_order {
            return Err(Refusal::NotSo);
        }
        let by = self.event.by.clone();
        if let Some(mine) = self.mine(&by) {
            return self.join_again(mine);
        }
        self.may_begin()?;
        let id = self.event.id.clone();
        self.begin(&id, None);
        match self.play.progress {
            Progress::PaidSeats { .. } => {
                self.seat(&id)?;
            }
            Progress::Streak => self.count_day(&id)?,
            _ => {}
        }
        Ok(Done::Joined(id))
    }

    /// What a person began and what is not over without success.
    fn mine(&mut self, subject: &Subject) -> Option<String> {
        let owns = self.merged(subject).owns;
        owns.iter().for_each(|id| self.settle(id));
        let is_over = |id: &String| self.instance(id).is_none_or(|known| known.state == InstanceState::Expired);
        owns.into_iter().find(|id| !is_over(id))
    }

    /// They began before. The leader of a group whose seat ran out of time takes it again.
    fn join_again(&mut self, id: String) -> Result<Done, Refusal> {
        let by = self.event.by.clone();
        let is_group = matches!(self.play.progress, Progress::PaidSeats { .. });
        let known = self.instance(&id).ok_or(Refusal::Missing)?;
        let seated = known.seats.iter().any(|seat| self.world.same(&by, &seat.subject));
        if is_group && known.state == InstanceState::Open && !seated {
            self.may_begin()?;
            self.seat(&id)?;
        }
        Ok(Done::Joined(id))
    }

    /// Takes part at once: a packet, or a draw. Whoever comes again is told what it came to the first time.
    fn draw(&mut self, daily: bool) -> Result<Done, Refusal> {
        let by = self.event.by.clone();
        let period = if daily { self.play.day(self.event.at).to_string() } else { String::new() };
        if let Some(before) = self.merged(&by).draws.into_iter().find(|draw| draw.period == period) {
            return Ok(Done::Drawn { reward: before.reward, fen: before.fen });
        }
        self.may_begin()?;
        let (reward, fen) = match &self.play.chance {
            Some(Chance::Packet { reward, .. }) => match self.given(&by, reward, &period) {
                Some(cost) => (Some(reward.clone()), cost),
                None => return Err(Refusal::SoldOut),
            },
            Some(Chance::Lottery { prizes, fallback, .. }) => {
                let drawn = self.dice.pick(prizes.iter().map(|prize| prize.ppm)).map(|place| &prizes[place].reward);
                let won = drawn.filter(|reward| self.given(&by, reward, &period).is_some());
                // A prize that has run out becomes the fallback: drawing anew would change the odds that were published.
                let won = won.or_else(|| {
                    let instead = fallback.as_ref().filter(|_| drawn.is_some())?;
                    self.given(&by, instead, &period).map(|_| instead)
                });
                (won.cloned(), 0)
            }
            None => return Err(Refusal::NotSo),
        };
        let draw = Draw { period, reward: reward.clone(), fen };
        self.person_mut(&by).draws.push(draw);
        self.change.pools.begun += 1;
        self.change.told.push(Told::Joined(by, String::new()));
        Ok(Done::Drawn { reward, fen })
    }

    /// Gives a reward at once. What it costs, if there was one.
    fn given(&mut self, subject: &Subject, reward: &str, period: &str) -> Option<i64> {
        let kept = self.hold(For { subject, reward, period, instance: "" }, None);
        let Kept::Now(cost) = kept else { return None };
        self.give(subject, |grant| grant.reward == reward && grant.period == period);
        Some(cost)
    }

    pub(super) fn help(&mut self, id: &str) -> Result<Done, Refusal> {
        let known = self.instance(id).ok_or(Refusal::Missing)?.clone();
        let by = self.event.by.clone();
        let person = self.merged(&by);
        if let Progress::PaidSeats { .. } = self.play.progress {
            return self.take_seat(&known);
        }
        if let Some(before) = person.helps.iter().find(|help| help.instance == id) {
            return if before.live { Ok(Done::Helped { amount: before.amount }) } else { Err(Refusal::HelpedBefore) };
        }
        if !self.play.needs_friends() {
            return Err(Refusal::NotSo);
        }
        self.is_running()?;
        match () {
            () if self.world.same(&by, &known.owner) => return Err(Refusal::OwnHelp),
            () if known.state != InstanceState::Open => return Err(Refusal::Closed),
            () if self.event.held => return Err(Refusal::UnderReview),
            () if self.play.gates.signed_in && !self.event.signed_in => return Err(Refusal::SignInFirst),
            () if self.play.edge.newcomers_only && !self.event.newcomer => return Err(Refusal::NewcomersOnly),
            () if person.helps.len() >= self.play.edge.helps_per_person as usize => return Err(Refusal::HelpedEnough),
            () => {}
        }
        let amount = match &self.play.progress {
            Progress::Sum { .. } => *known.cuts.get(known.helpers as usize).ok_or(Refusal::Closed)?,
            Progress::Set { cards, from: CardsFrom::Help } => {
                self.turn_up(id, cards);
                1
            }
            _ => 1,
        };
        let counted = !matches!(self.play.progress, Progress::Set { .. });
        if let Some(instance) = self.instance_mut(id) {
            instance.helpers += 1;
            instance.progress += if counted { amount } else { 0 };
        }
        let at = self.event.at;
        self.person_mut(&by).helps.push(Help { instance: id.to_owned(), at, amount, live: true });
        self.change.pools.helped += 1;
        self.change.pools.newcomers += i64::from(self.event.newcomer);
        self.change.told.push(Told::Helped(by, id.to_owned(), known.owner));
        self.thank(id);
        self.reach(id);
        Ok(Done::Helped { amount })
    }

    fn take_seat(&mut self, known: &Instance) -> Result<Done, Refusal> {
        self.may_begin()?;
        if known.state != InstanceState::Open {
            return Err(Refusal::Closed);
        }
        self.seat(&known.id)
    }

    /// Keeps a seat, and one of what it is for, until its money comes. Whoever has one keeps it.
    pub(super) fn seat(&mut self, id: &str) -> Result<Done, Refusal> {
        let by = self.event.by.clone();
        let known = self.instance(id).ok_or(Refusal::Missing)?.clone();
        if let Some(mine) = known.seats.iter().find(|seat| self.world.same(&by, &seat.subject)) {
            return match mine.state {
                SeatState::Locked(until) => Ok(Done::Seated(until)),
                SeatState::Paid(_) => Ok(Done::Paid(id.to_owned())),
                SeatState::Refunded(_) => Err(Refusal::Closed),
            };
        }
        let threshold = self.play.thresholds.first().ok_or(Refusal::NotSo)?;
        let taken = known.seats.iter().filter(|seat| !matches!(seat.state, SeatState::Refunded(_))).count();
        if i64::try_from(taken).is_ok_and(|taken| taken >= threshold.at) {
            return Err(Refusal::Closed);
        }
        let until = self.event.at.plus_secs(self.play.instance.seat_secs);
        let whose = For { subject: &by, reward: &threshold.reward, period: "", instance: id };
        match self.hold(whose, None) {
            Kept::Now(_) => {}
            Kept::Before => return Err(Refusal::HelpedEnough),
            Kept::Nothing => return Err(Refusal::SoldOut),
        }
        if let Some(instance) = self.instance_mut(id) {
            instance.seats.push(Seat { subject: by, state: SeatState::Locked(until) });
        }
        Ok(Done::Seated(until))
    }

    pub(super) fn check_in(&mut self) -> Result<Done, Refusal> {
        let by = self.event.by.clone();
        let id = self.mine(&by).ok_or(Refusal::Missing)?;
        match &self.play.progress {
            Progress::Streak => {
                self.count_day(&id)?;
                Ok(Done::CheckedIn { card: None })
            }
            Progress::Set { cards, from: CardsFrom::CheckIn } => {
                let today = self.play.day(self.event.at);
                let known = self.instance(&id).ok_or(Refusal::Missing)?;
                if known.last_day == Some(today) {
                    return Ok(Done::CheckedIn { card: None });
                }
                self.may_come(&id)?;
                let card = self.turn_up(&id, cards);
                if let Some(instance) = self.instance_mut(&id) {
                    instance.last_day = Some(today);
                }
                self.reach(&id);
                Ok(Done::CheckedIn { card })
            }
            _ => Err(Refusal::NotSo),
        }
    }

    fn may_come(&self, id: &str) -> Result<(), Refusal> {
        self.may_begin()?;
        let open = self.instance(id).is_some_and(|known| known.state == InstanceState::Open);
        if open { Ok(()) } else { Err(Refusal::Closed) }
    }

    /// Today counts once; a day left out begins the row anew. What was reached before stays reached.
    fn count_day(&mut self, id: &str) -> Result<(), Refusal> {
        let today = self.play.day(self.event.at);
        if self.instance(id).is_some_and(|known| known.last_day == Some(today)) {
            return Ok(());
        }
        self.may_come(id)?;
        if let Some(instance) = self.instance_mut(id) {
            let in_a_row = instance.last_day == Some(today - 1);
            instance.progress = if in_a_row { instance.progress + 1 } else { 1 };
            instance.last_day = Some(today);
        }
        self.reach(id);
        Ok(())
    }

    /// Turns up a card for the owner of a try.
    fn turn_up(&mut self, id: &str, cards: &[Card]) -> Option<String> {
        let place = self.dice.pick(cards.iter().map(|card| card.ppm)).unwrap_or(0);
        let card = cards.get(place)?.id.clone();
        let instance = self.instance_mut(id)?;
        *instance.cards.entry(card.clone()).or_default() += 1;
        instance.progress = i64::try_from(instance.cards.len()).unwrap_or(i64::MAX);
        Some(card)
    }
}
