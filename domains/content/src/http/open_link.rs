//! `GET /s/{code}`

use axum::{
    extract::State as Wired,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::WorkspaceId;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Origin, Path, Problem, Query, fan_token, set_fan_token};

use super::closed::{Reason, page};
use crate::{
    Slice,
    ops::open::{Browser, NotAppended, OpenError, Opened},
};

/// Longest code anybody is asked about.
const CODE_BYTES_MAX: usize = 64;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Came {
    /// The spread token of whoever sent it on; the link's own owner is thanked otherwise.
    by: Option<String>,
}

impl Browser for HeaderMap {
    fn token(&self, workspace: WorkspaceId) -> Option<&str> {
        fan_token(self, workspace)
    }
}

/// Open a spread link
///
/// What happened is durable before the browser is sent on. Whoever was never here gets the brand's cookie for customers. Looking
/// (`HEAD`) counts for nothing.
#[utoipa::path(
    get, path = "/s/{code}", tag = "content", operation_id = "content.link.open",
    params(("code" = String, Path), Came),
    responses(
        (status = 302, description = "On to where the link leads"),
        (status = 404, description = "There is no such link", body = String, content_type = "text/html"),
        (status = 410, description = "It is switched off, or its time is over", body = String, content_type = "text/html"),
        (status = 503, description = "Try again in a moment", body = String, content_type = "text/html"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn open(
    Wired(slice): Wired<Slice>,
    method: Method,
    origin: Origin,
    Path(code): Path<String>,
    Query(came): Query<Came>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if method == Method::HEAD || code.len() > CODE_BYTES_MAX {
        return Ok(page(Reason::Unknown));
    }
    match slice.open(&code, &headers, came.by.as_deref()).await {
        Ok(Opened::Go { workspace, address, token }) => go(workspace, &address, token.as_deref(), &origin),
        Ok(Opened::Closed(state)) => Ok(page(Reason::Closed(state))),
        Ok(Opened::Unknown) => Ok(page(Reason::Unknown)),
        Err(OpenError::Fact(error)) => Err(Problem::internal(error)),
        Err(error) => {
            // The customer sees a page that asks again; the cause is for the log.
            if !matches!(error, OpenError::Append(NotAppended::Log(factlog::AppendError::Full { .. }))) {
                tracing::warn!(%error, "a link could not be opened");
            }
            Ok(page(Reason::Busy))
        }
    }
}

fn go(workspace: WorkspaceId, address: &str, token: Option<&str>, origin: &Origin) -> Result<Response, Problem> {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::try_from(address).map_err(Problem::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = token.and_then(|token| set_fan_token(workspace, token, origin)) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
