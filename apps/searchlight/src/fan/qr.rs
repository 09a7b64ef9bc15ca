//! The QR code of a customers' page: a friend who stands beside one scans it.

use std::fmt::Write as _;

use axum::{
    extract::{Path, Query},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;
use web::Origin;

/// White modules around a code, which scanners need.
const QUIET: usize = 4;
/// Longest address, in bytes.
const TO_BYTES_MAX: usize = 256;

#[derive(Deserialize)]
pub struct Asked {
    to: String,
}

/// The code of a page of this brand, at the host that was asked; of nothing else, so that nobody borrows it.
pub async fn code(Path(workspace): Path<u32>, origin: Origin, Query(Asked { to }): Query<Asked>) -> Response {
    let ours = to.starts_with(&format!("/f/{workspace}/")) && to.bytes().all(|byte| byte.is_ascii_graphic());
    let Some(host) = origin.came.host.filter(|_| ours && to.len() <= TO_BYTES_MAX) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let scheme = if origin.came.https { "https" } else { "http" };
    let Some(svg) = svg(&format!("{scheme}://{host}{to}")) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    (headers, svg).into_response()
}

/// The code of a text as a picture, a stroke for each run of dark modules in a row.
fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colours) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in colours.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|colour| **colour == Color::Dark).count();
            if run > 0 {
                // Memory takes everything.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run.max(1);
        }
    }
    let side = width + 2 * QUIET;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_room_around_them() {
        let svg = svg("https://shop.example/f/1/play/books/i7").unwrap();
        assert!(svg.contains("M4 4h7v1h-7z") && svg.starts_with("<svg") && svg.ends_with("</svg>"), "{svg}");
        assert!(!svg.contains("M3 ") && !svg.contains("M0 1h"), "nothing stands in the quiet zone");
    }
}
