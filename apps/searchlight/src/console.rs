//! The operators' console, served from the binary.

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/console/dist"]
#[allow_missing = true]
struct Console;

/// What a binary shows that was built before the console was: `cargo build` alone needs no Node.
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Searchlight</title>\
    <p>The console is not built into this binary. Run <code>make console</code>, then build again.\
    <p lang=zh>此程序未包含控制台。请先运行 <code>make console</code>，再重新构建。";

/// A file of the console; any other path outside the API is one of the console's own pages, which are only read.
pub async fn serve(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if matches!(path.split('/').next(), Some("api" | "v1")) {
        return web::Problem::new(kernel::ErrorCode::NotFound).into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET,HEAD")]).into_response();
    }
    // The API's page has no part in the console's own.
    let path = if path == "docs" { "docs.html" } else { path };
    match Console::get(path) {
        // Built files carry a hash of their content in their name.
        Some(file) if path.starts_with("assets/") => answer(path, file.data, "public, max-age=31536000, immutable"),
        Some(file) if !path.is_empty() => answer(path, file.data, "no-cache"),
        _ if path.starts_with("assets/") => StatusCode::NOT_FOUND.into_response(),
        _ => {
            let index = Console::get("index.html").map(|index| index.data);
            answer("index.html", index.unwrap_or(Cow::Borrowed(NOT_BUILT.as_bytes())), "no-cache")
        }
    }
}

fn answer(path: &str, data: Cow<'static, [u8]>, caching: &'static str) -> Response {
    let mut response = Response::new(Body::from(data.into_owned()));
    let headers = response.headers_mut();
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    if let Ok(kind) = HeaderValue::try_from(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    // The console loads nothing from elsewhere and may not be framed.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
             worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
        ),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
