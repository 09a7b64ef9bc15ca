//! `POST /api/v1/shop/orders/{order}/give` and `…/receive`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanManageShop, Json, Origin, Path, Problem};

use super::view::OrderView;
use crate::{
    Slice,
    http::refused,
    ops::{Command, Outcome},
    rules::order::Event,
};

/// Longest words, in characters.
const WORDS_CHARS_MAX: usize = 300;

/// How it was handed over.
#[derive(Deserialize, ToSchema)]
#[schema(as = OrderGiven, example = json!({"words": "顺丰 SF1234567890"}))]
pub(in super::super) struct Given {
    /// The carrier and its number, the code to fetch it by, or the code itself; the customer reads it.
    words: Option<String>,
}

/// Say that it was sent, lies ready or was given
///
/// Once more puts the words right.
#[utoipa::path(
    post, path = "/api/v1/shop/orders/{order}/give", tag = "commerce", operation_id = "commerce.order.give",
    params(("order" = String, Path)),
    request_body = Given,
    responses(
        (status = 200, body = OrderView),
        (status = 404, description = "No such order"),
        (status = 409, description = "It is not paid, all back, or received"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_shop"))),
)]
pub(in super::super) async fn give(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path(order): Path<String>,
    Json(Given { words }): Json<Given>,
) -> Result<Json<OrderView>, Problem> {
    let words = words.map(|words| words.trim().to_owned()).filter(|words| !words.is_empty());
    if words.as_ref().is_some_and(|words| words.chars().count() > WORDS_CHARS_MAX || words.contains('\0')) {
        return Err(Problem::invalid("words", format!("at most {WORDS_CHARS_MAX} characters")));
    }
    let command = Command::Happen { order, event: Event::Give { words } };
    match slice.submit(&caller, &origin, command, None).await? {
        Outcome::Order(order) => Ok(Json(OrderView::of(&order, false))),
        other => Err(refused(&other)),
    }
}

/// Say that they have it
#[utoipa::path(
    post, path = "/api/v1/shop/orders/{order}/receive", tag = "commerce", operation_id = "commerce.order.receive",
    params(("order" = String, Path)),
    responses(
        (status = 200, body = OrderView),
        (status = 404, description = "No such order"),
        (status = 409, description = "It was not handed over"),
    ),
    extensions(("x-permission" = json!("manage_shop"))),
)]
pub(in super::super) async fn receive(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path(order): Path<String>,
) -> Result<Json<OrderView>, Problem> {
    let command = Command::Happen { order, event: Event::Receive };
    match slice.submit(&caller, &origin, command, None).await? {
        Outcome::Order(order) => Ok(Json(OrderView::of(&order, false))),
        other => Err(refused(&other)),
    }
}
