//! What customers ask, at the brand's own pages.

pub(super) mod orders;
pub(super) mod pay;
pub(super) mod place;
pub(super) mod product;
pub(super) mod quote;

use kernel::ErrorCode;
use web::{Fan, Problem};

use crate::{
    Slice,
    model::{order::Order, price::Buyer},
};

/// A customer who orders at the brand's pages. Levels and stores are not theirs to choose.
fn buyer() -> Buyer {
    Buyer { channel: Some("h5".to_owned()), ..Buyer::default() }
}

impl Slice {
    /// An order of this customer; somebody else's is not there.
    async fn own_order(&self, fan: &Fan, id: &str) -> Result<Order, Problem> {
        let order = self.order(fan.workspace, id).await?;
        if order.subject == fan.subject { Ok(order) } else { Err(ErrorCode::NotFound.into()) }
    }
}
