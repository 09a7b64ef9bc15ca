//! What orders need by themselves: callbacks that never came are asked for, stock nobody pays for is freed, refunds are seen through.

use std::time::Duration;

use kernel::WorkspaceId;

use super::{Trouble, pay::AskBack};
use crate::{
    Slice,
    model::order::Order,
    rules::{
        errands::{Errand, errands},
        order::Event,
    },
    store,
};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Orders looked after in one go.
const LOOK_MAX: u32 = 200;

impl Slice {
    /// Looks until the future is dropped.
    pub(crate) async fn keep(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "orders could not be looked after");
            }
        }
    }

    /// Does what is to be done by now; how many orders needed something.
    pub(crate) async fn look(&self) -> Result<usize, Trouble> {
        let now = self.clock.now();
        let waiting = store::orders::orders_to_look_at(self.records.reads(), now, LOOK_MAX).await?;
        for (workspace, order) in &waiting {
            for errand in errands(order, now) {
                if let Err(error) = self.run(*workspace, order, &errand).await {
                    // Another order may fare better, and this one is looked at again.
                    tracing::warn!(%error, %workspace, order = order.id, "a payment could not be looked after");
                }
            }
        }
        Ok(waiting.len())
    }

    async fn run(&self, workspace: WorkspaceId, order: &Order, errand: &Errand) -> Result<(), Trouble> {
        match errand {
            Errand::ClosePayment { place } => self.close_payment(workspace, order, *place).await,
            Errand::Expire => {
                self.happens(workspace, &order.id, Event::Expire).await?;
                Ok(())
            }
            Errand::AskRefund { place } => {
                let done = self.ask_provider(workspace, order, *place).await;
                let event = Event::RefundAnswered { place: *place, done: done.as_ref().ok().copied() };
                self.happens(workspace, &order.id, event).await?;
                done.map(drop)
            }
        }
    }

    async fn ask_provider(&self, workspace: WorkspaceId, order: &Order, place: usize) -> Result<bool, Trouble> {
        let refund = &order.refunds[place];
        let Some(paid) = refund.payment else { return Ok(true) };
        let (number, payment) = (order.refund_number(place), order.payment_number(paid));
        let of = order.payments[paid].amount;
        let ask = AskBack { workspace, number: &number, payment: &payment, amount: refund.amount, of };
        Ok(self.provider()?.ask_back(&ask).await?)
    }
}
