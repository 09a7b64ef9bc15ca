//! `/healthz`, `/readyz`, `/metrics`: for the person who runs it. No caller is needed; they tell nothing of customers.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, State},
    http::{Extensions, HeaderMap, header},
    response::{IntoResponse, Response},
    routing::get,
};
use kernel::ErrorCode;
use metrics_exporter_prometheus::PrometheusHandle;
use river::Rivers;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Problem;

use crate::{config::Config, serving::Draining};

/// What the person who runs it may ask.
#[derive(Clone)]
pub struct Health {
    rivers: Arc<Rivers>,
    metrics: PrometheusHandle,
    readers: MetricsReaders,
    /// Whether the server was asked to stop.
    pub draining: Draining,
}

impl Health {
    pub fn new(rivers: Arc<Rivers>, metrics: PrometheusHandle, readers: MetricsReaders) -> Self {
        Self { rivers, metrics, readers, draining: Draining::default() }
    }

    /// Where the measurements are read.
    pub fn metrics(&self) -> PrometheusHandle {
        self.metrics.clone()
    }

    /// The measurements alone, without a guard: for an address of their own.
    pub fn measurements(&self) -> Router {
        let metrics = self.metrics.clone();
        Router::new().route("/metrics", get(move || async move { text(&metrics) }))
    }
}

/// Who may read the measurements at the server's own address.
#[derive(Clone, Default)]
pub enum MetricsReaders {
    /// Programs of this machine. A request that was passed on by somebody is not one of theirs.
    #[default]
    Machine,
    /// Whoever brings the token of this digest.
    Token(blake3::Hash),
    /// Nobody: they have an address of their own.
    Elsewhere,
}

impl MetricsReaders {
    /// As the settings say.
    pub fn of(config: &Config) -> Self {
        match &config.metrics.token {
            _ if config.metrics.listen.is_some() => Self::Elsewhere,
            Some(token) => Self::Token(blake3::hash(token.reveal().as_bytes())),
            None => Self::Machine,
        }
    }

    fn admit(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<(), Problem> {
        match self {
            Self::Elsewhere => Err(ErrorCode::NotFound.into()),
            Self::Machine => {
                let peer = extensions.get::<ConnectInfo<SocketAddr>>();
                let far = peer.is_some_and(|ConnectInfo(peer)| !peer.ip().to_canonical().is_loopback());
                let passed_on = ["x-forwarded-for", "forwarded", "via"].iter().any(|name| headers.contains_key(*name));
                if far || passed_on { Err(ErrorCode::NotFound.into()) } else { Ok(()) }
            }
            Self::Token(expected) => {
                let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
                let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
                // Comparing digests takes the same time wherever they differ.
                let good = blake3::hash(given.as_bytes()) == *expected;
                if good {
                    Ok(())
                } else {
                    Err(Problem::new(ErrorCode::Forbidden)
                        .detail("send the token of metrics.token as Authorization: Bearer"))
                }
            }
        }
    }
}

fn text(metrics: &PrometheusHandle) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], metrics.render()).into_response()
}

pub fn router(health: Health) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(exposition))
        .with_state(health)
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
        (status = 503, description = "Still catching up, or asked to stop, with the reason in words"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
async fn readyz(State(health): State<Health>) -> Result<&'static str, Problem> {
    if health.draining.is_set() {
        return Err(Problem::new(ErrorCode::Unavailable).detail("the server was asked to stop"));
    }
    for river in health.rivers.all() {
        river.ready().map_err(|reason| Problem::new(ErrorCode::NotCaughtUp).detail(reason))?;
    }
    Ok("ready\n")
}

/// Measurements in the Prometheus text format
///
/// For programs of the same machine, or for whoever brings the token of the setting metrics.token.
#[utoipa::path(
    get, path = "/metrics", tag = "system", operation_id = "system.metrics.read",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 403, description = "The token is not the one that was set"),
        (status = 404, description = "Asked from elsewhere, or they have an address of their own"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
async fn exposition(
    State(health): State<Health>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Problem> {
    health.readers.admit(&headers, &extensions)?;
    Ok(text(&health.metrics))
}
