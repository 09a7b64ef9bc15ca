//! What happens in a play that runs.

use std::{collections::BTreeMap, fmt};

use facts::NamedId;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whoever takes part, by the id they came with: `namespace|value`, for a namespace may have colons.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(pub String);

impl From<&NamedId> for Subject {
    fn from(id: &NamedId) -> Self {
        Self(format!("{}|{}", id.namespace, id.value))
    }
}

impl Subject {
    /// The id it stands for.
    #[must_use]
    pub fn id(&self) -> NamedId {
        let (namespace, value) = self.0.split_once('|').unwrap_or(("", &self.0));
        NamedId::new(namespace, value)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether people can take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayPhase)]
pub enum Phase {
    /// It is being written.
    Draft,
    /// It runs.
    Live,
    /// It stands still; nothing that was promised is lost.
    Paused,
    /// Nobody begins or helps any more; what was reached can still be claimed.
    Ended,
}

impl Phase {
    /// The stored word.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }
}

/// How one person's try stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayInstanceState)]
pub enum InstanceState {
    /// It can be helped.
    Open,
    /// Everything was reached.
    Complete,
    /// Its time is over.
    Expired,
    /// The order that began it was taken back.
    Cancelled,
}

impl InstanceState {
    /// The stored word.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How a seat stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatState {
    /// Kept for its money until then.
    Locked(Timestamp),
    /// Paid by this order.
    Paid(String),
    /// The money of this order goes back.
    Refunded(String),
}

/// A seat in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Whose.
    pub subject: Subject,
    /// How it stands.
    pub state: SeatState,
}

/// One person's try, with the friends who help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// Who began it.
    pub owner: Subject,
    /// The order that began it, if one did.
    pub order: Option<String>,
    /// How it stands.
    pub state: InstanceState,
    /// What was counted.
    pub progress: i64,
    /// How many friends helped, ever.
    pub helpers: u32,
    /// How many thresholds were reached.
    pub reached: usize,
    /// When it began.
    pub opened_at: Timestamp,
    /// When its time is over.
    pub deadline: Timestamp,
    /// When everything was reached for the first time.
    pub completed_at: Option<Timestamp>,
    /// What each friend cuts off, in their order.
    pub cuts: Vec<i64>,
    /// The seats of a group.
    pub seats: Vec<Seat>,
    /// The cards that came, and how many of each.
    pub cards: BTreeMap<String, u32>,
    /// The last day that counted.
    pub last_day: Option<i64>,
    /// The earliest instant at which something of it falls due by itself.
    pub next_at: Option<Timestamp>,
}

/// How a reward stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayGrantState)]
pub enum GrantState {
    /// Kept for them.
    Held,
    /// Theirs.
    Given,
    /// Not taken, and back in stock.
    Void,
    /// Taken back, and in stock again.
    Back,
}

impl GrantState {
    /// The stored word.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Given => "given",
            Self::Void => "void",
            Self::Back => "back",
        }
    }
}

/// A reward on its way to somebody. Of one play, reward, person and period there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which reward.
    pub reward: String,
    /// For which period; empty unless the play gives anew every day.
    pub period: String,
    /// Out of which try; empty for an instant one.
    pub instance: String,
    /// What it costs the brand.
    pub cost_fen: i64,
    /// How it stands.
    pub state: GrantState,
    /// Until when it is kept.
    pub until: Option<Timestamp>,
    /// How often it was kept for them: it may have gone back in between.
    pub round: u32,
    /// When it came to stand so.
    pub at: Timestamp,
}

/// Help that somebody gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Help {
    /// Whom.
    pub instance: String,
    /// When.
    pub at: Timestamp,
    /// How much it counted.
    pub amount: i64,
    /// Not taken back.
    pub live: bool,
}

/// What a draw came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// For which period.
    pub period: String,
    /// What was won, if anything.
    pub reward: Option<String>,
    /// What is in it, if it is money.
    pub fen: i64,
}

/// What somebody did in a play under one id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What they began.
    pub owns: Vec<String>,
    /// Whom they helped.
    pub helps: Vec<Help>,
    /// What they drew.
    pub draws: Vec<Draw>,
    /// What they got. Kept in rows of its own.
    #[serde(skip)]
    pub grants: Vec<Grant>,
}

/// How much of one reward is on its way, and gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Kept for somebody.
    pub held: i64,
    /// Given.
    pub given: i64,
}

/// What is left of a play, for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pools {
    /// By reward.
    pub rewards: BTreeMap<String, Pool>,
    /// Money kept for somebody.
    pub held_fen: i64,
    /// Money gone.
    pub spent_fen: i64,
    /// What was put into packets, ever, less what came back.
    pub packed_fen: i64,
    /// How many packets that is.
    pub packed: i64,
    /// How many tries were begun.
    pub begun: i64,
    /// How many reached everything.
    pub completed: i64,
    /// How often somebody helped.
    pub helped: i64,
    /// How many of those never bought before.
    pub newcomers: i64,
}

/// What a transfer does to a reward and the money in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// From the play's stock, kept for somebody.
    Hold,
    /// What was kept is theirs.
    Give,
    /// What was kept goes back into stock.
    Void,
    /// What was theirs goes back into stock.
    Back,
}

impl Op {
    /// The stored word.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Give => "give",
            Self::Void => "void",
            Self::Back => "back",
        }
    }
}

/// One unit of a reward on its way between the play and somebody, with the money it costs. Never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Follows from what it is for, so that it happens once.
    pub id: String,
    /// What it does.
    pub op: Op,
    /// Which reward.
    pub reward: String,
    /// Whose.
    pub subject: Subject,
    /// What one costs.
    pub fen: i64,
}

/// What others hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Somebody began.
    Joined(Subject, String),
    /// Somebody helped somebody.
    Helped(Subject, String, Subject),
    /// Everything was reached.
    Completed(Subject, String),
    /// Somebody got something.
    Given(Subject, String, String, i64),
    /// Something was taken back from somebody.
    TakenBack(Subject, String, String, i64),
    /// Money of an order is to go back.
    RefundDue(Subject, String, String),
}
