//! Money comes and goes through a provider, which may not answer, answer twice, or answer late.

use async_trait::async_trait;
use db::WriteError;
use kernel::WorkspaceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Outcome, Trouble};
use crate::{
    Slice,
    model::order::{Order, PaymentState},
    rules::order::Event,
};

/// Why a provider's answer is not known.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// It could not be heard: what became of it is asked again.
    #[error("the payment provider cannot be reached at the moment")]
    Unheard(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No provider is set up.
    #[error("no payment provider is set up")]
    Off,
}

/// A payment to begin.
#[derive(Clone, Debug)]
pub struct Begin<'a> {
    /// The brand.
    pub workspace: WorkspaceId,
    /// Our number of it.
    pub number: &'a str,
    /// How much, in fen.
    pub amount: i64,
    /// What for, for whoever pays.
    pub title: &'a str,
}

/// What a provider knows of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing came, and nothing will.
    Closed,
    /// Money came.
    Paid {
        /// How much, in fen.
        amount: i64,
        /// Its own number.
        reference: String,
    },
}

/// A refund to ask for. The same number always asks for the same.
#[derive(Clone, Debug)]
pub struct AskBack<'a> {
    /// The brand.
    pub workspace: WorkspaceId,
    /// Our number of the refund.
    pub number: &'a str,
    /// Our number of the payment.
    pub payment: &'a str,
    /// How much, in fen.
    pub amount: i64,
    /// How much came, in fen.
    pub of: i64,
}

/// A callback, read and believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PaymentCallback)]
pub struct Callback {
    /// The brand.
    pub workspace: u32,
    /// Our number of the payment.
    pub number: String,
    /// How much came, in fen.
    pub amount: i64,
    /// Its own number.
    pub reference: String,
}

/// What the page that pays needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "provider", rename_all = "snake_case")]
#[schema(as = PaymentBegun)]
pub enum Begun {
    /// Nobody pays in earnest: the page sends this back as the provider would.
    Sandbox {
        /// What the provider would say.
        callback: Callback,
        /// Its signature, for the header `payment-signature`.
        signature: String,
    },
}

/// A payment provider.
#[async_trait]
pub trait Payments: Send + Sync {
    /// Its name, as orders keep it.
    fn name(&self) -> &'static str;

    /// Begins a payment, or goes on with the one of this number.
    ///
    /// # Errors
    /// [`PaymentError`]; asked again under the same number, it is the same payment.
    async fn begin(&self, payment: &Begin<'_>) -> Result<Begun, PaymentError>;

    /// Takes no more money for a payment, and says whether it came before.
    ///
    /// # Errors
    /// [`PaymentError`]: nobody knows.
    async fn close(&self, workspace: WorkspaceId, number: &str) -> Result<Known, PaymentError>;

    /// Asks for money to go back; whether it did, or never will.
    ///
    /// # Errors
    /// [`PaymentError`]: nobody knows, or it takes time.
    async fn ask_back(&self, refund: &AskBack<'_>) -> Result<bool, PaymentError>;

    /// A callback, if it is really from there.
    fn believe(&self, body: &[u8], signature: &str) -> Option<Callback>;
}

impl Slice {
    /// The provider orders are paid by.
    pub(crate) fn provider(&self) -> Result<&dyn Payments, PaymentError> {
        self.payments.as_deref().ok_or(PaymentError::Off)
    }

    /// Begins to pay an order: the payment is known to us before the provider hears of it.
    pub(crate) async fn begin_payment(
        &self,
        workspace: WorkspaceId,
        order: &str,
    ) -> Result<Result<Begun, Outcome>, Trouble> {
        let provider = self.provider()?;
        let event = Event::Begin { provider: provider.name().to_owned() };
        let order = match self.happens(workspace, order, event).await? {
            Outcome::Order(order) => order,
            other => return Ok(Err(other)),
        };
        let open = order
            .payments
            .iter()
            .position(|payment| payment.state == PaymentState::Open && payment.provider == provider.name());
        let Some(place) = open else { return Ok(Err(Outcome::Missing)) };
        let number = order.payment_number(place);
        let title = order.quote.lines.first().map_or("", |line| line.name.as_str());
        let begin = Begin { workspace, number: &number, amount: order.payments[place].amount, title };
        Ok(Ok(provider.begin(&begin).await?))
    }

    /// Hears of money. Nothing of it is lost: what is not for an order goes back.
    pub(crate) async fn hear(&self, callback: &Callback) -> Result<Outcome, WriteError> {
        let Some((order, place)) = Order::of_payment(&callback.number) else { return Ok(Outcome::Missing) };
        let event = Event::Paid { place, amount: callback.amount, reference: callback.reference.clone() };
        self.happens(WorkspaceId(callback.workspace), order, event).await
    }

    /// Takes no more money for a payment, and books what came before; whether the provider could be heard.
    pub(crate) async fn close_payment(
        &self,
        workspace: WorkspaceId,
        order: &Order,
        place: usize,
    ) -> Result<(), Trouble> {
        let event = match self.provider()?.close(workspace, &order.payment_number(place)).await? {
            Known::Closed => Event::PaymentClosed { place },
            Known::Paid { amount, reference } => Event::Paid { place, amount, reference },
        };
        self.happens(workspace, &order.id, event).await?;
        Ok(())
    }
}
