//! `POST /api/v1/sign-in/{provider}` and `POST /api/v1/session/providers/{provider}`

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Path, Principal, Problem, SameOrigin, SignedIn};

use super::origin::Origin;
use crate::{Access, ops::ATTEMPT_SECS};

/// The cookie that holds a sign-in together while its browser is at the provider.
pub(super) const BINDING_COOKIE: &str = "sl_sign_in";

/// Where to go afterwards.
#[derive(Deserialize, ToSchema)]
#[schema(as = SignInBegin)]
pub(super) struct Begin {
    /// A page of the console.
    #[schema(example = "/today")]
    #[serde(default = "home")]
    return_to: String,
}

/// Where the browser is to go now.
#[derive(Serialize, ToSchema)]
#[schema(as = SignInBegun)]
pub(super) struct Begun {
    /// The provider's own page.
    url: String,
}

fn home() -> String {
    "/today".to_owned()
}

/// A page of our own and nothing else: what a browser could read as another site's address is not.
pub(super) fn own_page(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && path.len() <= 500
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// The cookie that holds an attempt together, or takes it away. It must come back with the provider's redirect, which another
/// site begins, so it cannot be `Strict`; it opens nothing by itself.
pub(super) fn binding(token: Option<&str>, origin: &Origin) -> HeaderMap {
    let secure = if origin.visit.origin.came.https { "; Secure" } else { "" };
    let (token, age_secs) = token.map_or(("", 0), |token| (token, ATTEMPT_SECS));
    let text =
        format!("{BINDING_COOKIE}={token}; Path=/api/v1/sign-in; HttpOnly; SameSite=Lax; Max-Age={age_secs}{secure}");
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(header::SET_COOKIE, value);
    }
    headers
}

async fn begin(
    access: &Access,
    origin: &Origin,
    provider: &str,
    linking: Option<&Principal>,
    return_to: String,
) -> Result<(HeaderMap, Json<Begun>), Problem> {
    if !own_page(&return_to) {
        return Err(Problem::invalid("return_to", "a page of the console begins with one / and stays on this site"));
    }
    let begun = access.begin_elsewhere(provider, linking, return_to, &origin.visit).await?;
    Ok((binding(Some(&begun.binding), origin), Json(Begun { url: begun.url })))
}

/// Begins a sign-in by way of a provider
///
/// Sends nobody anywhere by itself: the console goes to the `url`. The provider sends the browser back to
/// `/api/v1/sign-in/callback`.
#[utoipa::path(
    post, path = "/api/v1/sign-in/{provider}", tag = "access", operation_id = "access.sign_in.begin",
    params(("provider" = String, Path)),
    request_body = Begin,
    responses(
        (status = 200, body = Begun),
        (status = 404, description = "No such provider"),
        (status = 429, description = "`too_many`: wait the time in Retry-After"),
        (status = 503, description = "The provider does not answer"),
    ),
    extensions(("x-permission" = json!("public"))),
)]
pub(super) async fn begin_sign_in(
    _: SameOrigin,
    State(access): State<Access>,
    origin: Origin,
    Path(provider): Path<String>,
    Json(body): Json<Begin>,
) -> Result<(HeaderMap, Json<Begun>), Problem> {
    begin(&access, &origin, &provider, None, body.return_to).await
}

/// Begins to link one's own account to a provider
///
/// Whoever the provider says is the person that is linked can sign in as the caller from then on. An API key has no account: 404.
#[utoipa::path(
    post, path = "/api/v1/session/providers/{provider}", tag = "access", operation_id = "access.link.begin",
    params(("provider" = String, Path)),
    request_body = Begin,
    responses((status = 200, body = Begun), (status = 404, description = "No such provider, or the caller is an API key")),
    extensions(("x-permission" = json!("signed_in"))),
)]
pub(super) async fn begin_link(
    caller: SignedIn,
    State(access): State<Access>,
    origin: Origin,
    Path(provider): Path<String>,
    Json(body): Json<Begin>,
) -> Result<(HeaderMap, Json<Begun>), Problem> {
    begin(&access, &origin, &provider, Some(&caller), body.return_to).await
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn only_pages_of_our_own_are_gone_to() {
        for fine in ["/", "/today", "/network/spring?person=p1#x"] {
            assert!(own_page(fine), "{fine}");
        }
        for wrong in [
            "",
            "today",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/\t/evil",
            "/a\\b",
            "/ü",
        ] {
            assert!(!own_page(wrong), "{wrong}");
        }
    }
}
