//! `GET /s/{code}/go`

use axum::{
    extract::State as Wired,
    http::{HeaderMap, Method},
    response::Response,
};
use web::{Origin, Path, Problem};

use super::{
    closed::{Reason, page},
    open_link::{answer, code_of},
};
use crate::Slice;

/// Take the step behind a live code
///
/// On to whom the live code led this customer; where the code leads when nobody is free, if it led them to nobody.
#[utoipa::path(
    get, path = "/s/{code}/go", tag = "content", operation_id = "content.link.follow",
    params(("code" = String, Path)),
    responses(
        (status = 302, description = "On to whom the code led"),
        (status = 404, description = "There is no such live code", body = String, content_type = "text/html"),
        (status = 410, description = "It is switched off, or its time is over", body = String, content_type = "text/html"),
        (status = 503, description = "Try again in a moment", body = String, content_type = "text/html"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn follow(
    Wired(slice): Wired<Slice>,
    method: Method,
    origin: Origin,
    code: Result<Path<String>, Problem>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(code) = code_of(&method, code) else { return Ok(page(Reason::Unknown)) };
    answer(slice.follow(&code, &headers).await, &code, &origin)
}
