//! `POST /api/v1/plays/{play}/payments` and `POST /api/v1/plays/{play}/refunds`: what the shop tells.

use axum::extract::State;
use facts::NamedId;
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{CanManageCampaigns, Json, Path, Principal, Problem};

use super::customers::refusal;
use crate::{
    Slice,
    ops::Acted,
    rules::world::{Act, Done},
};

/// Longest id of an order, in bytes.
const ORDER_BYTES_MAX: usize = 60;
/// Longest id of a customer, in bytes.
const ID_BYTES_MAX: usize = 256;

/// An order that was paid.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlayPayment, example = json!({"order": "20261123-7", "instance": "k3x8", "namespace": "user", "id": "lin"}))]
pub(super) struct Payment {
    /// Its id: whatever comes again is done once.
    order: String,
    /// The group it pays a seat of; none when the order begins a try of its own.
    instance: Option<String>,
    /// The namespace of the customer's id.
    namespace: String,
    /// The customer's id.
    id: String,
}

/// What became of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PlayMoney)]
enum Became {
    /// It is in its place.
    Booked,
    /// There is no seat for it any more: refund the order.
    RefundDue,
    /// What the order brought is taken back.
    TakenBack,
}

/// What became of an order.
#[derive(Serialize, ToSchema)]
#[schema(as = PlayOrderAnswer)]
pub(super) struct OrderAnswer {
    became: Became,
    /// The try it belongs to.
    instance: Option<String>,
}

/// Tell that an order was paid
///
/// For a seat of a group, or to begin a try where orders do that. As often as needed: it is done once. Money that comes too late is
/// answered with `refund_due`.
#[utoipa::path(
    post, path = "/api/v1/plays/{play}/payments", tag = "play", operation_id = "play.payment.create",
    params(("play" = String, Path)),
    request_body = Payment,
    responses(
        (status = 200, body = OrderAnswer),
        (status = 404, description = "No such play, or no such try"),
        (status = 409, description = "The play takes no orders"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn paid(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    Path(play): Path<String>,
    Json(payment): Json<Payment>,
) -> Result<Json<OrderAnswer>, Problem> {
    let Payment { order, instance, namespace, id } = payment;
    is_proper("order", &order, ORDER_BYTES_MAX)?;
    is_proper("namespace", &namespace, facts::NAMESPACE_BYTES_MAX)?;
    is_proper("id", &id, ID_BYTES_MAX)?;
    if let Some(instance) = &instance {
        is_proper("instance", instance, ORDER_BYTES_MAX + 2)?;
    }
    slice.order(&caller, play, NamedId::new(namespace, id), Act::Paid { instance, order }).await
}

/// An order that was refunded.
#[derive(Deserialize, ToSchema)]
#[schema(as = PlayRefund)]
pub(super) struct Refund {
    /// Its id.
    order: String,
    /// The try it belongs to.
    instance: String,
}

/// Tell that an order was refunded
///
/// What it brought is taken back. A group that is full stays so.
#[utoipa::path(
    post, path = "/api/v1/plays/{play}/refunds", tag = "play", operation_id = "play.refund.create",
    params(("play" = String, Path)),
    request_body = Refund,
    responses(
        (status = 200, body = OrderAnswer),
        (status = 404, description = "No such play, try or order"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("manage_campaigns"))),
)]
pub(super) async fn refunded(
    caller: CanManageCampaigns,
    State(slice): State<Slice>,
    Path(play): Path<String>,
    Json(Refund { order, instance }): Json<Refund>,
) -> Result<Json<OrderAnswer>, Problem> {
    is_proper("order", &order, ORDER_BYTES_MAX)?;
    is_proper("instance", &instance, ORDER_BYTES_MAX + 2)?;
    let shop = NamedId::new(facts::PLAY, "shop");
    slice.order(&caller, play, shop, Act::Refunded { instance, order }).await
}

fn is_proper(field: &str, text: &str, most: usize) -> Result<(), Problem> {
    let plain = !text.chars().any(|letter| letter.is_control() || letter == '|');
    if text.trim().is_empty() || text.len() > most || !plain {
        return Err(Problem::invalid(field, format!("1 to {most} bytes, without control characters and |")));
    }
    Ok(())
}

impl Slice {
    async fn order(
        &self,
        caller: &Principal,
        play: String,
        by: NamedId,
        act: Act,
    ) -> Result<Json<OrderAnswer>, Problem> {
        let acted: Acted = self.act(caller.workspace, play, by, true, act).await?;
        let became = match acted.outcome.map_err(refusal)? {
            Done::Paid(_) | Done::Seated(_) => Became::Booked,
            Done::RefundDue => Became::RefundDue,
            Done::TakenBack => Became::TakenBack,
            _ => return Err(Problem::new(ErrorCode::Internal)),
        };
        Ok(Json(OrderAnswer { became, instance: acted.instance.map(|instance| instance.id) }))
    }
}
