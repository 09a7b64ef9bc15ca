//! What becomes of an order when something happens, and what the ledger is told.
//!
//! Pure. A step is a function of the order, the event and the transaction's moment; whoever applies it stores the order, the chain and
//! the facts in that one transaction. Every event may come twice, late, or out of order.

use kernel::Timestamp;
use ledger::{Chain, HoldId, Kind, Op, Owner, Transfer, Unit};
use serde::Serialize;

use super::refund::{self, Parts};
use crate::model::order::{Cause, Handing, Order, Payment, PaymentState, Refund, RefundLine, RefundState, State};

/// Refunds of one order, so that it stays a row that can be read at once.
const REFUNDS_MAX: usize = 200;
/// Payments of one order.
const PAYMENTS_MAX: usize = 50;

/// Something happens to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody wants to pay.
    Begin {
        /// By whom.
        provider: String,
    },
    /// Money came.
    Paid {
        /// Which payment.
        place: usize,
        /// How much.
        amount: i64,
        /// The provider's own number.
        reference: String,
    },
    /// A payment can be paid no more.
    PaymentClosed {
        /// Which.
        place: usize,
    },
    /// Its time to be paid is over.
    Expire,
    /// Whoever ordered, or staff, calls it off.
    Cancel,
    /// Money is to go back for some pieces.
    Refund {
        /// Which and how many; everything that is not back yet when empty.
        lines: Vec<(String, i64)>,
        /// Whether they are stock again.
        restock: bool,
        /// What is said.
        reason: Option<String>,
    },
    /// The provider said something about a refund.
    RefundAnswered {
        /// Which.
        place: usize,
        /// What; `None` when it could not be heard.
        done: Option<bool>,
    },
    /// Somebody has looked, and the provider is to be asked again, under the same number.
    AskAgain {
        /// Which refund.
        place: usize,
    },
    /// It was sent, lies ready, or was given.
    Give {
        /// A carrier and its number, a code.
        words: Option<String>,
    },
    /// Whoever bought it has it.
    Receive,
}

/// What other slices are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Told {
    /// `Order Paid`.
    Paid {
        /// How much, in fen.
        amount: i64,
    },
    /// `Order Refunded`.
    Refunded {
        /// Which refund.
        place: usize,
        /// How much, in fen.
        amount: i64,
        /// Whether everything is back.
        whole: bool,
    },
}

/// What follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The order from now on.
    pub order: Order,
    /// What the ledger is told, if anything.
    pub chain: Option<Chain>,
    /// What others are told.
    pub told: Vec<Told>,
}

/// Why an event is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// It is paid, or closed.
    #[error("this order cannot be paid any more")]
    NotUnpaid,
    /// It is not paid.
    #[error("this order is not paid")]
    NotPaid,
    /// Its time is not over.
    #[error("this order can still be paid")]
    TooEarly,
    /// There is no such payment or refund.
    #[error("there is no such payment or refund")]
    NoSuch,
    /// So many pieces are not there to go back.
    #[error("so many pieces were not bought, or are back already")]
    NotSoMany,
    /// There were too many attempts.
    #[error("there were too many attempts: make a new order")]
    TooMany,
    /// It was given already, or not yet.
    #[error("this order was handed over already, or not yet")]
    OtherHanding,
    /// Everything is back.
    #[error("everything of this order is back")]
    AllBack,
}

/// A new order: its stock is held, or is theirs at once when there is nothing to pay.
#[must_use]
pub fn place(order: Order, at: Timestamp) -> Step {
    let id = placed(&order.id);
    if order.quote.payable == 0 {
        let transfers = order.quote.lines.iter().map(|line| sold(&order, &line.variant, line.quantity)).collect();
        let order = Order { state: State::Paid, paid_at: Some(at), ..order };
        return Step { order, chain: Some(Chain { id, transfers }), told: vec![Told::Paid { amount: 0 }] };
    }
    let held = |line: &crate::model::price::QuotedLine| {
        // The order decides when it is over: it drops what it holds in the transaction that closes it.
        sold(&order, &line.variant, line.quantity).by(Op::Hold { until: None })
    };
    let transfers = order.quote.lines.iter().map(held).collect();
    Step { chain: Some(Chain { id, transfers }), told: Vec::new(), order }
}

