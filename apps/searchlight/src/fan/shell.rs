//! One page, made for one visitor.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Request, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use kernel::{ErrorCode, WorkspaceId};
use serde_json::{Value as Json, json};
use tower::ServiceExt;
use web::{Came, Fans, Origin, RequestId};

use super::{
    Pages, files,
    head::{Head, inert},
};

/// What a binary shows that was built before the pages were.
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Searchlight</title>\
    <p>The customers' pages are not built into this binary. Run <code>make console</code>, then build again.\
    <p lang=zh>此程序未包含客户页面。请先运行 <code>make console</code>，再重新构建。";
/// Largest answer that is laid into a page; the page asks for a larger one itself.
const LAID_BYTES_MAX: usize = 512 * 1024;
/// Nothing is loaded but our own files and pictures, nothing is sent elsewhere, and only our own pages may frame one: the preview.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'self'; base-uri 'none'";

/// What a page is about.
#[derive(Debug, PartialEq, Eq)]
struct Route {
    workspace: WorkspaceId,
    /// What it would ask the API first, if anything.
    ask: Option<String>,
}

impl Route {
    /// The page at an address; nothing for an address that is no page.
    fn of(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix("/f/")?.split('/');
        let workspace = WorkspaceId(parts.next()?.parse().ok()?);
        let rest: Vec<&str> = parts.collect();
        let api = format!("/api/v1/fan/{workspace}");
        let ask = match rest[..] {
            [""] | ["preview"] => None,
            ["p", page] => Some(format!("{api}/pages/{page}")),
            _ => return None,
        };
        // No part is empty or a step upwards: the address inside is the one outside.
        let is_plain = |part: &&str| !part.is_empty() && !part.starts_with('.') && !part.starts_with("%2");
        (rest == [""] || rest.iter().all(is_plain)).then_some(Self { workspace, ask })
    }
}

pub async fn page(State(pages): State<Pages>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let Some(template) = files::template() else { return Html(NOT_BUILT).into_response() };
    let path = parts.uri.path().to_owned();
    let Some(route) = Route::of(&path) else { return lost(&template) };
    match made(&pages, &parts, &route, &template).await {
        Ok(Some(response)) => response,
        Ok(None) => lost(&template),
        Err(problem) => problem.into_response(),
    }
}

/// The page; nothing when there is no such brand.
async fn made(pages: &Pages, parts: &Parts, route: &Route, template: &str) -> Result<Option<Response>, web::Problem> {
    let workspace = route.workspace;
    let Some(brand) = pages.access.workspace(workspace).await? else { return Ok(None) };
    let held = web::fan_token(&parts.headers, workspace);
    let known = match held {
        Some(token) => pages.customers.fan(workspace, token).await?,
        None => None,
    };
    // Whoever has no cookie of ours gets one; the answer below is asked for with it.
    let fresh = known.is_none().then(|| pages.customers.new_token());
    let token = fresh.as_deref().or(held).unwrap_or_default();
    let (status, body) = match &route.ask {
        None => (200, Json::Null),
        Some(ask) => asked(&pages.inside, parts, ask, &format!("sl_fan_{workspace}={token}")).await,
    };
    let laid = json!({
        "workspace": workspace, "brand": brand.name, "asked": route.ask, "status": status, "body": body,
        "me": {
            "signed_in": known.is_some_and(|fan| fan.signed_in),
            "can_sign_in": pages.customers.can_sign_in(),
        },
    });
    let origin = Origin::of(parts);
    let scheme = if origin.came.https { "https" } else { "http" };
    let site = format!("{scheme}://{}", origin.came.host.as_deref().unwrap_or_default());
    let told = if status == 200 { &body } else { &Json::Null };
    let head = Head::of(told, &brand.name).html(&brand.name, &site, parts.uri.path());
    let mut response = html(template, &head, &laid);
    if status == 404 {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    if let Some(set) = fresh.and_then(|token| web::set_fan_token(workspace, &token, &origin)) {
        response.headers_mut().insert(header::SET_COOKIE, set);
    }
    Ok(Some(response))
}

/// Asks the API in the visitor's name. What cannot be had is left to the page, which asks again.
async fn asked(inside: &Router, parts: &Parts, path: &str, cookie: &str) -> (u16, Json) {
    let mut request = Request::new(Body::empty());
    let Ok(uri) = path.parse() else { return (404, Json::Null) };
    *request.uri_mut() = uri;
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        request.headers_mut().insert(header::COOKIE, cookie);
    }
    // What the edge found out about the visitor's request holds for this one.
    if let Some(came) = parts.extensions.get::<Came>() {
        request.extensions_mut().insert(came.clone());
    }
    if let Some(id) = parts.extensions.get::<RequestId>() {
        request.extensions_mut().insert(id.clone());
    }
    let response = inside.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), LAID_BYTES_MAX).await.unwrap_or_default();
    match serde_json::from_slice(&bytes) {
        Ok(body) => (status, body),
        // Too large to be laid in, or no answer at all: the page asks for it.
        Err(_) if status < 400 => (0, Json::Null),
        Err(_) => (status, Json::Null),
    }
}

/// An address that is no page.
fn lost(template: &str) -> Response {
    let laid = json!({"workspace": 0, "brand": "", "asked": "", "status": 404, "body": {"code": ErrorCode::NotFound},
                      "me": {"signed_in": false, "can_sign_in": false}});
    let mut response = html(template, "<title>404</title>", &laid);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn html(template: &str, head: &str, laid: &Json) -> Response {
    let data = format!("<script type=\"application/json\" id=\"laid\">{}</script>", inert(laid));
    let page = template.replacen("<!--head-->", head, 1).replacen("<!--data-->", &data, 1);
    let mut response = Html(page).into_response();
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // It was made for this visitor.
        (header::CACHE_CONTROL, "private, no-store"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(path: &str) -> Option<Option<String>> {
        Route::of(path).map(|route| route.ask)
    }

    #[test]
    fn an_address_is_a_page_or_it_is_none() {
        assert_eq!(ask("/f/7/"), Some(None));
        assert_eq!(ask("/f/7/p/spring"), Some(Some("/api/v1/fan/7/pages/spring".into())));
        for none in ["/f/7/p/", "/f/7/p/..", "/f/7/p/%2e%2e", "/f/7/p/%2Fx", "/f/7/p/a/b", "/f/x/p/a", "/f/7/nothing"] {
            assert_eq!(ask(none), None, "{none}");
        }
    }

    #[test]
    fn head_and_data_are_laid_in_where_they_belong() {
        let template = "<head><!--head--></head><body><!--data--></body>";
        let response = html(template, "<title>x</title>", &json!({"body": "<!--head-->"}));
        assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
        assert_eq!(response.headers()["cache-control"], "private, no-store");
    }
}
