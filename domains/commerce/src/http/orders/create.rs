//! `POST /api/v1/shop/orders`

use axum::{extract::State, http::StatusCode, response::Response};
use facts::{NamedId, namespace_key};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Asked, CanManageShop, Origin, Problem};

use super::draft::{Draft, Placed};
use crate::{
    Slice,
    http::refused,
    model::price::Buyer,
    ops::{Command, Outcome, draft::text},
};

/// An order for a customer.
#[derive(Deserialize, ToSchema)]
#[schema(as = OrderForCustomer)]
pub(in super::super) struct ForCustomer {
    #[serde(flatten)]
    draft: Draft,
    /// Namespace of the customer's id, such as `user`.
    namespace: String,
    /// The customer's id there.
    customer: String,
    #[serde(default)]
    buyer: Buyer,
}

/// Order for a customer
///
/// As the customer would: its stock is held until it is paid or its time is over.
#[utoipa::path(
    post, path = "/api/v1/shop/orders", tag = "commerce", operation_id = "commerce.order.create",
    request_body = ForCustomer,
    responses(
        (status = 201, body = Placed),
        (status = 409, description = "The price is another, or there are not so many pieces"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_shop")), ("x-once" = json!(true))),
)]
pub(in super::super) async fn create(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body, once }: Asked<ForCustomer>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    if let Some(answer) = once.replay(slice.records.reads(), &caller.0, now).await? {
        return Ok(answer);
    }
    let namespace = text("namespace", &body.namespace, 1).map_err(crate::http::products::wrong)?;
    let customer = text("customer", &body.customer, 1).map_err(crate::http::products::wrong)?;
    let subject = NamedId::new(namespace_key(&namespace).into_owned(), customer);
    let order = slice.drafted(caller.workspace, (subject, body.buyer), body.draft).await?;
    let (answer, sticky) = once.answer(&caller.0, StatusCode::CREATED, &Placed::of(&order))?;
    match slice.submit(&caller, &origin, Command::Place(Box::new(order)), sticky).await? {
        Outcome::Order(_) => Ok(answer),
        Outcome::Again => once.again(slice.records.reads(), &caller.0, now).await,
        other => Err(refused(&other)),
    }
}