/// What follows; `None` when nothing does, for it was heard before.
///
/// # Errors
/// [`Impossible`]; nothing is changed.
pub fn decide(order: &Order, event: Event, at: Timestamp) -> Result<Option<Step>, Impossible> {
    let order = order.clone();
    match event {
        Event::Begin { provider } => begin(order, provider, at),
        Event::Paid { place, amount, reference } => paid(order, (place, amount, reference), at),
        Event::PaymentClosed { place } => payment_closed(order, place),
        Event::Expire if order.state == State::Unpaid && at < order.expires_at => Err(Impossible::TooEarly),
        Event::Expire if order.state != State::Unpaid => Ok(None),
        Event::Cancel if order.state == State::Closed => Ok(None),
        Event::Cancel if order.state != State::Unpaid => Err(Impossible::NotUnpaid),
        Event::Expire | Event::Cancel => Ok(Some(close(order, at))),
        Event::Refund { lines, restock, reason } => ask_back(order, &lines, restock, reason, at).map(Some),
        Event::RefundAnswered { place, done } => answered(order, place, done, at),
        Event::AskAgain { place } => ask_again(order, place, at),
        Event::Give { words } => give(order, words).map(Some),
        Event::Receive => receive(order),
    }
}

fn quiet(order: Order) -> Step {
    Step { order, chain: None, told: Vec::new() }
}

fn begin(mut order: Order, provider: String, at: Timestamp) -> Result<Option<Step>, Impossible> {
    if order.state != State::Unpaid || at >= order.expires_at {
        return Err(Impossible::NotUnpaid);
    }
    let open = |payment: &Payment| payment.state == PaymentState::Open && payment.provider == provider;
    if order.payments.iter().any(open) {
        return Ok(None);
    }
    if order.payments.len() >= PAYMENTS_MAX {
        return Err(Impossible::TooMany);
    }
    let amount = order.quote.payable;
    let state = PaymentState::Open;
    order.payments.push(Payment { provider, amount, state, reference: None, begun_at: at, paid_at: None });
    Ok(Some(quiet(order)))
}

fn paid(
    mut order: Order,
    (place, amount, reference): (usize, i64, String),
    at: Timestamp,
) -> Result<Option<Step>, Impossible> {
    let payment = order.payments.get_mut(place).ok_or(Impossible::NoSuch)?;
    if payment.state == PaymentState::Paid {
        return Ok(None);
    }
    let as_asked = amount == payment.amount;
    // What came is what is counted, whatever was asked for.
    *payment =
        Payment { amount, state: PaymentState::Paid, reference: Some(reference), paid_at: Some(at), ..payment.clone() };
    let provider = payment.provider.clone();
    let mut transfers: Vec<Transfer> =
        (amount > 0).then(|| money(&order, &provider, amount, "order.paid")).into_iter().collect();
    let cause = match order.state {
        _ if !as_asked => Some(Cause::OtherAmount),
        State::Unpaid => None,
        State::Paid => Some(Cause::Twice),
        State::Closed => Some(Cause::Late),
    };
    let id = format!("{}:paid:{place}", order.id);
    let mut told = Vec::new();
    if let Some(cause) = cause {
        if amount > 0 {
            let refund = new_refund(Some(place), amount, cause, at);
            transfers.push(on_its_way(&order, &provider, amount));
            order.refunds.push(refund);
        }
    } else {
        let take = |(step, line): (usize, &crate::model::price::QuotedLine)| {
            let hold = HoldId::of(&placed(&order.id), step);
            sold(&order, &line.variant, line.quantity).by(Op::Take { hold })
        };
        transfers.extend(order.quote.lines.iter().enumerate().map(take));
        (order.state, order.paid_at) = (State::Paid, Some(at));
        told.push(Told::Paid { amount });
    }
    let chain = (!transfers.is_empty()).then_some(Chain { id, transfers });
    Ok(Some(Step { order, chain, told }))
}

fn payment_closed(mut order: Order, place: usize) -> Result<Option<Step>, Impossible> {
    let payment = order.payments.get_mut(place).ok_or(Impossible::NoSuch)?;
    if payment.state != PaymentState::Open {
        return Ok(None);
    }
    payment.state = PaymentState::Closed;
    Ok(Some(quiet(order)))
}

