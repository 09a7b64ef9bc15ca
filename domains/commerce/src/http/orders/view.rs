//! How an order is told.

use kernel::{CampaignId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    model::{
        order::{Address, Cause, Handing, Order, PaymentState, RefundLine, RefundState, State},
        price::{Buyer, Quote},
        product::Delivery,
    },
    store::orders::refund_word,
};

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(in super::super) struct OrderView {
    pub(super) id: String,
    /// Whose: namespace and id.
    pub(super) customer: Customer,
    pub(super) state: State,
    /// How its price was come to when it was placed.
    pub(super) quote: Quote,
    buyer: Buyer,
    pub(super) delivery: Delivery,
    pub(super) handing: Handing,
    /// What was said when it was handed over: a carrier and its number, a code.
    given: Option<String>,
    pub(super) address: Option<Address>,
    note: Option<String>,
    #[schema(value_type = Option<String>)]
    pub(super) campaign: Option<CampaignId>,
    payments: Vec<PaymentView>,
    refunds: Vec<RefundView>,
    /// What went back for goods or is on its way, in fen.
    pub(super) refunded: i64,
    /// What its refunds need most: `none`, `asked`, `refused` or `done`.
    pub(super) refund_state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
    /// It can be paid until then.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) paid_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
}

/// Whose an order is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderCustomer)]
pub(in super::super) struct Customer {
    pub(super) namespace: String,
    pub(super) value: String,
}

/// One attempt to pay.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderPayment)]
struct PaymentView {
    /// The number the provider knows it by.
    number: String,
    provider: String,
    /// In fen.
    amount: i64,
    state: PaymentState,
    /// The provider's own number.
    reference: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    begun_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Timestamp>,
}

/// Money on its way back.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderRefund)]
struct RefundView {
    /// Its place in the order, from 0.
    place: usize,
    /// The number the provider knows it by.
    number: String,
    /// In fen.
    amount: i64,
    lines: Vec<RefundLine>,
    /// Whether the pieces are stock again.
    restock: bool,
    cause: Cause,
    reason: Option<String>,
    state: RefundState,
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Timestamp>,
}

impl OrderView {
    /// The order, with the phone number as somebody may see it.
    pub(in super::super) fn of(order: &Order, in_full: bool) -> Self {
        let mask = |address: &Address| {
            let phone = if in_full { address.phone.clone() } else { masked(&address.phone) };
            Address { phone, ..address.clone() }
        };
        let payment = |(place, payment): (usize, &crate::model::order::Payment)| PaymentView {
            number: order.payment_number(place),
            provider: payment.provider.clone(),
            amount: payment.amount,
            state: payment.state,
            reference: payment.reference.clone(),
            begun_at: payment.begun_at,
            paid_at: payment.paid_at,
        };
        let refund = |(place, refund): (usize, &crate::model::order::Refund)| RefundView {
            place,
            number: order.refund_number(place),
            amount: refund.amount,
            lines: refund.lines.clone(),
            restock: refund.restock,
            cause: refund.cause,
            reason: refund.reason.clone(),
            state: refund.state,
            asked_at: refund.asked_at,
            settled_at: refund.settled_at,
        };
        Self {
            id: order.id.clone(),
            customer: Customer { namespace: order.subject.namespace.clone(), value: order.subject.value.clone() },
            state: order.state,
            quote: order.quote.clone(),
            buyer: order.buyer.clone(),
            delivery: order.delivery,
            handing: order.handing,
            given: order.given.clone(),
            address: order.address.as_ref().map(mask),
            note: order.note.clone(),
            campaign: order.campaign.clone(),
            payments: order.payments.iter().enumerate().map(payment).collect(),
            refunds: order.refunds.iter().enumerate().map(refund).collect(),
            refunded: order.refunded(),
            refund_state: refund_word(order),
            created_at: order.created_at,
            expires_at: order.expires_at,
            paid_at: order.paid_at,
            closed_at: order.closed_at,
        }
    }
}

/// The first three and the last four characters of a phone number.
fn masked(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    if digits.len() < 8 {
        return "****".to_owned();
    }
    let (head, tail) = (&digits[..3], &digits[digits.len() - 4..]);
    head.iter().chain(&['*'; 4]).chain(tail).collect()
}
