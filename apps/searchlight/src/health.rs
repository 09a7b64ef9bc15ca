//! `/healthz`, `/readyz`, `/metrics`: for the person who runs it. No caller is needed; they tell nothing of customers.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use kernel::ErrorCode;
use metrics_exporter_prometheus::PrometheusHandle;
use river::Rivers;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Problem;

#[derive(Clone)]
struct Health {
    rivers: Arc<Rivers>,
    metrics: PrometheusHandle,
}

pub fn router(rivers: Arc<Rivers>, metrics: PrometheusHandle) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(exposition))
        .with_state(Health { rivers, metrics })
}

/// The process is alive
#[utoipa::path(
    get, path = "/healthz", tag = "system", operation_id = "system.health.read",
    responses((status = 200, body = String, content_type = "text/plain")),
    extensions(("x-permission" = json!("public"))),
)]
async fn healthz() -> &'static str {
    "ok\n"
}

/// Every durable fact is digested and folded
#[utoipa::path(
    get, path = "/readyz", tag = "system", operation_id = "system.ready.read",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 503, description = "Still catching up, with the reason in words"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
async fn readyz(State(health): State<Health>) -> Result<&'static str, Problem> {
    for river in health.rivers.all() {
        river.ready().map_err(|reason| Problem::new(ErrorCode::NotCaughtUp).detail(reason))?;
    }
    Ok("ready\n")
}

/// Measurements in the Prometheus text format
#[utoipa::path(
    get, path = "/metrics", tag = "system", operation_id = "system.metrics.read",
    responses((status = 200, body = String, content_type = "text/plain")),
    extensions(("x-permission" = json!("public"))),
)]
async fn exposition(State(health): State<Health>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], health.metrics.render()).into_response()
}
