//! `GET /api/v1/fan/{workspace}/me`

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Fan, Json};

use crate::Customers;

/// A customer, as they see themselves.
#[derive(Serialize, ToSchema)]
pub(super) struct FanSelf {
    /// Whether they showed who they are.
    signed_in: bool,
    /// Whether they can.
    can_sign_in: bool,
}

/// Who one is at the brand's pages
///
/// A visitor is somebody before they sign in: their browser has an id of its own.
#[utoipa::path(
    get, path = "/api/v1/fan/{workspace}/me", tag = "identity", operation_id = "identity.fan.read",
    params(("workspace" = u32, Path, description = "The brand")),
    responses((status = 200, body = FanSelf), (status = 404, description = "No such brand")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn read(fan: Fan, State(customers): State<Customers>) -> Json<FanSelf> {
    Json(FanSelf { signed_in: fan.signed_in, can_sign_in: customers.can_sign_in() })
}
