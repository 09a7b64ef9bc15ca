//! The page of the stand-in for WeChat: asks who one is, believes it, and sends the browser back.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use identity::StandIn;
use serde::Deserialize;

/// People one can be with one tap.
const PEOPLE: [&str; 4] = ["林小雨", "王大海", "陈一诺", "赵明月"];
/// Longest name, in characters.
const NAME_MAX: usize = 30;

const HEAD: &str = "<!doctype html><html lang=zh-CN><meta charset=utf-8>\
    <meta name=viewport content='width=device-width,initial-scale=1'><title>模拟微信登录</title><style>\
    :root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:22rem;margin:15vh auto 0;padding:0 1.5rem}\
    p{opacity:.7;font-size:.875rem}button,input{font:inherit;width:100%;box-sizing:border-box;padding:.7rem;margin:.3rem 0;\
    border-radius:.5rem;border:1px solid #8886;background:none;color:inherit}button{cursor:pointer}\
    button.main{background:#07c160;color:#fff;border:0}</style>";

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
    name: Option<String>,
}

pub fn router(stand_in: Arc<StandIn>) -> Router {
    Router::new().route("/f/{workspace}/stand-in", get(page)).with_state(stand_in)
}

async fn page(
    State(stand_in): State<Arc<StandIn>>,
    Path(workspace): Path<u32>,
    Query(Asked { state, name }): Query<Asked>,
) -> Response {
    // It comes from us, and then it is letters and digits only.
    if !state.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let name = name.map(|name| name.trim().chars().take(NAME_MAX).collect::<String>()).filter(|name| !name.is_empty());
    if let Some(name) = name {
        let code = stand_in.let_in(&name);
        let back = format!("/api/v1/fan/{workspace}/sign-in/callback?code={code}&state={state}");
        return (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response();
    }
    let person = |name: &str| format!("<button name=name value='{name}'>{name}</button>");
    let html = format!(
        "{HEAD}<h1>模拟微信登录</h1><p>试用环境：选一个人，或写一个名字。同一个名字是同一个人。<br>\
         A stand-in for WeChat: choose who you are.</p><form><input type=hidden name=state value='{state}'>{people}</form>\
         <form><input type=hidden name=state value='{state}'><input name=name maxlength={NAME_MAX} required \
         placeholder='名字 · name' aria-label='名字 · name'><button class=main>登录 · Sign in</button></form>",
        people = PEOPLE.map(person).concat(),
    );
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers = [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "no-store")];
    (headers, Html(html)).into_response()
}
