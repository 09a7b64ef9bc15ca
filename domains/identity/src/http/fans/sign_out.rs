//! `DELETE /api/v1/fan/{workspace}/session`

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use web::{Fan, Origin, Problem};

use crate::Customers;

/// Sign a customer out
///
/// The browser gets another token: whoever comes next is somebody else.
#[utoipa::path(
    delete, path = "/api/v1/fan/{workspace}/session", tag = "identity", operation_id = "identity.fan.sign_out",
    params(("workspace" = u32, Path, description = "The brand")),
    responses((status = 204, description = "Signed out"), (status = 404, description = "No such brand")),
    extensions(("x-permission" = json!("fan"))),
)]
pub(super) async fn sign_out(
    fan: Fan,
    State(customers): State<Customers>,
    origin: Origin,
    sent: HeaderMap,
) -> Result<(StatusCode, HeaderMap), Problem> {
    if let Some(token) = web::fan_token(&sent, fan.workspace) {
        customers.sign_out(fan.workspace, token).await.map_err(Problem::unavailable)?;
    }
    let mut headers = HeaderMap::new();
    if let Some(set) = web::set_fan_token(fan.workspace, &customers.new_token(), &origin) {
        headers.insert(header::SET_COOKIE, set);
    }
    Ok((StatusCode::NO_CONTENT, headers))
}
