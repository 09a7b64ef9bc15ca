//! Where a request comes from, and which session it belongs to.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use db::audit::By;
use web::{Credentials, Principal};

use crate::{model::Visit, rules::agent};

/// Where a request comes from, and the session's token if it has one.
pub(super) struct Origin {
    pub(super) visit: Visit,
    pub(super) session: Option<String>,
}

impl Origin {
    /// The caller, as the audit trail names them.
    pub(super) fn by(&self, caller: &Principal) -> By {
        self.visit.origin.by(caller)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let session = match Credentials::of(parts) {
            Ok(Some(Credentials::Session(token))) => Some(token),
            _ => None,
        };
        let visit = Visit { origin: web::Origin::of(parts), agent: agent.and_then(agent::family) };
        Ok(Self { visit, session })
    }
}

/// A field that may be absent (stays as it is), null (nothing from now on), or a value.
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    <Option<T> as serde::Deserialize>::deserialize(deserializer).map(Some)
}
