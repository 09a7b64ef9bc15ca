//! What somebody sees who scanned a live code: whom they are led to, and the step to take.

use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};

use crate::{
    model::routing::{Way, WayKind},
    rules::{qr::Qr, words::escaped},
};

const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.7 system-ui,-apple-system,'PingFang SC',sans-serif;\
    max-width:22rem;margin:9vh auto 0;padding:0 1.5rem 2rem;text-align:center}h1{font-size:1.35rem;margin:0}\
    p{opacity:.72;margin:.25rem 0 1.25rem}svg{width:15rem;height:15rem;border-radius:.75rem;background:#fff}\
    a{display:block;margin:1.5rem 0 0;padding:.8rem;border-radius:999px;background:#07c160;color:#fff;text-decoration:none;font-weight:600}";

/// The page. The code on it and the button lead the same way; only the button is counted as opened, for nobody tells us of a scan.
pub(super) fn page(code: &str, name: &str, way: &Way) -> Response {
    let (call, press) = match way.kind {
        WayKind::Staff => ("添加", "长按识别二维码，或点下面的按钮添加"),
        WayKind::Group => ("加入", "长按识别二维码，或点下面的按钮进群"),
    };
    let qr = Qr::of(&way.url).map(|qr| qr.svg()).unwrap_or_default();
    let who = escaped(&way.name);
    let html = format!(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'>\
         <meta name=robots content=noindex><title>{title}</title><style>{STYLE}</style>\
         <h1>{who}</h1><p>{press}</p>{qr}<a href='/s/{code}/go'>{call} {who}</a>",
        title = escaped(name),
    );
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
