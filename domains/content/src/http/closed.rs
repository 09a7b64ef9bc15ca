//! What somebody sees who comes by a link that leads nowhere.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::model::link::State;

/// Why they are not sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Unknown,
    Closed(State),
    /// It may go better in a moment: the page asks again by itself.
    Busy,
}

impl Reason {
    const fn status(self) -> StatusCode {
        match self {
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Closed(_) => StatusCode::GONE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// In Chinese, in English.
    const fn words(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::Unknown => [
                ("没有找到这个链接", "可能抄写时少了几个字符。请回到分享给您的人那里，再点一次或再扫一次。"),
                (
                    "This link is not known",
                    "Some characters may be missing. Please open or scan it again where you found it.",
                ),
            ],
            Self::Closed(State::Expired) => [
                ("来晚了一步，活动已经结束", "这个链接已过期。欢迎联系门店，看看正在进行的活动。"),
                ("This has ended", "The link has expired. Please ask the store what is on now."),
            ],
            Self::Closed(_) => [
                ("这个链接暂时关闭了", "请稍后再来，或联系分享给您的人。"),
                ("This link is switched off", "Please come back later, or ask whoever sent it to you."),
            ],
            Self::Busy => [
                ("人有点多，马上就好", "页面会自动重试，不用关闭。"),
                ("Just a moment", "Many people are here. This page tries again by itself."),
            ],
        }
    }
}

const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.7 system-ui,-apple-system,'PingFang SC',sans-serif;\
    max-width:24rem;margin:22vh auto 0;padding:0 1.5rem;text-align:center}h1{font-size:1.25rem;margin:0 0 .25rem}\
    p{opacity:.72;margin:0}section+section{margin-top:2rem;font-size:.875rem}section+section h1{font-size:1rem}";

/// The page, in both languages.
pub(super) fn page(reason: Reason) -> Response {
    let section = |lang: &str, (title, detail): (&str, &str)| {
        format!("<section lang={lang}><h1>{title}</h1><p>{detail}</p></section>")
    };
    let [zh, en] = reason.words();
    let html = format!(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'>\
         <meta name=robots content=noindex><title>{}</title><style>{STYLE}</style>{}{}",
        zh.0,
        section("zh-CN", zh),
        section("en", en),
    );
    let mut response = (reason.status(), Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if reason == Reason::Busy {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        headers.insert(header::REFRESH, HeaderValue::from_static("2"));
    }
    response
}
