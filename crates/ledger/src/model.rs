//! Units, accounts, transfers and chains, in types.

use std::fmt;

use facts::NamedId;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// Longest id of a chain, in bytes.
pub const ID_BYTES_MAX: usize = 120;
/// Transfers of one chain.
pub const CHAIN_MAX: usize = 64;
/// The largest amount of one transfer; sums of millions of them fit into an account.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// What is counted. Written `fen`, `points`, or `sku:<id>` where there are many of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Unit {
    /// Money, in 分.
    Fen,
    /// Points (积分).
    Points,
    /// Coupons of one template.
    Coupon(String),
    /// Places in one group, class or event.
    Seat(String),
    /// Pieces of one variant of a product.
    Sku(String),
    /// Chances to draw in one play.
    Chance(String),
    /// Cards of one picture in a set.
    Card(String),
}

impl Unit {
    fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Fen => ("fen", None),
            Self::Points => ("points", None),
            Self::Coupon(id) => ("coupon", Some(id)),
            Self::Seat(id) => ("seat", Some(id)),
            Self::Sku(id) => ("sku", Some(id)),
            Self::Chance(id) => ("chance", Some(id)),
            Self::Card(id) => ("card", Some(id)),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (name, None) => f.write_str(name),
            (name, Some(id)) => write!(f, "{name}:{id}"),
        }
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.to_string()
    }
}

/// A text that names no unit, account or chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the name of a unit, such as fen, points or sku:tea-100")]
pub struct NoUnit;

impl TryFrom<String> for Unit {
    type Error = NoUnit;

    fn try_from(text: String) -> Result<Self, NoUnit> {
        let (name, id) = text.split_once(':').map_or((text.as_str(), None), |(name, id)| (name, Some(id)));
        let id = id.filter(|id| !id.is_empty() && id.len() <= ID_BYTES_MAX).map(str::to_owned);
        match (name, id) {
            ("fen", None) => Ok(Self::Fen),
            ("points", None) => Ok(Self::Points),
            ("coupon", Some(id)) => Ok(Self::Coupon(id)),
            ("seat", Some(id)) => Ok(Self::Seat(id)),
            ("sku", Some(id)) => Ok(Self::Sku(id)),
            ("chance", Some(id)) => Ok(Self::Chance(id)),
            ("card", Some(id)) => Ok(Self::Card(id)),
            _ => Err(NoUnit),
        }
    }
}

/// Whose an account is. Written `brand`, `subject:<namespace>:<id>`, `play:<id>`, `order:<id>` …
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owner(String);

impl Owner {
    /// The brand itself.
    #[must_use]
    pub fn brand() -> Self {
        Self("brand".to_owned())
    }

    /// A customer, by the id that speaks for them: never a person, for persons may be taken apart again.
    #[must_use]
    pub fn subject(id: &NamedId) -> Self {
        Self(format!("subject:{}:{}", id.namespace, id.value))
    }

    /// What belongs to one play.
    #[must_use]
    pub fn play(id: &str) -> Self {
        Self(format!("play:{id}"))
    }

    /// What belongs to one order.
    #[must_use]
    pub fn order(id: &str) -> Self {
        Self(format!("order:{id}"))
    }

    /// Something else that owns, such as `coupon:<template>`.
    #[must_use]
    pub fn of(kind: &str, id: &str) -> Self {
        Self(format!("{kind}:{id}"))
    }

    /// What was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The world outside, which may owe: suppliers, payers, the bank.
    External,
    /// What an owner has.
    Own,
    /// What was set aside for a purpose.
    Budget,
    /// What was given out for good: sold, spent, used.
    Spent,
    /// What ended without being used.
    Lapsed,
    /// What an owner owes: it may be below zero, and earning fills it first.
    Debt,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::External, Self::Own, Self::Budget, Self::Spent, Self::Lapsed, Self::Debt];

    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::External => "external",
            Self::Own => "own",
            Self::Budget => "budget",
            Self::Spent => "spent",
            Self::Lapsed => "lapsed",
            Self::Debt => "debt",
        }
    }

    /// What was stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether it may give more than came in.
    #[must_use]
    pub const fn may_owe(self) -> bool {
        matches!(self, Self::External | Self::Debt)
    }
}

/// Which account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountKey {
    /// What it counts.
    pub unit: Unit,
    /// Whose it is.
    pub owner: Owner,
    /// What it is for.
    pub kind: Kind,
}

impl AccountKey {
    /// An account.
    #[must_use]
    pub const fn new(unit: Unit, owner: Owner, kind: Kind) -> Self {
        Self { unit, owner, kind }
    }
}

/// What an account has. All are sums since it began, but for `held`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What came in.
    pub came: i64,
    /// What went out.
    pub went: i64,
    /// What is held of it at the moment, and has not gone yet.
    pub held: i64,
}

impl Account {
    /// What it has, held or not; below zero is owed.
    #[must_use]
    pub const fn balance(self) -> i64 {
        self.came - self.went
    }

    /// What of it can be given.
    #[must_use]
    pub const fn free(self) -> i64 {
        self.balance() - self.held
    }
}

/// A chain's id, chosen by whoever sends it, before it is sent: 1 to 120 bytes.
pub type ChainId = String;

/// Which hold: the chain's id, and the place of the transfer in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HoldId(String);

