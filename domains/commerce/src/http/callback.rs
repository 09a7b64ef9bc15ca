//! `POST /api/v1/payments/callback`

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use kernel::ErrorCode;
use web::Problem;

use super::refused;
use crate::{
    Slice,
    ops::{Outcome, pay::Callback},
};

/// The header a provider signs its words in.
const SIGNATURE: &str = "payment-signature";

/// Hear that money came
///
/// From the payment provider, signed. The same word may come any number of times, late, and in any order.
#[utoipa::path(
    post, path = "/api/v1/payments/callback", tag = "commerce", operation_id = "commerce.payment.callback",
    params(("payment-signature" = String, Header)),
    request_body = Callback,
    responses(
        (status = 204, description = "It is booked, now or before"),
        (status = 403, description = "It is not from the provider"),
        (status = 404, description = "No such payment"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn hear(State(slice): State<Slice>, sent: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let signature = sent.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let provider = slice.provider().map_err(|_| ErrorCode::NotFound)?;
    let callback = provider.believe(&body, signature).ok_or(ErrorCode::Forbidden)?;
    match slice.hear(&callback).await.map_err(Problem::unavailable)? {
        Outcome::Order(_) => Ok(StatusCode::NO_CONTENT),
        other => Err(refused(&other)),
    }
}
