//! `POST /api/v1/fan/{workspace}/quotes`

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Fan, Json, Problem};

use crate::{
    Slice,
    http::unpriced,
    model::price::{Quote, Wanted},
    ops::place::priced,
};

/// What a customer asks about.
#[derive(Deserialize, ToSchema)]
#[schema(as = FanQuoteAsked)]
pub(in super::super) struct Ask {
    lines: Vec<Wanted>,
}

/// See what is to be paid
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/quotes", tag = "commerce", operation_id = "commerce.fan_quote.preview",
    params(("workspace" = u32, Path)),
    request_body = Ask,
    responses((status = 200, body = Quote), (status = 422, description = "There is no price for this")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in super::super) async fn quote(
    fan: Fan,
    State(slice): State<Slice>,
    Json(Ask { lines }): Json<Ask>,
) -> Result<Json<Quote>, Problem> {
    let quote = priced(slice.records.reads(), fan.workspace, (&lines, &super::buyer()), slice.clock.now()).await;
    Ok(Json(quote.map_err(Problem::unavailable)?.map_err(|no_price| unpriced(&no_price))?))
}
