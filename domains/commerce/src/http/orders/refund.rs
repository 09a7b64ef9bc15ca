//! `POST /api/v1/shop/orders/{order}/refunds`, its preview, and asking a provider again

use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Asked, CanManageShop, Json, Origin, Path, Problem};

use super::view::OrderView;
use crate::{
    Slice,
    http::refused,
    model::{
        order::{Order, RefundLine},
        price::Wanted,
    },
    ops::{Command, Outcome},
    rules::{
        order::{Event, going_back},
        refund::Parts,
    },
};

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 200;

/// What is to go back.
#[derive(Deserialize, ToSchema)]
#[schema(as = RefundDraft, example = json!({"lines": [{"variant": "v4k2m9x7qa", "quantity": 1}], "restock": true, "reason": "尺码不合"}))]
pub(in super::super) struct Draft {
    /// Which pieces; everything that is not back yet when empty.
    #[serde(default)]
    lines: Vec<Wanted>,
    /// Whether they are stock again.
    #[serde(default)]
    restock: bool,
    reason: Option<String>,
    /// What the preview said, in fen: when it is another by now, nothing goes back.
    cash: Option<i64>,
}

/// What would go back.
#[derive(Serialize, ToSchema)]
#[schema(as = RefundPreview)]
pub(in super::super) struct Preview {
    /// By line, to the fen.
    lines: Vec<RefundLine>,
    /// All of it.
    total: Parts,
    /// Whether nothing is left of the order then.
    whole: bool,
}

fn asked(lines: &[Wanted]) -> Vec<(String, i64)> {
    lines.iter().map(|line| (line.variant.clone(), line.quantity)).collect()
}

fn previewed(order: &Order, draft: &Draft) -> Result<Preview, Problem> {
    let lines = going_back(order, &asked(&draft.lines)).map_err(|error| refused(&Outcome::Impossible(error)))?;
    let total = lines.iter().try_fold(Parts::default(), |sum, line| sum.plus(line.parts));
    let total = total.ok_or_else(|| Problem::internal("a refund beyond all numbers"))?;
    let going: i64 = lines.iter().map(|line| line.quantity).sum();
    let back: i64 = order.back().values().sum();
    let bought: i64 = order.quote.lines.iter().map(|line| line.quantity).sum();
    Ok(Preview { lines, total, whole: going + back == bought })
}

/// See what would go back
#[utoipa::path(
    post, path = "/api/v1/shop/orders/{order}/refunds/preview", tag = "commerce", operation_id = "commerce.refund.preview",
    params(("order" = String, Path)),
    request_body = Draft,
    responses(
        (status = 200, body = Preview),
        (status = 404, description = "No such order"),
        (status = 409, description = "It is not paid, or so many pieces are not left"),
    ),
    extensions(("x-permission" = json!("manage_shop"))),
)]
pub(in super::super) async fn preview(
    caller: CanManageShop,
    State(slice): State<Slice>,
    Path(order): Path<String>,
    Json(draft): Json<Draft>,
) -> Result<Json<Preview>, Problem> {
    Ok(Json(previewed(&slice.order(caller.workspace, &order).await?, &draft)?))
}

/// Give money back
///
/// For some pieces or for everything; each line goes back to the fen. The provider is asked, under one number, until it says that the
/// money is back.
#[utoipa::path(
    post, path = "/api/v1/shop/orders/{order}/refunds", tag = "commerce", operation_id = "commerce.refund.create",
    params(("order" = String, Path)),
    request_body = Draft,
    responses(
        (status = 201, body = Preview),
        (status = 404, description = "No such order"),
        (status = 409, description = "It is not paid, so many pieces are not left, or another amount would go back"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_shop")), ("x-once" = json!(true))),
)]
pub(in super::super) async fn refund(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path(id): Path<String>,
    Asked { body: draft, once }: Asked<Draft>,
) -> Result<Response, Problem> {
    let now = slice.clock.now();
    if let Some(answer) = once.replay(slice.records.reads(), &caller.0, now).await? {
        return Ok(answer);
    }
    let preview = previewed(&slice.order(caller.workspace, &id).await?, &draft)?;
    if draft.cash.is_some_and(|cash| cash != preview.total.cash) {
        return Err(refused(&Outcome::Changed));
    }
    let reason = draft.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_CHARS_MAX || reason.contains('\0')) {
        return Err(Problem::invalid("reason", format!("at most {REASON_CHARS_MAX} characters")));
    }
    let (answer, sticky) = once.answer(&caller.0, StatusCode::CREATED, &preview)?;
    // Exactly the pieces of the preview, so that it says what happens.
    let lines = preview.lines.iter().map(|line| (line.variant.clone(), line.quantity)).collect();
    let event = Event::Refund { lines, restock: draft.restock, reason };
    match slice.submit(&caller, &origin, Command::Happen { order: id, event }, sticky).await? {
        Outcome::Order(_) => Ok(answer),
        Outcome::Again => once.again(slice.records.reads(), &caller.0, now).await,
        other => Err(refused(&other)),
    }
}

/// Ask the provider again
///
/// For a refund it refused, once somebody has looked why. The number stays the same.
#[utoipa::path(
    post, path = "/api/v1/shop/orders/{order}/refunds/{place}/again", tag = "commerce", operation_id = "commerce.refund.again",
    params(("order" = String, Path), ("place" = usize, Path, description = "Its place in the order, from 0")),
    responses(
        (status = 200, body = OrderView),
        (status = 404, description = "No such order"),
        (status = 409, description = "No such refund"),
    ),
    extensions(("x-permission" = json!("manage_shop"))),
)]
pub(in super::super) async fn again(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path((order, place)): Path<(String, usize)>,
) -> Result<Json<OrderView>, Problem> {
    let command = Command::Happen { order, event: Event::AskAgain { place } };
    match slice.submit(&caller, &origin, command, None).await? {
        Outcome::Order(order) => Ok(Json(OrderView::of(&order, false))),
        other => Err(refused(&other)),
    }
}