impl HoldId {
    /// The hold that a chain's transfer at `step` (from 0) makes.
    #[must_use]
    pub fn of(chain: &str, step: usize) -> Self {
        Self(format!("{chain}/{step}"))
    }

    /// What was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How an amount is moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "op")]
pub enum Op {
    /// At once.
    Now,
    /// It is held where it is, and cannot be given to anybody else.
    Hold {
        /// It can be taken before this moment.
        until: Option<Timestamp>,
    },
    /// What is held is moved; what the amount is less goes free again.
    Take {
        /// Which.
        hold: HoldId,
    },
    /// What is held goes free again. The amount says nothing.
    Drop {
        /// Which.
        hold: HoldId,
    },
}

impl Op {
    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Hold { .. } => "hold",
            Self::Take { .. } => "take",
            Self::Drop { .. } => "drop",
        }
    }

    /// The hold it settles.
    #[must_use]
    pub const fn settles(&self) -> Option<&HoldId> {
        match self {
            Self::Take { hold } | Self::Drop { hold } => Some(hold),
            Self::Now | Self::Hold { .. } => None,
        }
    }
}

/// One movement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// How.
    #[serde(flatten)]
    pub op: Op,
    /// What.
    pub unit: Unit,
    /// Who gives: owner and kind.
    pub from: (Owner, Kind),
    /// Who gets.
    pub to: (Owner, Kind),
    /// How much; above zero.
    pub amount: i64,
    /// Until when whoever gets it can use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// Why, as a word of the caller's: `points.given`.
    pub code: String,
    /// What it belongs to: `order:1001`.
    pub reference: String,
}

impl Transfer {
    /// A transfer between two accounts of one unit, at once.
    #[must_use]
    pub fn now(unit: Unit, from: (Owner, Kind), to: (Owner, Kind), amount: i64, code: &str, reference: &str) -> Self {
        let (code, reference) = (code.to_owned(), reference.to_owned());
        Self { op: Op::Now, unit, from, to, amount, ends_at: None, code, reference }
    }

    /// The same, done in another way.
    #[must_use]
    pub fn by(mut self, op: Op) -> Self {
        self.op = op;
        self
    }

    /// The same, of use until a moment.
    #[must_use]
    pub const fn ending(mut self, at: Timestamp) -> Self {
        self.ends_at = Some(at);
        self
    }

    /// The account that gives.
    #[must_use]
    pub fn giver(&self) -> AccountKey {
        AccountKey::new(self.unit.clone(), self.from.0.clone(), self.from.1)
    }

    /// The account that gets.
    #[must_use]
    pub fn taker(&self) -> AccountKey {
        AccountKey::new(self.unit.clone(), self.to.0.clone(), self.to.1)
    }
}

/// Transfers that happen together or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Its id: the first answer under it is its answer for ever.
    pub id: ChainId,
    /// In the order they are looked at; 1 to 64.
    pub transfers: Vec<Transfer>,
}

impl Chain {
    /// What is asked, by which the same is told from another under one id.
    #[must_use]
    pub fn request(&self) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new();
        // A chain of plain texts and numbers can always be written.
        let written = serde_json::to_writer(&mut hasher, &self.transfers);
        debug_assert!(written.is_ok(), "a chain can be written");
        let digest = *hasher.finalize().as_bytes();
        std::array::from_fn(|index| digest[index])
    }
}

/// What became of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It happened.
    Done,
    /// It had happened before, under the same id.
    Again,
    /// Nothing of it happened, now or when it first came.
    Refused(Refusal),
}

impl Outcome {
    /// Whether it happened, now or before.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done | Self::Again)
    }
}

/// Why nothing of a chain happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The id is empty or too long, or there are no transfers, or too many.
    #[error("a chain has an id of 1 to 120 bytes and 1 to 64 transfers")]
    Shape,
    /// An amount is not above zero, or too large.
    #[error("an amount is above zero, and at most a quadrillion")]
    Amount,
    /// An account gives to itself.
    #[error("an account cannot give to itself")]
    Itself,
    /// An account has too little that is free.
    #[error("there is too little")]
    TooLittle,
    /// There is no such hold, or it was taken or dropped before.
    #[error("there is nothing held under this id any more")]
    NoHold,
    /// The hold belongs to other accounts than the transfer says.
    #[error("the hold is of other accounts")]
    OtherHold,
    /// It ended.
    #[error("what was held was held until a moment that is past")]
    HoldEnded,
    /// More is taken than is held.
    #[error("more is taken than is held")]
    MoreThanHeld,
    /// Another chain came under this id before.
    #[error("another chain came under this id before")]
    IdTaken,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Shape,
        Self::Amount,
        Self::Itself,
        Self::TooLittle,
        Self::NoHold,
        Self::OtherHold,
        Self::HoldEnded,
        Self::MoreThanHeld,
        Self::IdTaken,
    ];

    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Amount => "amount",
            Self::Itself => "itself",
            Self::TooLittle => "too_little",
            Self::NoHold => "no_hold",
            Self::OtherHold => "other_hold",
            Self::HoldEnded => "hold_ended",
            Self::MoreThanHeld => "more_than_held",
            Self::IdTaken => "id_taken",
        }
    }

    /// What was stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.as_str() == text)
    }
}
