//! The built files of the pages, the same for every brand.

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/fan/dist"]
#[allow_missing = true]
struct Built;

/// The page into which everything is laid, if the pages were built into this binary.
pub fn template() -> Option<String> {
    let file = Built::get("index.html")?;
    String::from_utf8(file.data.into_owned()).ok()
}

pub async fn file(Path(path): Path<String>) -> Response {
    let Some(file) = Built::get(&path).filter(|_| path.starts_with("assets/")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = mime_guess::from_path(&path).first_or_octet_stream();
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::try_from(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    // Their names carry a hash of their content.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}
