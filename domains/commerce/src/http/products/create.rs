//! `POST /api/v1/shop/products`

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Asked, CanManageShop, Origin, Problem};

use super::{Draft, wrong};
use crate::{
    Slice,
    http::refused,
    ops::{Command, Outcome, draft},
};

/// What was made.
#[derive(Serialize, ToSchema)]
#[schema(as = ProductMade)]
pub(in super::super) struct Made {
    /// The product's id.
    id: String,
}

/// Make a product
///
/// It has no stock at first.
#[utoipa::path(
    post, path = "/api/v1/shop/products", tag = "commerce", operation_id = "commerce.product.create",
    request_body = Draft,
    responses((status = 201, body = Made), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("manage_shop")), ("x-once" = json!(true))),
)]
pub(in super::super) async fn create(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body, once }: Asked<Draft>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    if let Some(answer) = once.replay(slice.records.reads(), &caller.0, now).await? {
        return Ok(answer);
    }
    let product = draft::product(body.into(), None, now, &*slice.entropy).map_err(wrong)?;
    let (answer, sticky) = once.answer(&caller.0, StatusCode::CREATED, &Made { id: product.id.clone() })?;
    let command = Command::Product { product: Box::new(product), seen: None };
    match slice.submit(&caller, &origin, command, sticky).await? {
        Outcome::Done => Ok(answer),
        Outcome::Again => once.again(slice.records.reads(), &caller.0, now).await,
        other => Err(refused(&other)),
    }
}
