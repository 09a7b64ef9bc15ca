//! `POST /api/v1/shop/quotes`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{CanReadShop, Json, Problem};

use super::unpriced;
use crate::{
    Slice,
    model::price::{Buyer, Quote, Wanted},
    ops::place::priced,
};

/// What is asked about.
#[derive(Deserialize, ToSchema)]
#[schema(as = QuoteAsked)]
pub(super) struct Ask {
    lines: Vec<Wanted>,
    #[serde(default)]
    buyer: Buyer,
}

/// See what somebody would pay
///
/// Nothing is held and nothing is kept.
#[utoipa::path(
    post, path = "/api/v1/shop/quotes", tag = "commerce", operation_id = "commerce.quote.preview",
    request_body = Ask,
    responses((status = 200, body = Quote), (status = 422, description = "There is no price for this")),
    extensions(("x-permission" = json!("read_shop"))),
)]
pub(super) async fn quote(
    caller: CanReadShop,
    State(slice): State<Slice>,
    Json(Ask { lines, buyer }): Json<Ask>,
) -> Result<Json<Quote>, Problem> {
    let quote = priced(slice.records.reads(), caller.workspace, (&lines, &buyer), slice.clock.now()).await;
    Ok(Json(quote.map_err(Problem::unavailable)?.map_err(|no_price| unpriced(&no_price))?))
}
