//! `GET /sa`: one record in the address, as web pages send it in place of a picture.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{Http, Receipt, Taking, answer, send::Address};

/// A picture of one transparent dot.
const DOT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\
    \x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

/// Hand in a record of the sa protocol in the address
///
/// Also at `/sa.gif`. As `POST /sa`, with everything in the address; answers a picture of one dot.
#[utoipa::path(
    get, path = "/sa", tag = "capture", operation_id = "capture.sa.image",
    params(Address),
    responses(
        (status = 200, body = Vec<u8>, content_type = "image/gif"),
        (status = 400, description = "No records, encrypted ones, or ones that changed on their way"),
        (status = 413, description = "More than 4 MiB or 2,500 records"),
    ),
    security(("bearer" = []), ("basic" = [])),
    extensions(("x-permission" = json!("capture_facts"))),
)]
pub(super) async fn read(State(http): State<Http>, request: Request<Body>) -> Response {
    answer(&http, request, Taking::Yes, |_: Receipt| {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("image/gif")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, DOT).into_response()
    })
    .await
}
