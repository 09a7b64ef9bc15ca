//! `POST /sa`: the door of the sa protocol.

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use utoipa::IntoParams;
use web::Json;

use super::{Http, Receipt, Taking, answer};

/// What the address may say.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by hand, for the body may say the same")]
pub(super) struct Address {
    /// The key of a source. Projects of other servers are named here, so an SDK need not be told anything else.
    project: Option<String>,
    /// The same by its other name, which counts more.
    token: Option<String>,
    /// Records in base64: an object or a list.
    data: Option<String>,
    /// `1` when there is gzip below the base64.
    gzip: Option<String>,
}

/// Hand in records of the sa protocol
///
/// Also at `/sa.gif`. The body is `data_list=…` or `data=…` of any content type: JSON in base64, below it gzip when it says
/// `gzip=1`, with `ext=crc%3D…` a checksum. The key comes as `project` or `token` in the address, in a header, or in the first
/// record; cookies are not looked at. At most 4 MiB and 2,500 records, 32 KiB a record. A record that breaks a rule is recorded
/// as rejected and the rest is taken. When the log is full or its disk refuses, the request waits and is then left without an
/// answer, for some clients forget their records at any answer.
#[utoipa::path(
    post, path = "/sa", tag = "capture", operation_id = "capture.sa.send",
    params(Address),
    request_body(content = String, content_type = "text/plain", description = "data_list=…, data=…, gzip=1, ext=crc%3D…"),
    responses(
        (status = 200, body = Receipt),
        (status = 400, description = "No records, encrypted ones, or ones that changed on their way"),
        (status = 413, description = "More than 4 MiB or 2,500 records"),
    ),
    security(("bearer" = []), ("basic" = [])),
    extensions(("x-permission" = json!("capture_facts"))),
)]
pub(super) async fn post(State(http): State<Http>, request: Request<Body>) -> Response {
    answer(&http, request, Taking::Yes, Json).await
}