fn close(order: Order, at: Timestamp) -> Step {
    let drop = |(step, line): (usize, &crate::model::price::QuotedLine)| {
        let hold = HoldId::of(&placed(&order.id), step);
        sold(&order, &line.variant, line.quantity).by(Op::Drop { hold })
    };
    let transfers = order.quote.lines.iter().enumerate().map(drop).collect();
    let chain = Chain { id: format!("{}:closed", order.id), transfers };
    Step { order: Order { state: State::Closed, closed_at: Some(at), ..order }, chain: Some(chain), told: Vec::new() }
}

/// What would go back for some pieces, or for all that are left when none are named.
///
/// # Errors
/// [`Impossible`]: it is not paid, or so many are not left.
pub fn going_back(order: &Order, asked: &[(String, i64)]) -> Result<Vec<RefundLine>, Impossible> {
    if order.state != State::Paid {
        return Err(Impossible::NotPaid);
    }
    let back = order.back();
    let already = |variant: &str| back.get(variant).copied().unwrap_or(0);
    let mut lines = Vec::new();
    for line in &order.quote.lines {
        let named: Vec<i64> = asked.iter().filter(|(variant, _)| *variant == line.variant).map(|(_, n)| *n).collect();
        let left = line.quantity - already(&line.variant);
        let count = match named[..] {
            [] if asked.is_empty() => left,
            [] => 0,
            [count] if (1..=left).contains(&count) => count,
            _ => return Err(Impossible::NotSoMany),
        };
        if count == 0 {
            continue;
        }
        let paid = Parts { cash: line.payable, coupon: line.off, ..Parts::default() };
        let parts = refund::refund(paid, line.quantity, already(&line.variant), count).ok_or(Impossible::NotSoMany)?;
        lines.push(RefundLine { variant: line.variant.clone(), quantity: count, parts });
    }
    let known = |variant: &String| order.quote.lines.iter().any(|line| line.variant == *variant);
    match lines.is_empty() {
        _ if !asked.iter().all(|(variant, _)| known(variant)) => Err(Impossible::NotSoMany),
        true => Err(Impossible::AllBack),
        false => Ok(lines),
    }
}

fn ask_back(
    mut order: Order,
    asked: &[(String, i64)],
    restock: bool,
    reason: Option<String>,
    at: Timestamp,
) -> Result<Step, Impossible> {
    let lines = going_back(&order, asked)?;
    if order.refunds.len() >= REFUNDS_MAX {
        return Err(Impossible::TooMany);
    }
    let amount: i64 = lines.iter().map(|line| line.parts.cash).sum();
    // The payment that counts is the one that was neither late nor for nothing.
    let returned =
        |place: usize| order.refunds.iter().any(|refund| refund.payment == Some(place) && refund.cause != Cause::Asked);
    let counts = |(place, payment): (usize, &Payment)| {
        (payment.state == PaymentState::Paid && !returned(place)).then(|| (place, payment.provider.clone()))
    };
    let payment = order.payments.iter().enumerate().find_map(counts);
    let place = order.refunds.len();
    let chain = payment.as_ref().filter(|_| amount > 0).map(|(_, provider)| Chain {
        id: format!("{}:refund:{place}", order.id),
        transfers: vec![on_its_way(&order, provider, amount)],
    });
    let of = payment.filter(|_| amount > 0).map(|(place, _)| place);
    order.refunds.push(Refund { lines, restock, reason, ..new_refund(of, amount, Cause::Asked, at) });
    if amount == 0 {
        // Nobody has to be asked for nothing.
        let step = answered(order, place, Some(true), at)?;
        return step.ok_or(Impossible::NoSuch);
    }
    Ok(Step { order, chain, told: Vec::new() })
}

