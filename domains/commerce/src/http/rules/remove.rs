//! `DELETE /api/v1/shop/price-rules/{rule}`

use axum::{extract::State, http::StatusCode};
use web::{CanManageShop, Origin, Path, Problem};

use crate::{
    Slice,
    http::refused,
    ops::{Command, Outcome},
};

/// Remove a rule of prices
#[utoipa::path(
    delete, path = "/api/v1/shop/price-rules/{rule}", tag = "commerce", operation_id = "commerce.price_rule.delete",
    params(("rule" = String, Path)),
    responses((status = 204, description = "It holds no more"), (status = 404, description = "No such rule")),
    extensions(("x-permission" = json!("manage_shop"))),
)]
pub(in super::super) async fn remove(
    caller: CanManageShop,
    State(slice): State<Slice>,
    origin: Origin,
    Path(rule): Path<String>,
) -> Result<StatusCode, Problem> {
    match slice.submit(&caller, &origin, Command::RemoveRule(rule), None).await? {
        Outcome::Done => Ok(StatusCode::NO_CONTENT),
        other => Err(refused(&other)),
    }
}
