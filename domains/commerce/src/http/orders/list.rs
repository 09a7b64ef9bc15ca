//! `GET /api/v1/shop/orders`

use axum::{
    extract::State as Wired,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{CanReadShop, Csv, Format, Json, Limit, Page, Place, Problem, Query};

use super::view::OrderView;
use crate::{
    Slice,
    model::order::{Handing, State},
    store::orders::{OrderFilter, orders_in_workspace},
};

/// What the refunds of an order need most.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrderRefundState)]
pub(in super::super) enum RefundWord {
    None,
    Asked,
    Refused,
    Done,
}

impl RefundWord {
    const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Asked => "asked",
            Self::Refused => "refused",
            Self::Done => "done",
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in super::super) struct OrderQuery {
    /// Anywhere in its number, its goods, its address.
    search: Option<String>,
    #[param(inline)]
    state: Option<State>,
    #[param(inline)]
    handing: Option<Handing>,
    #[param(inline)]
    refund: Option<RefundWord>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit<50, 1000>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Orders
///
/// The newest first. Phone numbers have their middle hidden.
#[utoipa::path(
    get, path = "/api/v1/shop/orders", tag = "commerce", operation_id = "commerce.order.list",
    params(OrderQuery),
    responses((status = 200, body = Page<OrderView>), (status = 422, description = "A field is not valid")),
    extensions(("x-permission" = json!("read_shop"))),
)]
pub(in super::super) async fn list(
    caller: CanReadShop,
    Wired(slice): Wired<Slice>,
    Query(query): Query<OrderQuery>,
) -> Result<Response, Problem> {
    let filter = OrderFilter {
        search: query.search,
        state: query.state,
        handing: query.handing,
        refund: query.refund.map(RefundWord::as_str),
        subject: None,
        after: query.after.map(Into::into),
    };
    let limit = query.limit.get();
    let found = orders_in_workspace(slice.records.reads(), caller.workspace, &filter, limit + 1).await;
    let page = Page::cut(found.map_err(Problem::unavailable)?, limit, |last| {
        Place { at: last.created_at, id: last.id.clone() }.to_string()
    });
    let items: Vec<OrderView> = page.items.iter().map(|order| OrderView::of(order, false)).collect();
    Ok(match query.format {
        Format::Json => Json(Page { items, next: page.next }).into_response(),
        Format::Csv => csv(&items).into_response(),
    })
}

fn csv(orders: &[OrderView]) -> Csv {
    let columns = [
        "order",
        "created_at",
        "state",
        "handing",
        "goods",
        "payable_fen",
        "refunded_fen",
        "paid_at",
        "namespace",
        "customer",
        "name",
        "phone",
        "address",
        "campaign",
    ];
    let mut csv = Csv::new("orders", &columns);
    for order in orders {
        let goods: Vec<String> =
            order.quote.lines.iter().map(|line| format!("{} × {}", line.name, line.quantity)).collect();
        let to = order.address.as_ref();
        csv.line([
            order.id.clone().into(),
            order.created_at.into(),
            order.state.as_str().into(),
            order.handing.as_str().into(),
            goods.join("; ").into(),
            order.quote.payable.into(),
            order.refunded.into(),
            order.paid_at.into(),
            order.customer.namespace.clone().into(),
            order.customer.value.clone().into(),
            to.map(|to| to.name.clone()).into(),
            to.map(|to| to.phone.clone()).into(),
            to.map(|to| to.text.clone()).into(),
            order.campaign.as_ref().map(ToString::to_string).into(),
        ]);
    }
    csv
}