fn answered(mut order: Order, place: usize, done: Option<bool>, at: Timestamp) -> Result<Option<Step>, Impossible> {
    let refund = order.refunds.get_mut(place).ok_or(Impossible::NoSuch)?;
    if refund.state == RefundState::Done {
        return Ok(None);
    }
    refund.tries = refund.tries.saturating_add(1);
    match done {
        None => return Ok(Some(quiet(order))),
        Some(false) => {
            (refund.state, refund.settled_at) = (RefundState::Refused, Some(at));
            return Ok(Some(quiet(order)));
        }
        Some(true) => (refund.state, refund.settled_at) = (RefundState::Done, Some(at)),
    }
    let refund = refund.clone();
    let mut transfers = Vec::new();
    if let Some(payment) = refund.payment.and_then(|place| order.payments.get(place)) {
        let hold = held_money(&order, place, &refund);
        let transfer = money(&order, &payment.provider, refund.amount, "order.refunded");
        let (from, to) = (transfer.to.clone(), transfer.from.clone());
        transfers.push(Transfer { from, to, ..transfer }.by(Op::Take { hold }));
    }
    if refund.restock {
        transfers.extend(refund.lines.iter().map(|line| {
            let transfer = sold(&order, &line.variant, line.quantity);
            Transfer { from: transfer.to, to: transfer.from, code: "order.restocked".to_owned(), ..transfer }
        }));
    }
    let id = format!("{}:refunded:{place}", order.id);
    let chain = (!transfers.is_empty()).then_some(Chain { id, transfers });
    let told = match refund.cause {
        Cause::Asked => vec![Told::Refunded { place, amount: refund.amount, whole: order.is_all_back() }],
        // Nobody was told that it came.
        Cause::Late | Cause::Twice | Cause::OtherAmount => Vec::new(),
    };
    Ok(Some(Step { order, chain, told }))
}

fn ask_again(mut order: Order, place: usize, at: Timestamp) -> Result<Option<Step>, Impossible> {
    let refund = order.refunds.get_mut(place).ok_or(Impossible::NoSuch)?;
    if refund.state != RefundState::Refused {
        return Ok(None);
    }
    (refund.state, refund.asked_at, refund.settled_at, refund.tries) = (RefundState::Asked, at, None, 0);
    Ok(Some(quiet(order)))
}

fn give(mut order: Order, words: Option<String>) -> Result<Step, Impossible> {
    if order.state != State::Paid {
        return Err(Impossible::NotPaid);
    }
    if order.is_all_back() {
        return Err(Impossible::AllBack);
    }
    if order.handing == Handing::Received {
        return Err(Impossible::OtherHanding);
    }
    // Given again, it is put right: another carrier, another number.
    (order.handing, order.given) = (Handing::Given, words);
    Ok(quiet(order))
}

fn receive(mut order: Order) -> Result<Option<Step>, Impossible> {
    match order.handing {
        Handing::Waiting => Err(Impossible::OtherHanding),
        Handing::Received => Ok(None),
        Handing::Given => {
            order.handing = Handing::Received;
            Ok(Some(quiet(order)))
        }
    }
}

fn new_refund(payment: Option<usize>, amount: i64, cause: Cause, at: Timestamp) -> Refund {
    Refund {
        payment,
        amount,
        lines: Vec::new(),
        restock: false,
        cause,
        reason: None,
        state: RefundState::Asked,
        asked_at: at,
        settled_at: None,
        tries: 0,
    }
}

/// The id of the chain an order is placed by.
fn placed(order: &str) -> String {
    format!("{order}:placed")
}

/// Where the brand's pieces of a variant are.
#[must_use]
pub fn shelf() -> (Owner, Kind) {
    (Owner::brand(), Kind::Own)
}

fn reference(order: &Order) -> String {
    format!("order:{}", order.id)
}

/// Pieces go from the shelf to the order.
fn sold(order: &Order, variant: &str, quantity: i64) -> Transfer {
    let to = (Owner::order(&order.id), Kind::Own);
    Transfer::now(Unit::Sku(variant.to_owned()), shelf(), to, quantity, "order.sold", &reference(order))
}

/// Money comes from a provider to the order.
fn money(order: &Order, provider: &str, amount: i64, code: &str) -> Transfer {
    let from = (Owner::of("payments", provider), Kind::External);
    Transfer::now(Unit::Fen, from, (Owner::order(&order.id), Kind::Own), amount, code, &reference(order))
}

/// Money of the order is set aside until the provider says that it went back: it cannot go back twice.
fn on_its_way(order: &Order, provider: &str, amount: i64) -> Transfer {
    let transfer = money(order, provider, amount, "order.refund");
    Transfer { from: transfer.to.clone(), to: transfer.from.clone(), ..transfer }.by(Op::Hold { until: None })
}

/// The hold a refund is set aside by: in a chain of its own, or second in the one its money came by.
fn held_money(order: &Order, place: usize, refund: &Refund) -> HoldId {
    match (refund.cause, refund.payment) {
        (Cause::Late | Cause::Twice | Cause::OtherAmount, Some(payment)) => {
            HoldId::of(&format!("{}:paid:{payment}", order.id), 1)
        }
        _ => HoldId::of(&format!("{}:refund:{place}", order.id), 0),
    }
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
