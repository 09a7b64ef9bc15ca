//! Orders, and what was paid and given back for them.

use std::collections::BTreeMap;

use facts::NamedId;
use kernel::{CampaignId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    price::{Buyer, Quote},
    product::Delivery,
};
use crate::rules::refund::Parts;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrderState)]
pub enum State {
    /// Its stock is held, its money has not come.
    Unpaid,
    /// It is paid.
    Paid,
    /// It was not paid in time, or called off; its stock is free again.
    Closed,
}

impl State {
    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::Paid => "paid",
            Self::Closed => "closed",
        }
    }
}

/// How far a paid order has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrderHanding)]
pub enum Handing {
    /// Nothing was done yet.
    #[default]
    Waiting,
    /// It was sent, lies ready at the store, or the right was given.
    Given,
    /// Whoever bought it has it.
    Received,
}

impl Handing {
    /// As it is stored and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Given => "given",
            Self::Received => "received",
        }
    }
}

/// Where something is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OrderAddress)]
pub struct Address {
    /// Who gets it.
    pub name: String,
    /// Their phone number.
    pub phone: String,
    /// Province to door.
    pub text: String,
}

/// An order, whole: it is read and written as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Made by us: it is part of every number a payment or a refund has.
    pub id: String,
    /// Whose it is.
    pub subject: NamedId,
    /// Where it stands.
    pub state: State,
    /// How its price was come to, then.
    pub quote: Quote,
    /// Who bought, and where.
    pub buyer: Buyer,
    /// How it gets to them.
    pub delivery: Delivery,
    /// Where it is sent.
    pub address: Option<Address>,
    /// What they said.
    pub note: Option<String>,
    /// The campaign it is booked to.
    pub campaign: Option<CampaignId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// It can be paid until then.
    pub expires_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How far it has come.
    pub handing: Handing,
    /// What was said when it was given: a carrier and its number, a code.
    pub given: Option<String>,
    /// Payments that were begun, by their place.
    pub payments: Vec<Payment>,
    /// What went back or is on its way, by their place.
    pub refunds: Vec<Refund>,
}

/// What became of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentState)]
pub enum PaymentState {
    /// It can still be paid, or nobody knows.
    Open,
    /// Its money came.
    Paid,
    /// It can be paid no more.
    Closed,
}

/// One attempt to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// By whom.
    pub provider: String,
    /// How much was asked for, and how much came if it came.
    pub amount: i64,
    /// What became of it.
    pub state: PaymentState,
    /// The provider's own number.
    pub reference: Option<String>,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// When its money came.
    pub paid_at: Option<Timestamp>,
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefundCause)]
pub enum Cause {
    /// Somebody decided so.
    Asked,
    /// It came after the order was closed.
    Late,
    /// The order was paid already.
    Twice,
    /// It was not what was asked for.
    OtherAmount,
}

/// What became of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefundState)]
pub enum RefundState {
    /// The provider is asked, again and again under the same number, until it says.
    Asked,
    /// The money is back.
    Done,
    /// The provider refuses for good: somebody has to look.
    Refused,
}

/// Money on its way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Which payment it is of, by its place; none when nothing was paid.
    pub payment: Option<usize>,
    /// How much.
    pub amount: i64,
    /// For which pieces; none when it is not about goods.
    pub lines: Vec<RefundLine>,
    /// Whether the pieces are stock again.
    pub restock: bool,
    /// Why.
    pub cause: Cause,
    /// What was said.
    pub reason: Option<String>,
    /// What became of it.
    pub state: RefundState,
    /// When it was decided.
    pub asked_at: Timestamp,
    /// When the provider said so.
    pub settled_at: Option<Timestamp>,
    /// How often the provider was asked.
    pub tries: u32,
}

/// What goes back of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RefundLine)]
pub struct RefundLine {
    /// Which variant.
    pub variant: String,
    /// How many.
    pub quantity: i64,
    /// What they were paid with.
    pub parts: Parts,
}

impl Order {
    /// The number a provider knows a payment by: of the order and its place, never by chance.
    #[must_use]
    pub fn payment_number(&self, place: usize) -> String {
        format!("{}-{place}", self.id)
    }

    /// The number a provider knows a refund by.
    #[must_use]
    pub fn refund_number(&self, place: usize) -> String {
        format!("{}-r{place}", self.id)
    }

    /// The order a payment's number belongs to, and its place there.
    #[must_use]
    pub fn of_payment(number: &str) -> Option<(&str, usize)> {
        let (order, place) = number.rsplit_once('-')?;
        Some((order, place.parse().ok()?))
    }

    /// Pieces that went back or are on their way, by variant. What a provider refused counts: it is not lost, somebody looks.
    #[must_use]
    pub fn back(&self) -> BTreeMap<&str, i64> {
        let mut back = BTreeMap::new();
        for line in self.refunds.iter().flat_map(|refund| &refund.lines) {
            *back.entry(line.variant.as_str()).or_default() += line.quantity;
        }
        back
    }

    /// Money that went back or is on its way for goods.
    #[must_use]
    pub fn refunded(&self) -> i64 {
        self.refunds.iter().filter(|refund| refund.cause == Cause::Asked).map(|refund| refund.amount).sum()
    }

    /// Whether everything bought went back or is on its way.
    #[must_use]
    pub fn is_all_back(&self) -> bool {
        let back = self.back();
        self.quote.lines.iter().all(|line| back.get(line.variant.as_str()) == Some(&line.quantity))
    }
}
