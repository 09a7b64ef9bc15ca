//! What a page of another origin may ask the doors that know keys only.

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{Any, CorsLayer};

/// How long a browser may remember what a page of another origin may send.
const PREFLIGHT_SECS: u64 = 24 * 3600;

/// Without credentials: a browser sends no cookie along, and the key stands in the page anyway.
pub(super) fn any_origin() -> CorsLayer {
    let sent = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::CONTENT_ENCODING,
        HeaderName::from_static("x-retry-count"),
        HeaderName::from_static("x-requested-with"),
        HeaderName::from_static("dry-run"),
    ];
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(sent)
        .expose_headers([header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(std::time::Duration::from_secs(PREFLIGHT_SECS))
}
