//! The campaign as a list of deeds in the order a server hears of them. A deed is a few bytes; its fact is written when asked for.

use kernel::Timestamp;

use crate::{
    chance::{Chance, Stage},
    dirt::{Aside, Dirt},
    hours::later,
    people::{Cast, Index, Person, Way},
    rhythm::Rhythm,
};

const SECOND: i64 = 1_000_000;

/// Under which ids somebody appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guise {
    User,
    Anonymous,
    /// Both ids: the fact that links them.
    Both,
    /// The second browser's anonymous id.
    Second,
    /// The same with the user id.
    SecondBoth,
}

/// How a fact names the sharer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    User(Index),
    Anonymous(Index),
    Token(Index),
    /// A user id nobody ever had.
    LostUser(u32),
    /// A token nobody was ever given.
    LostToken(u32),
}

impl By {
    /// How a link of this sharer names them.
    pub(crate) fn chosen(chance: &mut Chance, index: Index, sharer: &Person) -> Self {
        match sharer.way {
            // Posters carry the manager's token, messages the manager's id.
            Way::Manager if chance.hit(0.4) => Self::Token(index),
            _ if sharer.token && chance.hit(0.85) => Self::Token(index),
            Way::Passing => Self::Anonymous(index),
            // A link copied before signing in.
            Way::Browser | Way::Half if chance.hit(0.03) => Self::Anonymous(index),
            _ => Self::User(index),
        }
    }
}

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A manager is known by name.
    Named(Index),
    /// A manager lights the fire.
    Started(Index),
    Opened(Index, Guise, By),
    Viewed(Index, Guise),
    /// Traits are left.
    Identified(Index, Guise),
    /// A token is given.
    Shared(Index),
    /// An order, by its number.
    Paid(Index, u32),
}

/// A deed with its hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// When the server hears of it, µs since 1970.
    pub(crate) received: i64,
    /// When the sender's clock says it happened.
    pub(crate) timestamp: i64,
    /// Number of the message: the same for a repeat.
    pub(crate) number: u32,
    pub(crate) deed: Deed,
}

/// The deeds, and what was counted while writing them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
    pub(crate) duplicates: u32,
}

struct Writer<'a> {
    chance: Chance,
    cast: &'a Cast,
    until: Timestamp,
    rhythm: &'a Rhythm,
    steps: Vec<Step>,
    orders: u32,
}

/// Writes everything down, sorted by when it is heard.
pub(crate) fn write(seed: u64, cast: &Cast, dirt: &Dirt, until: Timestamp, rhythm: &Rhythm, one_in: u32) -> Script {
    let chance = Chance::new(seed, Stage::Script);
    let mut writer = Writer { chance, cast, until, rhythm, steps: Vec::new(), orders: 0 };
    for (index, person) in (0..).zip(&cast.people) {
        if person.way == Way::Manager {
            writer.server(person.joined - 2 * SECOND, Deed::Named(index));
            writer.server(person.joined, Deed::Started(index));
        } else if person.is_placed() {
            let by = By::chosen(&mut writer.chance, person.parent, cast.person(person.parent));
            writer.arrival(index, by);
        }
    }
    for (index, by) in &dirt.strays {
        writer.arrival(*index, *by);
    }
    for Aside { who, guise, by, at } in &dirt.asides {
        writer.phone(*who, *at, Deed::Opened(*who, *guise, *by));
    }
    for Aside { who, guise, by, at } in &dirt.second_devices {
        writer.phone(*who, *at, Deed::Opened(*who, *guise, *by));
        let signed_in = at + i64::from(writer.chance.between(10, 240)) * SECOND;
        writer.phone(*who, signed_in, Deed::Identified(*who, Guise::SecondBoth));
    }
    let duplicates = writer.send_twice((320 / one_in).max(3));
    writer.steps.sort_by_key(|step| step.received);
    Script { steps: writer.steps, duplicates }
}

impl Writer<'_> {
    /// All that one person does on their own: open, look, sign in, get a link, buy.
    fn arrival(&mut self, index: Index, by: By) {
        let person = self.cast.person(index);
        let first = if person.way == Way::App { Guise::User } else { Guise::Anonymous };
        let signed_in = if person.has_browser() { Guise::Both } else { Guise::User };
        self.phone(index, person.joined, Deed::Opened(index, first, by));
        if self.chance.hit(0.25) {
            self.phone(index, person.joined + 4 * SECOND, Deed::Viewed(index, first));
        }
        if person.signs_in() {
            self.phone(index, person.ready, Deed::Identified(index, signed_in));
        }
        if person.token {
            self.phone(index, person.ready + 4 * SECOND, Deed::Shared(index));
        }
        if person.is_fan() {
            self.orders(index, person.ready);
        }
    }

    fn orders(&mut self, index: Index, ready: i64) {
        let mut after = ready + 60 * SECOND;
        let mut p = 0.085;
        while self.chance.hit(p) {
            let hours = self.chance.exponential(2.0);
            let Some(at) = later(self.rhythm, after, hours, self.until) else { return };
            self.server(at, Deed::Paid(index, self.orders));
            self.orders += 1;
            (after, p) = (at, 0.12);
        }
    }

    /// Heard from a phone: under the phone's clock, and not before it is back on the net.
    fn phone(&mut self, who: Index, at: i64, deed: Deed) {
        let person = self.cast.person(who);
        let timestamp = (at + i64::from(person.skew_secs) * SECOND).min(self.until.0);
        let travel = i64::from(self.chance.between(150, 3_000)) * 1_000;
        self.push((at + travel).max(person.held), timestamp, deed);
    }

    /// Heard from the brand's own servers.
    fn server(&mut self, at: i64, deed: Deed) {
        self.push(at + 200_000, at, deed);
    }

    fn push(&mut self, received: i64, timestamp: i64, deed: Deed) {
        let number = self.steps.len() as u32;
        self.steps.push(Step { received: received.min(self.until.0), timestamp, number, deed });
    }

    /// Messages whose answer was lost are sent again under the same id.
    fn send_twice(&mut self, count: u32) -> u32 {
        let originals = self.steps.len();
        let mut sent = 0;
        while sent < count {
            let mut step = self.steps[self.chance.below(originals)];
            step.received += i64::from(self.chance.between(2, 90)) * SECOND;
            if step.received < self.until.0 {
                self.steps.push(step);
                sent += 1;
            }
        }
        sent
    }
}
