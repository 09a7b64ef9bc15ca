//! `GET /api/v1/content/links/{link}/qr`

use axum::{
    extract::State as Wired,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{CanReadCampaigns, Origin, Path, Problem, Query};

use crate::{Slice, rules::qr::Qr};

/// How a picture is wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PictureKind)]
pub(super) enum Kind {
    /// Drawn: sharp at any size.
    #[default]
    Svg,
    /// Of at least 1,000 pixels a side.
    Png,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct QrQuery {
    #[serde(default)]
    #[param(inline, required = false)]
    picture: Kind,
}

const PIXELS: usize = 1000;

/// The QR code of a link
///
/// It holds the link's address at the host that was asked.
#[utoipa::path(
    get, path = "/api/v1/content/links/{link}/qr", tag = "content", operation_id = "content.qr.read",
    params(("link" = String, Path), QrQuery),
    responses(
        (status = 200, content((String = "image/svg+xml"), (Vec<u8> = "image/png"))),
        (status = 404, description = "No such link"),
        (status = 422, description = "A field is not valid"),
    ),
    extensions(("x-permission" = json!("read_campaigns"))),
)]
pub(super) async fn read(
    caller: CanReadCampaigns,
    Wired(slice): Wired<Slice>,
    origin: Origin,
    Path(code): Path<String>,
    Query(query): Query<QrQuery>,
) -> Result<Response, Problem> {
    let link = slice.link(&caller, &code).await?;
    let qr = Qr::of(&address(&origin, &link.code)?).map_err(Problem::internal)?;
    Ok(match query.picture {
        Kind::Svg => picture("image/svg+xml", &link.code, "svg", qr.svg().into_bytes()),
        Kind::Png => picture("image/png", &link.code, "png", qr.png(PIXELS)),
    })
}

/// The whole address of a link, at the host that was asked.
pub(super) fn address(origin: &Origin, code: &str) -> Result<String, Problem> {
    let host = origin.came.host.as_deref();
    let host = host.ok_or_else(|| Problem::new(ErrorCode::Malformed).detail("The header Host is missing"))?;
    Ok(format!("{}://{host}/s/{code}", if origin.came.https { "https" } else { "http" }))
}

/// A picture to look at or to keep.
pub(super) fn picture(kind: &'static str, code: &str, ending: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    // A picture that is opened by itself runs nothing.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if let Ok(name) = HeaderValue::try_from(format!("inline; filename=\"{code}.{ending}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
