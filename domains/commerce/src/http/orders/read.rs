//! `GET /api/v1/shop/orders/{order}`

use axum::extract::State;
use web::{CanReadShop, Json, Path, Permission, Problem};

use super::view::OrderView;
use crate::Slice;

/// An order
///
/// With its price as a ladder, its payments and refunds. The phone number is whole for those who may see phone numbers.
#[utoipa::path(
    get, path = "/api/v1/shop/orders/{order}", tag = "commerce", operation_id = "commerce.order.read",
    params(("order" = String, Path)),
    responses((status = 200, body = OrderView), (status = 404, description = "No such order")),
    extensions(("x-permission" = json!("read_shop"))),
)]
pub(in super::super) async fn read(
    caller: CanReadShop,
    State(slice): State<Slice>,
    Path(order): Path<String>,
) -> Result<Json<OrderView>, Problem> {
    let in_full = caller.permissions.contains(Permission::RevealPersonal);
    Ok(Json(OrderView::of(&slice.order(caller.workspace, &order).await?, in_full)))
}
