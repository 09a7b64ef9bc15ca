//! What decisions are made on: a play with whatever of it a batch needs.

use kernel::Timestamp;
use rustc_hash::FxHashMap;

use super::words::Refusal;
use crate::model::{Grant, Instance, Person, Phase, Pools, Subject, Told, Transfer};

/// One play as far as it is known: of whatever an event touches, everything must be here.
#[derive(Clone, Debug)]
pub struct World {
    /// Whether people can take part.
    pub phase: Phase,
    /// What is left, for everybody.
    pub pools: Pools,
    /// Tries, by id.
    pub instances: FxHashMap<String, Instance>,
    /// What was done under each id.
    pub people: FxHashMap<Subject, Person>,
    /// All ids of the person each id belongs to; who is missing has this one alone.
    pub kin: FxHashMap<Subject, Vec<Subject>>,
}

impl World {
    /// A play in which nothing has happened.
    #[must_use]
    pub fn new(phase: Phase) -> Self {
        Self {
            phase,
            pools: Pools::default(),
            instances: FxHashMap::default(),
            people: FxHashMap::default(),
            kin: FxHashMap::default(),
        }
    }

    /// What follows from a decision is so from now on.
    pub fn apply(&mut self, change: &Change) {
        self.pools.clone_from(&change.pools);
        for (id, instance) in &change.instances {
            self.instances.insert(id.clone(), instance.clone());
        }
        for (subject, person) in &change.people {
            self.people.insert(subject.clone(), person.clone());
        }
    }

    /// Whether two ids are of one person.
    #[must_use]
    pub fn same(&self, one: &Subject, other: &Subject) -> bool {
        one == other || self.kin.get(one).is_some_and(|kin| kin.contains(other))
    }
}

/// Somebody does something, or time does.
#[derive(Clone, Debug)]
pub struct Event {
    /// When: the instant it is stored at.
    pub at: Timestamp,
    /// Who.
    pub by: Subject,
    /// They never bought.
    pub newcomer: bool,
    /// They showed who they are.
    pub signed_in: bool,
    /// They are in a ring that somebody decided about.
    pub held: bool,
    /// What a new try is called.
    pub id: String,
    /// Chance.
    pub seed: u64,
    /// What.
    pub act: Act,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Begins, or takes part at once.
    Join,
    /// Helps somebody; in a group, takes a seat.
    Help(String),
    /// Comes today.
    CheckIn,
    /// Takes what was reached.
    Claim(String),
    /// Takes help back.
    Retract(String),
    /// The shop tells that an order was paid: for a seat of this try, or to begin one.
    Paid {
        /// Which try; none when the order begins one.
        instance: Option<String>,
        /// Which order.
        order: String,
    },
    /// The shop tells that an order was refunded.
    Refunded {
        /// Which try.
        instance: String,
        /// Which order.
        order: String,
    },
    /// Time has passed.
    Tick(String),
}

/// What became of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// They have a try; perhaps they had it before.
    Joined(String),
    /// Their help counts so much; perhaps it did before.
    Helped {
        /// How much it counted.
        amount: i64,
    },
    /// A seat is kept for its money until then.
    Seated(Timestamp),
    /// What a draw came to; perhaps they drew before.
    Drawn {
        /// What was won, if anything.
        reward: Option<String>,
        /// What is in it, if it is money.
        fen: i64,
    },
    /// They came today; a card, if the play gives any.
    CheckedIn {
        /// Which card.
        card: Option<String>,
    },
    /// It is theirs; perhaps it was before.
    Claimed(Vec<Grant>),
    /// Their help counts no longer.
    Retracted,
    /// The money is in its place.
    Paid(String),
    /// There is no seat for the money: it is to go back.
    RefundDue,
    /// What the order brought is taken back.
    TakenBack,
    /// Time has passed.
    Ticked,
}

/// What follows from an event.
#[derive(Clone, Debug)]
pub struct Change {
    /// Tries as they are now.
    pub instances: FxHashMap<String, Instance>,
    /// People as they are now.
    pub people: FxHashMap<Subject, Person>,
    /// What is left.
    pub pools: Pools,
    /// What went from whom to whom.
    pub transfers: Vec<Transfer>,
    /// What others hear of.
    pub told: Vec<Told>,
    /// What the one who asked is told.
    pub outcome: Result<Done, Refusal>,
}
