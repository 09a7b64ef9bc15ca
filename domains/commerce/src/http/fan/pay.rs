//! `POST /api/v1/fan/{workspace}/orders/{order}/pay`

use axum::extract::State;
use web::{Fan, Json, Path, Problem};

use crate::{Slice, http::refused, ops::pay::Begun};

/// Pay an order
///
/// Asked again it is the same payment. What comes back is what the provider's page needs.
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/orders/{order}/pay", tag = "commerce", operation_id = "commerce.fan_order.pay",
    params(("workspace" = u32, Path), ("order" = String, Path)),
    responses(
        (status = 200, body = Begun),
        (status = 404, description = "No such order of theirs"),
        (status = 409, description = "It cannot be paid any more, or nothing can be paid here"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in super::super) async fn pay(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, order)): Path<(u32, String)>,
) -> Result<Json<Begun>, Problem> {
    let order = slice.own_order(&fan, &order).await?;
    slice.begin_payment(fan.workspace, &order.id).await?.map(Json).map_err(|outcome| refused(&outcome))
}
