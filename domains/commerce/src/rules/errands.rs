//! What an order needs done at a provider by itself: nobody waits for a callback that may never come.

use kernel::Timestamp;

use crate::model::order::{Order, Payment, PaymentState, Refund, RefundState, State};

/// How long stock is held beyond the time to pay while the provider cannot say whether a payment was made.
const GRACE_SECS: i64 = 10 * 60;
/// The first wait before a provider is asked again about a refund; it doubles up to the longest.
const WAIT_SECS: i64 = 10;
const WAIT_SECS_MAX: i64 = 3600;

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// The provider is to take no more money for it, and to say if it did.
    ClosePayment {
        /// Which payment.
        place: usize,
    },
    /// The order's time is over.
    Expire,
    /// The provider is asked for a refund, for the first time or once more.
    AskRefund {
        /// Which refund.
        place: usize,
    },
}

/// What is to be done now.
#[must_use]
pub fn errands(order: &Order, at: Timestamp) -> Vec<Errand> {
    due(order).into_iter().filter(|(from, _)| *from <= at).map(|(_, errand)| errand).collect()
}

/// When there is something to be done next.
#[must_use]
pub fn look_at(order: &Order) -> Option<Timestamp> {
    due(order).into_iter().map(|(from, _)| from).min()
}

fn due(order: &Order) -> Vec<(Timestamp, Errand)> {
    let ended = order.paid_at.or(order.closed_at).unwrap_or(order.expires_at);
    let is_open = |payment: &Payment| payment.state == PaymentState::Open;
    let open = order.payments.iter().enumerate().filter(|(_, payment)| is_open(payment));
    let mut due: Vec<(Timestamp, Errand)> = open.map(|(place, _)| (ended, Errand::ClosePayment { place })).collect();
    if order.state == State::Unpaid {
        let grace = if due.is_empty() { 0 } else { GRACE_SECS };
        due.push((order.expires_at.plus_secs(grace), Errand::Expire));
    }
    let refunds = order.refunds.iter().enumerate().filter(|(_, refund)| refund.state == RefundState::Asked);
    due.extend(refunds.map(|(place, refund)| (next_try(refund), Errand::AskRefund { place })));
    due
}

fn next_try(refund: &Refund) -> Timestamp {
    // 10 s, 30 s, 70 s … after it was decided: the sum of waits that double.
    let waited = |tries: u32| (0..tries.min(64)).map(|at| (WAIT_SECS << at.min(9)).min(WAIT_SECS_MAX)).sum::<i64>();
    refund.asked_at.plus_secs(waited(refund.tries))
}
