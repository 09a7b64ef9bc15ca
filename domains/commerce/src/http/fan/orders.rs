//! `GET /api/v1/fan/{workspace}/orders`, one of them, calling it off, and having it

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Fan, Json, Limit, Origin, Page, Path, Place, Problem, Query};

use crate::{
    Slice,
    http::{orders::view::OrderView, refused},
    ops::{Command, Outcome},
    rules::order::Event,
    store::orders::{OrderFilter, orders_in_workspace},
};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct OwnOrderQuery {
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<20, 100>,
}

/// One's own orders
///
/// The newest first.
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/orders", tag = "commerce", operation_id = "commerce.fan_order.list",
    params(("workspace" = u32, Path), OwnOrderQuery),
    responses((status = 200, body = Page<OrderView>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in super::super) async fn list(
    fan: Fan,
    State(slice): State<Slice>,
    Query(query): Query<OwnOrderQuery>,
) -> Result<Json<Page<OrderView>>, Problem> {
    let filter = OrderFilter {
        subject: Some(fan.subject.clone()),
        after: query.after.map(Into::into),
        ..OrderFilter::default()
    };
    let limit = query.limit.get();
    let found = orders_in_workspace(slice.records.reads(), fan.workspace, &filter, limit + 1).await;
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, |last| {
        Place { at: last.created_at, id: last.id.clone() }.to_string()
    });
    let items = page.items.iter().map(|order| OrderView::of(order, true)).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// One of one's own orders
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/orders/{order}", tag = "commerce", operation_id = "commerce.fan_order.read",
    params(("workspace" = u32, Path), ("order" = String, Path)),
    responses((status = 200, body = OrderView), (status = 404, description = "No such order of theirs")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in super::super) async fn read(
    fan: Fan,
    State(slice): State<Slice>,
    Path((_, order)): Path<(u32, String)>,
) -> Result<Json<OrderView>, Problem> {
    Ok(Json(OrderView::of(&slice.own_order(&fan, &order).await?, true)))
}

/// Call one's own order off
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/orders/{order}/cancel", tag = "commerce", operation_id = "commerce.fan_order.cancel",
    params(("workspace" = u32, Path), ("order" = String, Path)),
    responses(
        (status = 200, body = OrderView),
        (status = 404, description = "No such order of theirs"),
        (status = 409, description = "It is paid"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in super::super) async fn cancel(
    fan: Fan,
    State(slice): State<Slice>,
    origin: Origin,
    Path((_, order)): Path<(u32, String)>,
) -> Result<Json<OrderView>, Problem> {
    let order = slice.own_order(&fan, &order).await?;
    Ok(Json(OrderView::of(&slice.cancel(fan.workspace, origin.named("fan"), &order).await?, true)))
}

/// Say that one has it
#[utoipa::path(
    post, path = "/api/v1/fan/{workspace}/orders/{order}/receive", tag = "commerce", operation_id = "commerce.fan_order.receive",
    params(("workspace" = u32, Path), ("order" = String, Path)),
    responses(
        (status = 200, body = OrderView),
        (status = 404, description = "No such order of theirs"),
        (status = 409, description = "It was not handed over"),
    ),
    extensions(("x-permission" = json!("fan"))),
)]
pub(in super::super) async fn receive(
    fan: Fan,
    State(slice): State<Slice>,
    origin: Origin,
    Path((_, order)): Path<(u32, String)>,
) -> Result<Json<OrderView>, Problem> {
    let order = slice.own_order(&fan, &order).await?;
    let command = Command::Happen { order: order.id, event: Event::Receive };
    match slice.ask(fan.workspace, origin.named("fan"), command, None).await.map_err(Problem::unavailable)? {
        Outcome::Order(order) => Ok(Json(OrderView::of(&order, true))),
        other => Err(refused(&other)),
    }
}
