//! `POST /v1/m`: what analytics.js measures of itself.

use axum::body::Body;
use web::Json;

use super::{Done, REQUEST_BYTES_MAX};
use crate::http::body;

/// Swallow an SDK's measurements of itself
///
/// analytics.js sends them unasked; they are read and let go of, so that it does not try again.
#[utoipa::path(
    post, path = "/v1/m", tag = "capture", operation_id = "capture.segment.measure",
    request_body(content = Object, description = "series"),
    responses((status = 200, body = Done)),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn post(body: Body) -> Json<Done> {
    // Read to its end, so that the connection can be used again.
    let _ = body::read(&axum::http::HeaderMap::new(), body, REQUEST_BYTES_MAX).await;
    Json(Done { success: true, rejected: 0, reasons: Vec::new() })
}
