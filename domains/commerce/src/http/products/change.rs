//! `PUT /api/v1/shop/products/{product}`

use axum::extract::State;
use kernel::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageShop, Json, Origin, Path, Problem};

use super::{Draft, ProductView, wrong};
use crate::{
    Slice,
    http::refused,
    ops::{Command, Outcome, draft},
};

/// A product as it is to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = ProductChange)]
pub(in super::super) struct Change {
    #[serde(flatten)]
    draft: Draft,
    /// The `changed_at` of what was seen.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

/// Change a product
///
/// As a whole: variants that are left out are for sale no more.
#[utoipa::path(
    put, path = "/api/v1/shop/products/{product}", tag = "commerce", operation_id = "commerce.product.update",
    params(("product" = String, Path)),
    request_body = Change,
    responses(
        (status = 200, body = ProductView),
        (status = 404, description = "No such product"),
        (status = 409, description = "It has changed since it was read"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_shop"))),
)]
pub(in super::super) async fn change(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Json(Change { draft, changed_at }): Json<Change>,
) -> Result<Json<ProductView>, Problem> {
    let before = slice.product(caller.workspace, &id).await?;
    let product = draft::product(draft.into(), Some(&before), slice.clock.now(), &*slice.entropy).map_err(wrong)?;
    let command = Command::Product { product: Box::new(product), seen: Some(changed_at) };
    match slice.submit(&caller, &origin, command, None).await? {
        Outcome::Done => {
            let product = slice.product(caller.workspace, &id).await?;
            Ok(Json(slice.shown_one(caller.workspace, product).await?))
        }
        other => Err(refused(&other)),
    }
}
