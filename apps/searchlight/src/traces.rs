//! Traces for an OpenTelemetry collector, by OTLP over HTTP. Off unless an endpoint is set.
//!
//! A trace is a request, what it appended, and how long its facts waited until they were digested. Spans bear what lines of
//! the log bear: no personal data.

use std::{collections::HashMap, time::Duration};

use anyhow::Context;
use async_trait::async_trait;
use axum::{
    body::Bytes,
    http::{HeaderMap, Request, Response},
};
use opentelemetry::{KeyValue, propagation::Extractor, propagation::TextMapPropagator, trace::TracerProvider as _};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::config;

/// How long the collector may take for one batch, and what is left may take when the server stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes spans and sends them off.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Ready to send to where the settings say, if they do. Needs the runtime it is called in.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn of(settings: &config::Traces) -> anyhow::Result<Option<Self>> {
        let Some(endpoint) = &settings.endpoint else { return Ok(None) };
        let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sender { http, runtime: tokio::runtime::Handle::current() })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_headers(settings.headers.as_ref().map(|headers| pairs(headers.reveal())).unwrap_or_default())
            .with_timeout(PATIENCE)
            .build()
            .context("traces.endpoint cannot be used")?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample))))
            .with_resource(
                Resource::builder()
                    .with_service_name("searchlight")
                    .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
                    .build(),
            )
            .build();
        Ok(Some(Self(provider)))
    }

    /// What makes the spans.
    #[must_use]
    pub fn tracer(&self) -> SdkTracer {
        self.0.tracer("searchlight")
    }

    /// Sends what is left.
    pub async fn close(self) {
        // The exporter waits for its answers on a thread of its own, which needs this runtime to go on.
        let closed = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(PATIENCE)).await;
        if let Ok(Err(error)) = closed {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// `name=value`, with commas between.
fn pairs(text: &str) -> HashMap<String, String> {
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    text.split(',').filter_map(pair).collect()
}

/// Makes a request's span part of the trace its sender has begun (W3C `traceparent`), if it has.
pub fn join(span: &Span, headers: &HeaderMap) {
    if headers.contains_key("traceparent") {
        // Refused when no traces are made; then there is nothing to join.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&Carrier(headers)));
    }
}

struct Carrier<'a>(&'a HeaderMap);

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}

/// Sends batches by the client the house has anyway.
#[derive(Debug)]
struct Sender {
    http: reqwest::Client,
    runtime: tokio::runtime::Handle,
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let sending = self.runtime.spawn(async move {
            let answer = http.execute(reqwest::Request::try_from(request)?).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = Response::new(answer.bytes().await?);
            (*response.status_mut(), *response.headers_mut()) = (status, headers);
            Ok::<_, reqwest::Error>(response)
        });
        Ok(sending.await??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_written_with_commas() {
        let pairs = pairs("authorization=Basic bGlnaHQ=, x-tenant = books");
        assert_eq!((pairs["authorization"].as_str(), pairs["x-tenant"].as_str()), ("Basic bGlnaHQ=", "books"));
    }
}
