//! `POST /api/v1/fan/{workspace}/orders`

use axum::{extract::State, http::StatusCode, response::Response};
use web::{Asked, Fan, Origin, Problem};

use crate::{
    Slice,
    http::{
        orders::draft::{Draft, Placed},
        refused,
    },
    ops::{Command, Outcome},
};

/// Order
///
/// Its stock is held for half an hour, in which it is to be paid. Send it under an `Idempotency-Key`: then it is placed once.
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/orders", tag = "commerce", operation_id = "commerce.fan_order.create",
    params(("workspace" = u32, Path)),
    request_body = Draft,
    responses(
        (status = 201, body = Placed),
        (status = 409, description = "The price is another, or there are not so many pieces"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("fan")), ("x-once" = json!(true))),
)]
pub(in super::super) async fn place(
    fan: Fan,
    State(slice): State<Slice>,
    origin: Origin,
    Asked { body, once }: Asked<Draft>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    if let Some(answer) = once.replay(slice.records.reads(), &fan, now).await? {
        return Ok(answer);
    }
    let order = slice.drafted(fan.workspace, (fan.subject.clone(), super::buyer()), body).await?;
    let (answer, sticky) = once.answer(&fan, StatusCode::CREATED, &Placed::of(&order))?;
    let command = Command::Place(Box::new(order));
    match slice.ask(fan.workspace, origin.named("fan"), command, sticky).await.map_err(Problem::unavailable)? {
        Outcome::Order(_) => Ok(answer),
        Outcome::Again => once.again(slice.records.reads(), &fan, now).await,
        other => Err(refused(&other)),
    }
}
