//! Customers at the brand's own pages.

mod begin_sign_in;
mod finish_sign_in;
mod read_fan;
mod sign_out;

use std::sync::Arc;

use axum::{
    extract::FromRef,
    http::{HeaderMap, HeaderValue, header},
};
use kernel::WorkspaceId;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Fans, Origin};

use crate::Customers;

#[derive(Clone, FromRef)]
struct Http {
    customers: Customers,
    fans: Arc<dyn Fans>,
}

pub(super) fn router(customers: Customers) -> OpenApiRouter {
    let fans = Arc::new(customers.clone());
    OpenApiRouter::default()
        .routes(routes!(read_fan::read))
        .routes(routes!(sign_out::sign_out))
        .routes(routes!(begin_sign_in::begin))
        .routes(routes!(finish_sign_in::finish))
        .with_state(Http { customers, fans })
}

/// An answer that sends the browser to a page, with its token if that is new.
fn go_to(workspace: WorkspaceId, page: &str, token: Option<&str>, origin: &Origin) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let home = || HeaderValue::from_static("/");
    headers.insert(header::LOCATION, HeaderValue::try_from(page).unwrap_or_else(|_| home()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(set) = token.and_then(|token| web::set_fan_token(workspace, token, origin)) {
        headers.insert(header::SET_COOKIE, set);
    }
    headers
}

/// The page a customer came from, told why they are not signed in.
fn told(page: &str, why: &str) -> String {
    let (page, part) = page.split_once('#').map_or((page, None), |(page, part)| (page, Some(part)));
    let joint = if page.contains('?') { '&' } else { '?' };
    let part = part.map(|part| format!("#{part}")).unwrap_or_default();
    format!("{page}{joint}sign_in={why}{part}")
}

#[cfg(test)]
mod tests;
