//! `GET /api/v1/shop/products/{product}`

use axum::extract::State;
use web::{CanReadShop, Json, Path, Problem};

use super::ProductView;
use crate::Slice;

/// A product
#[utoipa::path(
    get, path = "/api/v1/shop/products/{product}", tag = "commerce", operation_id = "commerce.product.read",
    params(("product" = String, Path)),
    responses((status = 200, body = ProductView), (status = 404, description = "No such product")),
    extensions(("x-permission" = json!("read_shop"))),
)]
pub(in super::super) async fn read(
    caller: CanReadShop,
    State(slice): State<Slice>,
    Path(product): Path<String>,
) -> Result<Json<ProductView>, Problem> {
    let product = slice.product(caller.workspace, &product).await?;
    Ok(Json(slice.shown_one(caller.workspace, product).await?))
}
