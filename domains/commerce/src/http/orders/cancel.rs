//! `POST /api/v1/shop/orders/{order}/cancel`

use axum::extract::State;
use kernel::WorkspaceId;
use web::{CanManageShop, Json, Origin, Path, Problem};

use super::view::OrderView;
use crate::{
    Slice,
    http::refused,
    model::order::{Order, PaymentState},
    ops::{Command, Outcome},
    rules::order::Event,
};

/// Call an order off
///
/// Its payment is closed first; an order that turns out to be paid is not called off, but can be refunded.
#[utoipa::path(
    post, path = "/api/v1/shop/orders/{order}/cancel", tag = "commerce", operation_id = "commerce.order.cancel",
    params(("order" = String, Path)),
    responses(
        (status = 200, body = OrderView),
        (status = 404, description = "No such order"),
        (status = 409, description = "It is paid"),
    ),
    extensions(("x-permission" = json!("manage_shop"))),
)]
pub(in super::super) async fn cancel(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path(order): Path<String>,
) -> Result<Json<OrderView>, Problem> {
    let order = slice.order(caller.workspace, &order).await?;
    let cancelled = slice.cancel(caller.workspace, origin.by(&caller), &order).await?;
    Ok(Json(OrderView::of(&cancelled, false)))
}

impl Slice {
    /// Calls an order off, once no provider takes money for it any more.
    pub(in super::super) async fn cancel(
        &self,
        workspace: WorkspaceId,
        by: db::audit::By,
        order: &Order,
    ) -> Result<Order, Problem> {
        for (place, payment) in order.payments.iter().enumerate() {
            if payment.state == PaymentState::Open {
                self.close_payment(workspace, order, place).await?;
            }
        }
        let command = Command::Happen { order: order.id.clone(), event: Event::Cancel };
        match self.ask(workspace, by, command, None).await.map_err(Problem::unavailable)? {
            Outcome::Order(order) => Ok(*order),
            other => Err(refused(&other)),
        }
    }
}
