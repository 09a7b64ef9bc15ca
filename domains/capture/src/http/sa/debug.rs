//! `POST /debug`: says what is wrong, for those who build a client.

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use kernel::ErrorCode;
use web::{Json, Problem};

use super::{Http, Receipt, Taking, answer, send::Address};

/// Check records of the sa protocol
///
/// As `POST /sa`, but a record that breaks a rule is a 400 that names it. With the header `Dry-Run: true` everything is checked
/// and nothing is kept; else what is good is taken.
#[utoipa::path(
    post, path = "/debug", tag = "capture", operation_id = "capture.sa.debug",
    params(Address, ("Dry-Run" = Option<String>, Header, description = "`true`: keep nothing")),
    request_body(content = String, content_type = "text/plain", description = "data_list=…, data=…, gzip=1, ext=crc%3D…"),
    responses(
        (status = 200, body = Receipt),
        (status = 400, description = "Records that break a rule, each named; or a request that cannot be read"),
        (status = 413, description = "More than 4 MiB or 2,500 records"),
    ),
    security(("bearer" = []), ("basic" = [])),
    extensions(("x-permission" = json!("capture_facts"))),
)]
pub(super) async fn post(State(http): State<Http>, request: Request<Body>) -> Response {
    let dry = request.headers().get("dry-run").is_some_and(|says| says.as_bytes().eq_ignore_ascii_case(b"true"));
    let taking = if dry { Taking::DryRun } else { Taking::Yes };
    answer(&http, request, taking, |receipt: Receipt| {
        if receipt.rejected == 0 {
            return Json(receipt).into_response();
        }
        let rejected = format!("{} of {} records break a rule", receipt.rejected, receipt.rejected + receipt.accepted);
        let problem = Problem::new(ErrorCode::Malformed).detail(rejected);
        receipt.reasons.into_iter().fold(problem, |problem, told| problem.at(told.index, told.reason)).into_response()
    })
    .await
}
